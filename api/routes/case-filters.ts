import type { CaseFilters } from '../../db/queries/cases.ts';
import { problem } from '../errors.ts';
import { STATUSES } from '../schemas/case.ts';

/** The filters of a list from its query. Throws the problem of a status that does not exist. */
export function filtersOf(query: {
  readonly program?: string | undefined;
  readonly unit?: string | undefined;
  readonly status?: string | undefined;
  readonly responsible?: string | undefined;
  readonly overdue?: boolean | undefined;
  readonly dueBefore?: string | undefined;
  readonly q?: string | undefined;
  readonly party?: string | undefined;
  readonly partOf?: string | undefined;
}): CaseFilters {
  const { program, unit, status, responsible, overdue, dueBefore, q, party, partOf } = query;
  const statuses = status?.split(',');
  if (statuses?.some((one) => !STATUSES.some((status) => status === one)))
    throw problem(
      'INVALID_DATA',
      ['没有这种状态。', 'There is no such status.'],
      [],
      [{ path: 'status', message: STATUSES.join(', ') }],
    );
  return { program, unit, statuses, responsible, overdue, dueBefore, q, party, partOf };
}
