import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Text } from '../../sdk/program.ts';
import type { ThreadAnswer, ThreadTask } from './read-thread.ts';
import { type Sheet, SheetProblem } from './sheet.ts';

/** How much reading one file may take, and how many are read at a time. */
export interface ReaderLimits {
  readonly timeMs: number;
  /** Heap of the thread. What a workbook unpacks to lies beside it and is bounded by `sheetLimits`. */
  readonly memoryMb: number;
  readonly atOnce: number;
  /** Files that wait for their turn; with more the server is busy. */
  readonly waiting: number;
  /** Files of one person that are read or wait: the others have room beside him. */
  readonly each: number;
  /** A thread that takes longer than this to start never will. */
  readonly startMs: number;
  /** A thread without work is kept so long: the next file then needs none to start. */
  readonly idleMs: number;
}

/** The limits of the server. The largest list takes some seconds; a busy machine may take a few times as long. */
export const readerLimits: ReaderLimits = {
  ...{ timeMs: 20_000, memoryMb: 384, atOnce: 2, waiting: 8, each: 2 },
  ...{ startMs: 30_000, idleMs: 30_000 },
};

/** Reads files in threads of their own, so that none of them, whatever it holds, can hold up the server. */
export interface SheetReader {
  /**
   * The sheets of a file: a list that begins with its heading, or a bank's statement. Throws {@link SheetProblem} when it is no
   * table or takes too much, {@link ReaderBusy} when too many wait, or too many of that person, or no thread can be started.
   */
  read(
    bytes: Uint8Array,
    how?: { readonly as?: ThreadTask['as']; readonly person?: string },
  ): Promise<readonly Sheet[]>;
  /** Ends the threads; what is being read or waits is given up as {@link ReaderBusy}. */
  close(): Promise<void>;
}

/** Too many files wait, no thread can be started, or the server is about to stop: the same file can be brought again. */
export class ReaderBusy extends Error {
  override readonly name = 'ReaderBusy';
}

interface Job {
  readonly task: ThreadTask;
  readonly person: string | undefined;
  done(answer: Answer): void;
}
type Answer = ThreadAnswer | { readonly error: Error };

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  job: Job | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Starts threads when there is something to read. One that does not start is told to the log as the alarm `SHEETS`. */
export function createSheetReader(given: Partial<ReaderLimits> = {}, log?: Logger): SheetReader {
  const limits = { ...readerLimits, ...given };
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let closed = false;

  function start(): void {
    const worker = new Worker(new URL('./thread.mjs', import.meta.url), {
      // the thread needs nothing the process was started with
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 32 },
    });
    const thread: Thread = { worker, ready: false, job: undefined, timer: undefined };
    threads.add(thread);
    later(thread, limits.startMs, () => drop(thread, new Error('it does not start in time')));
    worker.on('message', (answer: ThreadAnswer) => {
      thread.ready = true;
      take(thread)?.done(answer);
      next(thread);
    });
    worker.on('error', (error) => drop(thread, error));
    worker.on('exit', () => drop(thread, new Error('a thread that reads sheets has ended')));
  }

  /** Gives a free thread the next file, or lets it wait a while for one. */
  function next(thread: Thread): void {
    const job = waiting.shift();
    thread.job = job;
    if (job) {
      thread.worker.ref();
      later(thread, limits.timeMs, () => drop(thread, new SheetProblem(...tooLong(limits.timeMs))));
      thread.worker.postMessage(job.task);
      return;
    }
    thread.worker.unref();
    later(thread, limits.idleMs, () => drop(thread, new Error('idle'))).unref();
  }

  function take(thread: Thread): Job | undefined {
    clearTimeout(thread.timer);
    const { job } = thread;
    thread.job = undefined;
    return job;
  }

  function later(thread: Thread, ms: number, then: () => void): NodeJS.Timeout {
    clearTimeout(thread.timer);
    thread.timer = setTimeout(then, ms);
    return thread.timer;
  }

  /** Ends a thread; the file it was reading is answered with that. Others that wait get another thread. */
  function drop(thread: Thread, error: Error): Promise<unknown> {
    if (!threads.delete(thread)) return Promise.resolve();
    const job = take(thread);
    const { code } = error as { code?: unknown };
    job?.done({ error: code === 'ERR_WORKER_OUT_OF_MEMORY' ? new SheetProblem(...tooMuch(limits.memoryMb)) : error });
    if (thread.ready) engage();
    else if (!closed) {
      // it would be started for ever
      log?.error({ alarm: 'SHEETS', reason: error.message }, 'no thread that reads sheets can be started');
      for (const each of waiting.splice(0)) each.done({ error: new ReaderBusy('no thread can be started') });
    }
    return thread.worker.terminate();
  }

  /** Sees to it that whatever waits is read: by a thread that is free, else by a new one while there are few. */
  function engage(): void {
    for (const thread of threads) if (thread.ready && !thread.job && waiting.length > 0) next(thread);
    const starting = [...threads].filter(({ ready }) => !ready).length;
    for (let n = starting; n < waiting.length && threads.size < limits.atOnce; n++) start();
  }

  return {
    async read(bytes, { as = 'list', person } = {}) {
      const jobs = [...waiting, ...[...threads].flatMap(({ job }) => job ?? [])];
      const own = person === undefined ? 0 : jobs.filter((job) => job.person === person).length;
      if (closed || waiting.length >= limits.waiting || own >= limits.each)
        throw new ReaderBusy('too many files are being read');
      const answer = await new Promise<Answer>((done) => {
        waiting.push({ task: { bytes, as }, person, done });
        engage();
      });
      if ('sheets' in answer) return answer.sheets;
      if ('problem' in answer) throw new SheetProblem(answer.problem.detail, answer.problem);
      if ('error' in answer) throw answer.error;
      throw new Error(`a sheet could not be read: ${'failed' in answer ? answer.failed : 'no answer'}`);
    },
    async close() {
      closed = true;
      for (const { done } of waiting.splice(0)) done({ error: new ReaderBusy('the server is about to stop') });
      await Promise.all([...threads].map((thread) => drop(thread, new ReaderBusy('the server is about to stop'))));
    },
  };
}

type ProblemParts = ConstructorParameters<typeof SheetProblem>;

const SIMPLER: Text = [
  '只留要导入的一张表，去掉格式、图片和多余的行列，另存为 CSV 或分成几个文件',
  'Keep only the sheet to be imported, without formats, pictures and spare rows; save it as CSV, or split it',
];

function tooLong(timeMs: number): ProblemParts {
  const s = timeMs / 1_000;
  return [
    [
      `读这个文件超过 ${s} 秒还没有读完，已停止，什么都没有写入。`,
      `Reading the file took more than ${s} s and was stopped; nothing is written.`,
    ],
    { waysOut: [SIMPLER] },
  ];
}

function tooMuch(memoryMb: number): ProblemParts {
  return [
    [
      `读这个文件要用的内存超过 ${memoryMb} MiB，已停止，什么都没有写入。`,
      `Reading the file needed more than ${memoryMb} MiB of memory and was stopped; nothing is written.`,
    ],
    { waysOut: [SIMPLER] },
  ];
}
