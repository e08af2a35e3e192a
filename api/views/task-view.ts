import type { TaskRow } from '../../db/queries/work.ts';
import { type Language, pick } from '../language.ts';
import type { TaskView } from '../schemas/views.ts';

/** An entry of the work list as the API answers it. */
export function taskView(row: TaskRow, language: Language, now: string): TaskView {
  return {
    id: row.itemId,
    case: { id: row.caseId, caseNo: row.caseNo, program: row.programId, unit: row.unit },
    key: row.key,
    kind: row.kind,
    name: pick([row.nameZh, row.nameEn], language),
    stage: row.stage,
    required: row.required,
    by: row.by,
    responsible: { post: row.byPost, person: row.byPerson },
    answeringPost: row.answeringPost,
    plannedDate: row.plannedDate,
    openedAt: row.openedAt,
    dueAt: row.dueAt,
    provisional: row.provisional,
    overdue: row.dueAt !== null && row.dueAt <= now,
    missed: row.missedAt !== null,
  };
}
