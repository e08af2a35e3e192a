import type { Sql } from '../db/client.ts';
import { ownInstallation } from '../db/queries/installation.ts';
import { keysOf } from '../db/sealed.ts';
import { hashesOf } from './act-body.ts';
import { createCalendars } from './calendars.ts';
import type { DoorDeps } from './deps.ts';
import { createFoundRight } from './found-right.ts';
import { createOrgCache } from './org.ts';
import { createServedUnits } from './served.ts';

/** The door's parts over a database: all but what is given is as it is in operation, and nobody is woken. Reads the installation's id. */
export async function doorParts(
  sql: Sql,
  given: Pick<DoorDeps, 'transactions' | 'engine' | 'programs' | 'log'>,
): Promise<DoorDeps> {
  return {
    ...given,
    calendars: createCalendars(),
    clock: undefined,
    orgs: createOrgCache(),
    installation: await ownInstallation(sql),
    hashes: (body) => hashesOf(keysOf(sql), body),
    served: createServedUnits(),
    foundRight: createFoundRight(),
    step: () => {},
    onCommit: () => {},
    mayFire: () => true,
  };
}
