import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { FetchFailed, networkFailure, outOfTime } from './fetch-errors.ts';
import { bareHost } from './guarded-url.ts';

/** What is to be sent. */
export interface PinnedRequest {
  readonly url: URL;
  /** Where to connect to, whatever the host's name leads to by now: addresses that were checked. */
  readonly addresses: readonly string[];
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
}

/** How long and how much, in milliseconds and bytes. */
export interface FetchLimits {
  /** Until a connection stands, TLS included. */
  readonly connectMs: number;
  /** For all of it: name, connection, request and answer. */
  readonly totalMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** An answer. Its body may be cut short: by size, by time, or by the other side; `complete` tells. */
export interface GuardedResponse {
  readonly status: number;
  /** By lower-case name; several lines of one name are joined as HTTP joins them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly complete: boolean;
}

/** Sends one request to the addresses given, name and certificate being those of the URL. Throws {@link FetchFailed}. */
export function pinnedRequest(
  { url, addresses, method, headers, body, signal }: PinnedRequest,
  { connectMs, totalMs, responseBytes }: FetchLimits,
  ca?: string,
): Promise<GuardedResponse> {
  if (signal?.aborted) return Promise.reject(outOfTime(signal));
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const host = bareHost(url);
    const known = addresses.map((address) => ({ address, family: isIP(address) }));
    const sent = (secure ? https : http).request({
      protocol: url.protocol,
      hostname: host,
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        ...headers,
        host: url.host,
        connection: 'close',
        'accept-encoding': 'identity',
        ...(body ? { 'content-length': body.byteLength } : {}),
      },
      // a connection of its own: a kept one could have been made to another address
      agent: false,
      maxHeaderSize: 16 * 1024,
      // no name is looked up a second time, so what was checked is what is reached
      lookup: (_name, { all }, done) => (all ? done(null, known) : done(null, known[0]!.address, known[0]!.family)),
      ...(secure ? { servername: isIP(host) ? '' : host, ...(ca === undefined ? {} : { ca }) } : {}),
    });
    let finish: ((complete: boolean) => void) | undefined;
    const end = (then: () => void) => {
      clearTimeout(connecting);
      clearTimeout(whole);
      signal?.removeEventListener('abort', late);
      then();
      sent.destroy();
    };
    const fail = (failure: FetchFailed) => (finish ? finish(false) : end(() => reject(failure)));
    const late = () => fail(outOfTime(signal));
    const connecting = setTimeout(late, connectMs);
    const whole = setTimeout(late, totalMs);
    signal?.addEventListener('abort', late, { once: true });

    sent.once('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connecting)));
    sent.on('error', (error) => fail(networkFailure(error)));
    sent.once('response', (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      finish = (complete) => {
        finish = () => {};
        end(() =>
          resolve({
            status: response.statusCode ?? 0,
            headers: joined(response.headers),
            body: Buffer.concat(parts).subarray(0, responseBytes).toString('utf8'),
            complete: complete && bytes <= responseBytes,
          }),
        );
      };
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.byteLength;
        if (bytes > responseBytes) finish?.(false);
      });
      response.once('end', () => finish?.(response.complete));
      response.once('error', () => finish?.(false));
      response.once('close', () => finish?.(false));
    });
    sent.once('close', () => fail(new FetchFailed('connection')));
    sent.end(body);
  });
}

function joined(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
