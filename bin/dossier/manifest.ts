import { DOSSIER_FORMAT, DOSSIER_VERSION, MANIFEST, type Manifest } from '../../api/dossier/manifest.ts';
import type { Archive } from './archive.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

const MEMBERS = 'case code files format head histories installation recordedAt redacted seq stateVersion version';
const HASH = /^[0-9a-f]{64}$/;

/** Reads the manifest and compares every file with it. Undefined where there is none that can be read: nothing else can be checked. */
export function checkManifest(archive: Archive, contents: Contents, findings: Findings): Manifest | undefined {
  const find = (where: string, zh: string, en: string) => findings.find('manifest', where, zh, en);
  const manifest = contents.json(MANIFEST, 'manifest') as Manifest | undefined;
  if (manifest === undefined) return undefined;
  if (!isManifest(manifest)) {
    find(MANIFEST, '不是第 1 版案卷的清单', 'it is no manifest of a dossier of version 1');
    return undefined;
  }
  const listed = archive.entries.findIndex(({ path }) => path === MANIFEST);
  archive.entries.forEach((entry, n) => {
    const { path, bytes } = entry;
    if (n === listed) return;
    if (n > listed) {
      if (!path.startsWith('proofs/'))
        find(path, '清单之后只能有 proofs/ 下的文件', 'only proofs may follow the manifest');
      else if (!archive.digest(entry).intact) findings.find('archive', path, '校验和不符', 'its checksum is wrong');
      return;
    }
    const said = manifest.files[n];
    if (said?.path !== path) {
      find(path, '不在清单的这个位置上', 'the manifest does not list it here');
      return;
    }
    const { sha256, intact } = archive.digest(entry);
    if (!intact) findings.find('archive', path, '校验和不符', 'its checksum is wrong');
    if (said.bytes !== bytes || said.sha256 !== sha256)
      find(path, '内容与清单不符', 'it is not what the manifest lists');
  });
  for (const { path } of manifest.files.slice(listed))
    find(path, '清单列出而压缩包里没有', 'it is listed and not there');
  return manifest;
}

function isManifest(manifest: Manifest): boolean {
  const { format, version, files, redacted, seq, head, histories, stateVersion, ...texts } = Object(
    manifest,
  ) as Manifest;
  return (
    Object.keys(manifest).sort().join(' ') === MEMBERS &&
    format === DOSSIER_FORMAT &&
    version === DOSSIER_VERSION &&
    typeof redacted === 'boolean' &&
    [seq, stateVersion, histories ?? 0].every((n) => Number.isSafeInteger(n) && n >= 0) &&
    HASH.test(head) &&
    Object.values(texts).every((text) => typeof text === 'string') &&
    Array.isArray(files) &&
    files.every(
      (file) =>
        Object.keys(Object(file)).sort().join(' ') === 'bytes path sha256' &&
        typeof file.path === 'string' &&
        Number.isSafeInteger(file.bytes) &&
        HASH.test(file.sha256),
    )
  );
}
