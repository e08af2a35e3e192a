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

const token = '566cc69da782ec33566cc69da782ec33566cc69da782ec33566cc69da782ec33';
const refused = (errcode: number, errmsg: string) => ({ answer: json({ errcode, errmsg }) });

/**
 * 钉钉自定义机器人 as documented: `timestamp` (ms, within an hour) and `sign` in the query where it has a secret, keywords,
 * addresses, at most 20,000 bytes, 20 a minute or ten minutes' rest.
 */
export function startDingtalkDouble(options: RobotDoubleOptions = {}): Promise<RobotDouble> {
  const { now = Date.now, secret, keywords, addresses } = options;
  const may = limiter(20, 60_000, now, 600_000);
  return startRobotDouble(`/robot/send?access_token=${token}`, ({ method, path, query, headers, body }) => {
    if (path !== '/robot/send') return { answer: { status: 404 } };
    if (method !== 'POST') return refused(43002, '需要POST请求');
    if (!query.get('access_token')) return refused(40035, '缺少参数 access_token');
    if (query.get('access_token') !== token) return refused(300005, 'token is not exist');
    if (!headers['content-type']?.startsWith('application/json'))
      return refused(43004, '无效的HTTP HEADER Content-Type');
    if (Buffer.byteLength(body) > 20_000) return refused(460101, 'message too long, exceed 20000 bytes');
    const message = objectIn(body);
    if (!message) return refused(40035, '缺少参数 json');
    if (message['msgtype'] !== 'text') return refused(400105, 'unsupported msgtype');
    const content = (message['text'] as { content?: unknown } | undefined)?.content;
    if (typeof content !== 'string' || content === '') return refused(40035, '缺少参数 text');
    if (addresses && !addresses.includes('127.0.0.1')) return refused(310000, 'ip 127.0.0.1 not in whitelist');
    if (secret !== undefined) {
      const timestamp = query.get('timestamp') ?? '';
      if (!/^\d{13}$/.test(timestamp) || !withinAnHour(Number(timestamp), now()))
        return refused(310000, 'invalid timestamp');
      const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`, 'utf8').digest('base64');
      if (query.get('sign') !== sign) return refused(310000, 'sign not match');
    }
    if (keywords && !keywords.some((each) => content.includes(each))) return refused(310000, 'keywords not in content');
    if (!may()) return refused(130101, 'send too fast, exceed 20 times per minute');
    return { answer: json({ errcode: 0, errmsg: 'ok' }), seen: content };
  });
}
