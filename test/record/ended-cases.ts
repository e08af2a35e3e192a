import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import { DESTRUCTION_WAITS_MS } from '../../engine/destruction.ts';
import fule from '../../plugins/fule/program.ts';
import { keepDocument } from '../support/documents.ts';
import { actOn, caseworker, fuleOpening, person, recorded } from '../support/door.ts';
import { quietLog } from '../support/record-log.ts';

/** Each at a time of its own, so that what one says is wrong of the other. */
const OPENED_MS = { approved: Date.UTC(2020, 1, 3, 2), destroyed: Date.UTC(2020, 1, 10, 2) };
const DAY_MS = 86_400_000;

/**
 * A case that ended years ago, of which two people have decided that it is destroyed; carried out, or waiting for it. It has a
 * document, and somebody complained. Answers its id.
 */
export async function endedCase(sql: Sql, upTo: 'approved' | 'destroyed'): Promise<string> {
  let nowMs = OPENED_MS[upTo];
  const door = await createDoor({
    ...{ sql, programs: await installPrograms(sql, [fule]), log: quietLog },
    now: async () => new Date(nowMs).toISOString(),
  });
  try {
    const { caseId } = recorded(await door.open(fuleOpening())).case;
    const does = async (type: string, change: Parameters<typeof actOn>[2] = {}) =>
      recorded(await door.act(actOn(caseId, type, change)));
    await keepDocument(sql, caseId);
    for (const n of [1, 2, 3]) await does('note.add', { data: { text: `第 ${n} 次走访` } });
    const id = randomUUID();
    await does('complaint.make', { id, data: { text: '没有人来' } });
    const answer = { target: `complaint-${id}`, data: { text: '已经去过' } };
    await does('complaint.answer', { actor: person('p-sub-district-head'), ...answer });
    await does('case.close', { data: { outcome: 'withdrew', followUp: false }, reason: '本人退出' });
    nowMs += 6 * 366 * DAY_MS;
    await does('destruction.request', { actor: caseworker, reason: '保存期限已满' });
    nowMs += DAY_MS;
    await does('destruction.approve', { actor: person('p-director') });
    if (upTo === 'approved') return caseId;
    nowMs += DESTRUCTION_WAITS_MS;
    await does('record.destroy', { actor: { kind: 'system', id: 'retention', logins: [] } });
    return caseId;
  } finally {
    await door.end();
  }
}
