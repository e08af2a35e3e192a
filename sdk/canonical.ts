import canonicalize from 'canonicalize';

/** The package is CommonJS and its function is the module; its types say otherwise. */
const serialize = canonicalize as unknown as (value: unknown) => string | undefined;

/**
 * The one text of a JSON value (RFC 8785): members sorted, no spaces, numbers as ECMAScript writes them.
 * @throws TypeError for what is no JSON value: undefined, a function, NaN, an infinity
 */
export function canonicalJson(value: unknown): string {
  const text = serialize(value);
  if (text === undefined) throw new TypeError(`Only JSON has canonical text, and this is ${typeof value}.`);
  return text;
}
