import type { Program, Text } from './program.ts';

/**
 * What a clock may be paused for in a program that names no kinds of its own. The first four are those of the statutes
 * in engine/statutes/: time of public notice, appraisal by residents, a hearing, and waiting for papers does not count.
 */
export const PAUSES: Readonly<Record<string, Text>> = {
  notice: ['公示', 'public notice'],
  appraisal: ['群众评议', 'appraisal by residents'],
  hearing: ['听证', 'hearing'],
  papers: ['补正材料', 'papers to be completed'],
  expert: ['检测鉴定', 'measurement or expert opinion'],
  illness: ['当事人患病', 'illness'],
  forceMajeure: ['不可抗力', 'force majeure'],
};

/** The kind of pause a suspension of the case puts on its clocks; no act and no program uses it. */
export const SUSPENSION = 'suspension';

/** The kinds of pause of a program, with their names. */
export function pausesOf({ pauses }: Pick<Program, 'pauses'>): Readonly<Record<string, Text>> {
  return pauses ?? PAUSES;
}
