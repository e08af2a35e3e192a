import { writeFileSync } from 'node:fs';
import pino from 'pino';
import { loadPrograms } from '../plugins/index.ts';
import { createApp, documentOf } from './app.ts';
import type { AppOptions } from './deps.ts';

/** Where the document is committed, for review: a change of the contract is a change of this file. */
export const openApiFile = new URL('../docs/openapi.json', import.meta.url);

/** The OpenAPI document as the file holds it. No route is called to make it, so nothing behind the routes is needed. */
export async function openApiText(): Promise<string> {
  const nothing = new Proxy(() => {}, {
    get: () => {
      throw new Error('making the document asks nothing of the database');
    },
  });
  const deps: AppOptions = {
    sql: nothing as never,
    door: nothing as never,
    programs: await loadPrograms(),
    log: pino({ level: 'silent' }),
    verifyCase: () => Promise.reject(new Error('not here')),
  };
  return `${JSON.stringify(documentOf(createApp(deps)), undefined, 2)}\n`;
}

if (process.argv[1] && openApiFile.pathname && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  writeFileSync(openApiFile, await openApiText());
}
