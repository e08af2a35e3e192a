import type { Sql } from '../../db/client.ts';
import { ownInstallation } from '../../db/queries/installation.ts';
import { type Arrival, type ArrivalWish, receiveCase } from '../../door/arrival.ts';
import type { NoteVerifier } from '../../engine/record/note.ts';
import type { Instant } from '../../sdk/time.ts';
import type { Unchecked } from '../dossier/findings.ts';
import { openFile } from './arriving.ts';
import { problemText } from './map-file.ts';

/** What is taken in, how it is proved, and whether anything is kept. */
export interface TakeIn {
  readonly sql: Sql;
  /** The dossier, opened. */
  readonly path: string;
  /** The key of the log of the installation it comes from, as known from elsewhere. */
  readonly key: NoteVerifier | undefined;
  /** Take it although no such key proves it. */
  readonly unproven: boolean;
  readonly write: boolean;
  readonly now?: () => Instant;
}

/** What came of it, for programs; `lines` says it to people. */
export interface Told {
  readonly came: Arrival['came'];
  readonly caseId?: string;
  readonly receipt?: string;
  /** What verifying the file could not check. */
  readonly unchecked: readonly Unchecked[];
  readonly lines: readonly string[];
}

/** Verifies a dossier that was handed over and takes its case in. Nothing is kept unless all of it is. */
export async function takeIn({ sql, path, key, unproven, write, now }: TakeIn, wish: ArrivalWish): Promise<Told> {
  const file = await openFile(path, key);
  const { unchecked } = file.verdict;
  const no = (why: string): Told => ({ came: 'impossible', unchecked, lines: [`✗ not taken: ${why}`] });
  if ('refused' in file) return no(file.refused);
  try {
    if (!file.proved && !unproven)
      return no(
        key
          ? 'no signed checkpoint covers its last event. Ways out: let the file be written again over there, or give --unproven'
          : 'without the key of the other log nothing proves that the file was not written anew as a whole. Ways out: --trusted-key, or --unproven',
      );
    const { arriving } = file;
    const arrival = await receiveCase(arriving, wish, { sql, write, ...(now ? { now } : {}) });
    if (arrival.came === 'impossible') return no(arrival.why);
    if (arrival.came === 'refused') {
      const { code, detail, waysOut, errors = [] } = arrival.refusal;
      const more = [
        ...errors.map(({ path: at, message }) => `  ${at}: ${message}`),
        ...waysOut.map(([zh, en]) => `  → ${zh} ${en}`),
      ];
      return { came: 'refused', unchecked, lines: [`✗ not taken: ${code}: ${detail[0]} ${detail[1]}`, ...more] };
    }
    if (arrival.came === 'unmapped')
      return {
        came: 'unmapped',
        unchecked,
        lines: ['✗ not taken: the map (--map) lacks', ...arrival.problems.map((each) => `  ${problemText(each)}`)],
      };
    const { caseId } = arriving;
    const left = unchecked.map(({ rule, why }) => `? ${rule}: ${why[0]}。 ${why[1]}`);
    if (!write)
      return {
        came: 'received',
        caseId,
        unchecked,
        lines: [...left, `✓ case ${caseId} would be taken; nothing was kept`],
      };
    const receipt = `${caseId}:${arrival.seq}:${arrival.hash}:${await ownInstallation(sql)}`;
    return {
      ...{ came: 'received', caseId, receipt, unchecked },
      lines: [
        ...left,
        `✓ case ${caseId} goes on here from event ${arrival.seq} on`,
        `receipt for the other house (linli case confirm): ${receipt}`,
      ],
    };
  } finally {
    file.close();
  }
}
