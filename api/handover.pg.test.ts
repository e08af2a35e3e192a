import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChaser } from '../activities/chaser.ts';
import { verifyBooks } from '../db/books-verify.ts';
import { findOrphans } from '../db/queries/owners.ts';
import { createDeliveries } from '../door/deliveries.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { assignments, type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

type Json = Record<string, unknown>;
const ask = async (login: Login, method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
  const response = await scene.ask(login, method, path, body, headers);
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Json };
};
const code = ({ status, body }: { status: number; body: Json }) =>
  status < 300 ? status : `${status} ${body['code']}`;
const appointmentOf = async (post: string) => {
  const { body } = await ask('admin', 'GET', `/appointments?post=${post}`);
  return (body['items'] as { id: string; until: string | null }[]).find(({ until }) => until === null)!.id;
};
const items = ({ body }: { body: Json }) => body['items'] as Json[];
const tasksOf = async (login: Login, caseId: string) =>
  items(await ask(login, 'GET', '/tasks?limit=200')).filter((each) => (each['case'] as Json)['id'] === caseId);

describe('/appointments/{id}/handover', () => {
  it('shows what goes over to the holder, the heads above and administrators, and to nobody else', async () => {
    const caseId = await scene.openApproved();
    const named = await scene.open({ assignments: { ...assignments, secretary: 'p-secretary' } });
    const path = `/appointments/${await appointmentOf('community-1-secretary')}/handover`;
    expect(code(await ask('stranger', 'GET', path))).toBe('403 FORBIDDEN');
    expect(code(await ask('admin', 'GET', '/appointments/none/handover'))).toBe('404 NOT_FOUND');
    // who keeps the organisation is told how much goes over, and of no case
    expect((await ask('admin', 'GET', path)).body).toMatchObject({
      cases: { total: 1, items: [] },
      byName: { cases: { total: 1, items: [] } },
      fallsTo: 'community-1-director',
    });
    for (const login of ['secretary', 'director'] as const) {
      const { status, body } = await ask(login, 'GET', path);
      expect(status).toBe(200);
      expect(body).toMatchObject({ fallsTo: 'community-1-director', books: { total: 0 }, deputies: [] });
      const { cases, work, byName, accountability, messages } = body as unknown as Record<
        string,
        { total: number; overdue: number; items: Json[]; goesOver: boolean; cases: { items: Json[] } }
      >;
      expect(cases!.items).toMatchObject([{ caseId, roles: ['secretary'] }]);
      expect(byName).toMatchObject({ goesOver: true, cases: { items: [{ caseId: named }] } });
      expect(work!.total).toBe(work!.items.length);
      const due = work!.items.map(({ dueAt }) => dueAt as string | null).filter((at) => at !== null);
      expect(due).toEqual([...due].sort());
      expect(work!.overdue).toBe(work!.items.filter(({ overdue }) => overdue).length);
      expect(work!.overdue).toBeGreaterThan(0);
      expect(accountability!.total).toBeGreaterThan(0);
      expect(messages!.total).toBeGreaterThan(0);
    }
    const cash = await ask(
      'cashHolder',
      'GET',
      `/appointments/${await appointmentOf(assignments.cashHolder)}/handover`,
    );
    expect(cash.body['books']).toMatchObject({
      items: expect.arrayContaining([
        {
          ...{ caseId, book: 'earnings', side: 'cash', balanceFen: 0 },
          ...{ caseNo: expect.any(String), name: expect.any(String), channels: expect.any(Array) },
          ...{ openPayouts: 0, openDiscrepancies: 0 },
        },
      ]),
    });
  });

  it('in one act: the successor has everything at once, the deputy stays, a repeat changes nothing', async () => {
    const caseId = await scene.openApproved();
    const named = await scene.open({ assignments: { ...assignments, secretary: 'p-secretary' } });
    const substitution = { post: 'community-1-secretary', person: 'p-caseworker' };
    expect(code(await ask('admin', 'POST', '/substitutions', substitution))).toBe(201);
    const own = { post: 'community-1-director', person: 'p-secretary' };
    expect(code(await ask('admin', 'POST', '/substitutions', own))).toBe(201);
    const id = await appointmentOf('community-1-secretary');
    const path = `/appointments/${id}/handover`;
    const pledge = { text: '本人任职期间保证件件有着落', signedOn: '2026-01-05' };
    const wish = { to: 'p-director-2', pledge, reason: '届满换届', note: '钥匙已移交' };
    expect(code(await ask('director', 'POST', path, wish))).toBe('403 FORBIDDEN');
    expect(code(await ask('admin', 'POST', path, { ...wish, to: 'p-secretary' }))).toBe('422 INVALID_DATA');
    expect(code(await ask('admin', 'POST', path, { ...wish, to: 'nobody' }))).toBe('422 UNKNOWN_ASSIGNMENT');
    expect(code(await ask('admin', 'POST', path, { pledge }))).toBe('422 INVALID_DATA');
    expect(code(await ask('admin', 'POST', path, { ...wish, pledge: { ...pledge, documentId: 'x' } }))).toBe(
      '422 INVALID_DATA',
    );
    expect(code(await ask('admin', 'POST', path, { ...wish, pledge: { documentId: 'x' } }))).toBe(
      '422 UNKNOWN_DOCUMENT',
    );
    expect(code(await ask('admin', 'POST', path, { ...wish, at: '2020-01-01T00:00:00Z' }))).toBe('422 INVALID_DATA');

    const before = [await tasksOf('secretary', caseId), await tasksOf('secretary', named)];
    expect(before.map(({ length }) => length > 0)).toEqual([true, true]);
    const key = { 'idempotency-key': randomUUID() };
    const done = await ask('admin', 'POST', path, wish, key);
    expect([done.status, done.body]).toMatchObject([
      200,
      {
        ended: { id, person: 'p-secretary' },
        next: { post: 'community-1-secretary', person: 'p-director-2', until: null, pledge },
        fallsTo: null,
        byName: true,
        substitutions: [{ post: 'community-1-director', person: 'p-secretary' }],
        books: [],
      },
    ]);
    const { ended, next } = done.body as { ended: Json; next: Json };
    expect(ended['until']).toBe(next['from']);
    expect(await ask('admin', 'POST', path, wish, key)).toEqual(done);
    expect(code(await ask('admin', 'POST', path, wish))).toBe('409 ALREADY_DONE');

    expect(code(await ask('secretary', 'GET', path))).toBe('403 FORBIDDEN');
    expect(await tasksOf('secretary', caseId)).toEqual([]);
    expect(await tasksOf('secretary', named)).toEqual([]);
    expect((await tasksOf('stranger', caseId)).length).toBe(before[0]!.length);
    expect((await tasksOf('stranger', named)).map((each) => each['id'])).toEqual(before[1]!.map((each) => each['id']));
    expect(code(await ask('secretary', 'GET', `/cases/${named}`))).toBe('404 NOT_FOUND');
    const view = await ask('stranger', 'GET', `/cases/${named}`);
    expect(view.body).toMatchObject({ assignments: { secretary: 'p-director-2' } });
    const note = { type: 'note.add', data: { text: '接手走访' } };
    expect(code(await ask('stranger', 'POST', `/cases/${named}/acts`, note))).toBe(200);

    // the pledge: its words for who signed it and those who oversee the unit, its hash and day for everybody
    const shown = async (login: Login) =>
      items(await ask(login, 'GET', '/appointments?post=community-1-secretary')).find((each) => each['pledge'])![
        'pledge'
      ];
    expect(await shown('stranger')).toMatchObject(pledge);
    expect(await shown('director')).toMatchObject(pledge);
    expect(await shown('otherCaseworker')).toMatchObject({
      text: null,
      signedOn: '2026-01-05',
      hash: expect.any(String),
    });
    const [event] = await scene.sql`
      SELECT convert_from(payload, 'UTF8') AS payload FROM org_events WHERE type = 'appointment.made' ORDER BY seq DESC LIMIT 1`;
    expect(event!['payload']).not.toContain('着落');
    expect(event!['payload']).toContain('2026-01-05');
    expect(await verifyOrganisation(scene.sql)).toEqual([]);
    await scene.sql`UPDATE appointments SET pledge_text = '别的' WHERE id = ${String(next['id'])}`;
    expect(await verifyOrganisation(scene.sql)).toEqual([
      { what: `the pledge of appointment ${next['id']} is not what was signed` },
    ]);
    await scene.sql`UPDATE appointments SET pledge_text = ${pledge.text} WHERE id = ${String(next['id'])}`;
  });

  it('what was told the old holder by name and is unread is brought to the successor, who may acknowledge it', async () => {
    const named = await scene.open({ assignments: { ...assignments, secretary: 'p-director-2' } });
    const [deadline] = await scene.sql`SELECT deadline_id AS id FROM deadlines WHERE case_id = ${named} LIMIT 1`;
    await scene.act('caseworker', named, { type: 'deadline.nudge', target: String(deadline!['id']) });
    const [message] = await scene.sql`
      SELECT id, post, person FROM messages WHERE case_id = ${named} AND kind = 'nudge' ORDER BY created_at DESC LIMIT 1`;
    expect(message).toMatchObject({ post: null, person: 'p-director-2' });
    const path = `/appointments/${await appointmentOf('community-1-secretary')}/handover`;
    expect(code(await ask('admin', 'POST', path, { to: 'p-caseworker-2' }))).toBe(200);
    await createDeliveries({ sql: scene.worker, settleMs: 0 }).turn();
    const [brought] = await scene.sql`
      SELECT person FROM delivery_messages WHERE message_id = ${String(message!['id'])}`;
    expect(brought).toEqual({ person: 'p-caseworker-2' });
    const inbox = items(await ask('otherCaseworker', 'GET', '/inbox?limit=200'));
    expect(inbox.map(({ id }) => id)).toContain(message!['id']);
    expect(code(await ask('otherCaseworker', 'POST', `/inbox/${message!['id']}/acknowledge`))).toBe(200);
  });

  it('freezes the side of a book its post keeps, until the new keeper has counted it', async () => {
    const back = `/appointments/${await appointmentOf('community-1-secretary')}/handover`;
    expect(code(await ask('admin', 'POST', back, { to: 'p-secretary' }))).toBe(200);
    const caseId = await scene.openApproved();
    const sale = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-1', amountFen: 12_900 };
    await scene.act('cashHolder', caseId, { type: 'cash.record', data: sale });
    const path = `/appointments/${await appointmentOf(assignments.cashHolder)}/handover`;
    const preview = await ask('director', 'GET', path);
    expect((preview.body['books'] as { items: Json[] }).items).toContainEqual(
      expect.objectContaining({ caseId, side: 'cash', balanceFen: 12_900 }),
    );
    const done = await ask('admin', 'POST', path, { to: 'p-secretary-2' });
    expect(done.body['books']).toContainEqual(expect.objectContaining({ caseId, book: 'earnings', side: 'cash' }));
    const keys = await scene.sql`SELECT id FROM api_keys WHERE person = 'p-secretary-2'`;
    expect(keys).toHaveLength(1);
    const since = (done.body['ended'] as Json)['until'];
    const books = async () => items(await ask('caseworker', 'GET', `/cases/${caseId}/books`))[0]!['keepers'];
    expect(await books()).toEqual([
      {
        ...{ side: 'cash', keeper: 'p-cash-holder', holder: 'p-secretary-2', frozenSince: since },
        ...{ clock: null, countBy: null },
      },
      { side: 'ledger', keeper: null, holder: 'p-accountant', frozenSince: null, clock: null, countBy: null },
    ]);
    // found by the loop of a worker: a clock of the role, a task of who fills it, and words in the timeline
    expect(await createChaser({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) }).turn()).toBe(1);
    const [waits] = (await books()) as { clock: string; countBy: string }[];
    expect(waits).toMatchObject({ frozenSince: since, clock: expect.stringMatching(/^earnings\.f\.\d+$/) });
    const shown = items(await ask('caseworker', 'GET', `/cases/${caseId}/deadlines`)).find(
      ({ id }) => id === waits!.clock,
    );
    expect(shown).toMatchObject({ name: '账簿“手工收入”的款项待盘点移交', dueAt: waits!.countBy });
    const task = (await items(await ask('director', 'GET', '/tasks?limit=200&responsible=p-secretary-2'))).find(
      ({ kind }) => kind === 'count',
    );
    expect(task).toMatchObject({ id: waits!.clock, name: '账簿“手工收入”的款项待盘点移交' });
    for (const [lang, words] of [
      ['zh', '管钱人已更换，账簿冻结待盘点（手工收入）'],
      ['en', 'Another holds the money: the book waits to be counted (earnings from handicraft)'],
    ]) {
      const told = await ask('caseworker', 'GET', `/cases/${caseId}/timeline?limit=200&lang=${lang}`);
      expect(items(told).map(({ text }) => text)).toContain(words);
    }
    const next = (act: object) =>
      scene.door.act({
        caseId,
        act: { id: randomUUID(), actor: { kind: 'person', id: 'p-secretary-2', logins: [] }, ...act } as never,
      });
    const more = { type: 'cash.record', data: { ...sale, sourceDoc: 'S-2' } };
    expect(await next(more)).toMatchObject({ status: 'refused', refusal: { code: 'BOOK_FROZEN', kind: 'conflict' } });
    expect(code(await ask('cashHolder', 'POST', `/cases/${caseId}/acts`, more))).toBe('404 NOT_FOUND');
    const [keeper] = await scene.sql`SELECT name FROM person.people WHERE id = 'p-cash-holder'`;
    const count = {
      book: 'earnings',
      side: 'cash',
      channels: { cash: 12_800, wechat: 0 },
      witness: String(keeper!['name']),
    };
    const channels = items(await ask('caseworker', 'GET', `/cases/${caseId}/books`))[0]!['channels'] as Json[];
    const counted = Object.fromEntries(
      channels.map(({ channel }) => [channel, channel === 'cash' ? 12_800 : 0] as const),
    );
    const act = { type: 'book.handOver', data: { ...count, channels: counted } };
    expect(await next(act)).toMatchObject({ refusal: { code: 'EVIDENCE_MISSING' } });
    expect(await next({ ...act, data: { ...act.data, witness: '邱某' } })).toMatchObject({ status: 'recorded' });
    expect(await books()).toMatchObject([{ keeper: 'p-secretary-2', frozenSince: null, clock: null }, {}]);
    expect(await next(more)).toMatchObject({ status: 'recorded' });
    const [found] = await scene.sql`
      SELECT why, found, cash_fen, settled_at FROM book_discrepancies WHERE case_id = ${caseId} AND why = 'count'`;
    expect(found).toEqual({ why: 'count', found: 'at hand-over', cash_fen: null, settled_at: null });
    const hidden = await ask('accountant', 'GET', `/cases/${caseId}/timeline?limit=200`);
    expect(JSON.stringify(hidden.body)).not.toContain('129.00');
    const text = JSON.stringify((await ask('caseworker', 'GET', `/cases/${caseId}/timeline?limit=200`)).body);
    expect(text).toContain('现金账面 129.00 元，实点 128.00 元');
    expect((await verifyBooks(scene.sql)).findings).toEqual([]);
  });

  it('ends the appointment that is meant: one that is to come is withdrawn, and who holds the post now stays', async () => {
    const post = 'community-2-secretary';
    const [from, later] = [1, 2].map((day) => new Date(Date.now() + day * 86_400_000).toISOString());
    const held = await appointmentOf(post);
    const all = async () => items(await ask('admin', 'GET', `/appointments?post=${post}`));
    const end = (id: unknown, body: Json = {}) => ask('admin', 'POST', `/appointments/${String(id)}/end`, body);
    const done = await ask('admin', 'POST', `/appointments/${held}/handover`, { to: 'p-auditor', at: from });
    const next = (done.body['next'] as Json)['id'];
    expect((await end(next)).body).toMatchObject({ id: next, from, until: from });
    expect(await all()).toMatchObject([{ id: held, until: from }]);
    expect(code(await end(next))).toBe('404 NOT_FOUND');
    const wish = { post, person: 'p-director-2', from };
    const { id } = (await ask('admin', 'POST', '/appointments', wish)).body;
    expect(code(await end(id, { until: later }))).toBe(200);
    expect(await all()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: held, until: from }),
        expect.objectContaining({ id, until: later }),
      ]),
    );
    expect(await verifyOrganisation(scene.sql)).toEqual([]);
  });

  it('whoever leaves, and even when all leave, nothing open is without an owner', async () => {
    await scene.openApproved();
    await scene.open({ assignments: { ...assignments, secretary: 'p-caseworker' } });
    const posts = ['secretary', 'director', 'caseworker', 'residents-representative', 'supervision-head'];
    for (const post of posts) {
      const id = await appointmentOf(`community-1-${post}`);
      expect(code(await ask('admin', 'POST', `/appointments/${id}/end`, {}))).toBe(200);
      const proof = await findOrphans(scene.sql);
      expect([proof.open > 0, proof.orphans]).toEqual([true, []]);
    }
    // and the look finds what a hand on the tables does
    await scene.sql`UPDATE appointments SET until_at = clock_timestamp() WHERE until_at IS NULL
      AND post IN ('subdistrict-1-head', 'district-1-head')`;
    expect((await findOrphans(scene.sql)).orphans.length).toBeGreaterThan(0);
  });
});
