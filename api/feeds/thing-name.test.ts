import { expect, it } from 'vitest';
import { loadPrograms } from '../../plugins/index.ts';
import { thingName } from './thing-name.ts';

const program = (await loadPrograms()).all().find(({ id }) => id === 'fule');
const row = { of: 'item', key: null, kind: null, deadlineId: 'x-1', nameZh: '陪周某去医院', nameEn: 'see Zhou home' };

it.each([
  ['an item of the program', { key: 'meet', kind: 'task' }, program?.stages[0]?.items[0]?.name[0]],
  ['a duty', { of: 'duty', key: 'visit', kind: 'duty' }, '陪伴走访'],
  [
    'a duty on a festival',
    { of: 'duty', key: 'visit', kind: 'duty', nameZh: '陪伴走访（春节）', nameEn: 'companion visit (x)' },
    '陪伴走访（春节）',
  ],
  ['a stage', { of: 'stage', deadlineId: `stage:${program?.stages[0]?.stage}.2` }, program?.stages[0]?.name[0]],
  ['what a worker added', { key: '+1', kind: 'added' }, '补充事项'],
  ['what a worker added under a key of the program', { key: 'meet', kind: 'added' }, '补充事项'],
  ['a difference of the books, named after a paper', { of: 'discrepancy' }, '账簿差异'],
  ['a voucher under review', { of: 'discrepancy', deadlineId: 'earnings.w.2' }, '凭证复核'],
  ['the count of a book', { of: 'discrepancy', deadlineId: 'earnings.f.2' }, '账簿盘点移交'],
  ['a payout, named after its purpose', { key: 'p', kind: 'payout' }, '付款'],
  ['anything else', { key: 'unheard-of', kind: 'task' }, '个案事项'],
])('%s goes by a name that names nobody', (_, changes, expected) => {
  expect(expected).toBeTruthy();
  expect(thingName(program, { ...row, ...changes })[0]).toBe(expected);
  expect(thingName(undefined, { ...row, ...changes })[0]).not.toContain('周某');
});
