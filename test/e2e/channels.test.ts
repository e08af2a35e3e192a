import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, readKeys } from '../../bin/keys-file.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { type HttpDouble, startDouble } from '../support/http-double.ts';
import { endLinli, type LinliProcess, startLinli } from '../support/linli.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';

// A whole Linli, a real mail server and a real receiver of webhooks: what the inbox tells reaches people outside, also when
// the mail server was away and Linli was killed meanwhile.

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const address = 'zhang@example.cn';
let folder: string;
let linli: LinliProcess;
let keys: Keys;
let mail: MailServer;
let receiver: HttpDouble;

const start = () =>
  startLinli({
    ...{ LINLI_DATA: join(folder, 'data'), LINLI_PORT: '8582', LINLI_PUBLIC_URL: 'https://linli.example.cn' },
    ...{ LINLI_SMTP_HOST: '127.0.0.1', LINLI_SMTP_PORT: String(mail.port), LINLI_SMTP_TLS: 'none' },
    ...{ LINLI_SMTP_FROM: '邻里 <linli@example.cn>', LINLI_ALLOW_HOSTS: '127.0.0.1' },
  });

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  folder = makeTestFolder('channels-e2e');
  mail = await startMailServer();
  receiver = await startDouble(() => ({ status: 204 }));
  linli = await start();
  keys = readKeys(join(folder, 'data'))!;
}, 240_000);

afterAll(async () => {
  await Promise.all([mail?.close(), receiver?.close(), endLinli(linli, folder)]);
});

/** What this test reads of answers of several kinds. */
interface Answer {
  readonly status: number;
  readonly body: { readonly id: string; readonly items: readonly Entry[] };
}

interface Entry {
  readonly kind: string;
  readonly outcome: string;
  readonly sendingId: string;
  readonly count: number;
}

async function ask(person: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const key = keys.keys.find((each) => each.person === person)?.key;
  const response = await fetch(`${linli.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  waitMs = 120_000,
): Promise<T> {
  for (const end = Date.now() + waitMs; Date.now() < end; await sleep(250)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${waitMs} ms`);
}

test('a rung reaches the secretary by mail and the community by webhook, through an outage of the mail server and a kill', async () => {
  const mine = await ask('p-secretary', 'POST', '/channels', {
    channel: 'email',
    settings: { address },
    quietHours: null,
  });
  expect(mine.status).toBe(201);
  const [asked] = await until('the code', () => (mail.to(address).length > 0 ? mail.to(address) : undefined));
  const code = /\d{6}/.exec(asked!.email.text ?? '')![0];
  expect((await ask('p-secretary', 'POST', `/channels/${mine.body.id}/verify`, { code })).status).toBe(200);
  const ours = await ask('p-director', 'POST', '/channels', {
    ...{
      owner: { unit: 'community-1' },
      channel: 'webhook',
      settings: { url: `${receiver.url}/hook`, secret },
      quietHours: null,
    },
  });
  expect(ours.status).toBe(201);

  const { port } = mail;
  await mail.close();
  const opened = await ask('p-caseworker', 'POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', data: { needs: '不愿出门' } },
    openedAt: new Date(Date.now() - 20 * 86_400_000).toISOString(),
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: {
      ...{ secretary: 'community-1-secretary', cashHolder: 'community-1-residents-representative' },
      accountant: 'community-1-supervision-head',
    },
  });
  const caseId = opened.body.id;
  const act = (person: string, body: object) => ask(person, 'POST', `/cases/${caseId}/acts`, body);
  await act('p-caseworker', { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '邱某' } });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await act('p-secretary', {
      ...{ type: 'decision.record', data: { body, present: 9, for: 9, against: 0, abstain: 0, text: '同意' } },
    });

  // the receiver of the webhook is there, the mail server is not: each goes its own way
  const hook = await until('the webhook', () => receiver.got.at(0));
  const told = new Webhook(secret).verify(hook.body, hook.headers) as { data: { count: number; text: { zh: string } } };
  expect(told.data.count).toBeGreaterThan(0);
  expect(told.data.text.zh).toContain('请登录收件箱查看。');
  expect(hook.body).not.toContain('周某');
  const attempts = () => ask('p-secretary', 'GET', `/channels/${mine.body.id}/attempts`);
  const failed = await until('a failed attempt', async () => {
    const [last] = (await attempts()).body.items;
    return last?.kind === 'messages' ? last : undefined;
  });
  expect(failed).toMatchObject({ outcome: 'again', reason: 'connection', result: null });

  linli.kill('SIGKILL');
  await linli.ended;
  mail = await startMailServer({ port });
  linli = await start();
  const [arrived] = await until(
    'the mail',
    () => (mail.to(address).length > 0 ? mail.to(address) : undefined),
    180_000,
  );
  expect(arrived!.email.subject).toMatch(/^【邻里】(\d+ 条)?消息$/);
  expect(arrived!.email.text).toContain('https://linli.example.cn/');
  expect(arrived!.email.messageId).toBe(`<${failed.sendingId}@example.cn>`);
  const done = await until('the attempt on record', async () =>
    (await attempts()).body.items.find((each) => each.kind === 'messages' && each.outcome === 'sent'),
  );
  expect(done).toMatchObject({ sendingId: failed.sendingId, result: 'sent' });
  // nothing twice, and everything that was brought to the inbox has gone out
  const brought = (await ask('p-secretary', 'GET', '/inbox/deliveries')).body.items;
  await until('all of it', () => {
    const counts = mail
      .to(address)
      .map(({ email }) => Number(email.headers.find(({ key }) => key === 'x-linli-count')?.value));
    return counts.reduce((sum, n) => sum + n, 0) >= brought.reduce((sum, { count }) => sum + count, 0)
      ? true
      : undefined;
  });
  const ids = mail.to(address).map(({ email }) => email.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  const metrics = await (await fetch(`${linli.url}/metrics`)).text();
  expect(metrics).toMatch(/linli_outbox_waiting 0/);
});
