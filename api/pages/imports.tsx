import type { ImportRecord } from '../../db/queries/imports.ts';
import type { Refusal } from '../../engine/refusal.ts';
import { worded } from '../issues.ts';
import { type Language, pick } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { importWord as tell } from './import-words.ts';
import { Layout, type Visitor } from './layout.tsx';

/** Something to choose from. */
export interface Choice {
  readonly id: string;
  readonly name: string;
}

/** Bringing a list: the file and what it is about, and the lists brought before. */
export function ImportsPage({
  language,
  visitor,
  programs,
  units,
  lists,
  next,
  admin,
  formKey,
  refusal,
}: {
  language: Language;
  visitor: Visitor;
  programs: readonly Choice[];
  units: readonly Choice[];
  lists: readonly ImportRecord[];
  /** Where earlier lists begin; null where there are none. */
  next: string | null;
  admin: boolean;
  /** What makes sending a form twice the same as once. */
  formKey: string;
  refusal?: Refusal | undefined;
}) {
  const names = new Map(programs.map(({ id, name }) => [id, name]));
  return (
    <Layout title={tell('imports', language)} language={language} path="/imports" visitor={visitor}>
      <h1>{tell('imports', language)}</h1>
      <p class="lead">{tell('lead', language)}</p>
      {refusal ? <Refused refusal={refusal} language={language} /> : null}
      <section class="card" aria-labelledby="cases">
        <h2 id="cases">{tell('newList', language)}</h2>
        <form class="import" method="post" action="/imports" enctype="multipart/form-data">
          <Hidden visitor={visitor} formKey={`${formKey}-cases`} />
          <Select id="program" label={tell('program', language)} choices={programs} />
          <Select id="unit" label={tell('unit', language)} choices={units} />
          <File id="file" language={language} />
          <p>
            <label class="check" for="imported">
              <input id="imported" type="checkbox" name="imported" value="true" /> {tell('fromPaper', language)}
            </label>
          </p>
          <button type="submit">{tell('upload', language)}</button>
        </form>
        <p class="hint">
          {tell('template', language)}
          {language === 'zh' ? '：' : ': '}
          {programs.map(({ id, name }) => (
            <>
              {name}{' '}
              <a href={`/api/v1/programs/${encodeURIComponent(id)}/import-template?format=xlsx&lang=${language}`}>
                XLSX
              </a>{' '}
              <a href={`/api/v1/programs/${encodeURIComponent(id)}/import-template?format=csv&lang=${language}`}>
                CSV
              </a>{' '}
            </>
          ))}
        </p>
      </section>
      {admin ? (
        <section class="card" aria-labelledby="organisation">
          <h2 id="organisation">{tell('newOrganisation', language)}</h2>
          <p class="hint">{tell('organisationHint', language)}</p>
          <form class="import" method="post" action="/imports" enctype="multipart/form-data">
            <Hidden visitor={visitor} formKey={`${formKey}-organisation`} />
            <input type="hidden" name="kind" value="organisation" />
            <File id="organisation-file" language={language} />
            <button type="submit">{tell('upload', language)}</button>
          </form>
          <p class="hint">
            {tell('template', language)}
            {language === 'zh' ? '：' : ': '}
            <a href={`/api/v1/organisation/import-template?format=xlsx&lang=${language}`}>XLSX</a>{' '}
            <a href={`/api/v1/organisation/import-template?format=csv&lang=${language}`}>CSV</a>
          </p>
        </section>
      ) : null}
      <section aria-labelledby="mine">
        <h2 id="mine">{tell('mine', language)}</h2>
        {lists.length === 0 ? (
          <p class="card">{tell('none', language)}</p>
        ) : (
          <ul class="list imports card">
            {lists.map(({ id, kind, program, status, waiting, createdAt }) => (
              <li>
                <a href={`/imports/${encodeURIComponent(id)}`}>
                  {kind === 'cases' ? (names.get(program ?? '') ?? program) : tell('newOrganisation', language)}
                </a>{' '}
                <span class={`chip ${status === 'done' ? 'done' : status === 'stopped' ? 'late' : 'open'}`}>
                  {tell(statusWord[status], language)}
                </span>{' '}
                {status === 'running' && waiting ? <span class="chip soon">{tell('waits', language)}</span> : null}{' '}
                <small>{localTime(createdAt)}</small>
              </li>
            ))}
          </ul>
        )}
        {next === null ? null : (
          <p class="more">
            <a href={`/imports?cursor=${encodeURIComponent(next)}#mine`}>{tell('earlier', language)} →</a>
          </p>
        )}
      </section>
    </Layout>
  );
}

/** The state of a list in one word. */
export const statusWord = {
  checked: 'stepCheck',
  running: 'stepRun',
  done: 'stepDone',
  cancelled: 'cancel',
  stopped: 'failed',
} as const;

/** Why something was refused, with the ways out. */
export function Refused({ refusal, language }: { refusal: Refusal; language: Language }) {
  return (
    <div class="error" role="alert">
      <p>
        <strong>{tell('wrong', language)}</strong> {pick(refusal.detail, language)}
      </p>
      <ul>
        {(refusal.errors ?? []).slice(0, 10).map(({ path, message }) => (
          <li>{path === 'file' ? worded(message, language) : `${path} ${worded(message, language)}`}</li>
        ))}
        {refusal.waysOut.map((way) => (
          <li>{pick(way, language)}</li>
        ))}
      </ul>
    </div>
  );
}

/** What every form of a page carries: the session's token, and the key under which it is sent once. */
export function Hidden({ visitor, formKey }: { visitor: Visitor; formKey?: string }) {
  return (
    <>
      <input type="hidden" name="token" value={visitor.csrfToken} />
      {formKey ? <input type="hidden" name="key" value={formKey} /> : null}
    </>
  );
}

function Select({ id, label, choices }: { id: string; label: string; choices: readonly Choice[] }) {
  return (
    <p>
      <label for={id}>{label}</label>
      <select id={id} name={id} required>
        {choices.map((choice) => (
          <option value={choice.id}>{choice.name}</option>
        ))}
      </select>
    </p>
  );
}

function File({ id, language }: { id: string; language: Language }) {
  return (
    <p>
      <label for={id}>{tell('file', language)}</label>
      <input id={id} type="file" name="file" required accept=".csv,.tsv,.txt,.xlsx" />
    </p>
  );
}
