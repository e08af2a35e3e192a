import { z } from 'zod';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { proofOf } from '../acts/proof.ts';
import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import { answersFor, nextId } from '../lookup.ts';
import { inBoth, NEEDED, type Refusal, refuse } from '../refusal.ts';
import type { OpenItem } from '../state.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, bookOfTarget, heads, keepers, type OpenedBook, rolesOf } from './access.ts';
import { cashRecord } from './cash.ts';
import { cancelled, met } from './document.ts';
import { idMaker } from './ids.ts';
import type { Anonymous, Giver } from './register-event.ts';
import { amountFen, bookKey, channel, sourceDoc, words } from './shapes.ts';

/** The key of the item that asks for thanks: no program has one of that form. */
const THANKS_KEY = 'books.thanks';

/** Time until a giver is thanked, where the program says nothing. */
const THANKED_WITHIN = '15 working days';

const giver = z.strictObject({
  kind: z.enum(['person', 'unit']),
  name: words(100),
  contact: words(200).optional().describe('where a letter of thanks reaches the giver'),
});
const shared = {
  book: bookKey,
  giver: giver.optional(),
  anonymous: z.literal(true).optional().describe('the giver wants no name, or nobody knows it: it is numbered'),
  purpose: words(500).optional().describe('what it was given for'),
};
const recordData = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...shared,
      kind: z.literal('cash'),
      channel,
      amountFen,
      sourceDoc,
      text: words(500).optional().describe('summary (摘要)'),
    }),
    z.strictObject({
      ...shared,
      kind: z.literal('inKind'),
      item: words(200),
      quantity: z.number().positive().max(1e9),
      unit: words(20).describe('the unit of the quantity (袋、双、公斤)'),
      valueFen: amountFen.describe('estimated value in fen'),
      receivedBy: words(100).describe('who received it'),
      witness: words(100).optional().describe('a named person other than the actor, where there is no photo'),
    }),
  ])
  .refine(({ giver, anonymous }) => (giver === undefined) === (anonymous === true), {
    message: inBoth('写明捐赠人，或标明 anonymous', 'name the giver, or say `anonymous`: one of both'),
    path: ['giver'],
  });
type RecordData = z.infer<typeof recordData>;

/**
 * A gift in the book's register. Money: the cash holder takes it in, one entry of his journal with the giver beside it; who
 * keeps the accounts records the same paper as always. In kind: item, quantity, estimated value, who received it, with a
 * photo or before a witness; no journal knows of it. An anonymous giver gets a number without gap. A task with a clock asks
 * for thanks. Refused: INVALID_DATA, EVIDENCE_MISSING, and for money as `cash.record` is.
 */
export const giftRecord: ActKind<RecordData> = {
  data: recordData,
  statuses: ['open', 'suspended', 'followUp'],
  who: ({ world, data }) =>
    data.kind === 'cash'
      ? keepers(world.program, 'cash', data.book)
      : [...rolesOf(world.program, data.book, (def) => [def.approves, def.cash, def.ledger]), 'caseworker'],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { data } = ctx;
    if (data.kind === 'inKind') return proofOfThings(ctx, data.witness) ?? registered(ctx, book, things(data));
    const { channel, amountFen, sourceDoc, text = '捐赠' } = data;
    const { state, world, act, at, roles } = ctx;
    const entry = { book: book.def.book, direction: 'in' as const, channel, amountFen, sourceDoc, text };
    const taken = cashRecord.decide({ state, world, act, at, roles, data: entry });
    if (isRefusal(taken)) return taken;
    const [recorded, ...rest] = taken;
    if (recorded?.type !== 'cash.recorded') throw new Error('A record of cash begins with its entry.');
    const money = { valueFen: amountFen, channel, sourceDoc, entry: recorded.data.entry.id };
    return [recorded, ...registered(ctx, book, money), ...rest];
  },
};

function things({ item, quantity, unit, valueFen, receivedBy, witness }: Extract<RecordData, { kind: 'inKind' }>) {
  return { item, quantity, unit, valueFen, receivedBy, ...(witness === undefined ? {} : { witness }) };
}

/** EVIDENCE_MISSING where things are registered without a photo of them and without a witness. */
function proofOfThings(ctx: ActContext<RecordData>, witness: string | undefined): Refusal | undefined {
  const given = proofOf(ctx, { witness });
  if (given.includes('photo') || given.includes('witness')) return undefined;
  return refuse(
    'EVIDENCE_MISSING',
    ['实物捐赠需要照片，或一名见证人。', 'A gift in kind needs a photo, or a witness.'],
    [
      ['上传照片并写进 evidence', 'Upload a photo and name it in evidence'],
      ['填写 data.witness（不能是操作人自己）', 'Fill in data.witness (not who records it)'],
    ],
    [{ path: 'evidence', message: NEEDED }],
  );
}

/** The row of the register, and the task that asks for thanks. */
function registered(
  ctx: ActContext<RecordData>,
  { def, state }: OpenedBook,
  what: { readonly valueFen: number } & Readonly<Record<string, string | number>>,
): EventDraft[] {
  const { data, world, act, at } = ctx;
  const { kind, purpose } = data;
  const id = idMaker(def.book, state)('g');
  const by = def.gifts?.by ?? def.approves;
  const name =
    data.giver === undefined
      ? (['公开致谢（匿名捐赠）', 'public thanks for an anonymous gift'] as const)
      : (['寄送感谢信', 'letter of thanks for a gift'] as const);
  const item: OpenItem = {
    ...{ id: nextId(ctx.state, { key: THANKS_KEY, kind: 'thanks' }), key: THANKS_KEY, kind: 'thanks', name, by },
    ...{ answers: answersFor(world.program, by), required: false, repeat: false, openedAt: at },
  };
  const deadline = deadlineFor({
    ...{ id: item.id, of: 'thanks', name, answers: item.answers, start: at, world },
    budget: def.gifts?.thanks ?? THANKED_WITHIN,
    ladder: def.gifts?.ladder ?? def.ladder,
  });
  return [
    {
      type: 'gift.recorded',
      data: {
        ...{ book: def.book, id, no: (state.gifts?.no ?? 0) + 1, kind },
        ...giverOf(data.giver, state.gifts?.anonymous, toDate(world.now).slice(0, 4)),
        ...what,
        ...(purpose === undefined ? {} : { purpose }),
        occurredDate: toDate(at),
        thanks: item.id,
        ...(act.evidence?.length ? { evidence: act.evidence } : {}),
      },
    },
    { type: 'item.opened', data: { item } },
    { type: 'deadline.set', data: { deadline } },
  ];
}

function giverOf(
  named: RecordData['giver'],
  last: Anonymous | undefined,
  year: string,
): { readonly giver: Giver } | { readonly anonymous: Anonymous } {
  if (!named) return { anonymous: { year, n: last?.year === year ? last.n + 1 : 1 } };
  const { kind, name, contact } = named;
  return { giver: { kind, name, ...(contact === undefined ? {} : { contact }) } };
}

const reverseData = z.strictObject({});

/**
 * Takes a gift in kind (`target`) out of the register by a counter entry, with a reason; the row itself stays. A gift of money
 * is corrected where its money is: by reversing the entry. Refused: NOT_OPEN, ALREADY_DONE, BLOCKED (money).
 */
export const giftReverse: ActKind<z.infer<typeof reverseData>> = {
  data: reverseData,
  reasonNeeded: true,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) => [
    ...rolesOf(world.program, bookOfTarget(act.target), (def) => [def.approves, def.cash, def.ledger]),
    'caseworker',
  ],
  decide(ctx) {
    const { state, world, act } = ctx;
    const gift = world.facts.gift;
    const book = gift && bookOf(state, world, gift.book);
    if (!gift || !book || isRefusal(book)) return noGift(act.target);
    if (gift.reverses || gift.reversedBy) {
      return refuse(
        'ALREADY_DONE',
        ['这项登记已经更正过。', 'The entry of the register is already corrected.'],
        [['重新登记正确的内容（gift.record）', 'Record what is right anew (gift.record)']],
      );
    }
    if (gift.entry !== undefined) {
      return refuse(
        'BLOCKED',
        ['捐款随现金日记账更正。', 'A gift of money is corrected in the journal.'],
        [[`红字冲销 ${gift.entry}（entry.reverse）`, `Reverse ${gift.entry} (entry.reverse)`]],
      );
    }
    return giftReversed(ctx, book, gift.id);
  },
};

/** The counter entry of a gift, and the end of the task that asked for thanks. */
export function giftReversed(
  ctx: Pick<ActContext, 'state' | 'world' | 'at'>,
  { def, state }: OpenedBook,
  gift: string,
  entry?: string,
): EventDraft[] {
  const item = thanksOf(ctx.state, state.gifts?.open[gift]);
  return [
    {
      type: 'gift.reversed',
      data: {
        ...{ book: def.book, id: idMaker(def.book, state)('g'), no: (state.gifts?.no ?? 0) + 1, reverses: gift },
        ...(entry === undefined ? {} : { entry }),
        occurredDate: toDate(ctx.at),
      },
    },
    ...(item
      ? [
          {
            type: 'item.cancelled' as const,
            data: {
              id: item.id,
              key: item.key,
              why: ['登记已更正', 'the gift was taken out of the register'] as const,
            },
          },
          ...cancelled(ctx, item.id),
        ]
      : []),
  ];
}

const thankData = z.strictObject({
  how: z.enum(['letter', 'message', 'visit', 'notice']).default('letter').describe('notice: posted in public'),
  text: words(2000).optional(),
});

/**
 * Thanks have gone out for a gift (`target`: its id or the task's; without it the oldest that waits): a letter, a message, a
 * visit, or for an anonymous giver a public notice. Refused: NOT_OPEN.
 */
export const giftThank: ActKind<z.infer<typeof thankData>> = {
  data: thankData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) => [
    ...rolesOf(world.program, bookOfTarget(act.target), (def) => [def.gifts?.by ?? def.approves, def.approves]),
    'caseworker',
    ...heads,
  ],
  decide(ctx) {
    const { state, world, act, data, at } = ctx;
    for (const def of world.program.books) {
      for (const [gift, itemId] of Object.entries(state.books[def.book]?.gifts?.open ?? {})) {
        if (act.target !== undefined && act.target !== gift && act.target !== itemId && act.target !== def.book)
          continue;
        const item = thanksOf(state, itemId);
        return [
          {
            type: 'gift.thanked',
            data: {
              ...{ book: def.book, gift, how: data.how, sentDate: toDate(at) },
              ...(data.text === undefined ? {} : { text: data.text }),
              ...(act.evidence?.length ? { evidence: act.evidence } : {}),
            },
          },
          ...(item
            ? [
                {
                  type: 'task.completed' as const,
                  data: { id: item.id, key: item.key, at: at < item.openedAt ? item.openedAt : at },
                },
                ...met(ctx, item.id),
              ]
            : []),
        ];
      }
    }
    return refuse(
      'NOT_OPEN',
      ['没有等待致谢的捐赠。', 'No gift waits for thanks.'],
      [['从捐赠登记簿中选择编号（GET /cases/{id}/books/gifts）', 'Take the id from GET /cases/{id}/books/gifts']],
    );
  },
};

function thanksOf({ items }: ActContext['state'], id: string | undefined): OpenItem | undefined {
  return id !== undefined && Object.hasOwn(items, id) ? items[id] : undefined;
}

function noGift(target: string | undefined): Refusal {
  return refuse(
    'NOT_OPEN',
    [`捐赠登记簿里没有 ${target ?? ''}。`, `The register of gifts has no ${target ?? ''}.`],
    [['从捐赠登记簿中选择编号（GET /cases/{id}/books/gifts）', 'Take the id from GET /cases/{id}/books/gifts']],
  );
}
