import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { actIdOf } from '../../door/act-id.ts';
import type { DemoKey } from '../../door/demo.ts';

/** What a caller asks for. */
export interface Wish {
  readonly as: DemoKey;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Default: one of its own. */
  readonly key?: string;
  /** Ask only at these addresses. Default: all, in turn. */
  readonly urls?: readonly string[];
}

/** The final answer to a request: 503 and lost connections are no answers, the same key is sent again. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly act?: { readonly id: string; readonly seq: number } };
}

/** A request with everything that came of it. */
export interface Entry {
  readonly key: string;
  readonly actId: string;
  readonly path: string;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly startedMs: number;
  endedMs: number;
  tries: number;
  /** Why the first try had no answer. */
  firstFailure?: string;
  lastFailure?: string;
  answer?: Answer;
  /** Answers that no client should get: 500, or an error nobody can explain. */
  readonly wrong: string[];
}

const tryTimeoutMs = 5_000;
const giveUpMs = 90_000;
const finals = [200, 201, 409];

/** Callers of the API that do as the contract says: until they have an answer they send the same key again. */
export class Callers {
  readonly journal: Entry[] = [];
  readonly #urls: () => readonly string[];
  #turn = 0;

  constructor(urls: () => readonly string[]) {
    this.#urls = urls;
  }

  /** Sends a POST until it is answered; the journal keeps what came of it. An entry without an answer was given up. */
  async send({ as, path, body, key = randomUUID(), urls }: Wish): Promise<Entry> {
    const entry: Entry = {
      ...{ key, path, body, tries: 0, endedMs: 0, wrong: [] },
      actId: actIdOf({ caller: as.person, method: 'POST', path, idempotencyKey: key }),
      type: String(body['type'] ?? 'case.open'),
      startedMs: performance.now(),
    };
    this.journal.push(entry);
    while (performance.now() - entry.startedMs < giveUpMs) {
      entry.tries += 1;
      const result = await this.#try(as, path, body, key, urls ?? this.#urls());
      if ('answer' in result && finals.includes(result.answer.status)) {
        entry.answer = result.answer;
        break;
      }
      const why = 'answer' in result ? `${result.answer.status} ${result.answer.body['code']}` : result.failure;
      entry.firstFailure ??= why;
      entry.lastFailure = why;
      if ('answer' in result && result.answer.status !== 503) {
        entry.wrong.push(`${entry.type}: ${why}: ${result.answer.body['detail']}`);
        break;
      }
      await sleep(Math.min(100 * 1.5 ** entry.tries, 1_000));
    }
    entry.endedMs = performance.now();
    return entry;
  }

  async #try(
    as: DemoKey,
    path: string,
    body: unknown,
    key: string,
    urls: readonly string[],
  ): Promise<{ readonly answer: Answer } | { readonly failure: string }> {
    const url = urls[this.#turn++ % Math.max(urls.length, 1)];
    if (url === undefined) return { failure: 'there is no API' };
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${as.key}`, 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(tryTimeoutMs),
      });
      return { answer: { status: response.status, body: (await response.json()) as Answer['body'] } };
    } catch (error) {
      const { name, message, cause } = error as Error;
      return { failure: `${name}: ${(cause as { code?: string } | undefined)?.code ?? message}` };
    }
  }
}
