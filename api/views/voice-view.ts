import type { EventRow } from '../../db/queries/events.ts';
import { askOf } from '../../engine/acts/consent-voice.ts';
import { voicesOf } from '../../engine/books/access.ts';
import { planOf } from '../../engine/explain.ts';
import { waitingOffers } from '../../engine/offers.ts';
import { agreedTo, purposeName, SHARING } from '../../engine/purpose.ts';
import { GUARDIAN, type Voice, voiceOf, wardRoles } from '../../engine/rights.ts';
import type { State } from '../../engine/state.ts';
import type { Program } from '../../sdk/program.ts';
import type { ComplaintSight } from '../complaint-sight.ts';
import type { Language } from '../language.ts';
import { pick } from '../language.ts';
import { dueText, type Names } from '../timeline-text.ts';

/** A complaint as who made it reads it: what was said, and what was answered. */
export interface ComplaintView {
  readonly id: string;
  readonly text: string;
  readonly saidAt: string;
  readonly answers: readonly { readonly text: string; readonly at: string; readonly mine: boolean }[];
  readonly dueAt: string | undefined;
  readonly mayAppeal: boolean;
  readonly mayWithdraw: boolean;
}

/** What somebody may do with his own voice now, and what has become of what he said. */
export interface VoiceView {
  /** The role of the case he fills as a party, if any. */
  readonly role: string | undefined;
  readonly consent: 'give' | 'again' | 'given' | 'other' | 'none';
  readonly voice: Voice;
  /** What is agreed to, or could be, beside the help itself: each can be given and taken back alone. */
  readonly purposes: readonly { readonly key: string; readonly name: string; readonly agreed: boolean }[];
  /** What he is asked with the consent itself, each to be ticked. */
  readonly asks: readonly { readonly key: string; readonly name: string }[];
  readonly complaints: readonly ComplaintView[];
  /** What he was told as one who can do something about it, and has yet to answer. */
  readonly toAnswer: readonly { readonly id: string; readonly emergency: boolean; readonly text: string }[];
  readonly emergencies: readonly { readonly id: string; readonly text: string; readonly open: boolean }[];
  /** What is done next, in words. */
  readonly next: readonly string[];
  /** Of each book that holds his money: the statement of the last closed month. */
  readonly statements: readonly { readonly book: string; readonly name: string; readonly month: string }[];
  readonly people: readonly { readonly value: string; readonly name: string }[];
}

/** The case as one person's own: `words` are its complaints and emergencies as recorded. */
export function voiceView(
  { state, program, now }: Asked,
  {
    person,
    words,
    sight,
    told,
  }: {
    readonly person: string;
    readonly words: readonly EventRow[];
    readonly sight: ComplaintSight;
    readonly told: ReadonlySet<string>;
  },
  names: Names,
  language: Language,
): VoiceView {
  const party = Object.values(state.parties).find((each) => each.person === person);
  const voice = voiceOf(state, program, now);
  const seen = words.filter((event) => !sight.hides(event));
  const own = (event: EventRow) =>
    event.actorId === person || (party !== undefined && event.data['onBehalfOf'] === party.role);
  return {
    role: party?.role,
    consent: consentOf(state, program, party?.role, voice),
    voice,
    purposes: purposesOf(state, program, party?.role, voice, language),
    asks: Object.entries(program.consent?.purposes ?? {}).map(([key, name]) => ({ key, name: pick(name, language) })),
    complaints: seen
      .filter((event) => event.type === 'complaint.made' && own(event))
      .map((event) => complaintView(state, event, seen, person)),
    toAnswer: toAnswerOf(state, seen, told),
    emergencies: seen
      .filter((event) => event.type === 'emergency.reported' && own(event))
      .map(({ data }) => ({
        id: String(data['id']),
        text: String(data['text']),
        open: openEmergency(state, data) !== undefined,
      })),
    next: nextOf({ state, program, now }, language),
    statements: statementsOf(state, program, party?.role, language),
    people: peopleOf(state, program, { person, role: party?.role }, names, language),
  };
}

function toAnswerOf(state: State, words: readonly EventRow[], told: ReadonlySet<string>): VoiceView['toAnswer'] {
  return words.flatMap(({ type, data }): VoiceView['toAnswer'] => {
    const id = String(data['id']);
    if (type === 'emergency.reported') {
      const open = openEmergency(state, data);
      return open !== undefined && told.has(open) ? [{ id: open, emergency: true, text: String(data['text']) }] : [];
    }
    const complaint = type === 'complaint.made' ? state.complaints?.[id] : undefined;
    const open = complaint && complaint.endsAt === undefined;
    return open && told.has(id) ? [{ id, emergency: false, text: String(data['text']) }] : [];
  });
}

/** The emergency that is open for a report: its own, or the one it was folded into. Undefined when it is settled. */
function openEmergency({ emergencies = {} }: State, data: EventRow['data']): string | undefined {
  const id = String(data['into'] ?? data['id']);
  return Object.hasOwn(emergencies, id) ? id : undefined;
}

/**
 * Single purposes whoever decides may agree to or take back now: those of the program, and what other units are asked with
 * consent. While consent is asked for again they are named with it, and none is agreed to alone.
 */
function purposesOf(
  state: State,
  program: Program,
  role: string | undefined,
  voice: Voice,
  language: Language,
): VoiceView['purposes'] {
  if (!decides(program, role, voice) || state.status === 'closed') return [];
  const named = state.consent ? Object.keys(program.consent?.purposes ?? {}) : [];
  const shared = waitingOffers(state).some(({ agreed }) => agreed === true) ? [SHARING] : [];
  const asked = askOf(state) !== undefined;
  return [...named, ...shared]
    .map((key) => ({
      key,
      name: pick(purposeName(program, key), language),
      agreed: key === SHARING || agreedTo(state, key),
    }))
    .filter(({ agreed }) => agreed || !asked);
}

function decides(program: Program, role: string | undefined, { by }: Voice): boolean {
  return role === GUARDIAN ? by === 'guardian' : role !== undefined && wardRoles(program).includes(role);
}

function consentOf(state: State, program: Program, role: string | undefined, voice: Voice): VoiceView['consent'] {
  if (!decides(program, role, voice) || !program.consent || state.status === 'closed') return 'none';
  if (role !== GUARDIAN && voice.by === 'guardian') return state.consent ? 'given' : 'other';
  if (askOf(state)) return 'again';
  return state.consent ? 'given' : 'give';
}

function complaintView(state: State, made: EventRow, words: readonly EventRow[], person: string): ComplaintView {
  const id = String(made.data['id']);
  const open = state.complaints?.[id];
  const answers = words
    .filter(({ type, data }) => data['id'] === id && (type === 'complaint.answered' || type === 'complaint.appealed'))
    .map(({ type, data, recordedAt }) => ({
      text: String(data['text']),
      at: recordedAt,
      mine: type === 'complaint.appealed',
    }));
  const mine = made.actorId === person;
  return {
    id,
    text: String(made.data['text']),
    saidAt: made.recordedAt,
    answers,
    dueAt: open && open.endsAt === undefined ? dueText(open.dueAt) : undefined,
    mayAppeal: mine && open?.endsAt !== undefined,
    mayWithdraw: mine && open !== undefined,
  };
}

/** The first things the plan asks for now, each once, who does them and until when. */
function nextOf({ state, program, now }: Asked, language: Language): string[] {
  const plan = planOf(state, program);
  const current = plan.stages.find((stage) => stage.state === 'current');
  const wanted = [...plan.before, ...(current?.items ?? []), ...plan.duties, ...plan.other].filter(
    (item) => item.state === 'must' || item.state === 'waiting',
  );
  const latest = new Map(wanted.map((item) => [item.key, item]));
  return [...latest.values()].slice(0, 5).map(({ name, who, dueAt }) => {
    const day = dueAt === undefined ? '' : dueText(dueAt).slice(0, 10);
    const late = dueAt !== undefined && dueAt <= now;
    const [zh, en] = late ? [`，已过 ${day}`, `, was due on ${day}`] : [`，${day} 前`, `, by ${day}`];
    return language === 'zh' ? `${name[0]}（${who[0]}${day ? zh : ''}）` : `${name[1]} (${who[1]}${day ? en : ''})`;
  });
}

function statementsOf(
  { books }: State,
  program: Program,
  role: string | undefined,
  language: Language,
): VoiceView['statements'] {
  if (role === undefined) return [];
  const own = program.books.filter(
    (def) => def.keeps === 'held for beneficiary' && voicesOf(program, def).includes(role),
  );
  return own.flatMap(({ book, name }) => {
    const month = Object.hasOwn(books, book) ? books[book]?.closings?.month?.period : undefined;
    return month === undefined ? [] : [{ book, name: pick(name, language), month }];
  });
}

/** A case, its program, and the moment it is read at. */
interface Asked {
  readonly state: State;
  readonly program: Program;
  readonly now: string;
}

/** Whom a word can be about: who fills a role of the case, each once, without the reader himself. */
function peopleOf(
  state: State,
  program: Program,
  self: { readonly person: string; readonly role: string | undefined },
  names: Names,
  language: Language,
): VoiceView['people'] {
  const posts = Object.entries(state.assignments).flatMap(([role, { post, person }]) => {
    if (person === self.person) return [];
    const held = post === undefined ? (person === undefined ? '' : names.person(person)) : names.post(post);
    return [{ value: role, name: `${pick(program.roles[role]?.name ?? [role, role], language)} ${held}`.trim() }];
  });
  const parties = Object.values(state.parties)
    .filter((each) => each.person !== self.person)
    .map(({ id, role, name }) => ({
      value: id,
      name: `${pick(program.roles[role]?.name ?? [role, role], language)} ${name ?? ''}`.trim(),
    }));
  return [...parties, ...posts];
}
