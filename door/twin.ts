import { casesAbout } from '../db/queries/imports.ts';
import type { Tx } from '../db/transactions.ts';
import type { PersonAbout } from '../engine/person-about.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import type { OpenCaseRequest } from './outcome.ts';

/**
 * The refusal of an opening about a person of whom the unit has a case of that program already. From here to the end of the
 * transaction no other opening that asks the same is decided in that unit for that program: of two at one instant the second
 * sees the first.
 */
export async function twinProblem(
  tx: Tx,
  { program, unit }: Pick<OpenCaseRequest, 'program' | 'unit'>,
  person: PersonAbout,
): Promise<Refusal | undefined> {
  const place = JSON.stringify(['import', program, unit]);
  // waited for: what is asked together with it could be sent before it
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${place}, 0))`;
  const found = await casesAbout(tx, program, [{ key: '', unit, ...person }]);
  const twin = found.get('');
  if (!twin) return undefined;
  const { caseNo } = twin;
  return refuse(
    'DUPLICATE',
    [
      `检查之后，本单位已有同名同生日的人的个案${caseNo === null ? '' : `：${caseNo}`}`,
      `since the check the unit has come to have a case about a person of this name and date of birth${caseNo === null ? '' : `: ${caseNo}`}`,
    ],
    [['确实是另一个人的，选择也导入疑似重复的', 'Where it is somebody else, open duplicates too']],
  );
}
