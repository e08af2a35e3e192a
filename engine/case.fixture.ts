import { defineProgram } from '../sdk/define-program.ts';
import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Act, Actor } from './act.ts';
import { isRefusal } from './act-kind.ts';
import { advance } from './advance.ts';
import { agenda } from './agenda.ts';
import { addFact } from './books/facts.ts';
import { addMovements, type Movement } from './books/movements.ts';
import { addPosted, nothingPosted } from './books/posted-facts.ts';
import { decide } from './decide.ts';
import type { CaseEvent, EventDraft } from './event.ts';
import { evolve } from './evolve.ts';
import { type OpenRequest, open } from './open.ts';
import { ownEvents } from './own-events.ts';
import type { Refusal } from './refusal.ts';
import type { State } from './state.ts';
import { type WorkCalendar, weekdayCalendar } from './time/calendar.ts';
import { addMs } from './time/civil.ts';
import type { EntryFact, Facts, Org, World } from './world.ts';

/** A program that has one of everything the engine knows, in spans short enough to follow by hand. */
export const program: Program = defineProgram({
  id: 'everything',
  version: '1.0.0',
  name: ['样样都有', 'one of everything'],
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    cashHolder: { name: ['管钱人', 'cash holder'], post: 'cash-holder' },
    accountant: { name: ['管账人', 'accountant'], post: 'accountant' },
    beneficiary: { name: ['本人', 'beneficiary'], party: 'one', answers: 'secretary' },
    guardian: { name: ['监护人', 'guardian'], party: 'one', optional: true, answers: 'secretary' },
    companion: { name: ['陪伴人', 'companion'], party: 'one', answers: 'secretary' },
    volunteers: { name: ['志愿者', 'volunteers'], party: 'many', optional: true, answers: 'secretary' },
  },
  apart: [
    ['cashHolder', 'accountant', 'secretary', 'beneficiary'],
    ['cashHolder', 'accountant', 'companion'],
  ],
  fields: {
    needs: { name: ['需要', 'needs'], kind: 'text', personal: true },
    wish: { name: ['心愿', 'wish'], kind: 'text' },
    mood: { name: ['精神状态', 'mood'], kind: 'choice', of: ['good', 'low'] },
  },
  intake: ['needs'],
  consent: { by: ['beneficiary', 'guardian'], before: 'approval' },
  approval: { votes: ['branch', 'residents'], fixes: ['targets', 'deadlines', 'items'] },
  ladders: {
    promise: [
      { at: '-2 working days', tell: 'holder' },
      { at: 'due', tell: 'holder', account: true },
      { at: '+1 working day', tell: 'unit' },
      { at: '+3 working days', tell: 'sub-district' },
      { at: '+5 working days', tell: 'district', hours: 'any' },
    ],
    gentle: [
      { at: 'due', tell: 'holder' },
      { at: '+1 working day', tell: 'unit', account: true },
    ],
  },
  stages: [
    {
      stage: 'speak',
      name: ['开口说话', 'speak'],
      target: ['愿意交谈', 'talks'],
      answers: 'secretary',
      within: '20 days',
      ladder: 'promise',
      items: [
        { task: 'meet', name: ['见面', 'meet'], by: 'companion', within: '5 working days' },
        { task: 'craft', name: ['手工', 'handicraft'], by: 'volunteers', repeat: true },
        { task: 'walk', name: ['散步', 'walk'], by: 'companion', optional: true, ladder: 'gentle', within: '10 days' },
        {
          milestone: 'speaks',
          name: ['开口了', 'he speaks'],
          needs: { done: { visit: 1, craft: 1 }, proof: ['note'] },
          agrees: 'secretary',
        },
      ],
    },
    {
      stage: 'wish',
      name: ['心愿', 'wish'],
      target: ['心愿实现', 'the wish comes true'],
      answers: 'secretary',
      within: '2 months',
      ladder: 'promise',
      items: [
        { task: 'tell', name: ['说出心愿', 'say the wish'], by: 'companion', asks: ['wish'] },
        { await: 'permit', name: ['许可', 'permit'], within: '10 days', when: { filled: ['wish'] } },
        {
          milestone: 'fulfilled',
          name: ['实现了', 'fulfilled'],
          needs: { done: { permit: 1 }, filled: ['wish'], proof: ['photo'] },
          agrees: 'beneficiary',
        },
      ],
    },
  ],
  duties: [
    {
      duty: 'visit',
      name: ['走访', 'visit'],
      by: 'companion',
      every: '3 days',
      grace: '2 days',
      ladder: 'gentle',
      asks: ['mood'],
    },
    {
      duty: 'exercise',
      name: ['锻炼', 'exercise'],
      by: 'volunteers',
      every: '1 week',
      grace: '1 day',
      ladder: 'gentle',
      during: 'speak',
    },
    {
      duty: 'after',
      name: ['回访', 'follow-up visit'],
      by: 'secretary',
      every: '1 month',
      grace: '5 working days',
      ladder: 'gentle',
      during: 'follow-up',
    },
  ],
  books: [
    {
      book: 'earnings',
      name: ['收入', 'earnings'],
      keeps: 'held for beneficiary',
      profile: 'two-person',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'beneficiary',
      channels: ['cash'],
      match: '1 working day',
      ladder: 'promise',
      closes: 'monthly',
    },
  ],
  life: {
    extend: { cap: '30 days', times: 2, approves: 'sub-district' },
    followUp: '3 months',
    outcomes: { selfReliant: ['自食其力', 'self-reliant'], died: ['死亡', 'died'] },
  },
});

/** Monday 2026-03-02, 09:00 in Shanghai: day 0 of every table. */
export const DAY_0: Instant = '2026-03-02T01:00:00.000Z';

/** The moment so many days of 24 hours after day 0. */
export const day = (n: number): Instant => addMs(DAY_0, Math.round(n * 86_400_000));

const FROM = '2020-01-01T00:00:00.000Z';

/** Posts of the organisation of the tests; each is held by the person of the same name. */
const posts = {
  ...{ secretary: 'community', 'cash-holder': 'community', accountant: 'community', director: 'community' },
  ...{ 'sub-district-head': 'sub-district', 'district-head': 'district' },
};

export const org: Org = {
  units: {
    community: { level: 'community', above: 'sub-district', head: 'director' },
    'sub-district': { level: 'sub-district', above: 'district', head: 'sub-district-head' },
    district: { level: 'district', head: 'district-head' },
  },
  posts: Object.fromEntries(Object.entries(posts).map(([post, unit]) => [post, { kind: post, unit }])),
  appointments: Object.keys(posts).map((post) => ({ post, person: post, from: FROM })),
};

/** Who acts in a table: `caseworker`, `auditor`, `clock`, or the person of that name (a post's holder, zhou, qiu …). */
export function actorOf(who: string): Actor {
  if (who === 'caseworker' || who === 'auditor') {
    return { kind: 'person', id: who, logins: [{ role: who, unit: 'community' }] };
  }
  return { kind: who === 'system' ? 'system' : 'person', id: who, logins: [] };
}

/** What a table says of an act besides who does it and its type. `evidence`: `photo` or `file`. */
export type Said = Partial<Pick<Act, 'target' | 'data' | 'reason' | 'evidence' | 'onBehalfOf' | 'occurredAt'>>;

/** Events that close an item, and the state its row has then. */
const CLOSED: Readonly<Record<string, string>> = {
  ...{ 'task.completed': 'done', 'milestone.reached': 'done', 'await.occurred': 'done' },
  ...{ 'item.skipped': 'skipped', 'item.cancelled': 'cancelled', 'duty.lapsed': 'missed' },
};

/** A case in memory, treated as the door treats one: time is brought up to date, then the act decided, then recorded. */
export class Case {
  now: Instant = DAY_0;
  named: NonNullable<Facts['named']> = {};
  office: Facts['office'] = undefined;
  org: Org = org;
  retention: Facts['retention'];
  calendar: WorkCalendar = weekdayCalendar;
  state!: State;
  readonly events: CaseEvent[] = [];
  last: Refusal | undefined;
  #entries: readonly EntryFact[] = [];
  #movements: readonly Movement[] = [];
  #posted = nothingPosted;
  readonly #closed = new Map<string, NonNullable<Facts['closedItem']>>();
  readonly #accounts = new Map<string, NonNullable<Facts['accountability']>>();
  readonly program: Program;

  constructor(of: Program = program) {
    this.program = of;
  }

  /** Opens the case on day 0 and says `ok`, or the code of the refusal. */
  open(who = 'caseworker', change: Partial<OpenRequest> = {}): string {
    const request: OpenRequest = {
      ...{ actId: 'open', actor: actorOf(who), caseId: 'case-1', caseNo: '1', unit: 'community' },
      data: { needs: 'help' },
      parties: [
        { role: 'beneficiary', name: '周某', person: 'zhou' },
        { role: 'companion', name: '邱某', person: 'qiu' },
      ],
      assignments: {},
      ...change,
    };
    const answer = open(request, this.world());
    this.last = isRefusal(answer) ? answer : undefined;
    if (isRefusal(answer)) return answer.code;
    this.#record(answer.events, actorOf(who));
    this.until(this.now);
    return 'ok';
  }

  /** An open case, and where wanted an approved one, with the time it takes. */
  static opened(approved: 'proposed' | 'approved' = 'approved'): Case {
    const one = new Case();
    one.open();
    if (approved === 'approved') one.approve();
    return one;
  }

  approve(): void {
    this.must('zhou', 'consent.give');
    for (const body of ['branch', 'residents']) {
      this.must('secretary', 'decision.record', { data: { body, present: 3, for: 2, against: 1, abstain: 0 } });
    }
  }

  /** Does an act now: `ok`, or the code of the refusal. */
  does(who: string, type: string, said: Said = {}): string {
    this.until(this.now);
    const act: Act = { id: `act-${this.events.length}`, type, actor: actorOf(who), ...said };
    const answer = decide(this.state, act, this.world(act));
    this.last = isRefusal(answer) ? answer : undefined;
    if (isRefusal(answer)) return answer.code;
    makesItsOwn(type, answer.events);
    this.#record(answer.events, act.actor, act.occurredAt);
    this.until(this.now);
    return 'ok';
  }

  must(who: string, type: string, said: Said = {}): void {
    const answer = this.does(who, type, said);
    if (answer !== 'ok') throw new Error(`${type} by ${who}: ${answer}: ${this.last?.detail[1]}`);
  }

  /** Lets time pass. `naps`: woken at every due instant, as by a timer that is never late. */
  until(now: Instant, { naps = false } = {}): void {
    for (let due = agenda(this.state); naps && due && due <= now; due = agenda(this.state)) {
      this.now = due > this.now ? due : this.now;
      this.#fire(1);
    }
    this.now = now > this.now ? now : this.now;
    while (this.#fire(200));
  }

  /** The seq of the last event: from here `since` counts. */
  mark(): number {
    return this.events.length;
  }

  /** What has happened since a mark, in short. */
  since(mark: number): string[] {
    return this.events.slice(mark).map(inShort);
  }

  world(act?: Act): World {
    const documents = (act?.evidence ?? [])
      .filter((id) => id === 'photo' || id === 'file')
      .map((id) => ({ id, kind: id as 'photo' | 'file' }));
    const closedItem = this.#closed.get(act?.target ?? '');
    const accountability = this.#accounts.get(act?.target ?? '');
    return {
      ...{ now: this.now, program: this.program, programHash: 'hash', calendar: this.calendar, org: this.org },
      facts: {
        ...{ documents, entries: this.#entries, movements: this.#movements, posted: this.#posted },
        named: this.named,
        ...(this.office ? { office: this.office } : {}),
        ...(this.retention ? { retention: this.retention } : {}),
        ...(closedItem ? { closedItem } : {}),
        ...(accountability ? { accountability } : {}),
      },
    };
  }

  /** Ends whoever holds a post now, and appoints another unless it stays vacant. */
  appoint(post: string, person?: string): void {
    const ended = this.org.appointments.map((each) =>
      each.post === post && !each.until ? { ...each, until: this.now } : each,
    );
    this.org = { ...this.org, appointments: person ? [...ended, { post, person, from: this.now }] : ended };
  }

  #fire(limit: number): boolean {
    const { events, state, more } = advance(this.state, this.world(), limit);
    this.#record(events, { kind: 'system', id: 'clock', logins: [] });
    if (limit > 1 && JSON.stringify(state) !== JSON.stringify(this.state))
      throw new Error('advance answers another state than its events lead to');
    return more;
  }

  #record(drafts: readonly EventDraft[], { kind, id }: Actor, at: Instant = this.now): void {
    for (const draft of drafts) {
      const seq = this.events.length + 1;
      const event: CaseEvent = {
        ...draft,
        seq,
        occurredAt: draft.occurredAt ?? at,
        recordedAt: this.now,
        actor: { kind, id },
      };
      this.state = evolve(this.state, event);
      this.#entries = addFact(this.#entries, event);
      this.#movements = addMovements(this.#movements, event);
      this.#posted = addPosted(this.#posted, event);
      this.#note(event);
      this.events.push(event);
    }
  }

  #note(event: CaseEvent): void {
    const { type, data } = event;
    const closed = CLOSED[type];
    if (closed) {
      const { id, key = id } = data as { id: string; key?: string };
      this.#closed.set(id, { id, key: type === 'duty.lapsed' ? (data as { duty: string }).duty : key, state: closed });
    }
    if (type === 'accountability.opened')
      this.#accounts.set(data.id, { id: data.id, post: data.post, answered: false });
    const record = 'id' in data ? this.#accounts.get(String(data.id)) : undefined;
    if (!record) return;
    if (type === 'accountability.answered') this.#accounts.set(record.id, { ...record, answered: true });
    if (type === 'accountability.appealed') this.#accounts.set(record.id, { ...record, appealed: true });
    if (type !== 'accountability.decided') return;
    const { appealed: _, ...rest } = record;
    this.#accounts.set(record.id, { ...rest, outcome: data.outcome, decidedBy: event.actor.id });
  }
}

/** An event in a few words: its type, what it is about, and for a rung whom it told. */
export function inShort({ type, data }: Pick<CaseEvent, 'type' | 'data'>): string {
  const said = data as Record<string, unknown>;
  if (type === 'rung.fired') {
    const told = (said['told'] as { post?: string; person?: string }[]).map((each) => each.person ?? `${each.post}?`);
    return `${type} ${said['deadline']}.${said['generation']}/${said['rung']} → ${told.join(', ')}`;
  }
  const inner = (said['item'] ?? said['deadline'] ?? said['party'] ?? said) as { id?: string };
  const about = inner.id ?? said['stage'] ?? said['id'] ?? said['duty'] ?? said['role'] ?? said['outcome'];
  const more = said['result'] ?? (said['why'] !== undefined && type === 'stage.left' ? said['why'] : undefined);
  return [type, typeof inner === 'string' ? inner : about, more].filter((each) => each !== undefined).join(' ');
}

/** Throws where an act makes events and none of those by which verifiers know its type. */
export function makesItsOwn(type: string, events: readonly EventDraft[]): void {
  if (events.length > 0 && !events.some((event) => ownEvents(type)?.includes(event.type)))
    throw new Error(
      `"${type}" made ${events.map((event) => event.type).join(', ')}: engine/own-events.ts knows none of them.`,
    );
}
