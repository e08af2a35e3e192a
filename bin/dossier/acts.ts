import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/** Checks that every event has its act, and every recorded act its events, under its actor and at its time. */
export function checkActs(contents: Contents, events: readonly ChainEvent[], findings: Findings): void {
  const find = (where: string | number, zh: string, en: string) => findings.find('acts', where, zh, en);
  const acts = contents.rows('acts', 'acts');
  if (!contents.table('acts', 'acts')) find('acts.json', '缺少操作表', 'the table of acts is missing');
  const covered = new Map<string, readonly [first: number, last: number]>();
  const ids = new Set<unknown>();
  for (const act of acts) {
    const [id, first, last] = [String(act['act_id']), act['first_seq'], Number(act['seq'])];
    if (ids.has(id)) find(id, '这个操作出现两次', 'the act is there twice');
    ids.add(id);
    if (!(last <= events.length)) find(id, '操作晚于链的末尾', 'the act is beyond the end of the chain');
    if (act['status'] !== 'recorded') {
      if (first !== null) find(id, '被拒绝的操作不能有事件', 'a refused act has no events');
      const { unread } = Object(act['refusal']) as { unread?: unknown };
      if (unread !== undefined)
        find(
          id,
          `拒绝的内容在出具案卷时已无法读取：${unread}`,
          `its refusal could not be read when the dossier was made: ${unread}`,
        );
      continue;
    }
    if (first === null) continue;
    covered.set(id, [Number(first), last]);
    for (let seq = Number(first); seq <= last; seq++) {
      const header = events[seq - 1]?.header;
      const { kind, id: actor, post } = header?.actor ?? {};
      const same =
        header?.actId === id &&
        kind === act['actor_kind'] &&
        actor === act['actor_id'] &&
        post === act['actor_post'] &&
        header.recordedAt === act['recorded_at'];
      if (same) continue;
      find(id, `与事件 ${seq} 不符`, `it is not what event ${seq} says of it`);
      break;
    }
  }
  for (const { seq, header } of events) {
    if (header.actId === null) continue;
    const [first, last] = covered.get(header.actId) ?? [0, 0];
    if (seq < first || seq > last) find(seq, '事件的操作没有记录', 'its act is not recorded');
  }
}
