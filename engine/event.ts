import type { Tell, Text } from '../sdk/program.ts';
import type { RetentionClassId } from '../sdk/retention.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import type { FieldValue } from './act.ts';
import type { BookEventData } from './books/event.ts';
import type { BookWishes } from './books/state.ts';
import type { FellOut } from './duties.ts';
import type { PaperDate } from './history.ts';
import type { Mapping, NamedKind } from './migration.ts';
import type {
  Assignment,
  Deadline,
  Destruction,
  Hold,
  Offer,
  OpenItem,
  Parked,
  PartOf,
  Party,
  ReferredFrom,
  RunningDuty,
  Shared,
  SharingConsent,
  State,
} from './state.ts';

/**
 * Whom a rung told: the post, who held it at that moment (none: vacant, the unit above was told too), and on which level.
 * Neither post nor person: nobody was in office; it lies with that unit.
 */
export interface Told {
  readonly post?: string;
  readonly person?: string;
  /** The post for whose holder the person stands in; `post` is absent then. */
  readonly deputyFor?: string;
  readonly unit: string;
  readonly level: string;
}

/** When a complaint is to be answered, and the reminders until then and after; `up`: how many levels higher. */
export interface ComplaintClock {
  readonly dueAt: Instant;
  readonly dueDate?: CalendarDate;
  readonly rungs: readonly { readonly at: Instant; readonly up: number }[];
}

/** How an item ended. `at` is when it happened; `late` = after its deadline, `recordedLate` = in time, but after the deadline was noticed. */
interface Done {
  readonly id: string;
  readonly key: string;
  readonly at: Instant;
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly note?: string;
  readonly witness?: string;
  readonly evidence?: readonly string[];
  readonly onBehalfOf?: string;
}

/** Who was there and what was given, as paper tells it; money is told, never booked. `source`: where it stands. */
interface PaperDetails {
  readonly persons?: readonly { readonly role: string; readonly name?: string }[];
  readonly amounts?: readonly {
    readonly direction: 'in' | 'out';
    readonly amountFen: number;
    readonly text?: string;
  }[];
  readonly source?: string;
  readonly evidence?: readonly string[];
}

/** What each type of event carries: everything `evolve` and the read models need, so that neither looks into the program. */
export interface EventData extends BookEventData {
  'case.opened': {
    caseId: string;
    caseNo: string;
    program: { id: string; version: string; hash: string };
    unit: string;
    openedAt: Instant;
    imported: boolean;
    status: 'proposed' | 'open';
    calendar: string;
    fields: Record<string, FieldValue>;
    parties: Party[];
    assignments: Record<string, Assignment>;
    stages: string[];
    books: {
      key: string;
      name: Text;
      keeps: string;
      cash: string;
      ledger: string;
      channels: string[];
      closings?: BookWishes;
    }[];
    flags: Text[];
    /** For an imported case: when it really began, on paper. */
    since?: Instant;
    /** Opened by a referral from another case. */
    referredFrom?: ReferredFrom;
    /** The group of another case it is a member of. */
    partOf?: PartOf;
  };
  /** `heard`: what the child, or the adult under guardianship, said to it; `separate`: also to the handling of a child's data. */
  'consent.given': {
    by: string;
    evidence?: readonly string[];
    witness?: string;
    note?: string;
    heard?: string;
    separate?: true;
    /** All purposes beside the help itself that are agreed to from now on; absent where the program names none. */
    purposes?: readonly string[];
  };
  /** Somebody wants no help. The question rests until that moment. */
  'consent.refused': {
    by: string;
    evidence?: readonly string[];
    witness?: string;
    note?: string;
    restsUntil: Instant;
    /** The help stops with it, and it is not the person's own word. */
    told?: Told[];
  };
  /** `purposes`: these alone; the help goes on. `told`: it is not the person's own word. */
  'consent.withdrawn': {
    by: string;
    evidence?: readonly string[];
    witness?: string;
    note?: string;
    purposes?: readonly string[];
    told?: Told[];
  };
  'decision.recorded': {
    body: string;
    present: number;
    for: number;
    against: number;
    abstain: number;
    passed: boolean;
    text?: string;
    /** The day of the meeting. */
    heldOn?: CalendarDate;
    /** Of a vote that is an item of a stage: that item, the name of its body, how many were entitled to vote, and what it needed. */
    item?: string;
    key?: string;
    name?: Text;
    eligible?: number;
    rule?: Text;
    /** Too few were there to decide anything. */
    quorate?: false;
  };
  /** `id`: of its item; `until`: when it comes down by itself. What it says is public. */
  'disclosure.posted': { id: string; key: string; name: Text; text: string; days: number; until: Instant };
  /** Before its time: by hand, which has a reason, or because its item ends. */
  'disclosure.takenDown': { id: string; key: string };
  /** Its period is over. */
  'disclosure.ended': { id: string; key: string };
  /** Its period is over and no objection is undecided: the item is done. */
  'disclosure.cleared': { id: string; key: string; at: Instant };
  /** `disclosure`: the key of its item. `contact`: personal data of whoever objected. */
  'objection.raised': { id: string; disclosure: string; text: string; contact?: string; told: Told[] };
  'objection.decided': { id: string; disclosure: string; upheld: boolean; text: string };
  'plan.approved': { votes: string[] };
  /** By a child case. `votes`: the bodies in whose stead it passed the plan. */
  'plan.decided': { case: string; outcome: string; passed: boolean; votes: string[] };
  'plan.revised': {
    targets?: Record<string, string>;
    deadlines?: Record<string, string>;
    items?: { key: string; name: Text; by: string; within?: string; stage?: string }[];
  };
  'stage.entered': { stage: string; name: Text; round: number; carryCounts: boolean };
  'stage.done': { stage: string; round: number };
  'stage.extended': { stage: string; round: number; budget: string };
  'stage.left': { stage: string; round: number; why: 'repeat' | 'stepBack' | 'skip'; to?: string };
  /** A worker adds an item to the case with `task.add`; it is opened at once. */
  'item.added': { item: { key: string; name: Text; by: string; within?: string; stage?: string } };
  'item.opened': { item: OpenItem };
  'item.assigned': { id: string; assignee: Assignment };
  'item.cancelled': { id: string; key: string; why: Text };
  'item.skipped': { id: string; key: string };
  /** A finished item is open again, under a new id; what it counted for counts no more. */
  'item.reopened': { item: OpenItem };
  'task.completed': Done;
  'milestone.reached': Done & { agreedBy: string };
  'await.occurred': Done;
  /** `nextDay`, `nextSlot` and `nextAfter`: see `RunningDuty`. */
  'duty.due': {
    duty: string;
    n: number;
    plannedDate: CalendarDate;
    plannedAt?: Instant;
    next: number;
    nextOpensAt: Instant;
    nextDay?: CalendarDate;
    nextSlot?: number;
    nextAfter?: CalendarDate;
  };
  /** One of a quota is done, and it is not yet full. */
  'duty.counted': Done & { done: number; of: number };
  /** A grid begins, or goes on after a suspension. */
  'duty.began': { duty: string; fellOut?: FellOut } & RunningDuty;
  /** `fellOut`: nothing was left after a suspension. `why`: where it is not the end of its rule, stage or case. */
  'duty.ended': { duty: string; fellOut?: FellOut; why?: Text };
  /** The calendar of this version plans the next occurrence of a duty, which has not opened yet, for another day; `was` as before. */
  'duty.replanned': {
    duty: string;
    running: RunningDuty;
    plannedDate: CalendarDate;
    was: RunningDuty;
    calendar: string;
    why: Text;
  };
  /** The same of an open occurrence; `from` = the day planned before. Its clock follows with `deadline.projected`. */
  'item.replanned': { item: OpenItem; from: CalendarDate; calendar: string; why: Text };
  /** `done` and `of`: of a quota. */
  'duty.missed': { id: string; duty: string; plannedDate: CalendarDate; lapsesAt: Instant; done?: number; of?: number };
  'duty.lapsed': { id: string; duty: string; done?: number; of?: number };
  'deadline.set': { deadline: Deadline };
  'deadline.met': { id: string; at: Instant; late: boolean; recordedLate: boolean };
  'deadline.cancelled': { id: string };
  'deadline.moved': { deadline: Deadline; from: Instant; why: Text };
  /** By the calendar of this version; `from` = the due moment before. Unmoved where only certainty or rungs have changed. */
  'deadline.projected': {
    deadline: Deadline;
    from: Instant;
    calendar: string;
    was?: { calendar: string; provisional: boolean };
    why?: Text;
  };
  'deadline.paused': { id: string; kind: string; name?: Text; from: CalendarDate };
  'deadline.extensionRequested': { id: string; budget: string; told: Told[] };
  'deadline.extensionDecided': { id: string; approved: boolean };
  'deadline.nudged': { id: string; told: Told[] };
  'rung.fired': {
    deadline: string;
    name: Text;
    generation: number;
    rung: number;
    plannedAt: Instant;
    dueAt: Instant;
    tell: Tell;
    told: Told[];
    account: boolean;
  };
  'accountability.opened': {
    id: string;
    deadline: string;
    name: Text;
    /** The answering post, its holders over the deadline's life, what was promised and by when. */
    post: string;
    holders: { person: string; from: Instant; until?: Instant; deputy?: boolean }[];
    promisedAt: Instant;
    dueAt: Instant;
  };
  'accountability.settled': { id: string; result: 'done late' | 'done in time, recorded late' | 'never done' };
  'accountability.answered': { id: string; text: string };
  'accountability.decided': { id: string; outcome: string; text?: string };
  'accountability.appealed': { id: string; text: string };
  'party.added': { party: Party };
  'party.changed': { party: Party };
  /** `voice`: his consent was asked for, so that the case cannot simply go on without him. Without `why`: he left. */
  'party.ended': { id: string; why?: 'death' | 'moved' | 'left' | 'cameOfAge'; voice?: string };
  /** Somebody whose consent is asked is fourteen, or eighteen, from this moment on. */
  'party.cameOfAge': { id: string; age: 14 | 18 };
  'role.assigned': { role: string; assignment: Assignment };
  'data.corrected': { fields: Record<string, FieldValue> };
  'note.added': { text: string; evidence?: readonly string[] };
  'document.attached': { documents: readonly string[]; target?: string };
  /**
   * `told` never holds whom it is about. `apart`: it is about nobody known, so that only who was told, who spoke and auditors
   * read it; these persons worked on the case and are not told later either, unless nobody else is there.
   * Before there were answers complaints had no id. */
  'complaint.made': {
    text: string;
    about?: string;
    told: Told[];
    id?: string;
    sealed?: readonly string[];
    apart?: readonly string[];
    anonymous?: true;
    witness?: string;
  } & Partial<ComplaintClock>;
  /** By a newer calendar it is to be answered another day, or reminded of on other days. */
  'complaint.projected': { id: string; calendar: string } & ComplaintClock;
  /** It lies unanswered: those who were told, or the level above, are told again. */
  'complaint.reminded': { id: string; plannedAt: Instant; dueAt: Instant; told: Told[] };
  /** `told`: who complained. */
  'complaint.answered': { id: string; text: string; told: Told[]; endsAt: Instant };
  'complaint.appealed': {
    id: string;
    text: string;
    told: Told[];
    round: number;
    sealed: readonly string[];
  } & ComplaintClock;
  'complaint.withdrawn': { id: string };
  /** Nobody has appealed in time, or nobody can any more. */
  'complaint.closed': { id: string };
  'emergency.reported': {
    id: string;
    kind: 'harm' | 'abuse' | 'danger' | 'missing';
    text: string;
    about?: readonly string[];
    witness?: string;
    sealed: readonly string[];
    apart?: readonly string[];
    told: Told[];
    nextAt: Instant;
    /**
     * The open one it was folded into, because the list was full: told with that one again, which is kept from whom this one is
     * about from now on, and closed with it. `apart` and `sealed` hold for this one alone.
     */
    into?: string;
    /** Nobody's own: the one for whatever is reported when the list is full. */
    shared?: true;
  };
  /** Nobody has acknowledged it, or nobody has said what was done: told again, and higher. */
  'emergency.repeated': { id: string; n: number; plannedAt: Instant; told: Told[]; nextAt: Instant };
  'emergency.closed': { id: string; text: string };
  /** `emergency`: the one it told of, which is not told again every half hour from now on; `nextAt`: when it is, unless closed. */
  /** What paper tells of the time before the case was opened. Nothing follows from it. */
  'history.imported': { id: string; kind: string; on: PaperDate; text: string } & PaperDetails;
  /** A stage was done before the case was opened. */
  'history.stageDone': { stage: string; on: PaperDate; text?: string };
  /** So often an item was done on paper; it counts for the stage the case has reached. */
  'history.counted': { item: string; count: number; on: PaperDate; text?: string };
  /** What is right instead of what an entry says; `withdrawn`: it should not be there. */
  'history.corrected': { id: string; on?: PaperDate; text?: string; withdrawn?: true } & PaperDetails;
  'message.acknowledged': { message: string; case: string; emergency?: string; nextAt?: Instant };
  /** `child`: where the child case is opened and what it is given, when that is not the unit and all data of this case. */
  'effect.asked': {
    id: string;
    kind: 'child' | 'call';
    item: string;
    program?: string;
    call?: string;
    limit?: string;
    child?: { unit: string; text: string; shared: Shared; assignments: Record<string, string> };
  };
  /** So many there are to be. */
  'group.sized': { id: string; key: string; size: number };
  /** How the members of a group stood then; told when it has changed, at most once a minute. */
  'group.counted': { id: string; key: string; listed: number; ended: number };
  /** One of the alternatives of a choice; `costFen` in all. */
  'option.added': { id: string; key: string; option: string; name: string; text?: string; costFen?: number };
  /** Why is the reason of the act. */
  'option.rejected': { id: string; key: string; option: string };
  'option.chosen': { id: string; key: string; option: string; name: string };
  'effect.answered': { id: string; item: string; result?: unknown; failed?: string };
  'case.suspended': Record<string, never>;
  'case.resumed': Record<string, never>;
  'case.closed': { outcome: string; text?: string; followUpUntil?: Instant };
  'case.ended': Record<string, never>;
  'case.reopened': { status: 'proposed' | 'open' };
  /**
   * The case goes on with another version of its program: what is called otherwise, what was left behind (`parked`, with what was
   * before) and what came back, its open items as that version describes them. `mapping` takes it back to `from`.
   */
  'case.migrated': {
    by: string;
    from: State['program'];
    program: State['program'];
    names: Readonly<Record<NamedKind, Readonly<Record<string, string>>>>;
    dropped: Readonly<Record<NamedKind, readonly string[]>>;
    mapping: Mapping;
    stages: string[];
    items: OpenItem[];
    parked: Parked;
    back: Parked;
  };
  /** The case belongs to another unit from now on: handed over, or its old unit was merged or split. `assignments`: roles that others fill there. */
  'case.moved': {
    unit: string;
    from: string;
    why: 'transfer' | 'organisation';
    assignments?: Record<string, Assignment>;
  };
  /** Handed to another installation: nothing is recorded here any more until it is taken back. `unit`: the one it leaves. */
  'case.handedAway': { to: string; by: string; unit: string };
  'case.takenBack': { by: string };
  /** The other installation has confirmed that it has the case, by the first event it recorded itself. */
  'case.departed': { installation: string; seq: number; hash: string };
  /** The first event of a case in another installation than the one before: up to `from.seq` it was recorded there. */
  'case.received': {
    from: { installation: string; seq: number; head: string };
    unit: string;
    fromUnit: string;
    by: string;
    assignments: Record<string, Assignment>;
  };
  /** Another unit is asked to take the case, or one matter of it. `from`: the unit that stays responsible until it is accepted. */
  'transfer.offered': Omit<Offer, 'by' | 'at' | 'accepted' | 'agreed'> & {
    from: string;
    consent?: SharingConsent;
    told: Told[];
  };
  'transfer.accepted': Answered;
  'transfer.refused': Answered;
  /** `why`: where the case itself was closed, and nobody revoked it by hand. */
  'transfer.revoked': Answered & { why?: Text };
  /** Nobody answered, and the ladder of its clock has run out. */
  'transfer.lapsed': Answered;
  /** The referred case was closed, or could not be opened (`failed`). `case` is its id. */
  'referral.answered': {
    id: string;
    unit: string;
    case?: string;
    outcome?: string;
    text?: string;
    failed?: string;
    told: Told[];
  };
  /** A question is put before the head of a level above (`unit`: that level's). */
  'escalation.made': { id: string; to: 'sub-district' | 'district'; unit: string; text: string; told: Told[] };
  /** Somebody without a right to the case reads it for a while, and why (the reason of the act). */
  'access.opened': { id: string; person: string; until: Instant; told: Told[] };
  /** Ended before its time. */
  'access.ended': { id: string };
  /** The head lets them read a case that is about a minor: everybody who answers for it or works in its unit, or one `person`. */
  'access.approved': { until: Instant; person?: string };
  'access.reviewed': { id: string; justified: boolean; text: string };
  /** Nothing of the case is destroyed from now on; why is the reason of the act. */
  'hold.set': { id: string; ground: Hold['ground'] };
  'hold.lifted': { id: string };
  /** `kin`: next of kin of somebody who has died, and how they are related. Its id is also that of its task and clock. */
  'erasure.requested': {
    id: string;
    by: string;
    voices: readonly string[];
    kin?: string;
    note?: string;
    witness?: string;
    told: Told[];
  };
  /** `text`: what the person was told, and on which law it rests. */
  'erasure.answered': { id: string; decision: 'limited' | 'refused'; text: string };
  'erasure.withdrawn': { id: string };
  /** Why is the reason of the act. `ground`: the periods have run out, and whether it was also asked to be erased. */
  'destruction.requested': { id: string; ground: Destruction['ground']; told: Told[] };
  /** By another person; not carried out before `from`. */
  'destruction.approved': { id: string; from: Instant; told: Told[] };
  'destruction.refused': { id: string; told: Told[] };
  'destruction.revoked': { id: string; told: Told[] };
  /** The last event of a case: its contents are destroyed with the key they were encrypted with. This is the certificate (销毁清册). */
  'record.destroyed': Destroyed;
  'escalation.returned': { id: string; to: 'sub-district' | 'district'; unit: string; text: string; told: Told[] };
  /** An auditor has inspected the case; `findings`: how many. `sample`: the one it was drawn in. */
  'inspection.recorded': { method: InspectionMethod; findings: number; sample?: string; text?: string };
  /** `answers`: the role whose post is to put it right; `within`: in what time. Its id is also that of the first task and clock. */
  'finding.recorded': { id: string; text: string; within: string; answers: string; sample?: string; told: Told[] };
  /** `item`: the task it is done with. */
  'finding.answered': { id: string; item: string; text: string };
  'finding.accepted': { id: string; text?: string };
  /** `item`: the task and clock with which it is asked for again. */
  'finding.returned': { id: string; item: string; text: string; within: string; told: Told[] };
}

/** One of the two who have decided that the contents of a case are destroyed, and the event that says so. */
export interface DecidedBy {
  readonly seq: number;
  readonly by: string;
  readonly at: Instant;
}

/** How many of what were destroyed. */
export interface DestroyedCounts {
  readonly events: number;
  readonly documents: number;
  readonly documentBytes: number;
  /** Entries of the journals and vouchers of its books. */
  readonly bookEntries: number;
  /** Rows with names, telephones, addresses and dates of birth. */
  readonly personRows: number;
  readonly messages: number;
  /** Finished runs of its workflow whose archived histories were dropped. */
  readonly runs: number;
}

/** What the certificate of a destruction says. No personal data of those whom the case was about. */
export interface Destroyed {
  readonly v: 1;
  readonly case: {
    readonly caseId: string;
    readonly caseNo: string;
    readonly program: State['program'];
    readonly unit: string;
    readonly openedAt: Instant;
    readonly closedAt: Instant | null;
    readonly imported: boolean;
    readonly calendar: string;
  };
  readonly ground: Destruction['ground'];
  readonly requested: DecidedBy;
  readonly approved: DecidedBy;
  /** Each class that was there, until when it had to be kept, and by which rule. */
  readonly rules: readonly {
    readonly class: RetentionClassId;
    readonly count: number;
    readonly until: CalendarDate;
    readonly source: Text;
  }[];
  readonly counts: DestroyedCounts;
  /** SHA-256 over the hashes of all earlier events and of the documents (engine/destruction.ts). */
  readonly digest: string;
  /** How many events the log held then. */
  readonly logged: number;
  readonly told: readonly Told[];
}

/** How a case was inspected: asked by telephone, looked at on site, by its documents, or by questions put to who works on it. */
export type InspectionMethod = 'phone' | 'site' | 'documents' | 'test';

/** An answer to what another unit was asked; `unit` is that unit, `told` are both sides. */
interface Answered {
  readonly id: string;
  readonly kind: Offer['kind'];
  readonly unit: string;
  readonly told: Told[];
}

/** The type of an event. */
export type EventType = keyof EventData;

/** What was said with the act an event comes from; the first event of an act keeps it. */
export interface Words {
  readonly reason?: string;
  /** The role, or the person, in whose stead it was done. */
  readonly onBehalfOf?: string;
  /** Ids of documents. */
  readonly evidence?: readonly string[];
  /** SHA-256 of the documents the act names, by their ids: with it the chain commits to what they held. */
  readonly digests?: Readonly<Record<string, string>>;
}

/** An event as `decide` and `advance` make it; the door adds seq, actor, recorded time and chain. `occurredAt` defaults to the act's. */
export type EventDraft = {
  [T in EventType]: { readonly type: T; readonly data: EventData[T] & Words; readonly occurredAt?: Instant };
}[EventType];

/** An event as recorded. */
export type CaseEvent = EventDraft & {
  readonly seq: number;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: { readonly kind: string; readonly id: string; readonly post?: string };
  readonly actId?: string;
};

/** What `decide` answers: events, and the post under which the actor did it. */
export interface Decision {
  readonly events: readonly EventDraft[];
  readonly post?: string;
}
