import { readFileSync } from 'node:fs';
import { CalendarRequest, recordOf } from '../../api/schemas/calendar.ts';
import { connect } from '../../db/client.ts';
import { loadYear } from '../../door/calendar-load.ts';
import type { RecordProblem, YearRecord } from '../../engine/time/calendar-record.ts';
import type { Text } from '../../sdk/program.ts';
import type { CommandContext } from '../context.ts';

/** Where a file's year holds, and why it is loaded. */
export interface LoadOptions {
  readonly area?: string;
  readonly reason?: string;
}

/** What became of a file. `revision` is null when nothing of it was kept; then `problems` says why. */
export interface FileLoaded {
  readonly loaded: boolean;
  readonly changed: boolean;
  readonly year: number | null;
  readonly area: string | null;
  readonly revision: number | null;
  readonly problems: readonly RecordProblem[];
}

/** Loads a year from a file. Throws what the database throws, but for a unit that does not exist. */
export async function loadCalendarFile(
  { withDatabase }: Pick<CommandContext, 'withDatabase'>,
  file: string,
  { area, reason }: LoadOptions,
): Promise<FileLoaded> {
  const read = readRecord(file);
  const year = 'record' in read ? read.record.year : null;
  const refused = (problems: readonly RecordProblem[]): FileLoaded => {
    return { loaded: false, changed: false, year, area: area ?? null, revision: null, problems };
  };
  if ('problems' in read) return refused(read.problems);
  return withDatabase(async (url) => {
    const sql = connect(url, { max: 1, name: 'linli calendar' });
    try {
      const loaded = await loadYear(sql, {
        record: read.record,
        by: { kind: 'system', id: 'linli calendar load' },
        ...(area === undefined ? {} : { area }),
        ...(reason === undefined ? {} : { reason }),
      });
      if (loaded.kind !== 'loaded') return refused(loaded.kind === 'invalid' ? loaded.problems : []);
      const { changed, revision } = loaded;
      return { loaded: true, changed, year, area: area ?? null, revision, problems: [] };
    } catch (error) {
      if ((error as { code?: unknown }).code !== '23503') throw error;
      return refused([{ path: '--area', message: [`没有单位 ${area}`, `there is no unit ${area}`] }]);
    } finally {
      await sql.end();
    }
  });
}

type Read = { readonly record: YearRecord } | { readonly problems: readonly RecordProblem[] };

const FORM: Text = [
  '应为 {year, source, days: [{date, name, off}]}，或 holiday-cn 的格式',
  'should be {year, source, days: [{date, name, off}]}, or have the form of holiday-cn',
];

function readRecord(file: string): Read {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { message } = error as Error;
    return { problems: [{ path: file, message: [`读不了：${message}`, `cannot be read: ${message}`] }] };
  }
  const parsed = CalendarRequest.safeParse(content);
  return parsed.success ? { record: recordOf(parsed.data) } : { problems: [{ path: file, message: FORM }] };
}
