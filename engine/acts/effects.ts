import { z } from 'zod';
import { type ActKind, actKind } from '../act-kind.ts';
import { answerApproval } from '../approval.ts';
import { finish } from '../flow.ts';
import { APPROVAL } from '../lookup.ts';
import { answerReferral } from '../offer-story.ts';
import { refuse } from '../refusal.ts';
import { add, tell } from '../story.ts';

/** The answer of an effect: its result, or why it failed for good. */
const answerShape = z.strictObject({ result: z.json().optional(), failed: z.string().max(2_000).optional() });

/**
 * `target` is the effect's id within the case. The item that waited for it is done; a failure leaves it open, so that its
 * ladder runs on, with the reason in the timeline.
 */
const answer: ActKind<z.infer<typeof answerShape>> = {
  data: answerShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  internal: true,
  lateExempt: true,
  who: () => ['system'],
  decide({ state, world, act, data, at }) {
    const id = act.target ?? '';
    const itemId = Object.hasOwn(state.effects, id) ? state.effects[id] : undefined;
    if (itemId === undefined) {
      return refuse(
        'NOT_OPEN',
        ['没有等待答复的事项。', 'No effect of that id waits for an answer.'],
        [['无需再答', 'There is nothing to answer']],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    const said = {
      ...(data.result === undefined ? {} : { result: data.result }),
      ...(data.failed ? { failed: data.failed } : {}),
    };
    add(story, { type: 'effect.answered', data: { id, item: itemId, ...said } });
    const referral = state.offers?.[itemId];
    if (referral) answerReferral(story, referral, data);
    const item = state.items[itemId];
    if (item?.key === APPROVAL && item.kind === 'child') answerApproval(story, item, data);
    else if (item && !data.failed) finish(story, item, 'await.occurred', { at });
    return story.events;
  },
};

/** What processes of Linli itself send. */
export const effectActs: Readonly<Record<string, ActKind>> = { 'effect.answer': actKind(answer) };
