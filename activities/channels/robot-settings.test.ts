import { expect, test } from 'vitest';
import { dingtalkSender } from './dingtalk.ts';
import { feishuSender } from './feishu.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { wecomSender } from './wecom.ts';

const kinds = { wecom: wecomSender, dingtalk: dingtalkSender, feishu: feishuSender } as const;
const names = Object.keys(kinds) as (keyof typeof kinds)[];
const fetch = createGuardedFetch();
const strict = { fetch, now: () => new Date() };
const good = {
  wecom: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aoc-4bc4',
  dingtalk: 'https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec',
  feishu: 'https://open.feishu.cn/open-apis/bot/v2/hook/0f1e2d3c-4b5a',
};

test.each(names)('%s: what the vendor shows is taken as it is', (name) => {
  const sender = kinds[name](strict);
  expect(sender.check({ url: ` ${good[name]} ` })).toEqual({ url: good[name] });
});

test('the international Lark is taken too', () => {
  const url = 'https://open.larksuite.com/open-apis/bot/v2/hook/0f1e2d3c-4b5a';
  expect(feishuSender(strict).check({ url, secret: '', keyword: ' 邻里 ' })).toEqual({ url, keyword: '邻里' });
});

test.each(names)('%s: anything else is told in both languages', (name) => {
  const sender = kinds[name](strict);
  const wrong = [
    good[name].replace('https', 'http'),
    good[name].replace('https://', 'https://user@'),
    good[name].replace(/\/\/[^/]+/, '//evil.example'),
    good[name].replace(/\/\/([^/]+)/, '//$1.evil.example'),
    good[name].replace(/\/\/([^/]+)/, '//$1:8443'),
    good[name].replace(/\/\/([^/]+)/, '//evil.example#$1'),
    good[name].replace(/[^/=]+$/, ''),
    'https://127.0.0.1/cgi-bin/webhook/send?key=1',
    '693a91f6-7aoc-4bc4',
    '',
  ];
  for (const url of wrong)
    expect(sender.check({ url })).toEqual([
      {
        path: 'url',
        message: [expect.stringMatching(/请填写.+完整地址/), expect.stringMatching(/Give the whole address/)],
      },
    ]);
});

test.each([
  [{}, [{ path: 'url', message: ['请填写这一项。', 'This is missing.'] }]],
  [undefined, [{ path: '', message: ['请填写设置。', 'Enter the settings.'] }]],
  [{ url: 7 }, [{ path: 'url', message: ['应为文字。', 'This must be a text.'] }]],
  [{ url: good.wecom, secret: 'x' }, [{ path: 'secret', message: ['没有这项设置。', 'There is no such setting.'] }]],
])('%j: %j', (entered, problems) => {
  expect(wecomSender(strict).check(entered)).toEqual(problems);
});

test('a secret or keyword that cannot be one is told', () => {
  expect(dingtalkSender(strict).check({ url: good.dingtalk, secret: 'abc', keyword: '<b>' })).toMatchObject([
    { path: 'secret', message: [expect.stringContaining('SEC'), expect.any(String)] },
    { path: 'keyword' },
  ]);
  expect(feishuSender(strict).check({ url: good.feishu, secret: '有 空格' })).toMatchObject([{ path: 'secret' }]);
});
