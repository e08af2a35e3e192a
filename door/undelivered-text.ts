import type { Text } from '../sdk/program.ts';
import type { ChannelName } from './endpoint.ts';

/** The channels in words. */
export const channelNames: Readonly<Record<ChannelName, Text>> = {
  email: ['电子邮件', 'e-mail'],
  sms: ['短信', 'text message'],
  webhook: ['Webhook', 'webhook'],
  wecom: ['企业微信群机器人', 'WeCom robot'],
  dingtalk: ['钉钉群机器人', 'DingTalk robot'],
  feishu: ['飞书群机器人', 'Feishu robot'],
};

/** To a head: somebody was not reached outside. Posts are named, people never. */
export function unreachedText(count: number, posts: readonly Text[]): Text {
  const named = posts.filter(([zh]) => zh !== '');
  const who: Text =
    named.length === 0
      ? ['一位未任职的工作人员', 'somebody without a post']
      : [
          `“${named.map(([zh]) => zh).join('”“')}”的任职人`,
          `the holder of ${named.map(([, en]) => `"${en}"`).join(' and ')}`,
        ];
  return [
    `有 ${count} 条消息未能通过外部渠道送达${who[0]}，仍在其收件箱中。请当面提醒，并请其检查接收渠道。`,
    `${count} message${count === 1 ? '' : 's'} did not reach ${who[1]} outside and lie${count === 1 ? 's' : ''} in the inbox. Please tell them, and have the channels checked.`,
  ];
}

const reasons = {
  gone: ['对方表示该地址已不存在', 'the other side says that it no longer exists'],
  failing: ['连续五天未能送达', 'nothing has got through for five days'],
} as const satisfies Record<string, Text>;

/** To its owner, and to the administrators: an endpoint takes no more messages. */
export function disabledText(channel: ChannelName, why: keyof typeof reasons, own: boolean): Text {
  const [zh, en] = channelNames[channel];
  const whose: Text = own ? ['您的', 'Your'] : ['本单位一个', 'In your organisation a'];
  return [
    `${whose[0]}接收渠道（${zh}）已停用：${reasons[why][0]}。请检查后在“消息渠道”中重新启用。`,
    `${whose[1]} channel (${en}) was disabled: ${reasons[why][1]}. Check it, and enable it again under "Channels".`,
  ];
}

/** A unit was closed, and its channels get nothing new; `heirs`: how many channels the unit has that it went into. */
export function silentText({
  from,
  to,
  silent,
  heirs,
}: {
  readonly from: Text;
  readonly to: Text;
  readonly silent: number;
  readonly heirs: number;
}): Text {
  const [few, fewEn] = [
    `“${from[0]}”已并入“${to[0]}”，原有的 ${silent} 个单位渠道不再收到新消息`,
    many(silent, from[1]),
  ];
  return heirs > 0
    ? [
        `${few}；有关消息改由“${to[0]}”的 ${heirs} 个渠道发送。原来的群仍需接收的，请在“消息渠道”中为“${to[0]}”添加。`,
        `"${from[1]}" went into "${to[1]}". ${fewEn} no more messages; they go out over the ${heirs} of "${to[1]}" instead. Where the old group is still to get them, add it to "${to[1]}" under "Channels".`,
      ]
    : [
        `${few}，而“${to[0]}”还没有单位渠道：有关消息现在只进入收件箱。请在“消息渠道”中为“${to[0]}”添加。`,
        `"${from[1]}" went into "${to[1]}". ${fewEn} no more messages, and "${to[1]}" has none: they now come into inboxes alone. Add one to "${to[1]}" under "Channels".`,
      ];
}

/** Posts went to a new unit, which has no channels; `left`: how many the unit has that they came from. */
export function partedText({
  from,
  to,
  left,
}: {
  readonly from: Text;
  readonly to: Text;
  readonly left: number;
}): Text {
  return [
    `“${to[0]}”从“${from[0]}”划出，其岗位的消息不再经“${from[0]}”的 ${left} 个单位渠道发送，而“${to[0]}”还没有单位渠道：这些消息现在只进入收件箱。请在“消息渠道”中添加。`,
    `"${to[1]}" was made of posts of "${from[1]}". What they are told goes out over no channel of "${from[1]}" any more (it has ${left}), and "${to[1]}" has none: it now comes into inboxes alone. Add one under "Channels".`,
  ];
}

const many = (n: number, unit: string): string =>
  n === 1 ? `The one channel of "${unit}" gets` : `The ${n} channels of "${unit}" get`;
