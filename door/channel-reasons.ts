import type { Text } from '../sdk/program.ts';
import type { ChannelName } from './endpoint.ts';

/** What comes of an attempt to deliver, by class, in words for whoever looks after the endpoint: what it is and what to do. */
const reasons = {
  // addresses that somebody typed in
  'address-invalid': [
    '不是有效的网址。请填写完整的地址，例如 https://example.gov.cn/hook。',
    'Not a valid address. Give the whole of it, such as https://example.gov.cn/hook.',
  ],
  'address-too-long': ['网址太长，最多 2000 个字符。', 'The address is too long: at most 2000 characters.'],
  'address-not-https': [
    '只接受 https 网址。内网地址请管理员加入允许名单。',
    'Only https addresses are taken. For a host of the intranet ask the administrator to put it on the allow-list.',
  ],
  'address-credentials': [
    '网址中不能包含用户名或密码。请改用签名密钥。',
    'An address must not carry a user name or a password. Use the signing secret instead.',
  ],
  'address-unusual': [
    'IP 地址的写法不常规。请填写主机名，或四段十进制的 IP 地址。',
    'The IP address is written in an unusual form. Give a host name, or an address of four decimal parts.',
  ],
  'address-inside': [
    '这个地址指向本机或内网，不向那里发送。内网主机请管理员加入允许名单。',
    'This address leads to this machine or to an inner network: nothing is sent there. For a host of the intranet ask the administrator to put it on the allow-list.',
  ],
  'address-unknown': [
    '找不到这个主机名，或者它指向内网、不向那里发送。请核对网址；内网主机请管理员加入允许名单。',
    'The host name was not found, or leads to an inner network, where nothing is sent. Check the address; for a host of the intranet ask the administrator to put it on the allow-list.',
  ],
  redirect: [
    '对方要求转到别的地址，Linli 不跟随转址。请把最终地址填入设置。',
    'The other side redirects elsewhere; Linli does not follow. Put the final address into the settings.',
  ],
  'too-large': ['要发送的内容太大。', 'What is to be sent is too large.'],
  'settings-invalid': [
    '这个通道的设置不完整或已不适用。请重新填写。',
    'The settings of this channel are incomplete or no longer fit. Enter them again.',
  ],
  // the network
  timeout: ['对方没有按时回应。', 'The other side did not answer in time.'],
  aborted: ['发送被中断。', 'The attempt was broken off.'],
  dns: ['找不到这个主机名。', 'The host name was not found.'],
  tls: ['对方的 https 证书无效。', 'The https certificate of the other side is not valid.'],
  'connection-refused': ['对方没有开放这个端口。', 'Nobody listens at this port of the other side.'],
  connection: ['连接不上对方，或连接中断。', 'The other side could not be reached, or the connection broke.'],
  'answer-unreadable': ['看不懂对方的答复。', 'The answer of the other side cannot be understood.'],
  // robots
  'wecom--1': ['企业微信系统繁忙。', 'WeCom is busy.'],
  'wecom-45009': ['企业微信机器人发送太频繁，稍后再发。', 'The WeCom robot has sent too often; it goes on later.'],
  'wecom-45033': ['企业微信接口并发过多，稍后再发。', 'Too many calls of WeCom at once; it goes on later.'],
  'wecom-40008': ['企业微信不接受这种消息类型。', 'WeCom does not take this type of message.'],
  'wecom-40033': ['消息中有企业微信不接受的字符。', 'The message has characters that WeCom does not take.'],
  'wecom-40035': ['企业微信认为请求的参数不正确。', 'WeCom finds a parameter of the request wrong.'],
  'wecom-40058': ['消息超过企业微信的长度限制。', 'The message is longer than WeCom takes.'],
  'wecom-44004': ['消息没有内容。', 'The message is empty.'],
  'wecom-45002': ['消息超过企业微信的长度限制。', 'The message is longer than WeCom takes.'],
  'wecom-60020': [
    '企业微信不接受来自这台服务器的请求。请把服务器的出口 IP 加入可信 IP。',
    'WeCom does not take requests from this server. Add its outgoing IP address to the trusted ones.',
  ],
  'wecom-93000': [
    '企业微信机器人的地址无效，或机器人已被移出群。请在群里重新添加机器人，并更新地址。',
    'The address of the WeCom robot is not valid, or it was removed from its group. Add a robot to the group again and enter its address.',
  ],
  'wecom-93004': ['企业微信机器人已停用。请在群里重新启用。', 'The WeCom robot is disabled. Enable it in its group.'],
  'wecom-93008': ['企业微信机器人已不在群里。请重新添加。', 'The WeCom robot is no longer in its group. Add it again.'],
  'dingtalk--1': ['钉钉系统繁忙。', 'DingTalk is busy.'],
  'dingtalk-40035': ['钉钉认为请求缺少参数。', 'DingTalk misses a parameter of the request.'],
  'dingtalk-43004': ['钉钉不接受这种请求头。', 'DingTalk does not take the content type of the request.'],
  'dingtalk-130101': [
    '钉钉机器人发送太频繁，被限流十分钟。',
    'The DingTalk robot has sent too often and is held back for ten minutes.',
  ],
  'dingtalk-410100': [
    '钉钉机器人发送太频繁，被限流十分钟。',
    'The DingTalk robot has sent too often and is held back for ten minutes.',
  ],
  'dingtalk-300001': [
    '钉钉机器人的地址无效。请在群里查看机器人，重新复制地址。',
    'The address of the DingTalk robot is not valid. Look the robot up in its group and copy its address again.',
  ],
  'dingtalk-300005': [
    '钉钉机器人的地址无效。请在群里查看机器人，重新复制地址。',
    'The address of the DingTalk robot is not valid. Look the robot up in its group and copy its address again.',
  ],
  'dingtalk-310000': [
    '消息没有通过钉钉机器人的安全设置。请核对关键词、加签密钥和 IP 白名单。',
    'The message did not pass the security settings of the DingTalk robot. Check its keywords, signing secret and IP addresses.',
  ],
  'dingtalk-310000-keyword': [
    '消息中没有钉钉机器人要求的关键词。请在设置中填写同样的关键词。',
    'The message has none of the keywords that the DingTalk robot asks for. Enter the same keyword in the settings.',
  ],
  'dingtalk-310000-sign': [
    '钉钉机器人的加签密钥不对。请从机器人设置重新复制。',
    'The signing secret of the DingTalk robot is wrong. Copy it again from the robot’s settings.',
  ],
  'dingtalk-310000-timestamp': [
    '钉钉认为时间戳无效。请检查这台服务器的时钟。',
    'DingTalk finds the timestamp invalid. Check the clock of this server.',
  ],
  'dingtalk-310000-ip': [
    '钉钉机器人不接受来自这台服务器的请求。请把服务器的出口 IP 加入机器人的白名单。',
    'The DingTalk robot does not take requests from this server. Add its outgoing IP address to the robot’s list.',
  ],
  'dingtalk-400013': ['钉钉群已被解散。请换一个群。', 'The DingTalk group was dissolved. Use another one.'],
  'dingtalk-400101': [
    '钉钉机器人的地址无效。请在群里查看机器人，重新复制地址。',
    'The address of the DingTalk robot is not valid. Look the robot up in its group and copy its address again.',
  ],
  'dingtalk-400102': [
    '钉钉机器人已停用。请在群里重新启用。',
    'The DingTalk robot is disabled. Enable it in its group.',
  ],
  'dingtalk-400105': ['钉钉不接受这种消息类型。', 'DingTalk does not take this type of message.'],
  'dingtalk-400106': [
    '钉钉机器人已不在群里。请重新添加。',
    'The DingTalk robot is no longer in its group. Add it again.',
  ],
  'dingtalk-430101': ['钉钉认为消息中的链接不安全。', 'DingTalk finds a link of the message unsafe.'],
  'dingtalk-430102': ['钉钉认为消息中的文字不合适。', 'DingTalk finds the words of the message unsuitable.'],
  'dingtalk-430103': ['钉钉认为消息中的图片不合适。', 'DingTalk finds a picture of the message unsuitable.'],
  'dingtalk-430104': ['钉钉认为消息的内容不合适。', 'DingTalk finds the message unsuitable.'],
  'dingtalk-460101': ['消息超过钉钉的长度限制。', 'The message is longer than DingTalk takes.'],
  'feishu-9499': [
    '飞书认为请求的格式不正确，或消息太长。',
    'Feishu finds the request malformed, or the message too long.',
  ],
  'feishu-11232': ['飞书机器人发送太频繁，稍后再发。', 'The Feishu robot has sent too often; it goes on later.'],
  'feishu-99991400': ['飞书接口调用太频繁，稍后再发。', 'Feishu was called too often; it goes on later.'],
  'feishu-19001': [
    '飞书机器人的地址无效。请在群里查看机器人，重新复制地址。',
    'The address of the Feishu robot is not valid. Look the robot up in its group and copy its address again.',
  ],
  'feishu-19002': ['飞书认为请求的参数不正确。', 'Feishu finds a parameter of the request wrong.'],
  'feishu-19021': [
    '飞书机器人的签名校验没有通过。请重新复制签名密钥，并检查这台服务器的时钟。',
    'The signature did not pass at the Feishu robot. Copy its secret again, and check the clock of this server.',
  ],
  'feishu-19022': [
    '飞书机器人不接受来自这台服务器的请求。请把服务器的出口 IP 加入机器人的白名单。',
    'The Feishu robot does not take requests from this server. Add its outgoing IP address to the robot’s list.',
  ],
  'feishu-19024': [
    '消息中没有飞书机器人要求的关键词。请在设置中填写同样的关键词。',
    'The message has none of the keywords that the Feishu robot asks for. Enter the same keyword in the settings.',
  ],
  // mail, by our set-up or the answer's code
  'smtp-login': [
    '邮件服务器不接受我们的登录。请管理员检查邮件设置。',
    'The mail server does not take our login. The administrator should check the settings of mail.',
  ],
  'smtp-sender': [
    '邮件服务器不接受我们的发件人。请管理员检查邮件设置。',
    'The mail server does not take our sender. The administrator should check the settings of mail.',
  ],
  'smtp-550': [
    '收件人的邮件服务器拒收：地址可能不对，或已停用。',
    'The mail server of the recipient refuses it: the address may be wrong, or no longer in use.',
  ],
  'smtp-552': ['收件人的邮箱已满，或邮件太大。', 'The mailbox is full, or the mail too large.'],
  'smtp-554': ['收件人的邮件服务器拒收这封邮件。', 'The mail server of the recipient refuses this mail.'],
  // text messages
  'sms-refused': ['短信网关拒发这条短信。', 'The gateway refuses this text message.'],
  'sms-not-taken': ['短信网关暂时没有接收。', 'The gateway has not taken the text message for now.'],
  // ourselves
  'not-configured': [
    '本系统没有配置这种渠道。请联系管理员。',
    'This channel is not set up here. Ask the administrator.',
  ],
  'code-over': ['验证码已过期，没有发送。', 'The code was no longer valid and was not sent.'],
  disabled: ['渠道已停用，没有发送。', 'The channel was disabled; it was not sent.'],
  removed: ['渠道已删除，没有发送。', 'The channel was removed; it was not sent.'],
  stopped: ['系统正在重启，稍后再发。', 'Linli was being restarted; it goes on later.'],
  error: ['系统出错，稍后再发；问题已记录。', 'Something went wrong inside; it goes on later, and was logged.'],
} as const satisfies Record<string, Text>;

/** A class as it is shown to whoever does not administer the endpoint: which names there are inside is none of his business. */
export const withoutInside = (reason: string): string =>
  reason === 'address-inside' || reason === 'dns' ? 'address-unknown' : reason;

/** What comes of our own set-up, whatever the channel. `dns`, `connection` and the like are the other side's there. */
const OURS: ReadonlySet<string> = new Set(['not-configured', 'error', 'stopped']);
/** What the recipient's own server may say by way of ours; 421 is ours, which is busy. */
const OF_RECIPIENT = /^smtp-(?!421$)\d{3}$/;

/**
 * Whether a failure for now is a fault of our own set-up and not of the endpoint: of mail all but what a recipient's server
 * answers, of text messages all, for both go through a server of ours.
 */
export function isOurFault(channel: ChannelName, reason: string): boolean {
  if (channel === 'email') return !OF_RECIPIENT.test(reason);
  return channel === 'sms' || OURS.has(reason);
}

/** A class of what came of an attempt that has words of its own. */
export type ChannelReason = keyof typeof reasons;

/** Every class that has words of its own. */
export const CHANNEL_REASONS = Object.keys(reasons) as readonly ChannelReason[];

/** The words for a class of {@link CHANNEL_REASONS}, of HTTP (`http-404`) or of a vendor's code that is not in its documentation. */
export function explainReason(reason: string): Text {
  if (reason in reasons) return reasons[reason as ChannelReason];
  const [, status] = /^http-(\d{3})$/.exec(reason) ?? [];
  if (status === '410') return ['对方表示不再接收（410）。', 'The other side says that it wants nothing more (410).'];
  if (status !== undefined) return [`对方答复错误 ${status}。`, `The other side answered with error ${status}.`];
  const [, code] = /^smtp-(\d{3})$/.exec(reason) ?? [];
  if (code !== undefined)
    return code.startsWith('4')
      ? [`邮件服务器请稍后再发（${code}）。`, `The mail server asks to come again later (${code}).`]
      : [`邮件服务器拒收（${code}）。`, `The mail server refuses it (${code}).`];
  return [`没有送到（${reason}）。`, `It was not delivered (${reason}).`];
}
