import { deepFreeze } from './freeze.ts';
import { problemsOf } from './problems.ts';
import type { Program } from './program.ts';

/** Thrown once for a program, with everything that is wrong with it. */
export class InvalidProgramError extends Error {
  /** Id of the program as far as it has one. */
  readonly program: string;
  readonly problems: readonly string[];

  constructor(program: string, problems: readonly string[]) {
    super(
      `Program "${program}" cannot be used, ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'InvalidProgramError';
    this.program = program;
    this.problems = problems;
  }
}

/**
 * Declares a program: one JSON literal, in which the compiler already checks every name of a role, field, ladder, stage,
 * item or duty and the form of every budget. What the compiler cannot see is checked here.
 * @returns the literal itself, deep-frozen
 * @throws InvalidProgramError once, with every problem (see {@link problemsOf})
 */
export function defineProgram<
  const R extends string,
  const F extends string,
  const L extends string,
  const K extends string,
  const S extends string,
>(literal: Program<R, F, L, K, S>): Program {
  const problems = problemsOf(literal);
  if (problems.length > 0) throw new InvalidProgramError(literal.id, problems);
  return deepFreeze(literal);
}
