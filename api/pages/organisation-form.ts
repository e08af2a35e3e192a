import { createHash } from 'node:crypto';
import type { Child } from 'hono/jsx';
import type { z } from 'zod';
import { bodyOf } from '../../door/act-body.ts';
import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type ApiProblem, problem } from '../errors.ts';
import { inputErrors } from '../issues.ts';
import { type Language, pick } from '../language.ts';
import { type Asking, madeOnce } from '../once.ts';
import { fieldsOf } from './form-problem.ts';
import type { FormFrame, FormProblem, Values, Way } from './form-values.ts';
import { waysOf } from './form-ways.ts';
import { type FormWord, formWord } from './organisation-form-words.ts';

/** Who fills in a form, in which language. */
export interface FormContext {
  readonly deps: AppDeps;
  readonly caller: Caller;
  readonly language: Language;
}

/** Where the body of the HTTP request has it, which field of the form that is, and what the field is called. */
export type FieldNames = Readonly<Record<string, readonly [field: string, label: FormWord]>>;

/**
 * A form that makes one change of the organisation, by the same function, schema and refusals as the HTTP request. `S` is what
 * the form is about, `B` the body of the request, `T` its answer.
 */
export interface FormDefinition<S, B extends object, T> {
  readonly title: FormWord;
  readonly button: FormWord;
  /** It cannot be undone. */
  readonly grave?: true;
  /** What it is about, with everything its fields offer. Throws the problems 403, 404. */
  open(context: FormContext, id: string): Promise<S>;
  about(subject: S): string;
  /** The page it was opened from, and leads back to. */
  back(subject: S): string;
  initial?(subject: S): Values;
  /** What is shown before the form. */
  above?(subject: S, language: Language): Child;
  fields(form: FormFrame, subject: S): Child;
  /** Other buttons, after that of the form. */
  also?(form: FormFrame): Child;
  /** The body of the request that the values stand for, as it would come in. */
  wish(values: Values, context: FormContext, subject: S): unknown;
  readonly schema: z.ZodType<B>;
  readonly names: FieldNames;
  /** What it would do, tried out and undone again: shown before it is done. */
  tryOut?(context: FormContext, body: B, subject: S): Promise<Child>;
  make(context: FormContext, asking: Asking, body: B, subject: S): Promise<T>;
  /** Pages that lead on from a refusal, by its code. */
  readonly ways?: Readonly<Partial<Record<RefusalCode, (subject: S) => readonly [href: string, title: FormWord]>>>;
  /** The page that shows what it came to; without, the one it was opened from. */
  done?(answer: T, asked: { readonly subject: S; readonly body: B; readonly values: Values }): string;
}

/** A form about something, for a page to draw and to fill in. */
export interface OpenForm {
  readonly title: FormWord;
  readonly button: FormWord;
  readonly grave: boolean;
  /** It is tried out first. */
  readonly previews: boolean;
  readonly about: string;
  readonly back: string;
  readonly initial: Values;
  readonly names: FieldNames;
  readonly above: Child;
  /** What stands for `above` as it is now: confirmed is what was shown. Undefined where nothing is. */
  readonly shown: string | undefined;
  fields(form: FormFrame): Child;
  also(form: FormFrame): Child;
  /** Pages that lead on from a refusal. */
  waysOn(refusal: Refusal): readonly Way[];
  /** What the values ask for. Throws the problem 422. */
  read(values: Values): Promise<Asked>;
}

/** What a filled-in form asks for. */
export interface Asked {
  readonly bodyHash: string;
  readonly tryOut: (() => Promise<Child>) | undefined;
  /** Makes the change once, however often it is asked for; answers the page to show. */
  make(asking: Asking): Promise<string>;
}

/** A kind of form. */
export interface OrgForm {
  readonly title: FormWord;
  open(context: FormContext, id: string): Promise<OpenForm>;
}

/** Makes a kind of form of its definition. */
export function orgForm<S, B extends object, T>(form: FormDefinition<S, B, T>): OrgForm {
  const { title, button, names } = form;
  return {
    title,
    async open(context, id) {
      const subject = await form.open(context, id);
      const back = form.back(subject);
      const above = form.above?.(subject, context.language);
      return {
        ...{ title, button, names, back, grave: form.grave ?? false, previews: form.tryOut !== undefined },
        about: form.about(subject),
        initial: form.initial?.(subject) ?? {},
        above: above ?? null,
        shown: above ? await fingerprintOf(above) : undefined,
        fields: (frame) => form.fields(frame, subject),
        also: (frame) => form.also?.(frame) ?? null,
        waysOn({ code }) {
          const way = form.ways?.[code]?.(subject);
          return way ? [{ text: formWord(way[1], context.language), href: way[0] }] : [];
        },
        async read(values) {
          const wish = await form.wish(values, context, subject);
          const parsed = form.schema.safeParse(wish);
          if (!parsed.success)
            throw problem(
              'INVALID_DATA',
              ['有的内容不符合要求。', 'Some of it is not valid.'],
              [],
              inputErrors(parsed.error.issues, context.language),
            );
          const body = parsed.data;
          return {
            bodyHash: bodyOf(body).hash,
            tryOut: form.tryOut && (() => form.tryOut!(context, body, subject)),
            async make(asking) {
              const { answer } = await madeOnce(context.deps.sql, asking, (asks) =>
                form.make(context, asks, body, subject),
              );
              return form.done?.(answer, { subject, body, values }) ?? back;
            },
          };
        },
      };
    },
  };
}

/** A refusal as the form shows it: the fields it is about by their names, ways out in words and links of the pages. */
export function problemOf(error: ApiProblem, { names, waysOn }: OpenForm, language: Language): FormProblem {
  const { refusal } = error;
  const detail = pick(refusal.detail, language);
  const placeOf = (path: string) => {
    const [name, label] = names[path] ?? names[path.replace(/[.[].*$/, '')] ?? [];
    return name === undefined || label === undefined ? undefined : { name, label: formWord(label, language) };
  };
  const fields = fieldsOf(refusal.errors, placeOf, { detail, language });
  return { detail, ways: [...waysOf(refusal, language), ...waysOn(refusal)], fields };
}

/** What stands for something shown on a page: the same only for what reads the same. */
export async function fingerprintOf(shown: Child): Promise<string> {
  return createHash('sha256')
    .update(String(await shown?.toString()))
    .digest('hex');
}

/** The refusal of a form whose list is not any more what was confirmed. */
export const changedSince = (): ApiProblem =>
  problem('STALE_REVISION', [
    '清单在您确认之前有了变化，什么都还没有办理。请核对新的清单，再确认一次。',
    'The list has changed before you confirmed it, and nothing was done. Look through the new one and confirm again.',
  ]);
