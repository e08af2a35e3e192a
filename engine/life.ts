import type { Status } from './state.ts';

/** States of a case in which its clocks run. Those of its money run in every state: neither a pause nor an end stops them. */
export const RUNNING: readonly Status[] = ['proposed', 'open', 'followUp'];

/** States of a case in which work is done on it unless an act says otherwise. */
export const WORKING: readonly Status[] = ['proposed', 'open', 'followUp'];

/** States of a case in words. */
export const statusName: Readonly<Record<Status, readonly [zh: string, en: string]>> = {
  proposed: ['待批准', 'proposed'],
  open: ['进行中', 'open'],
  suspended: ['已中止', 'suspended'],
  followUp: ['回访期', 'follow-up'],
  closed: ['已结案', 'closed'],
};
