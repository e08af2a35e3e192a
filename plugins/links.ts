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
  installed: ReadonlySet<string>,
): string[] {
  return program.stages.flatMap(({ stage, items }) =>
    items.flatMap((item) => {
      if ('call' in item && !Object.hasOwn(calls, item.call)) {
        return [`${at}: stages.${stage}.${item.call}: calls.ts exports no function "${item.call}"`];
      }
      if ('child' in item && item.program === program.id) {
        return [`${at}: stages.${stage}.${item.child}: a program cannot be its own child`];
      }
      if ('child' in item && !installed.has(item.program)) {
        return [`${at}: stages.${stage}.${item.child}: the program "${item.program}" is not installed`];
      }
      return [];
    }),
  );
}
