import type { Python } from '../oracle/oracle.ts';
import type { Ground } from './ground.ts';
import { type Found, type Phase, tryOut } from './tool.ts';

/** Those in whose name requests are sent, in this order: administrators, whose changes may end what others may do, at the end. */
export const ROLES = [
  ...['caseworker', 'cadre', 'director', 'cashHolder', 'accountant', 'auditor', 'subDistrictHead'],
  ...['districtHead', 'securityAdmin', 'admin'],
];

/** What is tried in a round, in whose name. */
export interface Plan {
  readonly role: string;
  readonly seed: number;
  readonly phases: readonly Phase[];
  /** Cases of an operation in each phase that draws them. */
  readonly examples: number;
}

/** A round, and what the server says of it. */
export interface Round extends Plan, Found {
  readonly tookMs: number;
  /** Requests it answered, by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Has the tool try every operation in the name of a role. What it counts is compared with what the server says that it answered. */
export async function tryAs(ground: Ground, python: Python, plan: Plan): Promise<Round> {
  const begun = performance.now();
  const before = await ground.answered();
  const { url } = ground;
  const found = await tryOut(python, { ...plan, url, apiKey: ground.keyOf(plan.role), known: await ground.known() });
  const after = await ground.answered();
  const statuses = Object.fromEntries(
    Object.entries(after).flatMap(([status, times]) => {
      const more = times - (before[status] ?? 0);
      return more > 0 ? [[status, more]] : [];
    }),
  );
  const answered = Object.values(statuses).reduce((sum, times) => sum + times, 0);
  if (answered < found.cases)
    throw new Error(`Schemathesis counts ${found.cases} cases, and the server has answered ${answered}`);
  const faults = statuses['500'] ? [`answered ${statuses['500']} times with 500`] : [];
  const tookMs = Math.round(performance.now() - begun);
  return { ...plan, ...found, failures: [...found.failures, ...faults], tookMs, statuses };
}
