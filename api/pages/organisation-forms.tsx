import { randomUUID } from 'node:crypto';
import type { Child } from 'hono/jsx';
import type { PostRow } from '../../db/queries/organisation.ts';
import type { TreeUnit } from '../../db/queries/unit-tree.ts';
import type { Language } from '../language.ts';
import { levelsBelow, levelWord, type OrgWord, orgWord } from './organisation-words.ts';

/** What every form of these pages is made with: the language, and the token of the session's forms. */
export interface OrgFrame {
  readonly language: Language;
  readonly token: string;
}

/** Something that can be chosen: its id and its name. */
export type Choice = readonly [id: string, name: string];

/** A form that makes one change. Sent twice it is made once. */
export function ChangeForm({
  frame,
  to,
  button,
  hidden = {},
  children,
}: {
  frame: OrgFrame;
  to: string;
  button: OrgWord;
  hidden?: Readonly<Record<string, string>>;
  children?: Child;
}) {
  return (
    <form method="post" action={`/organisation/${to}`} class="act">
      <input type="hidden" name="token" value={frame.token} />
      <input type="hidden" name="key" value={randomUUID()} />
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
      <button type="submit">{orgWord(button, frame.language)}</button>
    </form>
  );
}

function Names({ language, zh = '', en = '' }: { language: Language; zh?: string; en?: string }) {
  return (
    <>
      <label>
        {orgWord('nameZh', language)}
        <input name="zh" value={zh} required maxlength={200} />
      </label>
      <label>
        {orgWord('nameEn', language)}
        <input name="en" value={en} maxlength={200} lang="en" />
      </label>
    </>
  );
}

function Select({ name, label, choices }: { name: string; label: string; choices: readonly Choice[] }) {
  return (
    <label>
      {label}
      <select name={name} required>
        {choices.map(([id, text]) => (
          <option value={id}>{text}</option>
        ))}
      </select>
    </label>
  );
}

/** The forms for a whole unit, each folded away. `others`: units it can go into. */
export function UnitForms({ frame, unit, others }: { frame: OrgFrame; unit: TreeUnit; others: readonly Choice[] }) {
  const { language } = frame;
  const at = `units/${encodeURIComponent(unit.id)}`;
  const below = levelsBelow(unit.level);
  return (
    <section class="card" aria-labelledby="manage">
      <h2 id="manage">{orgWord('manage', language)}</h2>
      <details>
        <summary>{orgWord('rename', language)}</summary>
        <ChangeForm frame={frame} to={`${at}/rename`} button="save">
          <Names language={language} zh={unit.nameZh} en={unit.nameEn} />
        </ChangeForm>
      </details>
      <details>
        <summary>{orgWord('addPost', language)}</summary>
        <ChangeForm frame={frame} to={`${at}/posts`} button="add">
          <Names language={language} />
          <label>
            {orgWord('kind', language)}
            <input name="kind" required maxlength={200} pattern="[\p{L}\p{N}_.:\/@\-]+" />
          </label>
          <label>
            <input type="checkbox" name="heads" value="yes" /> {orgWord('heads', language)}
          </label>
        </ChangeForm>
      </details>
      {below.length === 0 ? null : (
        <details>
          <summary>{orgWord('addUnit', language)}</summary>
          <ChangeForm frame={frame} to={`${at}/units`} button="add">
            <Names language={language} />
            <Select
              name="level"
              label={orgWord('level', language)}
              choices={below.toReversed().map((level): Choice => [level, levelWord(level, language)])}
            />
          </ChangeForm>
        </details>
      )}
      {others.length === 0 ? null : (
        <details>
          <summary>{orgWord('merge', language)}</summary>
          <p class="hint">{orgWord('mergeHint', language)}</p>
          <ChangeForm frame={frame} to={`${at}/merge`} button="preview">
            <Select name="into" label={orgWord('into', language)} choices={others} />
          </ChangeForm>
        </details>
      )}
      <details>
        <summary>{orgWord('close', language)}</summary>
        <p class="hint">{orgWord('closeHint', language)}</p>
        <ChangeForm frame={frame} to={`${at}/close`} button="close" />
      </details>
    </section>
  );
}

/** The forms for one post, folded away beside it. `others`: units it can be moved to. */
export function PostForms({ frame, post, others }: { frame: OrgFrame; post: PostRow; others: readonly Choice[] }) {
  const { language } = frame;
  const at = `posts/${encodeURIComponent(post.id)}`;
  const hidden = { unit: post.unit };
  return (
    <details>
      <summary>{orgWord('change', language)}</summary>
      <ChangeForm frame={frame} to={`${at}/rename`} button="rename" hidden={hidden}>
        <Names language={language} zh={post.nameZh} en={post.nameEn} />
      </ChangeForm>
      {others.length === 0 ? null : (
        <ChangeForm frame={frame} to={`${at}/move`} button="move" hidden={hidden}>
          <Select name="to" label={orgWord('to', language)} choices={others} />
        </ChangeForm>
      )}
      <ChangeForm frame={frame} to={`${at}/close`} button="closePost" hidden={hidden} />
    </details>
  );
}
