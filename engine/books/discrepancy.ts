import { z } from 'zod';
import type { ActKind } from '../act-kind.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { bookOfTarget, findDiscrepancy, heads, rolesOf, whyNotApprover } from './access.ts';
import { cancelled, recorders, settled } from './document.ts';
import { words } from './shapes.ts';

const explainData = z.strictObject({ text: words(2000) });
const decideData = z.strictObject({
  decision: z
    .enum(['correct', 'carry'])
    .default('correct')
    .describe('correct: a side must reverse and record anew; carry: signed as it is'),
  text: words(2000).optional(),
});

/** One of the two keepers says how a difference came about. `target`: a discrepancy, its source document, or the book (the oldest). */
export const discrepancyExplain: ActKind<z.infer<typeof explainData>> = {
  data: explainData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) =>
    rolesOf(world.program, bookOfTarget(act.target), (def) => [def.cash, def.ledger, def.approves]),
  decide({ state, world, act, data }) {
    const found = findDiscrepancy(state, world.program, act.target);
    if (!found) return noDiscrepancy();
    const { id, discrepancy, def } = found;
    return [
      {
        type: 'discrepancy.explained',
        data: { book: def.book, id, sourceDoc: discrepancy.sourceDoc, text: data.text },
      },
    ];
  },
};

/**
 * The approver orders a correction, which the keepers make by red ink and a new entry, or signs the difference as carried.
 * What the two sides differ by at the end of a month is signed by him as well, before the accountant closes it.
 * Where he recorded a side himself, the head above does. Refused: NOT_OPEN, ROLES_COLLIDE, FORBIDDEN, REASON_MISSING.
 */
export const discrepancyDecide: ActKind<z.infer<typeof decideData>> = {
  data: decideData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) => [...rolesOf(world.program, bookOfTarget(act.target), (def) => [def.approves]), ...heads],
  decide(ctx) {
    const { state, world, act, data } = ctx;
    const found = findDiscrepancy(state, world.program, act.target);
    if (!found) return noDiscrepancy();
    const { id, discrepancy, def, document } = found;
    const problem = whyNotApprover(ctx, def, recorders(document));
    if (problem) return problem;
    const text = data.text ?? act.reason;
    if (!text) {
      return refuse(
        'REASON_MISSING',
        ['决定需要说明。', 'A decision needs words.'],
        [['填写 data.text 或 reason', 'Give data.text or reason']],
      );
    }
    const { decision } = data;
    const month = decision === 'carry' ? document?.month : undefined;
    const decided = {
      ...{ book: def.book, id, sourceDoc: discrepancy.sourceDoc, decision, text },
      ...(month ? { month } : {}),
    };
    if (decision === 'correct' || !document) return [{ type: 'discrepancy.decided', data: decided }];
    const { clock: _, discrepancy: __, ...rest } = document;
    const isPaper = document.cash || document.ledger;
    return [
      { type: 'discrepancy.decided', data: decided },
      ...settled(ctx, def.book, document, 'carried'),
      ...cancelled(ctx, document.clock),
      isPaper
        ? { type: 'document.opened', data: { book: def.book, document: { ...rest, carried: true } } }
        : { type: 'document.voided', data: { book: def.book, sourceDoc: document.sourceDoc, counted: true } },
    ];
  },
};

function noDiscrepancy(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['没有这项未了结的差异。', 'There is no such open discrepancy.'],
    [['先对账（books.reconcile）', 'Compare the books first (books.reconcile)']],
  );
}
