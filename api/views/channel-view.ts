import type { ChannelRights, EndpointRow } from '../../db/queries/channels.ts';
import type { AttemptRow } from '../../db/queries/sendings.ts';
import { explainReason, withoutInside } from '../../door/channel-reasons.ts';
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
    silentSince: row.silentSince,
  };
}

/** An attempt as it is answered, its reason in words; administrators alone see whether a name is one inside. */
export function attemptView(row: AttemptRow, language: Language, { admin }: Pick<ChannelRights, 'admin'>): AttemptView {
  const reason = row.reason === null || admin ? row.reason : withoutInside(row.reason);
  return { ...row, reason, reasonText: reason === null ? null : pick(explainReason(reason), language) };
}
