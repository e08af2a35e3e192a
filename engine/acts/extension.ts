import type { Extension } from '../../sdk/program.ts';
import type { ActContext } from '../act-kind.ts';
import { archiveExtension } from '../books/archive-clock.ts';
import { itemOf, stageOf } from '../lookup.ts';
import { answersHimself } from '../own-hands.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Deadline, State } from '../state.ts';
import { dueOf, graceDeadline } from '../time/clock.ts';
import type { World } from '../world.ts';

/** How a clock may be extended: as its stage or item says, that of an archive as its book, else as the program does for all. */
export function extensionOf(state: State, { program }: Pick<World, 'program'>, clock: Deadline | undefined): Extension {
  const stage = clock?.of === 'stage' ? stageOf(program, stageKey(clock)) : undefined;
  const item = clock === undefined ? undefined : state.items[clock.id];
  const own = stage ?? (item && itemOf(program, item.stage, item.key));
  return own?.extend ?? archiveExtension({ program }, clock) ?? program.life.extend;
}

/**
 * CAP_REACHED when a clock (for a stage: this round of it) was extended as often or as long as it may be. Extensions and cap
 * in different units are compared by the days on which they would end, from where this clock's budget ends.
 */
export function capProblem({ state, world }: ActContext, clock: Deadline, more: string): Refusal | undefined {
  const { cap, times } = extensionOf(state, world, clock);
  const before = (clock.of === 'stage' ? state.stages[stageKey(clock)]?.extended : undefined) ?? clock.extensions;
  const end = (extensions: readonly string[]) => endWith(clock, extensions, world);
  if (before.length < times && end([...before, more]) <= end([cap])) return undefined;
  return refuse(
    'CAP_REACHED',
    times === 0
      ? ['这个期限不能延期。', 'This deadline cannot be extended.']
      : [`最多延期 ${times} 次，合计不超过 ${cap}。`, `It can be extended ${times} times, ${cap} in all.`],
    clock.of === 'stage'
      ? [['重做本阶段用 stage.repeat', 'Use stage.repeat to do the stage again']]
      : [['由上级处理', 'Let the level above handle it']],
  );
}

/**
 * ROLES_COLLIDE for whoever answers for a clock himself, by name, in his post or standing in for it, or has asked for the
 * extension (`askedBy`): more time, or a clock that begins anew, comes from another than who needs it.
 */
export function ownClockProblem(
  { state, act, world }: ActContext,
  clock: Deadline,
  askedBy?: string,
): Refusal | undefined {
  if (askedBy !== act.actor.id && !answersHimself(state, clock, act.actor.id, world.org, world.now)) return undefined;
  return refuse(
    'ROLES_COLLIDE',
    [
      '不能批准自己的延期申请，也不能延长或重新起算由自己负责（或代理）的期限。',
      'Nobody approves an extension he asked for, nor extends or begins anew what he answers for himself or stands in for.',
    ],
    [['由其他经办人、负责人或更上一级决定', 'Let another caseworker, a head or the level above decide']],
  );
}

/** When a clock would end with other extensions, before any move off a rest day: 32 days are more than 30 also over a weekend. */
function endWith(clock: Deadline, extensions: readonly string[], { calendar }: Pick<World, 'calendar'>): string {
  const { start, budget, plannedDate } = clock;
  if (plannedDate !== undefined) return graceDeadline({ plannedDate, grace: budget, calendar, extensions }).dueAt;
  return dueOf({ start, budget, calendar, pauses: [], extensions, restDays: 'keep' }).dueAt;
}

/** The stage of a clock of the id `stage:<key>.<round>`. */
function stageKey({ id }: Pick<Deadline, 'id'>): string {
  return id.slice('stage:'.length, id.lastIndexOf('.'));
}
