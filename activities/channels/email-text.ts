import type { Outgoing } from './sender.ts';

const words = {
  zh: {
    subject: (count: number) => (count > 1 ? `【邻里】${count} 条消息` : '【邻里】消息'),
    open: '在邻里中查看',
    why: '这封邮件由系统自动发出，请勿回复。接收方式可在“消息渠道”中修改。',
    tag: 'zh-CN',
  },
  en: {
    subject: (count: number) => (count > 1 ? `[Linli] ${count} messages` : '[Linli] A message'),
    open: 'Open in Linli',
    why: 'This mail was sent automatically; please do not reply. What you get can be changed under "Channels".',
    tag: 'en',
  },
} as const;

/** A message as mail: the subject says nothing of a case, the text comes plain and as simple HTML without anything to load. */
export function mailOf({ text, count, link, language }: Outgoing): {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
} {
  const say = words[language];
  const body = language === 'zh' ? text[0] : text[1];
  const paragraphs = body.split('\n').map((line) => `<p>${escaped(line)}</p>`);
  return {
    subject: say.subject(count),
    text: [body, ...(link === undefined ? [] : ['', `${say.open}: ${link}`]), '', '-- ', say.why].join('\n'),
    html: [
      `<!DOCTYPE html><html lang="${say.tag}"><head><meta charset="utf-8"></head><body>`,
      ...paragraphs,
      ...(link === undefined ? [] : [`<p><a href="${escaped(link)}">${say.open}</a></p>`]),
      `<hr><p><small>${escaped(say.why)}</small></p></body></html>`,
    ].join('\n'),
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
