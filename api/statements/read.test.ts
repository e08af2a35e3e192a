import { describe, expect, it } from 'vitest';
import { readCsv } from '../sheets/read-csv.ts';
import { guessColumns } from './columns.ts';
import { fromHeading } from './file.ts';
import { readStatement } from './read.ts';
import { readDay, readFen, readSide } from './values.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
/** 交易日期 and so on in GB 18030, as banks write it. */
const gb = (text: string) => Uint8Array.from(GB18030(text));
const read = (file: Uint8Array) => {
  const sheet = readCsv(fromHeading(file));
  return readStatement(sheet, guessColumns(sheet.columns));
};
const short = (file: Uint8Array) =>
  read(file).lines.map((each) => [each.date, each.direction, each.amountFen, each.balanceFen ?? null, each.nth]);

const BANK = `账号：6222 **** 1234,,,,,,
起止日期：2026-11-01至2026-11-30,,,,,,
交易日期,交易流水号,借方发生额,贷方发生额,账户余额,对方户名,摘要
20261105,L003,,"1,500.00","3,380.00",某单位,货款
20261103,L002,120.00,,"1,880.00",某商店,材料
20261101,L001,,2000.00,2000.00,某合作社,货款 SJ-1
合计,,120.00,3500.00,,,`;

const WECHAT = `微信支付账单明细,,,,,,
微信昵称：[某],,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),交易单号
2026-11-03 10:22:01,二维码收款,某客,香包,收入,¥25.00,4200001
2026-11-03 10:25:07,二维码收款,某客,香包,收入,¥25.00,4200002
2026-11-04 09:00:00,零钱提现,/,/,/,¥50.00,4200003
2026-11-05 11:00:00,商户消费,某店,线材,支出,¥12.50,4200004`;

describe('the file of a bank', () => {
  it('is read from its heading on, oldest first, with debit as money that went out', () => {
    expect(short(bytes(BANK))).toEqual([
      ['2026-11-01', 'in', 200_000, 200_000, 1],
      ['2026-11-03', 'out', 12_000, 188_000, 1],
      ['2026-11-05', 'in', 150_000, 338_000, 1],
    ]);
    expect(read(bytes(BANK))).toMatchObject({ problems: [], passed: 1 });
    expect(read(bytes(BANK)).lines[0]).toMatchObject({
      counterparty: '某合作社',
      text: '货款 SJ-1',
      reference: 'L001',
    });
  });

  it('is read in GB 18030 too', () => {
    expect(short(gb('日期,收入,支出,余额\n2026/11/3,1.5,,1.5\n'))).toEqual([['2026-11-03', 'in', 150, 150, 1]]);
  });

  it('of WeChat leaves moves between own purses out', () => {
    expect(short(bytes(WECHAT))).toEqual([
      ['2026-11-03', 'in', 2_500, null, 1],
      ['2026-11-03', 'in', 2_500, null, 1],
      ['2026-11-05', 'out', 1_250, null, 1],
    ]);
  });

  it('tells lines apart that say the very same', () => {
    const twice = read(bytes('日期,收入,支出\n2026-11-03,5,\n2026-11-03,5,\n'));
    expect(twice.lines.map(({ nth }) => nth)).toEqual([1, 2]);
  });

  it('turns a single day round by its balances', () => {
    const day = short(bytes('日期,金额,余额\n2026-11-03,-5.00,95.00\n2026-11-03,100.00,100.00\n'));
    expect(day.map(([, direction]) => direction)).toEqual(['in', 'out']);
  });

  it('says which rows cannot be read, and where a line is missing', () => {
    const rows = (text: string) => read(bytes(text)).problems.map(({ row }) => row);
    expect(rows('日期,收入,支出,余额\n2026-11-03,x,,1\n')).toEqual([2]);
    expect(rows('日期,收入,支出,余额\n2026-13-03,5,,1\n')).toEqual([2]);
    expect(rows('日期,收入,支出,余额\n2026-11-03,5,,5\n2026-11-04,5,,11\n')).toEqual([3]);
  });
});

describe('values', () => {
  it.each([
    ['1,234.56', 123_456],
    ['¥12', 1_200],
    ['－5.5', -550],
    ['0.01', 1],
    ['', undefined],
    ['--', undefined],
    ['1.234', '?'],
    ['12a', '?'],
  ])('%s is %s fen', (text, fen) => {
    expect(readFen(text)).toBe(fen);
  });

  it.each([
    ['20261103', '2026-11-03'],
    ['20261103102201', '2026-11-03'],
    ['2026年11月3日', '2026-11-03'],
    ['2026-11-03 10:22:01', '2026-11-03'],
    ['2026-02-30', undefined],
    ['合计', undefined],
  ])('%s is the day %s', (text, day) => {
    expect(readDay(text)).toBe(day);
  });

  it('knows both words for a direction', () => {
    expect(['收入', '贷', 'CR', '支出', '借', '/'].map(readSide)).toEqual(['in', 'in', 'in', 'out', 'out', undefined]);
  });
});

/** Encodes what this test needs: Node decodes GB 18030 but writes it not. */
function GB18030(text: string): number[] {
  const known: Record<string, number[]> = {};
  const decoder = new TextDecoder('gb18030');
  for (let a = 0xb0; a <= 0xf7; a++)
    for (let b = 0xa1; b <= 0xfe; b++) known[decoder.decode(Uint8Array.of(a, b))] = [a, b];
  return [...text].flatMap((sign) => known[sign] ?? [sign.charCodeAt(0)]);
}
