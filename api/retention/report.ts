import type { Certificate } from '../../db/queries/destroyed.ts';
import type { Destroyed } from '../../engine/event.ts';
import { RETENTION } from '../../engine/retention/classes.ts';
import { type Language, pick } from '../language.ts';
import type { CertificateView } from '../schemas/retention.ts';
import type { Line } from '../sheets/write-csv.ts';

/** A certificate as it is answered: which case, by whom, under which rules, how much, and the hashes. */
export function certificateView(
  { caseId, seq, hash, destroyedAt, said, backupsUntil }: Certificate,
  language: Language,
): CertificateView {
  const { case: of, ground, requested, approved, rules, counts, digest, logged } = said as Destroyed;
  return {
    ...{ caseId, caseNo: of.caseNo, unit: of.unit, program: of.program.id, seq, hash, destroyedAt },
    ...{ openedAt: of.openedAt, closedAt: of.closedAt, ground },
    requested: { by: requested.by, at: requested.at, seq: requested.seq },
    approved: { by: approved.by, at: approved.at, seq: approved.seq },
    rules: rules.map(({ class: id, count, until, source }) => ({
      ...{ class: id, name: className(id, language), count, until, source: pick(source, language) },
    })),
    ...{ counts: { ...counts }, digest, logged, backupsUntil },
  };
}

function className(id: string, language: Language): string {
  const known = RETENTION.find((each) => each.id === id);
  return known ? pick(known.name, language) : id;
}

const HEAD: Readonly<Record<Language, Line>> = {
  zh: [
    ...['案号', '单位', '项目', '开案', '结案', '销毁时间', '依据', '提出人', '提出时间', '批准人', '批准时间'],
    ...[
      '类别及保存期限',
      '记录数',
      '材料数',
      '账目数',
      '个人信息行数',
      '校验值',
      '销毁记录哈希',
      '此前备份保存至',
      '个案编号',
    ],
  ],
  en: [
    ...[
      'case no.',
      'unit',
      'program',
      'opened',
      'closed',
      'destroyed',
      'ground',
      'asked for by',
      'at',
      'approved by',
      'at',
    ],
    ...[
      'classes and periods',
      'events',
      'documents',
      'book entries',
      'personal rows',
      'digest',
      'hash of the record',
      'backups of before kept until',
      'case id',
    ],
  ],
};

/** The list of what was destroyed (销毁清册) as a table, a line a case. */
export function certificateTable(list: readonly CertificateView[], language: Language): Line[] {
  return [
    HEAD[language],
    ...list.map(
      (each): Line => [
        ...[each.caseNo, each.unit, each.program, each.openedAt, each.closedAt, each.destroyedAt, each.ground],
        ...[each.requested.by, each.requested.at, each.approved.by, each.approved.at],
        each.rules.map(({ name, count, until, source }) => `${name} ${count} → ${until}（${source}）`).join('；'),
        ...[each.counts.events, each.counts.documents, each.counts.bookEntries, each.counts.personRows],
        ...[each.digest, each.hash, each.backupsUntil ?? '', each.caseId],
      ],
    ),
  ];
}
