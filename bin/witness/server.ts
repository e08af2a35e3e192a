/** Raised when the server cannot be asked, or answers nothing that can be used: try again. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A checkpoint as the server lists it. */
export interface Listed {
  readonly number: number;
  readonly note: string;
}

/** What a witness asks of Linli. */
export interface LogServer {
  /** The newest checkpoint, those after a number in order, and the key that is said to sign. */
  checkpoints(after: number | undefined): Promise<{
    readonly latest: Listed | undefined;
    readonly items: readonly Listed[];
    readonly key: string | undefined;
  }>;
  /** The proof that the log has only grown between two sizes; undefined when the server says that it has none. */
  growth(from: number, to: number): Promise<readonly string[] | undefined>;
}

/** Checkpoints a page. */
export const PAGE = 100;

const timeoutMs = 20_000;
const largestAnswer = 1024 * 1024;

/** A server at an address like `https://linli.example.org`, asked with an auditor's API key. */
export function logServer(url: string, apiKey: string | undefined): LogServer {
  async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      const response = await fetch(new URL(path, url), {
        headers: { accept: 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, body: JSON.parse(await textOf(response)) };
    } catch (error) {
      const { message, cause } = error as Error;
      throw new Unreachable(`${url} cannot be asked: ${cause instanceof Error ? cause.message : message}`);
    }
  }

  return {
    async checkpoints(after) {
      const query = after === undefined ? 'limit=1' : `limit=${PAGE}&after=${after}`;
      const { status, body } = await get(`/api/v1/audit/checkpoints?${query}`);
      if (status !== 200) throw new Unreachable(`${url} refuses its checkpoints (${status}): ${problemOf(body)}`);
      const { latest, items, keys } = objectOf(body);
      const key = Array.isArray(keys) ? objectOf(keys.at(-1))['key'] : undefined;
      return {
        latest: latest === null ? undefined : listed(latest),
        items: after !== undefined && Array.isArray(items) ? items.map(listed) : [],
        key: typeof key === 'string' ? key : undefined,
      };
    },
    async growth(from, to) {
      const { status, body } = await get(`/api/v1/audit/consistency?from=${from}&to=${to}`);
      if (status >= 500 || status === 429 || status === 401 || status === 403)
        throw new Unreachable(`${url} gives no proof (${status}): ${problemOf(body)}`);
      const { path } = objectOf(body);
      const isPath =
        Array.isArray(path) && path.length < 128 && path.every((each) => /^[0-9a-f]{64}$/.test(String(each)));
      return status === 200 && isPath ? path.map(String) : undefined;
    },
  };
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largestAnswer) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listed(value: unknown): Listed {
  const { number, note } = objectOf(value);
  if (!Number.isSafeInteger(number) || typeof note !== 'string')
    throw new Unreachable('The answer lists no checkpoints.');
  return { number: number as number, note };
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const problemOf = (body: unknown): string => String(objectOf(body)['detail'] ?? 'no reason given');
