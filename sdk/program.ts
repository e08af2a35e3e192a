import type { Budget, Offset } from './budget.ts';
import type { Recurrence } from './duty.ts';
import type { CalendarDate } from './time.ts';

/** A text in both languages of the product: Chinese first, English second. */
export type Text = readonly [zh: string, en: string];

/** A role a post answers for: whoever holds the post at that moment fills it. `post` is a kind of post (e.g. `secretary`). */
export interface PostRole {
  readonly name: Text;
  readonly post: string;
  readonly optional?: true;
}

/** A role a person (a party of the case) fills; the post role named by `answers` answers for what the party promised. */
export interface PartyRole<R extends string = string> {
  readonly name: Text;
  readonly party: 'one' | 'many';
  readonly optional?: true;
  readonly answers: NoInfer<R>;
}
/** A role of a program: a post's or a party's. */
export type Role<R extends string = string> = PostRole | PartyRole<R>;

/**
 * A field of the case's form. `number` takes safe integers. `personal` fields are about a person: a redacted dossier leaves them
 * out. `sensitive` (PIPL art. 28; texts only, and personal) is checked as what it is and masked in every answer: whoever needs it
 * asks for it by itself and says what for.
 */
export interface Field {
  readonly name: Text;
  readonly kind: 'text' | 'number' | 'date' | 'yesNo' | 'choice';
  readonly of?: readonly string[];
  readonly personal?: true;
  readonly sensitive?: 'idNumber' | 'telephone' | 'health';
}

/** Kinds of proof: `photo` and `file` are attached documents by detected type, `note` a text, `witness` a named person other than the actor. */
export type Proof = 'photo' | 'file' | 'note' | 'witness';

/** A condition as data, so that "blocked because" can be put in words. `done` counts finished items of this round of the stage by key. */
export interface Need<F extends string = string, K extends string = string> {
  readonly done?: { readonly [P in NoInfer<K>]?: number };
  readonly filled?: readonly NoInfer<F>[];
  readonly proof?: readonly Proof[];
  readonly any?: readonly Need<F, K>[];
}

/** Whom a rung tells: the holder of the answering post (and whoever does the task), the head of its unit, or the head one or two levels above. */
export type Tell = 'holder' | 'unit' | 'sub-district' | 'district';

/** One rung of a ladder, relative to a deadline. `account` writes an accountability record. `hours` defaults to `working` (09:00–17:00 on working days). */
export interface Rung {
  readonly at: Offset;
  readonly tell: Tell;
  readonly account?: true;
  readonly hours?: 'working' | 'any';
}

interface ItemBase<F extends string, L extends string, K extends string> {
  readonly name: Text;
  /** Time allowed from the item's opening; without it the item has no deadline of its own. */
  readonly within?: Budget;
  /** The time allowed runs from when another item of the stage was done (or skipped) instead. */
  readonly from?: NoInfer<K>;
  /** How its deadline may be extended; without it as `life.extend` says. `times: 0` is never. */
  readonly extend?: Extension;
  /** Without it the stage's ladder. */
  readonly ladder?: NoInfer<L>;
  /** Offered, not required for the stage to be done. */
  readonly optional?: true;
  /** Only while consent is given to this purpose beside the help itself (`consent.purposes`). No item a stage requires has one, no child case and no call. */
  readonly purpose?: string;
  /** Opens only when this holds; until then the item is shown as blocked. */
  readonly when?: Need<F, K>;
}
/** Someone does it. `repeat`: can be done again and again while the stage is current, and is never required by itself. */
export interface TaskItem<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
> extends ItemBase<F, L, K> {
  readonly task: K;
  readonly by: NoInfer<R>;
  readonly repeat?: true;
  readonly asks?: readonly NoInfer<F>[];
  readonly proof?: readonly Proof[];
}
/** Reached when `needs` holds and `agrees` says so; never by a click alone. */
export interface MilestoneItem<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
> extends ItemBase<F, L, K> {
  readonly milestone: K;
  readonly needs: Need<F, K>;
  readonly agrees: NoInfer<R>;
}
/** Something from outside that a worker records with `await.occur`. */
export interface AwaitItem<F extends string = string, L extends string = string, K extends string = string>
  extends ItemBase<F, L, K> {
  readonly await: K;
}
/** A child case of another program; done when that case is closed. */
export interface ChildItem<F extends string = string, L extends string = string, K extends string = string>
  extends ItemBase<F, L, K> {
  readonly child: K;
  readonly program: string;
}
/**
 * One case of another program for each listed household or participant (a member), opened by hand or from a list with this
 * case and key as its `partOf`. Done when as many are listed as there are to be (`group.setSize`) and each of them has ended.
 */
export interface GroupItem<F extends string = string, L extends string = string, K extends string = string>
  extends ItemBase<F, L, K> {
  readonly group: K;
  readonly program: string;
}
/**
 * Alternatives are compared: done when one of two or more options is chosen and of every other one it was said why not.
 */
export interface ChoiceItem<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
> extends ItemBase<F, L, K> {
  readonly choice: K;
  readonly by: NoInfer<R>;
}
/** The plugin's own activity (`calls.ts`, export of that name), run once with Temporal's retries within the time limit. */
export interface CallItem<F extends string = string, L extends string = string, K extends string = string>
  extends ItemBase<F, L, K> {
  readonly call: K;
  readonly limit: Budget;
}
/** A part of a whole: `1/2` is half of it or more, `more than 1/2` is more than half. */
export type Share = `${number}/${number}` | `more than ${number}/${number}`;
/** Of whom a majority is counted: who is entitled to vote (应到), who is there (实到), or who voted for or against. */
export type Electorate = 'eligible' | 'present' | 'cast';
/**
 * A body meets and votes, recorded with `decision.record` under `body`. Without a quorum nothing is decided, and the body meets
 * again. Passed, the item is done. Lost, the case goes back to the stage `lost` for revision, and all votes after it begin anew;
 * without `lost` the body votes again.
 */
export interface VoteItem<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
  S extends string = string,
> extends ItemBase<F, L, K> {
  readonly vote: K;
  readonly body: string;
  /** A text field that says, where it is filled, which body votes in this case; it is shown instead of `name`. */
  readonly named?: NoInfer<F>;
  /** Who records it. */
  readonly by: NoInfer<R>;
  /** How many of those entitled have to be there; without it any number. */
  readonly quorum?: Share;
  /** What passes; without it more than half of those present. */
  readonly passes?: `${Share} of ${Electorate}`;
  /** What proves the meeting: its minutes, a list of who was there. */
  readonly proof?: readonly Proof[];
  /** The stage to go back to when the vote is lost: this one or an earlier one. */
  readonly lost?: NoInfer<S>;
}
/**
 * Something is made public (公示) with `disclosure.post`, for `days` at least, and can be objected to. It comes down by itself; the
 * item is done when the period is over and no objection is undecided. `within`: the time to post it.
 */
export interface DisclosureItem<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
  S extends string = string,
> extends ItemBase<F, L, K> {
  readonly disclosure: K;
  /** Who posts it and takes it down. */
  readonly by: NoInfer<R>;
  /** The shortest period, up to 365; the day of posting does not count. */
  readonly days: number;
  /** What kind of days; without it calendar days. */
  readonly counts?: 'working days';
  readonly objections: {
    /** The post that decides them; never the person who posted. */
    readonly by: NoInfer<R>;
    readonly within: Budget;
    /** Without it the stage's. */
    readonly ladder?: NoInfer<L>;
    /** The stage to go back to when one is upheld: this one or an earlier one. Without it the text comes down and is posted anew. */
    readonly upheld?: NoInfer<S>;
  };
}
/** An item of a stage, of any kind. */
export type Item<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
  S extends string = string,
> =
  | TaskItem<R, F, L, K>
  | MilestoneItem<R, F, L, K>
  | AwaitItem<F, L, K>
  | ChildItem<F, L, K>
  | GroupItem<F, L, K>
  | ChoiceItem<R, F, L, K>
  | CallItem<F, L, K>
  | VoteItem<R, F, L, K, S>
  | DisclosureItem<R, F, L, K, S>;

/** A stage: who answers for it, how long it may take, and its items. */
export interface Stage<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
  S extends string = string,
> {
  readonly stage: S;
  readonly name: Text;
  /** What counts as done, in words; the approved plan may fix another for this case. */
  readonly target: Text;
  /** The post role that answers for the stage. */
  readonly answers: NoInfer<R>;
  readonly within: Budget;
  /** The time allowed runs from when this item of the stage was done (or skipped), not from the stage's beginning. */
  readonly from?: NoInfer<K>;
  /** How its deadline may be extended; without it as `life.extend` says. `times: 0` is never. */
  readonly extend?: Extension;
  readonly ladder: NoInfer<L>;
  /** Without it stages follow in order. */
  readonly when?: Need<F, K>;
  readonly items: readonly Item<R, F, L, K, S>[];
}

/**
 * A recurring obligation on a fixed grid from the start of the case, stage or follow-up (start day not counted), whenever the
 * last one was done. Its deadline is the planned day (or time of day) plus `grace`.
 */
export type Duty<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
  S extends string = string,
> = Recurrence & DutyBase<R, F, L, K, S>;

interface DutyBase<R extends string, F extends string, L extends string, K extends string, S extends string> {
  readonly duty: K;
  readonly name: Text;
  readonly by: NoInfer<R>;
  readonly ladder: NoInfer<L>;
  readonly asks?: readonly NoInfer<F>[];
  /** Runs only while consent is given to this purpose beside the help itself (`consent.purposes`). */
  readonly purpose?: string;
  /** `case` (default): from opening until closed; `follow-up`: after closing; or the key of a stage. */
  readonly during?: 'case' | 'follow-up' | NoInfer<S>;
}

/**
 * A pair of books. `cash`, `ledger`, `approves`, `confirms` name roles; `match` is the time to bring both sides together.
 * With the profile `vouchers` a voucher waits for its review by `reviews` before it is posted, within `match` as well;
 * `archives` keeps the vouchers afterwards. Where `confirms` is a party of many, the book has a sub-ledger for each person.
 */
export interface Book<R extends string = string, L extends string = string> {
  readonly book: string;
  readonly name: Text;
  readonly keeps: 'held for beneficiary' | 'project funds';
  readonly profile: 'two-person' | 'vouchers';
  readonly cash: NoInfer<R>;
  readonly ledger: NoInfer<R>;
  readonly approves: NoInfer<R>;
  readonly confirms: NoInfer<R>;
  readonly reviews?: NoInfer<R>;
  readonly archives?: NoInfer<R>;
  readonly channels: readonly Channel[];
  /** Who thanks for gifts (without it the approver), within what time (15 working days), on which ladder (the book's). */
  readonly gifts?: { readonly by?: NoInfer<R>; readonly thanks?: Budget; readonly ladder?: NoInfer<L> };
  /** Within what time helpers have their advances back (without it 30 working days), on which ladder (the book's). */
  readonly advances?: { readonly within?: Budget; readonly ladder?: NoInfer<L> };
  /**
   * Within what time from a year's end its closed books are in the archive (without it 1 year), how often and how long that may
   * be put off (twice, 2 years together, by the head of the unit), on which ladder (the book's). 会计档案管理办法, art. 11.
   */
  readonly archive?: { readonly within?: Budget; readonly extend?: Extension; readonly ladder?: NoInfer<L> };
  readonly allowance?: Allowance;
  readonly match: Budget;
  readonly ladder: NoInfer<L>;
  readonly closes: 'monthly';
  /** The time to close a month, from its end, before it is chased on the book's ladder. Without it nobody is chased. */
  readonly closeWithin?: Budget;
  /**
   * The time to close a day on which money moved, counted from that day, before it is chased on the book's ladder: with
   * `1 working day` by the end of the next. With it each such day has a count of its own, and nothing is recorded on a later
   * day before. Without it no day is chased.
   */
  readonly closeDayWithin?: Budget;
  /** The time from the closing of a month until whoever the money belongs to has its statement (without it 10 working days). */
  readonly statementWithin?: Budget;
  /** Surprise counts a year, 1 to 12: one on a day drawn from each part of the year. Without it none are drawn. */
  readonly counts?: number;
}
/**
 * How money of a book touches the minimum living allowance (低保), as the place decides: Linli knows no rates of its own.
 * `household`, `drawn` and `standard` name number fields of the case; what they hold of money is in fen.
 */
export interface Allowance {
  /** The local standard a head and month, in fen. */
  readonly standardFen: number;
  /** A field with the standard of this case's place and year, which then counts instead. */
  readonly standard?: string;
  /** So much of a household's income in a month is not counted; without it all of it is. */
  readonly disregardFen?: number;
  /** What counts: money when it is paid out to the person, or earnings when they come into the book. */
  readonly counts: 'payouts' | 'earnings';
  /** The field with the people of the household, and the one with the allowance it draws a month. */
  readonly household: string;
  readonly drawn: string;
  /** Where the rule stands, and the day on which it was read there. */
  readonly source: { readonly name: Text; readonly date: CalendarDate };
}

/** How money moves. */
export type Channel = 'cash' | 'bank' | 'wechat';

/** At most so many extensions of a deadline, no longer than `cap` together, each approved by the head of that level or one above. */
export interface Extension {
  readonly cap: Budget;
  readonly times: number;
  readonly approves: 'unit' | 'sub-district' | 'district';
}

/** A case of another program that decides on a plan: `states` is its field that says on what, `passes` are its outcomes that approve. */
export interface ApprovalChild {
  readonly program: string;
  readonly states: string;
  readonly passes: readonly string[];
}

/** How a case may be extended, followed up and closed. */
export interface Life<S extends string = string> {
  readonly extend: Extension;
  readonly followUp?: Budget;
  readonly outcomes: Readonly<Record<string, Text>>;
  /** Outcomes with which a case is closed only once a stage is done: by outcome, the key of the stage. */
  readonly after?: Readonly<Record<string, NoInfer<S>>>;
}

/**
 * A program: one JSON literal. What is read here is what is hashed, pinned by each case and shown to auditors. Type parameters: the names of
 * roles (R), fields (F), ladders (L), items and duties (K) and stages (S), so that `defineProgram` rejects a name that is not there.
 */
export interface Program<
  R extends string = string,
  F extends string = string,
  L extends string = string,
  K extends string = string,
  S extends string = string,
> {
  readonly id: string;
  readonly version: string;
  readonly name: Text;
  readonly roles: Readonly<Record<R, Role<R>>>;
  /** Sets of roles no two of which one person may hold, by any path. */
  readonly apart: readonly (readonly NoInfer<R>[])[];
  readonly fields: Readonly<Record<F, Field>>;
  readonly intake: readonly NoInfer<F>[];
  /**
   * Whose consent (`consent.give`) is needed before approval can begin; for how long the question rests after a refusal (without
   * it 30 days). `purposes`: what is agreed to one by one beside the help itself, which nobody is refused for want of it.
   */
  readonly consent?: {
    readonly by: readonly NoInfer<R>[];
    readonly before: 'approval';
    readonly rest?: Budget;
    readonly purposes?: Readonly<Record<string, Text>>;
  };
  readonly ladders: Readonly<Record<L, readonly Rung[]>>;
  /** What its clocks may be paused for (`deadline.pause`), by kind. Without it the kinds of sdk/pauses.ts; empty: for nothing. */
  readonly pauses?: Readonly<Record<string, Text>>;
  /**
   * Recorded votes (`decision.record`) of these bodies, all of which must pass before a stage starts; `fixes` = what `plan.revise` may
   * set. `child`: a case of another program may decide in their stead, begun with `plan.deliberate`.
   */
  readonly approval?: {
    readonly votes: readonly string[];
    readonly fixes: readonly ('targets' | 'deadlines' | 'items')[];
    readonly child?: ApprovalChild;
  };
  readonly stages: readonly Stage<R, F, L, K, S>[];
  readonly duties: readonly Duty<R, F, L, K, S>[];
  readonly books: readonly Book<R, L>[];
  readonly life: Life<S>;
}
