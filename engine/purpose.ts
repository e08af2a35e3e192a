import { keyOf } from '../sdk/keys.ts';
import type { Item, Program, Text } from '../sdk/program.ts';
import { openItems, roleName } from './lookup.ts';
import type { State } from './state.ts';

/**
 * What is consented to beside the help itself, one by one (Personal Information Protection Law, 个人信息保护法, arts. 14 to 16):
 * the purposes a program names, and in every program what other units are shown with the person's consent.
 */
export const SHARING = 'sharing';

const SHARING_NAME: Text = ['向其他单位提供信息', 'other units are shown the case'];

/** What a purpose is called. */
export function purposeName(program: Pick<Program, 'consent'>, purpose: string): Text {
  const named = program.consent?.purposes;
  if (named && Object.hasOwn(named, purpose)) return named[purpose]!;
  return purpose === SHARING ? SHARING_NAME : [purpose, purpose];
}

/** Whether consent is given to a purpose; what hangs on none needs no more than the help itself. */
export function agreedTo({ consent }: Pick<State, 'consent'>, purpose: string | undefined): boolean {
  return purpose === undefined || consent?.purposes?.includes(purpose) === true;
}

/** Whether an item of the current stage may open now: not yet opened in this round, or closed when consent to its purpose ended. */
export function isToOpen(state: State, item: Item): boolean {
  const key = keyOf(item);
  const before = state.round[key];
  if (item.purpose === undefined) return before === undefined;
  if (!agreedTo(state, item.purpose)) return false;
  return before === undefined || (before === 'open' && openItems(state, key).length === 0);
}

/** Why something does not open: consent to its purpose is missing. */
export function purposeReason(program: Program, purpose: string): Text {
  const [zh, en] = purposeName(program, purpose);
  const [who, whoEn] = roleName(program, program.consent?.by[0] ?? 'beneficiary');
  return [`${who}没有同意“${zh}”`, `the ${whoEn} has not agreed to "${en}"`];
}
