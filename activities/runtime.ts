import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

let installed = false;

/**
 * Sets Temporal's runtime up, once a process and before the first connection: its log goes to ours, and signals are left to
 * the process, which ends its parts in order (`LinliWorker.shutdown`). A second call changes nothing.
 */
export function installRuntime(log: Logger): void {
  if (installed) return;
  installed = true;
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: object): void =>
      log[level]({ part: 'temporal', ...brief(meta) }, message);
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => write(level.toLowerCase() as 'info')(message, meta),
      trace: write('trace'),
      debug: write('debug'),
      info: write('debug'), // its news of every worker state are ours at debug
      warn: write('warn'),
      error: write('error'),
    },
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
  });
}

/** Of Temporal's long lists only what helps to find the case. */
function brief(meta: object | undefined): object {
  const { workflowId, activityType, attempt, error } = (meta ?? {}) as Record<string, unknown>;
  const reason = error instanceof Error ? error.message : undefined;
  return { workflowId, activityType, attempt, reason };
}
