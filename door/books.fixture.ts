import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Sql } from '../db/client.ts';
import type { Transactions, Tx } from '../db/transactions.ts';
import { people, Scene } from '../engine/books/scene.fixture.ts';
import type { CaseEvent } from '../engine/event.ts';
import { writeBooks } from './books.ts';

let cases = 0;

/** What a database needs before the books of a scene can be written into it: a unit, the people, a program. */
export async function writeScene(sql: Sql): Promise<void> {
  await sql`INSERT INTO units (id, level, name_zh, name_en) VALUES ('community-1', 'community', '社区', 'community')`;
  for (const id of Object.values(people)) await sql`INSERT INTO person.people (id, name) VALUES (${id}, ${id})`;
  await sql`INSERT INTO programs (hash, id, version, content) VALUES (encode(sha256('{}'), 'hex'), 'x', '1', '{}')`;
}

/** A case in the database whose books follow a scene in memory. */
export class Ledgered {
  readonly scene: Scene;
  readonly caseId = `case-${++cases}`;
  private written = 0;
  private readonly sql: Sql;
  private readonly transactions: Transactions;

  constructor(sql: Sql, transactions: Transactions, scene = new Scene()) {
    this.scene = scene;
    this.sql = sql;
    this.transactions = transactions;
  }

  async open(): Promise<this> {
    await this
      .sql`INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, status, imported, seq,
        head, state, state_version, calendar_version, opened_at, last_at)
      SELECT ${this.caseId}, ${this.caseId}, 'community-1', 'x', '1', hash, 'open', false, 0, '', '{}', 1, 'w', now(), now() FROM programs`;
    const opened = {
      type: 'case.opened',
      seq: 1,
      recordedAt: this.scene.now,
      data: {},
      actor: { kind: 'person', id: 'x' },
    };
    await this.write([opened as unknown as CaseEvent]);
    return this;
  }

  /** Writes what has happened in the scene since, events and rows in one transaction. */
  async follow(): Promise<void> {
    const events = this.scene.events.slice(this.written).map((event) => ({ ...event, seq: event.seq + 1 }));
    this.written = this.scene.events.length;
    await this.write(events);
  }

  async write(events: readonly CaseEvent[], org = this.scene.world().org): Promise<void> {
    const context = { caseId: this.caseId, state: this.scene.state, org, program: this.scene.world().program };
    await this.transactions.run(async (tx) => {
      await tx`SET LOCAL ROLE linli_door`;
      for (const event of events) await insertEvent(tx, this.caseId, event);
      await writeBooks(tx, events, context);
      const [{ role }] = await tx<[{ role: string }]>`SELECT current_user::text AS role`;
      expect(role).toBe('linli_door');
    });
  }
}

async function insertEvent(tx: Tx, caseId: string, event: CaseEvent): Promise<void> {
  const header = `${caseId} ${event.seq}`;
  const hash = (seq: number) =>
    seq === 0 ? '0'.repeat(64) : createHash('sha256').update(`${caseId} ${seq}`).digest('hex');
  await tx`INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id, program_hash)
    VALUES (${caseId}, ${event.seq}, ${event.type}, convert_to(${header}, 'UTF8'), ${hash(event.seq)}, ${hash(event.seq - 1)},
      convert_to(${JSON.stringify({ data: event.data, salt: '' })}, 'UTF8'), ${event.recordedAt}, ${event.recordedAt},
      ${event.actor.kind}, ${event.actor.id}, 'x')`;
}
