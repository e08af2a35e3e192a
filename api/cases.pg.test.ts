import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignments, openingOf, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const body = async (response: Response): Promise<Record<string, unknown>> => ({
  status: response.status,
  ...((await response.json()) as object),
});

describe('POST /cases', () => {
  it('opens a case and answers with it, as GET does', async () => {
    const response = await scene.ask('caseworker', 'POST', '/cases', openingOf(), { 'idempotency-key': 'open-1' });
    expect(response.status).toBe(201);
    const opened = (await response.json()) as Record<string, unknown>;
    expect(response.headers.get('location')).toBe(`/api/v1/cases/${opened['id']}`);
    expect(response.headers.get('etag')).toBe(`"${opened['revision']}"`);
    expect(response.headers.get('idempotency-key')).toBe('open-1');
    expect(opened).toMatchObject({
      status: 'proposed',
      program: { id: 'fule', version: '1.2.0' },
      assignments: assignments,
      workflowId: `case/${opened['id']}`,
      runId: null,
    });
    const read = await scene.ask('caseworker', 'GET', `/cases/${opened['id']}`);
    expect(read.status).toBe(200);
    expect(await read.json()).toEqual(opened);
  });

  it('answers a repeat the same, and another body under the key with 422', async () => {
    const wish = openingOf();
    const key = { 'idempotency-key': 'open-2' };
    const first = await scene.ask('caseworker', 'POST', '/cases', wish, key);
    const again = await scene.ask('caseworker', 'POST', '/cases', wish, key);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await again.json()).toEqual(await first.json());
    const other = await scene.ask('caseworker', 'POST', '/cases', { ...wish, data: { needs: '别的' } }, key);
    expect(await body(other)).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('refuses one person for two money roles, unknown units, programs and posts', async () => {
    const refused = async (changes: Record<string, unknown>) =>
      body(await scene.ask('caseworker', 'POST', '/cases', { ...openingOf(), ...changes }));
    const one = { ...assignments, cashHolder: 'p-cash-holder', accountant: 'p-cash-holder' };
    expect(await refused({ assignments: one })).toMatchObject({ status: 422, code: 'ROLES_NOT_APART' });
    expect(await refused({ unit: 'nowhere' })).toMatchObject({ status: 422, code: 'UNKNOWN_UNIT' });
    expect(await refused({ program: 'nothing' })).toMatchObject({ status: 422, code: 'UNKNOWN_PROGRAM' });
    expect(await refused({ data: {} })).toMatchObject({ status: 422, code: 'INVALID_DATA' });
    expect(await body(await scene.ask('otherCaseworker', 'POST', '/cases', openingOf()))).toMatchObject({
      status: 403,
    });
  });
});

describe('reading', () => {
  it('shows a case to those who have to do with it, and to nobody else', async () => {
    const caseId = await scene.open();
    for (const login of [
      'caseworker',
      'secretary',
      'cashHolder',
      'accountant',
      'director',
      'subDistrictHead',
      'districtHead',
      'auditor',
    ] as const)
      expect([login, (await scene.ask(login, 'GET', `/cases/${caseId}`)).status]).toEqual([login, 200]);
    for (const path of [
      '',
      '/plan',
      '/deadlines',
      '/timeline',
      '/books',
      '/books/cash',
      '/books/accounts',
      '/books/reconciliations',
      '/acts/x',
      '/documents/x',
      '/deadlines/x/explain',
    ])
      for (const login of ['stranger', 'otherCaseworker'] as const)
        expect([path, (await scene.ask(login, 'GET', `/cases/${caseId}${path}`)).status]).toEqual([path, 404]);
    expect(
      (await scene.ask('stranger', 'POST', `/cases/${caseId}/acts`, { type: 'note.add', data: { text: '看看' } }))
        .status,
    ).toBe(404);
    expect(
      (await scene.ask('auditor', 'POST', `/cases/${caseId}/acts`, { type: 'note.add', data: { text: '看看' } }))
        .status,
    ).toBe(403);
    expect((await scene.ask(undefined, 'GET', `/cases/${caseId}`)).status).toBe(401);
  });

  it('lists cases by next due in pages, with filters and totals', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 3; i++)
      ids.add(
        await scene.open({
          caseNo: `案-${i}`,
          parties: [
            { role: 'beneficiary', name: `钱${i}` },
            { role: 'companion', name: '邱某' },
          ],
        }),
      );
    const all: string[] = [];
    let path = '/cases?limit=2&count=true';
    for (;;) {
      const page = (await (await scene.ask('caseworker', 'GET', path)).json()) as {
        items: { id: string }[];
        nextCursor: string | null;
        total: number;
      };
      all.push(...page.items.map(({ id }) => id));
      expect(page.total).toBeGreaterThanOrEqual(3);
      if (page.nextCursor === null) break;
      path = `/cases?limit=2&count=true&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    expect(new Set(all).size).toBe(all.length);
    for (const id of ids) expect(all).toContain(id);
    const found = async (query: string, login: 'caseworker' | 'stranger' = 'caseworker') =>
      ((await (await scene.ask(login, 'GET', `/cases?${query}`)).json()) as { items: unknown[] }).items.length;
    expect(await found(`q=${encodeURIComponent('钱1')}`)).toBe(1);
    expect(await found(`q=${encodeURIComponent('案-2')}`)).toBe(1);
    expect(await found(`q=${encodeURIComponent('%')}`)).toBe(0);
    expect(await found(`party=${encodeURIComponent('钱2')}`)).toBe(1);
    expect(await found('status=closed')).toBe(0);
    expect(await found('responsible=community-1-residents-representative')).toBe(all.length);
    expect(await found('responsible=p-cash-holder')).toBe(all.length);
    expect(await found('unit=district-1')).toBe(all.length);
    expect(await found('unit=community-2')).toBe(0);
    expect(await found('', 'stranger')).toBe(0);
    expect((await scene.ask('caseworker', 'GET', '/cases?status=nonsense')).status).toBe(422);
  });

  it('answers 304 to the revision the caller has', async () => {
    const caseId = await scene.open();
    const etag = (await scene.ask('caseworker', 'GET', `/cases/${caseId}`)).headers.get('etag') ?? '';
    expect(
      (await scene.ask('caseworker', 'GET', `/cases/${caseId}`, undefined, { 'if-none-match': etag })).status,
    ).toBe(304);
  });

  it('explains plan and deadlines in both languages', async () => {
    const caseId = await scene.open();
    const plan = await body(
      await scene.ask('caseworker', 'GET', `/cases/${caseId}/plan`, undefined, { 'accept-language': 'en' }),
    );
    expect(plan).toMatchObject({ stages: [{ stage: 'speak', name: 'Stage 1: speak', state: 'future' }, {}, {}, {}] });
    const { items } = (await body(await scene.ask('caseworker', 'GET', `/cases/${caseId}/deadlines`))) as unknown as {
      items: { id: string }[];
    };
    expect(items.length).toBeGreaterThan(0);
    const why = await body(await scene.ask('caseworker', 'GET', `/cases/${caseId}/deadlines/${items[0]?.id}/explain`));
    expect((why as unknown as { days: unknown[] }).days.length).toBeGreaterThan(0);
  });
});

describe('acts', () => {
  it('records, repeats the same answer, shows the act and who may not do it', async () => {
    const caseId = await scene.open();
    const act = { type: 'note.add', data: { text: '他今天笑了' } };
    const key = { 'idempotency-key': 'note-1' };
    const first = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, act, key);
    expect(first.status).toBe(200);
    const answer = (await first.json()) as { act: { id: string }; events: unknown[]; case: { revision: number } };
    expect(answer.events).toMatchObject([{ type: 'note.added', data: { text: '他今天笑了' } }]);
    const again = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, act, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(answer);
    const read = await body(await scene.ask('caseworker', 'GET', `/cases/${caseId}/acts/${answer.act.id}`));
    expect(read).toMatchObject({ id: answer.act.id, type: 'note.add', witnessed: false, events: answer.events });
  });

  it('tells what a dry run would do and keeps nothing', async () => {
    const caseId = await scene.open();
    const dry = await body(
      await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts?dryRun=true`, {
        type: 'note.add',
        data: { text: '试' },
      }),
    );
    expect(dry).toMatchObject({ status: 200, dryRun: true, events: [{ type: 'note.added', text: '记录：试' }] });
    const { items } = (await body(await scene.ask('caseworker', 'GET', `/cases/${caseId}/timeline`))) as unknown as {
      items: { type: string }[];
    };
    expect(items.some(({ type }) => type === 'note.added')).toBe(false);
  });

  it('refuses a stale revision, and in words what the state refuses', async () => {
    const caseId = await scene.open();
    const note = { type: 'note.add', data: { text: '甲' } };
    expect(
      await body(await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, note, { 'if-match': '"1"' })),
    ).toMatchObject({ status: 412, code: 'STALE_REVISION' });
    const early = await scene.ask(
      'caseworker',
      'POST',
      `/cases/${caseId}/acts`,
      { type: 'case.resume' },
      { 'accept-language': 'en', 'idempotency-key': 'early' },
    );
    expect(early.headers.get('content-type')).toBe('application/problem+json');
    const problem = await body(early);
    expect(problem).toMatchObject({ status: 409 });
    expect(problem['waysOut']).toBeDefined();
    const again = await scene.ask(
      'caseworker',
      'POST',
      `/cases/${caseId}/acts`,
      { type: 'case.resume' },
      { 'accept-language': 'en', 'idempotency-key': 'early' },
    );
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await body(again)).toEqual(problem);
  });

  it('takes fifty callers on one case at once', async () => {
    const caseId = await scene.open();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, { type: 'note.add', data: { text: `第 ${i} 条` } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const seqs = await Promise.all(
      answers.map(async (one) => ((await one.json()) as { act: { seq: number } }).act.seq),
    );
    expect(new Set(seqs).size).toBe(50);
  });
});
