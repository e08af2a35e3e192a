import type { Text } from '../../sdk/program.ts';
import { type ActContext, isRefusal } from '../act-kind.ts';
import { openItems } from '../lookup.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { OpenItem } from '../state.ts';
import { WORKERS } from './work.ts';

/**
 * The open item of its kind that an act targets, by its key or id. NOT_OPEN in these words (`none`), with the keys that are open; a
 * stage's item of another kind is none.
 */
export function openOf<T extends OpenItem>(
  { state, act }: ActContext,
  isOne: (item: OpenItem) => item is T,
  none: Text,
): T | Refusal {
  const open = Object.values(state.items).filter(isOne);
  const meant = openItems(state, act.target ?? '')[0];
  const found = open.find(({ id }) => id === meant?.id);
  if (found) return found;
  const names = open.map(({ key }) => key).join(', ');
  return refuse('NOT_OPEN', none, [
    [`在 target 中写明：${names || '目前没有'}`, `Name it in target: ${names || 'none is open'}`],
  ]);
}

/** Who acts on what {@link openOf} found: its roles and the workers; where it found nothing who answers for a stage, who is told that rather than that he may not. */
export function whoOfOpen<T extends OpenItem>(
  { world }: ActContext,
  item: T | Refusal,
  roles: (item: T) => readonly string[],
): string[] {
  return [...(isRefusal(item) ? world.program.stages.map(({ answers }) => answers) : roles(item)), ...WORKERS];
}
