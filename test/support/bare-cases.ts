import { createHash, randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';

/** A case's row as the sweeper sees it, for tests of the loops alone. */
export interface BareCase {
  readonly seq: number;
  readonly witnessedSeq: number;
  /** Seconds ago; undefined: not at all. */
  readonly laggingFor?: number;
  readonly oversleptFor?: number;
  readonly frozen?: true;
  readonly stuck?: true;
}

const content = Buffer.from('{}');
const programHash = sha256(content);

/** Writes a case's row and its chain of bare events; answers its id and the hashes of its events. */
export async function bareCase(sql: Sql, shape: BareCase): Promise<{ caseId: string; hashes: string[] }> {
  const caseId = randomUUID();
  await sql`INSERT INTO units (id, level, name_zh, name_en) VALUES ('bare', 'community', '社区', 'community') ON CONFLICT DO NOTHING`;
  await sql`INSERT INTO programs (hash, id, version, content) VALUES (${programHash}, 'bare', '1', ${content}) ON CONFLICT DO NOTHING`;
  const hashes: string[] = [];
  const events = Array.from({ length: shape.seq }, (_, n) => {
    const header = Buffer.from(`${caseId} ${n}`);
    const prev = hashes.at(-1) ?? '0'.repeat(64);
    hashes.push(sha256(header));
    return { seq: n + 1, header, hash: sha256(header), prev };
  });
  const ago = (seconds: number | undefined) => (seconds === undefined ? null : `${seconds} seconds`);
  await sql`
    INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, status, imported, seq, head, state,
      state_version, calendar_version, opened_at, last_at, witnessed_seq, lagging_since, wake_at, frozen_at, stuck_since)
    VALUES (${caseId}, ${caseId}, 'bare', 'bare', '1', ${programHash}, 'open', false, ${shape.seq}, ${hashes.at(-1)!}, '{}', 1, '1',
      now(), now(), ${shape.witnessedSeq}, now() - ${ago(shape.laggingFor)}::interval, now() - ${ago(shape.oversleptFor)}::interval,
      ${shape.frozen ? new Date().toISOString() : null}, ${shape.stuck ? new Date().toISOString() : null})`;
  for (const { seq, header, hash, prev } of events) {
    await sql`
      INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id, program_hash)
      VALUES (${caseId}, ${seq}, 'note.added', ${header}, ${hash}, ${prev}, ${content}, now(), now(), 'system', 'clock', ${programHash})`;
  }
  return { caseId, hashes };
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
