import { hc } from 'hono/client';
import type { AppType } from './app.ts';

/** A client of the API, typed by its routes: `client.cases.$post({ json: … })`. */
export type Client = ReturnType<typeof hc<AppType>>;

/** How a client reaches a server. */
export interface ClientOptions {
  /** Where the server is, e.g. `http://127.0.0.1:8420`. */
  readonly url: string;
  /** The API key to sign in with. */
  readonly key: string;
  /** The language of texts and problems. Default Chinese. */
  readonly language?: 'zh-CN' | 'en';
  readonly fetch?: typeof fetch;
}

/**
 * Makes a client signed in with a key. Answers are those of `fetch`; `await response.json()` is typed by status. Send an
 * `Idempotency-Key` in the headers of what may be sent again.
 */
export function createClient({ url, key, language = 'zh-CN', fetch: own }: ClientOptions): Client {
  return hc<AppType>(`${url.replace(/\/$/, '')}/api/v1`, {
    headers: { authorization: `Bearer ${key}`, 'accept-language': language },
    ...(own ? { fetch: own } : {}),
  });
}
