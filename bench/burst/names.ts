/** The queue's only kind of job: it commits one row. */
export const COMMIT_ROW = 'commitRow';
/** Jobs at a time. */
export const QUEUE_CONCURRENCY = 10;

/** What the queue's process is told on its standard input. */
export interface QueueSetup {
  readonly databaseUrl: string;
}
