import pino from 'pino';
import { createApp } from '../../api/app.ts';
import { connect, type Sql } from '../../db/client.ts';
import { roleOfPart } from '../../db/roles.ts';
import type { Tx } from '../../db/transactions.ts';
import { walled } from '../../db/walled.ts';
import { seedDemo } from '../../door/demo.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import type { Program } from '../../sdk/program.ts';
import { programHash } from '../../sdk/program-hash.ts';
import type { Instant } from '../../sdk/time.ts';
import { freshDatabase } from './postgres.ts';

/** JSON of the API, as far as a test looks at it. */
export type Json = Record<string, unknown>;

/** The demonstration's organisation with programs of a test's own: the real API over the real door, at a time the test sets. */
export interface Town {
  readonly sql: Sql;
  /** Sets the clock of door and answers: `2026-09-03 10:00`, civil time. */
  at(time: string): void;
  /** Asks as a person of the demonstration, by id without `p-`. */
  ask(who: string, method: string, path: string, body?: unknown): Promise<Response>;
  /** Reads JSON; fails the test on a problem. */
  read(who: string, path: string): Promise<Json>;
  /** Opens a case and gives its id. */
  open(opening: Json): Promise<string>;
  /** Records an act; fails the test on a refusal. */
  act(who: string, caseId: string, act: Json): Promise<Json>;
  close(): Promise<void>;
}

/** Sets it up on a database of its own. */
export async function setTown(programs: readonly Program[]): Promise<Town> {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 4 });
  const own = walled(connect(database.url, { max: 4, role: roleOfPart('api') }), { lanes: 4 });
  const house = connect(database.url, { max: 2, role: 'linli_read' });
  const demo = await seedDemo(sql);
  const keys = new Map(demo?.keys.map(({ person, key }) => [person, key]));
  const log = pino({ level: 'silent' });
  let now: Instant | undefined;
  const door = await createDoor({
    ...{ sql: own, log, programs: await installPrograms(own, programs), connections: 4 },
    now: async (tx: Tx) =>
      now ?? (await tx<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`)[0]!.now,
  });
  const app = createApp({
    ...{ sql: own, house, door, log, now: () => now ?? new Date().toISOString() },
    programs: {
      byId: (id) => programs.find((program) => program.id === id),
      byHash: (hash) => programs.find((program) => programHash(program) === hash),
      all: () => programs,
      hashOf: (id) => programs.flatMap((program) => (program.id === id ? [programHash(program)] : []))[0],
      calls: () => ({}),
    },
    verifyCase: async () => ({ holds: true, events: 0, findings: [] }),
  });
  const ask: Town['ask'] = async (who, method, path, body) =>
    app.request(`/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.get(`p-${who}`)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const answer = async (status: number, response: Response, asked: unknown): Promise<Json> => {
    if (response.status === status) return (await response.json()) as Json;
    throw new Error(`${JSON.stringify(asked)} was answered by ${response.status}: ${await response.text()}`);
  };
  return {
    sql,
    ask,
    at: (time) => {
      now = new Date(`${time.replace(' ', 'T')}:00+08:00`).toISOString();
    },
    read: async (who, path) => answer(200, await ask(who, 'GET', path), path),
    open: async (opening) => {
      const made = await answer(201, await ask('caseworker', 'POST', '/cases', opening), opening);
      return made['id'] as string;
    },
    act: async (who, caseId, act) => answer(200, await ask(who, 'POST', `/cases/${caseId}/acts`, act), act),
    async close() {
      await door.end();
      await Promise.all([sql, own, house].map((each) => each.end()));
      await database.close();
    },
  };
}
