import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignments, type Login, openingOf, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
let caseId: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.open();
});
afterAll(() => scene?.close());

/** What is sent, and the status it must be answered with. `{case}` in a path stands for a real case. */
interface Bad {
  readonly name: string;
  readonly login?: Login;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
}

const acts = '/cases/{case}/acts';
const note = (data: unknown, more: object = {}) => ({ type: 'note.add', data, ...more });
const long = (n: number) => 'x'.repeat(n);

const bodies: Bad[] = [
  { name: 'no body', path: acts, status: 400, headers: { 'content-type': 'application/json' }, body: '' },
  { name: 'broken JSON', path: acts, body: '{"type":', status: 400 },
  { name: 'a JSON text that is no object', path: acts, body: '"note.add"', status: 422 },
  { name: 'null', path: acts, body: 'null', status: 422 },
  { name: 'a list', path: acts, body: '[]', status: 422 },
  { name: 'nothing in the envelope', path: acts, body: {}, status: 422 },
  { name: 'an unknown field in the envelope', path: acts, body: note({ text: 'a' }, { admin: true }), status: 422 },
  { name: 'an unknown type of act', path: acts, body: { type: 'case.explode' }, status: 422 },
  { name: 'a type of every object', path: acts, body: { type: 'constructor' }, status: 422 },
  { name: 'a type that is a number', path: acts, body: { type: 7 }, status: 422 },
  { name: 'data that is a text', path: acts, body: note('a'), status: 422 },
  { name: 'data with an unknown field', path: acts, body: note({ text: 'a', b: 1 }), status: 422 },
  { name: 'an empty text', path: acts, body: note({ text: '   ' }), status: 422 },
  { name: 'a text too long', path: acts, body: note({ text: long(20_001) }), status: 422 },
  { name: 'NUL in a text', path: acts, body: '{"type":"note.add","data":{"text":"a\\u0000b"}}', status: 422 },
  { name: 'NUL in a target', path: acts, body: '{"type":"task.complete","target":"a\\u0000b"}', status: 422 },
  { name: 'half a surrogate pair', path: acts, body: '{"type":"note.add","data":{"text":"\\ud800"}}', status: 422 },
  { name: '__proto__', path: acts, body: '{"type":"note.add","data":{"__proto__":{"text":"a"}}}', status: 422 },
  { name: 'a field twice', path: acts, body: '{"type":"note.add","type":"case.close"}', status: 400 },
  {
    name: 'deep nesting',
    path: acts,
    body: `{"type":"note.add","data":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
    status: 400,
  },
  { name: 'a huge number', path: acts, body: '{"type":"cash.record","data":{"amountFen":1e400}}', status: 422 },
  {
    name: 'a number no double holds',
    path: acts,
    body: '{"type":"cash.record","data":{"amountFen":9007199254740993}}',
    status: 422,
  },
  {
    name: 'money with a fraction',
    path: acts,
    login: 'cashHolder',
    body: {
      type: 'cash.record',
      data: { book: 'earnings', direction: 'in', amountFen: 1.5, sourceDoc: 'a', channel: 'cash' },
    },
    status: 422,
  },
  { name: 'a time that is none', path: acts, body: note({ text: 'a' }, { occurredAt: 'yesterday' }), status: 422 },
  {
    name: 'a time without offset',
    path: acts,
    body: note({ text: 'a' }, { occurredAt: '2026-11-20T10:00:00' }),
    status: 422,
  },
  {
    name: 'a day that does not exist',
    path: acts,
    body: note({ text: 'a' }, { occurredAt: '2026-02-30T10:00:00Z' }),
    status: 422,
  },
  {
    name: 'a time in the future',
    path: acts,
    body: note({ text: 'a' }, { occurredAt: '2999-01-01T00:00:00Z' }),
    status: 422,
  },
  {
    name: 'a time before all calendars',
    path: acts,
    body: note({ text: 'a' }, { occurredAt: '0001-01-01T00:00:00Z', reason: 'x' }),
    status: 422,
  },
  { name: 'evidence that is not there', path: acts, body: note({ text: 'a' }, { evidence: ['nothing'] }), status: 422 },
  { name: 'evidence that is no list', path: acts, body: note({ text: 'a' }, { evidence: 'a' }), status: 422 },
  { name: 'a target that is an object', path: acts, body: { type: 'task.complete', target: {} }, status: 422 },
  {
    name: 'a target of an object’s own names',
    path: acts,
    body: { type: 'task.complete', target: '__proto__', data: {} },
    status: 409,
  },
  {
    name: 'a field no program has',
    path: acts,
    body: { type: 'data.correct', reason: 'x', data: { fields: { toString: 'x' } } },
    status: 422,
  },
  {
    name: 'an outcome no program has',
    path: acts,
    login: 'secretary',
    body: { type: 'case.close', reason: 'x', data: { outcome: 'toString' } },
    status: 422,
  },
  { name: 'a body too large', path: acts, body: note({ text: long(600_000) }), status: 413 },
  { name: 'text instead of JSON', path: acts, body: 'hello', headers: { 'content-type': 'text/plain' }, status: 415 },
  {
    name: 'a form instead of JSON',
    path: acts,
    body: 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
  },
  { name: 'no content type', path: acts, body: '{}', headers: { 'content-type': '' }, status: 415 },
  {
    name: 'JSON in another encoding’s name',
    path: acts,
    body: note({ text: 'a' }),
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 200,
  },
  {
    name: 'a key with a space',
    path: acts,
    body: note({ text: 'a' }),
    headers: { 'idempotency-key': 'a b' },
    status: 422,
  },
  {
    name: 'a key too long',
    path: acts,
    body: note({ text: 'a' }),
    headers: { 'idempotency-key': long(300) },
    status: 422,
  },
  { name: 'an empty key', path: acts, body: note({ text: 'a' }), headers: { 'idempotency-key': '' }, status: 422 },
  {
    name: 'a key of Latin letters',
    path: acts,
    body: note({ text: 'a' }),
    headers: { 'idempotency-key': 'clé' },
    status: 422,
  },
  {
    name: 'If-Match that is no ETag',
    path: acts,
    body: note({ text: 'a' }),
    headers: { 'if-match': 'abc' },
    status: 400,
  },
  {
    name: 'If-Match of another revision',
    path: acts,
    body: note({ text: 'a' }),
    headers: { 'if-match': '"99999"' },
    status: 412,
  },
  { name: 'dryRun that is no flag', path: `${acts}?dryRun=maybe`, body: note({ text: 'a' }), status: 422 },
  { name: 'an opening that is empty', path: '/cases', body: {}, status: 422 },
  { name: 'parties that are no list', path: '/cases', body: { ...openingOf(), parties: {} }, status: 422 },
  {
    name: 'a birth date that does not exist',
    path: '/cases',
    body: { ...openingOf(), parties: [{ role: 'beneficiary', name: 'a', birthDate: '1999-02-30' }] },
    status: 422,
  },
  {
    name: 'a role no program has',
    path: '/cases',
    body: { ...openingOf(), parties: [{ role: 'toString', name: 'a' }] },
    status: 422,
  },
  {
    name: 'a post nobody has',
    path: '/cases',
    body: { ...openingOf(), assignments: { ...assignments, secretary: 'nobody' } },
    status: 422,
  },
  {
    name: 'opened too long ago',
    path: '/cases',
    body: { ...openingOf(), openedAt: '2020-01-01T00:00:00Z' },
    status: 422,
  },
  {
    name: 'opened in the future',
    path: '/cases',
    body: { ...openingOf(), openedAt: '2999-01-01T00:00:00Z' },
    status: 422,
  },
  {
    name: 'a program that is a path',
    path: '/cases',
    body: { ...openingOf(), program: '../../etc/passwd' },
    status: 422,
  },
  {
    name: 'a simulation that ends before it begins',
    path: '/programs/fule/simulate',
    body: { data: {}, openedAt: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' },
    status: 422,
  },
  {
    name: 'a simulation of nothing',
    path: '/programs/nothing/simulate',
    body: { data: {}, openedAt: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' },
    status: 404,
  },
  {
    name: 'a verification of nothing',
    path: '/audit/verifications',
    login: 'auditor',
    body: { case: 'nothing' },
    status: 404,
  },
  {
    name: 'a verification by a cash holder',
    path: '/audit/verifications',
    login: 'cashHolder',
    body: { case: '{case}' },
    status: 403,
  },
  { name: 'acknowledging what is not one’s own', path: '/inbox/nothing/acknowledge', body: {}, status: 404 },
];

const reads: Bad[] = [
  { name: 'a case that is not there', path: '/cases/nothing', status: 404 },
  { name: 'a case of NUL', path: '/cases/a%00b', status: 404 },
  { name: 'a broken escape', path: '/cases/%E0%A4%A', status: 400 },
  { name: 'bytes that are not UTF-8', path: '/cases/%ff%fe', status: 400 },
  { name: 'a very long address', path: `/cases/${long(3000)}`, status: 404 },
  { name: 'SQL', path: "/cases/'%3B%20DROP%20TABLE%20cases%3B--", status: 404 },
  { name: 'a limit of zero', path: '/cases?limit=0', status: 422 },
  { name: 'a limit too large', path: '/cases?limit=201', status: 422 },
  { name: 'a limit that is no number', path: '/cases?limit=NaN', status: 422 },
  { name: 'a cursor of somebody else', path: '/cases?cursor=abc', status: 422 },
  {
    name: 'a cursor of wrong values',
    path: `/cases?cursor=${Buffer.from('[{"a":1},2]').toString('base64url')}`,
    status: 422,
  },
  {
    name: 'a cursor with NUL',
    path: `/cases?cursor=${Buffer.from('["\\u0000","a"]').toString('base64url')}`,
    status: 422,
  },
  {
    name: 'a cursor with a time that is none',
    path: `/cases?cursor=${Buffer.from('["soon","a"]').toString('base64url')}`,
    status: 422,
  },
  { name: 'NUL in a filter', path: '/cases?q=%00', status: 422 },
  { name: 'a broken pair in a filter', path: '/cases?q=%ed%a0%80', status: 200 },
  { name: 'a due date that is none', path: '/cases?dueBefore=soon', status: 422 },
  { name: 'overdue perhaps', path: '/cases?overdue=perhaps', status: 422 },
  { name: 'a month that is none', path: '/cases/{case}/books/cash?month=2026-13', status: 422 },
  { name: 'a format we do not write', path: '/cases/{case}/timeline?format=docx', status: 422 },
  {
    name: 'a timeline cursor of a fraction',
    path: `/cases/{case}/timeline?cursor=${Buffer.from('["x"]').toString('base64url')}`,
    status: 422,
  },
  { name: 'an address of a later release', path: '/statistics', status: 404 },
  { name: 'a method we do not take', method: 'DELETE', path: '/cases/{case}', status: 405 },
  { name: 'a method nobody takes', method: 'PROPFIND', path: '/cases', status: 405 },
];

const send = (bad: Bad, method: string) => {
  const fill = (text: string) => text.replaceAll('{case}', caseId);
  const body =
    typeof bad.body === 'string' || bad.body === undefined ? bad.body : JSON.parse(fill(JSON.stringify(bad.body)));
  return scene.ask(bad.login ?? 'caseworker', bad.method ?? method, fill(bad.path), body, bad.headers);
};

async function isProblem(response: Response, status: number) {
  expect(response.status, await response.clone().text()).toBe(status);
  if (status < 400) return;
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({
    status,
    code: expect.stringMatching(/^[A-Z_]+$/),
    title: expect.any(String),
    detail: expect.any(String),
  });
  expect(JSON.stringify(problem)).not.toMatch(/node_modules|\bat \w+ \(|SELECT|postgres/i);
}

describe('bad input', () => {
  it.each(bodies)('POST $name → $status', async (bad) => isProblem(await send(bad, 'POST'), bad.status));
  it.each(reads)('$name → $status', async (bad) => isProblem(await send(bad, 'GET'), bad.status));

  it('names the places of bad data in the caller’s language', async () => {
    const say = async (language: string) =>
      (await (
        await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, note({ text: '', b: 1 }), {
          'accept-language': language,
        })
      ).json()) as { errors: unknown };
    expect((await say('zh-CN')).errors).toEqual([
      { path: 'data.text', message: '不能为空' },
      { path: 'data', message: '没有这些字段：b' },
    ]);
    expect((await say('en')).errors).toEqual([
      { path: 'data.text', message: 'must not be empty' },
      { path: 'data', message: 'unknown fields: b' },
    ]);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const response = await scene.app.request(`/api/v1/cases/${caseId}/acts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.keyOf('caseworker')}`, 'content-type': 'application/json' },
      body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    await isProblem(response, 400);
  });

  it.each([
    ['nothing', {}],
    ['an unknown key', { authorization: 'Bearer linli_test_nobody' }],
    ['a key of one letter', { authorization: 'Bearer x' }],
    ['another scheme', { authorization: 'Basic bGlubGk6bGlubGk=' }],
    ['a very long key', { authorization: `Bearer ${long(5000)}` }],
    ['a session of nobody', { cookie: 'linli_session=abc' }],
  ])('401 for %s', async (_, headers) => isProblem(await scene.app.request('/api/v1/cases', { headers }), 401));
});
