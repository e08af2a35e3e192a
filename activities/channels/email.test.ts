import { afterEach, describe, expect, test } from 'vitest';
import { type MailServer, startMailServer } from '../../test/support/mail-server.ts';
import { certificate, certificateKey } from '../../test/support/tls.ts';
import { emailSender, type SmtpTarget, verifySmtp } from './email.ts';
import type { Outgoing } from './sender.ts';

// A real SMTP server on loopback, and the mails parsed by another library than the one that wrote them.

let server: MailServer;
afterEach(() => server?.close());

const smtp = (change: Partial<SmtpTarget> = {}): SmtpTarget => ({
  ...{ host: '127.0.0.1', port: server.port, tls: 'none', from: '邻里 <linli@example.cn>' },
  ...change,
});
const message = (change: Partial<Outgoing> = {}): Outgoing => ({
  id: 'b6f0f2de-3f5c-5f6e-9d8e-000000000001',
  sentAt: '2031-03-10T02:00:00.000Z',
  text: ['邻里：您有 1 条新消息（个案 2031-000001）。', 'Linli: you have 1 new message.'],
  count: 1,
  language: 'zh',
  link: 'https://linli.example.cn/cases/1?a=1&b=2',
  ...change,
});
const send = (change: Partial<Outgoing> = {}, target: Partial<SmtpTarget> = {}, signal = AbortSignal.timeout(10_000)) =>
  emailSender({ smtp: smtp(target), settingsUrl: 'https://linli.example.cn/channels' }).send(
    { address: 'wang@example.cn' },
    message(change),
    signal,
  );

describe('a mail', () => {
  test('arrives as written: Chinese subject, text and HTML, stable id, marked as automatic', async () => {
    server = await startMailServer();
    expect(await send()).toMatchObject({ kind: 'sent' });
    expect(await send()).toMatchObject({ kind: 'sent' });
    const [{ email, to, raw }, again] = [server.mails[0]!, server.mails[1]!];
    expect(to).toEqual(['wang@example.cn']);
    expect(email.subject).toBe('【邻里】消息');
    expect(email.from).toEqual({ name: '邻里', address: 'linli@example.cn' });
    expect(email.messageId).toBe('<b6f0f2de-3f5c-5f6e-9d8e-000000000001@example.cn>');
    expect(again.email.messageId).toBe(email.messageId);
    expect(email.text).toContain('您有 1 条新消息（个案 2031-000001）。');
    expect(email.text).toContain('在邻里中查看: https://linli.example.cn/cases/1?a=1&b=2');
    expect(email.html).toContain('<a href="https://linli.example.cn/cases/1?a=1&amp;b=2">在邻里中查看</a>');
    const header = (name: string) => email.headers.find(({ key }) => key === name)?.value;
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(header('list-unsubscribe')).toBe('<https://linli.example.cn/channels>');
    expect(email.date).toBe('2031-03-10T02:00:00.000Z');
    // what goes over the wire is ASCII, whatever the servers in between can take
    expect([...raw].every((character) => character <= '~')).toBe(true);
  });

  test('in English counts in its subject; texts with markup and line breaks stay texts', async () => {
    server = await startMailServer();
    await send({ language: 'en', count: 4, text: ['', '<script>alert(1)</script>\r\nBcc: x@example.cn\nline 2'] });
    const { email, to } = server.mails[0]!;
    expect(email.subject).toBe('[Linli] 4 messages');
    expect(email.html).toContain('<p>&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(email.bcc).toBeUndefined();
    expect(to).toEqual(['wang@example.cn']);
  });
});

describe('what the server answers means', () => {
  const rcpt = (code: number, words: string) => startMailServer({ answer: () => ({ code, words }) });
  test.each([
    [451, '4.3.0 try later', { kind: 'again', reason: 'smtp-451' }],
    [452, '4.2.2 mailbox full', { kind: 'again', reason: 'smtp-452' }],
    [550, '5.1.1 no such user', { kind: 'refused', reason: 'smtp-550', gone: true }],
    [550, '5.2.1 mailbox disabled', { kind: 'refused', reason: 'smtp-550', gone: true }],
    [550, '5.7.1 relaying denied', { kind: 'refused', reason: 'smtp-550' }],
    [554, 'no', { kind: 'refused', reason: 'smtp-554' }],
  ])('%i %s of the recipient', async (code, words, outcome) => {
    server = await rcpt(code, words);
    expect(await send()).toEqual(outcome);
  });

  test('after the text: refused for ever, or for now', async () => {
    server = await startMailServer({ atData: () => ({ code: 554, words: '5.7.1 looks like spam' }) });
    expect(await send()).toEqual({ kind: 'refused', reason: 'smtp-554' });
    await server.close();
    server = await startMailServer({ atData: () => ({ code: 451, words: '4.7.0 greylisted' }) });
    expect(await send()).toEqual({ kind: 'again', reason: 'smtp-451' });
  });

  test('of our sender and login: our set-up is mended, and then it goes', async () => {
    server = await startMailServer({
      options: {
        onMailFrom: (_, __, done) => done(Object.assign(new Error('5.7.1 not you'), { responseCode: 553 })),
        onAuth: (_, __, done) => done(new Error('wrong')),
        authOptional: true,
      },
    });
    expect(await send()).toEqual({ kind: 'again', reason: 'smtp-sender' });
  });

  test('a wrong password', async () => {
    server = await startMailServer({
      options: { authOptional: false, allowInsecureAuth: true, onAuth: (_, __, done) => done(new Error('wrong')) },
    });
    expect(await send({}, { user: 'linli', password: 'x' })).toEqual({ kind: 'again', reason: 'smtp-login' });
    await expect(verifySmtp(smtp({ user: 'linli', password: 'x' }))).rejects.toThrow();
  });

  test('nobody listens; nobody answers', async () => {
    server = await startMailServer({ answer: () => 'silent' });
    expect(await send({}, { port: 1 })).toEqual({ kind: 'again', reason: 'connection' });
    const began = performance.now();
    const outcome = await Promise.race([
      send({}, {}, AbortSignal.timeout(300)),
      new Promise((r) => setTimeout(r, 5_000, 'hangs')),
    ]);
    expect(outcome).toEqual({ kind: 'again', reason: 'timeout' });
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});

describe('STARTTLS', () => {
  const secure = { options: { disabledCommands: [], key: certificateKey, cert: certificate } };
  const certified = { name: 'receiver.test', ca: certificate };

  test('is used, with a login, where the certificate holds', async () => {
    server = await startMailServer({
      options: {
        ...secure.options,
        authOptional: false,
        onAuth: ({ username, password }, session, done) =>
          session.secure && username === 'linli' && password === '密码'
            ? done(null, { user: 'linli' })
            : done(new Error('no')),
      },
    });
    const target = { tls: 'starttls', certified, user: 'linli', password: '密码' } as const;
    expect(await send({}, target)).toMatchObject({ kind: 'sent' });
    await expect(verifySmtp(smtp(target))).resolves.toBeUndefined();
  });

  test('is insisted on: not with another certificate, not without', async () => {
    server = await startMailServer(secure);
    expect(await send({}, { tls: 'starttls', certified: { ...certified, name: 'other.test' } })).toMatchObject({
      kind: 'again',
    });
    await server.close();
    server = await startMailServer();
    expect(await send({}, { tls: 'starttls', certified })).toEqual({ kind: 'again', reason: 'tls' });
    expect(server.mails).toEqual([]);
  });
});

test.each([
  ['wang@example.cn', true],
  ['王某@例子.中国', true],
  ['a.b+c@mail.example.com', true],
  [' wang@example.cn ', true],
  ['wang', false],
  ['wang@', false],
  ['a..b@example.cn', false],
  ['wang@example.cn, other@example.cn', false],
  ['wang@example.cn\r\nRCPT TO:<x@example.cn>', false],
  ['王某 <wang@example.cn>', false],
])('the address %j is taken: %s', async (address, taken) => {
  server = await startMailServer();
  const found = emailSender({ smtp: smtp() }).check({ address });
  expect(!Array.isArray(found)).toBe(taken);
  if (taken) expect(found).toEqual({ address: address.trim() });
});
