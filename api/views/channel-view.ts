import type { EndpointRow } from '../../db/queries/channels.ts';
import type { AttemptRow } from '../../db/queries/sendings.ts';
import { explainReason } from '../../door/channel-reasons.ts';
import type { ChannelName } from '../../door/endpoint.ts';
import { preferencesOf } from '../../door/outbox.ts';
import { type Language, pick } from '../language.ts';
import type { AttemptView, ChannelView } from '../schemas/channels.ts';

/** An endpoint as it is answered. */
export function channelView(row: EndpointRow): ChannelView {
  const { id, person, unit, post, hint, language, trusted, createdAt, verifiedAt, disabledAt, disabledReason } = row;
  const { quiet, digest } = preferencesOf(row);
  return {
    ...{ id, owner: { person, unit, post }, channel: row.channel as ChannelName, hint, language, trusted },
    ...{ quietHours: quiet ? { ...quiet } : null, digest: typeof digest === 'string' ? digest : { ...digest } },
    ...{ createdAt, verifiedAt, disabledAt, disabledReason },
    ...{ failingSince: row.failingSince, sentAt: row.sentAt, waiting: row.waiting },
  };
}

/** An attempt as it is answered, its reason in words. */
export function attemptView(row: AttemptRow, language: Language): AttemptView {
  return { ...row, reasonText: row.reason === null ? null : pick(explainReason(row.reason), language) };
}
