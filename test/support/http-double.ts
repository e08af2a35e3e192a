import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a double of another party's server got. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What it answers. */
export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A real HTTP server on a port of its own that stands for another party. */
export interface HttpDouble {
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order. */
  readonly got: readonly Got[];
  close(): Promise<void>;
}

/** Starts one; `answer` may never come, `host` is an address of this machine, `port` one that is free (default: any). */
export async function startDouble(
  answer: (got: Got) => Answered | Promise<Answered>,
  {
    host = '127.0.0.1',
    port: wished = 0,
    tls,
  }: { readonly host?: string; readonly port?: number; readonly tls?: https.ServerOptions } = {},
): Promise<HttpDouble> {
  const got: Got[] = [];
  const listener: http.RequestListener = async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://double');
    const one: Got = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(parts).toString('utf8'),
    };
    got.push(one);
    const { status = 200, headers = {}, body = '' } = await answer(one);
    response.writeHead(status, headers).end(body);
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(wished, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${port}`,
    port,
    got,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
