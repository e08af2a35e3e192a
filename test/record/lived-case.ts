import type { Sql } from '../../db/client.ts';
import type { Door } from '../../door/door.ts';
import { addMs } from '../../engine/time/civil.ts';
import { keepDocument } from '../support/documents.ts';
import { actOn, fuleOpening, person, recorded, secretary } from '../support/door.ts';

const cashHolder = person('p-cash-holder');
const accountant = person('p-accountant');

/**
 * A case that lay open for three weeks: duties missed and people told of it, documents that events name, an act that was refused, books
 * with entries on both sides, red ink, a count and a payout, and a request to another unit that waits. Answers its id.
 */
export async function livedCase(sql: Sql, door: Door): Promise<string> {
  const openedAt = addMs(new Date().toISOString(), -21 * 86_400_000);
  const { caseId } = recorded(await door.open(fuleOpening({ openedAt }))).case;
  const does = async (type: string, change: Parameters<typeof actOn>[2] = {}) =>
    recorded(await door.act(actOn(caseId, type, change)));
  await does('note.add', { data: { text: '来访' }, evidence: [await keepDocument(sql, caseId)] });
  await does('document.attach', { evidence: [await keepDocument(sql, caseId, Buffer.from('%PDF-1.4 second'))] });
  await does('consent.give', { onBehalfOf: 'beneficiary', data: { witness: '邱某' } });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await does('decision.record', {
      actor: secretary,
      data: { body, present: 9, for: 8, against: 0, abstain: 1, text: '同意' },
    });
  const book = { book: 'earnings', channel: 'cash' };
  for (const [n, amountFen] of [25_000, 900, 1_200].entries()) {
    const sale = { ...book, direction: 'in', sourceDoc: `S-${n}` };
    await does('cash.record', { actor: cashHolder, data: { ...sale, amountFen, text: '笔筒' } });
    await does('ledger.record', { actor: accountant, data: { ...sale, lines: [{ text: '笔筒', amountFen }] } });
  }
  const [entry] = await sql<{ id: string }[]>`
    SELECT id FROM cash_entries WHERE case_id = ${caseId} ORDER BY no DESC LIMIT 1`;
  await does('entry.reverse', { actor: cashHolder, target: entry!.id, reason: '记错' });
  const asked = { ...book, amountFen: 500, text: '生活费', witness: '邱某' };
  await does('payout.request', { onBehalfOf: 'beneficiary', data: asked });
  await does('payout.approve', { actor: secretary });
  const refused = await door.act(
    actOn(caseId, 'deadline.nudge', { actor: secretary, target: 'nothing', reason: '催' }),
  );
  if (refused.status !== 'refused') throw new Error('it was to be refused');
  return caseId;
}
