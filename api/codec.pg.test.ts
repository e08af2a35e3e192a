import { afterAll, beforeAll, expect, test } from 'vitest';
import { codecService } from '../activities/codec-service.ts';
import { sealPayload } from '../activities/payload-codec.ts';
import { connect, type Sql } from '../db/client.ts';
import type { Keyring } from '../door/keys/keyring.ts';
import { testKeyring } from '../test/support/keyring.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import type { PayloadJson } from './deps.ts';
import { type Login, type Scene, setScene, signIn } from './scene.fixture.ts';

// Temporal's codec server, over HTTP, as its Web UI asks.
const ui = 'http://127.0.0.1:8233';
let sql: Sql;
let keyring: Keyring;
let scene: Scene;
let caseId: string;
beforeAll(async () => {
  const database = await freshDatabase();
  sql = connect(database.url);
  keyring = await testKeyring(sql, { spans: { refreshMs: 0, freshMs: 0, pauseMs: 0 } });
  const temporalUi = { url: `${ui}/`, namespace: 'default' };
  scene = await setScene({ codec: codecService(keyring), temporalUi }, undefined, database);
  caseId = await scene.open();
});
afterAll(async () => {
  await sql.end();
  await scene.close();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const clear: PayloadJson = { metadata: { encoding: base64('json/plain') }, data: base64('{"text":"周某"}') };

/** The payload as Temporal holds it for this case; without one the installation's. */
async function held(of: string | undefined): Promise<PayloadJson> {
  const key = await keyring.of(of === undefined ? undefined : { case: of });
  const { metadata, data } = sealPayload(key, {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from('{"text":"周某"}'),
  });
  const texts = Object.entries(metadata!).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return { metadata: Object.fromEntries(texts) as Record<string, string>, data: Buffer.from(data!).toString('base64') };
}

const ask = (what: 'decode' | 'encode', payloads: unknown, headers: Record<string, string>) =>
  scene.app.request(`/codec/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
    body: JSON.stringify({ payloads }),
  });
const withKey = (login: Login) => ({ authorization: `Bearer ${scene.keyOf(login)}` });
const payloadsOf = async (answer: Response) => ((await answer.json()) as { payloads: PayloadJson[] }).payloads;

test('an auditor decodes what workflows hold of the cases he may read; what is in clear stays as it is', async () => {
  const sent = [await held(caseId), await held(undefined), clear];
  expect(JSON.stringify(sent.slice(0, 2))).not.toContain(clear.data);
  const answer = await ask('decode', sent, withKey('auditor'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  expect(await payloadsOf(answer)).toEqual([clear, clear, clear]);
  const [noted] =
    await sql`SELECT to_json(cases) AS cases, role, status FROM accesses WHERE kind = 'workflow' ORDER BY id DESC LIMIT 1`;
  expect(noted).toEqual({ cases: [caseId], role: 'auditor', status: 200 });
});

test('payloads of cases he may not read, and of nobody’s, stay encrypted', async () => {
  await sql`UPDATE cases SET unit = 'community-2' WHERE case_id = ${caseId}`;
  try {
    const [theirs, ours] = [await held(caseId), await held(undefined)];
    const auditor = await sql<{ unit: string }[]>`SELECT unit FROM api_keys WHERE role = 'auditor'`;
    const covers = auditor.some(({ unit }) => unit !== 'community-1');
    const [one, two] = await payloadsOf(await ask('decode', [theirs, ours], withKey('auditor')));
    expect(one).toEqual(covers ? clear : theirs);
    expect(two).toEqual(clear);
  } finally {
    await sql`UPDATE cases SET unit = 'community-1' WHERE case_id = ${caseId}`;
  }
  const stranger = {
    metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('../x.1') },
    data: '',
  };
  const [same] = await payloadsOf(await ask('decode', [stranger], withKey('auditor')));
  expect(same).toEqual(stranger);
});

test('an auditor who has a part in the case himself decodes nothing of it', async () => {
  const other = await scene.open();
  const sent = [await held(other)];
  expect(await payloadsOf(await ask('decode', sent, withKey('auditor')))).toEqual([clear]);
  await sql`INSERT INTO person.parties (case_id, party_id, role, person, since) VALUES (${other}, 'px', 'companion', 'p-auditor', now())`;
  expect(await payloadsOf(await ask('decode', sent, withKey('auditor')))).toEqual(sent);
});

test('nobody else decodes anything', async () => {
  const sent = [await held(caseId)];
  expect((await ask('decode', sent, {})).status).toBe(401);
  expect((await ask('decode', sent, { authorization: 'Bearer nobody-at-all' })).status).toBe(401);
  for (const login of ['caseworker', 'secretary', 'director', 'cashHolder', 'admin', 'stranger'] as const) {
    expect([login, (await ask('decode', sent, withKey(login))).status]).toEqual([login, 403]);
    expect([login, (await ask('encode', [clear], withKey(login))).status]).toEqual([login, 403]);
  }
});

test('the Web UI may ask with the session of the pages, and no other site', async () => {
  const sent = [await held(caseId)];
  const cookie = await signIn(scene, 'auditor');
  const answer = await ask('decode', sent, { cookie, origin: ui });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(ui);
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
  expect(await payloadsOf(answer)).toEqual([clear]);
  const from = [
    undefined,
    'http://127.0.0.1:8234',
    'http://localhost:8233',
    'https://elsewhere.example',
    'null',
    `${ui}.example`,
  ];
  for (const origin of from) {
    const refused = await ask('decode', sent, { cookie, ...(origin === undefined ? {} : { origin }) });
    expect([origin, refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([origin, 403, null]);
  }
  const asks = (origin: string) =>
    scene.app.request('/codec/decode', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-namespace',
      },
    });
  const preflight = await asks(ui);
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(ui);
  expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-namespace');
  expect((await asks('https://elsewhere.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('what an auditor encodes is the installation’s, and decodes again', async () => {
  const [sealed] = await payloadsOf(await ask('encode', [clear], withKey('auditor')));
  expect(sealed).not.toEqual(clear);
  expect(await payloadsOf(await ask('decode', [sealed], withKey('auditor')))).toEqual([clear]);
});

test('bad requests are refused, altered payloads too, and a destroyed key is said to be gone', async () => {
  const post = (body: string) =>
    scene.app.request('/codec/decode', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...withKey('auditor') },
      body,
    });
  for (const body of ['', '{', '[]', '{"payloads":1}', '{"payloads":[1]}', '{"payloads":[{"data":1}]}'])
    expect([body, (await post(body)).status]).toEqual([body, 422]);
  expect((await ask('decode', [], withKey('auditor'))).status).toBe(200);
  const sealed = await held(caseId);
  const altered = { ...sealed, data: base64(`x${Buffer.from(sealed.data!, 'base64').toString('latin1')}`) };
  const [unreadable, still] = await payloadsOf(await ask('decode', [altered, sealed], withKey('auditor')));
  expect(Buffer.from(unreadable!.data!, 'base64').toString()).toContain('内容已被改动');
  expect(still).toEqual(clear);
  await sql`UPDATE data_keys SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = ${caseId}`;
  const [gone] = await payloadsOf(await ask('decode', [sealed], withKey('auditor')));
  expect(Buffer.from(gone!.data!, 'base64').toString()).toContain('密钥已销毁');
});
