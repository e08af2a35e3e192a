import type { BookState } from '../../../engine/books/state.ts';
import type { CaseEvent } from '../../../engine/event.ts';
import type { State } from '../../../engine/state.ts';
import type { Instant } from '../../../sdk/time.ts';
import type { Random } from '../../faults/random.ts';
import { randomFrom } from '../../faults/random.ts';
import type { BookModel } from './book-model.ts';
import { checkBook } from './checks.ts';
import { accept } from './effects.ts';
import { expected } from './expectation.ts';
import { type Kind, kinds, ModelScene } from './model-scene.ts';
import { drawMove, type Move, type MoveType } from './moves.ts';

/** What a history came to. */
export interface History {
  readonly kind: Kind;
  readonly operations: number;
  /** How often each act was accepted and refused. */
  readonly accepted: ReadonlyMap<MoveType, number>;
  readonly refused: ReadonlyMap<MoveType, number>;
  /** Kinds of events that came of it. */
  readonly events: ReadonlySet<string>;
}

/** Where a history is played: a book and the model beside it. */
export interface PlayedScene {
  readonly model: BookModel;
  readonly now: Instant;
  readonly state: State;
  readonly book: BookState;
  /** All that happened, in order. */
  readonly events: readonly CaseEvent[];
  /** Lets time pass until an instant. */
  until(now: Instant): Promise<void> | void;
  /** Somebody else comes to fill the role of a side. */
  appoint(side: 'cash' | 'ledger'): Promise<void> | void;
  /** Tries a move; the code of its refusal, or undefined and what came of it. */
  tries(move: Move): Promise<Tried> | Tried;
}

/** How a move went. */
export interface Tried {
  readonly code?: string;
  readonly events: readonly CaseEvent[];
}

/** How long a history is. */
export const HISTORY = 100;

/** The kind of books of a history. */
export const kindOf = (seed: number): Kind => kinds[seed % kinds.length]!;

/**
 * Plays so many random operations on a fresh book in memory, an act or a step of time each, and checks everything after each
 * of them. Throws where the book does what the model says it must not, or refuses what it must take. `after` sees the scene
 * after each.
 */
export function playHistory(
  seed: number,
  operations: number,
  after: (scene: ModelScene) => Promise<void> | void = () => {},
): Promise<History> {
  return playOn(new ModelScene(kindOf(seed)), seed, operations, after);
}

/** The same on a scene, which has to be of the kind of the seed. */
export async function playOn<S extends PlayedScene>(
  scene: S,
  seed: number,
  operations: number,
  after: (scene: S) => Promise<void> | void = () => {},
): Promise<History> {
  const random = randomFrom(seed);
  const kind = kindOf(seed);
  const accepted = new Map<MoveType, number>();
  const refused = new Map<MoveType, number>();
  const told: string[] = [];
  for (let n = 0; n < operations; n++) {
    try {
      told.push(await operation(scene, random, accepted, refused));
      await after(scene);
    } catch (error) {
      const last = told.slice(-12).join('\n  ');
      throw new Error(`history ${seed} (${kind}), operation ${n + 1}: ${(error as Error).message}\n  ${last}`, {
        cause: error,
      });
    }
  }
  return { kind, operations, accepted, refused, events: new Set(scene.events.map(({ type }) => type)) };
}

async function operation(
  scene: PlayedScene,
  random: Random,
  accepted: Map<MoveType, number>,
  refused: Map<MoveType, number>,
): Promise<string> {
  const { model } = scene;
  const before = scene.events.length;
  if (random.percent(8)) {
    const days = random.between(1, random.percent(20) ? 40 : 6);
    await scene.until(new Date(Date.parse(scene.now) + days * 86_400_000).toISOString());
    checkBook(model, scene.state, scene.events.slice(before));
    return `${days} days`;
  }
  if (random.percent(1)) {
    const side = random.pick(['cash', 'ledger'] as const);
    // at an instant of its own: an office ends before the next one begins
    await scene.until(new Date(Date.parse(scene.now) + 60_000).toISOString());
    await scene.appoint(side);
    await scene.until(new Date(Date.parse(scene.now) + 60_000).toISOString());
    return `another keeps the ${side}`;
  }
  const move = drawMove({ random, model, state: scene.book, now: scene.now });
  const should = expected(model, move, scene.now);
  const { code, events } = await scene.tries(move);
  const line = `${move.role} ${move.type} ${JSON.stringify(move.act)} → ${code ?? 'taken'}`;
  if (should === 'no' && code === undefined) throw new Error(`it was taken: ${line}`);
  if (should === 'yes' && code !== undefined) throw new Error(`it was refused: ${line}`);
  const counts = code === undefined ? accepted : refused;
  counts.set(move.type, (counts.get(move.type) ?? 0) + 1);
  try {
    if (code === undefined) accept(model, move, events, scene.now);
    checkBook(model, scene.state, scene.events.slice(before));
  } catch (error) {
    throw new Error(`${(error as Error).message} after ${line}`);
  }
  return line;
}
