import { z } from 'zod';
import { utf8Bytes } from './cut-text.ts';
import { type CodeMeaning, isRobotUrl, robotSender } from './robot.ts';
import type { Sender } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { must, ruled } from './settings.ts';

const minute = 60_000;

/** Documented codes of 企业微信 (global error codes, and "群机器人配置说明"). */
export const WECOM_CODES: Readonly<Record<string, CodeMeaning>> = {
  '-1': { againMs: 30_000 },
  45009: { againMs: minute },
  45033: { againMs: minute },
  40008: 'refused',
  40033: 'refused',
  40035: 'refused',
  40058: 'refused',
  44004: 'refused',
  45002: 'refused',
  60020: 'again',
  93000: 'gone',
  93004: 'gone',
  93008: 'gone',
};

/**
 * Group robots of 企业微信: `POST …/cgi-bin/webhook/send?key=…` with `{"msgtype":"text","text":{"content"}}`, content at
 * most 2048 bytes, 20 messages a minute a robot, no signature: the key is the secret.
 */
export function wecomSender(deps: SenderDeps): Sender {
  const isUrl = isRobotUrl(
    deps.fetch,
    ['qyapi.weixin.qq.com'],
    ({ pathname, searchParams }) => pathname === '/cgi-bin/webhook/send' && Boolean(searchParams.get('key')),
  );
  return robotSender(
    {
      channel: 'wecom',
      schema: z.strictObject({
        url: ruled(
          must(isUrl, [
            '请填写企业微信群机器人的完整地址：https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…。',
            'Give the whole address of the WeCom robot: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=….',
          ]),
        ),
      }),
      limits: [{ count: 20, perMs: minute }],
      room: { bytes: 2048, bytesOf: utf8Bytes },
      request: ({ url }, content) => ({ url, body: { msgtype: 'text', text: { content } } }),
      codeOf: ({ errcode, errmsg = '' }) => ({ code: errcode, words: errmsg }),
      codes: WECOM_CODES,
    },
    deps,
  );
}
