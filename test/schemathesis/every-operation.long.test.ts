import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietRuntime } from '../support/quiet.ts';
import { exceptions } from './exceptions.ts';
import { type Ground, prepareGround } from './ground.ts';
import { prepareSchemathesis } from './tool.ts';
import { tryAs } from './trial.ts';

let ground: Ground;
beforeAll(async () => {
  quietRuntime();
  ground = await prepareGround();
}, 240_000);
afterAll(() => ground?.close());

const python = prepareSchemathesis();
const operations = async (): Promise<string[]> => {
  const { paths } = (await (await fetch(`${ground.url}/openapi.json`)).json()) as {
    paths: Readonly<Record<string, object>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
};

// the campaign tries a hundred thousand: `npm run campaign:api`
test.each([
  ['caseworker', ['examples', 'fuzzing']],
  ['admin', ['fuzzing']],
  ['auditor', ['fuzzing', 'stateful']],
] as const)(
  'every operation answers a %s as the OpenAPI document says (%j)',
  async (role, phases) => {
    const round = await tryAs(ground, python, { role, phases, seed: 8, examples: 2 });
    expect(round.failures, round.printed).toEqual([]);
    expect(round.operations).toBeGreaterThan(120);
    expect(round.cases).toBeGreaterThan(200);
    // not all of it is refused at the door
    expect(round.statuses['200'] ?? 0).toBeGreaterThan(40);
    expect(ground.troubles()).toEqual({});
  },
  300_000,
);

test('where a check cannot apply is said of operations there are, with the reason', async () => {
  const there = await operations();
  const named = exceptions.flatMap((exception) => exception.operations);
  expect(named.filter((each) => !there.includes(each))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});
