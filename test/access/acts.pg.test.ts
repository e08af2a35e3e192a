import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actKinds } from '../../engine/acts/index.ts';
import { acts, type Sent } from './acts.ts';
import { everybody, type Who } from './cast.ts';
import { type AccessScene, type CaseState, setAccessScene } from './scene.ts';
import { filled, readTable, written } from './table.ts';

// Who may do which act on a case, as test/access/acts.csv says: each tried by everybody over HTTP as a dry run, which asks
// for the same rights and leaves nothing behind. A cell says `may` when only the state of the case, or what is said, can refuse it.

const table = readTable('acts.csv', 2);

/** A running and a closed case for every act, and the states that some of them are about. */
const statesOf = (type: string): readonly CaseState[] => [
  ...(['open', 'closed'] as const),
  ...(type.includes('Transfer') ? (['offered'] as const) : []),
  ...(/^(consent|access|erasure)\./.test(type) ? (['approved'] as const) : []),
];

let scene: AccessScene;
beforeAll(async () => {
  scene = await setAccessScene();
}, 120_000);
afterAll(() => scene?.close());

async function tried(who: Who, state: CaseState, type: string, sent: Sent): Promise<string> {
  const body = filled(JSON.stringify({ type, reason: '矩阵', ...sent }), scene.things);
  const path = `/api/v1/cases/${scene.cases[state]}/acts?dryRun=true`;
  const { status, text } = await scene.answer(who, 'POST', path, JSON.parse(body));
  if (status === 422 && (JSON.parse(text) as { code: string }).code === 'UNKNOWN_ACT') return 'unknown';
  return status === 200 || status === 409 || status === 422 ? 'may' : String(status);
}

const kinds = Object.entries(actKinds).filter(([, kind]) => !kind.internal);

describe('the rights to acts', () => {
  test('has the columns of the cast, and every kind of act in each of the states', () => {
    expect(table.columns).toEqual(everybody);
    expect(Object.keys(acts).sort()).toEqual(kinds.map(([type]) => type).sort());
    const rows = kinds.flatMap(([type]) => statesOf(type).map((state) => `${type} | ${state}`));
    expect([...table.rows.keys()].sort()).toEqual(rows.sort());
  });

  test('are asked with what is well formed, so that nobody is refused for it first', () => {
    for (const [type, { data = {} }] of Object.entries(acts))
      expect(actKinds[type]?.data.safeParse(data).success, type).toBe(true);
  });

  test('are what the table says', async () => {
    const differing: string[] = [];
    for (const [type, sent] of Object.entries(acts))
      for (const state of statesOf(type)) {
        const cells: string[] = [];
        for (const who of everybody) cells.push(await tried(who, state, type, sent));
        const expected = table.rows.get(`${type} | ${state}`) ?? [];
        if (cells.join() !== expected.join()) differing.push(written([type, state], cells));
      }
    expect(differing.join('\n')).toBe('');
  }, 600_000);

  test('nobody does what Linli does by itself', async () => {
    const internal = Object.entries(actKinds).flatMap(([type, kind]) => (kind.internal ? [type] : []));
    expect(internal.length).toBeGreaterThan(5);
    for (const type of internal)
      for (const who of ['caseworker', 'head', 'auditor'] as const)
        expect(await tried(who, 'open', type, { data: {} }), `${who} ${type}`).toBe('unknown');
  });
});
