import { type Answered, type Got, type HttpDouble, startDouble } from '../http-double.ts';

/** What a double of a vendor's robot is told. */
export interface RobotDoubleOptions {
  /** Its clock, in milliseconds since 1970. Default: the machine's. */
  readonly now?: () => number;
  /** Messages must hold one of these. */
  readonly keywords?: readonly string[];
  /** Requests are to be signed with this. */
  readonly secret?: string;
  /** Requests come from one of these addresses. Default: from anywhere. */
  readonly addresses?: readonly string[];
}

/** A double of a vendor's group robots: keeps the documented protocol, limits and codes, and nothing else. */
export interface RobotDouble extends HttpDouble {
  /** What an administrator copies from the vendor's page, at this machine instead of the vendor's. */
  readonly robotUrl: string;
  /** What the group has seen, in order. */
  readonly seen: readonly string[];
  /** Answers the next requests so, whatever they ask; in order. */
  answerNext(...answers: Answered[]): void;
  /** Forgets such answers. */
  mend(): void;
}

/** A vendor's answer in JSON: their errors too come with status 200. */
export const json = (body: unknown): Answered => ({
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(body),
});

/** Starts one. `judge` answers a request, and tells what the group sees of it. */
export async function startRobotDouble(
  path: string,
  judge: (got: Got) => { readonly answer: Answered; readonly seen?: string },
): Promise<RobotDouble> {
  const next: Answered[] = [];
  const seen: string[] = [];
  const double = await startDouble((got) => {
    const forced = next.shift();
    if (forced) return forced;
    const { answer, seen: text } = judge(got);
    if (text !== undefined) seen.push(text);
    return answer;
  });
  return {
    ...double,
    robotUrl: `${double.url}${path}`,
    seen,
    answerNext: (...answers) => void next.push(...answers),
    mend: () => void next.splice(0),
  };
}

/** Counts in a window that slides; who goes over it stays out for `punishedMs`. */
export function limiter(count: number, perMs: number, now: () => number, punishedMs = 0): () => boolean {
  let times: number[] = [];
  let outUntil = 0;
  return () => {
    const at = now();
    if (at < outUntil) return false;
    times = [...times.filter((each) => at - each < perMs), at];
    if (times.length <= count) return true;
    times.pop();
    outUntil = at + punishedMs;
    return false;
  };
}

/** A JSON object, or nothing. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a time lies within an hour of now, as DingTalk and Feishu ask. */
export const withinAnHour = (ms: number, now: number): boolean => Math.abs(ms - now) <= 3_600_000;
