import type { Sql } from '../db/client.ts';
import { casesOfFrame, drawSample, hashOf } from '../engine/record/sample.ts';

/** What is asked of every sample beside what its event says: that its frame and its cases are those of the draw. */
export const ASKED = { frame: 'holds', drawn: 'again the same' };

/** A sample as the tables keep it, and whether drawing it again from its frame gives the cases that are kept. */
export async function keptSamples(sql: Sql): Promise<{ readonly id: string }[]> {
  const rows = await sql<Kept[]>`
    SELECT s.id, s.unit, s.query, s.seed, s.seed_hash AS "seedHash", s.size, s.frame, s.frame_hash AS "frameHash",
      s.frame_count AS "frameCount",
      (SELECT coalesce(json_agg(d.case_id ORDER BY d.position), '[]') FROM audit_sample_cases d WHERE d.sample = s.id) AS cases
    FROM audit_samples s`;
  return rows.map(({ seed, frame, cases, ...row }) => {
    const inFrame = casesOfFrame(frame);
    const again = drawSample(seed, inFrame, row.size);
    const same = again.length === cases.length && again.every((each, n) => each === cases[n]);
    return {
      ...row,
      seedHash: hashOf(seed),
      frame: hashOf(frame) === row.frameHash && inFrame.length === row.frameCount ? ASKED.frame : 'was changed',
      drawn: same ? ASKED.drawn : 'other cases',
    };
  });
}

interface Kept {
  readonly id: string;
  readonly unit: string;
  readonly query: Record<string, unknown>;
  readonly seed: string;
  readonly seedHash: string;
  readonly size: number;
  readonly frame: string;
  readonly frameHash: string;
  readonly frameCount: number;
  readonly cases: readonly string[];
}
