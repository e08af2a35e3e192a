import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { messages } from './case-parts.ts';
import { instant } from './columns.ts';
import { person } from './organisation.ts';

// How messages of the inbox are brought to people: now, again while unread, and once a week from the top of a ladder. A
// delivery is no firing: it changes no case.

/** When a message is to be delivered next; no row when never again. Written with the message, moved on by the deliverer. */
export const reminders = pgTable(
  'reminders',
  {
    messageId: text('message_id')
      .primaryKey()
      .references(() => messages.id),
    nextAt: instant('next_at').notNull(),
  },
  (t) => [index('reminders_next').on(t.nextAt)],
);

/** Who is being delivered to right now, and by which turn: one process at a time brings a person what is due. */
export const deliveryTurns = pgTable('delivery_turns', {
  person: text('person').primaryKey(),
  lease: text('lease').notNull(),
  leaseUntil: instant('lease_until'),
});

/** What was brought to a person over a channel: one message, or one digest of many. Rows never change. */
export const deliveries = person.table(
  'deliveries',
  {
    id: text('id').primaryKey(),
    person: text('person').notNull(),
    channel: text('channel').notNull(),
    kind: text('kind').notNull(),
    /** How many messages it brings. */
    count: integer('count').notNull(),
    textZh: text('text_zh').notNull(),
    textEn: text('text_en').notNull(),
    deliveredAt: instant('delivered_at').notNull(),
  },
  (t) => [
    index('deliveries_person').on(t.person, t.deliveredAt),
    check('deliveries_channel', sql`${t.channel} = 'inbox'`),
    check('deliveries_kind', sql`${t.kind} IN ('message', 'digest')`),
    check('deliveries_count', sql`${t.count} > 0`),
  ],
);

/** Which messages a delivery brought, why and for which day: each once. Rows never change. */
export const deliveryMessages = pgTable(
  'delivery_messages',
  {
    messageId: text('message_id')
      .notNull()
      .references(() => messages.id),
    person: text('person').notNull(),
    channel: text('channel').notNull(),
    reason: text('reason').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.person, t.channel, t.reason, t.day] }),
    index('delivery_messages_delivery').on(t.deliveryId),
    check('delivery_messages_reason', sql`${t.reason} IN ('first', 'repeat', 'weekly')`),
  ],
);
