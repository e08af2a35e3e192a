import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ChannelName } from '../../door/endpoint.ts';
import { cutText, jsonBytes } from './cut-text.ts';
import type { GuardedFetch, GuardedResponse } from './guarded-fetch.ts';
import { outcomeOfFailure, outcomeOfStatus } from './outcome.ts';
import { createPace, type PaceLimit } from './pace.ts';
import type { Outgoing, Sender, SendOutcome } from './sender.ts';
import type { SenderDeps } from './sender-deps.ts';
import { checkSettings, SETTINGS_INVALID } from './settings.ts';

/**
 * What a vendor's code means for a message: never to be taken; the robot is gone; again, when somebody may have mended the
 * settings on either side; again after so long.
 */
export type CodeMeaning = 'refused' | 'gone' | 'again' | { readonly againMs: number };

/** A robot's settings: its address, which is a secret itself, and what its security asks for besides. */
export interface RobotSettings {
  readonly url: string;
  readonly secret?: string | undefined;
  readonly keyword?: string | undefined;
}

/** The most that a text may take, and how that is counted. */
export interface Room {
  readonly bytes: number;
  readonly bytesOf: (text: string) => number;
}

/** What sets one vendor's group robots apart from another's. */
export interface Robot {
  readonly channel: ChannelName;
  readonly schema: z.ZodType<RobotSettings & Record<string, string | undefined>>;
  /** The vendor's limits for one robot. */
  readonly limits: readonly PaceLimit[];
  /** The request for a text, signed where the vendor asks for it. */
  request(settings: RobotSettings, text: string, now: Date): { readonly url: string; readonly body: unknown };
  readonly room: Room;
  /** The vendor's code in an answer (0: done), and its message. */
  codeOf(answer: Answer): { readonly code: number | undefined; readonly words: string };
  /** What the documented codes mean, by number or, where one code has several meanings, by number and word. */
  readonly codes: Readonly<Record<string, CodeMeaning>>;
  /** Tells the meanings of one code apart, by its message; undefined: nothing to tell. */
  meaningOf?(code: number, words: string): string | undefined;
}

/** An answer of any of the vendors. */
export type Answer = z.infer<typeof answerSchema>;

const answerSchema = z.object({
  errcode: z.number().optional(),
  errmsg: z.string().optional(),
  code: z.number().optional(),
  msg: z.string().optional(),
});

/** So short a wait is waited for on the spot. */
const shortWaitMs = 2_000;
/** How long to wait after a code that is in no documentation. */
const unknownCodeMs = 60_000;

/** A sender to one vendor's group robots: text messages, within the vendor's limits, whose answers are understood. */
export function robotSender(robot: Robot, { fetch, now, pause = pauseFor }: SenderDeps): Sender {
  const pace = createPace(robot.limits, () => now().getTime());

  return {
    channel: robot.channel,
    check: (entered) => checkSettings(robot.schema, entered),
    async send(given, message, signal) {
      const { data: settings } = robot.schema.safeParse(given);
      if (!settings) return SETTINGS_INVALID;
      // the address is a secret: it serves as a key by its hash only
      const key = createHash('sha256').update(settings.url).digest('base64');
      let waitMs = pace.take(key);
      if (waitMs > 0 && waitMs <= shortWaitMs) {
        await pause(waitMs, signal);
        waitMs = pace.take(key);
      }
      if (waitMs > 0) return { kind: 'later', afterMs: waitMs };
      const outcome = await attempt(settings, message, signal);
      if (outcome.kind === 'again' && outcome.afterMs !== undefined) pace.rest(key, outcome.afterMs);
      return outcome;
    },
  };

  async function attempt(settings: RobotSettings, message: Outgoing, signal: AbortSignal): Promise<SendOutcome> {
    const at = now();
    const { url, body } = robot.request(settings, textOf(message, settings.keyword, robot.room), at);
    let response: GuardedResponse;
    try {
      response = await fetch({
        url,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      return outcomeOfFailure(error);
    }
    return outcomeOf(response, at);
  }

  /** The vendors answer 200 and say in the body whether they took it. */
  function outcomeOf(response: GuardedResponse, at: Date): SendOutcome {
    const byStatus = outcomeOfStatus(response, at);
    if (byStatus.kind !== 'sent') return byStatus;
    const answer = answerSchema.safeParse(parsed(response.body));
    const { code, words } = answer.data ? robot.codeOf(answer.data) : { code: undefined, words: '' };
    if (code === undefined) return { kind: 'again', reason: 'answer-unreadable' };
    if (code === 0) return { kind: 'sent' };
    const meaning = robot.meaningOf?.(code, words) ?? String(code);
    const reason = `${robot.channel}-${meaning}`;
    const does = robot.codes[meaning] ?? { againMs: unknownCodeMs };
    if (does === 'refused') return { kind: 'refused', reason };
    if (does === 'gone') return { kind: 'refused', reason, gone: true };
    if (does === 'again') return { kind: 'again', reason };
    return { kind: 'again', reason, afterMs: does.againMs };
  }
}

/** The text as the group sees it: the keyword where it is missing, what there is to say, and the link whole. */
export function textOf(
  { text: [zh, en], language, link }: Outgoing,
  keyword: string | undefined,
  { bytes, bytesOf }: Room,
): string {
  const said = withoutMentions(language === 'zh' ? zh : en);
  const before = keyword === undefined || said.includes(keyword) ? '' : `【${keyword}】`;
  const after = link === undefined ? '' : `\n${link}`;
  const room = bytes - bytesOf(before) - bytesOf(after);
  return room < bytesOf('…')
    ? cutText(`${before}${said}`, bytes, bytesOf)
    : `${before}${cutText(said, room, bytesOf)}${after}`;
}

/** Marks by which Feishu and WeCom call on members of the group, everybody among them, would do so from within a text too. */
const withoutMentions = (text: string) => text.replaceAll(/<(?=\s*\/?\s*(?:at\b|@))/gi, '＜');

const pauseFor = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {});

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whether an address is a robot's at its vendor: `hosts` and `path` fixed; other hosts only from the allow-list. */
export function isRobotUrl(fetch: GuardedFetch, hosts: readonly string[], fits: (url: URL) => boolean) {
  return (text: string): boolean => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    const vendors = url.protocol === 'https:' && url.port === '' && hosts.includes(url.hostname);
    return (vendors || fetch.isAllowListed(text)) && url.username === '' && url.password === '' && fits(url);
  };
}

/** Counts a text as part of a JSON body. */
export const inBody = (bytes: number): Room => ({ bytes, bytesOf: jsonBytes });
