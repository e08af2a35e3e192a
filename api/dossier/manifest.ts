import { sha256 } from '../../door/chain.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { DossierFile } from './archive.ts';
import type { About } from './facts.ts';

/** The form of a dossier. What is documented under a number in docs/dossier.md never changes. */
export const DOSSIER_FORMAT = 'linli-dossier';
/** Its version. */
export const DOSSIER_VERSION = 1;
/** The last file of the record; only proofs may follow it. */
export const MANIFEST = 'manifest.json';
/** The page for people. */
export const TIMELINE = '时间线.html';
/** The same on paper. */
export const PDF = 'dossier.pdf';
/** What it is and how it is verified. */
export const README = 'README.txt';

/** Where the chain stood under a signed checkpoint; after the manifest. */
export const HEAD_PROOF = 'proofs/head.json';

/** That events of the organisation lie in the log under the same checkpoint; beside {@link HEAD_PROOF}. */
export const ORGANISATION_PROOF = 'proofs/organisation.json';

/** What {@link ORGANISATION_PROOF} holds: inclusion proofs in the tree of all events, hashes in hexadecimal digits. */
export interface OrganisationProof {
  readonly events: readonly { readonly seq: number; readonly position: number; readonly path: readonly string[] }[];
}

/** Events of the organisation's chain that name the posts and units of a case. */
export const ORGANISATION_EVENTS = 'organisation/events.jsonl';

/** A file as the manifest lists it. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a manifest says. */
export interface Manifest extends About {
  readonly format: typeof DOSSIER_FORMAT;
  readonly version: typeof DOSSIER_VERSION;
  /** Names the code that made texts and pages (code.ts). */
  readonly code: string;
  readonly stateVersion: number;
  /** Runs of the case's workflow whose histories are in it; null: they could not be read. */
  readonly histories: number | null;
  readonly files: readonly ListedFile[];
}

/** Passes files on and ends with their manifest, which `about` completes once all have passed. */
export async function* withManifest(
  files: AsyncIterable<DossierFile>,
  about: () => Omit<Manifest, 'format' | 'version' | 'files'>,
): AsyncGenerator<DossierFile> {
  const listed: ListedFile[] = [];
  for await (const file of files) {
    listed.push({ path: file.path, bytes: file.bytes.length, sha256: sha256(file.bytes) });
    yield file;
  }
  const manifest: Manifest = { format: DOSSIER_FORMAT, version: DOSSIER_VERSION, ...about(), files: listed };
  yield { path: MANIFEST, bytes: Buffer.from(canonicalJson(manifest)) };
}
