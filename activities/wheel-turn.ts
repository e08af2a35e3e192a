import { Context } from '@temporalio/activity';
import type { WheelActivities, WheelAnswer } from '../workflows/names.ts';

/** What a turn of a wheel asks: the door, and whether this machine's clock may be trusted. */
export interface WheelTurnDeps {
  readonly door: {
    turn(query: { unit: string; until?: string }, options?: { readonly budgetMs?: number }): Promise<WheelAnswer>;
  };
  /** False while this machine's clock is too far off to fire anything (clock check). */
  readonly mayFire?: () => boolean;
}

const budgetMs = 3_000;
const beatMs = 1_000;

/** The wheel's one question to the door: fire what is due in the unit, and say when to ask again. Safe to ask twice. */
export function createTurnWheel({ door, mayFire = () => true }: WheelTurnDeps): WheelActivities['turnWheel'] {
  return async ({ unit, until }) => {
    if (!mayFire()) throw new Error('the clock of this machine is more than ten minutes off: it fires nothing');
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), beatMs);
    try {
      return await door.turn({ unit, until }, { budgetMs });
    } finally {
      clearInterval(beat);
    }
  };
}
