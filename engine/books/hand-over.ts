import { z } from 'zod';
import type { Channel } from '../../sdk/program.ts';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { proofProblem } from '../acts/proof.ts';
import type { EventDraft } from '../event.ts';
import { inBoth, NEEDED, type Refusal, refuse } from '../refusal.ts';
import { bookOf, keepers, type OpenedBook } from './access.ts';
import { clockOfCount } from './chased.ts';
import { channelProblem } from './checks.ts';
import { findDiscrepancyIn, met } from './document.ts';
import { MOST_FEN } from './entry.ts';
import type { CountedChannel } from './event.ts';
import { idMaker } from './ids.ts';
import { keeperOf } from './keeper.ts';
import { denominations, notesProblem } from './notes.ts';
import { bookKey, channel, words } from './shapes.ts';

const data = z.strictObject({
  book: bookKey,
  side: z.enum(['cash', 'ledger']),
  channels: z
    .partialRecord(channel, z.int().min(-MOST_FEN).max(MOST_FEN))
    .describe('what is there by channel, in fen, as counted; every channel of the book'),
  denominations: denominations.optional(),
  witness: words(100).describe('a third person: neither who takes it over nor who had it'),
  text: words(500).optional(),
});
type Data = z.infer<typeof data>;

/**
 * The new keeper of one side of a book takes it over by counting what is there, before a third person. What was counted and
 * what the book says are both recorded; where they differ it becomes a discrepancy at once, never a silent adjustment. From
 * then on he may write on the side, and the clock that chased him is met. Refused: INVALID_DATA (a channel missing, or none of the book), ALREADY_DONE (he keeps
 * it already), EVIDENCE_MISSING (no third person).
 */
export const bookHandOver: ActKind<Data> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  lateExempt: true,
  who: (ctx) => keepers(ctx.world.program, ctx.data.side, ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { side, witness, text } = ctx.data;
    const { actor } = ctx.act;
    const from = keeperOf(book.state, side);
    const problem =
      channelsProblem(book, ctx.data.channels) ??
      notesOfProblem(side, ctx.data) ??
      (from === actor.id ? alreadyKept() : undefined) ??
      proofProblem(ctx, { witness, parts: [from] }, ['witness']);
    if (problem) return problem;
    const counted = book.def.channels.map((each): CountedChannel => {
      const bookedFen = book.state[side][each]?.balanceFen ?? 0;
      return { channel: each, bookedFen, countedFen: ctx.data.channels[each] ?? 0 };
    });
    return [
      {
        type: 'book.handedOver',
        data: {
          ...{ book: book.def.book, side, channels: counted, witness },
          ...(from === undefined ? {} : { from }),
          ...(ctx.data.denominations ? { denominations: ctx.data.denominations } : {}),
          ...(text === undefined ? {} : { text }),
        },
      },
      ...met(ctx, clockOfCount(book.state, side)),
      ...differences(ctx, book, counted, from),
    ];
  },
};

/** A discrepancy for each channel on which the count is not what the book says. */
function differences(
  ctx: ActContext<Data>,
  book: OpenedBook,
  counted: readonly CountedChannel[],
  from: string | undefined,
): EventDraft[] {
  const { side } = ctx.data;
  const next = idMaker(book.def.book, book.state);
  const by = [from, ctx.act.actor.id].filter((person) => person !== undefined);
  return counted.flatMap((each) => {
    if (each.bookedFen === each.countedFen) return [];
    const id = next('d');
    const document = { sourceDoc: `盘点 ${id}`, since: ctx.world.now, count: { side, ...each, by } };
    return findDiscrepancyIn(ctx, book, document, 'count', 'at hand-over', id);
  });
}

function channelsProblem(book: OpenedBook, channels: Data['channels']): Refusal | undefined {
  for (const name of Object.keys(channels)) {
    const unknown = channelProblem(book, name);
    if (unknown) return unknown;
  }
  const missing = book.def.channels.filter((each: Channel) => channels[each] === undefined);
  if (missing.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    [
      `盘点要写明每个渠道的数目，还缺：${missing.join('、')}。`,
      `A count says what is there on every channel; missing: ${missing.join(', ')}.`,
    ],
    [['没有钱的渠道填 0', 'Write 0 for a channel with nothing on it']],
    missing.map((each) => ({ path: `data.channels.${each}`, message: NEEDED })),
  );
}

/** Notes and coins are of the cash side, and come to what is given for cash. */
function notesOfProblem(side: Data['side'], { denominations: notes, channels }: Data): Refusal | undefined {
  if (notes === undefined) return undefined;
  if (side === 'cash' && channels.cash !== undefined) return notesProblem(notes, channels.cash);
  return refuse(
    'INVALID_DATA',
    ['只有现金才按面额清点。', 'Only cash is counted note by note.'],
    [['去掉 data.denominations', 'Leave data.denominations out']],
    [{ path: 'data.denominations', message: inBoth('没有现金可点', 'there is no cash to count') }],
  );
}

function alreadyKept(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['这本账的这一边已由您保管。', 'You keep this side of the book already.'],
    [['直接记账即可', 'Just record on it']],
    [{ path: 'data.side', message: inBoth('已由您保管', 'kept by you already') }],
  );
}
