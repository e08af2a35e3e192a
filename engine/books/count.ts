import { z } from 'zod';
import type { Channel } from '../../sdk/program.ts';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { proofOf, proofProblem } from '../acts/proof.ts';
import { personsOf } from '../apart.ts';
import type { EventDraft } from '../event.ts';
import { inBoth, NEEDED, type Refusal, refuse } from '../refusal.ts';
import { bookOf, heads, type OpenedBook, rolesOf } from './access.ts';
import { channelProblem } from './checks.ts';
import { bookingDay } from './closings.ts';
import { findDiscrepancyIn, met } from './document.ts';
import { MOST_FEN } from './entry.ts';
import type { CountedChannel } from './event.ts';
import { idMaker } from './ids.ts';
import { frozenProblem, keeperOf } from './keeper.ts';
import { denominations, notesProblem, worthOf } from './notes.ts';
import { bookKey, channel, words } from './shapes.ts';

const data = z.strictObject({
  book: bookKey,
  denominations: denominations.optional(),
  channels: z
    .partialRecord(channel, z.int().min(0).max(MOST_FEN))
    .optional()
    .describe('balances read off the bank book or the WeChat account, in fen'),
  witness: words(100)
    .optional()
    .describe('of a count by another than the cash holder: the cash holder, who is present; else a third person'),
  surprise: z.boolean().optional().describe('announced to nobody (突击盘点)'),
  text: words(500).optional(),
});
type Data = z.infer<typeof data>;

/**
 * Counts the money of a book: by the cash holder for the close of the day (日清), or, as a scheduled or surprise count (盘点),
 * by the approver, the reviewer or a head, with the cash holder present. What is there is entered first, note by note, and
 * only then compared with the journal; over or short becomes a discrepancy at once. A surprise count that was drawn is met
 * by it. Refused: INVALID_DATA (nothing counted, cash without its notes, a channel the book does not have), ROLES_COLLIDE
 * (who keeps the accounts), BOOK_FROZEN (a new cash holder, who takes the book over first), EVIDENCE_MISSING (another's
 * count without the cash holder).
 */
export const cashCount: ActKind<Data> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, data: { book } }) => [
    ...rolesOf(world.program, book, (def) => [def.cash, def.approves, ...(def.reviews ? [def.reviews] : [])]),
    ...heads,
  ],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { def, state } = book;
    const own = ctx.roles.has(def.cash);
    const problem =
      countedProblem(book, ctx.data) ??
      (own ? holderProblem(ctx, book) : othersProblem(ctx, book)) ??
      notesProblem(ctx.data.denominations, ctx.data.channels?.cash);
    if (problem) return problem;
    const day = bookingDay(state, ctx.world.now);
    const channels = channelsCounted(book, ctx.data);
    const next = idMaker(def.book, state);
    const id = next('k');
    const { drawn } = state.closings ?? {};
    const kind = own ? 'day' : drawn || ctx.data.surprise ? 'surprise' : 'scheduled';
    const present = own ? undefined : personsOf(ctx.state, def.cash, ctx.world.org, ctx.world.now)[0];
    return [
      {
        type: 'cash.counted',
        data: {
          ...{ book: def.book, id, kind, day, channels },
          ...(ctx.data.denominations ? { denominations: ctx.data.denominations } : {}),
          ...(present === undefined ? {} : { present }),
          ...(ctx.data.witness === undefined ? {} : { witness: ctx.data.witness }),
          ...(!own && drawn ? { drawn: drawn.span } : {}),
          ...(ctx.data.text === undefined ? {} : { text: ctx.data.text }),
        },
      },
      ...(own ? [] : met(ctx, drawn?.clock)),
      ...differences(ctx, book, { id, channels, next, present }),
    ];
  },
};

/** A discrepancy for each channel that is over or short, unless the last count found the same and it stands already. */
function differences(
  ctx: ActContext<Data>,
  book: OpenedBook,
  count: {
    readonly id: string;
    readonly channels: readonly CountedChannel[];
    readonly next: ReturnType<typeof idMaker>;
    readonly present: string | undefined;
  },
): EventDraft[] {
  const by = [ctx.act.actor.id, count.present].filter((person) => person !== undefined);
  return count.channels.flatMap((each) => {
    const off = each.countedFen - each.bookedFen;
    if (off === 0 || off === book.state.closings?.off?.[each.channel]) return [];
    const id = count.next('d');
    const document = {
      sourceDoc: `盘点 ${id}`,
      since: ctx.world.now,
      count: { side: 'cash' as const, ...each, by, id: count.id },
    };
    return findDiscrepancyIn(ctx, book, document, 'count', 'at count', id);
  });
}

function channelsCounted(book: OpenedBook, asked: Data): CountedChannel[] {
  const counted: Partial<Record<Channel, number>> = { ...asked.channels };
  if (asked.denominations) counted.cash = worthOf(asked.denominations);
  return book.def.channels.flatMap((each) => {
    const countedFen = counted[each];
    if (countedFen === undefined) return [];
    return [{ channel: each, bookedFen: book.state.cash[each]?.balanceFen ?? 0, countedFen }];
  });
}

function countedProblem(book: OpenedBook, { denominations: notes, channels = {} }: Data): Refusal | undefined {
  for (const name of [...(notes ? ['cash'] : []), ...Object.keys(channels)]) {
    const unknown = channelProblem(book, name);
    if (unknown) return unknown;
  }
  const cashWithoutNotes = notes === undefined && (channels.cash !== undefined || book.def.channels.includes('cash'));
  if (cashWithoutNotes) {
    return refuse(
      'INVALID_DATA',
      ['现金要按面额清点。', 'Cash is counted note by note.'],
      [['填写 data.denominations；没有现金填 {}', 'Give data.denominations; {} where there is none']],
      [{ path: 'data.denominations', message: NEEDED }],
    );
  }
  if (notes !== undefined || Object.keys(channels).length > 0) return undefined;
  return refuse(
    'INVALID_DATA',
    ['没有写明盘点的数目。', 'Nothing was counted.'],
    [['填写 data.channels', 'Give data.channels']],
    [{ path: 'data.channels', message: NEEDED }],
  );
}

function holderProblem(ctx: ActContext<Data>, book: OpenedBook): Refusal | undefined {
  const { witness, surprise } = ctx.data;
  if (surprise) {
    return refuse(
      'INVALID_DATA',
      ['管钱人自己的清点不是突击盘点。', 'What the cash holder counts himself is no surprise count.'],
      [['由审批人、复核人或上级负责人盘点', 'Let the approver, the reviewer or a head count']],
      [{ path: 'data.surprise', message: inBoth('由他人盘点', 'for another to make') }],
    );
  }
  return (
    frozenProblem(book, 'cash', ctx.act.actor.id) ??
    (witness === undefined ? undefined : proofProblem(ctx, { witness }, ['witness']))
  );
}

/** Who counts another's money keeps neither side, and does it before that other one. */
function othersProblem(ctx: ActContext<Data>, book: OpenedBook): Refusal | undefined {
  const { def, state } = book;
  const { actor } = ctx.act;
  if (ctx.roles.has(def.ledger) || (['cash', 'ledger'] as const).some((side) => keeperOf(state, side) === actor.id)) {
    return refuse(
      'ROLES_COLLIDE',
      [
        '管账或仍保管这笔钱的人不能来盘点。',
        'Who keeps the accounts, or still has the money, does not count it for another.',
      ],
      [['由审批人、复核人或上级负责人盘点', 'Let the approver, the reviewer or a head count']],
    );
  }
  const { witness } = ctx.data;
  const isThird = (parts: readonly string[]) => proofOf(ctx, { witness, parts }).includes('witness');
  const holders = personsOf(ctx.state, def.cash, ctx.world.org, ctx.world.now);
  if (isThird([]) && (holders.length === 0 || !isThird(holders))) return undefined;
  return refuse(
    'EVIDENCE_MISSING',
    holders.length === 0
      ? ['盘点要有第三人在场。', 'A third person has to be present.']
      : ['盘点时管钱人必须在场。', 'The cash holder has to be present.'],
    [
      holders.length === 0
        ? ['在 data.witness 写明在场人', 'Name who is present in data.witness']
        : ['请管钱人到场，在 data.witness 写明其姓名', 'Have the cash holder come, and name him in data.witness'],
    ],
    [{ path: 'data.witness', message: NEEDED }],
  );
}
