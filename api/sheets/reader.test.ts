import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { readSheets } from './read.ts';
import { createSheetReader, ReaderBusy, type ReaderLimits, type SheetReader } from './reader.ts';
import { SheetProblem } from './sheet.ts';
import { writeTables } from './write.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const small = bytesOf('姓名,电话\n周某,13800000000\n');

let reader: SheetReader | undefined;
afterEach(() => reader?.close());
const readerWith = (limits: Partial<ReaderLimits>): SheetReader => {
  reader = createSheetReader(limits);
  return reader;
};

/** A list as large as may be brought: 5,000 rows of 200 cells. */
const large = bytesOf(
  `${Array.from({ length: 200 }, (_, n) => `列${n}`).join(',')}\n${`${'甲,'.repeat(199)}甲\n`.repeat(5_000)}`,
);

describe('a file read in a thread of its own', () => {
  it('comes to the same sheets, and to the same problem, as read here', async () => {
    const { read } = readerWith({});
    const book = await writeTables('xlsx', [
      { name: '名单', columns: ['甲'], rows: [['410102199901011234'], ['=1+1']] },
    ]);
    for (const bytes of [small, book]) expect(await read(bytes)).toEqual(await readSheets(bytes));
    const old = new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]);
    const [here, there] = await Promise.all([readSheets(old), read(old)].map((each) => each.catch((error) => error)));
    expect(there).toBeInstanceOf(SheetProblem);
    expect(there).toEqual(here);
  });

  it('is given up when it takes too long, while this thread goes on, and the next one is read', async () => {
    const { read } = readerWith({ timeMs: 400, atOnce: 1 });
    await read(small);
    let longestMs = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    const [slow, next] = await Promise.allSettled([read(large), read(small)]);
    clearInterval(beat);
    expect(slow).toMatchObject({
      status: 'rejected',
      reason: { tooLarge: false, detail: [expect.stringContaining('超过 0.4 秒'), expect.any(String)] },
    });
    expect((slow as PromiseRejectedResult).reason.waysOut).toHaveLength(1);
    expect(next).toMatchObject({ status: 'fulfilled' });
    // reading it here would have held this thread up for seconds
    expect(longestMs).toBeLessThan(1_000);
  });

  it('of a bank takes time as it is long: no line of blanks holds up the thread, nor this one', async () => {
    const { read } = readerWith({ timeMs: 5_000, atOnce: 1 });
    const blanks = `${' '.repeat(200_000)}甲`;
    const commas = `${','.repeat(200_000)}甲`;
    const above = `"${'甲'.repeat(100_000)}\n`.repeat(10);
    const file = (text: string) => bytesOf(`${above}日期,收入,支出\n2026-11-03,5,\t\n${text}\n`);
    expect(await read(bytesOf('户名：甲\n日期,收入,支出\t,\n2026-11-03,5,\t\n'), { as: 'statement' })).toEqual([
      { columns: ['日期', '收入', '支出'], rows: [{ row: 2, cells: { 日期: '2026-11-03', 收入: '5' } }] },
    ]);
    let longestMs = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    expect((await read(file(blanks), { as: 'statement' }))[0]?.rows).toHaveLength(2);
    const wide = await read(file(commas), { as: 'statement' }).catch((error: unknown) => error);
    expect((wide as SheetProblem).tooLarge).toBe(true);
    clearInterval(beat);
    expect(longestMs).toBeLessThan(1_000);
  }, 30_000);

  it('is given up when it needs too much memory, and this process lives', async () => {
    const { read } = readerWith({ memoryMb: 40, timeMs: 100_000, atOnce: 1 });
    const problem = await read(large).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(SheetProblem);
    expect((problem as SheetProblem).detail[1]).toContain('40 MiB');
    expect(await read(small)).toHaveLength(1);
  }, 120_000);

  it('waits for its turn; of too many the last are told that it is busy', async () => {
    const { read } = readerWith({ atOnce: 1, waiting: 3 });
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => read(small)));
    const busy = all.filter((each) => each.status === 'rejected' && each.reason instanceof ReaderBusy);
    expect(busy.length).toBe(3);
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(3);
  });

  it('of one person leaves room for the others', async () => {
    const { read } = readerWith({ atOnce: 1, waiting: 8, each: 2 });
    const mine = await Promise.allSettled(
      [1, 2, 3, 4].map(() => read(small, { person: 'p-1' })).concat(read(small, { person: 'p-2' })),
    );
    expect(mine.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, false, true]);
    expect((mine[2] as PromiseRejectedResult).reason).toBeInstanceOf(ReaderBusy);
    expect(await read(small, { person: 'p-1' })).toHaveLength(1);
  });

  it('has to be brought again when no thread starts, which is an alarm', async () => {
    const alarms: unknown[] = [];
    const log = pino({}, { write: (line: string) => alarms.push(JSON.parse(line)) });
    reader = createSheetReader({ startMs: 1 }, log);
    await expect(reader.read(small)).rejects.toBeInstanceOf(ReaderBusy);
    expect(alarms).toMatchObject([{ alarm: 'SHEETS', reason: 'it does not start in time' }]);
  });

  it('is given up when the server stops, which then leaves no thread behind', async () => {
    const { read, close } = readerWith({ atOnce: 1 });
    await read(small);
    const waiting = Promise.allSettled([read(small), read(small)]);
    await close();
    expect((await waiting).every((each) => each.status === 'rejected' && each.reason instanceof ReaderBusy)).toBe(true);
    await expect(read(small)).rejects.toBeInstanceOf(ReaderBusy);
  });

  it('works where Linli runs as `npm start` runs it, and a thread at rest keeps no process alive', async () => {
    const script = `
      import { register } from 'tsx/esm/api';
      register();
      const { createSheetReader } = await import(${JSON.stringify(new URL('./reader.ts', import.meta.url).href)});
      const sheets = await createSheetReader().read(new TextEncoder().encode('a\\n1\\n'));
      process.stdout.write(JSON.stringify(sheets));`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: new URL('../..', import.meta.url),
      timeout: 20_000,
    });
    expect(JSON.parse((await run).stdout)).toEqual([{ columns: ['a'], rows: [{ row: 2, cells: { a: '1' } }] }]);
  });
});
