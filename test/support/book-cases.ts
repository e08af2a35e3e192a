import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import type { Door } from '../../door/door.ts';
import type { Outcome } from '../../door/outcome.ts';
import fule from '../../plugins/fule/program.ts';

const posts = ['secretary', 'residents-representative', 'supervision-head', 'director'] as const;
/** A post of the community: who approves, who keeps the money, who keeps the accounts, the head above. */
export type BookPost = (typeof posts)[number];

/** A community in which one person each holds the posts around the books. */
export async function settleBookPosts(sql: Sql): Promise<void> {
  await sql`INSERT INTO units (id, level, name_zh, name_en) VALUES ('community-1', 'community', '社区', 'community')`;
  for (const post of posts) {
    await sql`INSERT INTO posts (id, kind, unit, name_zh, name_en) VALUES (${post}, ${post}, 'community-1', ${post}, ${post})`;
    await sql`INSERT INTO person.people (id, name) VALUES (${`of-${post}`}, ${post})`;
    await sql`INSERT INTO appointments (id, post, person, from_at) VALUES (${post}, ${post}, ${`of-${post}`}, now() - interval '1 year')`;
  }
  await sql`UPDATE units SET head_post = 'director'`;
}

/** The holder of a post as an actor. */
export function holderOf(post: BookPost) {
  const logins = post === 'secretary' ? [{ role: 'caseworker', unit: 'community-1' }] : [];
  return { kind: 'person' as const, id: `of-${post}`, logins };
}

/** The code of a refusal, or `recorded`. */
export function codeOf(outcome: Outcome): string {
  return outcome.status === 'refused' ? outcome.refusal.code : outcome.status;
}

/** Opens a case with the books of 福乐 that has been decided upon. */
export async function openBookCase(door: Door): Promise<string> {
  const opened = await door.open({
    actId: randomUUID(),
    actor: holderOf('secretary'),
    program: 'fule',
    unit: 'community-1',
    data: { needs: '行动不便' },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: { secretary: 'secretary', cashHolder: 'residents-representative', accountant: 'supervision-head' },
  });
  if (opened.status === 'refused') throw new Error(opened.refusal.detail[1]);
  const { caseId } = opened.case;
  const consent = { onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  await must(door, caseId, 'secretary', 'consent.give', consent);
  for (const body of fule.approval!.votes) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0 };
    await must(door, caseId, 'secretary', 'decision.record', { data });
  }
  return caseId;
}

/** Sends an act of a post's holder. */
export function sendAct(
  door: Door,
  caseId: string,
  post: BookPost,
  act: { readonly type: string; readonly id?: string; readonly [key: string]: unknown },
): Promise<Outcome> {
  return door.act({ caseId, act: { id: randomUUID(), actor: holderOf(post), ...act } });
}

/** One sale as one of the keepers records it. */
export function saleOf(side: 'cash' | 'ledger', sourceDoc: string, fen: number) {
  const shared = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc };
  return side === 'cash'
    ? { type: 'cash.record', data: { ...shared, amountFen: fen } }
    : { type: 'ledger.record', data: { ...shared, lines: [{ text: '笔筒', amountFen: fen }] } };
}

/** Who keeps a side. */
export const keeperPost = { cash: 'residents-representative', ledger: 'supervision-head' } as const;

async function must(door: Door, caseId: string, post: BookPost, type: string, rest: object): Promise<void> {
  const outcome = await sendAct(door, caseId, post, { type, ...rest });
  if (outcome.status === 'refused') throw new Error(`${type}: ${outcome.refusal.detail[1]}`);
}
