/** Task queue of the reference worker, on the same Temporal server as Linli. */
export const REFERENCE_QUEUE = 'bench-reference';
export const REFERENCE_WORKFLOW = 'entityWorkflow';
export const ALARM_WORKFLOW = 'alarmWorkflow';
export const BUMP = 'bump';
export const STORE = 'store';

/** Database of the reference, in the same PostgreSQL as Linli's. */
export const REFERENCE_DATABASE = 'bench_reference';

/** What the reference worker is told on its standard input. */
export interface ReferenceSetup {
  readonly address: string;
  readonly namespace: string;
  readonly databaseUrl: string;
}

/** The activities of the reference workflow. */
export interface ReferenceActivities {
  /** Commits one row with this text. */
  commitRow(text: string): Promise<void>;
}
