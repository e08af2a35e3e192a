import type { Logger } from 'pino';
import { type Changes, changesSince, concernedBy } from '../../db/queries/changes.ts';
import { loginOfSession, loginsOfKeys } from '../../db/queries/sign-in.ts';
import { addMs } from '../../engine/time/civil.ts';
import type { Caller } from '../auth/caller.ts';
import type { Credential } from '../auth/credential.ts';
import { callerOf } from '../auth/sessions.ts';
import { hashOf } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import { problem, tooMany } from '../errors.ts';
import { frameOf, HEARTBEAT, lastSeen, OPENING } from './frames.ts';
import type { Notice } from './snapshot.ts';
import { inboxAnew, MOST_TOLD, tasksAnew, Watcher, watchKey } from './watcher.ts';

/** Spans and bounds of the streams of one process; tests shorten them. */
export interface StreamOptions {
  /** How often the database is asked what has changed, while anybody listens. Default 2 s. */
  readonly everyMs?: number;
  /** How often a comment is sent, and whether the listener may still listen is looked up. Default 15 s. */
  readonly beatMs?: number;
  /** How often a work list is looked through as a whole: what comes with time alone is told by then. Default 60 s. */
  readonly wholeMs?: number;
  readonly mostOfPerson?: number;
  readonly mostOfProcess?: number;
}

/** Streams of one process. */
export interface StreamHub {
  /** A new stream; `lastEventId` as its client sent it. Throws the problems 429 and 503 when there are too many. */
  open(listener: {
    caller: Caller;
    credential: Credential;
    lastEventId: string | undefined;
  }): Promise<ReadableStream<Uint8Array>>;
  /** How many streams are open. */
  readonly size: number;
}

interface Connection {
  readonly caller: Caller;
  readonly credentialKind: Credential['kind'];
  readonly credentialHash: string;
  readonly watcher: Watcher;
  readonly beganAtMs: number;
  /** False when the listener does not take what is sent: it will come again and be told what it missed. */
  send(text: string): boolean;
  end(): void;
}

/**
 * A case's time is set under its lock, some time before others see it. No transaction of ours lasts longer than 12 s, so
 * looking back further misses nothing.
 */
const LOOK_BACK_MS = 15_000;
/** More changed cases than this in one look: everybody's list is looked through as a whole. */
const MOST_CASES = 1_000;
/** Watchers looked through as a whole in one turn. */
const MOST_WHOLE = 20;
/** After this a listener comes again, perhaps to another process. */
const LONGEST_MS = 3_600_000;
/** What a listener may leave unread. */
const BUFFER_BYTES = 64 * 1024;

/**
 * Tells people while they listen. One loop a process asks every two seconds which cases have changed, whoever did it and
 * through whichever process, and looks again at the lists of those they concern: it costs acts nothing, needs no connection
 * of its own, and survives whatever restarts. Without listeners nothing runs.
 */
export function createStreamHub(
  deps: Pick<AppDeps, 'sql' | 'house' | 'stopping'> & { readonly log: Logger },
  options: StreamOptions = {},
): StreamHub {
  const { everyMs = 2_000, beatMs = 15_000, wholeMs = 60_000, mostOfPerson = 6, mostOfProcess = 500 } = options;
  const { sql, house, log, stopping } = deps;
  const connections = new Set<Connection>();
  const watchers = new Map<string, Watcher>();
  /** Cases looked at already, by the revision they had, as long as a look back still finds them. */
  let looked = new Map<string, number>();
  let since: string | undefined;
  let orgSeq: number | undefined;
  let stopLoops: (() => void) | undefined;
  let opening = 0;

  stopping?.addEventListener('abort', () => [...connections].forEach((each) => void each.end()));

  function tell(watcher: Watcher, notices: readonly Notice[], now: string): void {
    for (const notice of notices) {
      const frame = frameOf(notice, now);
      for (const each of connections) if (each.watcher === watcher && !each.send(frame)) each.end();
    }
  }

  async function turn(): Promise<void> {
    const changes = await changesSince(house, since && addMs(since, -LOOK_BACK_MS), MOST_CASES);
    const fresh = changes.cases.filter(({ id, seq }) => looked.get(id) !== seq);
    const all = since === undefined || fresh.length >= MOST_CASES || orgSeq !== changes.orgSeq;
    if (all) for (const watcher of watchers.values()) watcher.looked = 0;
    else
      await lookAt(
        fresh.map(({ id }) => id),
        changes,
      );
    looked = new Map(changes.cases.map(({ id, seq }) => [id, seq]));
    since = changes.now;
    orgSeq = changes.orgSeq;
    await lookWhole(changes);
  }

  async function lookAt(cases: readonly string[], { now, caseless }: Changes): Promise<void> {
    const concerned = cases.length === 0 ? [] : await concernedBy(house, cases);
    for (const watcher of [...watchers.values()]) {
      const its = concerned.filter((each) => watcher.isConcerned(each)).map(({ caseId }) => caseId);
      if (its.length > 0 || caseless > 0) tell(watcher, await watcher.look(its, now), now);
    }
  }

  async function lookWhole({ now }: Changes): Promise<void> {
    const due = [...watchers.values()].filter(
      (watcher) => performance.now() - watcher.looked > wholeMs || watcher.looked === 0,
    );
    for (const watcher of due.slice(0, MOST_WHOLE)) {
      tell(watcher, await watcher.look(undefined, now), now);
      watcher.looked = performance.now();
    }
  }

  /** Ends streams whose key or session holds no more, or carries other rights than when they began. */
  async function check(): Promise<void> {
    const listeners = [...connections];
    for (const each of listeners) if (!each.send(HEARTBEAT)) each.end();
    const keys = listeners
      .filter(({ credentialKind }) => credentialKind === 'key')
      .map(({ credentialHash }) => credentialHash);
    const logins = keys.length === 0 ? new Map() : await loginsOfKeys(sql, [...new Set(keys)]);
    for (const each of listeners) {
      const { caller, credentialKind, credentialHash } = each;
      const login = credentialKind === 'key' ? logins.get(credentialHash) : await loginOfSession(sql, credentialHash);
      const tooLong = performance.now() - each.beganAtMs > LONGEST_MS;
      if (!login || tooLong || rightsOf(callerOf(login)) !== rightsOf(caller)) each.end();
    }
  }

  /** Does something again and again until it is told to stop; answers how to. */
  function repeat(work: () => Promise<void>, ms: number): () => void {
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;
    const next = () => {
      if (stopped) return;
      timer = setTimeout(() => {
        work()
          .catch((error: Error) => log.warn({ reason: error.message }, 'what streams wait for could not be looked up'))
          .finally(next);
      }, ms);
    };
    next();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }

  function add(connection: Connection, key: string): void {
    connections.add(connection);
    watchers.set(key, connection.watcher);
    if (stopLoops) return;
    const loops = [repeat(turn, everyMs), repeat(check, beatMs)];
    stopLoops = () => {
      for (const stop of loops) stop();
    };
  }

  function remove(connection: Connection, key: string): void {
    connections.delete(connection);
    if (![...connections].some(({ watcher }) => watcher === connection.watcher)) watchers.delete(key);
    if (connections.size > 0) return;
    stopLoops?.();
    [stopLoops, since, looked] = [undefined, undefined, new Map()];
  }

  function admit({ person }: Caller): void {
    const own = [...connections].filter(({ caller }) => caller.person === person).length;
    if (own >= mostOfPerson) throw tooMany(Math.ceil(beatMs / 1000));
    if (connections.size + opening >= mostOfProcess || stopping?.aborted)
      throw problem(
        'BUSY',
        ['同时在线的人太多。', 'Too many are listening at once.'],
        [['稍后再连', 'Connect again later']],
      );
  }

  async function watcherFor(caller: Caller): Promise<Watcher> {
    const known = watchers.get(watchKey(caller));
    if (known) return known;
    const watcher = new Watcher(deps, caller);
    const { now } = await changesSince(house, undefined, 1);
    await watcher.look(undefined, now);
    watcher.looked = performance.now();
    // somebody else may have come for the same lists meanwhile
    return watchers.get(watchKey(caller)) ?? watcher;
  }

  return {
    get size() {
      return connections.size;
    },
    async open({ caller, credential, lastEventId }) {
      admit(caller);
      opening += 1;
      const { watcher, now } = await Promise.all([watcherFor(caller), changesSince(house, undefined, 1)])
        .then(([found, { now: at }]) => ({ watcher: found, now: at }))
        .finally(() => {
          opening -= 1;
        });
      admit(caller);
      const key = watchKey(caller);
      let connection: Connection;
      let over = false;
      const stream = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const encoder = new TextEncoder();
            connection = {
              caller,
              watcher,
              beganAtMs: performance.now(),
              credentialKind: credential.kind,
              credentialHash: hashOf(credential.secret),
              send(text) {
                if (over || (controller.desiredSize ?? 0) <= 0) return false;
                controller.enqueue(encoder.encode(text));
                return true;
              },
              end() {
                if (over) return;
                over = true;
                remove(connection, key);
                controller.close();
              },
            };
            add(connection, key);
            connection.send(OPENING);
            for (const notice of firstWords(watcher, lastEventId, now)) connection.send(frameOf(notice, now));
          },
          cancel() {
            over = true;
            remove(connection, key);
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
      );
      return stream;
    },
  };
}

/**
 * What a listener is told first: how much there is. Where it was away: which messages came meanwhile, and that it should read
 * its lists again, since what went is in no list any more.
 */
function firstWords({ counts, unread }: Watcher, lastEventId: string | undefined, now: string): Notice[] {
  const seen = lastSeen(lastEventId, now);
  if (lastEventId === undefined) return [{ event: 'counts', data: counts }];
  const since = seen && addMs(seen, -LOOK_BACK_MS);
  const missed = since === undefined ? [] : unread.filter(({ createdAt }) => createdAt > since);
  return [tasksAnew(counts), inboxAnew(counts, missed.length > MOST_TOLD ? [] : missed)];
}

function rightsOf({ key, role, person, post, unit, inOffice }: Caller): string {
  return JSON.stringify([key, role, person, post ?? null, unit, inOffice]);
}
