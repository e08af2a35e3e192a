import pino from 'pino';
import { createApp } from '../../api/app.ts';
import { connect, type Sql } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { roleOfPart } from '../../db/roles.ts';
import { giveKeys, keysOf } from '../../db/sealed.ts';
import { walled } from '../../db/walled.ts';
import { seedDemo } from '../../door/demo.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import { loadPrograms } from '../../plugins/index.ts';
import { fuleOpening, recorded } from '../../test/support/door.ts';
import { testKeyring } from '../../test/support/keyring.ts';
import { makeDatabase } from '../burst/fleet.ts';
import type { Subject } from '../context.ts';
import { compare, type Line } from '../report.ts';
import { measure, type Side } from '../rounds.ts';

const CLIENTS = 4;

/**
 * What the second wall costs: the same application over the same cases in one process, once as who owns the tables, whom no wall
 * stops and who says nothing of who reads, and once as the API works.
 */
export const sight: Subject = {
  about: 'reads and acts of the API with the second wall and without, over --n cases (400)',
  byName: true,
  async run(bench) {
    const url = await makeDatabase(bench.installation.databaseUrl, 'bench_sight');
    await migrate(url);
    const owner = connect(url, { max: 10, name: 'bench' });
    const api = walled(connect(url, { role: roleOfPart('api'), name: 'bench' }));
    const house = connect(url, { role: 'linli_read', max: 2, name: 'bench' });
    for (const each of [owner, api]) await testKeyring(each);
    giveKeys(house, keysOf(api));
    const demo = await seedDemo(owner);
    const keys = new Map(demo?.keys.map(({ person, key }) => [person, key]));
    const programs = await loadPrograms();
    const log = pino({ level: 'silent' });
    const installed = await installPrograms(owner, programs.all());
    const doors = await Promise.all(
      [owner, api].map((sql) => createDoor({ sql, programs: installed, log, connections: CLIENTS })),
    );
    const verifyCase = async () => ({ holds: true, events: 0, findings: [] });
    const app = (sql: Sql, n: number, more = {}) =>
      createApp({ sql, door: doors[n]!, programs, log, verifyCase, ...more });
    const apps = [app(owner, 0), app(api, 1, { house })] as const;
    const cases: string[] = [];
    for (let n = 0; n < (bench.n ?? 400); n++) cases.push(recorded(await doors[0]!.open(fuleOpening())).case.caseId);
    await owner`ANALYZE`;
    let n = 0;
    const one = () => cases[n++ % cases.length]!;
    const asked: readonly (readonly [
      name: string,
      who: string,
      method: string,
      path: () => string,
      body?: () => object,
    ])[] = [
      ['case', 'p-caseworker', 'GET', () => `/cases/${one()}`],
      ['case.post', 'p-secretary', 'GET', () => `/cases/${one()}`],
      ['timeline', 'p-secretary', 'GET', () => `/cases/${one()}/timeline`],
      ['list', 'p-director', 'GET', () => '/cases?limit=50'],
      ['list.post', 'p-secretary', 'GET', () => '/cases?limit=50'],
      ['list.audit', 'p-auditor', 'GET', () => '/cases?limit=50'],
      ['tasks', 'p-secretary', 'GET', () => '/tasks'],
      [
        'act',
        'p-caseworker',
        'POST',
        () => `/cases/${one()}/acts`,
        () => ({ type: 'note.add', data: { text: '上门走访' } }),
      ],
    ];
    const lines: Line[] = [];
    try {
      for (const [name, who, method, path, body] of asked) {
        bench.say(`sight: ${name} …`);
        const headers = { authorization: `Bearer ${keys.get(who)}`, 'content-type': 'application/json' };
        const side = (named: string, of: (typeof apps)[number]): Side => ({
          name: named,
          async call() {
            const init = { method, headers, ...(body ? { body: JSON.stringify(body()) } : {}) };
            const answer = await of.request(`/api/v1${path()}`, init);
            const text = await answer.text();
            if (answer.status !== 200) throw new Error(`${method} ${path()}: ${answer.status} ${text.slice(0, 200)}`);
          },
        });
        const results = await measure([side('walled', apps[1]), side('owner', apps[0])], {
          clients: CLIENTS,
          rounds: bench.rounds,
          roundMs: (bench.seconds * 1_000) / bench.rounds,
        });
        const note = `as ${who.slice(2)}, ${CLIENTS} clients, in process; reference: without the wall`;
        lines.push(
          ...compare(`sight.${name}`, results.get('walled')!, results.get('owner')!, { unit: 'requests/s', note }),
        );
      }
      return lines;
    } finally {
      await Promise.all(doors.map((door) => door.end()));
      await Promise.all([owner, api, house].map((sql) => sql.end({ timeout: 5 })));
    }
  },
};
