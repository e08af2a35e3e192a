import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, cash, type Json, ledger, moneyIn } from './books.fixture.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// What a keeper learns of the other side before he has recorded it himself, by whatever he asks; and who may pay out.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const { text, items, code } = asking(() => scene);
const reconcile = { type: 'books.reconcile', data: { book: 'earnings' } };

/** A seen by both sides, B by the cash holder only, C by both: B is the difference of the balances after C and A. */
async function withHidden(): Promise<string> {
  const caseId = await scene.openApproved();
  await scene.act('cashHolder', caseId, cash('A', 10_100));
  await scene.act('accountant', caseId, ledger('A', 10_100));
  await scene.act('cashHolder', caseId, cash('B', 23_457));
  await scene.act('cashHolder', caseId, cash('C', 1_200));
  await scene.act('accountant', caseId, ledger('C', 1_200));
  return caseId;
}

/** B itself, and the sums that hold it, in fen and in yuan. */
const SECRETS = /\b(23457|33557|34757|234\.57|335\.57|347\.57)\b/;

describe('a figure the accountant has yet to record himself', () => {
  it('shows neither in itself nor in any balance after it, in lists, tables, the timeline and acts', async () => {
    const caseId = await withHidden();
    const lists = [
      `/cases/${caseId}/books`,
      `/cases/${caseId}/books/cash`,
      `/cases/${caseId}/books/cash?format=csv`,
      `/cases/${caseId}/books/cash?limit=1`,
      `/cases/${caseId}/books/reconciliations`,
      `/cases/${caseId}/books/reconciliations?format=csv`,
      `/cases/${caseId}/timeline?limit=200`,
      `/cases/${caseId}/timeline?format=csv&lang=en`,
      `/cases/${caseId}`,
      `/cases/${caseId}/deadlines`,
      '/tasks',
    ];
    for (const path of lists) expect(await text('accountant', path), path).not.toMatch(SECRETS);
    const page = await scene.app.request(`/api/v1/cases/${caseId}/books/cash?limit=1`, {
      headers: { authorization: `Bearer ${scene.keyOf('accountant')}` },
    });
    const { nextCursor } = (await page.json()) as { nextCursor: string };
    expect(await text('accountant', `/cases/${caseId}/books/cash?limit=2&cursor=${nextCursor}`)).not.toMatch(SECRETS);
    const seen = await items('accountant', `/cases/${caseId}/books/cash`);
    expect(
      seen.map(({ sourceDoc, amountFen, balanceFen, hidden }) => [sourceDoc, amountFen, balanceFen, hidden]),
    ).toEqual([
      ['A', 10_100, 10_100, false],
      ['B', null, null, true],
      ['C', 1_200, null, false],
    ]);
    for (const { actId } of seen)
      expect(await text('accountant', `/cases/${caseId}/acts/${String(actId)}`)).not.toMatch(SECRETS);
    // who recorded it, and everybody else, sees it all
    for (const login of ['cashHolder', 'secretary', 'auditor'] as const)
      expect((await items(login, `/cases/${caseId}/books/cash`)).map(({ balanceFen }) => balanceFen)).toEqual([
        10_100, 33_557, 34_757,
      ]);
    expect(await text('secretary', `/cases/${caseId}/timeline?limit=200`)).toContain('34757');
    await scene.act('accountant', caseId, ledger('B', 23_457));
    expect((await items('accountant', `/cases/${caseId}/books/cash`)).at(-1)).toMatchObject({ balanceFen: 34_757 });
  });

  it('is not to be had by a comparison of his own, and the sums of the approver stay hidden from him', async () => {
    const caseId = await withHidden();
    for (const login of ['accountant', 'cashHolder'] as const) {
      const { events } = (await scene.act(login, caseId, reconcile)) as unknown as { events: Json[] };
      expect(events.map(({ type }) => type)).toEqual(['books.reconciled']);
      expect(events[0]!['data']).toMatchObject({ cashFen: 11_300, ledgerFen: 11_300, waiting: 1, unmatched: 0 });
    }
    expect(await text('accountant', `/cases/${caseId}/books/reconciliations`)).not.toMatch(SECRETS);
    expect(await text('accountant', `/cases/${caseId}/timeline?limit=200`)).not.toMatch(SECRETS);
    const recorded = await items('accountant', `/cases/${caseId}/books/reconciliations`);
    expect(recorded.map(({ cashFen }) => cashFen)).toEqual([11_300, 11_300]);
    // the approver's comparison takes it in and makes it a difference, so that it is hidden no longer
    const { events } = (await scene.act('secretary', caseId, reconcile)) as unknown as { events: Json[] };
    expect(events.map(({ type }) => type)).toContain('discrepancy.found');
    expect(await text('accountant', `/cases/${caseId}/books/reconciliations`)).toMatch(SECRETS);
    await scene.act('cashHolder', caseId, cash('D', 5));
    expect((await items('accountant', `/cases/${caseId}/books/reconciliations`))[0]).toMatchObject({ cashFen: 34_757 });
  });

  it('is not told by trying: a dry run says the same of a right and a wrong guess', async () => {
    const caseId = await withHidden();
    const tried = async (amountFen: number) => {
      const response = await scene.ask(
        'accountant',
        'POST',
        `/cases/${caseId}/acts?dryRun=true`,
        ledger('B', amountFen),
      );
      return ((await response.json()) as { events: Json[] }).events.map(({ type }) => type);
    };
    expect(await tried(23_457)).toEqual(['ledger.recorded']);
    expect(await tried(99)).toEqual(['ledger.recorded']);
  });

  it('stays where it is when the accountant came first: the cash holder sees no balance either', async () => {
    const caseId = await scene.openApproved();
    await scene.act('accountant', caseId, ledger('A', 23_457));
    await scene.act('accountant', caseId, ledger('B', 1_200));
    await scene.act('cashHolder', caseId, cash('B', 1_200));
    const seen = await items('cashHolder', `/cases/${caseId}/books/accounts`);
    expect(seen.map(({ amountFen, balanceFen }) => [amountFen, balanceFen])).toEqual([
      [null, null],
      [1_200, null],
    ]);
    expect(JSON.stringify(seen)).not.toContain('23457');
  });
});

describe('work', () => {
  it('shows a document that waits to whoever has yet to record it, without the amount', async () => {
    const caseId = await withHidden();
    const mine = async (login: Login) =>
      (await items(login, '/tasks')).filter((task) => (task['case'] as Json)['id'] === caseId);
    expect(await mine('accountant')).toMatchObject([
      {
        key: 'earnings',
        kind: 'document',
        name: '单据 B 等待管账登记',
        by: 'accountant',
        responsible: { post: 'community-1-supervision-head' },
        overdue: false,
      },
    ]);
    expect(await mine('cashHolder')).toEqual([]);
    expect((await mine('secretary')).map(({ kind }) => kind)).not.toContain('document');
    await scene.act('accountant', caseId, ledger('B', 1));
    expect(await mine('accountant')).toEqual([]);
    expect((await mine('secretary')).map(({ kind }) => kind)).toContain('discrepancy');
  });
});

describe('money held for a person', () => {
  const ask = { book: 'earnings', amountFen: 500, channel: 'cash', text: '零用', witness: '邱某' };

  it('is not asked for and approved by one person, in whosever name he asks', async () => {
    const caseId = await withHidden();
    const request = (onBehalfOf: string) => ({ type: 'payout.request', data: ask, onBehalfOf });
    for (const nobody of ['nonsense', 'guardian', 'companion', 'secretary'])
      expect(await code('secretary', caseId, request(nobody))).toBe('INVALID_DATA');
    expect(await code('secretary', caseId, request('beneficiary'))).toBe(200);
    expect(await code('secretary', caseId, { type: 'payout.approve' })).toBe('ROLES_COLLIDE');
    expect(await code('director', caseId, { type: 'payout.approve' })).toBe(200);
  });

  it('leaves the book by an approved payout only', async () => {
    const caseId = await withHidden();
    const out = { type: 'cash.record', data: { ...moneyIn, direction: 'out', sourceDoc: 'P', amountFen: 500 } };
    const response = await scene.ask('cashHolder', 'POST', `/cases/${caseId}/acts`, out);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'BLOCKED' });
  });

  it('is not witnessed by who acts, however he writes his name', async () => {
    const caseId = await withHidden();
    const [{ name }] = await scene.sql<[{ name: string }]>`SELECT name FROM person.people WHERE id = 'p-secretary'`;
    const request = (witness: string) => ({
      type: 'payout.request',
      data: { ...ask, witness },
      onBehalfOf: 'beneficiary',
    });
    for (const witness of [name, ` ${[...name].join(' ')} `, 'p-secretary', '周某'])
      expect(await code('secretary', caseId, request(witness))).toBe('EVIDENCE_MISSING');
  });
});

describe('documents', () => {
  it('are uploaded by who works on the case, not by who audits or administers it', async () => {
    const caseId = await scene.open();
    const upload = async (login: Login) => {
      const form = new FormData();
      form.set('file', new File(['一份材料'], 'a.txt'));
      return (await scene.ask(login, 'POST', `/cases/${caseId}/documents`, form)).status;
    };
    for (const login of ['caseworker', 'secretary', 'cashHolder', 'director', 'districtHead'] as const)
      expect([login, await upload(login)]).toEqual([login, 201]);
    expect(await upload('auditor')).toBe(403);
    for (const login of ['admin', 'stranger'] as const) expect([login, await upload(login)]).toEqual([login, 404]);
  });
});
