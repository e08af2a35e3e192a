import { unitsBelow } from '../../db/queries/audit-events.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';

/**
 * The units an auditor looks at: that of his login with all below, or one of them with those below it. Throws the problem
 * 403 for everybody else, and 404 for a unit outside.
 */
export async function auditedUnits(
  { sql }: Pick<AppDeps, 'sql'>,
  caller: Caller,
  unit: string | undefined,
): Promise<readonly [string, ...string[]]> {
  onlyAuditors(caller);
  const [first, ...more] = await unitsBelow(sql, caller.unit, unit);
  if (first === undefined) throw notFound();
  return [first, ...more];
}

/** Throws the problem 403 for whoever has no auditor's login. */
export function onlyAuditors(caller: Caller): void {
  if (may(caller, 'audit')) return;
  throw problem('FORBIDDEN', ['这里只供审计员使用。', 'This is for auditors.'], [['请审计员办理', 'Ask an auditor']]);
}
