import { purposes, statedPurposes } from '../access/purposes.ts';
import { type Language, pick } from '../language.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Said } from './parts.tsx';
import { say } from './words.ts';

/** Where a sensitive field of a case is seen in clear. */
export const fieldPath = (caseId: string, key: string): string =>
  `/cases/${encodeURIComponent(caseId)}/fields/${encodeURIComponent(key)}`;

/** One sensitive field of a case: what it says, or the form that asks what it is needed for. */
export function CaseFieldPage({
  caseId,
  caseNo,
  field,
  name,
  value,
  never,
  asks,
  language,
  visitor,
}: {
  caseId: string;
  caseNo: string;
  field: string;
  name: string;
  /** What it says, null when it is not filled in; undefined: he is not told. */
  value: string | null | undefined;
  /** Why he is never told. */
  never: string | undefined;
  /** Whether he has to say what for. */
  asks: boolean;
  language: Language;
  visitor: Visitor;
}) {
  const path = fieldPath(caseId, field);
  return (
    <Layout title={name} {...{ path, language, visitor }}>
      <p class="back">
        <a href={`/cases/${encodeURIComponent(caseId)}`}>← {caseNo}</a>
      </p>
      <h1>{name}</h1>
      <p class="lead">{say('whatForLead', language)}</p>
      <Said error={never} done={undefined} />
      {value !== undefined ? (
        <p class="card" role="status">
          {value ?? say('notFilled', language)}
        </p>
      ) : never === undefined ? (
        <WhatFor {...{ path, asks, language }} token={visitor.csrfToken} />
      ) : null}
    </Layout>
  );
}

/** The form that shows a sensitive field, and asks what it is needed for. */
function WhatFor({ path, asks, token, language }: { path: string; asks: boolean; token: string; language: Language }) {
  return (
    <form method="post" action={path} class="card act">
      <input type="hidden" name="token" value={token} />
      {asks ? (
        <>
          <label for="purpose">{say('whatFor', language)}</label>
          <select id="purpose" name="purpose" required>
            <option value="">{say('chooseWhatFor', language)}</option>
            {statedPurposes.map((key) => (
              <option value={key}>{pick(purposes[key], language)}</option>
            ))}
          </select>
        </>
      ) : null}
      <button type="submit">{say('seeField', language)}</button>
    </form>
  );
}
