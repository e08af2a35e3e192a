import { newCanary } from './needles.ts';
import { acts, comparedWords, mapTexts, operations, optionalWords, textFields, withoutWords } from './words.ts';

/** Where a canary was written, and whether the request was taken. */
export interface Planted {
  /** `note.add data.text`, `POST /api/v1/people name`. */
  readonly where: string;
  taken: boolean;
}

/** A body with the canaries that were written into it. */
interface Prepared {
  readonly body: unknown;
  readonly planted: readonly Planted[];
}

/** Asks over HTTP and writes a canary of its own into every word of every request. */
export class Planter {
  readonly planted = new Map<string, Planted>();
  /** Answers of 500 and above, but 503: there must be none. */
  readonly failed: string[] = [];
  readonly #taken = new Set<string>();
  readonly #compared = new Map<string, string>();
  readonly #send: typeof fetch;

  constructor(send: typeof fetch) {
    this.#send = send;
  }

  /** A canary for a place that no schema tells. */
  canary(where: string): string {
    const canary = newCanary();
    this.planted.set(canary, { where, taken: true });
    return canary;
  }

  /**
   * What `fetch` does, with canaries in what is sent: first with all that may be said beside it, then as it was, then without
   * those in fields whose names and kinds are a program's. The first that is taken, or else the last, is the answer.
   */
  readonly fetch: typeof fetch = async (input, init) => {
    const what = templateOf(init?.method ?? 'GET', new URL(String(input)).pathname);
    const send = async (more: RequestInit = {}): Promise<Response> =>
      this.#told(String(input), await this.#send(input, { ...init, ...more }));
    if (!what || typeof init?.body !== 'string') return send();
    const body = JSON.parse(init.body) as { type?: string };
    const name = what.endsWith('/acts') ? body.type! : what;
    if (what.endsWith('/acts') && !acts.has(name)) return send();
    const full = acts.has(name) ? withAll(name, body) : body;
    const tries = [
      () => this.#prepared(name, full),
      () => this.#prepared(name, acts.has(name) ? { reason: '说明', ...body } : body),
      () => this.#prepared(name, body),
      () => this.#prepared(name, body, /\.\*$/),
    ];
    let answer: Response | undefined;
    for (const [n, prepare] of tries.entries()) {
      const { body: sent, planted } = prepare();
      const headers = new Headers(init.headers);
      if (headers.has('idempotency-key')) headers.set('idempotency-key', `${headers.get('idempotency-key')}-${n}`);
      answer = await send({ headers, body: JSON.stringify(sent) });
      if (answer.ok) for (const each of planted) this.#note(each);
      if (answer.ok) break;
    }
    return answer!;
  };

  #prepared(what: string, body: object, without?: RegExp): Prepared {
    const fields = new Set(textFields(acts.get(what) ?? operations.get(what)!));
    const planted: Planted[] = [];
    const put = (text: string, field: string): string => {
      if (withoutWords(what, field) || without?.test(field)) return text;
      const compared = comparedWords.test(field);
      const canary = (compared ? this.#compared.get(text) : undefined) ?? newCanary();
      if (compared) this.#compared.set(text, canary);
      const here = { where: `${what} ${field}`, taken: false };
      planted.push(here);
      this.planted.set(canary, here);
      return `${text}${canary}`;
    };
    return { body: mapTexts(fields, body, put), planted };
  }

  async #told(what: string, answer: Response): Promise<Response> {
    if (answer.status >= 500 && answer.status !== 503)
      this.failed.push(`${answer.status} ${what}: ${await answer.clone().text()}`);
    return answer;
  }

  #note(planted: Planted): void {
    planted.taken = true;
    this.#taken.add(planted.where);
  }

  /** All fields of the schemas that take words, and were in no request that was taken. */
  neverTaken(): string[] {
    const all = [...acts, ...operations].filter(([what]) => !what.endsWith('/acts'));
    return all
      .flatMap(([what, schema]) => textFields(schema).map((field) => [what, field] as const))
      .filter(([what, field]) => !withoutWords(what, field) && !this.#taken.has(`${what} ${field}`))
      .map((pair) => pair.join(' '))
      .sort();
  }
}

/** An act with all the words that it may say and does not. */
function withAll(type: string, body: object): object {
  const { data, ...rest } = body as { data?: Record<string, unknown>; reason?: string };
  const [inData, outside]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const field of optionalWords(type)) {
    const name = field.replace('data.', '');
    if (field === 'reason') outside['reason'] = '说明';
    else if (data?.[name] === undefined) inData[name] = '邱某';
  }
  const more = Object.keys(inData).length > 0;
  return { ...outside, ...rest, ...(data || more ? { data: { ...inData, ...data } } : {}) };
}

/** The published template a path is of, where it takes JSON. */
function templateOf(method: string, path: string): string | undefined {
  return [...operations.keys()].find((each) => {
    const [verb, template] = each.split(' ') as [string, string];
    return verb === method && new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
  });
}
