import type { Sight } from '../../db/walled.ts';
import { type Caller, may } from './caller.ts';

/**
 * What the database shows a caller: the unit of his login where that reads or looks after what lies in it; beside that what his posts
 * and his name bring, which the database finds itself. Coarser than the rules of api/reading.ts, which come first.
 */
export function sightOf(caller: Caller): Sight {
  const overUnit = may(caller, 'cases') || may(caller, 'organisation') || may(caller, 'leftOver');
  const people = may(caller, 'organisation') || may(caller, 'signIns');
  return { person: caller.person, unit: overUnit ? caller.unit : undefined, people };
}
