/** The first wish to stop, and a way to ask whether there was one. */
export interface StopSignal {
  readonly signal: Promise<NodeJS.Signals>;
  wished(): boolean;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes on a Ctrl-C that the terminal has already sent to everybody: the same wish twice. */
const echoMs = 1_000;

/** Catches Ctrl-C and the like. The first one is a wish, one that follows later ends the process at once. */
export function nextStopSignal(): StopSignal {
  let wishedAt: number | undefined;
  const signal = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of signals) {
      process.on(name, () => {
        if (wishedAt !== undefined && performance.now() - wishedAt > echoMs) process.exit(130);
        wishedAt ??= performance.now();
        resolve(name);
      });
    }
  });
  return { signal, wished: () => wishedAt !== undefined };
}
