/**
 * Places in the door's transactions where a test may end the process or throw, as a crash would. `locked`: the cases' rows
 * are locked; `fired`: what is due has been worked out, nothing written; `written`: all is written, nothing committed;
 * `committed`: nobody has been told yet; `destroyed`: what a case held is destroyed, copies of its key may still lie about; `between`: one batch of the wheel is done, the next not begun.
 */
export const doorSteps = [
  'act-locked',
  'destroyed',
  'advance-locked',
  'advance-fired',
  'wheel-begun',
  'wheel-locked',
  'wheel-fired',
  'wheel-written',
  'wheel-committed',
  'wheel-between',
] as const;
/** A place in the door at which tests let a process end. */
export type DoorStep = (typeof doorSteps)[number];
