import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  link: ['保存期限', 'How long it is kept'],
  title: ['保存期限、保全和删除请求', 'How long it is kept, holds, and requests to erase'],
  lead: [
    '本案的材料依法至少保存多久、依据是什么、能否销毁。这里没有当事人的信息。',
    'How long what belongs to this case is kept at least, by which rule, and whether it may be destroyed. Nothing about the people of the case stands here.',
  ],
  back: ['回到个案', 'Back to the case'],
  tableTitle: ['保存期限表', 'Table of how long things are kept'],
  tableLead: [
    '每一类材料的最短保存期限和依据。各单位只能延长，不能缩短；延长也适用于下级单位。',
    'The shortest period of each class, and the rule that says so. Units only make it longer, for themselves and the units below.',
  ],
  class: ['类别', 'class'],
  count: ['件数', 'how many'],
  since: ['起算', 'since'],
  until: ['至（含当日）', 'until (that day included)'],
  source: ['依据', 'rule'],
  period: ['期限', 'period'],
  forever: ['永久', 'for ever'],
  notBegun: ['个案结束后起算', 'counts from the end of the case'],
  nothing: ['没有这一类材料', 'nothing of this class'],
  over: ['已满', 'over'],
  running: ['未满', 'running'],
  stays: ['个案内容销毁后仍保留', 'stays when the contents of a case are destroyed'],
  longer: ['各单位的延长', 'What units keep longer'],
  noLonger: ['没有延长。', 'Nothing is kept longer.'],
  may: [
    '各项期限已满，也没有未了事项：内容可以销毁。',
    'All periods have run out and nothing is open: the contents may be destroyed.',
  ],
  mayNot: ['现在不能销毁，因为：', 'The contents cannot be destroyed now:'],
  limited: [
    '本人已请求删除：保存期限届满前本案只存储和保护（个人信息保护法第四十七条）。审计员、本人和监护人可以查阅，其他人须用紧急查阅并写明理由。',
    'It was asked to be erased: until the periods have run out this case is only stored and protected (PIPL art. 47). Auditors read it, whom it is about, and his guardian; others by an emergency access and with a reason.',
  ],
  holds: ['保全', 'Legal holds'],
  holdsLead: [
    '诉讼、检查、信访期间设定保全，任何内容不得销毁。由设定人以外的人解除。',
    'During a lawsuit, an inspection or a petition a hold keeps everything from being destroyed. Somebody else than who set it lifts it.',
  ],
  noHolds: ['没有保全。', 'There is no hold.'],
  ground: ['事由', 'ground'],
  reason: ['原因', 'why'],
  setHold: ['设定保全', 'Set a hold'],
  liftHold: ['解除保全', 'Lift the hold'],
  erasure: ['删除请求', 'Request to erase'],
  erasureLead: [
    '本人、监护人可以请求删除个人信息；本人去世的，由近亲属提出（个人信息保护法第四十七、四十九条）。单位负责人在 15 个工作日内答复。期限未满的，结案后只存储和保护，期满销毁。',
    'Whom the case is about, or his guardian, may ask that his data be erased; of one who has died his next of kin (PIPL arts. 47 and 49). The head of the unit answers within 15 working days. While a period runs, the case is only stored and protected once it is closed, and destroyed afterwards.',
  ],
  asked: ['已提出，待答复', 'asked for, waits for its answer'],
  due: ['答复期限', 'to be answered by'],
  granted: [
    '已同意：结案后只存储和保护，期满销毁',
    'granted: only stored and protected once closed, destroyed afterwards',
  ],
  refused: ['不予删除', 'refused'],
  note: ['怎么说的（可不填）', 'what was said (may stay empty)'],
  ask: ['请求删除', 'Ask to erase'],
  onBehalf: ['代谁提出（本人自己提出不填）', 'on whose behalf (empty: in your own name)'],
  witness: ['见证人', 'witness'],
  answerText: [
    '答复内容：理由、依据、期限和救济途径',
    'The answer: why, by which rule, until when, and where to complain',
  ],
  answer: ['答复', 'Answer'],
  decision: ['决定', 'decision'],
  takeBack: ['撤回请求', 'Take the request back'],
  destruction: ['销毁', 'Destruction'],
  destructionLead: [
    '各项期限已满、没有未了事项的，由经办人或负责人提出，另一位未在本案任职的负责人批准，7 天后执行。期间任何一位负责人、提出人或审计员都可以撤销，设定保全也会停止。执行后这里再也读不到内容；此前的备份里还有，到期清除，日期见销毁清册。销毁清册永久保存。',
    'When all periods have run out and nothing is open, a caseworker or a head asks for it, another head without a role in the case approves it, and it is done after 7 days. Until then any head, who asked, or an auditor revokes it; a hold stops it too. Afterwards nobody can read the contents here; backups made before hold them until they are pruned, and the certificate says by which day. It is kept for ever.',
  ],
  askDestruction: ['提出销毁', 'Ask that it be destroyed'],
  approveDestruction: ['批准销毁', 'Approve'],
  refuseDestruction: ['不批准', 'Refuse'],
  revokeDestruction: ['撤销', 'Revoke'],
  askedBy: ['提出人', 'asked for by'],
  approvedBy: ['批准人', 'approved by'],
  notBefore: ['执行不早于', 'not carried out before'],
  certificate: ['销毁清册', 'Certificate of destruction'],
  destroyedLead: [
    '本案内容已依法销毁。以下各项永久保存，与审计日志一并可以验证。',
    'The contents of this case are destroyed. What follows is kept for ever, and the log proves it.',
  ],
  destroyedAt: ['销毁时间', 'destroyed'],
  events: ['记录数', 'events'],
  documents: ['材料数', 'documents'],
  bookEntries: ['账目数', 'book entries'],
  personRows: ['个人信息行数', 'rows of personal data'],
  digest: ['校验值（SHA-256）', 'digest (SHA-256)'],
  recordHash: ['销毁记录哈希', 'hash of the record'],
  backupsUntil: [
    '销毁前所做备份的到期日（到期后清理时才删除，另存的副本不在内）',
    'last day of backups made before (they go when pruned after it; copies made elsewhere are not counted)',
  ],
  expired: ['表单已过期，请再发送一次。', 'The form had expired. Please send it again.'],
} as const satisfies Record<string, Text>;

/** Grounds of a hold in words. */
export const groundWords: Readonly<Record<string, Text>> = {
  litigation: ['诉讼', 'a lawsuit'],
  inspection: ['检查或调查', 'an inspection or investigation'],
  petition: ['信访', 'a petition'],
  other: ['其他', 'another reason'],
};

/** A word of the pages of how long things are kept. */
export function retentionWord(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}
