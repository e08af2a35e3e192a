import { type PostDutiesRow, postDuties } from '../../db/queries/unit-moves.ts';
import { notFound } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { closePost, movePost, renamePost } from '../post-changes.ts';
import { Nothing, PostChange, PostMove } from '../schemas/units.ts';
import { administersPost } from '../unit-guards.ts';
import { nameIn, unitChoices, unitIn, unitsInReach } from './organisation-choices.ts';
import { CheckField, type Choice, NameFields, UnitField } from './organisation-fields.tsx';
import { type FormContext, orgForm } from './organisation-form.ts';
import { formWord } from './organisation-form-words.ts';
import { Fact } from './parts.tsx';

/** A post with what a form about it offers. */
export interface PostSubject {
  readonly post: PostDutiesRow;
  readonly name: string;
  readonly choices: readonly Choice[];
}

/** The page of a post. */
export const postPath = (id: string): string => `/organisation/posts/${encodeURIComponent(id)}`;

/** A post the caller administers, for a form about it. Throws the problems 403, 404. */
export async function postToChange(
  { deps, caller, language }: FormContext,
  id: string,
  choices: (post: PostDutiesRow) => Promise<readonly Choice[]> = async () => [],
): Promise<PostSubject> {
  await administersPost(deps.sql, caller, id);
  const post = await postDuties(deps.sql, id);
  if (!post) throw notFound();
  return { post, name: pick([post.nameZh, post.nameEn], language), choices: await choices(post) };
}

/** How a form about a post is headed, and where it leads back to. */
const ofPost = { about: ({ name }: PostSubject) => name, back: ({ post }: PostSubject) => postPath(post.id) };

/** What a post answers for. */
function Duties({ post: { cases, deadlines }, language }: { post: PostDutiesRow; language: Language }) {
  return (
    <dl class="facts counts">
      <Fact term={formWord('cases', language)} text={String(cases)} />
      <Fact term={formWord('deadlines', language)} text={String(deadlines)} />
    </dl>
  );
}

const rename = orgForm({
  ...{ ...ofPost, title: 'renamePost', button: 'save', schema: PostChange },
  names: { name: ['zh', 'nameZh'], 'name[0]': ['zh', 'nameZh'], 'name[1]': ['en', 'nameEn'] },
  open: postToChange,
  initial: ({ post }) => ({ zh: post.nameZh, en: post.nameEn }),
  fields: (form) => <NameFields form={form} />,
  wish: ({ zh, en }) => ({ name: nameIn(zh, en) }),
  make: ({ deps }, asking, { name }, { post }) => renamePost(deps.sql, asking, post.id, name),
});

const move = orgForm({
  ...{ ...ofPost, title: 'movePost', button: 'moveNow', schema: PostMove },
  names: { unit: ['to', 'moveTo'], heads: ['heads', 'heads'] },
  open: (context, id) =>
    postToChange(context, id, async ({ unit }) => unitChoices((await unitsInReach(context)) ?? [], unit, context)),
  fields: (form, { choices }) => (
    <>
      <p>{formWord('moveHint', form.language)}</p>
      <UnitField form={form} name="to" label="moveTo" choices={choices} />
      <CheckField form={form} name="heads" label="heads" />
    </>
  ),
  wish: async ({ to, heads }, context, { choices }) => ({
    unit: await unitIn(to, { path: 'unit', choices }, context),
    ...(heads === 'yes' ? { heads: true } : {}),
  }),
  async tryOut({ deps, caller, language }, body, { post, name, choices }) {
    const after = await movePost(deps.sql, { caller }, post.id, body);
    return (
      <>
        <p class="lead">
          {name} → {choices.find(([id]) => id === body.unit)?.[1] ?? body.unit}
        </p>
        <h2>{formWord('postTakes', language)}</h2>
        <Duties post={after} language={language} />
        <p class="hint">{formWord('moveAfter', language)}</p>
      </>
    );
  },
  make: ({ deps }, asking, body, { post }) => movePost(deps.sql, asking, post.id, body),
});

const close = orgForm({
  ...{ ...ofPost, title: 'closePost', button: 'closePost', grave: true, schema: Nothing, names: {} },
  open: postToChange,
  fields: (form, { post }) => (
    <>
      <p>{formWord('closePostHint', form.language)}</p>
      <Duties post={post} language={form.language} />
    </>
  ),
  wish: () => ({}),
  async tryOut({ deps, caller, language }, _, { post }) {
    await closePost(deps.sql, { caller }, post.id);
    return <p>{formWord('closePostSure', language)}</p>;
  },
  make: ({ deps }, asking, _, { post }) => closePost(deps.sql, asking, post.id),
  done: (_, { subject }) => `/organisation?unit=${encodeURIComponent(subject.post.unit)}`,
});

/** The forms about a post itself, by the last part of their path. */
export const postForms = { 'posts/rename': rename, 'posts/move': move, 'posts/close': close } as const;
