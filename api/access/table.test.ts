import pino from 'pino';
import { expect, test } from 'vitest';
import type { Db, Sql } from '../../db/client.ts';
import type { Door } from '../../door/door.ts';
import { loadPrograms } from '../../plugins/index.ts';
import { createApp } from '../app.ts';
import { accessOf, accessTable } from './table.ts';

const sql = (() => Promise.resolve([])) as unknown as Sql;
const app = createApp({
  sql,
  door: {} as Door,
  programs: await loadPrograms(),
  log: pino({ level: 'silent' }),
  signIn: { db: {} as Db, secret: 'none' },
  verifyCase: async () => ({ holds: true, events: 0, findings: [] }),
});
const routes = [
  ...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
];

test('every route of the application says what it shows of people, or why nothing is noted', () => {
  expect(routes.length).toBeGreaterThan(130);
  const open = routes.filter((route) => {
    const access = accessOf(route);
    return 'none' in access ? access.none.length < 5 : access.kind === 'other';
  });
  expect(open).toEqual([]);
});

test('the table names no route that is not there', () => {
  expect([...accessTable.keys()].filter((route) => !routes.includes(route))).toEqual([]);
});

test('whatever is read below a case is noted', () => {
  const below = routes.filter((route) => /^GET .*\/cases\/:caseId/.test(route));
  expect(below.length).toBeGreaterThan(20);
  expect(below.filter((route) => 'none' in accessOf(route))).toEqual([]);
});

test('a route that nobody has thought of counts as showing something', () => {
  expect(accessOf('GET /api/v1/somewhere')).toEqual({ kind: 'other' });
});
