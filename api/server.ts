import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { createApp } from './app.ts';

/** An HTTP server that listens. */
export interface RunningServer {
  readonly port: number;
  /** Takes no more connections, lets answers finish, then closes what is idle. */
  stop(): Promise<void>;
}

/**
 * Serves the application. Slow senders are cut off: headers within 10 s, the whole request within 60 s; a connection
 * that asks nothing is kept for 30 s. Rejects when the port is taken.
 */
export function serveApp(
  app: Pick<ReturnType<typeof createApp>, 'fetch'>,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<RunningServer> {
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: app.fetch, port, hostname: host, serverOptions: { connectionsCheckingInterval: 5_000 } },
      (info) => resolve({ port: info.port, stop: () => stopServer(server as Server, () => answering) }),
    ) as Server;
    let answering = 0;
    server.on('request', (_, response) => {
      answering += 1;
      response.once('close', () => {
        answering -= 1;
      });
    });
    server.headersTimeout = 10_000;
    server.requestTimeout = 60_000;
    server.keepAliveTimeout = 30_000;
    server.maxConnections = 10_000;
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
