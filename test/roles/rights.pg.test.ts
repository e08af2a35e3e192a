import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../db/client.ts';
import { freshDatabase } from '../support/postgres.ts';
import { rightsTable } from './rights.ts';

test('every role has the rights that rights.csv gives it, and no other', async () => {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 1 });
  const found = await rightsTable(sql);
  await sql.end();
  await database.close();
  expect(found).toEqual(readFileSync(join(import.meta.dirname, 'rights.csv'), 'utf8'));
});
