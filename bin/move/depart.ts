import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { zipOf } from '../../api/dossier/archive.ts';
import { type DossierSource, dossierOf } from '../../api/dossier/build.ts';
import type { Sql } from '../../db/client.ts';
import { openStates, type StateRow } from '../../db/sealed.ts';
import { createDoor } from '../../door/door.ts';
import { proveHead } from '../../door/log/proofs.ts';
import { installPrograms } from '../../door/programs.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { State } from '../../engine/state.ts';
import { writeSealed } from './sealed-file.ts';

/** Beyond this the documents alone would leave no room in an archive of 4 GiB. */
const MOST_DOCUMENT_BYTES = 3_500_000_000;

/** An act of the commands of `linli case`: handing away, taking back, confirming. */
export interface MoveAct {
  readonly type: 'case.handAway' | 'case.takeBack' | 'case.depart';
  readonly data: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

/** Records such an act; answers the refusal, if it was refused. Throws where the store cannot answer. */
export async function recordMove(
  { sql, log }: { readonly sql: Sql; readonly log: Logger },
  caseId: string,
  { type, data, reason }: MoveAct,
): Promise<Refusal | undefined> {
  const door = await createDoor({ sql, log, programs: await installPrograms(sql, []), connections: 2 });
  try {
    const outcome = await door.act({
      caseId,
      act: {
        ...{ id: randomUUID(), type, data, actor: { kind: 'system', id: 'operator', logins: [] } },
        ...(reason === undefined ? {} : { reason }),
      },
    });
    return outcome.status === 'refused' ? outcome.refusal : undefined;
  } finally {
    await door.end();
  }
}

/** To whom a case was handed and has not confirmed yet; undefined where it was not. Throws when there is no such case, and `Unreadable`. */
export async function handedTo(sql: Sql, caseId: string): Promise<string | undefined> {
  const rows = await sql<StateRow[]>`SELECT case_id AS "caseId", seq, state FROM cases WHERE case_id = ${caseId}`;
  const [row] = await openStates(sql, rows);
  if (!row) throw new Error(`There is no case ${caseId}.`);
  const { away } = row.state as State;
  return away?.departed ? undefined : away?.to;
}

/** What was written. `proved`: the newest signed checkpoint covers its last event. */
export interface Departure {
  readonly seq: number;
  readonly head: string;
  readonly proved: boolean;
}

/**
 * Writes the dossier of a case that was handed away, sealed with a passphrase, into a file that is not there yet. Waits for the
 * log to sign a checkpoint that covers the last event: with that the receiver can prove that nothing was written anew.
 */
export async function writeDeparture(
  source: DossierSource,
  caseId: string,
  { file, passphrase, waitMs }: { readonly file: string; readonly passphrase: string; readonly waitMs: number },
): Promise<Departure> {
  const [row] = await source.sql<{ seq: number }[]>`SELECT seq FROM cases WHERE case_id = ${caseId}`;
  const until = performance.now() + waitMs;
  const signed = async () =>
    ((await proveHead(source.sql, caseId).catch(() => undefined))?.seq ?? 0) >= (row?.seq ?? 0);
  let proved = await signed();
  while (!proved && performance.now() < until) {
    await sleep(1_000);
    proved = await signed();
  }
  const dossier = await dossierOf(source, caseId);
  if (!dossier) throw new Error(`There is no case ${caseId}.`);
  if (dossier.documentBytes > MOST_DOCUMENT_BYTES)
    throw new Error('The documents are more than one file of 4 GiB holds: this case cannot be moved by file.');
  await writeSealed(file, zipOf(dossier.files), passphrase);
  return { seq: dossier.about.seq, head: dossier.about.head, proved };
}
