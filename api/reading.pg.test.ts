import { afterAll, beforeAll, expect, it } from 'vitest';
import { caseRecord } from '../db/queries/cases.ts';
import { loginOfKey } from '../db/queries/sign-in.ts';
import type { Tx } from '../db/transactions.ts';
import { createOrgCache } from '../door/org.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { seenBy } from '../engine/deputies.ts';
import { mayRead, rolesOn } from '../engine/rights.ts';
import fule from '../plugins/fule/program.ts';
import { stateOf } from '../test/support/states.ts';
import { actorOf } from './auth/caller.ts';
import { callerOf } from './auth/sessions.ts';
import { hashOf } from './auth/tokens.ts';
import { readerOf } from './reading.ts';
import { assignments, type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  // a post of the first community that has no role in any case, held by a caseworker of the other one
  await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, async (organisation) => {
    const name = ['帮手', 'helper'] as const;
    await organisation.addPost({ id: 'community-1-helper', kind: 'helper', unit: 'community-1', name });
    await organisation.appoint('community-1-helper', 'p-caseworker-2', new Date().toISOString());
  });
});
afterAll(() => scene?.close());

const logins: Login[] = [
  ...(['caseworker', 'secretary', 'director', 'cashHolder', 'accountant', 'subDistrictHead', 'districtHead'] as const),
  ...(['auditor', 'admin', 'stranger', 'otherCaseworker'] as const),
];

const assign = (id: string, to: string) =>
  scene.act('secretary', id, { type: 'task.assign', target: 'meet', data: { to } });

it('lets whoever has only a task of a case read it until the task is done', async () => {
  const id = await scene.openApproved();
  const path = `/cases/${id}`;
  const status = async (login: Login) => (await scene.ask(login, 'GET', path)).status;
  expect(await status('otherCaseworker')).toBe(404);
  await assign(id, 'p-caseworker-2');
  expect([await status('otherCaseworker'), await status('stranger')]).toEqual([200, 404]);
  const timeline = await scene.ask('otherCaseworker', 'GET', `${path}/timeline`);
  expect(timeline.status).toBe(200);
  const listed = (await (await scene.ask('otherCaseworker', 'GET', '/tasks')).json()) as { items: { case: object }[] };
  expect(listed.items.map((item) => item.case)).toMatchObject([{ id }]);
  await scene.act('otherCaseworker', id, { type: 'task.complete', target: 'meet' });
  expect(await status('otherCaseworker')).toBe(404);
});

it('lists and reads by the very rights the engine knows', async () => {
  const { sql } = scene;
  const party = (person: string) => [
    { role: 'beneficiary', name: '周某' },
    { role: 'companion', name: '邱某', person },
  ];
  const ids = [
    await scene.open(),
    await scene.open({ parties: party('p-caseworker-2') }),
    await scene.open({ assignments: { ...assignments, secretary: 'p-secretary' } }),
    await scene.open({ assignments: { ...assignments, secretary: 'community-1-director' } }),
  ];
  for (const to of [['p-caseworker-2'], ['community-1-helper'], ['p-caseworker-2', 'p-secretary']]) {
    const id = await scene.openApproved();
    for (const one of to) await assign(id, one);
    ids.push(id);
  }
  await sql`UPDATE appointments SET until_at = now() WHERE post IN ('community-1-secretary', 'subdistrict-1-head', 'community-1-caseworker')`;
  const from = new Date().toISOString();
  await changeOrganisation(sql, { kind: 'system', id: 'test' }, async (organisation) => {
    await organisation.substitute({ post: 'community-1-secretary', person: 'p-director-2', from });
    await organisation.substitute({ post: 'community-1-director', person: 'p-caseworker-2', from });
    await organisation.substitute({ post: 'subdistrict-1-head', person: 'p-cash-holder', from });
  });
  const disagreements: unknown[] = [];
  for (const login of logins) {
    const row = await loginOfKey(sql, hashOf(scene.keyOf(login)));
    if (!row) throw new Error(login);
    const caller = callerOf(row);
    for (const id of ids) {
      const state = await stateOf(sql, id);
      const [stored] = await sql<{ now: string }[]>`SELECT now()::timestamptz(3) AS now`;
      const { now } = stored!;
      const posts = Object.values(state.assignments).flatMap(({ post }) => post ?? []);
      const org = await createOrgCache().load(sql as unknown as Tx, 0, state.unit, { posts });
      const byEngine = mayRead(rolesOn(state, actorOf(caller), seenBy(state, fule, org, now), now));
      const byQuery = (await caseRecord(sql, readerOf(caller), id)) !== undefined;
      if (byEngine !== byQuery) disagreements.push({ login, case: ids.indexOf(id), byEngine, byQuery });
    }
  }
  expect(disagreements).toEqual([]);
});
