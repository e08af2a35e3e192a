import type { MoneyKindKey } from '../../sdk/money-kinds.ts';
import type { Book, Text } from '../../sdk/program.ts';
import { oppositeAccount } from './accounts.ts';
import type { Direction } from './entry.ts';

/** What a line of money is for, in a layman's words, and the account it means in a book of project funds. */
interface MoneyKind {
  readonly name: Text;
  readonly direction: Direction;
  readonly account: string;
  /** Whose own claim it is, in whatever book: never income or cost, nor money of the person the book is kept for. */
  readonly claim?: true;
  /** It was given for something, and the line says what for (专款专用). */
  readonly purposeNeeded?: true;
}

/**
 * What a line can be for. Who keeps the accounts chooses one of these and needs to know no number of an account: in a book of
 * project funds it means the account, in a book kept for a person the liability to that person (2601), whose money never is
 * income of the committee. Only a helper's advance is the helper's in both (2209).
 */
export const moneyKinds: Readonly<Record<MoneyKindKey, MoneyKind>> = {
  sale: { name: ['销售收入', 'sales'], direction: 'in', account: '4501' },
  fee: { name: ['住户缴费', 'fees of households'], direction: 'in', account: '4901' },
  subsidy: { name: ['政府补助', 'government subsidy'], direction: 'in', account: '4401', purposeNeeded: true },
  gift: { name: ['捐赠收入', 'gift of money'], direction: 'in', account: '4101' },
  advance: { name: ['收到垫付款', "a helper's advance"], direction: 'in', account: '2209', claim: true },
  otherIncome: { name: ['其他收入', 'other income'], direction: 'in', account: '4901' },
  material: { name: ['材料支出', 'material bought'], direction: 'out', account: '5101' },
  work: { name: ['工程劳务支出', 'works and wages'], direction: 'out', account: '5101' },
  water: { name: ['水费', 'water'], direction: 'out', account: '5101' },
  power: { name: ['电费', 'electricity'], direction: 'out', account: '5101' },
  office: { name: ['办公费', 'office costs'], direction: 'out', account: '5201' },
  repayment: {
    name: ['归还垫付款', "repayment of a helper's advance"],
    direction: 'out',
    account: '2209',
    claim: true,
  },
  otherCost: { name: ['其他支出', 'other costs'], direction: 'out', account: '5401' },
};

/** The account of what is owed to helpers. */
export const ADVANCE_ACCOUNT = '2209';

/** The account a kind of line means in a book. */
export function accountOfKind(book: Pick<Book, 'keeps'>, key: MoneyKindKey): string {
  const { account, claim, direction } = moneyKinds[key];
  return claim || book.keeps === 'project funds' ? account : oppositeAccount(book, direction);
}
