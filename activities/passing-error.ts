import postgres from 'postgres';
import { StoreUnavailable } from '../db/transactions.ts';
import { KeysAway } from '../door/keys/errors.ts';

/** gRPC's codes that say something of what was asked for itself: `INVALID_ARGUMENT`, `NOT_FOUND`, `DATA_LOSS`. */
const ofTheThing = [3, 5, 15];

/**
 * Whether an error says only that Temporal, the database or a disk does not answer at present, and nothing of what was asked for:
 * the same may go well a moment later. Errors that others wrap count by what caused them.
 */
export function isPassing(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof StoreUnavailable || each instanceof KeysAway || each instanceof postgres.PostgresError)
      return true;
    const { code } = each as { readonly code?: unknown };
    if (typeof code === 'number') return code > 0 && code <= 16 && !ofTheThing.includes(code);
    if (typeof code === 'string' && /^(CONNECT|E[A-Z]+$|CONNECTION_)/.test(code)) return true;
  }
  return false;
}
