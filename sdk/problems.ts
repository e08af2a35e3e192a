import { dutyProblems } from './problems/duties.ts';
import { moneyProblems } from './problems/money.ts';
import { nameProblems } from './problems/names.ts';
import { publicProblems } from './problems/public.ts';
import { purposeProblems } from './problems/purposes.ts';
import { reachProblems } from './problems/reach.ts';
import { registerProblems } from './problems/registers.ts';
import { timeProblems } from './problems/times.ts';
import { wordProblems } from './problems/words.ts';
import type { Program } from './program.ts';
import { shapeProblems } from './program-shape.ts';

/**
 * Everything that is wrong with a program, one line each with the place first (`stages.speak.speaks: …`); empty when it can
 * be used. Pure, and safe on anything: what does not even have the form of a program is told first and alone.
 */
export function problemsOf(program: unknown): string[] {
  const shape = shapeProblems(program);
  if (shape.length > 0) return shape;
  const formed = program as Program;
  const checks = [
    wordProblems,
    nameProblems,
    purposeProblems,
    publicProblems,
    timeProblems,
    dutyProblems,
    moneyProblems,
    registerProblems,
    reachProblems,
  ];
  return checks.flatMap((check) => check(formed));
}
