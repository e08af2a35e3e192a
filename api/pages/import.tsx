import type { ImportRow } from '../../db/queries/imports.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { CountedImport } from '../imports/lists.ts';
import type { Target } from '../imports/targets.ts';
import { type Language, pick } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { importWord as tell } from './import-words.ts';
import { Hidden, Refused } from './imports.tsx';
import { Layout, type Visitor } from './layout.tsx';

/** One list: what its columns mean, which rows are wrong and why, how far its run has come, and what is left over. */
export function ImportPage({
  language,
  visitor,
  list,
  title,
  targets,
  rows,
  refusal,
}: {
  language: Language;
  visitor: Visitor;
  list: CountedImport;
  /** What the list is about. */
  title: string;
  targets: readonly Target[];
  /** Rows of which something is wrong, one more than is shown where there are more. */
  rows: readonly ImportRow[];
  refusal?: Refusal | undefined;
}) {
  const { id, status, counts, forgottenAt } = list;
  const path = `/imports/${encodeURIComponent(id)}`;
  const forgotten = forgottenAt !== null;
  const shown = rows.slice(0, SHOWN);
  return (
    <Layout title={tell('imports', language)} language={language} path={path} visitor={visitor}>
      <p class="back">
        <a href="/imports">← {tell('imports', language)}</a>
      </p>
      <h1>{title}</h1>
      <Steps status={status} language={language} />
      {refusal ? <Refused refusal={refusal} language={language} /> : null}
      <p class="lead" role="status">
        {list.stopped ? pick(list.stopped, language) : tell(SAYS[status], language)}
      </p>
      <Figures list={list} language={language} />
      {status === 'running' && list.waiting ? (
        <form class="card import" method="post" action={`${path}/run`} aria-labelledby="waiting">
          <h2 id="waiting">{tell('waiting', language)}</h2>
          <p>{pick(list.waiting, language)}</p>
          <p class="hint">
            {tell('waitingSince', language, localTime(list.waitingSince ?? ''))}{' '}
            {tell('nextTry', language, localTime(list.nextTry ?? ''))} {tell('waitingEnds', language)}
          </p>
          <Hidden visitor={visitor} />
          <button type="submit">{tell('retry', language)}</button>
        </form>
      ) : null}
      {status === 'running' ? (
        <form method="post" action={`${path}/cancel`}>
          <Hidden visitor={visitor} />
          <progress max={Math.max(1, counts.total)} value={counts.opened + counts.failed + counts.skipped} />{' '}
          <button type="submit">{tell('cancel', language)}</button>
        </form>
      ) : null}
      {forgotten ? (
        <p class="card">{tell('forgotten', language)}</p>
      ) : (
        <Run list={list} path={path} visitor={visitor} language={language} />
      )}
      {shown.length > 0 && !forgotten ? (
        <section class="card" aria-labelledby="mistakes">
          <h2 id="mistakes">{tell('mistakes', language)}</h2>
          <ul class="list mistakes">
            {shown.map((row) => (
              <Mistake row={row} kind={list.kind} language={language} />
            ))}
          </ul>
          {rows.length > SHOWN ? <p class="hint">{tell('andMore', language)}</p> : null}
          <p class="more">
            {tell('errorFile', language)}
            {language === 'zh' ? '：' : ': '}
            <a href={`/api/v1${path}/errors?format=xlsx&lang=${language}`}>XLSX</a>{' '}
            <a href={`/api/v1${path}/errors?format=csv&lang=${language}`}>CSV</a>
          </p>
        </section>
      ) : null}
      {status === 'checked' && !forgotten ? (
        <Mapping list={list} path={path} targets={targets} visitor={visitor} language={language} />
      ) : null}
      {status !== 'running' && !forgotten ? (
        <form method="post" action={`${path}/forget`}>
          <Hidden visitor={visitor} />
          <p class="hint">
            {tell('forgetHint', language, localTime(list.forgetAt).slice(0, 10))}{' '}
            <button class="plain" type="submit">
              {tell('forget', language)}
            </button>
          </p>
        </form>
      ) : null}
    </Layout>
  );
}

/** So many rows to be mended are shown; all are in the file of errors. */
export const SHOWN = 100;

const SAYS = {
  checked: 'checked',
  running: 'running',
  done: 'done',
  cancelled: 'cancelled',
  stopped: 'failed',
} as const;

const STEPS = ['stepFile', 'stepCheck', 'stepRun', 'stepDone'] as const;
const AT: Readonly<Record<CountedImport['status'], number>> = {
  checked: 1,
  running: 2,
  cancelled: 2,
  done: 3,
  stopped: 3,
};

function Steps({ status, language }: { status: CountedImport['status']; language: Language }) {
  const at = AT[status];
  return (
    <ol class="steps" aria-label={tell('steps', language)}>
      {STEPS.map((step, n) => (
        <li class={n < at ? 'done' : n === at ? 'current' : 'future'} aria-current={n === at ? 'step' : undefined}>
          {tell(step, language)}
        </li>
      ))}
    </ol>
  );
}

function Figures({ list: { counts, kind }, language }: { list: CountedImport; language: Language }) {
  const organisation = kind === 'organisation';
  const figures = [
    ['ready', counts.ready],
    ['opened', counts.opened],
    ['duplicate', counts.duplicate],
    [organisation ? 'there' : 'skipped', counts.skipped],
    ['refused', counts.refused],
    ['failed', counts.failed],
  ] as const;
  return (
    <dl class="figures">
      {figures
        .filter(([word, n]) => n > 0 || word === 'ready')
        .map(([word, n]) => (
          <div class={word === 'refused' || word === 'failed' ? 'late' : ''}>
            <dt>{tell(word, language)}</dt>
            <dd>{n}</dd>
          </div>
        ))}
    </dl>
  );
}

function Run({
  list,
  path,
  visitor,
  language,
}: {
  list: CountedImport;
  path: string;
  visitor: Visitor;
  language: Language;
}) {
  const { status, counts, kind } = list;
  const mayRun =
    status === 'checked' ||
    ((status === 'cancelled' || status === 'stopped') && (kind === 'cases' || counts.failed === 0));
  if (!mayRun || counts.ready + counts.duplicate === 0) return null;
  if (kind === 'organisation' && counts.refused > 0) return <p class="card">{tell('mend', language)}</p>;
  return (
    <form class="card import" method="post" action={`${path}/run`}>
      <Hidden visitor={visitor} />
      {counts.duplicate > 0 ? (
        <p>
          <label class="check" for="duplicates">
            <input id="duplicates" type="checkbox" name="duplicates" value="open" />{' '}
            {`${tell('openDuplicates', language)} (${counts.duplicate})`}
          </label>
        </p>
      ) : null}
      <button type="submit">
        {status === 'checked' ? tell('runReady', language, counts.ready) : tell('goOn', language)}
      </button>
    </form>
  );
}

function Mistake({ row, kind, language }: { row: ImportRow; kind: CountedImport['kind']; language: Language }) {
  const colon = language === 'zh' ? '：' : ': ';
  const mark = row.state === 'duplicate' || row.state === 'skipped' ? 'soon' : 'late';
  const problems = row.problems ?? [];
  return (
    <li>
      <strong>{`${row.sheet === '' ? '' : `${row.sheet} `}${tell('row', language, row.row)}`}</strong>{' '}
      <span class={`chip ${mark}`}>
        {tell(kind === 'organisation' && row.state === 'skipped' ? 'there' : row.state, language)}
      </span>
      {problems.map(({ column, zh, en }) => (
        <p>
          {column === null ? '' : `${column}${colon}`}
          {pick([zh, en], language)}
        </p>
      ))}
    </li>
  );
}

function Mapping({
  list,
  path,
  targets,
  visitor,
  language,
}: {
  list: CountedImport;
  path: string;
  targets: readonly Target[];
  visitor: Visitor;
  language: Language;
}) {
  const known = list.columns.every((column) => list.mapping[column]);
  return (
    <details class="card" open={!known}>
      <summary>
        <h2>{tell('mapping', language)}</h2>
      </summary>
      <p class="hint">{tell('mappingHint', language)}</p>
      <form class="import" method="post" action={`${path}/check`}>
        <Hidden visitor={visitor} />
        {list.columns.map((column, n) => (
          <p>
            <label for={`m${n}`}>{column}</label>
            <select id={`m${n}`} name={`m${n}`}>
              <option value="">{tell('nothing', language)}</option>
              {targets.map(({ key, title, required }) => (
                <option value={key} selected={list.mapping[column] === key}>
                  {`${pick(title, language)}${required ? ' *' : ''}`}
                </option>
              ))}
            </select>
          </p>
        ))}
        <button type="submit">{tell('again', language)}</button>
      </form>
    </details>
  );
}
