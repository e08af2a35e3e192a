import { keyOf } from '../sdk/keys.ts';
import type { Duty, Item, Program, Stage, Text } from '../sdk/program.ts';
import type { Deadline, OpenItem, State } from './state.ts';

/** The key of what waits for the child case that decides on a plan (engine/approval.ts); reserved, so that no program's item is called so. */
export const APPROVAL = 'approval';

/** The kind of an item of a program. */
export function kindOf(
  item: Item,
): 'task' | 'milestone' | 'await' | 'child' | 'group' | 'choice' | 'call' | 'vote' | 'disclosure' {
  if ('task' in item) return 'task';
  if ('milestone' in item) return 'milestone';
  if ('await' in item) return 'await';
  if ('vote' in item) return 'vote';
  if ('disclosure' in item) return 'disclosure';
  if ('group' in item) return 'group';
  if ('choice' in item) return 'choice';
  return 'child' in item ? 'child' : 'call';
}

/** Who does an item: the role named (of a vote: who records it), who agrees for a milestone, and the post that answers for everything else. */
export function doerOf(item: Item, stage: Stage): string {
  if ('by' in item) return item.by;
  return 'milestone' in item ? item.agrees : stage.answers;
}

/** The stage of that key; undefined when the program has none. */
export function stageOf(program: Program, key: string | undefined): Stage | undefined {
  return program.stages.find((each) => each.stage === key);
}

/** The item of that key in a stage; undefined when there is none. */
export function itemOf(program: Program, stage: string | undefined, key: string): Item | undefined {
  return stageOf(program, stage)?.items.find((each) => keyOf(each) === key);
}

/** The duty of that key; undefined when the program has none. */
export function dutyOf(program: Program, key: string): Duty | undefined {
  return program.duties.find((each) => each.duty === key);
}

/** The post role that answers for a role: itself for a post, the role named by `answers` for a party. */
export function answersFor(program: Program, role: string): string {
  const found = program.roles[role];
  return found && 'answers' in found ? found.answers : role;
}

/** The name of a role, an item or a duty in words; the key itself where the program has none. */
export function roleName(program: Program, role: string): Text {
  return program.roles[role]?.name ?? [role, role];
}

/** The id of the clock of a stage's round. */
export function stageClock(stage: string, round: number): string {
  return `stage:${stage}.${round}`;
}

/** What numbers an item: its key, and one number for all that are added, whose keys come and go. */
export function serialKey({ kind, key }: Pick<OpenItem, 'kind' | 'key'>): string {
  return kind === 'added' ? '+' : key;
}

/** The id of the next item of a key. */
export function nextId(state: State, item: Pick<OpenItem, 'kind' | 'key'>): string {
  return `${item.key}-${(state.serial[serialKey(item)] ?? 0) + 1}`;
}

/** Open items that a target means, oldest first: the item of that id, or those of that key. */
export function openItems(state: State, target: string): OpenItem[] {
  const byId = Object.hasOwn(state.items, target) ? state.items[target] : undefined;
  if (byId) return [byId];
  return Object.values(state.items)
    .filter((item) => item.key === target)
    .sort((a, b) => serial(a) - serial(b));
}

/** The deadline a target means: of that id, or of the oldest open item of that key, or of a stage named by its key. */
export function deadlineOf(state: State, target: string): Deadline | undefined {
  if (Object.hasOwn(state.deadlines, target)) return state.deadlines[target];
  const stage = Object.hasOwn(state.stages, target) ? state.stages[target] : undefined;
  const id = stage
    ? stageClock(target, stage.round)
    : openItems(state, target).find((item) => state.deadlines[item.id])?.id;
  return id === undefined ? undefined : state.deadlines[id];
}

/** The role that a role or the id of a party stands for. */
export function roleMeant(state: Pick<State, 'parties'>, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(state.parties, name) ? state.parties[name]!.role : name;
}

function serial(item: OpenItem): number {
  return Number(item.id.slice(item.id.lastIndexOf('-') + 1));
}
