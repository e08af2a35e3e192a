import { giftFacts, incomeFacts } from '../db/queries/book-registers.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { Facts, GiftFact, IncomeFact } from '../engine/world.ts';

/** What the registers say to acts that ask: gifts to be corrected, and what may count as income before a payout. */
export interface RegisterFacts {
  readonly gifts: readonly GiftFact[];
  readonly income: readonly IncomeFact[];
}

/** Loads what the acts of a batch ask of the registers; nothing where none asks. */
export async function loadRegisters(tx: Tx, caseId: string, acts: readonly Act[]): Promise<RegisterFacts> {
  const targets = acts.flatMap(({ type, target }) => (type === 'gift.reverse' && target !== undefined ? [target] : []));
  const asked = acts.some(({ type }) => type === 'payout.request' || type === 'payout.approve');
  const [gifts, income] = await Promise.all([giftFacts(tx, caseId, targets), asked ? incomeFacts(tx, caseId) : []]);
  return { gifts, income };
}

/** What of it one act may look at. */
export function registersFor({ gifts, income }: RegisterFacts, act: Act): Pick<Facts, 'gift' | 'income'> {
  const gift = act.type === 'gift.reverse' ? gifts.find(({ id }) => id === act.target) : undefined;
  return { income, ...(gift ? { gift } : {}) };
}

/** The facts after an event, for the acts that share its transaction. */
export function registersAfter({ gifts, income }: RegisterFacts, event: CaseEvent): RegisterFacts {
  if (event.type !== 'gift.reversed') return { gifts, income };
  const { reverses, id } = event.data;
  return { income, gifts: gifts.map((each) => (each.id === reverses ? { ...each, reversedBy: id } : each)) };
}
