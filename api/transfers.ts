import { namesOf } from '../db/queries/names.ts';
import { type AfterTransfer, listTransfers, type TransferFilters, type TransferRow } from '../db/queries/transfers.ts';
import type { Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { type Language, pick } from './language.ts';
import { nowOf, pinnedProgram, readerOf } from './reading.ts';
import type { TransferView } from './schemas/transfers.ts';
import { mayAnswerOf } from './transfer-sight.ts';
import { transferView } from './views/transfer-view.ts';

/** A page of requests between units as the caller may see them, newest first; one row more than asked tells of a next page. */
export async function transfersFor(
  deps: AppDeps,
  caller: Caller,
  filters: TransferFilters,
  { limit, after, language }: { limit: number; after?: AfterTransfer | undefined; language: Language },
): Promise<{ readonly row: TransferRow; readonly view: TransferView }[]> {
  const [rows, mayAnswer] = await Promise.all([
    listTransfers(deps.sql, readerOf(caller), filters, { limit, after }),
    mayAnswerOf(deps, caller),
  ]);
  const names = await namesOf(deps.sql, new Set(rows.flatMap(({ from, to }) => [from, to])));
  const unit = (id: string) => pick(names.units.get(id) ?? [id, id], language);
  caller.reads?.cases(rows.slice(0, limit).map(({ caseId }) => caseId));
  const now = nowOf(deps);
  return Promise.all(
    rows.map(async (row) => {
      const program =
        row.kind === 'referral' ? deps.programs.byId(row.programId) : await pinnedProgram(deps, row.programHash);
      return { row, view: transferView(row, { program, unit, language, now, mayAnswer: mayAnswer(row) }) };
    }),
  );
}
