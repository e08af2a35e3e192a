import { verifyBooks } from '../../../db/books-verify.ts';
import { bookBalances } from '../../../db/queries/books.ts';
import { verify } from '../../../door/verify.ts';
import { DoorScene } from './door-scene.ts';
import { type History, kindOf, playOn } from './play.ts';

/**
 * Plays a history through the whole door into a migrated database of its own: each act by the rules of engine, door and
 * PostgreSQL, each compared with the model. In the end `linli books verify` and the auditor's proof hold, and the tables have
 * the model's balances. Throws at the first thing that is not so.
 */
export async function playThroughDoor(url: string, seed: number, operations: number): Promise<History> {
  const scene = await new DoorScene(url, kindOf(seed)).open();
  try {
    const history = await playOn(scene, seed, operations);
    const { sql, caseId, model } = scene;
    const books = await verifyBooks(sql, { caseId });
    const { findings } = await verify(sql, { caseId });
    if (!books.holds || books.findings.length > 0) throw wrong(seed, books.findings);
    if (findings.length > 0) throw wrong(seed, findings);
    for (const { channel, cashFen, ledgerFen } of await bookBalances(sql, caseId)) {
      const said = [model.balance('cash', channel), model.balance('ledger', channel)];
      if (cashFen !== said[0] || ledgerFen !== said[1]) throw wrong(seed, { channel, cashFen, ledgerFen, said });
    }
    return history;
  } finally {
    await scene.end();
  }
}

const wrong = (seed: number, found: unknown): Error =>
  new Error(`history ${seed} (${kindOf(seed)}), in the end: ${JSON.stringify(found)}`);
