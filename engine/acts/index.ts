import type { ActKind } from '../act-kind.ts';
import { bookActs } from '../books/index.ts';
import { accessActs } from './access.ts';
import { answerActs } from './answering.ts';
import { awayActs } from './away.ts';
import { clockActs } from './clocks.ts';
import { complaintActs } from './complaint.ts';
import { consentActs } from './consent.ts';
import { custodyActs } from './custody.ts';
import { destructionActs } from './destruction.ts';
import { disclosureActs } from './disclosure.ts';
import { effectActs } from './effects.ts';
import { emergencyActs } from './emergency.ts';
import { groupActs } from './groups.ts';
import { historyActs } from './history.ts';
import { inspectionActs } from './inspection.ts';
import { levelActs } from './levels.ts';
import { lifeActs } from './life.ts';
import { migrateActs } from './migrate.ts';
import { moveActs } from './move.ts';
import { optionActs } from './options.ts';
import { peopleActs } from './people.ts';
import { planActs } from './plan.ts';
import { transferActs } from './transfer.ts';
import { workActs } from './work.ts';

/** Every type of act the engine knows. Programs add none: they configure these. */
export const actKinds: Readonly<Record<string, ActKind>> = {
  ...workActs,
  ...planActs,
  ...clockActs,
  ...answerActs,
  ...consentActs,
  ...complaintActs,
  ...emergencyActs,
  ...peopleActs,
  ...lifeActs,
  ...historyActs,
  ...bookActs,
  ...disclosureActs,
  ...effectActs,
  ...migrateActs,
  ...groupActs,
  ...optionActs,
  ...moveActs,
  ...awayActs,
  ...transferActs,
  ...levelActs,
  ...inspectionActs,
  ...accessActs,
  ...custodyActs,
  ...destructionActs,
};
