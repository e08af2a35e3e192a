import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { GuardedResponse } from './guarded-fetch.ts';
import { outcomeOfFailure, outcomeOfStatus } from './outcome.ts';
import type { Outgoing, Sender } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { checkSettings, must, optional, reachable, ruled, SETTINGS_INVALID } from './settings.ts';

/** The type of every message that a webhook gets from Linli. */
export const WEBHOOK_TYPE = 'linli.messages';

/** A new signing secret: 32 random bytes in the form of Standard Webhooks. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * Webhooks signed by Standard Webhooks 1.0.0 (HMAC-SHA256): id, time of the attempt and the exact bytes of the body.
 * While `previousSecret` is set both secrets sign, so that a receiver can change over in its own time.
 */
export function webhookSender({ fetch, now }: SenderDeps): Sender {
  const schema = z.strictObject({
    url: ruled(reachable(fetch)),
    secret: ruled(isSecret),
    previousSecret: optional(ruled(isSecret)),
  });

  return {
    channel: 'webhook',
    check: (entered) => checkSettings(schema, entered),
    async send(settings, message, signal) {
      const { data } = schema.safeParse(settings);
      if (!data) return SETTINGS_INVALID;
      const body = webhookBody(message);
      const sentAt = now();
      let response: GuardedResponse;
      try {
        response = await fetch({
          url: data.url,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'Linli-Webhook/1',
            ...signedHeaders([data.secret, data.previousSecret], message.id, sentAt, body),
          },
          body,
          signal,
        });
      } catch (error) {
        return outcomeOfFailure(error);
      }
      return outcomeOfStatus(response, sentAt);
    },
  };
}

/** The body as it is signed and sent: thin, so that whoever wants to know more asks with rights of its own. */
export function webhookBody({ sentAt, count, ids, kinds, link, text: [zh, en] }: Outgoing): string {
  return JSON.stringify({ type: WEBHOOK_TYPE, timestamp: sentAt, data: { count, ids, kinds, link, text: { zh, en } } });
}

function signedHeaders(
  secrets: readonly (string | undefined)[],
  id: string,
  at: Date,
  body: string,
): Record<string, string> {
  // the parts of what is signed are parted by full stops: an id must not hold one
  const safeId = id.replaceAll('.', '_');
  const given = secrets.filter((secret) => secret !== undefined);
  return {
    'webhook-id': safeId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': given.map((secret) => new Webhook(secret).sign(safeId, at, body)).join(' '),
  };
}

const isSecret = must(
  (value) => {
    const [, key] = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(value) ?? [];
    const bytes = key === undefined ? 0 : Buffer.from(key, 'base64').byteLength;
    return bytes >= 24 && bytes <= 64;
  },
  [
    '签名密钥应以 whsec_ 开头，后接 24 至 64 字节的 Base64。',
    'The signing secret begins with whsec_, and 24 to 64 bytes in base64 follow.',
  ],
);
