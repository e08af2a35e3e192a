import type { Sql } from '../../db/client.ts';
import { closedUpTo, headBefore } from '../../db/queries/book-reports.ts';
import { lastDayOf } from '../../engine/books/closings.ts';
import { addMonths, startOfDay } from '../../engine/time/civil.ts';
import type { Channel, Text } from '../../sdk/program.ts';
import type { BookSight } from '../book-sight.ts';
import type { LedgerSight } from './accounts.ts';
import { loadBankReconciliation } from './bank-reconciliation.ts';
import { type ReportKey, reportKind } from './catalogue.ts';
import { journalTable, journalTitles } from './journal.ts';
import { detailedLedger, generalLedger, isBalanced, trialBalance } from './ledgers.ts';
import { loadJournal, loadLedger, type Wanted } from './load.ts';
import { newestRoot } from './log-root.ts';
import { hiddenNote, hides, periodWords, type Report, type ReportFact, type ReportTable } from './model.ts';
import { noticesOf } from './notices.ts';
import { loadAdvances, loadGifts } from './registers.ts';
import { sourcesAndUses } from './sources.ts';
import { statementFacts, statementTable } from './statement.ts';
import { ledgerOfPerson, subLedgers } from './sub-ledger.ts';

/** A report asked for. */
export interface Asked extends Wanted {
  readonly report: ReportKey;
  /** The civil day of the question: nothing is told of later ones. */
  readonly today: string;
  readonly channel?: Channel | undefined;
  readonly account?: string | undefined;
  /** Whose statement, by the id of the party; needed where a book holds money of several. */
  readonly person?: string | undefined;
}

/** What a report needs to know of its reader and the people of the case, asked for after its rows are read. */
export interface Look {
  readonly sight: BookSight;
  readonly caseNo: string;
  /** The name of a person whose money is held, by the id of the party; of the only one for null. */
  readonly nameOf: (person: string | null) => string;
}

/** Reads what a report is about and makes it, as its reader may see it. */
export async function buildReport(sql: Sql, asked: Asked, look: () => Promise<Look>): Promise<Report> {
  // before the rows are read: what a month holds that is closed by then never changes
  const closed = await closedUpTo(sql, asked.caseId, asked.book);
  const made = await tablesOf(sql, asked, look);
  const hidden = hides(made.tables) || made.facts?.some(({ value }) => value === null);
  return {
    report: asked.report,
    title: made.title ?? reportKind(asked.report).title,
    period: asked.period,
    notices: noticesOf(asked.period, closed, made.tables),
    facts: made.facts ?? [],
    tables: made.tables,
    notes: [...(made.notes ?? []), ...(hidden ? [hiddenNote] : [])],
    signatures: made.signatures ?? KEEPERS,
    ...(made.code ? { code: made.code } : {}),
  };
}

const KEEPERS: readonly Text[] = [
  ['审批人', 'Approved by'],
  ['管账人（会计）', 'Accountant'],
  ['管钱人（出纳）', 'Cash holder'],
];

interface Made {
  readonly title?: Text;
  readonly tables: readonly ReportTable[];
  readonly facts?: readonly ReportFact[];
  readonly notes?: readonly Text[];
  readonly signatures?: readonly Text[];
  readonly code?: string;
}

async function tablesOf(sql: Sql, asked: Asked, look: () => Promise<Look>): Promise<Made> {
  const { period, account } = asked;
  const ledger = async (): Promise<LedgerSight & { look: Look }> => {
    const loaded = await loadLedger(sql, asked);
    const seen = await look();
    return { ...loaded(seen.sight), look: seen };
  };
  switch (asked.report) {
    case 'cash-journal':
    case 'bank-journal': {
      const channel = asked.channel ?? 'cash';
      const loaded = await loadJournal(sql, asked, channel);
      const { openingFen, entries } = loaded((await look()).sight);
      return { title: journalTitles[channel], tables: [journalTable(period, openingFen, entries)] };
    }
    case 'general-ledger':
      return { tables: generalLedger(await ledger(), period, account) };
    case 'ledger':
      return { tables: detailedLedger(await ledger(), period, account) };
    case 'trial-balance': {
      const table = trialBalance(await ledger(), period);
      const balanced = isBalanced(table);
      const said: Text = balanced
        ? ['试算平衡：各栏借方合计等于贷方合计。', 'It balances: debit equals credit in every pair of columns.']
        : ['试算不平衡，请立即核查。', 'It does not balance: look into it at once.'];
      return { tables: [table], notes: balanced === undefined ? [] : [said] };
    }
    case 'sub-ledger': {
      const { look: seen, ...all } = await ledger();
      return subLedgers(all, period, seen.nameOf);
    }
    case 'sources-and-uses':
      return { tables: [sourcesAndUses(await ledger(), period)] };
    case 'advances': {
      const day = dayOf(asked);
      const loaded = await loadAdvances(sql, asked, day);
      const table = loaded((await look()).sight);
      return { tables: [table], facts: [{ key: 'day', title: ['截至', 'On'], value: day, kind: 'date' }] };
    }
    case 'gifts': {
      const loaded = await loadGifts(sql, asked);
      return { tables: [loaded((await look()).sight)] };
    }
    case 'bank-reconciliation': {
      const channel = asked.channel ?? 'bank';
      const day = dayOf(asked);
      const loaded = await loadBankReconciliation(sql, asked, channel, day);
      const title: Text =
        channel === 'bank' ? reportKind(asked.report).title : ['微信余额调节表', 'WeChat reconciliation'];
      return {
        ...loaded((await look()).sight),
        title,
        facts: [{ key: 'day', title: ['截至', 'On'], value: day, kind: 'date' }],
      };
    }
    case 'statement':
      return statement(sql, asked, await ledger());
  }
}

/** The day a report is about that tells how things stand: the last of its months, or today before that. */
function dayOf({ today, period }: Asked): string {
  const last = lastDayOf(period.to);
  return today < last ? today : last;
}

/**
 * The statement names the place of the record it agrees with: the last event before the month was over, which no later one
 * changes; and how far the signed log had come when it was printed, so that every household holds a witness of it.
 */
async function statement(sql: Sql, asked: Asked, { look, ...ledger }: LedgerSight & { look: Look }): Promise<Made> {
  const { caseId, period, person = null } = asked;
  const after = startOfDay(addMonths(`${period.to}-01`, 1));
  const head = await headBefore(sql, caseId, after);
  const own = ledgerOfPerson(ledger, person);
  const facts = statementFacts(own, period);
  const closing = facts.find(({ key }) => key === 'closingInWords')?.value;
  const record = head && `${head.seq} · ${head.hash}`;
  const log = await newestRoot(sql);
  return {
    tables: [statementTable(own, period)],
    facts: [
      { key: 'person', title: ['户主', 'Held for'], value: look.nameOf(person), kind: 'text' },
      ...facts,
      ...(record
        ? [{ key: 'record', title: ['记录校验值', 'Record'] as const, value: record, kind: 'text' as const }]
        : []),
      ...(log ? [{ key: 'log', title: ['日志校验值', 'Log'] as const, value: log, kind: 'text' as const }] : []),
    ],
    notes: [
      [
        '这些钱归本人所有，由社区代管。如有不符，请在签字前向审批人或上一级提出。',
        'The money belongs to you and is kept for you. If anything is wrong, tell the approver or the level above before you sign.',
      ],
    ],
    signatures: [
      ['本人（监护人）签字', 'Signed (or guardian)'],
      ['管钱人（出纳）', 'Cash holder'],
      ['管账人（会计）', 'Accountant'],
      ['日期', 'Date'],
    ],
    ...(record
      ? { code: [look.caseNo, periodWords(period)[0], closing ?? '', record, log].filter(Boolean).join('\n') }
      : {}),
  };
}
