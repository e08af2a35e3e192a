import pino from 'pino';
import { connect, connectDrizzle, type Sql } from '../db/client.ts';
import { roleOfPart } from '../db/roles.ts';
import { giveKeys, keysOf } from '../db/sealed.ts';
import { walled } from '../db/walled.ts';
import { seedDemo } from '../door/demo.ts';
import { createDoor, type Door } from '../door/door.ts';
import { installPrograms } from '../door/programs.ts';
import { loadPrograms } from '../plugins/index.ts';
import { testKeyring } from '../test/support/keyring.ts';
import type { TestDatabase } from '../test/support/postgres.ts';
import { createApp } from './app.ts';
import type { SingleSignOn } from './auth/people.ts';
import type { AppOptions } from './deps.ts';

/** Who signs in: keys of the demonstration's first community by what they are for, and three of the second. */
const logins = {
  caseworker: 'p-caseworker',
  secretary: 'p-secretary',
  director: 'p-director',
  cashHolder: 'p-cash-holder',
  accountant: 'p-accountant',
  subDistrictHead: 'p-sub-district-head',
  districtHead: 'p-district-head',
  auditor: 'p-auditor',
  admin: 'p-admin',
  security: 'p-security',
  stranger: 'p-director-2',
  otherCaseworker: 'p-caseworker-2',
} as const;

export type Login = keyof typeof logins;

/** An application over a database of its own, with the real door. */
export interface Scene {
  readonly databaseUrl: string;
  /** As the owner of the tables, for what a test looks at and makes up. */
  readonly sql: Sql;
  /** As a worker, for its loops. */
  readonly worker: Sql;
  readonly door: Door;
  readonly app: ReturnType<typeof createApp>;
  /** The key of a login. */
  readonly keyOf: (login: Login) => string;
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
  /** Opens a case and takes it through consent and votes, so that its first stage runs. */
  openApproved(changes?: Record<string, unknown>): Promise<string>;
  /** Records an act and gives the answer; fails the test on a problem. */
  act(login: Login, caseId: string, act: Record<string, unknown>): Promise<Record<string, never>>;
  close(): Promise<void>;
}

/** Signs in on the page; answers the cookie. */
export async function signIn({ app, keyOf }: Scene, login: Login): Promise<string> {
  const answer = await app.request('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ key: keyOf(login), back: '/' }).toString(),
  });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

/** The words of a page as a login sees it who has just signed in. */
export async function pageAs(scene: Scene, login: Login, path: string): Promise<string> {
  return (await scene.app.request(path, { headers: { cookie: await signIn(scene, login) } })).text();
}

/** Sets the scene; with the programs of another folder where one is named, or those given, and over a given database. `now`: also the door's clock. */
export async function setScene(
  more: Pick<
    AppOptions,
    'channels' | 'mayFire' | 'now' | 'sheets' | 'codec' | 'temporalUi' | 'publicUrl' | 'streams' | 'requests'
  > &
    Partial<Pick<AppOptions, 'programs'>> & { readonly sso?: SingleSignOn } = {},
  programFolder?: string,
  given?: TestDatabase,
): Promise<Scene> {
  // loaded here alone: scripts outside the test runner cannot load it
  const database = given ?? (await (await import('../test/support/postgres.ts')).freshDatabase());
  const sql = connect(database.url, { max: 4 });
  // as the process does, which owns nothing
  const role = roleOfPart('api');
  const own = walled(connect(database.url, { max: 4, role }), { lanes: 4 });
  const house = connect(database.url, { max: 2, role: 'linli_read' });
  const worker = connect(database.url, { max: 4, role: roleOfPart('worker') });
  for (const each of [sql, own, worker]) await testKeyring(each);
  giveKeys(house, keysOf(own));
  const demo = await seedDemo(sql);
  const keys = new Map(demo?.keys.map(({ person, key }) => [person, key]));
  const keyOf = (login: Login) => keys.get(logins[login]) ?? '';
  const log = pino({ level: 'silent' });
  const programs = more.programs ?? (await loadPrograms(programFolder === undefined ? {} : { folder: programFolder }));
  const installed = await installPrograms(own, programs.all());
  const { now, sso, ...options } = more;
  const db = connectDrizzle(database.url, { max: 2, role });
  const door = await createDoor({
    ...{ sql: own, programs: installed, log, connections: 4 },
    ...(options.mayFire ? { mayFire: options.mayFire } : {}),
    ...(now ? { now: async () => now() } : {}),
  });
  const app = createApp({
    sql: own,
    house,
    door,
    log,
    verifyCase: async () => ({ holds: true, events: 0, findings: [] }),
    ...options,
    ...(now ? { now } : {}),
    signIn: { db, sso, secret: 'a secret of the scene that is not one: 0123456789' },
    programs,
  });
  return sceneOver(
    { app, sql, worker, door, keyOf },
    {
      ...database,
      close: () => Promise.all([db.$client, own, house, worker].map((each) => each.end())).then(database.close),
    },
  );
}

function sceneOver(
  { app, sql, worker, door, keyOf }: Pick<Scene, 'app' | 'sql' | 'worker' | 'door' | 'keyOf'>,
  database: TestDatabase,
): Scene {
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
  const scene: Scene = {
    databaseUrl: database.url,
    sql,
    worker,
    door,
    app,
    keyOf,
    ask,
    async open(changes = {}) {
      const response = await ask('caseworker', 'POST', '/cases', { ...openingOf(), ...changes });
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    async openApproved(changes = {}) {
      const caseId = await scene.open(changes);
      const consent = { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
      await scene.act('caseworker', caseId, consent);
      for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
        await scene.act('secretary', caseId, {
          type: 'decision.record',
          data: { body, present: 9, for: 8, against: 0, abstain: 1, text: '同意' },
        });
      return caseId;
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
  return scene;
}

/** The posts of the demonstration that fill the roles of 福乐. */
export const assignments = {
  secretary: 'community-1-secretary',
  cashHolder: 'community-1-residents-representative',
  accountant: 'community-1-supervision-head',
};

/** The body that opens the 福乐 case of the design. */
export function openingOf(): Record<string, unknown> {
  return {
    program: 'fule',
    unit: 'community-1',
    openedAt: new Date(Date.now() - 20 * 86_400_000).toISOString(),
    data: { needs: '少年时遭车祸，右腿残疾，不愿出门' },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments,
  };
}

/** Lets those who work on a case about a minor read it, and some persons beside them, as the head of its unit does. */
export async function approveMinor(scene: Scene, caseId: string, persons: readonly string[] = []): Promise<void> {
  for (const data of [{}, ...persons.map((person) => ({ person }))])
    await scene.act('director', caseId, { type: 'access.approve', data });
}
