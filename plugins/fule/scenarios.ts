import type { Scenario } from '../../sdk/index.ts';
import {
  companion,
  consent,
  corrected,
  fromPaper,
  reached,
  reconciled,
  type Sale,
  sold,
  takingsFen,
  visit,
  volunteers,
  votes,
} from './script.ts';

/**
 * Sales of the whole story. Reported is only the sum, 2,590 yuan, and what was made: pen holders and zodiac key rings. Days,
 * prices, quantities and buyers are our own, and sum to exactly 259000 fen.
 */
export const sales: readonly Sale[] = [
  { day: 8.2, sourceDoc: 'SJ-01', penHolders: 6, keyRings: 10, buyer: '共建单位' },
  { day: 10.2, sourceDoc: 'SJ-02', penHolders: 8, keyRings: 15, buyer: '共建单位' },
  // The cash holder writes 350.00 for 305.00.
  { day: 13.2, sourceDoc: 'SJ-03', penHolders: 5, keyRings: 18, buyer: '社区党支部', cashFen: 35_000 },
  { day: 14.2, sourceDoc: 'SJ-04', penHolders: 8, keyRings: 20, buyer: '共建单位' },
  { day: 17.2, sourceDoc: 'SJ-05', penHolders: 6, keyRings: 22, buyer: '集市顾客' },
  { day: 18.2, sourceDoc: 'SJ-06', penHolders: 9, keyRings: 21, buyer: '集市顾客' },
  { day: 19.2, sourceDoc: 'SJ-07', penHolders: 8, keyRings: 28, buyer: '集市顾客' },
];

/** What the whole story earns, in fen. */
export const earningsFen = sales.reduce((sum, sale) => sum + takingsFen(sale), 0);

const [first, second, wrong, fourth, fifth, sixth, seventh] = sales as [Sale, Sale, Sale, Sale, Sale, Sale, Sale];

const common = {
  program: 'fule',
  openedDaysAgo: 20,
  data: { needs: '行动不便，不愿与人交往，没有收入' },
  parties: [
    { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
    { role: 'companion', name: '邱某' },
    { role: 'volunteers', name: '志愿者服务队' },
  ],
  assignments: { secretary: 'secretary', cashHolder: 'residents-representative', accountant: 'supervision-head' },
} as const;

/** From consent to self-reliance, with a missed visit, a step back and a wrong entry. Years are told in twenty days. */
export const wholeStory: Scenario = {
  ...common,
  name: ['从同意到自食其力', 'From consent to self-reliance'],
  ends: { status: 'followUp', outcome: 'selfReliant', balancesFen: { earnings: 0 }, counts: { visit: 5, market: 3 } },
  acts: fromPaper(
    consent(0.1),
    votes(1),
    companion(2, 'meet'),
    visit(1, '低落'),
    volunteers(4, 'craft'),
    visit(2, '低落'),
    volunteers(7, 'craft'),
    sold(first),
    // Visit 3, planned on day 9, never happens: its ladder runs by itself.
    sold(second),
    visit(4, '平稳'),
    sold(wrong),
    reconciled(13.3), // finds the wrong entry; its ladder runs until it is put right on day 19
    sold(fourth),
    visit(5, '平稳'),
    reached(15.2, 'speaks', '能主动和志愿者聊天'),
    companion(15.3, 'outing'),
    companion(15.4, 'outing'),
    reached(15.45, 'goesOut', '到社区活动室参加活动', ['photo']),
    {
      day: 16,
      as: 'secretary',
      type: 'stage.stepBack',
      data: { to: 'outside' },
      reason: '被人围观后不愿再出门',
      says: ['他又不愿出门了，退回第二步', 'He will not go out any more: back to stage 2'],
    },
    companion(16.1, 'outing'),
    companion(16.2, 'outing'),
    reached(16.25, 'goesOut', '重新走出家门', ['photo']),
    companion(16.3, 'tell', { wish: '到图书馆去看一天书' }),
    volunteers(16.4, 'fulfil'),
    {
      day: 16.45,
      as: 'caseworker',
      type: 'milestone.reach',
      target: 'fulfilled',
      onBehalfOf: 'beneficiary',
      data: { note: '他说心愿实现了', witness: '邱某' },
      evidence: ['photo'],
      says: ['他自己说：心愿实现了', 'He says himself that his wish has come true'],
    },
    volunteers(17.1, 'market', { goods: '笔筒、钥匙链' }),
    sold(fifth),
    visit(6, '开朗'),
    volunteers(18.15, 'market', { goods: '笔筒、钥匙链' }),
    sold(sixth),
    volunteers(19.1, 'market', { goods: '笔筒、钥匙链' }),
    sold(seventh),
    corrected(19.26, wrong),
    reached(19.3, 'earns', '三次出摊，手工收入合计 2590 元', ['file']),
    reconciled(19.4),
    {
      day: 19.5,
      as: 'caseworker',
      type: 'payout.request',
      label: 'payout',
      data: { book: 'earnings', amountFen: earningsFen, channel: 'cash', text: '手工收入交给本人' },
      onBehalfOf: 'beneficiary',
      evidence: ['file'],
      says: ['他请求取钱', 'He asks for his money'],
    },
    {
      day: 19.52,
      as: 'secretary',
      type: 'payout.approve',
      target: '@payout',
      says: ['书记批准', 'The secretary approves'],
    },
    {
      day: 19.6,
      as: 'cashHolder',
      type: 'cash.record',
      data: { book: 'earnings', direction: 'out', amountFen: earningsFen, sourceDoc: 'ZF-01', channel: 'cash' },
      evidence: ['photo'],
    },
    {
      day: 19.62,
      as: 'accountant',
      type: 'ledger.record',
      data: {
        book: 'earnings',
        direction: 'out',
        sourceDoc: 'ZF-01',
        channel: 'cash',
        lines: [{ text: '手工收入交给本人', amountFen: earningsFen }],
      },
      evidence: ['photo'],
    },
    {
      day: 19.7,
      as: 'caseworker',
      type: 'payout.confirm',
      target: '@payout',
      onBehalfOf: 'beneficiary',
      data: { witness: '邱某' },
      evidence: ['photo'],
      says: ['他签字：钱收到了', 'He signs that he has received it'],
    },
    {
      day: 19.8,
      as: 'secretary',
      type: 'case.close',
      data: { outcome: 'selfReliant' },
      reason: '四步完成，本人自食其力',
      says: ['结案，回访一年', 'The case is closed; a year of follow-up begins'],
    },
  ),
};

/** He relapses after the first steps outside: back to the first stage, and more time for it. */
export const relapse: Scenario = {
  ...common,
  name: ['反复：退回第一步', 'A relapse: back to stage 1'],
  ends: { status: 'open', stage: 'speak', counts: { visit: 6 } },
  acts: fromPaper(
    consent(0.1),
    votes(1),
    companion(2, 'meet'),
    visit(1, '低落'),
    volunteers(4, 'craft'),
    visit(2, '平稳'),
    volunteers(7, 'craft'),
    visit(3, '平稳'),
    visit(4, '平稳'),
    reached(12.2, 'speaks', '愿意和邱某说话'),
    companion(13, 'outing'),
    {
      day: 14,
      as: 'secretary',
      type: 'stage.stepBack',
      data: { to: 'speak' },
      reason: '病情反复，又不说话了',
      says: ['退回第一步', 'Back to stage 1'],
    },
    visit(5, '低落'),
    volunteers(16, 'craft'),
    visit(6, '低落'),
  ),
};

/** Two visits are not made in time: one is made late, one never. */
export const missedVisit: Scenario = {
  ...common,
  name: ['漏了一次走访', 'A missed visit'],
  ends: { status: 'open', stage: 'speak', counts: { visit: 5 } },
  acts: fromPaper(
    consent(0.1),
    votes(1),
    companion(2, 'meet'),
    visit(1, '低落'),
    { ...visit(2, '低落', 9.3), reason: '邱某住院，出院后补访' },
    visit(4, '平稳'),
    visit(5, '平稳'),
    visit(6, '平稳'),
  ),
};

/** A wrong entry of the cash holder is found when the books are compared, and put right in red. */
export const wrongEntry: Scenario = {
  ...common,
  name: ['一笔错账', 'A wrong entry'],
  ends: { status: 'open', stage: 'speak' },
  acts: fromPaper(
    consent(0.1),
    votes(1),
    sold(first),
    sold(wrong),
    reconciled(13.3),
    corrected(13.4, wrong),
    reconciled(14),
  ),
};

/** All scripts of the program by name. */
export const scenarios: Readonly<Record<string, Scenario>> = { wholeStory, relapse, missedVisit, wrongEntry };
