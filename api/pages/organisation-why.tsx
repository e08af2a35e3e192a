import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnv } from '../env.ts';
import { ApiProblem, statusOfKind } from '../errors.ts';
import { pick } from '../language.ts';
import { waysOf } from './form-ways.ts';
import { fw } from './form-words.ts';
import { page, visitorOf } from './frame.ts';
import { Layout } from './layout.tsx';
import type { FormContext } from './organisation-form.ts';
import { formWord } from './organisation-form-words.ts';
import { Trouble } from './parts.tsx';

/** Tells why a page or form is not for this visitor, or not now. What is not there goes on to the edge, as any other error. */
export async function whyNot(
  c: Context<AppEnv>,
  { deps, caller, language }: FormContext,
  error: unknown,
): Promise<Response> {
  if (!(error instanceof ApiProblem) || error.refusal.kind === 'notFound') throw error;
  const { refusal } = error;
  const visitor = await visitorOf(deps, caller, language);
  const status: ContentfulStatusCode = statusOfKind[refusal.kind];
  return page(
    c,
    <Layout title={pick(fw.notDone, language)} language={language} path="/organisation" visitor={visitor}>
      <section class="card entry">
        <h1>{pick(fw.notDone, language)}</h1>
        <Trouble detail={pick(refusal.detail, language)} more={waysOf(refusal, language).map(({ text }) => text)} />
        <p>
          <a href="/organisation">← {formWord('toOrganisation', language)}</a>
        </p>
      </section>
    </Layout>,
    status,
  );
}
