import type { Text } from '../sdk/program.ts';
import type { Reason } from './reminder.ts';

/** A message as a delivery names it. */
export interface Named {
  readonly reason: Reason;
  readonly text: Text;
}

/** A digest names so many of its messages; all of them are in the inbox. */
const MOST_NAMED = 20;

const because: Readonly<Record<Reason, Text>> = {
  first: ['新消息', 'new'],
  repeat: ['未读', 'still unread'],
  weekly: ['仍未办结', 'still not done'],
};

/** One message, with why it is brought again. */
export function singleText({ reason, text }: Named): Text {
  if (reason === 'first') return text;
  return [`（${because[reason][0]}）${text[0]}`, `(${because[reason][1]}) ${text[1]}`];
}

/** Many messages in one: how many of each kind, then the first of them in the order in which they fell due. */
export function digestText(messages: readonly Named[]): Text {
  const counts = (['first', 'repeat', 'weekly'] as const)
    .map((reason) => [because[reason], messages.filter((each) => each.reason === reason).length] as const)
    .filter(([, n]) => n > 0);
  const named = messages.slice(0, MOST_NAMED);
  const more = messages.length - named.length;
  return [
    [
      `您有 ${messages.length} 条消息：${counts.map(([[zh], n]) => `${zh} ${n} 条`).join('，')}。`,
      ...named.map(({ text }, n) => `${n + 1}. ${text[0]}`),
      ...(more > 0 ? [`另有 ${more} 条，见收件箱。`] : []),
    ].join('\n'),
    [
      `You have ${messages.length} messages: ${counts.map(([[, en], n]) => `${n} ${en}`).join(', ')}.`,
      ...named.map(({ text }, n) => `${n + 1}. ${text[1]}`),
      ...(more > 0 ? [`And ${more} more in your inbox.`] : []),
    ].join('\n'),
  ];
}
