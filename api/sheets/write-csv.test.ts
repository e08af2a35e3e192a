import { describe, expect, it } from 'vitest';
import { csvOf } from './write-csv.ts';

describe('csvOf', () => {
  it.each([
    [['a', 1, null], '"a",1,'],
    [['a,b', 'say "x"'], '"a,b","say ""x"""'],
    [['two\nlines'], '"two\nlines"'],
    [['x;=1+1', 'x\t=1+1'], '"x;=1+1","x\t=1+1"'],
    [[-5, '-5'], `-5,"'-5"`],
    [['=1+1', '+1', '@x', '＝1', ' =1', '\t=1'], `"'=1+1","'+1","'@x","'＝1","' =1","'\t=1"`],
  ])('%j', (row, line) => {
    expect(csvOf([row])).toBe(`\u{feff}${line}\r\n`);
  });
});
