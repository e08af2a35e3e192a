import postgres from 'postgres';
import { Unreadable } from '../db/sealed.ts';
import { StoreUnavailable } from '../db/transactions.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import { KeyAway, KeyGone } from './keys/errors.ts';

/**
 * What to do about an error of the database: `again` (nothing is wrong with the act: connection, a key that is away, resources, conflict of
 * transactions, limit of a lock), `constraint` (its rules refuse what was written), `value` (it cannot hold a value), or
 * `fault` (ours).
 */
export type Failure = 'again' | 'constraint' | 'value' | 'fault';

/** Sorts an error by its SQLSTATE class. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StoreUnavailable || error instanceof KeyAway) return 'again';
  if (error instanceof Unreadable && error.why === 'key away') return 'again';
  if (!(error instanceof postgres.PostgresError)) return 'fault';
  if (/^(08|40|53|57|58|55P03|25P0[34])/.test(error.code)) return 'again';
  if (/^(23|P0001)/.test(error.code)) return 'constraint';
  return error.code.startsWith('22') ? 'value' : 'fault';
}

/** Whether the error says that another transaction has written the same act or event: then what it wrote is looked up. */
export function isCollision(error: unknown): boolean {
  return (
    error instanceof postgres.PostgresError &&
    error.code === '23505' &&
    ['acts_pkey', 'events_case_id_seq_pk', 'cases_pkey'].includes(error.constraint_name ?? '')
  );
}

/** Whether what is sealed of one case cannot be read, while keys can be had: others are answered without it. */
export const isUnreadAlone = (error: unknown): boolean => error instanceof Unreadable && !error.everywhere;

/** Whether what the act needs is sealed with a key that was destroyed or that nobody knows; undefined: it failed otherwise. */
export function keyLost(error: unknown): 'destroyed' | 'unknown' | undefined {
  if (error instanceof KeyGone) return error.destroyed ? 'destroyed' : 'unknown';
  if (!(error instanceof Unreadable)) return undefined;
  return error.why === 'key destroyed' ? 'destroyed' : error.why === 'key unknown' ? 'unknown' : undefined;
}

/** The answer while the database cannot commit; the same key may be sent again safely. */
export const storeUnavailable = (): Refusal =>
  refuse(
    'STORE_UNAVAILABLE',
    ['数据库暂时无法提交', 'The database cannot commit right now.'],
    [['稍后用同一个幂等键重试', 'Send it again with the same idempotency key.']],
  );

/** The refusal of an act with a value that no column takes (a date that does not exist, say). */
export const valueRefused = (): Refusal =>
  refuse(
    'INVALID_DATA',
    ['有一个值无法保存', 'One of its values cannot be kept.'],
    [['检查日期和数字', 'Check dates and numbers.']],
  );

const pausesMs = [10, 50, 200, 500, 1_000];

/**
 * Runs something until it works: errors of the kind `again` are tried again for about two seconds. Throws the last error.
 * Each attempt starts with a fresh transaction and looks acts up by their id, so a commit in doubt is found.
 */
export async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (const pauseMs of pausesMs) {
    try {
      return await attempt();
    } catch (error) {
      const late = performance.now() - begun > 2_500;
      if (!isCollision(error) && (failureOf(error) !== 'again' || late)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
  return attempt();
}
