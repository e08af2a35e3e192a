import { isCalendarDate } from '../../engine/time/civil.ts';

/** An amount as banks write it, in fen; undefined where nothing stands, `'?'` where it is no amount. */
export function readFen(text: string | undefined): number | undefined | '?' {
  const plain = (text ?? '').normalize('NFKC').replace(/[\s,，¥￥元]/g, '');
  if (plain === '' || plain === '-' || plain === '--') return undefined;
  const match = /^([+-]?)(\d{1,11})(?:\.(\d{1,2})0*)?$/.exec(plain);
  if (!match) return '?';
  const [, sign, yuan, part = ''] = match;
  const fen = Number(yuan) * 100 + Number(part.padEnd(2, '0'));
  return sign === '-' ? -fen : fen;
}

/** A day as banks write it: `2026-11-03`, `20261103`, `2026/11/3 10:22:01`, `2026年11月3日`; undefined where it is none. */
export function readDay(text: string | undefined): string | undefined {
  const plain = (text ?? '').normalize('NFKC').trim();
  const match =
    /^(\d{4})(\d{2})(\d{2})(?:\D.*|\d{6})?$/.exec(plain) ??
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:\D.*)?$/.exec(plain);
  if (!match) return undefined;
  const day = `${match[1]}-${match[2]!.padStart(2, '0')}-${match[3]!.padStart(2, '0')}`;
  return isCalendarDate(day) ? day : undefined;
}

/** Whether money came in or went out; undefined where neither is said (WeChat marks moves between one's own purses with `/`). */
export function readSide(text: string | undefined): 'in' | 'out' | undefined {
  const plain = (text ?? '').normalize('NFKC').trim().toLowerCase();
  if (['收入', '收', '贷', '贷方', '来账', 'c', 'cr', 'credit', '+', 'in', '已收入'].includes(plain)) return 'in';
  if (['支出', '支', '付', '借', '借方', '往账', 'd', 'dr', 'debit', '-', 'out', '已支出'].includes(plain))
    return 'out';
  return undefined;
}
