import type { Tell, Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import type { FieldValue } from './act.ts';
import type { BookState } from './books/state.ts';
import type { Told } from './event.ts';
import type { Mapping } from './migration.ts';

/** The version of the state's form. A process that meets a newer one answers NEWER_STATE rather than guess. */
export const STATE_VERSION = 1;

/** Where a case is in its life. */
export type Status = 'proposed' | 'open' | 'suspended' | 'followUp' | 'closed';

/** Somebody without a right to the case reads it in an emergency, until then; kept until it is reviewed. */
export interface EmergencyAccess {
  readonly id: string;
  readonly person: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly endedAt?: Instant;
}

/** Until when who may read of the minors of a case: everybody who answers for it or works in its unit, and single persons. */
export interface MinorAccess {
  readonly standing?: Instant;
  readonly persons?: Readonly<Record<string, Instant>>;
}

/** A legal hold: while there is one, nothing of the case is destroyed. Why it was set stands in the record. */
export interface Hold {
  readonly id: string;
  readonly ground: 'litigation' | 'inspection' | 'petition' | 'other';
  /** Who set it: somebody else lifts it. */
  readonly by: string;
  /** Set by an auditor: another auditor lifts it, not whom he looks at. */
  readonly audit?: true;
  readonly since: Instant;
}

/**
 * Somebody asked that what is kept about him be erased. `limited`: the periods of the law still run, and once the case is closed
 * it is only stored and protected (engine/custody.ts); `refused` with reasons that stand in the record.
 */
export interface Erasure {
  readonly id: string;
  /** The role whose word it is; `kin`: next of kin of somebody who has died. */
  readonly by: string;
  readonly at: Instant;
  /** Roles whose word counts in the program. */
  readonly voices: readonly string[];
  /** The person who recorded it, who does not answer it. */
  readonly recordedBy: string;
  readonly decision?: 'limited' | 'refused';
}

/** Somebody asked that the contents of a closed case be destroyed; somebody else approves it, and after a wait it is done. */
export interface Destruction {
  readonly id: string;
  readonly seq: number;
  readonly by: string;
  readonly at: Instant;
  readonly ground: 'periods' | 'erasure';
  /** `from`: not before then. */
  readonly approved?: { readonly seq: number; readonly by: string; readonly at: Instant; readonly from: Instant };
}

/** Who fills a role of the case: a post (whoever holds it) or one person. */
export interface Assignment {
  readonly post?: string;
  readonly person?: string;
  /**
   * When a person was given it, as recorded; absent: before every handover (engine/succession.ts). `AS_PARTY`: as a party of
   * the case, after every handover.
   */
  readonly since?: Instant;
}

/** How a guardian came to be one, the document that says so, and the first and last day on which he is. */
export interface Guardianship {
  readonly kind: 'parent' | 'appointed' | 'organisation';
  /** Id of a document of the case. */
  readonly basis?: string;
  readonly from?: CalendarDate;
  readonly until?: CalendarDate;
}

/** A person of the case. `person` links to a login where there is one. `name` and `birthDate` are personal data. */
export interface Party {
  readonly id: string;
  readonly role: string;
  readonly person?: string;
  readonly name?: string;
  readonly birthDate?: CalendarDate;
  readonly since: Instant;
  /** Of a guardian. */
  readonly guardian?: Guardianship;
  /** His consent is asked for, and he was under eighteen when this was recorded; `turned`: the last birthday that changed who consents. */
  readonly minor?: true;
  readonly turned?: 14 | 18;
}

/** A complaint that is not closed. What was said stands in the record. */
export interface Complaint {
  readonly id: string;
  /** The person who recorded it, and the role he spoke for. */
  readonly by: string;
  readonly onBehalfOf?: string;
  readonly about?: string;
  /** Persons who are never told of it, and do not see it: whom it is about, in whatever post, and who stands in for them. */
  readonly sealed: readonly string[];
  /** Set where it is about nobody, or a name nobody has: only who was told, who spoke and auditors read it; these worked on the case. */
  readonly apart?: readonly string[];
  /** Who has been told, and so may answer. */
  readonly told: readonly Told[];
  /** 1, and one more with each appeal; `since`: when its clock began. */
  readonly round: number;
  readonly since: Instant;
  readonly dueAt: Instant;
  readonly dueDate?: CalendarDate;
  /** The reminders still to come; `up`: how many levels above the first one told. */
  readonly rungs: readonly { readonly at: Instant; readonly up: number }[];
  /** Set while it is answered: until then it can be appealed against. */
  readonly endsAt?: Instant;
  readonly answeredBy?: string;
  /** Everybody who has answered it: none of them is told of an appeal, or answers again. */
  readonly answerers?: readonly string[];
}

/** An emergency that is not closed: when it is told again, and how often it has been. */
export interface Emergency {
  readonly id: string;
  readonly about: readonly string[];
  readonly sealed: readonly string[];
  /** As of a complaint; and who reported it. */
  readonly apart?: readonly string[];
  readonly by?: string;
  readonly told: readonly Told[];
  readonly n: number;
  readonly nextAt: Instant;
  readonly acknowledgedAt?: Instant;
  /** Nobody's own: what is reported when the list is full is folded into it. */
  readonly shared?: true;
  /** Further reports that were folded into it, when one of them was last told at once, and when those that were not are told. */
  readonly more?: number;
  readonly moreToldAt?: Instant;
  readonly waitsUntil?: Instant;
}

/** A task, milestone, duty occurrence … that is open. Finished ones live in tables only; `State.counts` keeps how many. */
export interface OpenItem {
  /** `<key>-<n>`, unique in the case. */
  readonly id: string;
  readonly key: string;
  readonly kind:
    | 'task'
    | 'milestone'
    | 'await'
    | 'child'
    | 'group'
    | 'choice'
    | 'call'
    | 'vote'
    | 'disclosure'
    | 'objection'
    | 'duty'
    | 'added'
    | 'discrepancy'
    | 'payout'
    | 'extension'
    | 'escalation'
    | 'accountability'
    | 'consent'
    | 'settlement'
    | 'thanks'
    | 'finding'
    | 'erasure';
  readonly name: Text;
  /** Stage key it belongs to. */
  readonly stage?: string;
  /** Role that does it (for a milestone: that agrees). */
  readonly by: string;
  /** Post role that answers for it. */
  readonly answers: string;
  readonly required: boolean;
  readonly repeat: boolean;
  /** Person or post a worker assigned it to; without it the role's. */
  readonly assignee?: Assignment;
  readonly openedAt: Instant;
  /** Duty occurrences: planned day, the planned time where it has one, and when it was noticed as missed. */
  readonly plannedDate?: CalendarDate;
  readonly plannedAt?: Instant;
  /** Where in its grid a duty's occurrence lies that rest days move or leave out: a newer calendar may plan it for another day. */
  readonly grid?: OccurrenceGrid;
  /** When it may be done, where the duty says so; `to` is not included. */
  readonly window?: { readonly from: Instant; readonly to?: Instant };
  /** Of a group: how its members stand, as it was last counted. */
  readonly group?: GroupTally;
  /** Of a choice: its options by number; why one was rejected stands in the record. */
  readonly options?: Readonly<Record<string, { readonly name: string; readonly rejected?: true }>>;
  /** Of a quota: how often it is to be done in its period and has been, and when that last happened. */
  readonly quota?: { readonly of: number; readonly done: number; readonly lastAt?: Instant };
  readonly missedAt?: Instant;
  /** A missed occurrence can still be recorded late until then; after it the item is closed as missed. */
  readonly lapsesAt?: Instant;
}

/**
 * How the members of a group stand: of which program they are, how many there are to be (absent: not said yet), how many are
 * listed (each a case of its own) and how many of those have ended. Numbers only, however many there are.
 */
export interface GroupTally {
  readonly program: string;
  readonly size?: number;
  readonly listed: number;
  readonly ended: number;
}

/** The group a case is a member of: the other case, and the key of the group there. */
export interface PartOf {
  readonly caseId: string;
  readonly key: string;
}

/** The start of the grid, the number of the occurrence, its day, which of the day's times, and the day it was searched from. */
export interface OccurrenceGrid {
  readonly anchor: CalendarDate;
  readonly n: number;
  readonly day: CalendarDate;
  readonly slot?: number;
  readonly after: CalendarDate;
}

/** A planned firing of a deadline's ladder. `firedAt` is the recorded time. */
export interface PlannedRung {
  readonly n: number;
  readonly at: Instant;
  readonly tell: Tell;
  readonly account: boolean;
  readonly firedAt?: Instant;
}

/** Days on which a clock stands still, both ends included, and what for. Several can be open at once; no day counts twice. */
export interface KindPause {
  readonly kind: string;
  readonly name?: Text;
  readonly from: CalendarDate;
  readonly to?: CalendarDate;
}

/** An extension as it was approved; the reasons stand in the acts. */
export interface Grant {
  readonly budget: string;
  readonly by: string;
  readonly on: CalendarDate;
  readonly askedBy?: string;
}

/** A clock. Its id is the id of what it is for: an item id, `stage:<key>.<round>`, or a discrepancy id. */
export interface Deadline {
  readonly id: string;
  readonly of:
    | 'item'
    | 'stage'
    | 'duty'
    | 'discrepancy'
    | 'payout'
    | 'advance'
    | 'thanks'
    | 'extension'
    | 'settlement'
    | 'transfer'
    | 'referral'
    | 'escalation'
    | 'finding'
    | 'objection'
    | 'erasure';
  readonly name: Text;
  readonly answers: string;
  /** The unit whose head has to answer, where that is not the post that answers for the case: another unit, or a level above. */
  readonly unit?: string;
  readonly start: Instant;
  readonly budget: string;
  /** The planned day of a duty's occurrence: the budget is then its grace. */
  readonly plannedDate?: CalendarDate;
  /** A day without an official arrangement on which the planned day itself hangs: while it has none, the clock is provisional. */
  readonly plannedGuess?: CalendarDate;
  /** Where grace in hours or minutes starts, when that is not 24:00 of the planned day. */
  readonly graceFrom?: Instant;
  readonly extensions: readonly string[];
  /** Who approved each extension, when, and who had asked for it (nobody: the head extended it at once). */
  readonly granted?: readonly Grant[];
  readonly pauses: readonly KindPause[];
  readonly dueAt: Instant;
  readonly dueDate?: CalendarDate;
  readonly provisional: boolean;
  /** A moved due date opens a new generation with all rungs planned anew. */
  readonly generation: number;
  readonly ladder: string;
  readonly rungs: readonly PlannedRung[];
  /** An extension asked for and not yet decided. */
  readonly requested?: { readonly budget: string; readonly by: string };
  /** How often whom nudged about it on the day of the last nudge. */
  readonly nudged?: { readonly on: CalendarDate; readonly by: Readonly<Record<string, number>> };
  /** While set, nothing of it fires. */
  readonly pausedSince?: Instant;
  /** Posts held by these persons are skipped by the ladder (books: whoever recorded either side). */
  readonly skips?: readonly string[];
  /** Records of accountability it has caused, in whatever generation, that wait for their result; `dueAt` as promised then. */
  readonly accounts?: readonly { readonly id: string; readonly dueAt: Instant }[];
}

/** An item that the program does not have. */
export interface AddedItem {
  readonly name: Text;
  readonly by: string;
  readonly within?: string;
  readonly stage?: string;
  /** Added by a worker: forgotten when it is done, skipped or cancelled. */
  readonly once?: true;
}

/**
 * A running duty: the start of its grid, the number of the next occurrence and when that opens. Where the number alone does not
 * say on which day of the grid it lies: the day, and which of the day's times it is (0 is left out).
 */
export interface RunningDuty {
  readonly anchor: CalendarDate;
  readonly next: number;
  readonly opensAt: Instant;
  readonly day?: CalendarDate;
  readonly slot?: number;
  /** Only where rest days move or leave out days: the day of the grid it was searched from. */
  readonly after?: CalendarDate;
}

/** Where a referred case comes from. */
export interface ReferredFrom {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly text: string;
}

/** That the person whose matter it is agreed to others learning of it (`by`: a role), or on which legal ground it was done without. */
export type SharingConsent =
  | { readonly kind: 'given'; readonly by: string; readonly evidence?: readonly string[]; readonly witness?: string }
  | { readonly kind: 'overridden'; readonly ground: string };

/** What of a case another unit is given with a referral, and nothing else: these fields and parties, and what was written for it. */
export interface Shared {
  readonly fields: readonly string[];
  /** Ids of parties. */
  readonly parties: readonly string[];
  readonly data: Readonly<Record<string, FieldValue>>;
}

/**
 * A request to another unit that waits for its answer: to take over the whole case (`transfer`), or one matter of it
 * (`referral`). Its id is also the id of its clock. Until it is accepted nothing of the case changes.
 */
export interface Offer {
  /** `transfer:<n>` or `referral:<n>`, unique in the case. */
  readonly id: string;
  readonly kind: 'transfer' | 'referral';
  /** The unit that is asked. */
  readonly unit: string;
  /** Who asked. */
  readonly by: string;
  readonly at: Instant;
  /** Posts or persons proposed for the roles of the case there. */
  readonly assignments?: Readonly<Record<string, string>>;
  /** Of a referral: what is asked, the program of the case to be opened there, what it is given, and the time for the answer. */
  readonly text?: string;
  readonly program?: string;
  readonly shared?: Shared;
  readonly within?: string;
  /** Made with the person's consent, which can be withdrawn; not on a legal ground without it. */
  readonly agreed?: true;
  /** A referral that was accepted: its case is being opened, or runs. */
  readonly accepted?: true;
}

/** What an auditor found: until he accepts what was done about it. What was said stands in the record. */
export interface Finding {
  readonly id: string;
  /** The task it is asked for with now: another one each time it was sent back. */
  readonly item: string;
  /** The role whose post is to put it right. */
  readonly answers: string;
  readonly sample?: string;
  readonly by: string;
  readonly since: Instant;
  readonly round: number;
  /** Set while it waits for the auditor. */
  readonly answeredBy?: string;
  readonly answeredAt?: Instant;
}

/** What was made public: by whom, and until when. What it said stands in the record. `over`: it is down, and objections are still undecided. */
export interface Disclosure {
  /** The key of its item. */
  readonly key: string;
  /** The person who posted it, who decides no objection to it. */
  readonly by: string;
  readonly at: Instant;
  readonly until: Instant;
  readonly over?: true;
}

/** An objection that is not decided: to which disclosure (the key of its item), and the person who recorded it, where one signed in. */
export interface Objection {
  readonly disclosure: string;
  readonly by?: string;
  /** Who had posted what is objected to: he does not decide it, also once it was taken down. */
  readonly poster?: string;
}

/** A stage in its present round. */
export interface StageState {
  readonly round: number;
  readonly state: 'future' | 'current' | 'done' | 'skipped';
  readonly enteredAt?: Instant;
  readonly doneAt?: Instant;
  /** When the latest of this round's finished items happened: the stage is not done before it, in whatever order they are recorded. */
  readonly lastAt?: Instant;
  /** Budgets by which this round was extended. */
  readonly extended?: readonly string[];
  /** Target and budget fixed by the approved plan for this case. */
  readonly target?: string;
  readonly within?: string;
}

/** What a case had that its version of the program has no place for; it comes back by name with a version that has. */
export interface Parked {
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly assignments?: Readonly<Record<string, Assignment>>;
  readonly parties?: Readonly<Record<string, Party>>;
  readonly stages?: Readonly<Record<string, StageState>>;
  readonly counts?: Readonly<Record<string, number>>;
  readonly round?: State['round'];
  readonly ended?: Readonly<Record<string, Instant>>;
  /** Open items by id, and their clocks. */
  readonly items?: Readonly<Record<string, OpenItem>>;
  readonly deadlines?: Readonly<Record<string, Deadline>>;
}

/**
 * A case, as far as decisions need it: open things and balances only, so that its size does not grow with the years.
 * Built from events by `evolve` alone; stored beside them for speed.
 */
export interface State {
  readonly v: number;
  readonly caseId: string;
  readonly caseNo: string;
  readonly program: { readonly id: string; readonly version: string; readonly hash: string };
  readonly unit: string;
  readonly status: Status;
  /** The status to return to when a suspension ends. */
  readonly suspendedFrom?: Status;
  /** Clocks of the case run from here (for an imported case the recorded time). */
  readonly openedAt: Instant;
  readonly imported: boolean;
  /** The recorded time of the last event: no later event is recorded before it. */
  readonly at: Instant;
  readonly calendar: string;
  readonly parties: Readonly<Record<string, Party>>;
  readonly assignments: Readonly<Record<string, Assignment>>;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** `purposes`: what is agreed to beside the help itself. */
  readonly consent?: { readonly by: string; readonly at: Instant; readonly purposes?: readonly string[] };
  /** Consent was refused: by whom, when, and until when nobody else may bring the question up again. */
  readonly refused?: { readonly by: string; readonly at: Instant; readonly until: Instant };
  /** Whose consent was asked for and who is no more of the case, by role: died, or moved away. */
  readonly gone?: Readonly<Record<string, { readonly why: 'death' | 'moved'; readonly at: Instant }>>;
  readonly complaints?: Readonly<Record<string, Complaint>>;
  readonly emergencyAccess?: Readonly<Record<string, EmergencyAccess>>;
  readonly minorAccess?: MinorAccess;
  readonly holds?: Readonly<Record<string, Hold>>;
  readonly erasure?: Erasure;
  readonly destruction?: Destruction;
  /** Its contents are destroyed: what is left here says which case it was, and nothing is recorded in it any more. */
  readonly destroyed?: { readonly at: Instant; readonly seq: number };
  readonly emergencies?: Readonly<Record<string, Emergency>>;
  /** Passed votes by body; a lost vote clears nothing but itself. */
  readonly votes: Readonly<Record<string, { readonly passed: boolean; readonly at: Instant }>>;
  readonly approvedAt?: Instant;
  readonly stage?: string;
  readonly stages: Readonly<Record<string, StageState>>;
  /** Finished items by key since this round of the stage began. */
  readonly counts: Readonly<Record<string, number>>;
  /** Items of this round of the stage by key: opened, done or skipped. */
  readonly round: Readonly<Record<string, 'open' | 'done' | 'skipped'>>;
  /** When items of this round of the stage were last done or skipped, by key: clocks of others may start there. */
  readonly ended?: Readonly<Record<string, Instant>>;
  readonly items: Readonly<Record<string, OpenItem>>;
  readonly deadlines: Readonly<Record<string, Deadline>>;
  /** Recurring duties: start of the grid and the number of the next occurrence to open. */
  readonly duties: Readonly<Record<string, RunningDuty>>;
  readonly books: Readonly<Record<string, BookState>>;
  /** Effects asked for and not yet answered: id → item it belongs to. */
  readonly effects: Readonly<Record<string, string>>;
  /** How often each item key was opened: source of item ids. `+` counts all added items, `party:<role>` the parties of a role. */
  readonly serial: Readonly<Record<string, number>>;
  /** Items the approved plan fixes for this case by key, which come back with each round of their stage; and those a worker added `once`, until they end. */
  readonly added: Readonly<Record<string, AddedItem>>;
  /** Requests to other units that wait for an answer, and referrals that were accepted and not answered yet, by id. */
  readonly offers?: Readonly<Record<string, Offer>>;
  /** Of a case opened by a referral: the case it comes from, that one's unit, and what is asked. */
  readonly referredFrom?: ReferredFrom;
  /** The group it is a member of. */
  readonly partOf?: PartOf;
  /** What auditors have found and not yet accepted as put right, by id; at most {@link MOST_FINDINGS} of engine/inspection.ts. */
  readonly findings?: Readonly<Record<string, Finding>>;
  /** What is public, or was and is still objected to, by the id of its item. */
  readonly disclosures?: Readonly<Record<string, Disclosure>>;
  /** Undecided objections by id; at most {@link MOST_OBJECTIONS} of engine/disclosure.ts. */
  readonly objections?: Readonly<Record<string, Objection>>;
  /** Handed to another installation: nothing is done here until it is taken back. `departed`: it has confirmed that it has the case. */
  readonly away?: { readonly to: string; readonly at: Instant; readonly seq: number; readonly departed?: true };
  readonly outcome?: string;
  readonly closedAt?: Instant;
  readonly followUpUntil?: Instant;
  /** It came to its version of the program from another: which, and the mapping that takes it back. */
  readonly migrated?: { readonly from: State['program']; readonly mapping: Mapping };
  readonly parked?: Parked;
  /** How often the case was reopened. */
  readonly reopened: number;
}
