import type { Scenario, ScriptedAct } from '../../sdk/index.ts';

const step = (day: number, target: string, fields: Record<string, string> = {}): ScriptedAct => ({
  ...{ day, as: 'director', type: 'task.complete', target, data: { fields }, reason: '按进度登记' },
});
const says = (day: number, target: string): ScriptedAct => ({
  ...{ day, as: 'director', type: 'milestone.reach', target, onBehalfOf: 'household', reason: '住户当面确认' },
  ...{ data: { witness: '楼长' }, evidence: ['photo'] },
});
const close = (day: number, outcome: string): ScriptedAct => ({
  ...{ day, as: 'director', type: 'case.close', data: { outcome }, reason: '办结' },
});

const common = {
  program: 'household-works',
  openedDaysAgo: 28,
  data: { place: '3 号楼 2 单元 501', priority: '老人' },
  parties: [{ role: 'household', name: '李某' }],
  assignments: { director: 'director' },
} as const;

/** A household that pays and has water again. */
export const paying: Scenario = {
  ...common,
  name: ['缴费、接通、确认', 'Pays, is connected, confirms'],
  acts: [
    step(0.1, 'informed'),
    says(1, 'agreed'),
    step(3, 'fee', { paid: '已缴', receipt: 'SJ-001' }),
    step(26, 'connected'),
    says(26.5, 'confirmed'),
    close(27, 'confirmed'),
  ],
  ends: { status: 'closed', outcome: 'confirmed' },
};

/** A household that could not be reached: somebody advances its fee, and it is connected with the others. */
export const advanced: Scenario = {
  ...common,
  name: ['联系不上，先垫付', 'Cannot be reached: the fee is advanced'],
  acts: [
    step(2, 'informed'),
    says(9, 'agreed'),
    step(10, 'fee', { paid: '垫付', receipt: 'DF-001' }),
    step(26, 'connected'),
    says(27, 'confirmed'),
    close(27.5, 'confirmed'),
  ],
  ends: { status: 'closed', outcome: 'confirmed' },
};

/** All of them. */
export const scenarios = { paying, advanced };
