import type { Sql } from '../db/client.ts';
import { type UnitRow, unitInReach } from '../db/queries/organisation.ts';
import type { WorkingHours } from '../door/organisation.ts';
import { change } from './appointments.ts';
import { may } from './auth/caller.ts';
import { notFound, problem } from './errors.ts';
import type { Asking } from './once.ts';

/** Sets the working hours of a unit in the administrator's reach. Throws the problems 403, 404, 422. */
export async function setHours(
  sql: Sql,
  { caller, request }: Asking,
  id: string,
  hours: WorkingHours | null,
): Promise<UnitRow> {
  const found = await unitInReach(sql, id, caller.unit);
  if (!found) throw notFound();
  if (!may(caller, 'organisation') || !found.within)
    throw problem(
      'FORBIDDEN',
      ['只有该单位的管理员可以设定工作时间。', 'Only an administrator of that unit sets its working hours.'],
      [['请管理员办理', 'Ask an administrator']],
    );
  if (hours && hours.from >= hours.to)
    throw problem(
      'INVALID_DATA',
      ['下班时间应晚于上班时间。', 'Working hours end after they begin.'],
      [],
      [{ path: 'hours.to', message: 'not after from' }],
    );
  return change(sql, { caller, request }, async (organisation) => {
    await organisation.setHours(id, hours ?? undefined);
    return { ...found.unit, hoursFrom: hours?.from ?? null, hoursTo: hours?.to ?? null };
  });
}
