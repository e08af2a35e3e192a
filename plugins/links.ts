import { keyOf } from '../sdk/keys.ts';
import type { Program } from '../sdk/program.ts';

/** A program's own activities by name. Each must be safe to run twice: its input carries the idempotency key. */
export type Calls = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

/** The functions among a module's exports. */
export function callsIn(module: unknown): Calls {
  if (typeof module !== 'object' || module === null) return {};
  return Object.fromEntries(Object.entries(module).filter(([, value]) => typeof value === 'function')) as Calls;
}

/** What a program needs from outside itself and does not find: activities of its `call` items, programs of its children. */
export function linkProblems(
  { at, program, calls }: { readonly at: string; readonly program: Program; readonly calls: Calls },
  installed: ReadonlyMap<string, Program>,
): string[] {
  return [...approvalProblems(at, program, installed), ...itemProblems({ at, program, calls }, installed)];
}

/** The program that decides on plans is there, takes what is to be decided, and has the outcomes that approve. */
function approvalProblems(at: string, { approval }: Program, installed: ReadonlyMap<string, Program>): string[] {
  const child = approval?.child;
  if (!child) return [];
  const here = `${at}: approval.child`;
  const other = installed.get(child.program);
  if (!other) return [`${here}.program: the program "${child.program}" is not installed`];
  const field = other.fields[child.states];
  return [
    ...(field?.kind === 'text' ? [] : [`${here}.states: "${child.states}" is no text field of "${other.id}"`]),
    ...other.intake
      .filter((key) => key !== child.states)
      .map((key) => `${here}: "${other.id}" asks for "${key}" as well, which nobody gives it`),
    ...child.passes
      .filter((outcome) => !Object.hasOwn(other.life.outcomes, outcome))
      .map((outcome) => `${here}.passes: "${outcome}" is no outcome of "${other.id}"`),
  ];
}

function itemProblems(
  { at, program, calls }: { readonly at: string; readonly program: Program; readonly calls: Calls },
  installed: ReadonlyMap<string, Program>,
): string[] {
  return program.stages.flatMap(({ stage, items }) =>
    items.flatMap((item) => {
      if ('call' in item && !Object.hasOwn(calls, item.call)) {
        return [`${at}: stages.${stage}.${item.call}: calls.ts exports no function "${item.call}"`];
      }
      if (!('program' in item)) return [];
      const here = `${at}: stages.${stage}.${keyOf(item)}`;
      if (item.program === program.id) return [`${here}: a program cannot be its own child`];
      return installed.has(item.program) ? [] : [`${here}: the program "${item.program}" is not installed`];
    }),
  );
}
