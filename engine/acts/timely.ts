import type { Text } from '../../sdk/program.ts';
import type { ActContext } from '../act-kind.ts';
import { isWithin } from '../duties.ts';
import { openItems } from '../lookup.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { OpenItem } from '../state.ts';
import { fromMinute, untilMinute } from '../time/minutes.ts';

/**
 * The occurrence something that happened at `at` belongs to. Where a duty says when it may be done, a key means the oldest open
 * occurrence whose window, slot or period that moment lies in: tonight's sign-in is not the one missed last week. Other items,
 * and duties without windows, are what the target says. NOT_OPEN when it was done at no time it may be done.
 */
export function timely({ state, act, at }: ActContext, item: OpenItem): OpenItem | Refusal {
  if (isWithin(state, item, at)) return item;
  const others = act.target === item.id ? [] : openItems(state, item.key);
  const other = others.find((each) => each.kind === item.kind && isWithin(state, each, at));
  if (other) return other;
  const open = others.at(-1) ?? item;
  const from = fromMinute(open.window?.from ?? open.openedAt);
  const to = open.window?.to && untilMinute(open.window.to);
  const span: Text = to === undefined ? [`${from} 起`, `from ${from}`] : [`${from} 至 ${to}`, `from ${from} to ${to}`];
  return refuse(
    'NOT_OPEN',
    [`“${open.name[0]}”只能在 ${span[0]} 办理。`, `"${open.name[1]}" can be done ${span[1]} only.`],
    [
      ['已在这段时间内办过的，在 occurredAt 写明时间', 'If it was done within that time, say when in occurredAt'],
      ['没有办成的，到期后记为漏办', 'If it was not done, it is recorded as missed'],
    ],
  );
}
