import { z } from 'zod';
import type { Duty, Program, Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { cancelItem, endStageIfDone, openReady } from '../flow.ts';
import { dutyOf, stageClock } from '../lookup.ts';
import { type evolveMigration, itemsIn, mappingBack, parkedBy, placed } from '../migration.ts';
import { beginDuty } from '../occurrences.ts';
import { assignIn } from '../open.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { State } from '../state.ts';
import { add, type Story, tell } from '../story.ts';
import { headProblem } from './away.ts';
import { name } from './shapes.ts';

const names = z.record(name, name.nullable());

const migrateShape = z.strictObject({
  by: name.describe('The person who decided it: the head of the unit, or one above'),
  version: name.describe('The version of the same program to go to; it is installed, or cases run on it'),
  hash: name.optional().describe('Its content hash, where more than one content was called that version'),
  mapping: z
    .strictObject({
      stages: names.optional(),
      items: names.optional(),
      fields: names.optional(),
      roles: names.optional(),
    })
    .optional()
    .describe(
      'Where what is called otherwise goes; null leaves it behind, for the reason of the act. Items and duties share one table',
    ),
});

const WHY: Text = ['个案转到项目的另一版本', 'the case goes on with another version of its program'];

/**
 * A running case goes on with another version of its program. Stages, items, fields and roles keep their places by name, or as
 * the mapping says; running clocks stay as they were promised; what has no place is named and refused, unless the mapping
 * leaves it behind, from where it comes back with a version that has it. Nothing of the past is changed. Sent by the command
 * `linli program migrate` alone.
 */
const migrate: ActKind<z.infer<typeof migrateShape>> = {
  data: migrateShape,
  internal: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  reasonNeeded: true,
  lateExempt: true,
  who: () => ['system'],
  decide(context) {
    const { state, world, act, data } = context;
    const { program: from, facts } = world;
    const stranger = headProblem(context, data.by);
    if (stranger) return stranger;
    const target = facts.version;
    if (!target) return noVersion(context);
    if (target.hash === state.program.hash)
      return refuse(
        'ALREADY_DONE',
        [`个案已经按 ${data.version} 版办理。`, `The case goes on with version ${data.version} already.`],
        [['无需再办', 'There is nothing to do']],
      );
    if (Object.keys(state.disclosures ?? {}).length > 0) return inPublic();
    const { program: to } = target;
    const place = placed(state, from, to, data.mapping ?? {});
    const problems = [...place.problems, ...fixedProblems(state, from, to)];
    if (problems.length > 0) return noPlace(problems);
    const { parked, back } = parkedBy(state, place, to);
    const story = tell(state, world, world.now, act.actor.id);
    leaveBehind(story, place.dropped.items);
    const moved: Parameters<typeof evolveMigration>[1] = {
      by: data.by,
      from: state.program,
      program: { id: to.id, version: to.version, hash: target.hash },
      names: place.renamed,
      dropped: place.dropped,
      mapping: mappingBack(from, to, place),
      stages: to.stages.map(({ stage }) => stage),
      items: itemsIn(story.state, to, place),
      parked,
      back,
    };
    const clocks = story.state;
    add(story, { type: 'case.migrated', data: moved });
    const there: Story = { ...story, world: { ...world, program: to, programHash: target.hash, home: story.state } };
    const problem = goOn(there, clocks, from);
    return problem ?? there.events;
  },
};

/** What people read in public is what was posted: its period ends under the version it was posted with. */
function inPublic(): Refusal {
  return refuse(
    'BLOCKED',
    [
      '有公示还没有结束，不能换版。',
      'Something of it is public, or objected to: it goes on with its version until then.',
    ],
    [['等公示结束，或先用 disclosure.takeDown 撤下', 'Wait for its end, or take it down first (disclosure.takeDown)']],
  );
}

/** What goes on under the other version: clocks by their new names, what comes back, new posts, duties and items. */
function goOn(story: Story, before: State, from: Program): Refusal | undefined {
  const { program: to } = story.world;
  const { back, names: renamed } = lastMigration(story);
  for (const item of Object.values(back.items ?? {})) {
    add(story, { type: 'item.reopened', data: { item } });
    const deadline = back.deadlines?.[item.id];
    if (deadline) add(story, { type: 'deadline.set', data: { deadline } });
  }
  for (const deadline of Object.values(before.deadlines)) {
    if (!story.state.deadlines[deadline.id]) continue;
    const item = story.state.items[deadline.id];
    const stage = to.stages.find(
      (each) =>
        deadline.of === 'stage' &&
        deadline.id.startsWith(`stage:${before.stage ?? ''}.`) &&
        each.stage === story.state.stage,
    );
    const answers = item?.answers ?? stage?.answers ?? renamed.roles[deadline.answers] ?? deadline.answers;
    const ladder =
      Object.hasOwn(to.ladders, deadline.ladder) || !Object.hasOwn(from.ladders, deadline.ladder)
        ? deadline.ladder
        : (stage?.ladder ??
          to.stages.find((each) => each.stage === item?.stage)?.ladder ??
          Object.keys(to.ladders)[0] ??
          deadline.ladder);
    const now = { ...deadline, name: item?.name ?? stage?.name ?? deadline.name, answers, ladder };
    const id = stage ? stageClock(stage.stage, story.state.stages[stage.stage]?.round ?? 0) : deadline.id;
    if (id !== deadline.id) {
      add(story, { type: 'deadline.cancelled', data: { id: deadline.id } });
      add(story, { type: 'deadline.set', data: { deadline: { ...now, id } } });
    } else if (JSON.stringify(now) !== JSON.stringify(deadline))
      add(story, { type: 'deadline.moved', data: { deadline: now, from: deadline.dueAt, why: WHY } });
  }
  const missing = fillPosts(story);
  if (missing) return missing;
  for (const duty of to.duties) {
    const was = Object.entries(renamed.items).find(([, now]) => now === duty.duty)?.[0] ?? duty.duty;
    const old = dutyOf(from, was);
    const runs = story.state.duties[duty.duty] !== undefined;
    const changed = old !== undefined && runs && gridOf(old) !== gridOf(duty);
    if (changed || (old === undefined && !runs && isDuring(story.state, duty))) beginDuty(story, duty, story.at);
  }
  openReady(story);
  endStageIfDone(story);
  return undefined;
}

/** A new post that answers is the one of its kind in the unit. */
function fillPosts(story: Story): Refusal | undefined {
  const { state, world } = story;
  const given = Object.fromEntries(
    Object.entries(state.assignments).flatMap(([role, { post, person }]) => {
      const id = post ?? person;
      return id !== undefined && role in world.program.roles ? [[role, id]] : [];
    }),
  );
  const unfilled = Object.entries(world.program.roles).some(
    ([role, def]) => 'post' in def && !def.optional && state.assignments[role] === undefined,
  );
  if (!unfilled) return undefined;
  const all = assignIn({ assignments: given, unit: state.unit }, world, { path: 'data.mapping.roles' });
  if (isRefusal(all)) return all as Refusal;
  for (const [role, assignment] of Object.entries(all))
    if (state.assignments[role] === undefined) add(story, { type: 'role.assigned', data: { role, assignment } });
  return undefined;
}

/** Open items without a place end here with their clocks, and duties that would make more of them. */
function leaveBehind(story: Story, keys: readonly string[]): void {
  for (const item of Object.values(story.state.items)) {
    if (!keys.includes(item.key) || item.kind === 'added') continue;
    cancelItem(story, item, WHY);
  }
  for (const key of keys) {
    if (story.state.duties[key]) add(story, { type: 'duty.ended', data: { duty: key, why: WHY } });
  }
}

function lastMigration({ events }: Story) {
  const event = events.find(({ type }) => type === 'case.migrated');
  if (event?.type !== 'case.migrated') throw new Error('A migration without its event.');
  return event.data;
}

/** What a duty recurs by, and where: its grid goes on only while this is the same. */
function gridOf({ name: _name, by: _by, ladder: _ladder, asks: _asks, ...grid }: Duty): string {
  return JSON.stringify(grid, Object.keys(grid).sort());
}

function isDuring(state: State, { during = 'case' }: Duty): boolean {
  if (during === 'follow-up') return state.status === 'followUp';
  if (during === 'case') return state.status === 'open' || state.status === 'proposed';
  return state.status === 'open' && state.stage === during;
}

/** Books are tables of their own and stay as they are; how a closed case ended has to have its word in the new version. */
function fixedProblems(state: State, from: Program, to: Program): { path: string; message: Text }[] {
  const books = JSON.stringify(from.books) === JSON.stringify(to.books);
  const ended = state.outcome === undefined || Object.hasOwn(to.life.outcomes, state.outcome);
  return [
    ...(books
      ? []
      : [
          {
            path: 'data.version',
            message: [
              '两版的账本不同，运行中的个案不能转',
              'its books are others, and a running case keeps its books',
            ] as const,
          },
        ]),
    ...(ended
      ? []
      : [
          {
            path: 'data.version',
            message: [`没有结果“${state.outcome}”`, `has no outcome "${state.outcome}"`] as const,
          },
        ]),
    ...(state.status !== 'proposed' || to.approval
      ? []
      : [
          {
            path: 'data.version',
            message: ['个案在等表决，而这一版不表决', 'the case waits for votes, and this version has none'] as const,
          },
        ]),
    ...(to.id === from.id
      ? []
      : [{ path: 'data.version', message: ['是另一个项目', 'is of another program'] as const }]),
  ];
}

function noVersion({ state, data }: ActContext<z.infer<typeof migrateShape>>): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      `没有“${state.program.id}”的 ${data.version} 版。`,
      `There is no version ${data.version} of "${state.program.id}".`,
    ],
    [['安装这一版，或写明 hash', 'Install it; where several contents had that version, say which by hash']],
    [{ path: 'data.version', message: inBoth('没有这一版', 'no such version') }],
  );
}

function noPlace(problems: readonly { path: string; message: Text }[]): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      '有些内容在新版本中没有去处，个案没有改动。',
      'Some of the case has no place in that version; nothing was changed.',
    ],
    [
      [
        '在 mapping 中写明去处，或写 null 放下并说明原因',
        'Say in mapping where it goes, or null to leave it behind, with a reason',
      ],
    ],
    problems.map(({ path, message: [zh, en] }) => ({ path, message: inBoth(zh, en) })),
  );
}

/** A case goes on with another version of its program. */
export const migrateActs: Readonly<Record<string, ActKind>> = { 'case.migrate': actKind(migrate) };
