import { inject } from 'vitest';
import { cloneDatabase, type TestDatabase } from './clone.ts';

export type { TestDatabase } from './clone.ts';

/** Clones the migrated template into a new database; for tests of the projects `integration` and `temporal`. */
export function freshDatabase(): Promise<TestDatabase> {
  return cloneDatabase(inject('postgresUrl'), inject('templateDatabase'));
}
