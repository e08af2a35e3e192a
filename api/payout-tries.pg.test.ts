import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActRequest } from '../door/outcome.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// A one-time code holds for five tries. Only who may confirm the payout uses one up, and no way of asking gets more of them.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

type Json = Record<string, unknown>;
interface Paid {
  readonly caseId: string;
  readonly payout: string;
  readonly right: string;
  readonly wrong: string;
}

/** A payout that is approved, with a code given out on a slip; paid unless said otherwise. */
async function withCode({ paid = true } = {}): Promise<Paid> {
  const caseId = await scene.openApproved();
  const entry = { book: 'earnings', channel: 'cash' };
  await scene.act('cashHolder', caseId, {
    type: 'cash.record',
    data: { ...entry, direction: 'in', sourceDoc: 'S-1', amountFen: 1_000 },
  });
  await scene.act('accountant', caseId, {
    type: 'payout.request',
    onBehalfOf: 'beneficiary',
    data: { ...entry, amountFen: 600, text: '生活费', witness: '邱某' },
  });
  const [{ id }] = await scene.sql<[{ id: string }]>`SELECT id FROM book_payouts WHERE case_id = ${caseId}`;
  await scene.act('secretary', caseId, { type: 'payout.approve', target: id });
  const given = await scene.ask('secretary', 'POST', `/cases/${caseId}/payouts/${id}/code`, { way: 'slip' });
  const { code: right } = (await given.json()) as { code: string };
  if (paid) await pay(caseId, id);
  return { caseId, payout: id, right, wrong: right === '00000000' ? '00000001' : '00000000' };
}

const pay = (caseId: string, payout: string) =>
  scene.act('cashHolder', caseId, {
    type: 'cash.record',
    data: { book: 'earnings', channel: 'cash', direction: 'out', sourceDoc: 'P-1', amountFen: 600, payout },
  });
const confirmation = (payout: string, code: string) => ({
  type: 'payout.confirm',
  target: payout,
  onBehalfOf: 'beneficiary',
  data: { code },
});
const confirm = async (login: Login, { caseId, payout }: Paid, code: string, query = '') => {
  const answer = await scene.ask(login, 'POST', `/cases/${caseId}/acts${query}`, confirmation(payout, code));
  return answer.status === 200 ? 200 : ((await answer.json()) as Json)['code'];
};
const tries = async ({ caseId }: Paid) =>
  (
    await scene.sql<
      { tries: number }[]
    >`SELECT tries FROM person.payout_codes WHERE case_id = ${caseId} ORDER BY issued_at`
  ).map((row) => row.tries);
const request = ({ caseId, payout }: Paid, code: string): ActRequest => ({
  caseId,
  act: {
    ...confirmation(payout, code),
    id: randomUUID(),
    actor: { kind: 'person', id: 'p-caseworker', logins: [{ role: 'caseworker', unit: 'community-1' }] },
  },
});
const outcomeOf = (outcome: { status: string; refusal?: { code: string } }) => outcome.refusal?.code ?? outcome.status;

describe('tries of a code', () => {
  it('are used up neither by who may not confirm the payout, nor before it is paid, nor by asking what would be', async () => {
    const early = await withCode({ paid: false });
    for (let n = 0; n < 6; n++) expect(await confirm('caseworker', early, early.wrong)).toBe('BLOCKED');
    await pay(early.caseId, early.payout);
    for (const [login, refused] of [
      ['stranger', 'NOT_FOUND'],
      ['otherCaseworker', 'NOT_FOUND'],
      ['director', 'FORBIDDEN'],
      ['auditor', 'FORBIDDEN'],
      ['cashHolder', 'ROLES_COLLIDE'],
      ['secretary', 'ROLES_COLLIDE'],
    ] as const)
      for (let n = 0; n < 6; n++) expect([login, await confirm(login, early, early.wrong)]).toEqual([login, refused]);
    for (let n = 0; n < 6; n++)
      expect(await confirm('caseworker', early, early.wrong, '?dryRun=true')).toBe('CODE_WRONG');
    expect(await tries(early)).toEqual([0]);
    expect(await confirm('caseworker', early, early.right)).toBe(200);
    expect(await tries(early)).toEqual([1]);
  });

  it('are five for those who may, together, and the right code comes too late after them', async () => {
    const paid = await withCode();
    for (const login of ['caseworker', 'accountant', 'caseworker', 'accountant', 'caseworker'] as const)
      expect(await confirm(login, paid, paid.wrong)).toBe('CODE_WRONG');
    expect(await confirm('caseworker', paid, paid.right)).toBe('CODE_WRONG');
    expect(await tries(paid)).toEqual([5]);
  });

  it('are not more for many at once, in one transaction or in many', async () => {
    const two = await withCode();
    const both = await Promise.all([1, 2].map(() => scene.door.act(request(two, two.wrong))));
    expect(both.map(outcomeOf)).toEqual(['CODE_WRONG', 'CODE_WRONG']);
    expect(await tries(two)).toEqual([2]);
    const apart = await withCode();
    await Promise.all(Array.from({ length: 8 }, () => scene.door.act(request(apart, apart.wrong))));
    expect(await tries(apart)).toEqual([5]);
    expect(outcomeOf(await scene.door.act(request(apart, apart.right)))).toBe('CODE_WRONG');
    const folded = await withCode();
    const guesses = [...Array.from({ length: 5 }, () => folded.wrong), folded.right];
    const outcomes = await scene.door.acts(
      folded.caseId,
      guesses.map((code) => request(folded, code)),
    );
    expect(outcomes.map(outcomeOf)).toEqual(Array(6).fill('CODE_WRONG'));
    expect(await tries(folded)).toEqual([5]);
  });

  it('stay used up when the database refuses the act, or another of its transaction', async () => {
    const paid = await withCode();
    await scene.sql.unsafe(`
      CREATE FUNCTION no_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
      CREATE TRIGGER no_confirmation BEFORE UPDATE ON book_payouts FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION no_confirmation()`);
    try {
      const outcomes = await scene.door.acts(paid.caseId, [request(paid, paid.wrong), request(paid, paid.right)]);
      expect(outcomes.map(({ status }) => status)).toEqual(['refused', 'refused']);
      expect(outcomeOf(outcomes[0]!)).toBe('CODE_WRONG');
      expect(outcomeOf(outcomes[1]!)).not.toBe('CODE_WRONG');
      expect(await tries(paid)).toEqual([2]);
    } finally {
      await scene.sql.unsafe('DROP TRIGGER no_confirmation ON book_payouts; DROP FUNCTION no_confirmation()');
    }
    expect(await confirm('caseworker', paid, paid.right)).toBe(200);
    expect(await tries(paid)).toEqual([3]);
  });
});
