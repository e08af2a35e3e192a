import { randomUUID } from 'node:crypto';

/** Line of a paper as both sides list it: a household, its receipt, what it paid. */
export interface PaperLine {
  readonly payer: string;
  readonly receipt: string;
  readonly amountFen: number;
}

/** A paper with so many lines, of a journal whose papers are counted from 1. */
export interface Paper {
  readonly n: number;
  readonly sourceDoc: string;
  readonly lines: readonly PaperLine[];
  readonly amountFen: number;
}

/** The n-th paper of a case, with the same lines whoever asks. */
export function paperOf(n: number, lines: number): Paper {
  const each = Array.from({ length: lines }, (_, i) => {
    return { payer: `H-${i + 1}`, receipt: `${n}-${i + 1}`, amountFen: 100 * ((n + i) % 90) + 1_000 };
  });
  return { n, sourceDoc: `B-${n}`, lines: each, amountFen: each.reduce((sum, { amountFen }) => sum + amountFen, 0) };
}

/** What both sides send of a paper, as acts. */
export function actsOf({ sourceDoc, lines, amountFen }: Paper) {
  const common = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc };
  const list = lines.length > 1 ? { lines } : {};
  return {
    cash: { type: 'cash.record', data: { ...common, amountFen, ...list } },
    ledger: {
      type: 'ledger.record',
      data: { ...common, lines: lines.map((line) => (lines.length > 1 ? { ...line, text: TEXT } : sale(line))) },
    },
  };
}

const TEXT = '手工收入';
const sale = ({ amountFen }: PaperLine) => ({ text: TEXT, amountFen });

/** The rows of a case's books, counted on paper by paper as the door would. */
export class BookRows {
  private readonly caseId: string;
  private readonly month = beijing(new Date()).slice(0, 7);
  private balanceFen = 0;

  constructor(caseId: string) {
    this.caseId = caseId;
  }

  /** Rows of the journal: the entry, and who paid where there are several. */
  cash(paper: Paper) {
    this.balanceFen += paper.amountFen;
    const id = `earnings.c.cash.${paper.n}`;
    const entry = { ...this.entry(paper, id), recorded_by: 'p-cash-holder' };
    const households = paper.lines.map(({ payer, receipt, amountFen }, i) => {
      return { case_id: this.caseId, entry: id, line: i + 1, book: 'earnings', payer, amount_fen: amountFen, receipt };
    });
    return { entries: [entry], households: paper.lines.length > 1 ? households : [] };
  }

  /** Rows of the ledger: the voucher and its lines. */
  ledger(paper: Paper) {
    const { n, lines, amountFen } = paper;
    const id = `earnings.v.${this.month}.${n}`;
    const more = { period: this.month, line_count: lines.length + 1, total_fen: amountFen };
    const voucher = { ...this.entry(paper, id), ...more, recorded_by: 'p-accountant' };
    const line = (i: number, account: string, side: string, fen: number) => {
      return { case_id: this.caseId, voucher: id, line: i, text: TEXT, account, side, amount_fen: fen };
    };
    const listed = lines.map(({ payer, receipt, amountFen: fen }, i) => {
      return { ...line(i + 2, '2601', 'credit', fen), ...(lines.length > 1 ? { payer, receipt } : {}) };
    });
    return { vouchers: [voucher], lines: [line(1, '1001', 'debit', amountFen), ...listed] };
  }

  private entry({ n, sourceDoc, amountFen, lines }: Paper, id: string) {
    const now = new Date();
    return {
      ...{ case_id: this.caseId, id, book: 'earnings', channel: 'cash', no: n, direction: 'in', amount_fen: amountFen },
      ...{ balance_fen: this.balanceFen, source_doc: sourceDoc, occurred_date: beijing(now).slice(0, 10) },
      ...(lines.length > 1 ? { receipts: `${sourceDoc} in ${lines.length}` } : {}),
      ...{ actor_kind: 'person', recorded_at: now.toISOString(), act_id: randomUUID(), seq: 1_000_000 + n },
    };
  }
}

function beijing(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString();
}
