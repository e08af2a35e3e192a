/** Version of Temporal's command line, and so of the embedded server and its file. */
export const TEMPORAL_CLI_VERSION: string;
/** Version of Temporal's time-skipping test server. */
export const TEST_SERVER_VERSION: string;
/** Path of the pinned Temporal command line; fetched into the cache when it is not there. */
export function temporalCliPath(): Promise<string>;
/** Path of the pinned time-skipping test server; fetched into the cache when it is not there. */
export function testServerPath(): Promise<string>;
/** Folder outside node_modules where fetched programs are kept. */
export function cacheFolder(): string;
