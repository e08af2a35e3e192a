import { Socket } from 'node:net';
import { createTransport, type SentMessageInfo } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { mailOf } from './email-text.ts';
import type { ChannelSettings, Outgoing, Problem, Sender, SendOutcome } from './sender.ts';

/** The mail server that takes our mail. */
export interface SmtpTarget {
  readonly host: string;
  readonly port: number;
  /** `starttls` insists on it; `none` only for a server on the same machine or wire. */
  readonly tls: 'starttls' | 'tls' | 'none';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Address, or `name <address>`, that mail comes from. */
  readonly from: string;
  /** The name on its certificate where it is not that of the host, and an authority to trust instead of the machine's, PEM. */
  readonly certified?: { readonly name: string; readonly ca: string } | undefined;
}

/** What e-mail needs. */
export interface EmailDeps {
  readonly smtp: SmtpTarget;
  /** Where readers change what they get; undefined: no such header. */
  readonly settingsUrl?: string | undefined;
}

const connectMs = 10_000;
const socketMs = 20_000;

/** A local part and a domain as mail servers take them (RFC 5321, no quoted or literal forms); UTF-8 is left to the server. */
const ADDRESS =
  /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}@(?=.{1,253}$)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

/** E-mail over one SMTP server, a connection a message: what fails in one leaves nothing behind for the next. */
export function emailSender({ smtp, settingsUrl }: EmailDeps): Sender {
  return {
    channel: 'email',
    check: checkAddress,
    async send(settings, message, signal) {
      // of our own, because the library's cannot be broken off
      const socket = new Socket();
      const transport = createTransport({ ...options(smtp), socket });
      const close = () => void socket.destroy(Object.assign(new Error('out of time'), { code: 'ETIMEDOUT' }));
      signal.addEventListener('abort', close, { once: true });
      try {
        const info = await transport.sendMail(mail(smtp, settings, message, settingsUrl));
        return sentAs(info);
      } catch (error) {
        return signal.aborted ? { kind: 'again', reason: 'timeout' } : outcomeOf(error as SmtpError);
      } finally {
        signal.removeEventListener('abort', close);
        socket.destroy();
      }
    },
  };
}

/** Whether the mail server answers and takes our login; throws an error that says why not. */
export async function verifySmtp(smtp: SmtpTarget): Promise<void> {
  const transport = createTransport(options(smtp));
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

function options({ host, port, tls, user, password, certified }: SmtpTarget): SMTPTransport.Options {
  return {
    ...{ host, port, secure: tls === 'tls', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    ...{ connectionTimeout: connectMs, greetingTimeout: connectMs, socketTimeout: socketMs },
    // what a template could name is never read: no files, no addresses
    ...{ disableFileAccess: true, disableUrlAccess: true },
    ...(certified ? { tls: { servername: certified.name, ca: certified.ca } } : {}),
  };
}

function mail(smtp: SmtpTarget, { address = '' }: ChannelSettings, message: Outgoing, settingsUrl?: string) {
  const [, domain = 'linli.invalid'] = /@([^\s@>]+)>?\s*$/.exec(smtp.from) ?? [];
  const { subject, text, html } = mailOf(message);
  return {
    ...{ from: smtp.from, to: { name: '', address }, subject, text, html },
    // the same however often it is sent: a mailbox that got it twice shows one
    messageId: `<${message.id}@${domain}>`,
    date: new Date(message.sentAt),
    headers: {
      // no out-of-office notice comes back for it (RFC 3834; the second is Exchange's)
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Linli-Count': String(message.count),
    },
    ...(settingsUrl === undefined ? {} : { list: { unsubscribe: settingsUrl } }),
    textEncoding: 'base64' as const,
  };
}

function checkAddress(settings: unknown): ChannelSettings | Problem[] {
  const given = settings as { readonly address?: unknown };
  const others = typeof settings === 'object' && settings !== null ? Object.keys(settings) : [];
  const unknown = others.filter((key) => key !== 'address');
  if (unknown.length > 0)
    return unknown.map((path) => ({ path, message: ['没有这项设置。', 'There is no such setting.'] }));
  const address = typeof given?.address === 'string' ? given.address.trim() : '';
  const [local = ''] = address.split('@');
  if (!ADDRESS.test(address) || local.startsWith('.') || local.endsWith('.') || local.includes('..'))
    return [
      {
        path: 'address',
        message: [
          '不是有效的电子邮件地址，例如 name@example.cn。',
          'Not a valid e-mail address, such as name@example.cn.',
        ],
      },
    ];
  return { address };
}

/** What nodemailer throws: `code` is its own, `responseCode` and `response` are the server's. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

/** The server's own id of the message, where it tells one. */
function sentAs({ response }: SentMessageInfo): SendOutcome {
  const [, reference] = /\b(?:queued as|id=?)\s*([\w.:@-]{1,100})/i.exec(String(response ?? '')) ?? [];
  return { kind: 'sent', ...(reference === undefined ? {} : { reference }) };
}

/** Addresses that are not there or taken away: bad mailbox, system or syntax, moved, disabled (RFC 3463, X.1.x and X.2.1). */
const DEAD = /^5[\d]{2}[ -]5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b/;

/**
 * What an error of SMTP means. 4xx is for now. 5xx is for ever, and the address is dead when the server says so of the
 * recipient by its enhanced status. What it refuses of us (login, sender, TLS) is our set-up, and mends itself once that is
 * mended: again.
 */
function outcomeOf({ code = '', responseCode, response = '', command = '' }: SmtpError): SendOutcome {
  if (code === 'EAUTH' || command.startsWith('AUTH')) return { kind: 'again', reason: 'smtp-login' };
  if (code === 'ETLS') return { kind: 'again', reason: 'tls' };
  if (responseCode !== undefined && responseCode >= 500) {
    const reason = `smtp-${responseCode}`;
    if (command === 'MAIL FROM') return { kind: 'again', reason: 'smtp-sender' };
    if (command === 'RCPT TO' || code === 'EENVELOPE')
      return { kind: 'refused', reason, ...(DEAD.test(response) ? { gone: true } : {}) };
    return command === 'DATA' || code === 'EMESSAGE' ? { kind: 'refused', reason } : { kind: 'again', reason };
  }
  if (responseCode !== undefined) return { kind: 'again', reason: `smtp-${responseCode}` };
  return { kind: 'again', reason: networkReasons[code] ?? 'connection' };
}

const networkReasons: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  ECONNECTION: 'connection',
};
