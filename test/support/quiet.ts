import pino from 'pino';
import { installRuntime } from '../../activities/runtime.ts';

/** A log that says nothing. */
export const silentLog = pino({ level: 'silent' });

/** Keeps Temporal's own log out of the tests' output; before the first connection. */
export function quietRuntime(): void {
  installRuntime(silentLog);
}
