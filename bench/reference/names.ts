/** Task queue of the reference worker, on the same Temporal server as Linli. */
export const REFERENCE_QUEUE = 'bench-reference';
/** Workflow type of the bare reference. */
export const REFERENCE_WORKFLOW = 'entityWorkflow';
/** Workflow type of a bare timer with one activity. */
export const ALARM_WORKFLOW = 'alarmWorkflow';
/** The update that adds one in memory. */
export const BUMP = 'bump';
/** The update whose activity commits one row. */
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
