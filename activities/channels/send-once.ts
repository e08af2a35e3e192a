import { codeText } from '../../door/outbox-text.ts';
import type { Text } from '../../sdk/program.ts';
import { type Sending, type Served, textFor } from './queue.ts';
import type { Outgoing, SendOutcome } from './sender.ts';
import type { SendingDeps } from './sending-deps.ts';

/** Hands something to its sender, once and within its time. Whatever goes wrong in a sender means: again. */
export async function sendOnce(
  {
    sql,
    senders,
    log,
    baseUrl,
    attemptMs = 30_000,
    stopping,
  }: Pick<SendingDeps, 'sql' | 'senders' | 'log' | 'baseUrl' | 'attemptMs' | 'stopping'>,
  endpoint: Served,
  sending: Sending,
): Promise<SendOutcome> {
  const sender = senders[endpoint.channel];
  if (!sender) return { kind: 'again', reason: 'not-configured' };
  if (sending.kind === 'code' && endpoint.code === undefined) return { kind: 'refused', reason: 'code-over' };
  const text = sending.kind === 'messages' ? await textFor(sql, sending, endpoint) : textOf(endpoint, sending);
  const stop = stopping();
  const limit = AbortSignal.any([AbortSignal.timeout(attemptMs), stop]);
  const broken = new Promise<SendOutcome>((resolve) => {
    const end = () => resolve({ kind: 'again', reason: stop.aborted ? 'stopped' : 'timeout' });
    if (limit.aborted) end();
    limit.addEventListener('abort', end, { once: true });
  });
  const sent = sender
    .send(endpoint.settings, outgoing(endpoint, sending, { text, baseUrl }), limit)
    .catch((error: Error): SendOutcome => {
      log.warn({ sendingId: sending.id, channel: endpoint.channel, name: error.name }, 'a sender failed unforeseen');
      return { kind: 'again', reason: 'error' };
    });
  return Promise.race([sent, broken]);
}

function textOf({ code }: Served, { kind, textZh, textEn }: Sending): Text {
  return kind === 'code' ? codeText(code!, [textZh, textEn]) : [textZh, textEn];
}

function outgoing(
  endpoint: Served,
  { id, kind, urgent, createdAt, count, path, cases }: Sending,
  { text, baseUrl }: { readonly text: Text; readonly baseUrl: string | undefined },
): Outgoing {
  return {
    ...{ id, sentAt: createdAt, count, language: endpoint.language },
    ...{ ids: cases, kinds: [kind, ...(urgent ? ['urgent'] : [])] },
    text,
    ...(baseUrl === undefined ? {} : { link: `${baseUrl}${path}` }),
  };
}
