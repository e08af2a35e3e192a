import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photo } from '../test/support/photo.ts';
import { assignments, type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
let decides = true;
beforeAll(async () => {
  scene = await setScene({ mayFire: () => decides });
});
afterAll(() => scene?.close());

const get = async (login: Login, path: string, headers?: Record<string, string>) =>
  (await (await scene.ask(login, 'GET', path, undefined, headers)).json()) as Record<string, never>;

async function upload(caseId: string, bytes: Uint8Array<ArrayBuffer> | string, headers = {}, name = 'a.jpg') {
  const form = new FormData();
  form.set('file', new File([bytes], name));
  return scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, form, headers);
}

describe('documents', () => {
  it('are kept by content, come back as attachments, and repeat safely', async () => {
    const caseId = await scene.open();
    const key = { 'idempotency-key': 'photo-1' };
    const first = await upload(caseId, photo, key, '<script>.html');
    expect(first.status).toBe(201);
    const document = (await first.json()) as { id: string; sha256: string };
    expect(document).toMatchObject({ kind: 'photo', mediaType: 'image/jpeg' });
    const again = await upload(caseId, photo, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(document);
    expect((await upload(caseId, '另一份', key)).status).toBe(422);
    const download = await scene.ask('secretary', 'GET', `/cases/${caseId}/documents/${document.id}`);
    const bytes = new Uint8Array(await download.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(document.sha256);
    expect(download.headers.get('content-disposition')).toBe(`attachment; filename="${document.id}.jpg"`);
    expect(download.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await scene.ask('stranger', 'GET', `/cases/${caseId}/documents/${document.id}`)).status).toBe(404);
    const other = await scene.open();
    expect((await scene.ask('caseworker', 'GET', `/cases/${other}/documents/${document.id}`)).status).toBe(404);
    await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '照片' }, evidence: [document.id] });
  });

  it('are refused when they are something else, nothing, or too large', async () => {
    const caseId = await scene.open();
    expect((await upload(caseId, '<svg onload=alert(1)>', {}, 'a.png')).status).toBe(415);
    expect((await upload(caseId, '')).status).toBe(422);
    const form = new FormData();
    form.set('other', 'x');
    expect((await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, form)).status).toBe(422);
    expect((await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, { file: 'x' })).status).toBe(415);
    const broken = await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, 'no form', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect(broken.status).toBe(400);
    const large = new Uint8Array(21 * 1024 * 1024);
    large.set(photo);
    expect((await upload(caseId, large)).status).toBe(413);
  });
});

describe('timeline', () => {
  it('reads in Chinese and English, in pages, and as a table without formulas', async () => {
    const caseId = await scene.open();
    await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '=HYPERLINK("http://x")' } });
    const zh = (await get('secretary', `/cases/${caseId}/timeline?limit=2`)) as unknown as {
      items: { text: string; hash: string }[];
      nextCursor: string;
    };
    expect(zh.items.map(({ text }) => text)[0]).toMatch(/^立案：\d{4}-\d+，新安西路社区$/);
    expect(zh.items).toHaveLength(2);
    const next = (await get('secretary', `/cases/${caseId}/timeline?cursor=${zh.nextCursor}`)) as unknown as {
      items: { seq: number }[];
    };
    expect(next.items[0]?.seq).toBe(3);
    const en = (await get('secretary', `/cases/${caseId}/timeline`, { 'accept-language': 'en-GB' })) as unknown as {
      items: { text: string }[];
    };
    expect(en.items[0]?.text).toMatch(/^Case \d{4}-\d+ opened at West Xin’an Road Community$/);
    const csv = await scene.ask('secretary', 'GET', `/cases/${caseId}/timeline?format=csv&lang=en`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(await csv.text()).toContain('Note: =HYPERLINK');
  });
});

describe('books', () => {
  const cash = (sourceDoc: string, amountFen: number) => ({
    type: 'cash.record',
    data: { book: 'earnings', direction: 'in', amountFen, sourceDoc, channel: 'cash' },
  });
  const ledger = (sourceDoc: string, amountFen: number) => ({
    type: 'ledger.record',
    data: {
      book: 'earnings',
      direction: 'in',
      sourceDoc,
      channel: 'cash',
      lines: [{ text: '钥匙链', item: 'keyring', quantity: 2, priceFen: amountFen / 2, amountFen }],
    },
  });

  it('show each keeper the other side only once both have recorded', async () => {
    const caseId = await scene.openApproved();
    await scene.act('cashHolder', caseId, cash('d-1', 12_000));
    const first = async (login: Login) =>
      ((await get(login, `/cases/${caseId}/books/cash`)) as unknown as { items: Record<string, unknown>[] }).items[0];
    const sums = async (login: Login) =>
      ((await get(login, `/cases/${caseId}/books`)) as unknown as { items: Record<string, unknown>[] }).items[0];
    const texts = async (login: Login) => JSON.stringify(await get(login, `/cases/${caseId}/timeline?limit=200`));
    expect(await first('cashHolder')).toMatchObject({ amountFen: 12_000, hidden: false });
    expect(await first('accountant')).toMatchObject({
      amountFen: null,
      balanceFen: null,
      hidden: true,
      sourceDoc: 'd-1',
    });
    expect(await first('auditor')).toMatchObject({ amountFen: 12_000, hidden: false });
    expect(await sums('accountant')).toMatchObject({ cashFen: null, ledgerFen: 0 });
    expect(await texts('accountant')).not.toContain('12000');
    expect(await texts('auditor')).toContain('12000');
    const guess = await scene.ask('accountant', 'POST', `/cases/${caseId}/acts?dryRun=true`, ledger('d-1', 11_000));
    expect(await guess.text()).not.toContain('12000');
    await scene.act('accountant', caseId, ledger('d-1', 12_000));
    expect(await first('accountant')).toMatchObject({ amountFen: 12_000, hidden: false });
    expect(await sums('accountant')).toMatchObject({ cashFen: 12_000, ledgerFen: 12_000 });
    const compared = (await get('secretary', `/cases/${caseId}/books/reconciliations`)) as unknown as {
      now: unknown[];
    };
    expect(compared.now).toMatchObject([{ book: 'earnings', matched: 1, matchedFen: 12_000, differences: [] }]);
    const csv = await (await scene.ask('auditor', 'GET', `/cases/${caseId}/books/accounts?format=csv&lang=en`)).text();
    expect(csv).toMatch(/"earnings","cash","d-1","in",120,120,/);
    expect((await scene.ask('cashHolder', 'POST', `/cases/${caseId}/acts`, ledger('d-2', 100))).status).toBe(403);
    expect((await scene.ask('accountant', 'POST', `/cases/${caseId}/acts`, cash('d-2', 100))).status).toBe(403);
  });
});

describe('work', () => {
  it('shows tasks, messages and accountability to whom they concern, and takes acknowledgements', async () => {
    const caseId = await scene.open();
    const tasks = (await get('secretary', '/tasks?overdue=true')) as unknown as {
      items: { case: { id: string }; name: string; overdue: boolean }[];
    };
    expect(tasks.items.some((task) => task.case.id === caseId && task.name === '陪伴走访' && task.overdue)).toBe(true);
    expect(((await get('stranger', '/tasks')) as unknown as { items: unknown[] }).items).toEqual([]);
    expect(
      ((await get('director', '/tasks?unit=community-1&limit=1')) as unknown as { nextCursor: unknown }).nextCursor,
    ).not.toBeNull();
    const inbox = (await get('secretary', '/inbox?limit=200')) as unknown as {
      items: { id: string; caseId: string; text: string }[];
    };
    const message = inbox.items.find((one) => one.caseId === caseId);
    expect(message?.text).toContain('陪伴走访');
    const records = (await get('auditor', `/accountability?case=${caseId}&open=true`)) as unknown as {
      items: { post: string }[];
    };
    expect(records.items[0]?.post).toBe('community-1-secretary');
    expect((await scene.ask('stranger', 'POST', `/inbox/${message?.id}/acknowledge`)).status).toBe(404);
    const done = await scene.ask('secretary', 'POST', `/inbox/${message?.id}/acknowledge`);
    expect(done.status).toBe(200);
    const left = (await get('secretary', '/inbox?limit=200&acknowledged=false')) as unknown as {
      items: { id: string }[];
    };
    expect(left.items.some(({ id }) => id === message?.id)).toBe(false);
  });
});

describe('organisation', () => {
  it('lists units, posts, people and appointments in pages', async () => {
    const units = (await get('secretary', '/units?below=subdistrict-1', { 'accept-language': 'en' })) as unknown as {
      items: { id: string; name: string }[];
    };
    expect(units.items.map(({ id }) => id)).toEqual(['community-1', 'community-2', 'subdistrict-1']);
    const posts = (await get('secretary', '/posts?unit=community-1&kind=secretary')) as unknown as { items: unknown[] };
    expect(posts.items).toMatchObject([{ id: 'community-1-secretary', holder: 'p-secretary', holderName: '张某' }]);
    const people = (await get('secretary', '/people?limit=2')) as unknown as { items: unknown[]; nextCursor: string };
    expect(people.items).toHaveLength(2);
    expect(
      ((await get('secretary', `/people?cursor=${people.nextCursor}`)) as unknown as { items: { id: string }[] }).items
        .length,
    ).toBeGreaterThan(2);
  });

  it('hands a post over: the old holder loses his rights, the new one has them, nobody else may do it', async () => {
    const caseId = await scene.open();
    const appointments = (await get('admin', '/appointments?post=community-1-secretary')) as unknown as {
      items: { id: string }[];
    };
    const id = appointments.items[0]?.id;
    const post = assignments.secretary;
    expect((await scene.ask('secretary', 'POST', `/appointments/${id}/end`, {})).status).toBe(403);
    expect((await scene.ask('admin', 'POST', '/appointments', { post, person: 'p-caseworker' })).status).toBe(409);
    expect(
      (await scene.ask('admin', 'POST', `/appointments/${id}/end`, { until: '2021-01-01T00:00:00Z' })).status,
    ).toBe(422);
    expect((await scene.ask('admin', 'POST', `/appointments/${id}/end`, {})).status).toBe(200);
    expect((await scene.ask('admin', 'POST', `/appointments/${id}/end`, {})).status).toBe(200);
    const key = { 'idempotency-key': 'appoint-1' };
    expect((await scene.ask('admin', 'POST', '/appointments', { post, person: 'nobody' })).status).toBe(422);
    expect(
      (await scene.ask('admin', 'POST', '/appointments', { post: 'nothing', person: 'p-director-2' })).status,
    ).toBe(422);
    const asking = Array.from({ length: 8 }, () =>
      scene.ask('admin', 'POST', '/appointments', { post, person: 'p-director-2' }, key),
    );
    const made = await Promise.all(asking);
    expect(made.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(made.filter((each) => each.headers.get('idempotency-replayed') === 'true')).toHaveLength(7);
    expect(new Set(await Promise.all(made.map((each) => each.text()))).size).toBe(1);
    const from = '2099-01-01T00:00:00Z';
    for (const other of [{ person: 'p-caseworker' }, { person: 'p-director-2', from }])
      expect((await scene.ask('admin', 'POST', '/appointments', { post, ...other }, key)).status).toBe(422);
    expect((await scene.ask('secretary', 'GET', `/cases/${caseId}`)).status).toBe(404);
    expect((await scene.ask('stranger', 'GET', `/cases/${caseId}`)).status).toBe(200);
  });
});

describe('programs', () => {
  it('are shown with intake and stages, and simulated without starting anything', async () => {
    const program = await get('secretary', '/programs/fule');
    expect(program).toMatchObject({ id: 'fule', intake: { required: ['needs'] }, definition: { id: 'fule' } });
    const wish = { data: { needs: 'x' }, openedAt: '2026-01-05T01:00:00Z', until: '2026-02-05T01:00:00Z' };
    const response = await scene.ask('secretary', 'POST', '/programs/fule/simulate', {
      ...wish,
      script: [
        { at: '2026-01-06T01:00:00Z', type: 'consent.give', as: 'beneficiary' },
        { at: '2026-01-07T01:00:00Z', type: 'case.explode' },
      ],
    });
    expect(response.status).toBe(200);
    const { agenda, refused, truncated } = (await response.json()) as {
      agenda: { kind: string }[];
      refused: unknown[];
      truncated: boolean;
    };
    expect(agenda.map(({ kind }) => kind)).toContain('rung.fired');
    expect(agenda.map(({ kind }) => kind)).toContain('consent.given');
    expect(refused).toMatchObject([{ type: 'case.explode', code: 'UNKNOWN_ACT' }]);
    expect(truncated).toBe(false);
    const years = await scene.ask('secretary', 'POST', '/programs/fule/simulate', {
      ...wish,
      until: '2056-01-01T00:00:00Z',
    });
    expect(((await years.json()) as { truncated: boolean }).truncated).toBe(true);
  });

  it('long simulations let others go first, one at a time, and a crowd of them is sent away', async () => {
    const wish = { data: { needs: 'x' }, openedAt: '2026-01-05T01:00:00Z', until: '2029-01-01T00:00:00Z' };
    const running = Array.from({ length: 7 }, () =>
      scene.ask('secretary', 'POST', '/programs/fule/simulate', wish).then(({ status }) => status),
    );
    let over = false;
    const statuses = Promise.all(running).finally(() => {
      over = true;
    });
    let answered = 0;
    for (; !over; answered++) expect((await scene.ask('secretary', 'GET', '/programs')).status).toBe(200);
    const made = (await statuses).filter((status) => status === 200).length;
    expect(made).toBeGreaterThanOrEqual(4); // more, where some came only when the first was done
    expect((await statuses).filter((status) => status === 503)).toHaveLength(7 - made);
    expect(made).toBeLessThan(7);
    expect(answered).toBeGreaterThan(10);
  });
});

describe('operation', () => {
  it('tells that it is ready, and its figures by route', async () => {
    const ready = await scene.app.request('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'ready', postgres: true, migrations: true, temporal: null },
    ]);
    const figures = await (await scene.app.request('/metrics')).text();
    expect(figures.match(/route="[^"]*"/g)?.join()).toContain('route="/api/v1/cases/:caseId/acts"');
    expect(figures).not.toContain('p-secretary');
  });

  it('is not ready while its door decides nothing, and an act is told so', async () => {
    const caseId = await scene.open();
    decides = false;
    try {
      const ready = await scene.app.request('/readyz');
      expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'unavailable', decides: false }]);
      const act = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, {
        type: 'note.add',
        data: { text: '记' },
      });
      expect([act.status, await act.json()]).toMatchObject([503, { detail: expect.stringContaining('核对') }]);
    } finally {
      decides = true;
    }
    expect((await scene.app.request('/readyz')).status).toBe(200);
  });
});
