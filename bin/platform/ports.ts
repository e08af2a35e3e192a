import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const loopback = '127.0.0.1';

/** A TCP port of the loopback address that nobody uses now: the wished one when it is free, else any. */
export async function freePort(wished?: number): Promise<number> {
  if (wished !== undefined && (await isFree(wished))) return wished;
  return listenOnce(0);
}

/** The wished port or the next free one after it on this address. Throws when the following hundred are taken. */
export async function freePortFrom(first: number, host: string): Promise<number> {
  const last = Math.min(first + 100, 65_535);
  for (let port = first; port <= last; port++) if (await isFree(port, host)) return port;
  throw new Error(`The ports ${first} to ${last} are all taken: set LINLI_PORT to a free one.`);
}

/** Whether nobody listens on this port. */
export async function isFree(port: number, host = loopback): Promise<boolean> {
  return listenOnce(port, host).then(
    () => true,
    () => false,
  );
}

function listenOnce(port: number, host = loopback): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** The port a part used the last time on this data folder, so that addresses stay the same where they can. */
export function rememberedPort(dataDir: string, part: string): number | undefined {
  return readPorts(dataDir)[part];
}

/** Writes down the port a part uses on this data folder. */
export function rememberPort(dataDir: string, part: string, port: number): void {
  writeFileSync(join(dataDir, 'ports.json'), `${JSON.stringify({ ...readPorts(dataDir), [part]: port })}\n`);
}

function readPorts(dataDir: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
