import { isAlive } from './processes.ts';

/** The first wish to stop, and a way to ask whether there was one. */
export interface StopSignal {
  /** What it was, in words for a log. */
  readonly signal: Promise<string>;
  wished(): boolean;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes on a Ctrl-C that the terminal has already sent to everybody: the same wish twice. */
const echoMs = 1_000;
const lookEveryMs = 500;

/**
 * Waits for Ctrl-C and the like, and for the end of the npm that started us: npm hands a SIGTERM to the shell between
 * it and us, which ends without passing it on. A second Ctrl-C that follows later ends the process at once.
 */
export function nextStopSignal(npm?: { readonly pid: number }): StopSignal {
  let wishedAt: number | undefined;
  const signal = new Promise<string>((resolve) => {
    const wish = (what: string): void => {
      wishedAt ??= performance.now();
      resolve(what);
    };
    for (const name of signals) {
      process.on(name, () => {
        if (name === 'SIGINT' && wishedAt !== undefined && performance.now() - wishedAt > echoMs) process.exit(130);
        wish(name);
      });
    }
    if (npm) watchParents(npm.pid, () => wish('npm has ended'));
  });
  return { signal, wished: () => wishedAt !== undefined };
}

function watchParents(npmPid: number, gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(npmPid)) return;
    clearInterval(timer);
    gone();
  }, lookEveryMs);
  timer.unref();
}
