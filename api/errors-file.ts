import { writeFileSync } from 'node:fs';
import { catalogue } from '../engine/refusal.ts';
import { statusOfKind } from './errors.ts';

/** Where the page of errors is committed. It is written by `npm run errors` and never by hand. */
export const errorsFile = new URL('../docs/errors.md', import.meta.url);

const head = `# Errors

Every answer that is not a success is an RFC 9457 problem (\`application/problem+json\`) with \`type\`, \`title\`, \`status\`,
\`detail\`, \`code\`; for bad data with \`errors\` (path, message), for a refused act with \`waysOut\`: what can be done instead.
\`title\`, \`detail\`, \`errors\` and \`waysOut\` are in the caller's language (\`Accept-Language\` or \`?lang=\`), \`code\` never changes.

An act is refused whole: it changes nothing, and harms no other act sent with it. Whether the Idempotency-Key is used up:
**kept** – the same key gives the same answer for good; **free** – mend the request and send it again with the same key.

This page is made from the catalogue in \`engine/refusal.ts\` by \`npm run errors\`.

`;

/** The page as the file holds it: all codes by their HTTP status. */
export function errorsText(): string {
  const rows = Object.entries(catalogue)
    .map(([code, { kind, title }]) => ({ code, status: statusOfKind[kind], kept: kind === 'conflict', title }))
    .sort((a, b) => a.status - b.status);
  const lines = rows.map(
    ({ code, status, kept, title }) =>
      `| ${status} | \`${code}\` | ${title[1]} | ${title[0]} | ${kept ? 'kept' : 'free'} |`,
  );
  return `${head}| status | code | title | 标题 | key |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}

if (process.argv[1] && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  writeFileSync(errorsFile, errorsText());
}
