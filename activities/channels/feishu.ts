import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type CodeMeaning, inBody, isRobotUrl, robotSender } from './robot.ts';
import type { Sender } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { isKeyword, must, optional, ruled } from './settings.ts';

/** Documented codes of 飞书 ("自定义机器人使用指南", and the general 99991400). */
export const FEISHU_CODES: Readonly<Record<string, CodeMeaning>> = {
  11232: { againMs: 60_000 },
  99991400: { againMs: 60_000 },
  9499: 'refused',
  19002: 'refused',
  19021: 'again',
  19022: 'again',
  19024: 'again',
  19001: 'gone',
};

/**
 * Custom robots of 飞书 and Lark: `POST …/open-apis/bot/v2/hook/…` with `{"msg_type":"text","content":{"text"}}`, all of it at
 * most 20 KB, 100 messages a minute and 5 a second a robot; `timestamp` (seconds) and `sign` in the body where it has a secret.
 */
export function feishuSender(deps: SenderDeps): Sender {
  const isUrl = isRobotUrl(deps.fetch, ['open.feishu.cn', 'open.larksuite.com'], ({ pathname }) =>
    /^\/open-apis\/bot\/v2\/hook\/[0-9A-Za-z-]+$/.test(pathname),
  );
  return robotSender(
    {
      channel: 'feishu',
      schema: z.strictObject({
        url: ruled(
          must(isUrl, [
            '请填写飞书群机器人的完整地址：https://open.feishu.cn/open-apis/bot/v2/hook/…。',
            'Give the whole address of the Feishu robot: https://open.feishu.cn/open-apis/bot/v2/hook/….',
          ]),
        ),
        secret: optional(
          ruled(
            must(
              (value) => /^[\x21-\x7e]{8,200}$/.test(value),
              [
                '签名密钥不正确，请从机器人的安全设置复制。',
                'This is not a signing secret; copy it from the robot’s security settings.',
              ],
            ),
          ),
        ),
        keyword: optional(ruled(isKeyword)),
      }),
      limits: [
        { count: 100, perMs: 60_000 },
        { count: 5, perMs: 1_000 },
      ],
      // 20 KB for all of it: the rest of the body takes less than 300 bytes
      room: inBody(20 * 1024 - 300),
      request: ({ url, secret }, text, now) => ({
        url,
        body: { ...(secret === undefined ? {} : signature(secret, now)), msg_type: 'text', content: { text } },
      }),
      codeOf: ({ code, msg = '' }) => ({ code, words: msg }),
      codes: FEISHU_CODES,
      // a robot in a hurry is told so under the code for malformed requests as well
      meaningOf: (code, words) => (code === 9499 && /frequency|too many/i.test(words) ? '11232' : undefined),
    },
    deps,
  );
}

/** Unlike elsewhere the text to sign is the key of the HMAC-SHA256, and its message is empty. */
function signature(secret: string, now: Date): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
}
