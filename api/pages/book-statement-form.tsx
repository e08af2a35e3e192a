import { documentOf } from '../../db/queries/documents.ts';
import { movementFen } from '../../engine/books/entry.ts';
import { NEEDED } from '../../engine/refusal.ts';
import { actorOf } from '../auth/caller.ts';
import { ApiProblem, problem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { channelName } from '../reports/lists.ts';
import { bring, keepStatement, mustHold, statementSheet, understand } from '../statements/bring.ts';
import { type Columns, guessColumns, type Meaning, meanings } from '../statements/columns.ts';
import type { ReadLine } from '../statements/read.ts';
import { yuan } from '../timeline-text.ts';
import { About, factOf, moneyFact } from './book-about.tsx';
import type { Field } from './book-field.ts';
import type { BookErrand, BookForm, BookPlan } from './book-form.ts';
import { formPath } from './book-form-page.tsx';
import { w } from './book-form-words.ts';
import { bankChannel } from './book-statement-match-forms.tsx';
import { sw } from './book-statement-words.ts';
import type { Values } from './form-values.ts';

/** Lines of a file that are shown before it is brought in. */
const SHOWN = 10;

/** The accountant brings in what a bank or WeChat gives: the file is read and shown first, and may be told what its columns mean. */
export const statementForm: BookForm = {
  ...{ act: 'statement.import', title: w.statementTitle, button: w.statementNow, previews: true },
  offered: (subject) => bankChannel(subject) !== undefined && subject.roles.has(subject.def.ledger),
  fixed: (subject) => ({ data: { book: subject.def.book, channel: bankChannel(subject) } }),
  fields: (_, values) => [
    {
      ...{ name: 'file', kind: 'sheet', path: 'file', rows: 'rows', required: true },
      ...{ label: w.statementFile, hint: w.statementFileHint },
    },
    ...columnFields(values),
  ],
  async take({ subject, id }, field, file) {
    const { deps, caller, caseId } = subject;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const columns = (await statementSheet(deps, caller, bytes))?.columns ?? [];
    const guessed = Object.entries(guessColumns(columns)).map(
      ([meaning, name]) => [columnField(meaning), name] as const,
    );
    const kept = await keepStatement(deps, caller, { caseId, requestId: id }, bytes);
    // what an earlier file's columns meant says nothing of this one's
    const none = meanings.map((meaning) => [columnField(meaning), ''] as const);
    return { ...Object.fromEntries([...none, ...guessed]), [field]: kept.id, columns: JSON.stringify(columns) };
  },
  plan,
};

const columnField = (meaning: string): string => `column-${meaning}`;

/** What each column of a file that was read means, to be mended where it was not recognised. */
function columnFields(values: Values): readonly Field[] {
  const columns = columnsIn(values);
  if (columns.length === 0) return [];
  const choices = columns.map((name) => [name, name] as const);
  return [
    { name: 'columns', kind: 'hidden', path: '', label: w.columnOf },
    ...meanings.map((meaning): Field => {
      // what is wrong with the columns is told at the first of them
      const path = meaning === 'date' ? 'columns' : '';
      const shared = { name: columnField(meaning), kind: 'choice', path, label: sw[meaning], choices } as const;
      return meaning === 'date' ? { ...shared, required: true, none: w.pleaseChoose } : { ...shared, none: w.none };
    }),
  ];
}

function columnsIn(values: Values): readonly string[] {
  try {
    const said: unknown = JSON.parse(values['columns'] ?? '[]');
    return Array.isArray(said) ? said.filter((each): each is string => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

function meant(values: Values): Columns {
  const said = meanings.flatMap((meaning): [Meaning, string][] => {
    const name = values[columnField(meaning)] ?? '';
    return name === '' ? [] : [[meaning, name]];
  });
  return Object.fromEntries(said);
}

/** The file as it is understood, and bringing it in. Throws the problems of a file that is not there or cannot be read. */
async function plan({ subject, values, id }: BookErrand): Promise<BookPlan> {
  const { deps, caller, caseId, def, language } = subject;
  const channel = bankChannel(subject)!;
  const document = await documentOf(deps.sql, caseId, values['file'] ?? '');
  if (document?.uploadedBy !== caller.person) throw noFile();
  const { bytes, sha256 } = document;
  const { read } = await understand(deps, caller, bytes, meant(values), { whole: true });
  mustHold(read);
  const { lines, passed } = read;
  return {
    async preview() {
      const act = {
        type: 'statement.import',
        data: { book: def.book, channel, lines: lines.slice(0, 200).map(withoutRow) },
      };
      const outcome = await deps.door.dryRun({ caseId, act: { ...act, id: 'dry-run', actor: actorOf(caller) } });
      if (outcome.status === 'refused') throw new ApiProblem(outcome.refusal);
      return <Understood {...{ lines, passed, language, caseId, channel }} />;
    },
    async make() {
      const account = { caseId, book: def.book, channel, requestId: id };
      const kept = { id: document.id, sha256 };
      const { imported, skipped, matched } = await bring(deps, caller, account, { bytes, lines, kept });
      const path = formPath(caseId, def.book, 'statement-match', channel);
      return (
        <section class="card book-about" role="status">
          <h2>{pick(sw.brought, language)}</h2>
          <p>{pick(sw.counts(imported, skipped, matched), language)}</p>
          <p>
            <a class="button" href={path}>
              {pick(w.statementMatchTitle, language)}
            </a>
          </p>
        </section>
      );
    },
  };
}

const withoutRow = ({ row: _, ...line }: ReadLine) => line;

const noFile = () =>
  problem(
    'INVALID_DATA',
    ['请先选择流水文件。', 'Choose the file of the bank first.'],
    [],
    [{ path: 'file', message: NEEDED }],
  );

/** A file as it was understood: how many lines, from when to when, what came and went, and the first of them. */
function Understood({
  lines,
  passed,
  language,
  caseId,
  channel,
}: {
  lines: readonly ReadLine[];
  passed: number;
  language: Language;
  caseId: string;
  channel: string;
}) {
  const sum = (direction: ReadLine['direction']) =>
    lines.reduce((fen, line) => (line.direction === direction ? fen + line.amountFen : fen), 0);
  const last = lines.at(-1);
  const facts = [
    factOf(sw.channel, channelName(channel)),
    factOf(sw.lines, String(lines.length)),
    passed === 0 ? undefined : factOf(sw.passed, String(passed)),
    factOf(sw.span, `${lines[0]?.date ?? ''} – ${last?.date ?? ''}`),
    moneyFact(sw.came, sum('in')),
    moneyFact(sw.went, sum('out')),
    last?.balanceFen === undefined ? undefined : moneyFact(sw.closing, last.balanceFen),
  ];
  return (
    <>
      <About subject={{ caseId, language }} title={sw.understood} facts={facts} />
      <ul class="lines">
        {lines.slice(0, SHOWN).map((line) => (
          <li>
            {line.date} <strong class="figure">{yuan(movementFen(line))}</strong>{' '}
            {[line.counterparty, line.text, line.reference].filter((part) => part !== undefined).join(' · ')}
          </li>
        ))}
        {lines.length > SHOWN ? <li>…</li> : null}
      </ul>
    </>
  );
}
