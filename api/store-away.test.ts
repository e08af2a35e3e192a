import { Hono } from 'hono';
import pino from 'pino';
import { expect, it } from 'vitest';
import { connect } from '../db/client.ts';
import { loadPrograms } from '../plugins/index.ts';
import { createApp } from './app.ts';
import type { AppEnv } from './env.ts';
import { onError } from './errors.ts';
import { patience } from './patience.ts';

it('answers 503 with Retry-After while Postgres is away, and says so in /readyz', async () => {
  const sql = connect('postgres://nobody@127.0.0.1:1/nothing');
  const away = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
  const app = createApp({
    sql,
    door: { act: away } as never,
    programs: await loadPrograms(),
    log: pino({ level: 'silent' }),
    verifyCase: away,
  });
  const headers = { authorization: 'Bearer linli_some_key', 'content-type': 'application/json' };
  for (const [method, path] of [
    ['GET', '/api/v1/cases'],
    ['POST', '/api/v1/cases/x/acts'],
  ] as const) {
    const response = await app.request(path, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await response.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  }
  const ready = await app.request('/readyz');
  expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'unavailable', postgres: false }]);
  expect((await app.request('/healthz')).status).toBe(200);
  const home = await app.request('/', { headers: { cookie: 'linli_session=abc' } });
  expect([home.status, home.headers.get('content-type')]).toEqual([503, 'text/html; charset=UTF-8']);
  await sql.end();
});

it('does not let a request wait without end', async () => {
  const app = new Hono<AppEnv>();
  app.onError(onError);
  app.use(patience(20));
  app.get('/slow', () => new Promise<Response>(() => {}));
  app.get('/quick', (c) => c.text('ok'));
  expect((await app.request('/slow')).status).toBe(503);
  expect((await app.request('/quick')).status).toBe(200);
});
