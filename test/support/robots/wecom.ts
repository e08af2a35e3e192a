import {
  json,
  limiter,
  objectIn,
  type RobotDouble,
  type RobotDoubleOptions,
  startRobotDouble,
} from './robot-double.ts';

const key = '693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa';
const refused = (errcode: number, errmsg: string) => ({
  answer: json({ errcode, errmsg: `${errmsg}, hint: [1790000000], from ip: 127.0.0.1, more info at …?e=${errcode}` }),
});

/** 企业微信群机器人 as its page "群机器人配置说明" describes it: key in the address, text of at most 2048 bytes, 20 a minute. */
export function startWecomDouble({ now = Date.now, addresses }: RobotDoubleOptions = {}): Promise<RobotDouble> {
  const may = limiter(20, 60_000, now);
  return startRobotDouble(`/cgi-bin/webhook/send?key=${key}`, ({ method, path, query, body }) => {
    if (method !== 'POST' || path !== '/cgi-bin/webhook/send') return { answer: { status: 404 } };
    if (query.get('key') !== key) return refused(93000, 'invalid webhook url');
    if (addresses && !addresses.includes('127.0.0.1')) return refused(60020, 'not allow to access from your ip');
    const message = objectIn(body);
    if (message?.['msgtype'] !== 'text') return refused(40008, 'invalid message type');
    const content = (message['text'] as { content?: unknown } | undefined)?.content;
    if (typeof content !== 'string' || content === '') return refused(44004, 'empty content');
    if (Buffer.byteLength(content) > 2048)
      return refused(40058, 'text.content exceed max length 2048. invalid Request Parameter');
    if (!may()) return refused(45009, 'api freq out of limit');
    return { answer: json({ errcode: 0, errmsg: 'ok' }), seen: content };
  });
}
