import { sha256 } from '../../door/chain.ts';
import type { NoteVerifier } from '../../engine/record/note.ts';
import { checkActs } from './acts.ts';
import { Archive, ArchiveProblem } from './archive.ts';
import { checkBooks } from './books.ts';
import { type ChainEvent, checkChain } from './chain.ts';
import { Contents } from './contents.ts';
import { checkDestroyed } from './destroyed.ts';
import { checkDocuments } from './documents.ts';
import { type Finding, Findings, type Unchecked } from './findings.ts';
import { checkHistories } from './histories.ts';
import { checkManifest } from './manifest.ts';
import { checkOrganisation } from './organisation.ts';
import { checkCode, checkPages } from './pages.ts';
import { checkOrganisationProofs, checkProofs } from './proofs.ts';
import { checkReplay } from './replay.ts';

/** What verifying a dossier found. */
export interface Verdict {
  readonly holds: boolean;
  readonly case: string | null;
  readonly installation: string | null;
  readonly redacted: boolean | null;
  readonly seq: number | null;
  readonly head: string | null;
  readonly checked: {
    readonly files: number;
    readonly events: number;
    /** Events that lie in some history. */
    readonly witnessed: number;
    /** Documents whose contents the chain commits to. */
    readonly documents: number;
  };
  /** How much does not hold; of each rule at most a hundred findings are listed. */
  readonly total: number;
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
}

/** What is known from elsewhere. */
export interface VerifyOptions {
  /** Number and hash of an event, from a checkpoint, an answer or an earlier dossier. */
  readonly known?: { readonly seq: number; readonly hash: string };
  /** The key of the log that signs checkpoints, from elsewhere. */
  readonly key?: NoteVerifier | undefined;
  /** The notes that a witness outside the house has kept, oldest first. */
  readonly witness?: readonly string[] | undefined;
  /** Write the pages anew and compare them; costs the most. Default true. */
  readonly pages?: boolean;
}

/** Verifies a dossier from its file alone: no database, no network. Never throws for what the file holds. */
export async function verifyDossier(
  path: string,
  { known, key, witness, pages = true }: VerifyOptions = {},
): Promise<Verdict> {
  const findings = new Findings();
  const about = { case: null, installation: null, redacted: null, seq: null, head: null };
  const checked = { files: 0, events: 0, witnessed: 0, documents: 0 };
  let archive: Archive | undefined;
  let told: Partial<Verdict> = {};
  try {
    archive = new Archive(path);
    checked.files = archive.entries.length;
    const contents = new Contents(archive, findings);
    const manifest = checkManifest(archive, contents, findings);
    if (manifest) {
      const { case: caseId, installation, redacted, seq, head } = manifest;
      told = { case: caseId, installation, redacted, seq, head };
      const events = checkChain(contents, manifest, findings);
      checked.events = events.length;
      checkDestroyed(contents, manifest, events, findings);
      checkPrograms(contents, events, findings);
      checkActs(contents, manifest, events, findings);
      checked.documents = checkDocuments(contents, manifest, events, findings);
      checkBooks(contents, manifest, events, findings);
      const organisation = checkOrganisation(contents, manifest, events, findings);
      checked.witnessed = checkHistories(contents, manifest, events, findings);
      checkReplay(contents, manifest, events, findings);
      checkCode(contents, manifest, findings);
      const proved = checkProofs(contents, manifest, events, { key, witness }, findings);
      if (!manifest.redacted) checkOrganisationProofs(contents, organisation, proved.signed, findings);
      checkKnown(events, known, proved.known, findings);
      if (pages && findings.total === 0) await checkPages(contents, manifest, events, findings);
      else findings.leave('pages', '没有逐字比对给人看的文件', 'the pages for people were not compared');
    }
  } catch (error) {
    if (error instanceof ArchiveProblem) findings.find('archive', 'zip', error.zh, error.message);
    else if ((error as NodeJS.ErrnoException).syscall) throw error;
    else {
      // what is so far from its form that a check fell over it does not hold
      const why = error instanceof Error ? error.message : String(error);
      findings.find('manifest', 'dossier', '内容不合格式，核验中断', `it is not of the documented form: ${why}`);
    }
  } finally {
    archive?.close();
  }
  const holds = findings.total === 0;
  return {
    holds,
    ...about,
    ...told,
    checked,
    total: findings.total,
    findings: findings.found,
    unchecked: findings.unchecked,
  };
}

function checkKnown(
  events: readonly ChainEvent[],
  known: VerifyOptions['known'],
  proved: boolean,
  findings: Findings,
): void {
  if (!known) {
    if (proved) return;
    findings.leave(
      'head',
      '没有给出别处留存的末事件（--head）：整条链连同案卷一起重写，或从末尾截去，单凭案卷查不出来',
      'no event was given that is known from elsewhere (--head): a chain rewritten as a whole together with the dossier, or cut at its end, cannot be found from the dossier alone',
    );
  } else if (events[known.seq - 1]?.hash !== known.hash)
    findings.find('head', known.seq, '不是别处留存的那个事件', 'it is not the event known from elsewhere');
}

function checkPrograms(contents: Contents, events: readonly ChainEvent[], findings: Findings): void {
  const hashes = new Set(events.map(({ header }) => header.program));
  const there = new Set(contents.paths('program/'));
  for (const hash of hashes) {
    const path = `program/${hash}.json`;
    const bytes = contents.bytes(path);
    there.delete(path);
    if (!bytes) findings.find('program', path, '缺少事件所依据的程序', 'the program that events name is missing');
    else if (sha256(bytes) !== hash)
      findings.find('program', path, '程序与其哈希不符', 'the program is not the one of that hash');
  }
  for (const path of there) findings.find('program', path, '没有事件依据这个程序', 'no event names this program');
}
