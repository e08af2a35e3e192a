import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type CodeMeaning, inBody, isRobotUrl, robotSender } from './robot.ts';
import type { Sender } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { isKeyword, must, optional, ruled } from './settings.ts';

/** Who sends more than 20 a minute is held back for ten minutes. */
const heldBack: CodeMeaning = { againMs: 10 * 60_000 };

/** Documented codes of 钉钉 (custom robots), and the two of its older gateway (130101, 300001) that it still answers. */
export const DINGTALK_CODES: Readonly<Record<string, CodeMeaning>> = {
  '-1': { againMs: 30_000 },
  130101: heldBack,
  410100: heldBack,
  40035: 'refused',
  43004: 'refused',
  310000: 'again',
  '310000-keyword': 'again',
  '310000-sign': 'again',
  '310000-timestamp': 'again',
  '310000-ip': 'again',
  400105: 'refused',
  430101: 'refused',
  430102: 'refused',
  430103: 'refused',
  430104: 'refused',
  460101: 'refused',
  300001: 'gone',
  300005: 'gone',
  400013: 'gone',
  400101: 'gone',
  400102: 'gone',
  400106: 'gone',
};

/**
 * Custom robots of 钉钉: `POST …/robot/send?access_token=…&timestamp=…&sign=…` with `{"msgtype":"text","text":{"content"}}`,
 * at most 20,000 bytes, 20 messages a minute a robot. Its security is a signature (`secret`) or a keyword, or addresses.
 */
export function dingtalkSender(deps: SenderDeps): Sender {
  const isUrl = isRobotUrl(
    deps.fetch,
    ['oapi.dingtalk.com'],
    ({ pathname, searchParams }) => pathname === '/robot/send' && Boolean(searchParams.get('access_token')),
  );
  return robotSender(
    {
      channel: 'dingtalk',
      schema: z.strictObject({
        url: ruled(
          must(isUrl, [
            '请填写钉钉群机器人的完整地址：https://oapi.dingtalk.com/robot/send?access_token=…。',
            'Give the whole address of the DingTalk robot: https://oapi.dingtalk.com/robot/send?access_token=….',
          ]),
        ),
        secret: optional(
          ruled(
            must(
              (value) => /^SEC[0-9A-Za-z]{8,200}$/.test(value),
              [
                '加签密钥以 SEC 开头，请从机器人的安全设置复制。',
                'The signing secret begins with SEC; copy it from the robot’s security settings.',
              ],
            ),
          ),
        ),
        keyword: optional(ruled(isKeyword)),
      }),
      limits: [{ count: 20, perMs: 60_000 }],
      // 20,000 bytes for all of it: the rest of the body takes less than 200
      room: inBody(20_000 - 200),
      request: ({ url, secret }, content, now) => ({
        url: secret === undefined ? url : signedUrl(url, secret, now),
        body: { msgtype: 'text', text: { content }, at: { isAtAll: false } },
      }),
      codeOf: ({ errcode, errmsg = '' }) => ({ code: errcode, words: errmsg }),
      codes: DINGTALK_CODES,
      meaningOf: (code, words) => (code === 310000 ? meaningOf310000(words) : undefined),
    },
    deps,
  );
}

/** `sign` = base64 of HMAC-SHA256 with the secret as its key over the time in milliseconds, a line break and the secret. */
function signedUrl(url: string, secret: string, now: Date): string {
  const timestamp = String(now.getTime());
  const signed = new URL(url);
  signed.searchParams.set('timestamp', timestamp);
  signed.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  return signed.href;
}

/** One code for all that the robot's security settings refuse; only its message tells what. */
function meaningOf310000(words: string): string | undefined {
  const [, which] =
    [
      [/keyword|关键词/i, 'keyword'],
      [/timestamp|时间戳/i, 'timestamp'],
      [/sign|签名/i, 'sign'],
      [/whitelist|\bip\b|白名单/i, 'ip'],
    ].find(([words_]) => (words_ as RegExp).test(words)) ?? [];
  return which === undefined ? undefined : `310000-${String(which)}`;
}
