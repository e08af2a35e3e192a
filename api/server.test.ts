import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppEnv } from './env.ts';
import { onError } from './errors.ts';
import { type RunningServer, serveApp } from './server.ts';
import { limitApiBody, strictJson } from './validation.ts';

let server: RunningServer;
beforeAll(async () => {
  const app = new Hono<AppEnv>();
  app.onError(onError);
  app.use(limitApiBody, strictJson);
  app.post('/api/echo', async (c) => c.json(await c.req.json()));
  server = await serveApp(app as never, { port: 0, host: '127.0.0.1' });
});
afterAll(() => server.stop());

/** Sends raw bytes and gives what came back until the other end closed or said enough. */
function raw(text: string, enough: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket: Socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (enough.test(answer)) end();
    });
    socket.on('close', end);
    socket.on('error', reject);
    socket.setTimeout(5_000, end);
  });
}

const head = (more: string) =>
  `POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;

describe('the server', () => {
  it('refuses by the length a header tells, before the body comes', async () => {
    expect(await raw(head('Content-Length: 99999999'), /"status":413/)).toMatch(/^HTTP\/1.1 413/);
  });

  it('counts a body of unknown length while it streams in', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    expect(await raw(head('Transfer-Encoding: chunked') + chunk.repeat(9), /"status":413/)).toMatch(/^HTTP\/1.1 413/);
  });

  it('takes chunked JSON', async () => {
    expect(await raw(`${head('Transfer-Encoding: chunked')}7\r\n{"a":1}\r\n0\r\n\r\n`, /\{"a":1\}/)).toMatch(
      /^HTTP\/1.1 200/,
    );
  });

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n'],
    ['two lengths', head('Content-Length: 2\r\nContent-Length: 3')],
    ['length and chunks', head('Content-Length: 2\r\nTransfer-Encoding: chunked')],
    ['a length that is none', head('Content-Length: -1')],
    ['headers too large', head(`X-A: ${'a'.repeat(20_000)}`)],
  ])('refuses %s', async (_, text) => {
    expect(await raw(text, /\r\n\r\n/)).toMatch(/^HTTP\/1.1 4\d\d/);
  });

  it('lets answers finish when it stops', async () => {
    const own = await serveApp({ fetch: slowFetch } as never, { port: 0, host: '127.0.0.1' });
    const answer = fetch(`http://127.0.0.1:${own.port}/`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([own.stop(), answer]);
    expect(await (await answer).text()).toBe('done');
  });

  it('says when its port is taken', async () => {
    await expect(
      serveApp({ fetch: slowFetch } as never, { port: server.port, host: '127.0.0.1' }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

async function slowFetch(): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return new Response('done');
}
