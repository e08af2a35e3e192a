import { codeId } from '../../api/dossier/code.ts';
import type { Manifest } from '../../api/dossier/manifest.ts';
import { UNKNOWN_BODY } from '../../door/act-body.ts';
import { type ActFault, type ActName, type ActSaid, compareActs, compareWoken } from '../../door/compare-acts.ts';
import { ownEvents } from '../../engine/own-events.ts';
import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/** Checks that every event has its act, and every recorded act its events: by its actor, of its time and of its type. */
export function checkActs(
  contents: Contents,
  { code }: Pick<Manifest, 'code'>,
  events: readonly ChainEvent[],
  findings: Findings,
): void {
  const find = (where: string | number, zh: string, en: string) => findings.find('acts', where, zh, en);
  const rows = contents.rows('acts', 'acts');
  if (!contents.table('acts', 'acts')) find('acts.json', '缺少操作表', 'the table of acts is missing');
  for (const row of rows) {
    const { unread } = Object(row['refusal']) as { unread?: unknown };
    if (unread === undefined) continue;
    find(
      String(row['act_id']),
      `拒绝的内容在出具案卷时已无法读取：${unread}`,
      `its refusal could not be read when the dossier was made: ${unread}`,
    );
  }
  const acts = rows.map(actIn);
  const faults = compareActs(
    acts,
    events.map(({ seq, header: { type, actId, actor, recordedAt, occurredAt } }) => ({
      ...{ seq, type, actId, recordedAt, occurredAt },
      ...{ actorKind: actor.kind, actorId: actor.id, actorPost: actor.post },
    })),
  );
  const unknown = faults.filter(({ why }) => why === 'type unknown').length;
  // what made the dossier knew every type; whose program is another may be older
  const own = code === codeId();
  if (unknown > 0 && !own)
    findings.leave(
      'acts',
      `${unknown} 个操作的类型不认识，没有与事件核对`,
      `${unknown} acts are of types that are not known here: these were not compared with their events`,
    );
  const again = acts.filter(({ type, foundAgain }) => foundAgain && !ownEvents(type)).length;
  if (again > 0)
    findings.leave(
      'acts',
      `${again} 个操作是从工作流历史中找回的，只以事件为名：原来是哪一种操作没有核对`,
      `${again} acts were found again in histories and are called by their event: which act it was is not compared`,
    );
  const woken = contents.paths('histories/').flatMap((path) => wokenIn(contents.json(path, 'histories')));
  for (const { id } of compareWoken(woken, acts))
    find(id, '工作流历史里是另一种操作', 'it woke the workflow as an act of another type');
  for (const fault of faults) {
    if (own || fault.why !== 'type unknown')
      find('name' in fault && fault.why === 'not recorded' ? fault.seq : fault.id, ...wordsOf(fault));
  }
}

/** The acts that a history names. */
function wokenIn(run: unknown): [id: string, type: string][] {
  const { acts } = Object(run) as { acts?: unknown };
  return Array.isArray(acts) ? acts.map((each) => [String(Object(each)[0]), String(Object(each)[1])]) : [];
}

const actIn = (row: Readonly<Record<string, unknown>>): ActSaid => ({
  ...{ id: String(row['act_id']), type: String(row['type']), status: String(row['status']) },
  ...{ seq: Number(row['seq']), firstSeq: row['first_seq'] === null ? null : Number(row['first_seq']) },
  foundAgain: row['body_hash'] === UNKNOWN_BODY,
  ...{
    actorKind: String(row['actor_kind']),
    actorId: String(row['actor_id']),
    actorPost: row['actor_post'] as string | null,
  },
  ...{ recordedAt: String(row['recorded_at']), occurredAt: String(row['occurred_at']) },
});

const NAMES: Readonly<Record<ActName, string>> = {
  'its events': '事件',
  'kind of actor': '操作人种类',
  actor: '操作人',
  post: '岗位',
  'recorded time': '记录时间',
  time: '发生时间',
  type: '类型',
};

function wordsOf(fault: ActFault): [zh: string, en: string] {
  if ('name' in fault) {
    const { seq, why, name } = fault;
    if (why === 'not recorded') return ['事件的操作没有记录', 'its act is not recorded'];
    return [`与事件 ${seq} 不符：${NAMES[name]}`, `it is not what event ${seq} says of it: ${name}`];
  }
  if (fault.why === 'type unknown') return ['没有这种操作', 'there is no act of its type'];
  if (fault.why === 'twice') return ['这个操作出现两次', 'the act is there twice'];
  if (fault.why === 'beyond') return ['操作晚于链的末尾', 'the act is beyond the end of the chain'];
  return ['被拒绝的操作不能有事件', 'a refused act has no events'];
}
