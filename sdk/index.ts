/** What a program's author needs: words, types and checks. Linli's own parts import the single files instead. */
export type { Budget, Every, Offset } from './budget.ts';
export type { Change } from './changes.ts';
export { defineProgram, InvalidProgramError } from './define-program.ts';
export type { At, LunarDay, Period, Quota, Recurrence, SolarDay, Window } from './duty.ts';
export { PAUSES } from './pauses.ts';
export { problemsOf } from './problems.ts';
export type {
  Book,
  Channel,
  DisclosureItem,
  Duty,
  Electorate,
  Extension,
  Field,
  Item,
  Life,
  Need,
  Program,
  Proof,
  Role,
  Rung,
  Share,
  Stage,
  Tell,
  Text,
  VoteItem,
} from './program.ts';
export { programHash } from './program-hash.ts';
export type { Scenario, ScenarioEnd, ScriptedAct } from './scenario.ts';
