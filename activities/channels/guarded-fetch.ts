import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ChannelReason } from '../../door/channel-reasons.ts';
import { type AllowList, parseAllowList } from './allow-list.ts';
import { FetchFailed, FetchRefused, networkFailure, outOfTime } from './fetch-errors.ts';
import { fewAtATime } from './few-at-a-time.ts';
import { bareHost, parseGuarded } from './guarded-url.ts';
import { type FetchLimits, type GuardedResponse, pinnedRequest } from './pinned-request.ts';
import { isPublicAddress } from './public-address.ts';

export { FetchFailed, FetchRefused } from './fetch-errors.ts';
export type { FetchLimits, GuardedResponse } from './pinned-request.ts';

/** What is sent to an address somebody typed in. */
export interface GuardedRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** The bytes as they are sent; a text goes as UTF-8. */
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/**
 * The only way out to addresses that people typed in. The name is looked up once; every address it has must be public
 * (or its host allow-listed); the connection goes to just these addresses, under the URL's own name and certificate.
 * Redirects are not followed.
 */
export interface GuardedFetch {
  /**
   * Sends one request, never twice. An answer is resolved whatever its status, 3xx excepted.
   * @throws FetchRefused for an address that is not allowed, a redirect, or a body too large: again would not help.
   * @throws FetchFailed for names not found, connections that fail, and time that is over: again may help.
   */
  (request: GuardedRequest): Promise<GuardedResponse>;
  /** What is wrong with an address, as far as it can be told without looking up its name; undefined: nothing. */
  problemOf(url: string): ChannelReason | undefined;
  /** Whether the administrator named this address's host as allowed. */
  isAllowListed(url: string): boolean;
}

/** What the guarded fetch may be told; all of it has defaults. */
export interface GuardedFetchOptions {
  /** Hosts that may be inside, and reached by plain http. Default: none. */
  readonly allow?: AllowList;
  readonly limits?: Partial<FetchLimits>;
  /** All addresses of a name. Default: the machine's own resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** A certificate authority to trust instead of the machine's, PEM. */
  readonly ca?: string;
}

/** 20 s in all: Standard Webhooks recommends between 15 and 30. */
const defaults: FetchLimits = { connectMs: 5_000, totalMs: 20_000, requestBytes: 256 * 1024, responseBytes: 64 * 1024 };

/** A lookup holds a thread as long as its name server likes; files and passwords need threads of the same few (four). */
const mostLookups = 2;

const systemResolve = async (host: string) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Makes a {@link GuardedFetch}. `send` is what brings a checked request to checked addresses. */
export function createGuardedFetch(
  { allow = parseAllowList(''), limits: given = {}, resolve = systemResolve, ca }: GuardedFetchOptions = {},
  send: typeof pinnedRequest = pinnedRequest,
): GuardedFetch {
  const limits = { ...defaults, ...given };
  const lookUp = fewAtATime(mostLookups, resolve);

  async function guardedFetch({ url: text, method = 'POST', headers = {}, body, signal }: GuardedRequest) {
    const url = parseGuarded(text, allow);
    if (!(url instanceof URL)) throw new FetchRefused(url);
    const bytes = body === undefined ? undefined : bytesOf(body);
    if (bytes && bytes.byteLength > limits.requestBytes) throw new FetchRefused('too-large');
    const since = performance.now();
    const addresses = await addressesOf(url, signal);
    const response = await send(
      { url, addresses, method, headers, ...(bytes ? { body: bytes } : {}), ...(signal ? { signal } : {}) },
      { ...limits, totalMs: Math.max(1, limits.totalMs - (performance.now() - since)) },
      ca,
    );
    if (response.status >= 300 && response.status < 400) throw new FetchRefused('redirect');
    return response;
  }

  async function addressesOf(url: URL, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const host = bareHost(url);
    const found = isIP(host) ? [host] : await inTime((wanted) => lookUp(host, wanted), signal);
    if (!found || found.length === 0) throw new FetchFailed('dns');
    if (!allow.has(url) && !found.every(isPublicAddress)) throw new FetchRefused('address-inside');
    return found;
  }

  /** Names are given as long as connections: a resolver cannot be broken off, but nobody has to wait for it. */
  async function inTime<T>(look: (wanted: () => boolean) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    let stop = () => {};
    let wanted = true;
    const over = new Promise<never>((_, reject) => {
      const late = () => reject(outOfTime(signal));
      const timer = setTimeout(late, Math.min(limits.connectMs, limits.totalMs));
      signal?.addEventListener('abort', late, { once: true });
      if (signal?.aborted) late();
      stop = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', late);
      };
    });
    try {
      return await Promise.race([look(() => wanted), over]);
    } catch (error) {
      if (error instanceof FetchFailed) throw error;
      throw networkFailure(error);
    } finally {
      wanted = false;
      stop();
    }
  }

  const parsed = (url: string) => parseGuarded(url, allow);
  return Object.assign(guardedFetch, {
    problemOf(url: string): ChannelReason | undefined {
      const found = parsed(url);
      return found instanceof URL ? undefined : found;
    },
    isAllowListed(url: string): boolean {
      const found = parsed(url);
      return found instanceof URL && allow.has(found);
    },
  });
}

const bytesOf = (body: string | Uint8Array) =>
  typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
