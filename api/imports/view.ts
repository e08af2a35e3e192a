import type { ImportRow } from '../../db/queries/imports.ts';
import type { CountedImport } from './lists.ts';

/** A list as it is answered, without rows. */
export function importView({
  person: _,
  key: __,
  bodyHash: ___,
  duplicates: ____,
  forgottenAt,
  stopped,
  waiting,
  waitingSince: since,
  nextTry,
  ...list
}: CountedImport) {
  return {
    ...list,
    columns: [...list.columns],
    mapping: { ...list.mapping },
    stopped: stopped && { zh: stopped[0], en: stopped[1] },
    waiting: waiting && since !== null ? { since, nextTryAt: nextTry ?? since, zh: waiting[0], en: waiting[1] } : null,
    forgotten: forgottenAt !== null,
  };
}

/** A row as it is answered: what it holds stays out. */
export function rowView({ sheet, row, state, problems, caseId }: ImportRow) {
  return { sheet, row, state, problems: [...(problems ?? [])], caseId };
}
