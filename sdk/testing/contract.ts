import { isRefusal } from '../../engine/act-kind.ts';
import { simulate } from '../../engine/simulate.ts';
import type { State } from '../../engine/state.ts';
import { addMs } from '../../engine/time/civil.ts';
import type { Change } from '../changes.ts';
import { keyOf } from '../keys.ts';
import { deadlineProblems } from '../problems/deadlines.ts';
import { problemsOf } from '../problems.ts';
import type { Program } from '../program.ts';
import { programHash } from '../program-hash.ts';
import type { Scenario } from '../scenario.ts';
import { realNames } from './names.ts';
import { simulationOf } from './scripts.ts';
import { sampleSimulation, walk } from './walk.ts';

/** A program with what lies beside it in its folder. What is not given is told as missing. */
export interface ProgramParts {
  /** The default export of program.ts. */
  readonly program: unknown;
  /** README.md. */
  readonly readme?: string | undefined;
  /** The export `scenarios` of scenarios.ts. */
  readonly scenarios?: Readonly<Record<string, Scenario>> | undefined;
  /** The export `changes` of changes.ts. */
  readonly changes?: readonly Change[] | undefined;
  /** Earlier versions that are kept (`versions/*.json`), for the cases pinned to them. */
  readonly kept?: readonly Program[];
}

/** One thing every program holds to. */
export interface Clause {
  readonly name: string;
  /** What is wrong, one line each; empty when it holds. */
  problems(): readonly string[];
}

const DAY_MS = 86_400_000;
const OPENED = '2026-03-02T01:00:00.000Z';
const TEN_YEARS = '2036-03-02T00:00:00.000Z';
const TWENTY_YEARS = '2046-03-02T00:00:00.000Z';

/** Events of twenty years in which nobody does anything; a program with more of them is for a simulator of its own. */
const MOST_EVENTS = 200_000;

/**
 * What every program holds to, whoever wrote it, to be run as tests: `test.each(contract(parts))('$name', ({ problems }) =>
 * expect(problems()).toEqual([]))`. Where the form is not sound, that is all there is to tell.
 */
export function contract(parts: ProgramParts): readonly Clause[] {
  const wrong = problemsOf(parts.program);
  const form: Clause = { name: 'its form is sound, and all it names is there', problems: () => wrong };
  if (wrong.length > 0) return [form];
  const program = parts.program as Program;
  return [
    form,
    { name: 'its deadlines can hold', problems: () => deadlineProblems(program) },
    { name: 'its texts are Chinese and English', problems: () => languageProblems(program) },
    { name: 'every stage and milestone is reached when all is done', problems: () => walkProblems(program) },
    { name: 'twenty years without anybody do not stop it or fill its state', problems: () => yearProblems(program) },
    { name: 'its README tells officials what it promises', problems: () => readmeProblems(program, parts.readme) },
    { name: 'its scenarios end as they say', problems: () => scenarioProblems(program, parts.scenarios) },
    { name: 'nobody real is named', problems: () => nameProblems(parts) },
    { name: 'each version says what it changed for people', problems: () => changeProblems(program, parts) },
    { name: 'its hash is stable, and a version keeps its meaning', problems: () => hashProblems(program, parts.kept) },
  ];
}

/** Everything that is wrong with a program and what lies beside it, one line each. */
export function contractProblems(parts: ProgramParts): string[] {
  return contract(parts).flatMap((clause) => clause.problems());
}

function languageProblems(program: Program): string[] {
  const texts = [...textsIn(program, '')];
  return texts.flatMap(([path, [zh, en]]) => [
    ...(/\p{Script=Han}/u.test(zh) ? [] : [`${path}: the first text, "${zh}", is not Chinese`]),
    ...(/\p{Script=Han}/u.test(en) ? [`${path}: the second text, "${en}", is not English`] : []),
  ]);
}

/** Every `name` and `target`, and every outcome. */
function* textsIn(value: unknown, path: string): Generator<[path: string, text: readonly [string, string]]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [member, inner] of Object.entries(value)) {
    const here = path === '' ? member : `${path}.${member}`;
    const isText = Array.isArray(inner) && (member === 'name' || member === 'target' || path === 'life.outcomes');
    if (isText) yield [here, inner as unknown as readonly [string, string]];
    else yield* textsIn(inner, here);
  }
}

function walkProblems(program: Program): string[] {
  const { events, refused } = walk(program);
  const entered = new Set(events.flatMap((event) => (event.type === 'stage.entered' ? [event.data.stage] : [])));
  const reached = new Set(events.flatMap((event) => (event.type === 'milestone.reached' ? [event.data.key] : [])));
  const last = refused.at(-1);
  const why = last ? `; the last act refused was ${last.type}: ${last.detail[1]}` : '';
  return program.stages.flatMap(({ stage, items }) => {
    if (!entered.has(stage)) return [`stages.${stage}: is not reached though all before it was done${why}`];
    const missed = items.filter((item) => 'milestone' in item && !reached.has(item.milestone));
    return missed.map((item) => `stages.${stage}.${keyOf(item)}: is not reached though all it needs was done${why}`);
  });
}

/** The state of a case nobody works on does not grow from the tenth year to the twentieth. */
function yearProblems(program: Program): string[] {
  let before = 0;
  const measure = (state: State): undefined => {
    if (before === 0 && state.at >= TEN_YEARS) before = JSON.stringify(state).length;
  };
  const sample = sampleSimulation(program, OPENED, TWENTY_YEARS);
  const twenty = simulate({ ...sample, limit: MOST_EVENTS, drive: measure });
  if (isRefusal(twenty)) return [`a case with something in every field cannot be opened: ${twenty.detail[1]}`];
  if (twenty.cut) return [`more than ${MOST_EVENTS} events happen in twenty years in which nobody does anything`];
  const now = JSON.stringify(twenty.state).length;
  const grown = before > 0 && now > before * 1.25 + 4_000;
  return grown ? [`the state of a case grows for ever: ${before} characters after ten years, ${now} after twenty`] : [];
}

/** What the README of a program has: for whom it is, who answers, and an English part. */
const SECTIONS = ['给谁看', '谁负责', '## In English'];

function readmeProblems(program: Program, readme: string | undefined): string[] {
  if (readme === undefined) return ['README.md: is missing; officials read there what the program promises'];
  const english = readme.indexOf('## In English');
  const chinese = english < 0 ? readme : readme.slice(0, english);
  return [
    ...(/^# .*\p{Script=Han}/u.test(readme) ? [] : ['README.md: begins with no Chinese title (`# …`)']),
    ...SECTIONS.flatMap((section) => (readme.includes(section) ? [] : [`README.md: says nothing under "${section}"`])),
    ...program.stages.flatMap(({ stage, name }) =>
      chinese.includes(afterColon(name[0])) ? [] : [`README.md: does not name the stage "${name[0]}" (${stage})`],
    ),
  ];
}

/** `开口说话` of `第一步：开口说话`. */
const afterColon = (text: string): string => text.slice(text.indexOf('：') + 1);

function scenarioProblems(program: Program, scenarios: ProgramParts['scenarios']): string[] {
  const all = Object.entries(scenarios ?? {});
  if (all.length === 0) return ['scenarios.ts: exports no `scenarios`; tell at least one story of the program'];
  return all.flatMap(([name, scenario]) => playProblems(program, `scenarios.${name}`, scenario));
}

function playProblems(program: Program, at: string, scenario: Scenario): string[] {
  const { ends, openedDaysAgo } = scenario;
  if (scenario.program !== program.id) return [`${at}: is of the program "${scenario.program}"`];
  if (!ends) return [`${at}.ends: does not say how the case stands at the end`];
  const played = simulate(simulationOf(program, scenario, OPENED, addMs(OPENED, openedDaysAgo * DAY_MS)));
  if (isRefusal(played)) return [`${at}: the opening is refused: ${played.detail[1]}`];
  const { state, refused, events } = played;
  const wanted = ends.refused ?? [];
  const surprising = refused.filter(({ code }, n) => code !== wanted[n]);
  const done = (key: string) =>
    events.filter(({ type, data }) => DONE.has(type) && (data as { key?: string }).key === key).length;
  return [
    ...surprising.map(({ type, code, detail }) => `${at}: ${type} is refused: ${code}, ${detail[1]}`),
    ...(refused.length < wanted.length ? [`${at}.ends.refused: only ${refused.length} acts are refused`] : []),
    ...differences(at, ends, state),
    ...Object.entries(ends.counts ?? {}).flatMap(([key, n]) =>
      done(key) === n ? [] : [`${at}.ends.counts.${key}: it is done ${done(key)} times, not ${n}`],
    ),
  ];
}

const DONE: ReadonlySet<string> = new Set(['task.completed', 'milestone.reached', 'await.occurred', 'duty.counted']);

function differences(at: string, ends: NonNullable<Scenario['ends']>, state: State): string[] {
  const plain = (['status', 'stage', 'outcome'] as const).flatMap((member) => {
    const wanted = ends[member];
    return wanted === undefined || wanted === state[member]
      ? []
      : [`${at}.ends.${member}: it is ${state[member] ?? 'none'}, not ${wanted}`];
  });
  const money = Object.entries(ends.balancesFen ?? {}).flatMap(([book, fen]) => {
    const has = Object.values(state.books[book]?.cash ?? {}).reduce((sum, each) => sum + (each?.balanceFen ?? 0), 0);
    return has === fen ? [] : [`${at}.ends.balancesFen.${book}: it holds ${has} fen, not ${fen}`];
  });
  return [...plain, ...money];
}

function nameProblems({ program, scenarios = {}, readme = '' }: ProgramParts): string[] {
  const told = [
    ...Object.entries(scenarios).map(([name, scenario]) => [`scenarios.${name}`, scenario] as const),
    ['program.ts', program] as const,
    ['README.md', readme] as const,
  ];
  return told.flatMap(([at, value]) =>
    realNames(value).map((name) => `${at}: "${name}" reads like the name of a person; write the surname and 某`),
  );
}

function changeProblems(program: Program, { changes, kept = [] }: ProgramParts): string[] {
  if (!changes) return ['changes.ts: is missing; say for each version what it changed for people'];
  const versions = [program, ...kept].map(({ version }) => version);
  const told = changes.map(({ version }) => version);
  const missing = [...new Set(versions)].filter((version) => !told.includes(version));
  const twice = told.filter((version, n) => told.indexOf(version) < n);
  return [
    ...missing.map((version) => `changes.ts: says nothing of version ${version}`),
    ...twice.map((version) => `changes.ts: version ${version} is there twice`),
    ...changes.flatMap(({ version, changed }) =>
      changed.length > 0 && changed.every(([zh, en]) => /\p{Script=Han}/u.test(zh) && /[a-z]/i.test(en))
        ? []
        : [`changes.ts: version ${version} does not say in Chinese and English what it changed`],
    ),
  ];
}

function hashProblems(program: Program, kept: readonly Program[] = []): string[] {
  const hash = programHash(program);
  const same = kept.find(({ version }) => version === program.version);
  return [
    ...(programHash(reversed(program) as Program) === hash ? [] : ['its hash hangs on the order of its members']),
    ...(same && programHash(same) !== hash
      ? [`version: ${program.version} was released with another content; give what has changed a version of its own`]
      : []),
    ...kept
      .filter(({ id }) => id !== program.id)
      .map(({ id, version }) => `versions/${version}.json: is of the program "${id}"`),
  ];
}

/** The same value with the members of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([member, inner]) => [member, reversed(inner)]),
  );
}
