import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookDraws, closedMonths } from '../db/queries/book-closings.ts';
import { dayDrawn } from '../engine/books/draw.ts';
import fule from '../plugins/fule/program.ts';
import type { Instant } from '../sdk/time.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import type { Door } from './door.ts';
import { installPrograms } from './programs.ts';
import { verify } from './verify.ts';

// Counts and closings through the real door: drawn and chased by time alone, made by acts, and rebuilt from the events.

let bench: DoorBench;
let door: Door;
beforeAll(async () => {
  bench = await doorBench();
  const books = fule.books.map((book) => ({ ...book, counts: 12, closeWithin: '10 working days' as const }));
  const programs = await installPrograms(bench.sql, [{ ...fule, version: '99.0.0', books }]);
  door = await bench.another({ programs });
});
afterAll(() => bench?.close());

const [cashHolder, accountant, secretary] = ['p-cash-holder', 'p-accountant', 'p-secretary'].map((id) =>
  person(id),
) as [ReturnType<typeof person>, ReturnType<typeof person>, ReturnType<typeof person>];
const posts = {
  secretary: 'community-1-secretary',
  cashHolder: 'community-1-residents-representative',
  accountant: 'community-1-supervision-head',
};
const book = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-1' };

async function until(caseId: string, now: Instant): Promise<void> {
  bench.clock.now = now;
  let page = { seq: 0, head: '0'.repeat(64), more: true };
  while (page.more) {
    const answer = await door.advance({ caseId, seq: page.seq, head: page.head });
    if (!('events' in answer)) throw new Error(JSON.stringify(answer));
    page = answer;
  }
}

test('a month passes: a surprise count is drawn and missed, the month is chased, counted and closed', async () => {
  bench.clock.now = '2027-03-02T02:00:00.000Z';
  const { case: opened } = recorded(await door.open(fuleOpening({ assignments: { ...posts } })));
  const { caseId } = opened;
  const does = async (type: string, actor: typeof cashHolder, data: Record<string, unknown>) =>
    recorded(await door.act(actOn(caseId, type, { actor, data })));
  const types = async () =>
    (await bench.sql<{ type: string }[]>`SELECT type FROM events WHERE case_id = ${caseId} ORDER BY seq`).map(
      ({ type }) => type,
    );
  await approve(caseId);
  await does('cash.record', cashHolder, { ...book, amountFen: 10_000 });
  await does('ledger.record', accountant, { ...book, lines: [{ text: '笔筒', amountFen: 10_000 }] });
  await until(caseId, '2027-05-06T02:00:00.000Z');
  expect(await types()).toEqual(expect.arrayContaining(['count.drawn', 'count.missed', 'month.ended']));
  const draws = await bookDraws(bench.sql, caseId, 10);
  expect(draws.map(({ span }) => span)).toContain('2027-4of12');
  for (const { span, seed, day } of draws) expect(day).toBe(dayDrawn(span, seed));
  const tasks = await bench.sql`
    SELECT answers_role AS role, answering_post AS post FROM deadlines WHERE case_id = ${caseId} AND state = 'running' AND deadline_id LIKE 'earnings.%' ORDER BY 1`;
  expect(tasks.map(({ role }) => role)).toEqual(['accountant', 'secretary']);

  const denominations = { '10000': 1 };
  await does('cash.count', secretary, { book: 'earnings', denominations, witness: 'p-cash-holder' });
  await does('books.closeDay', cashHolder, { book: 'earnings', day: '2027-03-02' });
  await does('books.closeDay', cashHolder, { book: 'earnings', day: '2027-05-05' });
  for (const month of ['2027-03', '2027-04']) await does('books.closeMonth', accountant, { book: 'earnings', month });
  expect((await closedMonths(bench.sql, caseId, 10)).map(({ period }) => period)).toEqual(['2027-04', '2027-03']);
  // the statement of each is handed over
  for (const month of ['2027-03', '2027-04']) await does('books.giveStatement', secretary, { book: 'earnings', month });
  const left = await bench.sql`
    SELECT deadline_id FROM deadlines WHERE case_id = ${caseId} AND state = 'running' AND deadline_id LIKE 'earnings.%'`;
  expect(left).toEqual([]);
  const proof = await verify(bench.sql, { caseId });
  expect(proof.findings).toEqual([]);
});

/** Money can be recorded once the plan is approved. */
async function approve(caseId: string): Promise<void> {
  recorded(await door.act(actOn(caseId, 'consent.give', { onBehalfOf: 'beneficiary', data: { witness: '邱某' } })));
  for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
    const data = { body, present: 9, for: 8, against: 0, abstain: 1, text: '同意' };
    recorded(await door.act(actOn(caseId, 'decision.record', { actor: secretary, data })));
  }
}
