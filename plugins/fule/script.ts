import type { ScriptedAct } from '../../sdk/index.ts';

/** The words of the fule scripts: each makes the acts of one thing that happens. Whoever has no login is spoken for, with proof. */

/** He agrees to the plan, on paper; the caseworker brings the signed sheet. */
export const consent = (day: number): ScriptedAct => ({
  day,
  as: 'caseworker',
  type: 'consent.give',
  onBehalfOf: 'beneficiary',
  evidence: ['file'],
  says: ['他在同意书上签了字', 'He signs the sheet of consent'],
});

/** The three bodies vote, one after the other. */
export const votes = (day: number): ScriptedAct[] =>
  (
    [
      ['party-branch', 24, 24],
      ['two-committees', 9, 9],
      ['residents-representatives', 41, 38],
    ] as const
  ).map(([body, present, yes], n) => ({
    day: day + n / 20,
    as: 'secretary',
    type: 'decision.record',
    data: { body, present, for: yes, against: 0, abstain: present - yes, text: '同意帮扶方案' },
    evidence: ['file'],
    says: ['会议通过方案', 'A meeting passes the plan'],
  }));

/** The temporary mother did something of the plan; the caseworker enters it from her diary. */
export const companion = (day: number, target: string, fields: Record<string, string> = {}): ScriptedAct => ({
  day,
  as: 'caseworker',
  type: 'task.complete',
  target,
  data: { fields },
  onBehalfOf: 'companion',
  evidence: ['photo'],
});

/** The volunteers did something of the plan. */
export const volunteers = (day: number, target: string, fields: Record<string, string> = {}): ScriptedAct => ({
  ...companion(day, target, fields),
  onBehalfOf: 'volunteers',
});

/** Visit number n of the grid, planned on day 3 × n. */
export const visit = (n: number, mood: '开朗' | '平稳' | '低落', day = 3 * n + 0.1): ScriptedAct => ({
  ...companion(day, `visit-${n}`, { mood }),
  says: ['邱某上门陪伴', 'His companion comes to see him'],
});

/** The secretary agrees that a milestone is reached. */
export const reached = (
  day: number,
  target: string,
  note: string,
  evidence: readonly ('photo' | 'file')[] = [],
): ScriptedAct => ({
  day,
  as: 'secretary',
  type: 'milestone.reach',
  target,
  data: { note, witness: '邱某' },
  evidence,
});

const PEN_HOLDER_FEN = 2_500;
const KEY_RING_FEN = 1_000;

/** A day's sale: so many pen holders and key rings, to whom. `cashFen`: what the cash holder writes when she errs. */
export interface Sale {
  readonly day: number;
  readonly sourceDoc: string;
  readonly penHolders: number;
  readonly keyRings: number;
  readonly buyer: string;
  readonly cashFen?: number;
}

/** What a sale brought, in fen. */
export const takingsFen = ({ penHolders, keyRings }: Sale): number =>
  penHolders * PEN_HOLDER_FEN + keyRings * KEY_RING_FEN;

/** Both sides record a sale from the same sheet, neither looking at the other: money as one sum, accounts line by line. */
export function sold(sale: Sale): ScriptedAct[] {
  const { day, sourceDoc, penHolders, keyRings, buyer, cashFen = takingsFen(sale) } = sale;
  const common = { book: 'earnings', direction: 'in', sourceDoc, channel: 'cash' };
  const line = (item: string, quantity: number, priceFen: number) => ({
    text: `${item} ${quantity} 件，${buyer}`,
    item,
    quantity,
    priceFen,
    amountFen: quantity * priceFen,
    buyer,
  });
  return [
    {
      day,
      as: 'cashHolder',
      type: 'cash.record',
      label: `cash ${sourceDoc}`,
      data: { ...common, amountFen: cashFen },
      evidence: ['photo'],
      says: ['管钱人收款入账', 'The cash holder takes the money and records it'],
    },
    {
      day: day + 0.05,
      as: 'accountant',
      type: 'ledger.record',
      label: `ledger ${sourceDoc}`,
      data: {
        ...common,
        lines: [line('笔筒', penHolders, PEN_HOLDER_FEN), line('十二生肖钥匙链', keyRings, KEY_RING_FEN)],
      },
      evidence: ['photo'],
      says: ['管账人另行记账', 'The accountant records it on his own'],
    },
  ];
}

/** The two books are laid side by side. */
export const reconciled = (day: number): ScriptedAct => ({
  day,
  as: 'secretary',
  type: 'books.reconcile',
  data: { book: 'earnings' },
  says: ['两本账核对', 'The two books are compared'],
});

/** A wrong entry of the cash book is explained, struck out in red, and written again as the sheet says. */
export const corrected = (day: number, { cashFen: _, ...sale }: Sale): ScriptedAct[] => [
  {
    day,
    as: 'cashHolder',
    type: 'discrepancy.explain',
    target: sale.sourceDoc,
    data: { text: '收款人把两位数字写颠倒了，单据金额为准' },
    says: ['管钱人说明差错原因', 'The cash holder says how the difference came about'],
  },
  {
    day: day + 0.01,
    as: 'secretary',
    type: 'discrepancy.decide',
    target: sale.sourceDoc,
    data: { decision: 'correct', text: '按单据更正现金账' },
    says: ['书记决定更正', 'The secretary orders the correction'],
  },
  {
    day: day + 0.02,
    as: 'cashHolder',
    type: 'entry.reverse',
    target: `@cash ${sale.sourceDoc}`,
    reason: '金额写错，按单据更正',
    says: ['错账用红字冲销', 'The wrong entry is reversed in red'],
  },
  ...sold({ ...sale, day: day + 0.03 })
    .slice(0, 1)
    .map((act) => ({ ...act, label: `cash again ${sale.sourceDoc}` })),
];

/** Acts in order, each that is entered from paper with its reason: they are recorded much later than they happened. */
export const fromPaper = (...acts: (ScriptedAct | ScriptedAct[])[]): ScriptedAct[] =>
  acts.flat().map((act) => ({ reason: '按纸质记录补录', ...act }));
