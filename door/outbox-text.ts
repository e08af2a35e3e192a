import type { Text } from '../sdk/program.ts';

/** What of a delivery goes to an endpoint. */
export interface Part {
  readonly count: number;
  readonly text: Text;
  /** The case when all are about one. */
  readonly caseId?: string | undefined;
  readonly caseNo?: string | undefined;
  readonly urgent: boolean;
}

/** Longer texts are cut: a channel is no inbox. In characters. */
const mostText = 2_000;

/** The parts that go out together as one message: how many it stands for, its text, and the path of the page behind it. */
export function compose(
  parts: readonly Part[],
  trusted: boolean,
): { readonly count: number; readonly text: Text; readonly path: string } {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const [first] = parts;
  const oneCase =
    first?.caseId !== undefined && parts.every(({ caseId }) => caseId === first.caseId) ? first : undefined;
  const path = oneCase?.caseId === undefined ? '/inbox' : `/cases/${encodeURIComponent(oneCase.caseId)}`;
  const urgent = parts.some((part) => part.urgent);
  return { count, path, text: trusted ? inFull(parts, count) : counted(count, oneCase?.caseNo, urgent) };
}

function inFull(parts: readonly Part[], count: number): Text {
  const [first] = parts;
  if (parts.length === 1 && first) return [cut(first.text[0]), cut(first.text[1])];
  return [
    cut([`您有 ${count} 条消息：`, ...parts.map(({ text }) => text[0])].join('\n')),
    cut([`You have ${count} messages:`, ...parts.map(({ text }) => text[1])].join('\n')),
  ];
}

/** What may pass through the hands of others: how many, and the number of the case when there is one. */
function counted(count: number, caseNo: string | undefined, urgent: boolean): Text {
  const about: Text = caseNo === undefined ? ['', ''] : [`（个案 ${caseNo}）`, ` (case ${caseNo})`];
  const kind: Text = urgent ? ['紧急消息', 'urgent message'] : ['新消息', 'new message'];
  return [
    `邻里：您有 ${count} 条${kind[0]}${about[0]}，请登录收件箱查看。`,
    `Linli: you have ${count} ${kind[1]}${count === 1 ? '' : 's'}${about[1]}. Please sign in to read.`,
  ];
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= mostText ? text : `${characters.slice(0, mostText - 1).join('')}…`;
}

/** A code: that of an address to be verified, or one that a text of its own goes around, where that has `{code}`. */
export function codeText(code: string, around: Text = ['', '']): Text {
  if (around[0] !== '') return [around[0].replace('{code}', code), around[1].replace('{code}', code)];
  return [
    `邻里：您的验证码是 ${code}，30 分钟内有效。如果不是您本人填写的，请忽略这条消息。`,
    `Linli: your code is ${code}, valid for 30 minutes. If you did not ask for it, ignore this message.`,
  ];
}

/** What goes around the code that confirms a payout. Only who has the money in hand gives it on. */
export function payoutCodeText(amount: string): Text {
  return [
    `邻里：您有一笔 ${amount} 元的领款，确认码 {code}，30 分钟内有效。收到钱以后再告诉经办人；没有收到，请不要告诉任何人。`,
    `Linli: {code} confirms that you received ${amount} yuan, valid for 30 minutes. Tell it only when you have the money; otherwise tell nobody.`,
  ];
}

/** A test asked for by hand. */
export const testText: Text = [
  '邻里：这是一条测试消息。收到即表示这个渠道可以使用。',
  'Linli: this is a test. If you can read it, the channel works.',
];
