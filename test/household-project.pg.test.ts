import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGroupCounter } from '../activities/group-counter.ts';
import { installPrograms } from '../door/programs.ts';
import { verify } from '../door/verify.ts';
import { addMs } from '../engine/time/civil.ts';
import project from '../plugins/household-project/program.ts';
import { chosen } from '../plugins/household-project/scenarios.ts';
import works from '../plugins/household-works/program.ts';
import { paying } from '../plugins/household-works/scenarios.ts';
import type { Scenario } from '../sdk/scenario.ts';
import { keepDocument } from './support/documents.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from './support/door.ts';

const HOUSEHOLDS = 192;
/** Who holds the posts of the first community, by the kind of post. */
const HOLDERS: Readonly<Record<string, string>> = { responsible: 'p-director', director: 'p-director' };

let bench: DoorBench;
beforeEach(async () => {
  const made = await doorBench();
  const programs = await installPrograms(made.worker, [works, project]);
  bench = { ...made, programs, door: await made.another({ programs }) };
});
afterEach(() => bench.close());

/** Opens a case as a scenario tells it and does its acts, all of them at once. */
async function play(scenario: Scenario, partOf?: { caseId: string; key: string }, skip = 0): Promise<string> {
  const openedAt = addMs(new Date().toISOString(), -scenario.openedDaysAgo * 86_400_000);
  const opening = fuleOpening({
    program: scenario.program,
    data: scenario.data,
    parties: [...scenario.parties],
    openedAt,
  });
  const { caseId } = recorded(await bench.door.open({ ...opening, ...(partOf ? { partOf } : {}) })).case;
  for (const { as, type, target, data, reason, onBehalfOf, evidence = [], day } of scenario.acts.slice(
    0,
    -skip || undefined,
  )) {
    const given = await Promise.all(evidence.map((kind) => keepDocument(bench.sql, caseId, undefined, kind)));
    const said = { ...(target ? { target } : {}), ...(onBehalfOf ? { onBehalfOf } : {}), ...(data ? { data } : {}) };
    const act = actOn(caseId, type, {
      ...{ actor: person(HOLDERS[as]!), occurredAt: addMs(openedAt, day * 86_400_000), id: randomUUID(), ...said },
      ...(given.length ? { evidence: given } : {}),
      ...(reason ? { reason } : {}),
    });
    recorded(await bench.door.act(act));
  }
  return caseId;
}

test('a project is not done while one household of 192 has not confirmed, and is when the last one has', async () => {
  const parent = await play(chosen);
  const home = { caseId: parent, key: 'homes' };
  const most = Array.from({ length: HOUSEHOLDS - 1 }, () => play(paying, home));
  await Promise.all(most);
  const last = await play(paying, home, 1);
  const log = pino({ level: 'silent' });
  const counter = createGroupCounter({ sql: bench.worker, door: bench.door, log });
  await counter.turn();
  const stateOf = async () => {
    const [row] = await bench.sql<{ stage: string; groups: unknown }[]>`
      SELECT stage, outline -> 'groups' -> 'homes' AS groups FROM cases WHERE case_id = ${parent}`;
    return row;
  };
  const tally = { program: 'household-works', size: HOUSEHOLDS, listed: HOUSEHOLDS };
  expect(await stateOf()).toEqual({ stage: 'works', groups: { ...tally, ended: HOUSEHOLDS - 1 } });
  const end = { reason: '住户确认', data: { outcome: 'confirmed' }, actor: person('p-director') };
  recorded(await bench.door.act(actOn(last, 'case.close', end)));
  await counter.turn();
  expect(await stateOf()).toEqual({ stage: 'settle', groups: null });
  expect((await verify(bench.sql, { caseId: parent })).findings).toEqual([]);
});
