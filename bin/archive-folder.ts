import { join } from 'node:path';
import type { Config } from './config.ts';

/** Where `linli start` keeps copies of archived histories: the folder of the configuration, or one in the data folder. */
export const archiveFolder = ({ archiveFolder: given, dataDir }: Pick<Config, 'archiveFolder' | 'dataDir'>): string =>
  given ?? join(dataDir, 'archive');
