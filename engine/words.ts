import type { Words } from './event.ts';

/** What an event says by itself, without what was said with its act: for what is kept or given away outside the record. */
export function withoutWords<D extends object>(data: D & Words): Omit<D, keyof Words> {
  const { reason: _, onBehalfOf: __, evidence: ___, digests: ____, ...own } = data;
  return own;
}
