import { isRequired, keyOf } from '../keys.ts';
import type { Duty, Item, Need, Program, Stage } from '../program.ts';

/** How often something can be counted within a round of its stage, by key. */
type Counts = ReadonlyMap<string, number>;

/** What can be got at: the grounds on which a need is judged. */
interface Within {
  readonly counts: Counts;
  readonly fields: ReadonlySet<string>;
}

/**
 * Stages and required items that can never be reached, because what they wait for cannot happen: a task counted more often
 * than it can be done, an item of another stage (counts begin anew with each stage), items that wait for each other, a
 * field nothing asks for. Unknown names are another check's.
 */
export function reachProblems(program: Program): string[] {
  const stages = new Set<Stage>();
  const items = new Set<Item>();
  for (let before = -1; before < stages.size + items.size; ) {
    before = stages.size + items.size;
    const fields = fillable(program, items);
    for (const stage of program.stages) {
      if (lacking(program, stage.when, { counts: elsewhere(program, stage, items), fields }).length === 0) {
        stages.add(stage);
      }
      if (!stages.has(stage)) continue;
      for (const item of stage.items) {
        const within = { counts: inStage(program, stage, items), fields };
        if (needsOf(item).every((need) => lacking(program, need, within).length === 0)) items.add(item);
      }
    }
  }
  const fields = fillable(program, items);
  return program.stages.flatMap((stage) => {
    const at = `stages.${stage.stage}`;
    if (!stages.has(stage)) {
      const why = lacking(program, stage.when, { counts: elsewhere(program, stage, items), fields });
      return [`${at}: can never be reached: ${why.join('; ')}`];
    }
    const within = { counts: inStage(program, stage, items), fields };
    return stage.items.flatMap((item) => {
      if (items.has(item) || !isRequired(item)) return [];
      const why = needsOf(item).flatMap((need) => lacking(program, need, within));
      return [`${at}.${keyOf(item)}: can never be reached: ${why.join('; ')}`];
    });
  });
}

function needsOf(item: Item): (Need | undefined)[] {
  return 'milestone' in item ? [item.when, item.needs] : [item.when];
}

/** What a need asks for and cannot get, in words; empty when it can hold. */
function lacking(program: Program, need: Need | undefined, within: Within): string[] {
  const known = new Set([...program.stages.flatMap((s) => s.items.map(keyOf)), ...program.duties.map((d) => d.duty)]);
  const counts = Object.entries(need?.done ?? {}).flatMap(([key, asked = 0]) => {
    const possible = within.counts.get(key) ?? 0;
    if (asked <= possible || !known.has(key)) return [];
    return [possible === 0 ? `"${key}" cannot be done by then` : `"${key}" is done ${possible} time, not ${asked}`];
  });
  const fields = (need?.filled ?? []).flatMap((field) =>
    within.fields.has(field) || !Object.hasOwn(program.fields, field) ? [] : [`nothing asks for the field "${field}"`],
  );
  const ways = need?.any?.map((way) => lacking(program, way, within));
  const any = ways && !ways.some((way) => way.length === 0) ? [`none of ${ways.length} ways is open`] : [];
  return [...counts, ...fields, ...any];
}

function inStage(program: Program, stage: Stage, reached: ReadonlySet<Item>): Counts {
  const duties = program.duties.filter((duty) => runsIn(duty, stage.stage));
  return countsOf(
    stage.items.filter((item) => reached.has(item)),
    duties,
  );
}

/** Before a stage begins: what the other stages and the duties of the whole case have brought. */
function elsewhere(program: Program, stage: Stage, reached: ReadonlySet<Item>): Counts {
  const others = program.stages.filter((other) => other !== stage);
  const duties = program.duties.filter((duty) => others.some((other) => runsIn(duty, other.stage)));
  return countsOf(
    others.flatMap(({ items }) => items.filter((item) => reached.has(item))),
    duties,
  );
}

function runsIn(duty: Duty, stage: string): boolean {
  return duty.during === undefined || duty.during === 'case' || duty.during === stage;
}

function countsOf(items: readonly Item[], duties: readonly Duty[]): Counts {
  const often = (item: Item): number => ('repeat' in item && item.repeat ? Number.POSITIVE_INFINITY : 1);
  return new Map([
    ...items.map((item): [string, number] => [keyOf(item), often(item)]),
    ...duties.map(({ duty }): [string, number] => [duty, Number.POSITIVE_INFINITY]),
  ]);
}

function fillable(program: Program, reached: ReadonlySet<Item>): ReadonlySet<string> {
  return new Set([
    ...program.intake,
    ...[...reached].flatMap((item) => ('task' in item ? (item.asks ?? []) : [])),
    ...program.duties.filter(({ during }) => during !== 'follow-up').flatMap(({ asks }) => asks ?? []),
  ]);
}
