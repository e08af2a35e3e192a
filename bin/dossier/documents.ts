import type { Manifest } from '../../api/dossier/manifest.ts';
import { compareDigests } from '../../door/digests.ts';
import { type ChainEvent, isDestroyed } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/** Checks documents against their rows, and both against what events commit to. Answers how many have a digest in the chain. */
export function checkDocuments(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): number {
  const find = (where: string, zh: string, en: string) => findings.find('documents', where, zh, en);
  if (!contents.table('documents', 'documents'))
    find('documents.json', '缺少材料表', 'the table of documents is missing');
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const rows = contents.rows('documents', 'documents');
  const hashes = new Map(rows.map((row) => [String(row['id']), row['sha256']]));
  const paths = new Set<unknown>();
  for (const row of rows) {
    const [id, path] = [String(row['id']), row['path']];
    if (manifest.redacted) continue;
    if (isDestroyed(events)) {
      if (path !== null) find(id, '个案内容已销毁，材料却还在', 'the case is destroyed, and the document is there');
      continue;
    }
    const file = typeof path === 'string' ? files.get(path) : undefined;
    paths.add(path);
    if (!file) find(id, '材料不在案卷里', 'the document is not in the dossier');
    else if (file.sha256 !== row['sha256'] || file.bytes !== row['size_bytes'])
      find(id, '材料的内容不是当时保存的', 'its bytes are not those that were kept');
  }
  if (hashes.size !== rows.length) find('documents.json', '同一材料出现两次', 'a document is there twice');
  for (const path of contents.paths('documents/'))
    if (!paths.has(path)) find(path, '没有登记的材料', 'no row tells of this document');
  if (manifest.redacted) {
    findings.leave('documents', '隐去版不附材料', 'a redacted dossier has no documents');
    return 0;
  }
  if (isDestroyed(events)) return 0; // the certificate covers their hashes
  const { faults, committed } = compareDigests(
    events.map(({ seq, header, data }) => ({ seq, type: header.type, data })),
    rows.map((row) => ({ id: String(row['id']), sha256: String(row['sha256']) })),
  );
  for (const { id, seq, why } of faults)
    if (why === 'another') find(id, `不是事件 ${seq} 所附的内容`, `it is not what event ${seq} commits to`);
    else find(id, `事件 ${seq} 提到的材料没有登记`, `event ${seq} names it, and it has no row`);
  const bare = rows.length - [...hashes.keys()].filter((id) => committed.has(id)).length;
  if (bare > 0)
    findings.leave(
      'documents',
      `${bare} 份材料的内容只由清单约束（没有事件引用，或由较早版本记录）`,
      `the contents of ${bare} documents are bound by the manifest alone: no event names them, or one of an older release`,
    );
  return committed.size;
}
