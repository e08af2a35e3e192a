import { readFileSync } from 'node:fs';

// Which fields of a request take words of people, by the published schemas: a field that is added there is found here.

/** A JSON schema, as far as it is looked at. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly maxLength?: number;
  readonly minimum?: number;
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** A schema with its reference followed. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const steps = schema.$ref.slice(2).split('/');
  return resolved(steps.reduce((at, step) => (at as Record<string, unknown>)[step], document as unknown) as Schema);
}

const alternatives = ({ anyOf = [], oneOf = [], allOf = [] }: Schema) => [...anyOf, ...oneOf, ...allOf].map(resolved);

/** The templates of paths that take JSON, with the schema of what they take, by `METHOD path`. */
export const operations: ReadonlyMap<string, Schema> = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      return schema ? [[`${method.toUpperCase()} ${path}`, resolved(schema)] as const] : [];
    }),
  ),
);

/** The schema of each act, by its type. */
export const acts: ReadonlyMap<string, Schema> = new Map(
  alternatives(operations.get('POST /api/v1/cases/{caseId}/acts')!).map((schema) => [
    String(schema.properties?.['type']?.const),
    schema,
  ]),
);

/** Of a field without words, what it takes: asked in this order, by the end of its name. */
const noWords: readonly (readonly [field: RegExp, why: string])[] = [
  [/(^|\.)(birthDate|occurredAt|openedAt|heldOn|from|until|date|day|at)$/, 'a date'],
  [/(^|\.)(sourceDoc|receipt|reference)$/, 'the number of a paper, by which two books are compared'],
  [
    /^(?!gift).*\.item$|(^|\.)(stage|key|book|purposes\[\]|program|unit|account|kind|class|helper\.person)$/,
    'a name of the program’s or of the organisation’s',
  ],
  [
    /^(document\.attach|.*)\.?(evidence\[\]|caseId|document|message|sample|payout|advance|target|onBehalfOf|corrects)$/,
    'an id',
  ],
  [/(^|\.)(cash\[\]|ledger\[\]|entries\[\]|lines\[\]|evidence\[\]|answers)$/, 'an id'],
  [
    /^(case\.(offerTransfer|acceptTransfer|refer)|plan\.deliberate|open) .*assignments\.\*$/,
    'an id of a post or a person',
  ],
  [/\.(within|budget)$|deadlines\.\*$/, 'a span of time'],
  [/^(task\.assign|stage\.stepBack) data\.to$/, 'an id'],
  [/^(plan\.revise|task\.add) .*\.by$/, 'a role or a person'],
  [/^decision\.record data\.body$/, 'a body of the program'],
  [/^(accountability\.decide|case\.close) data\.outcome$/, 'an outcome of the program’s'],
  [/^(complaint\.make|emergency\.report) data\.about/, 'a role or a party of the case'],
  [
    /^party\.(add|change) data\.(role|party|party\.(person|post|guardian\.basis))$/,
    'a role, an id, or a ground by its name',
  ],
  [/lines\[\]\.party$|^(payout\.request|advance\.record) .*\.?party$/, 'a party of the case'],
  [/^case\.import .*(role|stage)$|^history\.correct .*\.role$/, 'a role or a stage of the program'],
  [/^case\.refer data\.share\./, 'names of fields and roles'],
  [/^access\.approve data\.person$/, 'a person of the organisation'],
  [/^deadline\.(pause|resume) data\.kind$/, 'a kind of pause'],
  [/^cash\.count data\.witness$|^book\.handOver data\.witness$/, 'a person of the organisation'],
  [/^POST .*\/imports\/\{importId\}\/check mapping\.\*$/, 'what a column means: a name of the program’s'],
  [
    /^PATCH .*settings|^POST \/api\/v1\/channels settings/,
    'settings of a kind of channel; planted by a request of their own',
  ],
];

/** Why a field takes no words; undefined where it takes some. `what`: the type of act, or `METHOD path`. */
export const withoutWords = (what: string, field: string): string | undefined =>
  noWords.find(([pattern]) => pattern.test(`${what} ${field}`))?.[1];

/** Fields by which two requests are compared: the same words there get the same canary. */
export const comparedWords = /lines\[\]\.payer$/;

/** What every text keeps to that can be kept at all. */
const ANY_TEXT = '^[^\\u0000]*$';

const isText = (schema: Schema): boolean =>
  [schema.type].flat().includes('string') &&
  schema.const === undefined &&
  schema.enum === undefined &&
  [undefined, ANY_TEXT].includes(schema.pattern) &&
  schema.format === undefined &&
  (schema.maxLength ?? 1_000) >= 40;

/** Every field of a schema that takes text of any kind: `data.lines[].text`. */
export function textFields(schema: Schema, at = ''): string[] {
  const own = isText(schema) && at !== '' ? [at] : [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
    textFields(resolved(each), at === '' ? name : `${at}.${name}`),
  );
  const items = schema.items ? textFields(resolved(schema.items), `${at}[]`) : [];
  const named =
    typeof schema.additionalProperties === 'object' ? textFields(resolved(schema.additionalProperties), `${at}.*`) : [];
  return [
    ...new Set([...own, ...below, ...items, ...named, ...alternatives(schema).flatMap((each) => textFields(each, at))]),
  ];
}

/** Puts something into every text of a value, as `put` says for the field it is in; what is no text of the schema's stays. */
export function mapTexts(
  fields: ReadonlySet<string>,
  value: unknown,
  put: (text: string, field: string) => string,
  at = '',
): unknown {
  if (typeof value === 'string') return fields.has(at) ? put(value, at) : value;
  if (Array.isArray(value)) return value.map((each) => mapTexts(fields, each, put, `${at}[]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const own = at === '' ? name : `${at}.${name}`;
      const known = [...fields].some(
        (field) => field === own || field.startsWith(`${own}.`) || field.startsWith(`${own}[`),
      );
      return [name, mapTexts(fields, each, put, known ? own : `${at}.*`)];
    }),
  );
}

/** The fields directly in an act's data that take words and may be left out. */
export const optionalWords = (type: string): string[] => {
  const schema = acts.get(type);
  if (!schema) return [];
  return textFields(schema).filter((field) => /^data\.[a-zA-Z]+$|^reason$/.test(field) && !withoutWords(type, field));
};
