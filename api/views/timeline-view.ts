import type { EventRow } from '../../db/queries/events.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { type Language, pick } from '../language.ts';
import type { TimelineView } from '../schemas/views.ts';
import { type Names, readable } from '../timeline-text.ts';
import { plainData } from './event-view.ts';

const SYSTEM: Readonly<Record<string, readonly [string, string]>> = {
  clock: ['时钟', 'the clock'],
  public: ['群众（公示页面）', 'somebody, by the public page'],
};

/** An event as the timeline shows it. */
export function timelineView(row: EventRow, names: Names, language: Language): TimelineView {
  return {
    seq: row.seq,
    type: row.type,
    text: pick(readable({ type: row.type, data: row.data } as Pick<CaseEvent, 'type' | 'data'>, names), language),
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
    actor: { kind: row.actorKind, id: row.actorId, name: actorName(row, names, language), post: row.actorPost },
    actId: row.actId,
    imported: FROM_PAPER.has(row.type),
    paperDate: FROM_PAPER.has(row.type) ? paperDateOf(row.data) : null,
    data: plainData(row.data, names),
    hash: row.hash,
  };
}

const FROM_PAPER = new Set(['history.imported', 'history.stageDone', 'history.counted']);

function paperDateOf({ on }: Readonly<Record<string, unknown>>): string | null {
  const { date } = Object(on) as { date?: unknown };
  return typeof date === 'string' ? date : null;
}

function actorName(row: EventRow, names: Names, language: Language): string | null {
  if (row.actorKind !== 'system') return names.person(row.actorId);
  return pick(SYSTEM[row.actorId] ?? ['系统', 'the system'], language);
}

const COLUMNS = {
  zh: ['序号', '发生时间', '记录时间', '类型', '内容', '经办', '岗位', '操作编号', '哈希', '补录'],
  en: ['No.', 'Happened', 'Recorded', 'Type', 'What', 'Who', 'Post', 'Act', 'Hash', 'From paper'],
} as const;

/** The timeline as a table for a spreadsheet. */
export function timelineTable(entries: readonly TimelineView[], language: Language): (string | number)[][] {
  return [
    [...COLUMNS[language]],
    ...entries.map((e) => [
      e.seq,
      e.occurredAt,
      e.recordedAt,
      e.type,
      e.text,
      e.actor.name ?? e.actor.id,
      e.actor.post ?? '',
      e.actId ?? '',
      e.hash,
      e.imported ? (e.paperDate ?? '1') : '',
    ]),
  ];
}
