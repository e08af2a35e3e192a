import { moneyKinds } from '../../engine/books/kinds.ts';
import { isForMany, personsIn } from '../../engine/books/persons.ts';
import { moneyKindKeys } from '../../sdk/money-kinds.ts';
import { problem } from '../errors.ts';
import { noTable } from '../imports/upload.ts';
import { pick } from '../language.ts';
import { decode } from '../sheets/read-csv.ts';
import { SheetProblem } from '../sheets/sheet.ts';
import { amount, channel, happened, lateReason, paper, sourceDoc, summary } from './book-entry-forms.ts';
import type { Field } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import type { ListedRow } from './book-list.ts';
import type { Values } from './form-values.ts';

const list: Field = {
  ...{ name: 'list', kind: 'list', path: 'data.lines', rows: 'data.lines', required: true },
  ...{ label: w.households, hint: w.householdsHint },
};

/** A list is text whatever it comes in: it stands in the form and can be mended there. */
const take: BookForm['take'] = async (_, field, file) => {
  if (file.size > MOST_BYTES) throw tooLarge();
  try {
    return { [field]: decode(new Uint8Array(await file.arrayBuffer())).replace(/^\ufeff/, '') };
  } catch (error) {
    throw error instanceof SheetProblem ? noTable(error) : error;
  }
};

/** The largest file taken: two hundred lines are far less. */
const MOST_BYTES = 128 * 1024;

const tooLarge = () =>
  problem(
    'BODY_TOO_LARGE',
    ['文件太大：名单最多 200 户。', 'The file is too large: a list has 200 households at most.'],
    [['分成几份，分别登记', 'Split it and record the parts']],
  );

/** The cash holder enters what many households paid under one paper: the sum, and a line for each. */
export const cashListForm: BookForm = {
  ...{ act: 'cash.record', title: w.cashListTitle, button: w.record, previews: true },
  fixed: ({ def }) => ({ data: { book: def.book, direction: 'in' } }),
  take,
  fields: (subject) => [
    ...[happened(subject), channel(subject), { ...amount, label: w.total, hint: w.totalHint }, sourceDoc, list],
    ...[summary, paper, lateReason],
  ],
  finish: (data, _, subject) => ({
    ...data,
    lines: rowsOf(data['lines'], subject).map(({ person: __, ...row }) => row),
  }),
};

/** What the households paid for: income of a kind, a fee where nothing else is said. Read by {@link asLines}. */
const kind = ({ language }: BookSubject): Field => ({
  ...{ name: 'kind', kind: 'choice', path: '', label: w.kind, required: true, initial: 'fee' },
  choices: moneyKindKeys
    .filter((key) => moneyKinds[key].direction === 'in' && moneyKinds[key].claim !== true)
    .map((key) => [key, pick(moneyKinds[key].name, language)] as const),
});

/** The accountant enters the same list from the receipts, each household a line of the voucher. */
export const ledgerListForm: BookForm = {
  ...{ act: 'ledger.record', title: w.ledgerListTitle, button: w.record, previews: true },
  fixed: ({ def }) => ({ data: { book: def.book, direction: 'in' } }),
  take,
  fields: (subject) => [
    ...[happened(subject), channel(subject), sourceDoc, kind(subject), list],
    ...[summary, paper, lateReason],
  ],
  finish: asLines,
};

type Listed = Omit<ListedRow, 'line'>;

/** A row whose household is a party of the case, by its id. */
interface Named extends Listed {
  readonly person?: string;
}

/** The rows as they go into an act: a party who is named by his name goes in by his id, for no name stands in the books. */
function rowsOf(lines: unknown, { state, def }: BookSubject): readonly Named[] {
  const persons = personsIn(state, def);
  return ((lines ?? []) as readonly Listed[]).map((row) => {
    const person = persons.find(({ id, name }) => id === row.payer || name === row.payer)?.id;
    return person === undefined ? row : { ...row, payer: person, person };
  });
}

/** The lines of the voucher: each household with what it paid for, and with its sub-ledger where the book keeps money of several. */
function asLines({ lines, ...data }: Record<string, unknown>, values: Values, subject: BookSubject) {
  const what = { text: values['text']?.trim() || '住户缴费', kind: values['kind'] ?? 'fee' };
  const forMany = isForMany(subject.program, subject.def);
  const voucher = rowsOf(lines, subject).map(({ person, ...row }) => ({
    ...{ ...row, ...what },
    ...(person !== undefined && forMany ? { party: person } : {}),
  }));
  return { ...data, lines: voucher };
}
