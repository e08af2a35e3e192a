import { isRequired, keyOf, needsWithin } from '../keys.ts';
import type { Need, Program } from '../program.ts';

/** Consent to showing the case to other units: every program has it, with each request (engine/purpose.ts). */
const OWN = 'sharing';

/**
 * Purposes beside the help itself: each is there, and nobody is refused the help for want of one (个人信息保护法 art. 16): no
 * stage can end, or begin, only by what hangs on it. Nor does a case of its own, or a call, hang on one: they would not stop with it.
 */
export function purposeProblems(program: Program): string[] {
  const found: string[] = [];
  const named = program.consent?.purposes ?? {};
  if (Object.hasOwn(named, OWN)) found.push(`consent.purposes.${OWN}: is the engine's own; choose another name`);
  const known = (at: string, purpose: string | undefined): void => {
    if (purpose !== undefined && !Object.hasOwn(named, purpose))
      found.push(`${at}.purpose: unknown purpose "${purpose}"`);
  };
  const items = program.stages.flatMap((stage) => stage.items.map((item) => ({ at: `stages.${stage.stage}`, item })));
  const bound = new Set([
    ...items.flatMap(({ item }) => (item.purpose === undefined ? [] : [keyOf(item)])),
    ...program.duties.flatMap((duty) => (duty.purpose === undefined ? [] : [duty.duty])),
  ]);
  const needs = (at: string, need: Need | undefined): void => {
    for (const { done } of need ? needsWithin(need) : [])
      for (const key of Object.keys(done ?? {}))
        if (bound.has(key)) found.push(`${at}: "${key}" hangs on a purpose, and the help may not hang on that`);
  };
  for (const { at, item } of items) {
    const here = `${at}.${keyOf(item)}`;
    known(here, item.purpose);
    const outside = ['child', 'group', 'call', 'vote', 'disclosure'].some((kind) => kind in item);
    if (item.purpose !== undefined && outside)
      found.push(
        `${here}.purpose: what was begun outside this case does not stop when consent ends, nor what a body or the public is asked; a task, a milestone, an await or a duty may hang on a purpose`,
      );
    if (!isRequired(item)) continue;
    if (item.purpose !== undefined)
      found.push(`${here}.purpose: the stage requires it, and the help may not hang on a purpose; make it optional`);
    needs(`${here}.when`, item.when);
    if ('milestone' in item) needs(`${here}.needs`, item.needs);
  }
  for (const stage of program.stages) needs(`stages.${stage.stage}.when`, stage.when);
  for (const duty of program.duties) known(`duties.${duty.duty}`, duty.purpose);
  const used = new Set([...items.map(({ item }) => item.purpose), ...program.duties.map(({ purpose }) => purpose)]);
  for (const purpose of Object.keys(named))
    if (!used.has(purpose))
      found.push(`consent.purposes.${purpose}: nothing hangs on it; name it in an item or a duty`);
  return found;
}
