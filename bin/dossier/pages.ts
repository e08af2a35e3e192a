import { codeId } from '../../api/dossier/code.ts';
import type { Facts, ShownEvent } from '../../api/dossier/facts.ts';
import { htmlOf } from '../../api/dossier/html.ts';
import { type Manifest, PDF, README, TIMELINE } from '../../api/dossier/manifest.ts';
import { PDF_EVENTS, pdfOf } from '../../api/dossier/pdf.ts';
import { readmeOf } from '../../api/dossier/readme.ts';
import type { Table } from '../../api/dossier/table.ts';
import type { State } from '../../engine/state.ts';
import type { Program } from '../../sdk/program.ts';
import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/** That the page names the code the manifest names; a verifier without that code can check no more. */
export function checkCode(contents: Contents, { code }: Manifest, findings: Findings): void {
  const page = contents.bytes(TIMELINE)?.subarray(0, 4096).toString('utf8') ?? '';
  if (!page.includes(`<meta name="linli-code" content="${code}">`))
    findings.find('pages', TIMELINE, '与清单所称的程序不符', 'it names another program code than the manifest');
}

/** Writes the pages for people anew from the other files and compares every byte. */
export async function checkPages(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): Promise<void> {
  if (manifest.code !== codeId()) {
    findings.leave(
      'pages',
      '时间线、PDF 由另一版本的程序生成，不能逐字比对；以事件为准',
      'page and PDF were made by another release and cannot be compared; what counts are the events',
    );
    return;
  }
  for (const [path, made] of await pagesOf(contents, manifest, events))
    if (!contents.bytes(path)?.equals(made))
      findings.find('pages', path, '与事件和各表所说的不同', 'it does not say what events and tables say');
}

/** The files for people by their paths, written anew from the others by this program. */
export async function pagesOf(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
): Promise<(readonly [path: string, bytes: Uint8Array])[]> {
  const { installation, case: caseId, redacted, seq, head, recordedAt } = manifest;
  const state = contents.json('state.json', 'pages') as State;
  const bytes = contents.bytes(`program/${state.program.hash}.json`);
  const tables = new Map<string, Table>();
  for (const path of contents.paths('')) {
    const table = /^(acts|documents|(models|books|organisation)\/\w+)\.json$/.exec(path)?.[1];
    const read = table === undefined ? undefined : contents.table(table, 'pages');
    if (table !== undefined && read) tables.set(table, read);
  }
  const facts: Facts = {
    about: { installation, case: caseId, redacted, seq, head, recordedAt },
    program: bytes && (JSON.parse(bytes.toString('utf8')) as Program),
    state,
    tables,
  };
  const shown = events.map(shownOf);
  return [
    [TIMELINE, await htmlOf(facts, shown)],
    [PDF, await pdfOf(facts, shown.slice(-PDF_EVENTS))],
    [README, readmeOf(facts.about, state.caseNo)],
  ];
}

function shownOf({ seq, hash, header, data }: ChainEvent): ShownEvent {
  const { type, occurredAt, recordedAt, actor } = header;
  return { seq, type, occurredAt, recordedAt, hash, data, actor };
}
