import postgres from 'postgres';
import { type Refusal, refuse } from '../engine/refusal.ts';

/** Rules of our own tables that only a fault of the door can break. */
const ownRules = /function (events_follow|org_events_follow|cases_move_forward|refuse_change)\(/;
const bookTables = /^(book|cash_|voucher)/;

/**
 * The refusal that a broken rule of the books or of the roles means; undefined when the rule protects the record itself,
 * which no act can break.
 */
export function refusalOfRule(error: unknown): Refusal | undefined {
  if (!(error instanceof postgres.PostgresError)) return undefined;
  if (error.code === '23P01' && error.table_name === 'book_duties') {
    return refuse(
      'ROLES_COLLIDE',
      [
        '同一本账上，管钱、管账和审批不能是同一个人',
        'On one book cash holder, accountant and approver must be different people.',
      ],
      [['把其中一项职责交给另一个人', 'Give one of the duties to somebody else.']],
    );
  }
  const byTrigger = error.code === 'P0001' && !ownRules.test(error.where ?? '');
  if (!byTrigger && !bookTables.test(error.table_name ?? '')) return undefined;
  // texts of triggers name entries and figures of this book; those of other constraints could quote whole rows
  const why = byTrigger ? error.message : `rule ${error.constraint_name ?? error.code}`;
  return refuse(
    'BOOKS_REFUSED',
    [`账簿不接受这笔记录（${why}）`, `The books refuse this entry: ${why}.`],
    [['核对金额、日期、单据和职责后重试', 'Check amount, date, document and duties, and record it again.']],
  );
}
