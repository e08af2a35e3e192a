/** What a column of a statement means. `side` says whether `amount` came in or went out, where there is one column for both. */
export const meanings = [
  'date',
  'in',
  'out',
  'amount',
  'side',
  'balance',
  'counterparty',
  'text',
  'reference',
] as const;

/** One of the {@link meanings}. */
export type Meaning = (typeof meanings)[number];

/** Which column means what. */
export type Columns = Readonly<Partial<Record<Meaning, string>>>;

/**
 * How banks in China, Alipay and WeChat call their columns, the likelier name first. A bank writes from its own side: what
 * it credits (贷) comes in for the holder of the account.
 */
const NAMES: Readonly<Record<Meaning, readonly string[]>> = {
  date: ['记账日期', '入账日期', '交易日期', '交易日', '日期', '交易时间', '记账时间', '时间', 'date'],
  in: ['收入金额', '贷方发生额', '贷方金额', '贷方', '存入金额', '存入', '转入金额', '收入', 'credit', 'in'],
  out: ['支出金额', '借方发生额', '借方金额', '借方', '支取金额', '支取', '转出金额', '支出', 'debit', 'out'],
  amount: ['交易金额', '发生额', '金额', 'amount'],
  side: ['收/支', '收支', '借贷标志', '借贷方向', '收支标志', '收付标志', 'direction'],
  balance: ['账户余额', '交易后余额', '联机余额', '本次余额', '余额', 'balance'],
  counterparty: ['对方户名', '对方账户名称', '对方名称', '对方单位', '交易对方', '对方', 'counterparty'],
  text: ['摘要', '交易摘要', '用途', '附言', '交易说明', '商品', '备注', '交易类型', 'text'],
  reference: ['流水号', '交易流水号', '凭证号', '凭证号码', '交易单号', '日志号', '业务编号', 'reference'],
};

/** The plain name of a column: without blanks, units in brackets and signs that spreadsheets add. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s*:]/g, '')
    .replace(/\((元|人民币|rmb|cny|￥|¥)*\)/gi, '')
    .toLowerCase();
}

/** Says which column means what, by their names; a column means one thing only. */
export function guessColumns(columns: readonly string[]): Columns {
  const free = new Map(columns.map((name) => [plainName(name), name]));
  const found: Partial<Record<Meaning, string>> = {};
  for (const meaning of meanings) {
    const name = NAMES[meaning].find((each) => free.has(each));
    if (name === undefined) continue;
    found[meaning] = free.get(name)!;
    free.delete(name);
  }
  // an amount of both sides beside columns of each says nothing more
  if (found.in !== undefined && found.out !== undefined) {
    const { amount: _, side: __, ...rest } = found;
    return rest;
  }
  return found;
}

/** Whether columns say enough to read a statement: when, how much, and whether it came or went. */
export function saysEnough({ date, in: came, out, amount }: Columns): boolean {
  return date !== undefined && ((came !== undefined && out !== undefined) || amount !== undefined);
}

/** How many known names a line of a file has: the line with the heading has several. */
export function knownNames(cells: readonly string[]): number {
  const known = new Set(Object.values(NAMES).flat());
  return cells.filter((cell) => known.has(plainName(cell))).length;
}
