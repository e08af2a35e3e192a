import { createHmac } from 'node:crypto';
import {
  json,
  limiter,
  objectIn,
  type RobotDouble,
  type RobotDoubleOptions,
  startRobotDouble,
  withinAnHour,
} from './robot-double.ts';

const hook = '/open-apis/bot/v2/hook/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const refused = (code: number, msg: string) => ({ answer: json({ code, msg, data: {} }) });

/**
 * 飞书自定义机器人 as its guide describes it: `timestamp` (s, within an hour) and `sign` in the body where it has a secret,
 * keywords, addresses, at most 20 KB, 100 a minute and 5 a second.
 */
export function startFeishuDouble(options: RobotDoubleOptions = {}): Promise<RobotDouble> {
  const { now = Date.now, secret, keywords, addresses } = options;
  const limits = [limiter(100, 60_000, now), limiter(5, 1_000, now)];
  return startRobotDouble(hook, ({ method, path, body }) => {
    if (method !== 'POST') return { answer: { status: 405 } };
    if (path !== hook) return refused(19001, 'param invalid: incoming webhook access token invalid');
    if (Buffer.byteLength(body) > 20 * 1024) return refused(9499, 'Bad Request');
    const message = objectIn(body);
    if (!message) return refused(9499, 'Bad Request');
    if (message['msg_type'] === undefined) return refused(19002, 'params error, msg_type need');
    const text = (message['content'] as { text?: unknown } | undefined)?.text;
    if (message['msg_type'] !== 'text' || typeof text !== 'string') return refused(9499, 'Bad Request');
    if (addresses && !addresses.includes('127.0.0.1')) return refused(19022, 'Ip Not Allowed');
    if (secret !== undefined) {
      const { timestamp, sign } = message;
      const signed = createHmac('sha256', `${String(timestamp)}\n${secret}`)
        .update('')
        .digest('base64');
      if (!/^\d{10}$/.test(String(timestamp)) || !withinAnHour(Number(timestamp) * 1000, now()) || sign !== signed)
        return refused(19021, 'sign match fail or timestamp is not within one hour from current time');
    }
    if (keywords && !keywords.some((each) => text.includes(each))) return refused(19024, 'Key Words Not Found');
    if (!limits.every((may) => may())) return refused(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]');
    return { answer: json({ StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' }), seen: text };
  });
}
