import { randomUUID } from 'node:crypto';
import { connect, type Sql } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { seedDemo } from '../../door/demo.ts';
import { createDoor, type Door } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import { actOn, fuleOpening, recorded } from '../../test/support/door.ts';
import { testKeyring } from '../../test/support/keyring.ts';
import { quietLog } from '../../test/support/record-log.ts';
import { makeDatabase } from '../burst/fleet.ts';

/** Entries of an act that brings a history from paper: as many as one may. */
const AN_ACT = 1_000;
const OPENED_AT = '2004-05-06T00:00:00+08:00';
/** So many days lie between then and the last entry. */
const DAYS = 7_900;

/** A database beside Linli's own with nothing but a record, and a door to it: nobody else works on it. */
export interface RecordGround {
  readonly url: string;
  readonly sql: Sql;
  readonly door: Door;
  readonly installation: string;
  /** Opens a case that began on paper and takes `events` entries over, a thousand an act. Answers its id. */
  open(events: number): Promise<string>;
  /** Takes more entries over. */
  bring(caseId: string, events: number): Promise<void>;
  close(): Promise<void>;
}

/** Sets it up on the same server; `clear`: a second one, in which nothing is encrypted. */
export async function recordGround(databaseUrl: string, { clear = false } = {}): Promise<RecordGround> {
  const url = await makeDatabase(databaseUrl, clear ? 'bench_record_clear' : 'bench_record');
  await migrate(url);
  const sql = connect(url, { max: 4, name: 'bench', statementTimeoutMs: 60_000 });
  if (!clear) await testKeyring(sql);
  await seedDemo(sql);
  const door = await createDoor({ sql, programs: await installPrograms(sql, [fule]), log: quietLog });
  const [row] = await sql<{ id: string }[]>`SELECT id FROM installation`;

  async function bring(caseId: string, events: number): Promise<void> {
    for (let from = 0; from < events; from += AN_ACT) {
      const count = Math.min(AN_ACT, events - from);
      const entries = Array.from({ length: count }, (_, n) => ({
        type: 'visit',
        occurredAt: dayOf(((from + n) * DAYS) / events),
        text: `第 ${from + n + 1} 次上门，家里一切都好，送去米面油`,
        persons: [{ role: 'secretary', name: '马某' }],
      }));
      recorded(await door.act(actOn(caseId, 'case.import', { data: { events: entries } })));
    }
  }

  return {
    ...{ url, sql, door, bring, installation: row!.id },
    async open(events) {
      const { case: opened } = recorded(
        await door.open(fuleOpening({ actId: randomUUID(), imported: true, openedAt: OPENED_AT })),
      );
      await bring(opened.caseId, events);
      return opened.caseId;
    },
    async close() {
      await door.end();
      await sql.end({ timeout: 5 });
    },
  };
}

function dayOf(days: number): string {
  return new Date(Date.UTC(2004, 4, 6 + Math.floor(days))).toISOString().slice(0, 10);
}
