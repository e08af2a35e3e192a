import { randomUUID } from 'node:crypto';

/** An answer of the API that is not a success, with its problem. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What the demonstration says to the server, signed in with one API key. Answers JSON; throws `ApiRefusal` otherwise. */
export interface Api {
  get<T>(path: string): Promise<T>;
  /** `key` is the Idempotency-Key; a new one by default. */
  post<T>(path: string, body?: unknown, key?: string): Promise<T>;
  upload<T>(path: string, name: string, bytes: Uint8Array, key?: string): Promise<T>;
}

/** The API at an address, for the holder of a key. `lang` is the language of answers. */
export function apiAt(url: string, apiKey: string, lang: 'zh' | 'en'): Api {
  const headers = { authorization: `Bearer ${apiKey}`, 'accept-language': lang };
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(`${url}/api/v1${path}`, { ...init, headers: { ...headers, ...init.headers } });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as T;
    throw refusalOf(answer.status, text, `${init.method ?? 'GET'} ${path}`);
  };
  return {
    get: (path) => ask(path, {}),
    post: (path, body, key = randomUUID()) =>
      ask(path, {
        method: 'POST',
        headers: { 'idempotency-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    upload(path, name, bytes, key = randomUUID()) {
      const form = new FormData();
      form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
      return ask(path, { method: 'POST', headers: { 'idempotency-key': key }, body: form });
    },
  };
}

function refusalOf(status: number, text: string, what: string): ApiRefusal {
  let problem: { code?: string; title?: string; detail?: string } = {};
  try {
    problem = JSON.parse(text) as typeof problem;
  } catch {
    // an answer that is no JSON comes from something between us and Linli
  }
  const { code = 'UNKNOWN', title = text.slice(0, 200), detail = '' } = problem;
  return new ApiRefusal(status, code, `${what}: ${status} ${code} ${title} ${detail}`.trimEnd());
}
