import { expect, it } from 'vitest';
import { readList } from './book-list.ts';

it.each([
  ['tabs', 'A-1\t120.50\tSJ-1\nA-2\t￥1,200\tSJ-2'],
  ['commas', 'A-1,120.50,SJ-1\r\nA-2,"1,200.00",SJ-2'],
  ['commas of full width', 'A-1，１２０．５，SJ-1\nA-2，1200，SJ-2'],
  ['blanks', 'A-1  120.5  SJ-1\n\nA-2 1200元 SJ-2'],
  ['a heading in another order', '收据号,户号,金额（元）\nSJ-1,A-1,120.50\nSJ-2,A-2,1200'],
])('reads a list with %s', (_, text) => {
  expect(readList(text).problems).toEqual([]);
  expect(readList(text).rows.map(({ line: __, ...row }) => row)).toEqual([
    { payer: 'A-1', amountFen: 12_050, receipt: 'SJ-1' },
    { payer: 'A-2', amountFen: 120_000, receipt: 'SJ-2' },
  ]);
});

it('says of every line what is wrong with it', () => {
  const { rows, problems } = readList('A-1,12,1\nA-2,x,2\n,5,3\nA-4,6\n\nA-5,7,1');
  expect(rows.map(({ line }) => line)).toEqual([1]);
  expect(problems.map(({ line, why }) => [line, why[0]])).toEqual([
    [2, '金额应写成元，如 120.50'],
    [3, '缺少户号'],
    [4, '缺少收据号'],
    [6, '收据号 1 与第 1 行重复'],
  ]);
});

it('takes two hundred and no more', () => {
  const list = (n: number) => Array.from({ length: n }, (_, i) => `A-${i},1,${i}`).join('\n');
  expect(readList(list(200)).problems).toEqual([]);
  expect(readList(list(201)).problems).toMatchObject([{ line: 201 }]);
  expect(readList(list(9_999)).problems).toHaveLength(1);
});
