import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Config, TemporalTarget } from './config.ts';
import { freePortFrom } from './platform/ports.ts';

/** What API and worker need to run. */
export interface ServicesOptions {
  readonly parts: readonly ('api' | 'worker')[];
  readonly databaseUrl: string;
  readonly temporal: TemporalTarget;
  /** Address of Temporal's Web UI; undefined when unknown. */
  readonly temporalUi?: string;
  /** True when Temporal began an empty file beside an older one: open cases' workflows have to be started again. */
  readonly temporalStartedAfresh?: boolean;
  readonly config: Config;
  readonly log: Logger;
}

/** Running services. */
export interface Services {
  /** Where the API answers; undefined for a worker alone. */
  readonly url: string | undefined;
  /** What to tell the person who started it, after the line that says where it is ready. */
  readonly notes: readonly string[];
  /** Takes no more, finishes what is under way, and ends. */
  stop(): Promise<void>;
}

/** Starts API and worker in this process. */
export async function startServices({ config }: ServicesOptions): Promise<Services> {
  const app = new Hono().get('/healthz', (context) => context.json({ status: 'ok' }));
  const port = await freePortFrom(config.port, config.host);
  const server = serve({ fetch: app.fetch, port, hostname: config.host });
  return {
    url: `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`,
    notes: [],
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const drainTimeoutMs = 20_000;

/** Ends services in order, but waits only so long: what is not finished goes on at the next start. */
export async function drain(services: Services, log: Logger): Promise<void> {
  const done = services.stop().then(() => true);
  const late = sleep(drainTimeoutMs, false, { ref: false });
  if (!(await Promise.race([done, late]))) log.warn('not everything finished in time; it goes on at the next start');
}
