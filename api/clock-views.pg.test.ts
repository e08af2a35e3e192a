import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
let caseId: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
});
afterAll(() => scene?.close());

interface Explained {
  readonly due: string | null;
  readonly recordedDueAt: string;
  readonly note: string | null;
  readonly provisional: boolean;
}
const explain = async (lang: string) => {
  const path = `/cases/${caseId}/deadlines/stage:speak.1/explain`;
  const answer = await scene.ask('caseworker', 'GET', path, undefined, { 'accept-language': lang });
  return (await answer.json()) as Explained;
};

it('a list of clocks shows the newest rungs, however many older ones there are', async () => {
  const [clock] = await scene.sql`SELECT deadline_id AS id, generation FROM deadlines
    WHERE case_id = ${caseId} AND deadline_id = 'stage:speak.1'`;
  const rung = (id: string, generation: unknown, n: unknown, at: unknown) => scene.sql`
    INSERT INTO rungs (case_id, deadline_id, generation, rung, tell, planned_at, fired_at, seq, told)
    SELECT ${caseId}, ${id}, ${generation as number}, 100 + g, 'unit', ${at as string}, ${at as string}, 1, '[]' FROM generate_series(1, ${n as number}) g`;
  await rung('call-of-long-ago', 1, 6_000, '2020-01-01T00:00:00.000Z');
  await rung(clock!['id'], clock!['generation'], 1, '2026-11-01T00:00:00.000Z');
  const answer = await scene.ask('caseworker', 'GET', `/cases/${caseId}/deadlines`);
  const { items } = (await answer.json()) as {
    items: { id: string; rungs: { rung: number; firedAt: string | null }[] }[];
  };
  const rungs = items.find(({ id }) => id === 'stage:speak.1')!.rungs;
  expect(rungs.find(({ rung: n }) => n === 101)).toMatchObject({ firedAt: '2026-11-01T00:00:00.000Z' });
});

it('a clock that is over says so when today’s calendar would count another date than the one on record', async () => {
  expect(await explain('en')).toMatchObject({ note: null, recordedDueAt: expect.stringMatching(/Z$/) });
  const { due } = await explain('en');
  // as if it had been counted, and judged, by a calendar that was a guess
  await scene.sql`UPDATE deadlines SET state = 'met', provisional = TRUE, due_at = '2026-12-01T16:00:00.000Z',
    data = (data::jsonb || '{"dueDate": "2026-12-01"}')::json
    WHERE case_id = ${caseId} AND deadline_id = 'stage:speak.1'`;
  expect(due).not.toBe('2026-12-01');
  const over = await explain('en');
  expect(over).toMatchObject({ due, recordedDueAt: '2026-12-01T16:00:00.000Z', provisional: true });
  expect(over.note).toBe(
    `This deadline is over: the 2026-12-01 on record holds. Counted by today's calendar it would be ${due}.`,
  );
  expect((await explain('zh')).note).toBe(
    `该期限已经结束，以当时登记的 2026-12-01 为准；按现行日历逐日推算则为 ${due}。`,
  );
});

it('lists say of a due date that it is provisional', async () => {
  const marks = async () => {
    const cases = (await (await scene.ask('caseworker', 'GET', '/cases')).json()) as {
      items: { id: string; nextDueProvisional: boolean }[];
    };
    const tasks = (await (await scene.ask('caseworker', 'GET', '/tasks?unit=community-1')).json()) as {
      items: { case: { id: string }; dueAt: string | null; provisional: boolean }[];
    };
    return {
      case: cases.items.find(({ id }) => id === opened)?.nextDueProvisional,
      tasks: tasks.items.filter((task) => task.case.id === opened && task.dueAt).map(({ provisional }) => provisional),
    };
  };
  const opened = await scene.open();
  for (const guess of [false, true]) {
    await scene.sql`UPDATE deadlines SET provisional = ${guess} WHERE case_id = ${opened}`;
    const seen = await marks();
    expect(seen.case).toBe(guess);
    expect(seen.tasks.length).toBeGreaterThan(0);
    expect(new Set(seen.tasks)).toEqual(new Set([guess]));
  }
});
