import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllowList } from '../activities/channels/allow-list.ts';
import { createGuardedFetch } from '../activities/channels/guarded-fetch.ts';
import type { Outgoing } from '../activities/channels/sender.ts';
import { newWebhookSecret, webhookSender } from '../activities/channels/webhook.ts';
import { removeTestFolder } from '../test/support/folders.ts';

// The receiver that the page shows, run as it stands there: verification written by hand from the specification.
const page = await readFile(new URL('webhooks.md', import.meta.url), 'utf8');
const [, program = ''] = /```python\n([\s\S]+?)```/.exec(page) ?? [];

const [oldSecret, secret, stranger] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
const message: Outgoing = {
  id: 'first',
  sentAt: '2026-11-22T03:00:00.000Z',
  text: ['您有 2 条新消息。', 'You have 2 new messages.'],
  count: 2,
  ids: ['5f0c6f0e-7d0a-4d7e-9c55-0d7d8c1f4b21'],
  kinds: ['messages'],
  link: 'https://linli.example/cases/5f0c6f0e-7d0a-4d7e-9c55-0d7d8c1f4b21',
  language: 'zh',
};
let folder: string;
let child: ChildProcess;
let url: string;
const printed: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'linli-receiver-'));
  const file = join(folder, 'receiver.py');
  writeFileSync(file, program);
  child = spawn('python3', [file, '0'], {
    env: { ...process.env, WEBHOOK_SECRET: `${oldSecret},${secret}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('error', () => reject(new Error('The receiver of docs/webhooks.md needs Python 3.9 or newer.')));
    lines.on('line', (line) => {
      printed.push(line);
      if (line.startsWith('listening ')) resolve(line.slice('listening '.length));
    });
  });
  url = `http://127.0.0.1:${port}/hook`;
});
afterAll(() => {
  child.kill();
  removeTestFolder(folder);
});

const fetch_ = createGuardedFetch({ allow: parseAllowList('127.0.0.1') });
const send = (id: string, settings: Record<string, string>, skewMs = 0) =>
  webhookSender({ fetch: fetch_, now: () => new Date(Date.now() + skewMs) }).send(
    { url, ...settings },
    { ...message, id },
    AbortSignal.timeout(5_000),
  );

describe('the receiver of the page', () => {
  test('takes what we send, whichever of its secrets signed it', async () => {
    await expect(send('first', { secret })).resolves.toEqual({ kind: 'sent' });
    await expect(send('second', { secret: oldSecret })).resolves.toEqual({ kind: 'sent' });
    await expect(send('third', { secret: stranger, previousSecret: secret })).resolves.toEqual({ kind: 'sent' });
    expect(printed.filter((line) => line === 'message 2')).toHaveLength(3);
  });

  test('does nothing for an id that it has seen', async () => {
    const before = printed.length;
    await expect(send('first', { secret })).resolves.toEqual({ kind: 'sent' });
    expect(printed).toHaveLength(before);
  });

  test.each([
    ['a strange key', stranger, 0, 'http-401'],
    ['one that is six minutes old', secret, -360_000, 'http-401'],
    ['one from in six minutes', secret, 360_000, 'http-401'],
  ])('refuses %s', async (_, key, skewMs, reason) => {
    await expect(send('never', { secret: key }, skewMs)).resolves.toEqual({ kind: 'again', reason });
    expect(printed.filter((line) => line === 'message 2')).toHaveLength(3);
  });

  test('takes one that is four minutes old', async () => {
    await expect(send('late', { secret }, -240_000)).resolves.toEqual({ kind: 'sent' });
  });

  test('refuses what was changed on its way, in any part', async () => {
    const { headers, body } = await capture();
    const forged: [Record<string, string>, string][] = [
      [headers, body.replace('"count":2', '"count":3')],
      [headers, JSON.stringify(JSON.parse(body), null, 2)],
      [{ ...headers, 'webhook-id': 'other' }, body],
      [{ ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, body],
      [{ ...headers, 'webhook-timestamp': 'now' }, body],
      [{ ...headers, 'webhook-signature': headers['webhook-signature']!.replace('v1,', 'v1a,') }, body],
      [{ ...headers, 'webhook-signature': '' }, body],
      [{}, body],
    ];
    for (const [wrong, content] of forged) expect(await post(wrong, content)).toBe(401);
    expect(await post(headers, body)).toBe(200);
  });
});

test('the example on the page is a message as we send it', async () => {
  const { headers, body } = await capture('9d3c1f2e-1111-4222-8333-444455556666');
  const [, shownHeaders = '', shownBody = ''] = /```http\nPOST .+\n([\s\S]+?)\n\n(.+)\n```/.exec(page) ?? [];
  expect(shownBody).toBe(body);
  const names = shownHeaders.split('\n').map((line) => line.split(':')[0]!.toLowerCase());
  expect(names).toEqual(['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature']);
  for (const line of shownHeaders.split('\n').slice(0, 3)) {
    const [name = '', value] = line.split(': ');
    expect(headers[name.toLowerCase()]).toBe(value);
  }
});

async function post(headers: Record<string, string>, body: string): Promise<number> {
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

/** Sends a message to a server that keeps what it gets. */
async function capture(id = 'captured'): Promise<{ headers: Record<string, string>; body: string }> {
  return new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      response.writeHead(204).end();
      server.close();
      const wanted = Object.entries(request.headers).filter(([name]) =>
        /^(webhook-|content-type|user-agent)/.test(name),
      );
      resolve({ headers: Object.fromEntries(wanted) as Record<string, string>, body: Buffer.concat(parts).toString() });
    }).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      void send(id, { secret, url: `http://127.0.0.1:${port}/` });
    });
  });
}
