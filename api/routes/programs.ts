import { createRoute, z } from '@hono/zod-openapi';
import { isRefusal } from '../../engine/act-kind.ts';
import type { Field, Program as ProgramDefinition } from '../../sdk/program.ts';
import { calendarFor } from '../calendar.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem, notFound, problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { type Language, languageOf, pick } from '../language.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { Program, ProgramList, Simulation, SimulationRequest } from '../schemas/program.ts';
import { simulateProgram } from '../simulation.ts';
import { readable } from '../timeline-text.ts';
import { routes } from '../validation.ts';
import { plainData } from '../views/event-view.ts';
import { namesFor } from '../views/names.ts';

const list = createRoute({
  method: 'get',
  path: '/programs',
  tags: ['programs'],
  summary: 'Installed programs',
  responses: { 200: json(ProgramList, 'Programs'), ...problems(401) },
});

const read = createRoute({
  method: 'get',
  path: '/programs/{programId}',
  tags: ['programs'],
  summary: 'One program: stages, items, duties, ladders, and its intake as JSON Schema',
  request: { params: z.object({ programId: pathId('programId') }) },
  responses: { 200: json(Program, 'The program'), ...problems(401, 404) },
});

const simulation = createRoute({
  method: 'post',
  path: '/programs/{programId}/simulate',
  tags: ['programs'],
  summary: 'The dated agenda of a case in a made-up organisation, without starting anything',
  request: {
    params: z.object({ programId: pathId('programId') }),
    headers: idempotencyHeader,
    body: jsonBody(SimulationRequest),
  },
  responses: { 200: json(Simulation, 'The agenda'), ...problems(400, 401, 404, 413, 415, 422, 503) },
});

/** `/programs` */
export const programRoutes = (deps: AppDeps) => {
  const installed = (id: string): ProgramDefinition => {
    const program = deps.programs.byId(id);
    if (!program) throw notFound();
    return program;
  };
  const summary = (program: ProgramDefinition, language: Language) => ({
    id: program.id,
    version: program.version,
    hash: deps.programs.hashOf(program.id) ?? '',
    name: pick(program.name, language),
  });
  return routes()
    .openapi(list, (c) => {
      const language = languageOf(c);
      return c.json({ items: deps.programs.all().map((one) => summary(one, language)), nextCursor: null }, 200);
    })
    .openapi(read, (c) => {
      const program = installed(c.req.valid('param').programId);
      const { roles, fields, ladders, stages, duties, books } = program;
      const plain = {
        ...summary(program, languageOf(c)),
        intake: intakeSchema(program, languageOf(c)),
        roles,
        fields,
        ladders,
        stages,
        duties,
        books,
      };
      // through JSON: the definition is deeply frozen and typed narrowly, the answer is plain data
      return c.json(JSON.parse(JSON.stringify({ ...plain, definition: program })) as z.infer<typeof Program>, 200);
    })
    .openapi(simulation, async (c) => {
      const program = installed(c.req.valid('param').programId);
      const { data, openedAt, until, script } = c.req.valid('json');
      if (until <= openedAt)
        throw problem(
          'INVALID_DATA',
          ['until 应当在 openedAt 之后。', 'until should lie after openedAt.'],
          [],
          [{ path: 'until', message: 'openedAt < until' }],
        );
      requestId(c);
      const hash = deps.programs.hashOf(program.id) ?? '';
      const acts = script?.map((act) =>
        Object.fromEntries(Object.entries(act).filter(([, value]) => value !== undefined)),
      );
      const answer = await simulateProgram(program, hash, {
        data,
        openedAt,
        until,
        calendar: await calendarFor(deps.sql, undefined),
        ...(acts ? { script: acts as never } : {}),
      });
      if (isRefusal(answer)) throw new ApiProblem(answer);
      const language = languageOf(c);
      const names = namesFor(
        program,
        answer.state,
        { posts: new Map(), people: new Map(), units: new Map() },
        language,
      );
      return c.json(
        {
          program: summary(program, language),
          openedAt,
          until,
          agenda: answer.events.map((event) => ({
            at: event.recordedAt,
            kind: event.type,
            text: pick(readable(event, names), language),
            data: plainData(event.data, program),
          })),
          refused: answer.refused.map(({ at, type, code, detail }) => ({
            at,
            type,
            code,
            detail: pick(detail, language),
          })),
          truncated: answer.cut,
        },
        200,
      );
    });
};

const KINDS: Readonly<Record<Field['kind'], Record<string, unknown>>> = {
  text: { type: 'string', minLength: 1 },
  number: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  date: { type: 'string', format: 'date' },
  yesNo: { type: 'boolean' },
  choice: { type: 'string' },
};

/** The form of `data` when a case is opened, as JSON Schema. */
function intakeSchema({ intake, fields }: ProgramDefinition, language: Language): Record<string, unknown> {
  const property = ({ kind, of, name }: Field) => ({
    ...KINDS[kind],
    title: pick(name, language),
    ...(of ? { enum: of } : {}),
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, property(field)])),
    required: [...intake],
    additionalProperties: false,
  };
}
