import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../db/client.ts';
import { seedDemo } from '../../door/demo.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { loadCalendarFile } from '../calendar/load.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = makeTestFolder('calendars');
  const sql = connect(database.url, { max: 1 });
  await seedDemo(sql);
  await sql.end();
});
afterAll(async () => {
  removeTestFolder(folder);
  await database.close();
});

const load = (content: unknown, options = {}) => {
  const file = join(folder, 'year.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const context = { withDatabase: <T>(act: (url: string) => Promise<T>) => act(database.url) };
  return loadCalendarFile(context, file, options);
};
const year = { year: 2027, source: [], days: [{ date: '2027-01-01', name: '元旦', off: true }] };

test('a file is loaded once, in either form', async () => {
  expect(await load(year, { reason: '收到通知' })).toMatchObject({
    loaded: true,
    changed: true,
    year: 2027,
    revision: 1,
  });
  expect(await load(year)).toMatchObject({ loaded: true, changed: false, revision: 1 });
  const days = [{ date: '2027-01-01', name: '元旦', isOffDay: true }];
  const theirs = { year: 2027, papers: ['https://www.gov.cn/zhengce/1.htm'], days };
  expect(await load(theirs)).toMatchObject({ loaded: true, changed: true, revision: 2 });
});

test('an area has its own', async () => {
  expect(await load(year, { area: 'community-1' })).toMatchObject({ loaded: true, area: 'community-1', revision: 1 });
  expect((await load(year, { area: 'nowhere' })).problems).toMatchObject([{ path: '--area' }]);
});

test('what is wrong with a file is told', async () => {
  const outside = { ...year, days: [...year.days, { date: '2028-01-01', name: '元旦', off: true }] };
  expect(await load(outside)).toMatchObject({ loaded: false, revision: null, problems: [{ path: 'days[1].date' }] });
  expect((await load('{')).problems.length).toBe(1);
  expect((await load({ year: 2027 })).problems[0]?.message[1]).toContain('should be');
});
