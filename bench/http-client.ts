import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer of the API that is not an error. */
export interface Answer {
  readonly status: number;
  // what a route answers is known to whoever asked
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

/** A client of the API over connections that are kept. */
export interface ApiClient {
  /** Sends JSON as the holder of a key. A 429 or 503 is sent again under the same idempotency key; other errors throw. */
  post(path: string, key: string, body: unknown, idempotencyKey: string): Promise<Answer>;
  get(path: string, key: string): Promise<Answer>;
  /** How often something had to be sent again. */
  readonly repeats: number;
  close(): void;
}

const mostRepeats = 200;

/** Node's own client: `fetch` would cost the measuring process several times the work. */
export function createApiClient(url: string): ApiClient {
  const agent = new Agent({ keepAlive: true });
  let repeats = 0;

  async function send(
    method: string,
    path: string,
    key: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    for (let attempt = 0; ; attempt++) {
      const answer = await once(
        new URL(`/api/v1${path}`, url),
        agent,
        method,
        {
          authorization: `Bearer ${key}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        text,
      );
      if (answer.status < 400) return { status: answer.status, body: JSON.parse(answer.text) };
      if ((answer.status !== 429 && answer.status !== 503) || attempt >= mostRepeats) {
        throw new Error(`${method} ${path} was answered by ${answer.status}: ${answer.text.slice(0, 2_000)}`);
      }
      repeats += 1;
      await sleep(10);
    }
  }

  return {
    post: (path, key, body, idempotencyKey) => send('POST', path, key, body, idempotencyKey),
    get: (path, key) => send('GET', path, key),
    get repeats() {
      return repeats;
    },
    close: () => agent.destroy(),
  };
}

function once(
  url: URL,
  agent: Agent,
  method: string,
  headers: Record<string, string | number>,
  text: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
