import { z } from '@hono/zod-openapi';
import { actKinds } from '../engine/acts/index.ts';

type Json = Record<string, unknown>;

const DESCRIPTION = `Durable workflows for neighbourhood assistance. Every change of a case is an *act*; every answer to one was
committed before it was given. Send an \`Idempotency-Key\` with each POST and repeat it safely. Errors are problem+json
(RFC 9457) with a \`code\` of the catalogue at /docs/errors.`;

/** The head of the OpenAPI document. */
export const openApiConfig = {
  openapi: '3.1.0',
  info: {
    title: 'Linli 邻里',
    version: '1',
    description: DESCRIPTION,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ apiKey: [] }, { session: [] }],
  tags: [
    'programs',
    'cases',
    'acts',
    'documents',
    'books',
    'work',
    'organisation',
    'calendars',
    'audit',
    'retention',
    'operation',
  ].map((name) => ({ name })),
};

/** How callers sign in, for the document. */
export const securitySchemes = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'linli_session',
    description: 'The page’s session; changes need X-CSRF-Token',
  },
} as const;

/** What whoever asks too often is answered, everywhere. */
const TOO_OFTEN = {
  description: 'Too often: see Retry-After',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/**
 * Completes the document made from the routes: the envelope of acts becomes one form per type of act, each with the
 * schema its data is checked by; operations without sign-in say so; keys are sorted, so that a change reads as a change.
 */
export function completeDocument(document: object): Json {
  const whole = structuredClone(document) as Json & {
    components: { schemas: Json };
    paths: Record<string, Record<string, Json>>;
  };
  whole.components.schemas = {
    ...whole.components.schemas,
    ...actSchemas(whole.components.schemas['ActRequest'] as Json),
  };
  for (const [path, operations] of Object.entries(whole.paths)) {
    if (path.startsWith('/api/'))
      for (const operation of Object.values(operations))
        operation['responses'] = { '429': TOO_OFTEN, ...(operation['responses'] as Json) };
    if (!path.startsWith('/api/') || path.startsWith('/api/v1/public/'))
      for (const operation of Object.values(operations)) operation['security'] = [];
  }
  return sorted(whole) as Json;
}

function actSchemas(envelope: Json): Json {
  const types = Object.entries(actKinds).filter(([, { internal }]) => !internal);
  const properties = envelope['properties'] as Json;
  const forms = types.map(([type, { data, reasonNeeded }]) => {
    const { $schema: _, ...schema } = z.toJSONSchema(data, {
      target: 'draft-2020-12',
      io: 'input',
      unrepresentable: 'any',
    }) as Json;
    const needsData = Array.isArray(schema['required']) && schema['required'].length > 0;
    const required = ['type', ...(reasonNeeded ? ['reason'] : []), ...(needsData ? ['data'] : [])];
    return [
      nameOf(type),
      { ...envelope, title: type, required, properties: { ...properties, type: { const: type }, data: schema } },
    ] as const;
  });
  const mapping = Object.fromEntries(types.map(([type]) => [type, `#/components/schemas/${nameOf(type)}`]));
  return {
    ...Object.fromEntries(forms),
    ActRequest: {
      oneOf: Object.values(mapping).map(($ref) => ({ $ref })),
      discriminator: { propertyName: 'type', mapping },
    },
  };
}

/** `task.complete` → `ActTaskComplete`. */
function nameOf(type: string): string {
  return `Act${type.replace(/(?:^|\.)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const { allOf, ...rest } = value as { readonly allOf?: readonly Json[] };
  if (allOf?.some(mayBeNull)) {
    const anyOf = [...allOf.filter((each) => !mayBeNull(each)), { type: 'null' }];
    return sorted({ ...rest, anyOf });
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** What the generator adds to a reference that may be null: it says that null is right, and the reference that it is not. */
const mayBeNull = ({ type }: Json): boolean => Array.isArray(type) && type.includes('null');
