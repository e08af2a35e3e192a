import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import type { Outgoing } from './sender.ts';
import { smsSender } from './sms.ts';
import { fill, parseSmsGateway, valueAt } from './sms-gateway.ts';

let server: Server;
afterEach(() => server?.close());

/** A gateway on loopback; keeps what it was asked. */
async function gateway(status: number, answer: unknown) {
  const asked: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { asked, url: `http://127.0.0.1:${port}/send` };
}

const fetch = createGuardedFetch({ allow: parseAllowList('127.0.0.1') });
const message: Outgoing = {
  ...{ id: 'id-1', sentAt: '2031-03-10T02:00:00.000Z', count: 1, language: 'zh', link: 'https://l.cn/1' },
  text: ['邻里："您"有 1 条\n消息&x={phone}', 'x'],
};
const send = (config: object, change: Partial<Outgoing> = {}) =>
  smsSender({ fetch, now: () => new Date(), gateway: parseSmsGateway(JSON.stringify(config)) }).send(
    { phone: '13800000000' },
    { ...message, ...change },
    AbortSignal.timeout(5_000),
  );

describe('a text message', () => {
  test('goes as the configured JSON, whatever is in the text', async () => {
    const { asked, url } = await gateway(200, { code: 0, data: { sid: 'S-7' } });
    const outcome = await send({
      ...{ url, headers: { Authorization: 'Bearer k', 'X-Id': '{id}' } },
      body: '{"to":"{phone}","content":"{text}","id":"{id}"}',
      success: { path: 'code', values: ['0'] },
      reference: 'data.sid',
    });
    expect(outcome).toEqual({ kind: 'sent', reference: 'S-7' });
    expect(JSON.parse(asked[0]!.body)).toEqual({
      ...{ to: '13800000000', id: 'id-1' },
      content: '邻里："您"有 1 条 消息&x={phone} https://l.cn/1',
    });
    expect(asked[0]!.headers).toMatchObject({ authorization: 'Bearer k', 'x-id': 'id-1' });
  });

  test('or as a form in the address', async () => {
    const { asked, url } = await gateway(200, {});
    expect(await send({ url: `${url}?to={phone}&text={text}`, method: 'GET' })).toEqual({ kind: 'sent' });
    expect(new URL(asked[0]!.url, 'http://x').searchParams.get('text')).toContain('消息&x={phone}');
    expect(asked[0]!.method).toBe('GET');
  });

  test('is cut to what the gateway takes, never the link', async () => {
    const { asked, url } = await gateway(200, {});
    await send({ url, body: '{"p":"{phone}","t":"{text}"}', mostCharacters: 40 }, { text: ['长'.repeat(500), ''] });
    const { t } = JSON.parse(asked[0]!.body) as { t: string };
    expect([t.length, t.endsWith('… https://l.cn/1')]).toEqual([40, true]);
  });

  const config = {
    body: '{phone}{text}',
    encoding: 'text',
    success: { path: 'code', values: ['0'] },
    refused: ['isv.BLACK'],
  };
  test.each([
    [200, { code: 0 }, { kind: 'sent' }],
    [200, { code: 'isv.BLACK' }, { kind: 'refused', reason: 'sms-refused' }],
    [200, { code: 'isp.BUSY' }, { kind: 'again', reason: 'sms-not-taken' }],
    [200, 'oops', { kind: 'again', reason: 'answer-unreadable' }],
    [500, {}, { kind: 'again', reason: 'http-500' }],
    [410, {}, { kind: 'again', reason: 'http-410' }],
  ])('answered %i %j', async (status, answer, outcome) => {
    const { url } = await gateway(status, answer);
    expect(await send({ url, ...config })).toEqual(outcome);
  });
});

test('a gateway in an inner network is reached only where the administrator allows it', async () => {
  const { url } = await gateway(200, {});
  const sender = smsSender({
    fetch: createGuardedFetch(),
    now: () => new Date(),
    gateway: parseSmsGateway(JSON.stringify({ url, body: '{phone}{text}' })),
  });
  expect(await sender.send({ phone: '13800000000' }, message, AbortSignal.timeout(5_000))).toMatchObject({
    kind: 'again',
    reason: 'address-inside',
  });
});

test('what a gateway’s file lacks is said without its contents', () => {
  expect(() => parseSmsGateway('{')).toThrow('LINLI_SMS_FILE is not JSON');
  expect(() => parseSmsGateway('{"url":"https://x/secret"}')).toThrow('must hold {phone} and {text}');
  expect(() => parseSmsGateway('{"url":"https://x/{phone}{text}","method":"DELETE"}')).toThrow('method');
});

test.each([
  ['138 0000 0000', '13800000000'],
  ['+86-13800000000', '13800000000'],
  ['+85261234567', '+85261234567'],
  ['12345', undefined],
  ['１３８００００００００', undefined],
])('the number %j becomes %j', (given, phone) => {
  const { check } = smsSender({
    fetch,
    now: () => new Date(),
    gateway: parseSmsGateway('{"url":"https://x/{phone}{text}"}'),
  });
  expect(Array.isArray(check({ phone: given })) ? undefined : check({ phone: given })).toEqual(phone && { phone });
});

test('templates are filled once; paths lead only to what an answer itself holds', () => {
  expect(fill('{a}{b}{c}', { a: '{b}', b: '"' }, 'json')).toBe('{b}\\"{c}');
  expect(valueAt({ a: [{ b: true }] }, 'a.0.b')).toBe('true');
  expect(valueAt({}, 'constructor.name')).toBeUndefined();
});
