import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { EntryFact } from '../world.ts';
import { bookOf, heads, type OpenedBook, rolesOf, whyNotApprover } from './access.ts';
import { yuan } from './checks.ts';
import { mended } from './closing-evolve.ts';
import { bothSides, cancelled, differenceOf, isLive, liveOf, met, reopened, type Scene, settled } from './document.ts';
import { draftFor } from './drafts.ts';
import type { Side } from './entry.ts';
import { idMaker, serialAfter } from './ids.ts';
import { bookKey, words } from './shapes.ts';
import { type BookState, documentKey, type Live, type OpenDocument } from './state.ts';

/** What the events of matching by hand carry. */
export interface MatchEventData {
  /** Entries whose papers bear different numbers are one movement: on one side a single entry, on the other one or several. */
  'books.matched': {
    book: string;
    id: string;
    channel: Live['channel'];
    direction: Live['direction'];
    amountFen: number;
    cash: readonly string[];
    ledger: readonly string[];
    /** The source documents of these entries: none of them waits any more. */
    documents: readonly string[];
  };
  /** One of the entries was reversed: the documents of the others wait again. */
  'books.unmatched': { book: string; id: string; entry: string; documents: readonly string[] };
}

const ids = z.array(words(120)).min(1).max(100);
const data = z.strictObject({
  book: bookKey,
  cash: ids.describe('ids of entries of the cash journal'),
  ledger: ids.describe('ids of vouchers'),
});
type Data = z.infer<typeof data>;

/** An entry that waits, with its document. */
interface Waiting {
  readonly live: Live;
  readonly document: OpenDocument;
}

/**
 * Matches by hand what different papers say about one movement: several receipts in one line of the bank, say. One entry
 * against one or several of the other side, of one channel and direction, with the same sum. The approver or the reviewer
 * does it, and nobody who recorded or reviewed one of them. The documents wait no more, their differences are settled; reversing an
 * entry takes the match apart. Refused: INVALID_DATA, NOT_OPEN (an entry does not wait), BLOCKED (sums, channels or
 * directions differ), ROLES_COLLIDE, FORBIDDEN.
 */
export const booksMatch: ActKind<Data> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, data: { book } }) => [
    ...rolesOf(world.program, book, (def) => [def.approves, ...(def.reviews ? [def.reviews] : [])]),
    ...heads,
  ],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const shape = shapeProblem(ctx.data);
    if (shape) return shape;
    const cash = waitingOf(ctx, book, 'cash', ctx.data.cash);
    const ledger = waitingOf(ctx, book, 'ledger', ctx.data.ledger);
    if (!Array.isArray(cash)) return cash as Refusal;
    if (!Array.isArray(ledger)) return ledger as Refusal;
    const all: readonly Waiting[] = [...cash, ...ledger];
    const problem =
      matcherProblem(ctx, book, all) ?? sumProblem(cash, ledger) ?? wholeProblem(all) ?? draftProblem(book, all);
    if (problem) return problem;
    const { channel, direction } = cash[0]!.live;
    const documents = [...new Map(all.map(({ document }) => [document.sourceDoc, document])).values()];
    return [
      {
        type: 'books.matched',
        data: {
          book: book.def.book,
          id: idMaker(book.def.book, book.state)('m'),
          channel,
          direction,
          amountFen: sumOf(cash),
          cash: cash.map(({ live }) => live.entry),
          ledger: ledger.map(({ live }) => live.entry),
          documents: documents.map(({ sourceDoc }) => sourceDoc),
        },
      },
      ...documents.flatMap((document) => [
        ...(document.discrepancy ? cancelled(ctx, document.clock) : met(ctx, document.clock)),
        ...settled(ctx, book.def.book, document, 'matched'),
      ]),
    ];
  },
};

/** A book after ids were given to what follows from taking a match apart: whatever comes next takes later ones. */
export function after(book: OpenedBook, apart: readonly EventDraft[]): OpenedBook {
  return { ...book, state: { ...book.state, serial: book.state.serial + apart.length } };
}

/** The events that take a match apart because one of its entries is reversed; none when it is in no match. */
export function ungrouped(scene: Scene, book: OpenedBook, entry: string): EventDraft[] {
  const { entries } = scene.world.facts;
  const id = entries.find((fact) => fact.id === entry)?.match;
  if (id === undefined) return [];
  const members = entries.filter((fact) => fact.match === id && isLive(fact));
  const documents = [...new Set(members.map(({ sourceDoc }) => sourceDoc))];
  const own = members.find((fact) => fact.id === entry)?.sourceDoc;
  const next = idMaker(book.def.book, book.state);
  return [
    { type: 'books.unmatched', data: { book: book.def.book, id, entry, documents } },
    ...documents
      .filter((sourceDoc) => sourceDoc !== own)
      .flatMap((sourceDoc) => reopened(scene, book, sidesOf(members, sourceDoc, scene), next)),
  ];
}

function sidesOf(members: readonly EntryFact[], sourceDoc: string, { world }: Scene): OpenDocument {
  const sides = members.flatMap((fact) => (fact.sourceDoc === sourceDoc ? [[fact.side, liveOf(fact)] as const] : []));
  return { sourceDoc, since: world.now, ...Object.fromEntries(sides) };
}

/** The books after a match, or after one was taken apart. */
export function withMatch(
  book: BookState,
  { type, data }: { type: keyof MatchEventData; data: { id: string; documents: readonly string[] } },
): BookState {
  const keys = new Set(data.documents.map(documentKey));
  const n = type === 'books.matched' ? keys.size : -keys.size;
  const open = Object.fromEntries(Object.entries(book.open).filter(([key]) => !keys.has(key)));
  const counts = Object.entries(book.open).flatMap(([key, { count }]) => (keys.has(key) && count ? [count] : []));
  const compared = counts.reduce((next, { side, channel }) => (side === 'cash' ? mended(next, channel) : next), book);
  const serial = serialAfter(book, data.id);
  return { ...compared, serial, open, matched: book.matched + n };
}

/** Finds the entries that are named; NOT_OPEN when one of them does not wait for its other side. */
function waitingOf(
  scene: Scene,
  book: OpenedBook,
  side: Side,
  wanted: readonly string[],
): readonly Waiting[] | Refusal {
  const open = [...Object.values(book.state.open), ...droppedOf(scene, book, wanted)];
  const found = new Map(
    open.flatMap((document) => {
      const live = document[side];
      return live ? [[live.entry, { live, document }] as const] : [];
    }),
  );
  const gone = wanted.find((id) => !found.has(id));
  if (gone === undefined) return wanted.map((id) => found.get(id)!);
  return refuse(
    'NOT_OPEN',
    [`${gone} 不是未相符的记录。`, `${gone} is no entry of this side that waits for the other.`],
    [
      [
        '从未相符的单据中选择（GET /cases/{id}/books/reconciliations）',
        'Take entries that differ (GET /cases/{id}/books/reconciliations)',
      ],
    ],
  );
}

/** The documents of named entries that were carried over the end of a closed month: the tables alone know them (carried.ts). */
function droppedOf(scene: Scene, book: OpenedBook, wanted: readonly string[]): readonly OpenDocument[] {
  const { def, state } = book;
  const named = scene.world.facts.entries.filter(
    (fact) => fact.book === def.book && wanted.includes(fact.id) && isLive(fact) && fact.match === undefined,
  );
  return [...new Set(named.map(({ sourceDoc }) => sourceDoc))].flatMap((sourceDoc): readonly OpenDocument[] => {
    if (Object.hasOwn(state.open, documentKey(sourceDoc))) return [];
    const sides = bothSides(scene, book, sourceDoc);
    // what agrees is matched already
    return differenceOf(sides) === undefined ? [] : [{ sourceDoc, since: scene.world.now, ...sides, carried: true }];
  });
}

function shapeProblem({ cash, ledger }: Data): Refusal | undefined {
  const twice = new Set(cash).size < cash.length || new Set(ledger).size < ledger.length;
  if (!twice && Math.min(cash.length, ledger.length) === 1) return undefined;
  const detail: Text = twice
    ? ['同一条记录写了两次。', 'An entry is named twice.']
    : [
        '一边只能有一条：一对一、一对多或多对一。',
        'One side has a single entry: one to one, one to many or many to one.',
      ];
  return refuse(
    'INVALID_DATA',
    detail,
    [['分成几次匹配', 'Match them in several acts']],
    [{ path: 'data.cash', message: inBoth(detail[0], detail[1]) }],
  );
}

function sumOf(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { live }) => sum + live.amountFen, 0);
}

function sumProblem(cash: readonly Waiting[], ledger: readonly Waiting[]): Refusal | undefined {
  const { channel, direction } = cash[0]!.live;
  if ([...cash, ...ledger].some(({ live }) => live.channel !== channel || live.direction !== direction)) {
    return blocked(['渠道或收支方向不同，不能匹配。', 'Their channels or directions differ.']);
  }
  const [cashFen, ledgerFen] = [sumOf(cash), sumOf(ledger)];
  if (cashFen === ledgerFen) return undefined;
  return blocked([
    `两边合计不等：管钱 ${yuan(cashFen)} 元，管账 ${yuan(ledgerFen)} 元。`,
    `The sums differ: ${yuan(cashFen)} yuan in the journal, ${yuan(ledgerFen)} yuan in the ledger.`,
  ]);
}

/** BLOCKED when a document has been recorded by both sides and only one of its entries is matched: the other would be left alone. */
function wholeProblem(all: readonly Waiting[]): Refusal | undefined {
  const named = new Set(all.map(({ live }) => live.entry));
  const left = all.find(({ document: { cash, ledger } }) =>
    [cash, ledger].some((side) => side !== undefined && !named.has(side.entry)),
  );
  if (!left) return undefined;
  const { sourceDoc } = left.document;
  return blocked([
    `单据 ${sourceDoc} 两边都记了，要一起匹配。`,
    `Document ${sourceDoc} stands on both sides: match both of its entries.`,
  ]);
}

/** BLOCKED while the voucher of one of the documents waits for its review: it would come to stand beside the match. */
function draftProblem({ state }: OpenedBook, all: readonly Waiting[]): Refusal | undefined {
  const drafted = all.find(({ document }) => draftFor(state, document.sourceDoc) !== undefined);
  if (!drafted) return undefined;
  const { sourceDoc } = drafted.document;
  return blocked([
    `单据 ${sourceDoc} 的凭证正在等待复核。`,
    `The voucher of document ${sourceDoc} waits for its review.`,
  ]);
}

function blocked(detail: Text): Refusal {
  return refuse('BLOCKED', detail, [
    ['核对金额、渠道和方向；记错的先红字冲销', 'Check amounts, channels and directions; reverse what is wrong first'],
  ]);
}

/** The reviewer may match as the approver may: nobody does who recorded or reviewed one of the entries. */
function matcherProblem(ctx: ActContext<Data>, { def }: OpenedBook, all: readonly Waiting[]): Refusal | undefined {
  const involved = all.flatMap(({ live }) => [live.by, ...(live.reviewedBy ? [live.reviewedBy] : [])]);
  const { actor } = ctx.act;
  const reviews = def.reviews !== undefined && ctx.roles.has(def.reviews);
  if (reviews && !involved.includes(actor.id)) return undefined;
  return whyNotApprover(ctx, def, involved);
}
