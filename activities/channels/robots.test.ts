import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHANNEL_REASONS, explainReason } from '../../door/channel-reasons.ts';
import { startDingtalkDouble } from '../../test/support/robots/dingtalk.ts';
import { startFeishuDouble } from '../../test/support/robots/feishu.ts';
import { json, type RobotDouble, type RobotDoubleOptions } from '../../test/support/robots/robot-double.ts';
import { startWecomDouble } from '../../test/support/robots/wecom.ts';
import { parseAllowList } from './allow-list.ts';
import { DINGTALK_CODES, dingtalkSender } from './dingtalk.ts';
import { FEISHU_CODES, feishuSender } from './feishu.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import type { Outgoing, Sender } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { WECOM_CODES, wecomSender } from './wecom.ts';

const secret = 'SECtest0123456789';
let nowMs: number;
const doubles: RobotDouble[] = [];

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 22, 3);
});
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((each) => each.close()));
});

const deps = (skewMs = 0): SenderDeps => ({
  fetch: createGuardedFetch({ allow: parseAllowList('127.0.0.1') }),
  now: () => new Date(nowMs + skewMs),
  pause: async (ms) => {
    nowMs += ms;
  },
});
const kinds = {
  wecom: { make: wecomSender, start: startWecomDouble, codes: WECOM_CODES, perMinute: 20, says: 'errcode' },
  dingtalk: { make: dingtalkSender, start: startDingtalkDouble, codes: DINGTALK_CODES, perMinute: 20, says: 'errcode' },
  feishu: { make: feishuSender, start: startFeishuDouble, codes: FEISHU_CODES, perMinute: 100, says: 'code' },
} as const;
const names = Object.keys(kinds) as (keyof typeof kinds)[];

async function start(name: keyof typeof kinds, options: RobotDoubleOptions = {}): Promise<RobotDouble> {
  const double = await kinds[name].start({ now: () => nowMs, ...options });
  doubles.push(double);
  return double;
}

const outgoing = (more: Partial<Outgoing> = {}): Outgoing => ({
  id: '9d3c1f2e-1111-4222-8333-444455556666',
  sentAt: '2026-11-22T03:00:00.000Z',
  text: ['您有 2 条新消息。', 'You have 2 new messages.'],
  count: 2,
  link: 'https://linli.example/inbox',
  language: 'zh',
  ...more,
});

const sendBy = (sender: Sender, settings: Record<string, string>, message = outgoing()) =>
  sender.send(settings, message, AbortSignal.timeout(5_000));

describe.each(names)('%s', (name) => {
  const { make, codes, perMinute, says } = kinds[name];

  test('brings the text and its link to the group', async () => {
    const double = await start(name);
    await expect(sendBy(make(deps()), { url: double.robotUrl })).resolves.toEqual({ kind: 'sent' });
    await sendBy(make(deps()), { url: double.robotUrl }, outgoing({ language: 'en' }));
    expect(double.seen).toEqual([
      '您有 2 条新消息。\nhttps://linli.example/inbox',
      'You have 2 new messages.\nhttps://linli.example/inbox',
    ]);
  });

  test('cuts a text too long for the vendor, keeps its link, and the vendor takes it', async () => {
    const double = await start(name);
    for (const unit of ['邻', 'x', '👨‍👩‍👧‍👦', '"\\\n', '\u0007']) {
      const message = outgoing({ text: [unit.repeat(30_000), ''] });
      await expect(sendBy(make(deps()), { url: double.robotUrl }, message)).resolves.toEqual({ kind: 'sent' });
      nowMs += 60_000;
    }
    expect(double.seen).toHaveLength(5);
    for (const text of double.seen) expect(text).toMatch(/…\nhttps:\/\/linli\.example\/inbox$/);
    expect(double.seen[2]).toMatch(/^(👨‍👩‍👧‍👦)+…\n/u);
  });

  test('calls on nobody in the group from within a text', async () => {
    const double = await start(name);
    const text = '<at user_id="all">所有人</at> <@all> < at id=all></at> 1 < 2';
    await sendBy(make(deps()), { url: double.robotUrl }, outgoing({ text: [text, ''] }));
    expect(double.seen[0]).toContain('＜at user_id="all">所有人＜/at> ＜@all> ＜ at id=all>＜/at> 1 < 2');
  });

  test(`keeps to ${perMinute} a minute: the vendor never has to say no, and nothing is lost`, async () => {
    const double = await start(name);
    const sender = make(deps());
    let sent = 0;
    const began = nowMs;
    while (sent < perMinute + 1) {
      const outcome = await sendBy(sender, { url: double.robotUrl });
      if (outcome.kind === 'sent') sent += 1;
      else {
        expect(outcome).toEqual({ kind: 'later', afterMs: expect.any(Number) });
        nowMs += outcome.kind === 'later' ? outcome.afterMs : 0;
      }
    }
    expect(double.seen).toHaveLength(sent);
    expect(nowMs - began).toBe(60_000);
    expect(double.got).toHaveLength(sent);
  });

  test('another robot has a pace of its own', async () => {
    const [one, two] = [await start(name), await start(name)];
    const sender = make(deps());
    for (let i = 0; i < 5; i++) await sendBy(sender, { url: one.robotUrl });
    await expect(sendBy(sender, { url: two.robotUrl })).resolves.toEqual({ kind: 'sent' });
  });

  test('where others use the robot too, the vendor says so, and it waits as long as he wants', async () => {
    const double = await start(name);
    const [ours, theirs] = [make(deps()), make(deps())];
    let last = await sendBy(theirs, { url: double.robotUrl });
    while (last.kind === 'sent') last = await sendBy(theirs, { url: double.robotUrl });
    const outcome = await sendBy(ours, { url: double.robotUrl });
    const waits = name === 'dingtalk' ? 600_000 : 60_000;
    expect(outcome).toMatchObject({ kind: 'again', reason: expect.stringMatching(`^${name}-`), afterMs: waits });
    await expect(sendBy(ours, { url: double.robotUrl })).resolves.toEqual({ kind: 'later', afterMs: waits });
    nowMs += waits;
    await expect(sendBy(ours, { url: double.robotUrl })).resolves.toEqual({ kind: 'sent' });
  });

  test.each(Object.entries(codes).filter(([code]) => /^-?\d+$/.test(code)))(
    'understands code %s (%j) and has words for it',
    async (code, meaning) => {
      const double = await start(name);
      double.answerNext(json({ [says]: Number(code), errmsg: 'x', msg: 'x' }));
      const reason = `${name}-${code}`;
      expect(await sendBy(make(deps()), { url: double.robotUrl })).toEqual(
        meaning === 'again'
          ? { kind: 'again', reason }
          : typeof meaning === 'object'
            ? { kind: 'again', reason, afterMs: meaning.againMs }
            : { kind: 'refused', reason, ...(meaning === 'gone' ? { gone: true } : {}) },
      );
      expect(CHANNEL_REASONS).toContain(reason);
    },
  );

  test('an unknown code, and what is no answer of the vendor, is tried again', async () => {
    const double = await start(name);
    double.answerNext(json({ [says]: 123456, msg: '' }), { body: '<html>' }, json({}), { status: 502 }, json([1]));
    const outcomes = [];
    for (let i = 0; i < 5; i++) {
      outcomes.push(await sendBy(make(deps()), { url: double.robotUrl }));
    }
    expect(outcomes).toMatchObject([
      { kind: 'again', reason: `${name}-123456` },
      { kind: 'again', reason: 'answer-unreadable' },
      { kind: 'again', reason: 'answer-unreadable' },
      { kind: 'again', reason: 'http-502' },
      { kind: 'again', reason: 'answer-unreadable' },
    ]);
    expect(double.seen).toEqual([]);
  });

  test('a robot that was taken out of its group is gone', async () => {
    const double = await start(name);
    const url = double.robotUrl.replace(/.{8}$/, '00000000');
    await expect(sendBy(make(deps()), { url })).resolves.toMatchObject({ kind: 'refused', gone: true });
  });

  test('requests from an address that the robot does not take wait until somebody mends it', async () => {
    const double = await start(name, { addresses: ['10.1.1.1'] });
    const outcome = await sendBy(make(deps()), { url: double.robotUrl });
    expect(outcome).toMatchObject({ kind: 'again' });
    expect(outcome.kind === 'again' && explainReason(outcome.reason)[1]).toMatch(/outgoing IP address/);
  });

  test('a vendor that is away, redirects or never answers', async () => {
    const double = await start(name);
    double.answerNext({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    await expect(sendBy(make(deps()), { url: double.robotUrl })).resolves.toEqual({
      kind: 'again',
      reason: 'redirect',
    });
    await double.close();
    await expect(sendBy(make(deps()), { url: double.robotUrl })).resolves.toEqual({
      kind: 'again',
      reason: 'connection-refused',
    });
  });

  test('settings that no longer hold can be mended, and nothing is said of what they were', async () => {
    await expect(sendBy(make(deps()), { url: 'https://evil.example/x?key=abc' })).resolves.toEqual({
      kind: 'again',
      reason: 'settings-invalid',
    });
  });
});

describe.each(['dingtalk', 'feishu'] as const)('security of %s', (name) => {
  const { make } = kinds[name];

  test('signs where the robot has a secret', async () => {
    const double = await start(name, { secret });
    await expect(sendBy(make(deps()), { url: double.robotUrl, secret })).resolves.toEqual({ kind: 'sent' });
    for (const settings of [{ url: double.robotUrl }, { url: double.robotUrl, secret: `${secret}0` }])
      await expect(sendBy(make(deps()), settings)).resolves.toMatchObject({
        kind: 'again',
        reason: expect.stringMatching(/^(dingtalk-310000-(sign|timestamp)|feishu-19021)$/),
      });
  });

  test.each([
    [59 * 60_000, 'sent'],
    [-59 * 60_000, 'sent'],
    [61 * 60_000, 'again'],
    [-61 * 60_000, 'again'],
  ])('a clock off by %d ms: %s', async (skewMs, kind) => {
    const double = await start(name, { secret });
    await expect(sendBy(make(deps(skewMs)), { url: double.robotUrl, secret })).resolves.toMatchObject({ kind });
  });

  test('puts the keyword in front where a text lacks it', async () => {
    const double = await start(name, { keywords: ['邻里'] });
    await expect(sendBy(make(deps()), { url: double.robotUrl })).resolves.toMatchObject({
      kind: 'again',
      reason: expect.stringMatching(/^(dingtalk-310000-keyword|feishu-19024)$/),
    });
    const settings = { url: double.robotUrl, keyword: '邻里' };
    await sendBy(make(deps()), settings);
    await sendBy(make(deps()), settings, outgoing({ text: ['邻里：您有新消息。', ''] }));
    expect(double.seen.map((text) => text.split('\n')[0])).toEqual(['【邻里】您有 2 条新消息。', '邻里：您有新消息。']);
  });
});

describe('the documented formats, to the letter', () => {
  // signatures computed by the vendors' own Python examples
  test('wecom', async () => {
    const double = await start('wecom');
    await sendBy(wecomSender(deps()), { url: double.robotUrl }, outgoing({ text: ['好', ''], link: undefined! }));
    expect(double.got).toMatchObject([
      {
        method: 'POST',
        path: '/cgi-bin/webhook/send',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: '{"msgtype":"text","text":{"content":"好"}}',
      },
    ]);
  });

  test('dingtalk', async () => {
    nowMs = 1_790_000_000_000;
    const double = await start('dingtalk', { secret });
    await sendBy(dingtalkSender(deps()), { url: double.robotUrl, secret }, outgoing({ text: ['好', ''] }));
    const [{ query, body }] = double.got as [RobotDouble['got'][number]];
    expect(query.get('timestamp')).toBe('1790000000000');
    expect(encodeURIComponent(query.get('sign')!)).toBe('7JXtLhLI9o8RsbEPzKfGzlJLHHKzNeUqrj1PrDHdvWY%3D');
    expect(JSON.parse(body)).toEqual({
      msgtype: 'text',
      text: { content: '好\nhttps://linli.example/inbox' },
      at: { isAtAll: false },
    });
  });

  test('feishu', async () => {
    nowMs = 1_790_000_000_999;
    const double = await start('feishu', { secret: 'feishu-secret-1' });
    await sendBy(
      feishuSender(deps()),
      { url: double.robotUrl, secret: 'feishu-secret-1' },
      outgoing({ text: ['好', ''] }),
    );
    expect(JSON.parse(double.got[0]!.body)).toEqual({
      timestamp: '1790000000',
      sign: 'TAP3M+Z8HiEnr2x3mGHJs5iGpXUgNz7NX5jCdGkSVvE=',
      msg_type: 'text',
      content: { text: '好\nhttps://linli.example/inbox' },
    });
  });
});
