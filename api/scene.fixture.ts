import { createHash } from 'node:crypto';
import pino from 'pino';
import { connect, type Sql } from '../db/client.ts';
import { createDoor, type Door } from '../door/door.ts';
import { installPrograms } from '../door/programs.ts';
import { loadPrograms } from '../plugins/index.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { createApp } from './app.ts';

/** An organisation for tests: one district, one sub-district, two communities; every login has a key of its name. */
const units = [
  ['district-1', 'district', null, 'p-district'],
  ['subdistrict-1', 'sub-district', 'district-1', 'p-subdistrict'],
  ['community-1', 'community', 'subdistrict-1', 'p-director'],
  ['community-2', 'community', 'subdistrict-1', 'p-director-2'],
] as const;

const posts = [
  ['p-district', 'district-head', 'district-1', 'he'],
  ['p-subdistrict', 'sub-district-head', 'subdistrict-1', 'sun'],
  ['p-director', 'director', 'community-1', 'ma'],
  ['p-director-2', 'director', 'community-2', 'xu'],
  ['p-secretary', 'secretary', 'community-1', 'wang'],
  ['p-cash', 'residents-representative', 'community-1', 'luo'],
  ['p-accounts', 'supervision-head', 'community-1', 'zhang'],
] as const;

const logins = [
  ['caseworker', 'li', null, 'community-1'],
  ['secretary', 'wang', 'p-secretary', 'community-1'],
  ['cashHolder', 'luo', 'p-cash', 'community-1'],
  ['accountant', 'zhang', 'p-accounts', 'community-1'],
  ['director', 'ma', 'p-director', 'community-1'],
  ['subDistrictHead', 'sun', 'p-subdistrict', 'subdistrict-1'],
  ['districtHead', 'he', 'p-district', 'district-1'],
  ['auditor', 'shen', null, 'district-1'],
  ['admin', 'gao', null, 'district-1'],
  ['stranger', 'xu', 'p-director-2', 'community-2'],
  ['otherCaseworker', 'cai', null, 'community-2'],
] as const;

export type Login = (typeof logins)[number][0];

/** The key of a login. */
export const keyOf = (login: Login): string => `linli_test_${login}`;

/** An application over a database of its own, with the real door. */
export interface Scene {
  readonly sql: Sql;
  readonly door: Door;
  readonly app: ReturnType<typeof createApp>;
  /** Asks as a login; objects become JSON bodies. */
  ask(
    login: Login | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Opens a 福乐 case and gives its id. */
  open(changes?: Record<string, unknown>): Promise<string>;
  /** Records an act and gives the answer; fails the test on a problem. */
  act(login: Login, caseId: string, act: Record<string, unknown>): Promise<Record<string, never>>;
  close(): Promise<void>;
}

/** Sets the scene. */
export async function setScene(): Promise<Scene> {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 4 });
  await seed(sql);
  const log = pino({ level: 'silent' });
  const programs = await loadPrograms();
  const installed = await installPrograms(sql, programs.all());
  const door = await createDoor({ sql, programs: installed, log, connections: 4 });
  const app = createApp({
    sql,
    door,
    programs,
    log,
    verifyCase: async () => ({ holds: true, events: 0, findings: [] }),
  });
  return sceneOver(app, sql, door, database);
}

function sceneOver(app: Scene['app'], sql: Sql, door: Door, database: TestDatabase): Scene {
  const ask: Scene['ask'] = async (login, method, path, body, headers = {}) =>
    app.request(path.startsWith('/api') || path === '/' ? path : `/api/v1${path}`, {
      method,
      headers: {
        ...(login ? { authorization: `Bearer ${keyOf(login)}` } : {}),
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof FormData || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    sql,
    door,
    app,
    ask,
    async open(changes = {}) {
      const response = await ask('caseworker', 'POST', '/cases', { ...openingOf(), ...changes });
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    async act(login, caseId, act) {
      const response = await ask(login, 'POST', `/cases/${caseId}/acts`, act);
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, never>;
    },
    async close() {
      await door.end();
      await sql.end();
      await database.close();
    },
  };
}

/** The body that opens the 福乐 case of the design. */
export function openingOf(): Record<string, unknown> {
  return {
    program: 'fule',
    unit: 'community-1',
    openedAt: new Date(Date.now() - 20 * 86_400_000).toISOString(),
    data: { needs: '少年时遭车祸,右腿残疾,不愿出门' },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: { secretary: 'p-secretary', cashHolder: 'p-cash', accountant: 'p-accounts' },
  };
}

async function seed(sql: Sql): Promise<void> {
  for (const [id, level, above] of units)
    await sql`INSERT INTO units (id, level, name_zh, name_en, above) VALUES (${id}, ${level}, ${id}, ${id}, ${above})`;
  const people = new Set([...posts.map(([, , , person]) => person), ...logins.map(([, person]) => person)]);
  for (const id of people) await sql`INSERT INTO person.people (id, name) VALUES (${id}, ${`${id}某`})`;
  for (const [id, kind, unit, person] of posts) {
    await sql`INSERT INTO posts (id, kind, unit, name_zh, name_en) VALUES (${id}, ${kind}, ${unit}, ${kind}, ${kind})`;
    await sql`INSERT INTO appointments (id, post, person, from_at) VALUES (${`a-${id}`}, ${id}, ${person}, now() - interval '2 years')`;
  }
  for (const [id, , , head] of units) await sql`UPDATE units SET head_post = ${head} WHERE id = ${id}`;
  for (const [role, person, post, unit] of logins) {
    const hash = createHash('sha256').update(keyOf(role)).digest('hex');
    const keyRole = role === 'otherCaseworker' ? 'caseworker' : role;
    await sql`INSERT INTO api_keys (id, hash, role, person, post, unit) VALUES (${`k-${role}`}, ${hash}, ${keyRole}, ${person}, ${post}, ${unit})`;
  }
}
