import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { startOfDay } from '../engine/time/civil.ts';
import fule from '../plugins/fule/program.ts';
import { programHash } from '../sdk/program-hash.ts';
import type { Instant } from '../sdk/time.ts';
import type { Json } from './books.fixture.ts';
import { type Login, pageAs, type Scene, setScene } from './scene.fixture.ts';

// A surprise count that the cash holder knows of from the morning on is none: nothing he can ask tells him of it before it is
// made or missed. Everybody else sees it from the first moment.

const program = { ...fule, version: '99.0.0', books: fule.books.map((book) => ({ ...book, counts: 12 })) };
const hash = programHash(program);
const programs = {
  byId: (id: string) => (id === program.id ? program : undefined),
  byHash: (asked: string) => (asked === hash ? program : undefined),
  all: () => [program],
  hashOf: (id: string) => (id === program.id ? hash : undefined),
  calls: () => ({}),
};

let now: Instant = new Date().toISOString();
let scene: Scene;
beforeAll(async () => {
  scene = await setScene({ programs, now: () => now });
});
afterAll(() => scene?.close());

/**
 * Opens a case, books a first sale, and lets time pass to ten in the morning of the first day that is drawn; where that is
 * a rest day, of the working day on which the one who counts is told.
 */
async function drawn(): Promise<{ caseId: string; clock: string }> {
  now = new Date().toISOString();
  const caseId = await scene.openApproved();
  const sale = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'A' };
  await scene.act('cashHolder', caseId, { type: 'cash.record', data: { ...sale, amountFen: 10_000 } });
  const lines = [{ text: '钥匙链', amountFen: 10_000 }];
  await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...sale, lines } });
  const far = new Date(Date.now() + 70 * 86_400_000).toISOString();
  for (let at = startOfDay(now.slice(0, 10) as never); at < far; ) {
    at = new Date(Date.parse(at) + 86_400_000).toISOString();
    now = new Date(Date.parse(at) + 10 * 3_600_000).toISOString();
    await scene.door.project(caseId);
    const [row] = await scene.sql<{ clock: string }[]>`
      SELECT clock FROM book_draws JOIN rungs USING (case_id)
      WHERE case_id = ${caseId} AND deadline_id = clock AND count IS NULL AND missed_at IS NULL`;
    if (row) return { caseId, clock: row.clock };
  }
  throw new Error('no surprise count was drawn');
}

/** Everything a login is answered that could tell of it, in one text; answers that are not 200 by their status. */
async function told(login: Login, caseId: string, clock: string): Promise<string> {
  const feed = (await (await scene.ask(login, 'POST', '/calendar-feeds', { name: 'x' })).json()) as { url?: string };
  const post = 'community-1-secretary';
  const paths = [
    `/cases/${caseId}`,
    '/cases',
    `/cases/${caseId}/plan`,
    `/cases/${caseId}/deadlines`,
    `/cases/${caseId}/deadlines/${clock}/explain`,
    `/cases/${caseId}/timeline?limit=200`,
    `/cases/${caseId}/timeline?limit=200&order=occurred`,
    `/cases/${caseId}/timeline?format=csv`,
    `/cases/${caseId}/books`,
    `/cases/${caseId}/books/closings`,
    `/cases/${caseId}/books/cash`,
    '/tasks?limit=200',
    `/tasks?limit=200&responsible=${post}`,
    '/tasks?limit=200&unit=community-1',
    '/inbox?limit=200',
    '/inbox/deliveries?limit=200',
    `/accountability?post=${post}`,
    ...(feed.url ? [new URL(feed.url, 'http://x').pathname] : []),
  ];
  const answers = await Promise.all(paths.map((path) => scene.ask(login, 'GET', path)));
  const bodies = await Promise.all(answers.map(async (each, n) => `${paths[n]} ${each.status} ${await each.text()}`));
  return [
    ...bodies,
    await pageAs(scene, login, `/cases/${caseId}`),
    await pageAs(scene, login, `/cases/${caseId}/books`),
  ].join('\n');
}

const of = async (login: Login, path: string) => (await (await scene.ask(login, 'GET', path)).json()) as Json;
const list = async (login: Login, path: string) => (await of(login, path))['items'] as Json[];
const TELLS = /count\.drawn|突击盘点|[Ss]urprise count:|earnings\.q\./;
const knows = async (login: Login, { caseId, clock }: { caseId: string; clock: string }) =>
  TELLS.test((await told(login, caseId, clock)).replaceAll(`deadlines/${clock}/explain`, ''));

describe('a surprise count', () => {
  it('is told to everybody but the cash holder until it is made, and to him after', async () => {
    const found = await drawn();
    const { caseId, clock } = found;
    for (const login of ['secretary', 'accountant', 'auditor', 'director'] as const)
      expect([login, await knows(login, found)]).toEqual([login, true]);
    expect((await told('cashHolder', caseId, clock)).replaceAll(`deadlines/${clock}/explain`, '')).not.toMatch(TELLS);
    // neither when it is due
    const { nextDue } = (await of('cashHolder', `/cases/${caseId}`)) as { nextDue: string };
    const clocks = await list('cashHolder', `/cases/${caseId}/deadlines`);
    expect(clocks.some(({ dueAt }) => dueAt === nextDue)).toBe(true);
    expect(clocks.every(({ id }) => !String(id).includes('.q.'))).toBe(true);
    // nor by asking about it: he is answered as about one that never was
    const nudge = (target: string) => ({ type: 'deadline.nudge', target });
    const asked = async (target: string) => {
      const answer = await scene.ask('cashHolder', 'POST', `/cases/${caseId}/acts?dryRun=true`, nudge(target));
      const { code, detail, waysOut } = (await answer.json()) as Json;
      return JSON.stringify([answer.status, code, detail, waysOut]).replaceAll(target, '');
    };
    expect(await asked(clock)).toBe(await asked('earnings.q.1999-1of12'));
    expect(await asked(clock)).not.toMatch(TELLS);
    for (const type of ['deadline.requestExtension', 'deadline.pause', 'deadline.resume', 'deadline.decideExtension']) {
      const data =
        type === 'deadline.pause' ? { kind: 'x' } : type === 'deadline.decideExtension' ? { approve: true } : {};
      const body = (target: string) => ({
        ...{ type, target, reason: 'x' },
        data: type === 'deadline.requestExtension' ? { budget: '1 day' } : data,
      });
      const answer = async (target: string) => {
        const response = await scene.ask('cashHolder', 'POST', `/cases/${caseId}/acts?dryRun=true`, body(target));
        const { code, detail, waysOut } = (await response.json()) as Json;
        return JSON.stringify([response.status, code, detail, waysOut]).replaceAll(target, '');
      };
      expect([type, await answer(clock)]).toEqual([type, await answer('earnings.q.1999-1of12')]);
    }
    // the approver has read the message that told him, and everybody but the cash holder sees that he has
    const message = (await list('secretary', '/inbox?limit=200')).find(({ about }) => about === clock);
    expect(message).toMatchObject({ kind: 'rung', acknowledgedAt: null });
    expect((await scene.ask('secretary', 'POST', `/inbox/${String(message!['id'])}/acknowledge`)).status).toBe(200);
    const read = async (login: Login) =>
      (await list(login, `/cases/${caseId}/timeline?limit=200`)).filter(({ type }) => type === 'message.acknowledged');
    expect([(await read('auditor')).length, (await read('cashHolder')).length]).toEqual([1, 0]);

    const count = { book: 'earnings', denominations: { '10000': 1 }, witness: 'p-cash-holder' };
    await scene.act('secretary', caseId, { type: 'cash.count', data: count });
    const seen = async (login: Login) => [
      await list(login, `/cases/${caseId}/timeline?limit=200`),
      await list(login, `/cases/${caseId}/deadlines`),
      (await of(login, `/cases/${caseId}/books/closings`))['draws'],
    ];
    expect(await seen('cashHolder')).toEqual(await seen('auditor'));
    expect((await seen('cashHolder'))[2]).toMatchObject([{ count: expect.any(String) }]);
    expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });
  });

  it('is told to him when it was missed, and to nobody who stands in for him before', async () => {
    const found = await drawn();
    const { caseId } = found;
    await scene.sql`INSERT INTO substitutions (id, post, person, from_at, until_at)
      VALUES ('standing-in', 'community-1-residents-representative', 'p-director', now() - interval '1 day', now() + interval '400 days')`;
    expect(await knows('director', found)).toBe(false);
    await scene.sql`UPDATE substitutions SET until_at = clock_timestamp() WHERE id = 'standing-in'`;
    expect(await knows('director', found)).toBe(true);
    expect(await knows('cashHolder', found)).toBe(false);
    now = new Date(Date.parse(now) + 5 * 86_400_000).toISOString();
    await scene.door.project(caseId);
    expect(await knows('cashHolder', found)).toBe(true);
    expect((await of('cashHolder', `/cases/${caseId}/books/closings`))['draws']).toMatchObject([
      { missedAt: expect.any(String), count: null },
    ]);
  });
});
