import { type DoorStep, doorSteps } from '../door/step.ts';

/** Places where a test can end the process on the spot, as a crash would. */
export const failpoints = [
  /** The door has committed; the case's workflow is not woken, the caller not answered. */
  'act-committed',
  /** The worker's door has committed what the workflow asked for; Temporal is not told. */
  'advance-committed',
  /** A case is destroyed and the copies of its key are gone; its histories in the archive's folder are still there. */
  'destroyed-buried',
  ...doorSteps,
] as const;
/** A place at which a process can be made to end. */
export type FailpointName = (typeof failpoints)[number];

/** Where the process ends, and the how manieth time it gets there. */
export interface Failpoint {
  readonly name: FailpointName;
  readonly nth: number;
}

/** Reads `act-committed:3`; undefined when it is none. */
export function parseFailpoint(text: string): Failpoint | undefined {
  const [name, nth = '1'] = text.split(':');
  const known = failpoints.find((each) => each === name);
  return known && /^[1-9]\d{0,6}$/.test(nth) ? { name: known, nth: Number(nth) } : undefined;
}

/** To be called at that place: nothing there is carried on after the n-th call. Without a failpoint it does nothing. */
export function crashAt(place: FailpointName, failpoint: Failpoint | undefined): () => void {
  let left = failpoint?.name === place ? failpoint.nth : Number.POSITIVE_INFINITY;
  return () => {
    left -= 1;
    if (left > 0) return;
    process.kill(process.pid, 'SIGKILL');
    // the signal is on its way: nothing more may happen
    for (;;);
  };
}

/** The same for the places inside the door's transactions, told by their names. */
export function crashInDoor(failpoint: Failpoint | undefined): (step: DoorStep) => void {
  const crash = new Map(doorSteps.map((step) => [step, crashAt(step, failpoint)]));
  return (step) => crash.get(step)?.();
}
