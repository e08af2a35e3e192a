import type { TransferRow } from '../../db/queries/transfers.ts';
import type { Program } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import type { TransferView } from '../schemas/transfers.ts';

/** A request as the API answers it. Whoever is only asked sees no more of it than he needs to answer. */
export function transferView(
  row: TransferRow,
  {
    program,
    unit,
    language,
    now,
    mayAnswer,
  }: {
    /** The program named in the row: of the case, or of the one to be opened. */
    readonly program: Program | undefined;
    readonly unit: (id: string) => string;
    readonly language: Language;
    readonly now: string;
    readonly mayAnswer: boolean;
  },
): TransferView {
  const {
    programId,
    programHash: _,
    offeredBy: __,
    childCase,
    openMatters,
    deadlines,
    stage,
    assignments,
    ...rest
  } = row;
  const stageName = program?.stages.find((each) => each.stage === stage)?.name;
  return {
    ...rest,
    program: { id: programId, name: program ? pick(program.name, language) : programId },
    stage,
    stageName: stageName ? pick(stageName, language) : stage,
    fromName: unit(row.from),
    toName: unit(row.to),
    overdue: row.state === 'offered' && row.dueAt <= now,
    linkedCase: childCase,
    openMatters,
    assignments: assignments && { ...assignments },
    deadlines: (deadlines ?? []).map(({ of, nameZh, nameEn, dueAt }) => ({
      of,
      name: nameZh === null ? null : pick([nameZh, nameEn ?? nameZh], language),
      dueAt,
      overdue: dueAt <= now,
    })),
    mayAnswer: row.state === 'offered' && row.kind !== 'escalation' && mayAnswer,
  };
}
