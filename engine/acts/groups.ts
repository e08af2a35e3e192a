import { z } from 'zod';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { finish } from '../flow.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { GroupTally, OpenItem } from '../state.ts';
import { add, tell } from '../story.ts';
import { openOf, whoOfOpen } from './open-item.ts';
import { count } from './shapes.ts';

type OpenGroup = OpenItem & { readonly group: GroupTally };

/** The open group an act targets. */
const groupOf = (context: ActContext): OpenGroup | Refusal =>
  openOf(context, (item): item is OpenGroup => item.group !== undefined, [
    '没有这个在办的名单任务。',
    'No such group is open.',
  ]);

/** What was counted or said; done once as many as there are to be are listed and each of them has ended. */
function told(
  { state, world, at, act }: ActContext,
  item: OpenGroup,
  draft: Extract<EventDraft, { type: 'group.sized' | 'group.counted' }>,
): readonly EventDraft[] {
  const story = tell(state, world, at, act.actor.id);
  add(story, draft);
  const { size, listed, ended } = story.state.items[item.id]!.group!;
  if (listed === size && ended === listed) finish(story, item, 'await.occurred', { at });
  return story.events;
}

const sizeShape = z.strictObject({
  size: count.min(1).describe('How many households or participants there are in all, listed here or not yet'),
});

const setSize: ActKind<z.infer<typeof sizeShape>> = {
  data: sizeShape,
  statuses: ['open'],
  who: (context) => whoOfOpen(context, groupOf(context), ({ answers }) => [answers]),
  decide(context) {
    const item = groupOf(context);
    if (isRefusal(item)) return item;
    const { listed } = item.group;
    const { size } = context.data;
    if (size < listed) {
      return refuse(
        'INVALID_DATA',
        [`名单上已有 ${listed} 个，总数不能更少。`, `${listed} are listed already: there cannot be fewer in all.`],
        [['误列的个案请结案，总数仍计入', 'Close a case that was listed by mistake; it still counts']],
        [{ path: 'data.size', message: inBoth(`不少于 ${listed}`, `at least ${listed}`) }],
      );
    }
    return told(context, item, { type: 'group.sized', data: { id: item.id, key: item.key, size } });
  },
};

const tallyShape = z.strictObject({ listed: count, ended: count });

/** How the members stand, as a process of Linli has counted them: nothing follows where it is known. */
const countMembers: ActKind<z.infer<typeof tallyShape>> = {
  data: tallyShape,
  statuses: ['open'],
  internal: true,
  lateExempt: true,
  who: () => ['system'],
  decide(context) {
    const item = groupOf(context);
    if (isRefusal(item)) return item;
    const { listed, ended } = context.data;
    if (listed === item.group.listed && ended === item.group.ended) return [];
    return told(context, item, { type: 'group.counted', data: { id: item.id, key: item.key, listed, ended } });
  },
};

/** Groups: one case of another program for each listed household or participant. */
export const groupActs: Readonly<Record<string, ActKind>> = {
  'group.setSize': actKind(setSize),
  'group.count': actKind(countMembers),
};
