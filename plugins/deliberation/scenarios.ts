import type { Scenario, ScriptedAct } from '../../sdk/index.ts';

const common = {
  program: 'deliberation',
  openedDaysAgo: 30,
  data: { matter: '为行动不便的居民制定帮扶方案' },
  parties: [],
  assignments: { secretary: 'secretary', supervisor: 'supervision-head' },
} as const;

/** Opinions are heard and gathered, and a proposal is written. */
const prepared = (day: number): ScriptedAct[] => [
  { day, as: 'secretary', type: 'task.complete', target: 'hear', data: { note: '走访党员和居民代表' } },
  {
    ...{ day: day + 1, as: 'secretary', type: 'task.complete', target: 'gather', evidence: ['file'] },
    data: { fields: { opinions: '希望先解决出门难' } },
  },
];

const written = (day: number, proposal: string): ScriptedAct => ({
  ...{ day, as: 'secretary', type: 'task.complete', target: 'write', data: { fields: { proposal } } },
  says: ['写成方案', 'The proposal is written'],
});

/** A body meets: so many are entitled, so many come, so many are for it. */
const vote = (day: number, body: string, [eligible, present, yes]: readonly [number, number, number]): ScriptedAct => ({
  ...{ day, as: 'secretary', type: 'decision.record', evidence: ['file'] },
  data: { body, eligible, present, for: yes, against: 0, abstain: present - yes },
  says: ['会议表决', 'A body votes'],
});

const passed = (day: number): ScriptedAct[] => [
  vote(day, 'party-branch', [30, 24, 24]),
  vote(day + 0.1, 'two-committees', [9, 9, 8]),
  vote(day + 0.2, 'residents-representatives', [45, 41, 38]),
];

const posted = (day: number, target: string, text: string): ScriptedAct => ({
  ...{ day, as: 'secretary', type: 'disclosure.post', target, data: { text, days: 7 } },
  says: ['公示', 'It is made public'],
});

/** From the canvass to the result, all in thirty days. */
export const wholeStory: Scenario = {
  ...common,
  name: ['从征求意见到公示结果', 'From the canvass to the result'],
  ends: { status: 'closed', outcome: 'carriedOut', counts: { hear: 1, carry: 1 } },
  acts: [
    ...prepared(1),
    written(3, '由书记牵头，分四步帮扶'),
    ...passed(4),
    posted(5, 'decision', '经三次会议通过：由书记牵头，分四步帮扶。'),
    {
      ...{ day: 15, as: 'secretary', type: 'task.complete', target: 'carry', evidence: ['file'] },
      data: { fields: { result: '帮扶方案已开始执行' } },
    },
    posted(16, 'outcome', '决议已落实：帮扶方案已开始执行。'),
    {
      ...{ day: 29, as: 'secretary', type: 'case.close', data: { outcome: 'carriedOut' } },
      says: ['结案', 'The case is closed'],
    },
  ],
};

/** The residents' representatives vote it down; revised, it passes; an objection holds, and it is revised again. */
export const revisedTwice: Scenario = {
  ...common,
  name: ['未通过和异议成立：两次修订', 'A lost vote and an upheld objection: two revisions'],
  ends: { status: 'closed', outcome: 'adopted', counts: { write: 3 } },
  acts: [
    ...prepared(1),
    written(3, '一次做完'),
    vote(4, 'party-branch', [30, 24, 24]),
    vote(4.1, 'two-committees', [9, 9, 8]),
    vote(4.2, 'residents-representatives', [45, 41, 20]),
    written(5, '分四步做'),
    ...passed(6),
    posted(7, 'decision', '经三次会议通过：分四步帮扶。'),
    {
      ...{ day: 8, as: 'caseworker', type: 'objection.raise', label: 'objection', target: 'decision' },
      data: { text: '没有写明谁来管钱' },
      says: ['有居民提出异议', 'A resident objects'],
    },
    {
      ...{ day: 9, as: 'supervisor', type: 'objection.decide', target: '@objection' },
      data: { outcome: 'upheld', text: '应写明由居民代表管钱、监督委员会管账' },
      says: ['异议成立，退回修订', 'The objection holds: back to the draft'],
    },
    written(10, '分四步做，管钱管账分开'),
    ...passed(11),
    posted(12, 'decision', '经三次会议再次通过：分四步帮扶，管钱管账分开。'),
    {
      ...{ day: 25, as: 'secretary', type: 'case.close', data: { outcome: 'adopted' } },
      says: ['决议生效，由帮扶个案落实', 'Adopted; the help itself carries it out'],
    },
  ],
};

/** Too few come, and nothing is decided; they meet again. */
export const tooFew: Scenario = {
  ...common,
  name: ['到会人数不足', 'Too few to decide'],
  ends: { status: 'open', stage: 'deliberate' },
  acts: [
    ...prepared(1),
    written(3, '分四步做'),
    vote(4, 'party-branch', [30, 15, 15]),
    vote(6, 'party-branch', [30, 16, 16]),
    vote(6.1, 'two-committees', [9, 9, 8]),
  ],
};

/** All scripts of the program by name. */
export const scenarios: Readonly<Record<string, Scenario>> = { wholeStory, revisedTwice, tooFew };
