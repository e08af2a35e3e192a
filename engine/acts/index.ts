import type { ActKind } from '../act-kind.ts';
import { bookActs } from '../books/index.ts';
import { answerActs } from './answering.ts';
import { clockActs } from './clocks.ts';
import { effectActs } from './effects.ts';
import { lifeActs } from './life.ts';
import { moveActs } from './move.ts';
import { peopleActs } from './people.ts';
import { planActs } from './plan.ts';
import { workActs } from './work.ts';

/** Every type of act the engine knows. Programs add none: they configure these. */
export const actKinds: Readonly<Record<string, ActKind>> = {
  ...workActs,
  ...planActs,
  ...clockActs,
  ...answerActs,
  ...peopleActs,
  ...lifeActs,
  ...bookActs,
  ...effectActs,
  ...moveActs,
};
