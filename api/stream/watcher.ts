import { type Concerned, ownWork, waysTo } from '../../db/queries/changes.ts';
import { unreadMessages } from '../../db/queries/inbox.ts';
import { withSight } from '../../db/walled.ts';
import type { Caller } from '../auth/caller.ts';
import { sightOf } from '../auth/sight.ts';
import type { AppDeps } from '../deps.ts';
import { administeredBy, shownTo } from '../inbox.ts';
import { readerOf } from '../reading.ts';
import {
  type Counts,
  countsOf,
  inboxChanges,
  type Notice,
  type Waiting,
  type Work,
  workChanges,
  workOf,
} from './snapshot.ts';

/** More changes than this are told as "read it again". */
export const MOST_TOLD = 200;
const MOST_WORK = 5_000;

/** Callers whose work list and inbox are the same share a watcher. */
export function watchKey(caller: Caller): string {
  return JSON.stringify([caller.person, readerOf(caller).loginUnit ?? null, administeredBy(caller) ?? null]);
}

/**
 * Keeps in mind a person's work list and waiting messages, as the lists show them to him, and tells what has changed since it
 * looked last. What is not shown to him (that somebody complained about him) changes nothing here: not even that something
 * happened in the case can be seen.
 */
export class Watcher {
  readonly #deps: Pick<AppDeps, 'sql'>;
  readonly #caller: Caller;
  #work: Work = new Map();
  #unread: readonly Waiting[] = [];
  #posts: ReadonlySet<string> = new Set();
  #people: ReadonlySet<string> = new Set();
  #counts: Counts | undefined;
  /** When it last looked at everything, by the clock of this process; 0: it is to look again. */
  looked = 0;

  constructor(deps: Pick<AppDeps, 'sql'>, caller: Caller) {
    this.#deps = deps;
    this.#caller = caller;
  }

  get counts(): Counts {
    return this.#counts ?? { tasks: 0, overdue: 0, unread: 0 };
  }

  /** The messages that wait. */
  get unread(): readonly Waiting[] {
    return this.#unread;
  }

  /** Whether a changed case may have changed something for this person. */
  isConcerned({ caseId, posts, people, units }: Concerned): boolean {
    return (
      this.#work.has(caseId) ||
      posts.some((post) => this.#posts.has(post)) ||
      people.some((person) => this.#people.has(person)) ||
      units.includes(administeredBy(this.#caller) ?? '') ||
      this.#unread.some((message) => message.caseId === caseId)
    );
  }

  /** Looks again at these cases, or at everything; answers what to tell. */
  look(cases: readonly string[] | undefined, now: string): Promise<Notice[]> {
    // whoever's request or timer this is, the list is this person's
    return withSight(() => this.#look(cases, now), sightOf(this.#caller));
  }

  async #look(cases: readonly string[] | undefined, now: string): Promise<Notice[]> {
    const { sql } = this.#deps;
    const [rows, waiting, ways] = await Promise.all([
      ownWork(sql, readerOf(this.#caller), cases, MOST_WORK),
      unreadMessages(sql, this.#caller.person, administeredBy(this.#caller)),
      cases === undefined ? waysTo(sql, this.#caller.person) : undefined,
    ]);
    const unread = await shownTo(this.#deps, this.#caller, waiting);
    if (ways) {
      this.#posts = new Set(ways.posts);
      this.#people = new Set(ways.people);
    }
    const seen = workOf(rows);
    const work = new Map(cases === undefined ? [] : this.#work);
    for (const id of cases ?? []) work.delete(id);
    for (const [id, items] of seen) work.set(id, items);
    const notices = this.#compare(work, unread, cases ?? new Set([...this.#work.keys(), ...seen.keys()]), now);
    this.#work = work;
    this.#unread = unread;
    return notices;
  }

  #compare(work: Work, unread: readonly Waiting[], cases: Iterable<string>, now: string): Notice[] {
    const first = this.#counts === undefined;
    const counts = countsOf(work, unread, now);
    const same = JSON.stringify(counts) === JSON.stringify(this.#counts);
    const tasks = workChanges(this.#work, work, cases);
    const inbox = inboxChanges(this.#unread, unread);
    this.#counts = counts;
    if (first) return [];
    const notices: Notice[] = [];
    if (tasks.length > MOST_TOLD) notices.push(tasksAnew(counts));
    else if (tasks.length > 0) notices.push({ event: 'tasks', data: { cases: tasks, ...counts } });
    const messages = inbox.added.length + inbox.removed.length;
    if (messages > MOST_TOLD) notices.push(inboxAnew(counts));
    else if (messages > 0) notices.push({ event: 'inbox', data: { ...inbox, ...counts } });
    return notices.length > 0 || same ? notices : [{ event: 'counts', data: counts }];
  }
}

/** To be told where changes may have been missed: read the work list again. */
export const tasksAnew = (counts: Counts): Notice => ({ event: 'tasks', data: { all: true, cases: [], ...counts } });

/** To be told where changes may have been missed: read the inbox again; these have come meanwhile. */
export const inboxAnew = (counts: Counts, added: readonly Waiting[] = []): Notice => ({
  event: 'inbox',
  data: { all: true, ...inboxChanges([], added), ...counts },
});
