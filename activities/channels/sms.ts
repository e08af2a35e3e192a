import { cutText } from './cut-text.ts';
import type { GuardedResponse } from './guarded-fetch.ts';
import { outcomeOfFailure, outcomeOfStatus } from './outcome.ts';
import type { ChannelSettings, Outgoing, Problem, Sender, SendOutcome } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { fill, type SmsGateway, valueAt } from './sms-gateway.ts';

/** What SMS needs. */
export interface SmsDeps extends SenderDeps {
  readonly gateway: SmsGateway;
}

/** A mobile number of the mainland, or an international one (E.164). */
const NUMBER = /^(?:1[3-9]\d{9}|\+[1-9]\d{6,14})$/;

/** Text messages through the HTTP gateway of whoever sells them; what it asks for and how it answers is told by configuration. */
export function smsSender({ fetch, now, gateway }: SmsDeps): Sender {
  return {
    channel: 'sms',
    check: checkNumber,
    async send({ phone = '' }, message, signal) {
      const values = {
        phone,
        text: wordsOf(message, gateway.mostCharacters),
        id: message.id,
        link: message.link ?? '',
      };
      const sentAt = now();
      let response: GuardedResponse;
      try {
        response = await fetch({
          url: fill(gateway.url, values, 'url'),
          method: gateway.method,
          headers: Object.fromEntries(
            Object.entries(gateway.headers).map(([name, value]) => [name, fill(value, values, 'header')]),
          ),
          ...(gateway.body === undefined ? {} : { body: fill(gateway.body, values, gateway.encoding) }),
          signal,
        });
      } catch (error) {
        return outcomeOfFailure(error);
      }
      return outcomeOf(gateway, response, sentAt);
    },
  };
}

/** By the status, and where the gateway says in its body whether it took the message, by that. */
function outcomeOf(gateway: SmsGateway, response: GuardedResponse, sentAt: Date): SendOutcome {
  const byStatus = outcomeOfStatus(response, sentAt);
  // a status that a webhook's owner sends for ever is a gateway's for now: it is ours, not the reader's
  if (byStatus.kind === 'refused') return { kind: 'again', reason: byStatus.reason };
  if (byStatus.kind !== 'sent') return byStatus;
  const { success, refused, reference } = gateway;
  const answer = success || reference ? parsed(response.body) : undefined;
  if (success) {
    const found = valueAt(answer, success.path);
    if (found === undefined) return { kind: 'again', reason: 'answer-unreadable' };
    if (!success.values.includes(found))
      return refused.includes(found)
        ? { kind: 'refused', reason: 'sms-refused' }
        : { kind: 'again', reason: 'sms-not-taken' };
  }
  const number = reference === undefined ? undefined : valueAt(answer, reference);
  return { kind: 'sent', ...(number === undefined ? {} : { reference: number }) };
}

function wordsOf({ text: [zh, en], language, link }: Outgoing, mostCharacters: number): string {
  const after = link === undefined ? '' : ` ${link}`;
  const characters = (text: string) => [...text].length;
  const said = cutText(
    (language === 'zh' ? zh : en).replaceAll('\n', ' '),
    mostCharacters - characters(after),
    characters,
  );
  return `${said}${after}`;
}

function checkNumber(settings: unknown): ChannelSettings | Problem[] {
  const given = typeof settings === 'object' && settings !== null ? (settings as Record<string, unknown>) : {};
  const unknown = Object.keys(given).filter((key) => key !== 'phone');
  if (unknown.length > 0)
    return unknown.map((path) => ({ path, message: ['没有这项设置。', 'There is no such setting.'] }));
  const phone =
    typeof given['phone'] === 'string' ? given['phone'].replaceAll(/[\s-]/g, '').replace(/^\+86(?=1)/, '') : '';
  if (!NUMBER.test(phone))
    return [
      {
        path: 'phone',
        message: ['不是有效的手机号码。', 'Not a valid mobile number: 11 digits, or + and the country’s.'],
      },
    ];
  return { phone };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
