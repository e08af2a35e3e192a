import postgres from 'postgres';
import { expect, test } from 'vitest';
import { freshDatabase } from './postgres.ts';

test('two fresh databases know nothing of each other, and sort as every machine does', async () => {
  const databases = [await freshDatabase(), await freshDatabase()];
  const [one, two] = databases.map(({ url }) => postgres(url, { max: 1 }));
  try {
    await one!`CREATE TABLE only_here (id int)`;
    const found = await two!`SELECT to_regclass('only_here') AS table`;
    expect(found[0]?.['table']).toBeNull();
    const [locale] = await two!`SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()`;
    expect(locale).toEqual({ datlocprovider: 'b', datlocale: 'C.UTF-8' });
  } finally {
    await Promise.all([one!.end(), two!.end()]);
    await Promise.all(databases.map((database) => database.close()));
  }
});
