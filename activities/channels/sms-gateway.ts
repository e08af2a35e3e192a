import { readFileSync } from 'node:fs';
import { z } from 'zod';

const shape = z.strictObject({
  url: z.string().min(1).max(2_000),
  method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
  headers: z.record(z.string().regex(/^[\w-]{1,80}$/), z.string().max(2_000)).default({}),
  body: z.string().max(20_000).optional(),
  encoding: z.enum(['json', 'form', 'text']).default('json'),
  success: z.strictObject({ path: z.string().min(1).max(200), values: z.array(z.string().max(100)).min(1) }).optional(),
  refused: z.array(z.string().max(100)).default([]),
  reference: z.string().min(1).max(200).optional(),
  mostCharacters: z.number().int().min(20).max(1_000).default(300),
});

/**
 * An HTTP gateway for text messages. `url`, `headers` and `body` are templates with `{phone}`, `{text}`, `{id}` (the same
 * however often a message is tried) and `{link}`. Without `success` any 2xx means that the message was taken; with it the
 * value at a path of the JSON answer (`code`, `data.0.status`) must be one of its values. `refused`: values of it after
 * which trying again is no use.
 */
export type SmsGateway = z.infer<typeof shape>;

/** Raised for a gateway's file that cannot be used; the message says what is wrong and never holds its contents. */
export class SmsGatewayError extends Error {}

/** Reads a gateway from a JSON file. Throws {@link SmsGatewayError}. */
export function readSmsGateway(file: string): SmsGateway {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new SmsGatewayError(`LINLI_SMS_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  return parseSmsGateway(text);
}

/** Reads a gateway from JSON. Throws {@link SmsGatewayError}. */
export function parseSmsGateway(text: string): SmsGateway {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SmsGatewayError('LINLI_SMS_FILE is not JSON');
  }
  const { data, error } = shape.safeParse(json);
  if (error)
    throw new SmsGatewayError(
      `LINLI_SMS_FILE: ${error.issues.map(({ path, message }) => `${path.join('.') || 'all of it'}: ${message}`).join('; ')}`,
    );
  if (!/\{phone\}/.test(`${data.url}${data.body ?? ''}`) || !/\{text\}/.test(`${data.url}${data.body ?? ''}`))
    throw new SmsGatewayError('LINLI_SMS_FILE: url or body must hold {phone} and {text}');
  return data;
}

const encoders = {
  url: encodeURIComponent,
  form: encodeURIComponent,
  json: (value: string) => JSON.stringify(value).slice(1, -1),
  text: (value: string) => value,
  header: (value: string) => encodeURIComponent(value),
} as const;

/** A template with its values, each encoded for the place it stands in, so that no text can become part of the request's form. */
export function fill(template: string, values: Readonly<Record<string, string>>, place: keyof typeof encoders): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : encoders[place](value);
  });
}

/** The text or number at a path of an answer (`data.0.code`); undefined when there is none. */
export function valueAt(answer: unknown, path: string): string | undefined {
  let at = answer;
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return ['string', 'number', 'boolean'].includes(typeof at) ? String(at) : undefined;
}
