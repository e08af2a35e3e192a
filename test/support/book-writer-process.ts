// Keepers of books in a process of their own, for tests that kill it. Started by `writeUntilDone` (book-writers.ts).

import { writeSync } from 'node:fs';
import { crashAt, crashInDoor, type Failpoint } from '../../bin/failpoint.ts';
import { connect } from '../../db/client.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import { codeOf, keeperPost, saleOf, sendAct } from './book-cases.ts';
import { silentLog as log } from './quiet.ts';

/** One entry that is to be made; the same id each time it is tried. */
export interface WriteTask {
  readonly actId: string;
  readonly caseId: string;
  readonly side: 'cash' | 'ledger';
  readonly doc: string;
  readonly fen: number;
}

/** What the parent tells, as JSON on the standard input: what each writer writes, one after the other. */
export interface WriterOrders {
  readonly databaseUrl: string;
  readonly writers: readonly (readonly WriteTask[])[];
  /** Kills itself there. */
  readonly failpoint?: Failpoint;
}

/** What is told of each answer, a line of JSON. */
export interface Written {
  readonly actId: string;
  readonly code: string;
  readonly entry?: string;
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const { databaseUrl, writers, failpoint } = JSON.parse(Buffer.concat(chunks).toString()) as WriterOrders;
const sql = connect(databaseUrl, { max: 2 });
const committed = crashAt('act-committed', failpoint);
const door = await createDoor({
  ...{ sql, log, connections: writers.length },
  programs: await installPrograms(sql, [fule]),
  step: crashInDoor(failpoint),
  // nobody has been answered yet
  onCommit: () => committed(),
});

async function write({ actId, caseId, side, doc, fen }: WriteTask): Promise<void> {
  for (;;) {
    const outcome = await sendAct(door, caseId, keeperPost[side], { id: actId, ...saleOf(side, doc, fen) });
    const code = codeOf(outcome);
    // what is answered so is to be sent again
    if (code === 'STORE_UNAVAILABLE') continue;
    const events = outcome.status === 'recorded' ? outcome.events : [];
    const entry = events.flatMap((event) =>
      event.type === 'cash.recorded' || event.type === 'ledger.recorded' ? event.data.entry.id : [],
    )[0];
    // at once and whole: what was told stays told when the process is killed
    writeSync(1, `${JSON.stringify({ actId, code, ...(entry ? { entry } : {}) } satisfies Written)}\n`);
    return;
  }
}

await Promise.all(
  writers.map(async (tasks) => {
    for (const task of tasks) await write(task);
  }),
);
await door.end();
await sql.end();
