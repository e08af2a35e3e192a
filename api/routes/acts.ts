import { createRoute, z } from '@hono/zod-openapi';
import { type ActRow, actRow, eventsOfAct } from '../../db/queries/events.ts';
import type { ActRequest as DoorRequest, Outcome, Recorded } from '../../door/outcome.ts';
import type { Act } from '../../engine/act.ts';
import { actKinds } from '../../engine/acts/index.ts';
import { batchSideOf } from '../../engine/books/entry.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { catalogue, type Refusal } from '../../engine/refusal.ts';
import type { Program } from '../../sdk/program.ts';
import { createReads } from '../access/reads.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { answersGuess, bookSight, isUntold, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem, notFound, problemBody } from '../errors.ts';
import { createFold } from '../fold.ts';
import { requestId } from '../idempotency.ts';
import { IF_MATCH, ifMatchOf } from '../if-match.ts';
import { inputErrors } from '../issues.ts';
import { type Language, languageOf, pick } from '../language.ts';
import { caseAfter, recordedOf } from '../outcomes.ts';
import { caseNames, caseToRead, isUnapproved, pinnedProgram } from '../reading.ts';
import { ActAnswer, ActRecord, ActRequest, type ActRequestBody, DryRunAnswer, OutsideAnswer } from '../schemas/act.ts';
import { flagIn, idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { readable } from '../timeline-text.ts';
import { isAsked, mayReadCase } from '../transfer-sight.ts';
import { routes } from '../validation.ts';
import { eventsView, plainData } from '../views/event-view.ts';

const post = createRoute({
  method: 'post',
  path: '/cases/{caseId}/acts',
  tags: ['acts'],
  summary: 'Record one act; with `dryRun=true` tell what it would do',
  request: {
    params: z.object({ caseId: pathId('caseId') }),
    query: z.object({ dryRun: flagIn.optional() }),
    headers: idempotencyHeader.extend({
      'if-match': z
        .string()
        .max(100)
        .optional()
        .openapi({ pattern: IF_MATCH, description: 'The revision the caller has seen' }),
    }),
    body: jsonBody(ActRequest),
  },
  responses: {
    200: json(z.union([ActAnswer, OutsideAnswer, DryRunAnswer]), 'Recorded, or what would be recorded'),
    ...problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 503),
  },
});

const read = createRoute({
  method: 'get',
  path: '/cases/{caseId}/acts/{actId}',
  tags: ['acts'],
  summary: 'An act with its outcome, and whether the case’s workflow holds it',
  request: { params: z.object({ caseId: pathId('caseId'), actId: pathId('actId') }) },
  responses: { 200: json(ActRecord, 'The act'), ...problems(401, 404, 503) },
});

/** `/cases/{id}/acts` */
export const actRoutes = (deps: AppDeps) => {
  const fold = createFold<DoorRequest, Outcome>({
    send: (caseId, [first, ...rest]) =>
      first && rest.length === 0
        ? deps.door.act(first).then((outcome) => [outcome])
        : deps.door.acts(caseId, [first!, ...rest]),
    sideOf: ({ act }) => batchSideOf(act),
  });
  return routes()
    .openapi(post, async (c) => {
      const { caseId } = c.req.valid('param');
      const body = c.req.valid('json');
      const language = languageOf(c);
      const actor = actorOf(c.get('caller'));
      if (c.req.valid('query').dryRun) {
        const outcome = await deps.door.dryRun({ caseId, act: { ...actOf(body), id: 'dry-run', actor } });
        if (outcome.status === 'refused') {
          await mayKnow(deps, c.get('caller'), caseId, { refusal: outcome.refusal, type: body.type });
          throw refused(outcome.refusal, body, language);
        }
        if (await isOutside(deps, c.get('caller'), caseId, body.type)) {
          const types = outcome.events.map(({ type }) => ({ type, data: {}, text: '' }));
          return c.json({ dryRun: true as const, events: types }, 200);
        }
        const record = await caseToRead(deps, c.get('caller'), caseId);
        const names = await caseNames(deps, record, outcome.events, language);
        const program = await pinnedProgram(deps, record.programHash);
        const sight = await bookSight(deps, c.get('caller'), record, program);
        // left out, not masked: that the other side agrees with a guess must not show either
        const shown = outcome.events.filter((event) => !answersGuess(event, sight));
        const events = shown.map((event) => ({
          type: event.type,
          data: plainData(event.data, program),
          text: pick(readable(event, names), language),
        }));
        return c.json({ dryRun: true as const, events }, 200);
      }
      const { id } = requestId(c);
      const ifMatch = ifMatchOf(c.req.header('if-match'));
      const outcome = await fold.act(caseId, {
        caseId,
        act: { ...actOf(body), id, actor },
        ...(ifMatch === undefined ? {} : { ifMatch }),
      });
      if (outcome.status === 'refused')
        await mayKnow(deps, c.get('caller'), caseId, { refusal: outcome.refusal, type: body.type });
      const recorded = recordedOf(
        c,
        outcome.status === 'refused' ? { ...outcome, refusal: reworded(outcome.refusal, body, language) } : outcome,
      );
      const act = { id: recorded.actId, type: body.type, seq: recorded.seq, recordedAt: recorded.recordedAt };
      const caller = c.get('caller');
      if ((await isOutside(deps, caller, caseId, body.type)) || (await isUnapproved(deps, caller, recorded)))
        return c.json({ act, events: [], case: null }, 200);
      const program = await pinnedProgram(deps, recorded.case.program.hash);
      return c.json(
        {
          act,
          events: eventsView(await seenEvents(deps, caller, recorded, program), program),
          case: await caseAfter(c, deps, recorded),
        },
        200,
      );
    })
    .openapi(read, async (c) => {
      const { caseId, actId } = c.req.valid('param');
      const caller = c.get('caller');
      const record = await caseToRead(deps, caller, caseId);
      const row = await actRow(deps.sql, caseId, actId);
      if (!row) throw notFound();
      const program = await pinnedProgram(deps, record.programHash);
      const [sight, complaints, made] = await Promise.all([
        bookSight(deps, caller, record, program),
        complaintSight(deps, caller, caseId),
        eventsOfAct(deps.sql, caseId, actId),
      ]);
      if (made.some((event) => complaints.hides(event)) || isOthersWord(row, caller)) throw notFound();
      const events = made.filter((event) => !isUntold(event, sight)).map((event) => withSight(event, sight));
      const language = languageOf(c);
      return c.json(
        {
          id: row.actId,
          type: row.type,
          status: row.status,
          actor: { kind: row.actorKind, id: row.actorId, post: row.actorPost },
          occurredAt: row.occurredAt,
          recordedAt: row.recordedAt,
          seq: row.seq,
          events: eventsView(events, program),
          problem: row.refusal ? shortProblem(row.refusal as Refusal, language) : null,
          witnessed: row.witnessed,
        },
        200,
      );
    });
};

/** A complaint or an emergency of somebody else that was refused: it has left no events that could say whom it was about. */
function isOthersWord({ type, status, actorId }: ActRow, caller: Caller): boolean {
  return status === 'refused' && /^(complaint|emergency)\./.test(type) && actorId !== caller.person;
}

/** The events of an act as its actor may see them: only a comparison, or a look at the keepers, can show one of them what is the other's. */
async function seenEvents(
  deps: AppDeps,
  caller: Caller,
  recorded: Recorded,
  program: Program | undefined,
): Promise<readonly CaseEvent[]> {
  if (recorded.events.every(({ type }) => !/^(books\.reconciled|book\.(un)?frozen)$/.test(type)))
    return recorded.events;
  const sight = await bookSight(deps, caller, recorded.case, program);
  return recorded.events.filter((event) => !isUntold(event, sight)).map((event) => withSight(event, sight));
}

/** A refusal tells of a case: whoever may neither read it nor is asked to take it is told that there is none. */
async function mayKnow(
  deps: AppDeps,
  caller: Caller,
  caseId: string,
  { refusal, type }: { readonly refusal: Refusal; readonly type: string },
): Promise<void> {
  if (refusal.code === 'STORE_UNAVAILABLE') return;
  if (takesOutsiders(type) && (await isAsked(deps, caller, caseId))) return;
  // whoever is in office may open any case in an emergency: he is told what was missing
  if (type === 'access.breakGlass' && refusal.code !== 'FORBIDDEN' && refusal.code !== 'NOT_FOUND') return;
  await caseToRead(deps, { ...caller, reads: createReads(true) }, caseId);
}

/** Whether people without any role on a case may do this kind of act on it. */
function takesOutsiders(type: string): boolean {
  return Object.hasOwn(actKinds, type) && actKinds[type]?.outsiders !== undefined;
}

/** Whether somebody did an act on a case that he may not read. */
async function isOutside(deps: AppDeps, caller: Caller, caseId: string, type: string): Promise<boolean> {
  return takesOutsiders(type) && !(await mayReadCase(deps, caller, caseId));
}

/** The envelope as the engine knows acts; what was not given stays absent, so that a repeat reads the same. */
function actOf(body: ActRequestBody): Omit<Act, 'id' | 'actor'> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as unknown as ReturnType<
    typeof actOf
  >;
}

function refused(refusal: Refusal, body: ActRequestBody, language: Language): ApiProblem {
  return new ApiProblem(reworded(refusal, body, language));
}

/** Says what is wrong with an act's data in the caller's language: the engine lists the same places in its own words. */
function reworded(refusal: Refusal, body: ActRequestBody, language: Language): Refusal {
  if (refusal.code !== 'INVALID_DATA' || !Object.hasOwn(actKinds, body.type)) return refusal;
  const parsed = actKinds[body.type]?.data.safeParse(body.data ?? {});
  return !parsed || parsed.success
    ? refusal
    : { ...refusal, errors: inputErrors(parsed.error.issues, language, 'data') };
}

function shortProblem(refusal: Refusal, language: Language) {
  if (!(refusal.code in catalogue)) return { code: refusal.code, title: refusal.code, detail: '' };
  const { code, title, detail } = problemBody(refusal, language);
  return { code, title, detail };
}
