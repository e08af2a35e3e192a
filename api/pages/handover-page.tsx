import type { OrgNames } from '../../db/queries/names.ts';
import type { Language } from '../language.ts';
import { HandoverList, type Preview } from './handover.tsx';
import { handoverWord } from './handover-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { ORG_SHEET } from './organisation-form-page.tsx';
import { postPath } from './organisation-post-forms.tsx';

/** What a handover would pass on, for those who may see it and not do it. */
export function HandoverPage({
  preview,
  names,
  name,
  language,
  visitor,
}: {
  preview: Preview;
  names: OrgNames;
  name: string;
  language: Language;
  visitor: Visitor;
}) {
  const { id, post } = preview.appointment;
  const title = handoverWord('goesOver', language);
  const path = `/organisation/appointments/${encodeURIComponent(id)}/handover`;
  return (
    <Layout title={`${title} · ${name}`} path={path} sheet={ORG_SHEET} {...{ language, visitor }}>
      <nav class="back" aria-label={title}>
        <a href={postPath(post)}>← {name}</a>
      </nav>
      <h1>{title}</h1>
      <p class="lead">{name}</p>
      <HandoverList preview={preview} names={names} language={language} />
    </Layout>
  );
}
