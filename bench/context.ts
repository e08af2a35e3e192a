import type { CaseOpener } from './cases.ts';
import type { ApiClient } from './http-client.ts';
import type { Installation } from './installation.ts';
import type { Reference } from './reference/reference.ts';
import type { Line } from './report.ts';

/** What a subject measures with. */
export interface Bench {
  readonly installation: Installation;
  readonly api: ApiClient;
  readonly cases: CaseOpener;
  readonly reference: Reference;
  /** Seconds of measuring for each side and number of clients. */
  readonly seconds: number;
  readonly rounds: number;
  /** How many, where a subject counts cases; undefined: its own number. */
  readonly n?: number;
  /** A text as people write it, from the seed. */
  text(): string;
  /** Tells people what goes on. */
  say(text: string): void;
}

/** One name of `npm run bench -- <name>`. */
export interface Subject {
  readonly about: string;
  /** True: measured only when it is named, since it takes many minutes. */
  readonly byName?: true;
  run(bench: Bench): Promise<Line[]>;
}
