import type { Manifest } from '../../api/dossier/manifest.ts';
import { destroyedFaults } from '../../door/destroyed.ts';
import { type ChainEvent, isDestroyed } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';
import { rowOf } from './replay.ts';

/**
 * Of a destroyed case: that two people have decided it as they must, that its certificate covers all events and documents, and that
 * nothing is in the dossier that should be gone.
 */
export function checkDestroyed(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): void {
  if (!isDestroyed(events)) return;
  const find = (where: string | number, zh: string, en: string) => findings.find('destruction', where, zh, en);
  if (manifest.redacted)
    find('manifest.json', '已销毁的个案没有隐去版', 'there is no redacted dossier of a destroyed case');
  const documents = contents
    .rows('documents', 'documents')
    .map(({ id, sha256 }) => ({ id: String(id), sha256: String(sha256) }));
  for (const what of destroyedFaults(events.map(rowOf), documents))
    find(events.length, '销毁不合规定，或销毁清册与记录不符', what);
  for (const path of contents.paths('histories/'))
    find(path, '个案内容已销毁，这里却有历史', 'the case is destroyed, and a history is there');
  for (const path of [...contents.paths('books/'), ...contents.paths('models/')])
    if (
      path.endsWith('.json') &&
      !KEPT.has(path) &&
      contents.rows(path.slice(0, -'.json'.length), 'destruction').length > 0
    )
      find(path, '个案内容已销毁，这里却有内容', 'the case is destroyed, and there are rows of it');
  findings.leave(
    'destruction',
    '个案内容已依法销毁：能核验的是事件头、哈希和销毁清册，内容已无人能读',
    'the contents of the case are destroyed: headers, hashes and the certificate are verified, what events said can be read by nobody',
  );
}

/** What is told of the destruction itself. */
const KEPT: ReadonlySet<string> = new Set(['models/messages.json']);
