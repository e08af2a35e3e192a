import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { createApp } from './app.ts';

/** An HTTP server that listens. */
export interface RunningServer {
  readonly port: number;
  /** Takes no more connections, lets answers finish, then closes what is idle. */
  stop(): Promise<void>;
}

/** How long senders may take (milliseconds), and how many connections there are at most. */
export interface ServerLimits {
  /** Until the headers are there; until the whole request is. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often that is looked after. */
  readonly checkMs: number;
  /** A connection that asks nothing is kept so long. */
  readonly idleMs: number;
  readonly connections: number;
}

/** The limits of a server in use. Twenty MiB in a minute need 2.8 Mbit/s. */
export const serverLimits: ServerLimits = {
  ...{ headersMs: 10_000, requestMs: 60_000, checkMs: 5_000 },
  ...{ idleMs: 30_000, connections: 10_000 },
};

/** Serves the application. Slow senders are cut off with 408. Rejects when the port is taken. */
export function serveApp(
  app: Pick<ReturnType<typeof createApp>, 'fetch'>,
  { port, host, ...given }: { readonly port: number; readonly host: string } & Partial<ServerLimits>,
): Promise<RunningServer> {
  const limits = { ...serverLimits, ...given };
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: app.fetch, port, hostname: host, serverOptions: { connectionsCheckingInterval: limits.checkMs } },
      (info) => resolve({ port: info.port, stop: () => stopServer(server as Server, () => answering) }),
    ) as Server;
    let answering = 0;
    server.on('request', (_, response) => {
      answering += 1;
      response.once('close', () => {
        answering -= 1;
      });
    });
    server.headersTimeout = limits.headersMs;
    server.requestTimeout = limits.requestMs;
    server.keepAliveTimeout = limits.idleMs;
    server.maxConnections = limits.connections;
    server.once('error', reject);
  });
}

/** Connections on which nothing was ever asked (browsers keep some ready) do not count as idle, and would be waited for. */
const UNASKED_MS = 500;

function stopServer(server: Server, answering: () => number): Promise<void> {
  return new Promise((resolve) => {
    const began = performance.now();
    // a connection that was answering when we began becomes idle later, and would be kept for its next request
    const idle = setInterval(() => {
      server.closeIdleConnections();
      if (answering() === 0 && performance.now() - began > UNASKED_MS) server.closeAllConnections();
    }, 50);
    server.close(() => {
      clearInterval(idle);
      resolve();
    });
  });
}
