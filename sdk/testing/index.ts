/** For whoever writes a program: the suite every program passes, and what it is made of. */
export { type Clause, contract, contractProblems, type ProgramParts } from './contract.ts';
export { simulationOf } from './scripts.ts';
export { type Walk, walk } from './walk.ts';
