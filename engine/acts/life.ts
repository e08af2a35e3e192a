import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { isOfMoney } from '../agenda.ts';
import { approveIfPassed } from '../approval.ts';
import { openAdvances } from '../books/register-state.ts';
import { totalFen } from '../books/state.ts';
import { outlivesHelp } from '../custody.ts';
import { beginDuties, beginStages, cancelClock, cancelItem, endDuty, enterStage } from '../flow.ts';
import { stageOf } from '../lookup.ts';
import { endOffers } from '../offer-story.ts';
import { NEEDED, oneOf, type Refusal, refuse } from '../refusal.ts';
import { add, type Story, tell } from '../story.ts';
import { resumeCase, suspendCase } from '../suspension.ts';
import { dueOf } from '../time/clock.ts';
import { goneFrom, settle } from '../voice/settlement.ts';
import { name, nothing, text } from './shapes.ts';
import { WORKERS } from './work.ts';

/** Those who decide about the life of a case: the posts that answer for its stages, caseworkers, the unit's head. */
function deciders({ world }: ActContext): string[] {
  return [...new Set(world.program.stages.map((stage) => stage.answers)), ...WORKERS];
}

const suspend: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['proposed', 'open'],
  reasonNeeded: true,
  who: deciders,
  decide({ state, world, at, act }) {
    const story = tell(state, world, at, act.actor.id);
    suspendCase(story);
    return story.events;
  },
};

/** What was suspended because consent was withdrawn goes on only when it is given again. */
const resume: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['suspended'],
  who: deciders,
  decide(context) {
    const { state, world, at, act } = context;
    const problem = goneProblem(context) ?? (state.suspendedFrom === 'open' ? consentProblem(context) : undefined);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    settle(story);
    resumeCase(story);
    approveIfPassed(story);
    return story.events;
  },
};

/** BLOCKED while whom the help was for has died or moved away, and nobody has come in his place. */
function goneProblem({ state }: ActContext): Refusal | undefined {
  const why = goneFrom(state);
  if (!why) return undefined;
  return refuse(
    'BLOCKED',
    why === 'death'
      ? ['本人已去世，不能恢复办理。', 'The person has died: the help cannot go on.']
      : ['本人已迁出，不能恢复办理。', 'The person has moved away: the help cannot go on.'],
    [
      ['用 case.close 结案', 'Close the case with case.close'],
      [
        '同户另有人需要帮扶：先用 party.add 登记，再征得同意',
        'Somebody else of the household is helped: party.add first, then consent',
      ],
    ],
  );
}

/** CONSENT_MISSING when the program asks for consent and there is none (any more). */
function consentProblem({ state, world }: ActContext): Refusal | undefined {
  if (!world.program.consent || state.consent) return undefined;
  return refuse(
    'CONSENT_MISSING',
    ['本人或监护人没有同意（或已撤回同意）。', 'There is no consent, or it was withdrawn.'],
    [
      ['先记录 consent.give', 'Record consent.give first'],
      ['本人退出：用 case.close 结案', 'If the person wants no help any more, close the case with case.close'],
    ],
  );
}

const closeShape = z.strictObject({
  outcome: name,
  text: text.optional(),
  followUp: z.boolean().optional().describe('false: nobody is visited afterwards (a death, a move); needs a reason'),
});

/**
 * Ends the help. Follow-up begins where the program has one, the plan was approved and consent stands, unless it is
 * declined with a reason. It binds nobody to act on its last day, which therefore stays on a rest day: no calendar moves it. Whatever was promised and is not done ends as never done.
 */
const close: ActKind<z.infer<typeof closeShape>> = {
  data: closeShape,
  statuses: ['proposed', 'open', 'suspended'],
  who: deciders,
  decide(context) {
    const { state, world, data, at, act } = context;
    const problem =
      outcomeProblem(context) ??
      tooEarly(context) ??
      followUpProblem(context) ??
      moneyProblem(context) ??
      estateProblem(context);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    settle(story);
    const { calendar, program } = world;
    const wanted = data.followUp !== false && state.status !== 'proposed' && (state.consent || !program.consent);
    const budget = wanted ? program.life.followUp : undefined;
    const until = budget && dueOf({ start: at, budget, calendar, pauses: [], extensions: [], restDays: 'keep' }).dueAt;
    const said = data.text ? { text: data.text } : {};
    add(story, {
      type: 'case.closed',
      data: { outcome: data.outcome, ...said, ...(until ? { followUpUntil: until } : {}) },
    });
    const why: Text = ['个案已结案', 'the case was closed'];
    endOffers(story, why);
    for (const duty of program.duties) endDuty(story, duty, why);
    for (const item of Object.values(story.state.items)) if (!outlivesHelp(item.kind)) cancelItem(story, item, why);
    for (const deadline of Object.values(story.state.deadlines))
      if (!isOfMoney(deadline) && !outlivesHelp(deadline.of)) cancelClock(story, deadline.id);
    if (until) beginDuties(story, 'follow-up');
    else add(story, { type: 'case.ended', data: {} });
    return story.events;
  },
};

function followUpProblem({ act, data }: ActContext<z.infer<typeof closeShape>>): Refusal | undefined {
  if (data.followUp !== false || act.reason?.trim()) return undefined;
  return refuse(
    'REASON_MISSING',
    ['不安排回访需要说明原因。', 'Closing without follow-up needs a reason.'],
    [['填写 reason，或去掉 data.followUp', 'Fill in reason, or leave data.followUp out']],
    [{ path: 'reason', message: NEEDED }],
  );
}

function outcomeProblem({ world, data }: ActContext<z.infer<typeof closeShape>>): Refusal | undefined {
  const { outcomes } = world.program.life;
  if (Object.hasOwn(outcomes, data.outcome)) return undefined;
  const known = Object.keys(outcomes).join(', ');
  return refuse(
    'INVALID_DATA',
    [`没有结案结果“${data.outcome}”。`, `There is no outcome "${data.outcome}".`],
    [[`可用的结果：${known}`, `Outcomes: ${known}`]],
    [{ path: 'data.outcome', message: oneOf([known]) }],
  );
}

/** BLOCKED for an outcome that says what has not come about yet. */
function tooEarly({ state, world, data }: ActContext<z.infer<typeof closeShape>>): Refusal | undefined {
  const after = world.program.life.after ?? {};
  const key = Object.hasOwn(after, data.outcome) ? after[data.outcome]! : undefined;
  if (key === undefined || state.stages[key]?.state === 'done') return undefined;
  const [zh, en] = stageOf(world.program, key)?.name ?? [key, key];
  const free = Object.keys(world.program.life.outcomes).filter((each) => !Object.hasOwn(after, each));
  return refuse(
    'BLOCKED',
    [`“${zh}”完成之后才能以此结案。`, `A case is closed like this once "${en}" is done.`],
    [
      ['先完成该阶段', 'Do that stage first'],
      [`现在可用的结果：${free.join('、') || '无'}`, `Outcomes without that: ${free.join(', ') || 'none'}`],
    ],
  );
}

/** Nobody's money is lost by closing: payouts are confirmed or refused, differences settled, and both books say the same. */
export function moneyProblem({ state }: Pick<ActContext, 'state'>): Refusal | undefined {
  const books = Object.values(state.books);
  const payouts = books.flatMap((book) => Object.keys(book.payouts)).length;
  const discrepancies = books.flatMap((book) => Object.keys(book.discrepancies)).length;
  const waiting = books.flatMap((book) =>
    Object.values(book.open).filter((each) => !each.carried && !each.discrepancy),
  );
  const drafts = books.flatMap((book) => Object.keys(book.drafts ?? {})).length;
  const advances = books.flatMap((book) => Object.keys(openAdvances(book))).length;
  if (payouts + discrepancies + waiting.length + drafts + advances === 0) return undefined;
  return refuse(
    'BLOCKED',
    [
      `账还没有了结：${payouts} 笔支付、${discrepancies} 处不符、${waiting.length} 张单据只有一方记账${drafts > 0 ? `、${drafts} 张凭证等待复核` : ''}${advances > 0 ? `、${advances} 笔垫付款未结清` : ''}。`,
      `The books are not settled: ${payouts} payouts, ${discrepancies} discrepancies and ${waiting.length} documents only one side has recorded${drafts > 0 ? ` and ${drafts} vouchers that wait for their review` : ''}${advances > 0 ? ` and ${advances} helpers' advances` : ''} are open.`,
    ],
    [
      [
        '先完成支付确认、处理不符、补齐记账',
        'Confirm or refuse the payouts, settle the discrepancies and record both sides first',
      ],
    ],
  );
}

/** BLOCKED while a book still holds money of somebody who has died or moved away. */
function estateProblem({ state, world }: ActContext): Refusal | undefined {
  const why = goneFrom(state);
  const held = world.program.books.filter(({ book, keeps }) => {
    const kept = state.books[book];
    return keeps === 'held for beneficiary' && kept !== undefined && totalFen(kept.cash) !== 0;
  });
  if (!why || held.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    ['本人已不在，代管的钱还没有付清。', 'Money kept for the person who is gone has not been paid out.'],
    [
      why === 'death'
        ? [
            '付给继承人：payout.request 附继承材料，付款后凭收据 payout.confirm',
            'Pay it to the heirs: payout.request with the document of inheritance, then payout.confirm with their receipt',
          ]
        : [
            '付给本人：payout.request 附委托或转账材料，付款后凭收据 payout.confirm',
            'Pay it to the person: payout.request with the document, then payout.confirm with the receipt',
          ],
    ],
  );
}

/**
 * The case begins again with its last stage, in a new round; what was finished stays in the record. Its clocks start when it
 * is recorded: nothing was promised for the time in which it was closed.
 */
const reopen: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['followUp', 'closed'],
  reasonNeeded: true,
  who: deciders,
  decide(context) {
    const { state, world, act, at } = context;
    const approved = state.approvedAt !== undefined || !world.program.approval;
    const problem = approved ? consentProblem(context) : undefined;
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const why: Text = ['个案重新打开', 'the case was reopened'];
    endOffers(story, why);
    for (const duty of world.program.duties) endDuty(story, duty, why);
    for (const item of Object.values(story.state.items)) if (!outlivesHelp(item.kind)) cancelItem(story, item, why);
    add(story, { type: 'case.reopened', data: { status: approved ? 'open' : 'proposed' } });
    story.at = world.now;
    beginDuties(story, 'case');
    if (!approved) return story.events;
    const last = state.stage ?? lastStage(story);
    if (last) enterStage(story, last);
    else beginStages(story);
    return story.events;
  },
};

/** The stage a reopened case goes back to when none was current: the last that was done. */
function lastStage({ state, world }: Story): string | undefined {
  const done = world.program.stages.filter((stage) => state.stages[stage.stage]?.state === 'done');
  return done.at(-1)?.stage;
}

/** The life of a case. */
export const lifeActs: Readonly<Record<string, ActKind>> = {
  'case.suspend': actKind(suspend),
  'case.resume': actKind(resume),
  'case.close': actKind(close),
  'case.reopen': actKind(reopen),
};
