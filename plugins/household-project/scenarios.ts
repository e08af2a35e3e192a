import type { Scenario, ScriptedAct } from '../../sdk/index.ts';

const at = (day: number, type: string, target: string, data: object, reason: string): ScriptedAct => ({
  ...{ day, as: 'responsible', type, target, data: { ...data }, reason },
});

/**
 * The alternatives that were dropped and the one that was chosen, as reported; costs are our own. The members of the group are
 * cases of their own and not part of the script: it ends with the works under way.
 */
export const chosen: Scenario = {
  program: 'household-project',
  name: ['从停水到开工', 'From the cut to the works'],
  openedDaysAgo: 25,
  data: { problem: '厂区自备井停供，无分户水表', households: 192 },
  parties: [],
  assignments: {
    responsible: 'director',
    approver: 'secretary',
    reviewer: 'caseworker',
    cashHolder: 'residents-representative',
    accountant: 'supervision-head',
  },
  acts: [
    at(0.1, 'option.add', 'route', { name: '改造自备井并加压', costFen: 110_000_000 }, '厂方提出'),
    at(0.2, 'option.add', 'route', { name: '从邻近小区二次接管', costFen: 40_000_000 }, '住户提出'),
    at(0.3, 'option.add', 'route', { name: '接市政 DN300 管网', costFen: 60_000_000 }, '自来水公司提出'),
    {
      ...at(1, 'task.complete', 'meeting', {}, '当晚住户会'),
      evidence: ['file'],
      says: [
        '当晚开住户会，说原因、谈方案、问出资意愿',
        'That evening the households meet on reasons, options and willingness to pay',
      ],
    },
    at(2, 'option.reject', 'route', { option: '1' }, '费用太高'),
    at(2.1, 'option.reject', 'route', { option: '2' }, '水压太低'),
    at(2.2, 'option.choose', 'route', { option: '3' }, '一公里内有干管，费用低、水压足'),
    at(3, 'group.setSize', 'homes', { size: 192 }, '全院共 192 户'),
    { ...at(20, 'task.complete', 'main', {}, '主管网开工'), evidence: ['photo'] },
  ],
  ends: { status: 'open', stage: 'works' },
};

/** All of them. */
export const scenarios = { chosen };
