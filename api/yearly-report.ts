import { type PromiseCounts, promiseCounts, tenureOf } from '../db/queries/accountability.ts';
import { namesOf } from '../db/queries/names.ts';
import type { Reader } from '../db/queries/reader.ts';
import { type AccountabilityRow, listAccountability } from '../db/queries/work.ts';
import { startOfDay, toDate } from '../engine/time/civil.ts';
import type { Text } from '../sdk/program.ts';
import type { AppDeps } from './deps.ts';
import { type Language, pick } from './language.ts';
import { nowOf } from './reading.ts';
import { resultText } from './timeline-text.ts';

/** The span of a civil year: what is due at its last midnight still belongs to it. */
export function spanOf(year: number): { readonly from: string; readonly until: string } {
  return { from: startOfDay(`${year}-01-01`), until: startOfDay(`${year + 1}-01-01`) };
}

/** 述职: what a post had promised for a year, what became of it, and who held the post. */
export async function yearlyReport(deps: AppDeps, reader: Reader, post: string, year: number, language: Language) {
  const { from, until } = spanOf(year);
  const [counts, tenure] = await Promise.all([
    promiseCounts(deps.sql, reader, { post, from, until, now: nowOf(deps) }),
    tenureOf(deps.sql, post, from, until),
  ]);
  if (!tenure) return undefined;
  const { nameZh, nameEn, unit, holders } = tenure;
  return { post, postName: pick([nameZh, nameEn], language), unit, year, holders: [...holders], counts };
}

/** A post's report over a year (述职). */
export type YearlyReport = NonNullable<Awaited<ReturnType<typeof yearlyReport>>>;

/** At most so many records are written out in the text; the list has them all, page by page. */
const MOST_WRITTEN = 200;

/** The report as a page of text, with every record of the year. Names of people stand as they are kept, for who may read them. */
export async function reportText(
  deps: AppDeps,
  reader: Reader,
  report: YearlyReport,
  language: Language,
): Promise<string> {
  const { from, until } = spanOf(report.year);
  const rows = await listAccountability(
    deps.sql,
    reader,
    { post: report.post, dueAfter: from, dueUntil: until },
    { limit: MOST_WRITTEN, after: undefined },
  );
  const records = rows.slice(0, MOST_WRITTEN);
  const ids = [
    report.unit,
    ...[...report.holders, ...records.flatMap(({ holders }) => holders)].map(({ person }) => person),
  ];
  const names = await namesOf(deps.sql, new Set([...ids, ...records.flatMap(({ decidedBy }) => decidedBy ?? [])]));
  const person = (id: string) => names.people.get(id) ?? id;
  const say = (zh: string, en: string) => pick([zh, en], language);
  const span = (each: { from: string; until?: string | null }) =>
    say(
      `${toDate(each.from)} 起${each.until ? `，至 ${lastDay(each.until)}` : ''}`,
      `from ${toDate(each.from)}${each.until ? ` to ${lastDay(each.until)}` : ''}`,
    );
  const unit = pick(names.units.get(report.unit) ?? [report.unit, report.unit], language);
  const lines = [
    say(
      `${report.year} 年述职报告：${unit}，${report.postName}`,
      `Report for ${report.year}: ${report.postName}, ${unit}`,
    ),
    '',
    say('任职：', 'In office:'),
    ...report.holders.map(
      (each) => `- ${person(each.person)}${each.deputy ? say('（代理）', ' (deputy)') : ''} ${span(each)}`,
    ),
    '',
    ...countLines(report.counts).map((line) => pick(line, language)),
    '',
    say(`问责记录 ${records.length} 条`, `Records of accountability: ${records.length}`) +
      (rows.length > records.length ? say('（未全部列出）', ' (not all are listed)') : ''),
    ...records.flatMap((row, n) => [
      '',
      `${n + 1}. ${say(`个案 ${row.caseNo}，“${row.nameZh}”`, `Case ${row.caseNo}, "${row.nameEn}"`)}`,
      ...recordLines(row, person).map((line) => `   ${pick(line, language)}`),
      ...row.holders.map(
        (each) =>
          `   ${say('任职：', 'Held by: ')}${person(each.person)}${each.deputy ? say('（代理）', ' (deputy)') : ''} ${span(each)}`,
      ),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The day that ends with a moment, or that it falls on. */
function lastDay(moment: string): string {
  return toDate(new Date(Date.parse(moment) - 1).toISOString());
}

function countLines(counts: PromiseCounts): Text[] {
  const { onTime, recordedLate, late, never, overdue, open } = counts;
  const total = onTime + recordedLate + late + never + overdue + open;
  return [
    [`应办 ${total} 件`, `Promised: ${total}`],
    [`- 按期办结 ${onTime}`, `- done on time: ${onTime}`],
    [`- 按期办结，补录较晚 ${recordedLate}`, `- done in time, recorded late: ${recordedLate}`],
    [`- 逾期办结 ${late}`, `- done late: ${late}`],
    [`- 始终没有办 ${never}`, `- never done: ${never}`],
    [`- 逾期未办结 ${overdue}`, `- overdue: ${overdue}`],
    [`- 尚未到期 ${open}`, `- not due yet: ${open}`],
  ];
}

function recordLines(row: AccountabilityRow, person: (id: string) => string): Text[] {
  const [promised, due] = [toDate(row.promisedAt), lastDay(row.dueAt)];
  const result = row.result === null ? (['尚无结果', 'still open'] as const) : resultText(row.result);
  return [
    [`承诺：${promised}，期限 ${due}`, `Promised on ${promised}, due on ${due}`],
    [`结果：${result[0]}`, `Result: ${result[1]}`],
    row.answer === null ? ['说明：无', 'Reply: none'] : [`说明：${row.answer}`, `Reply: ${row.answer}`],
    ...(row.appeal === null ? [] : [[`申诉：${row.appeal}`, `Appeal: ${row.appeal}`] as const]),
    row.outcome === null
      ? ['上级决定：无', 'Decision: none']
      : [
          `上级决定：${row.outcome}（${person(row.decidedBy ?? '')}）`,
          `Decision: ${row.outcome} (${person(row.decidedBy ?? '')})`,
        ],
  ];
}
