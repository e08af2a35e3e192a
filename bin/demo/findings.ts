import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { BookEntryView, Books, Reconciliations } from '../../api/schemas/books.ts';
import type { CaseView } from '../../api/schemas/case.ts';
import type { AccountabilityRecord, Message, TimelineView } from '../../api/schemas/views.ts';
import { type Api, apiAt } from './api.ts';
import type { Cast } from './cast.ts';
import { all } from './timeline.ts';

/** What a story leaves behind, as those who are asked about it see it over HTTP. */
export interface Findings {
  readonly case: CaseView;
  readonly timeline: readonly TimelineView[];
  /** Messages about this case in the inbox of the unit's head. */
  readonly escalations: readonly z.infer<typeof Message>[];
  readonly accountability: readonly z.infer<typeof AccountabilityRecord>[];
  readonly books: z.infer<typeof Books>;
  readonly cash: readonly BookEntryView[];
  readonly vouchers: readonly BookEntryView[];
  readonly comparisons: z.infer<typeof Reconciliations>;
}

/** Asks everything about a case: the auditor reads case and books, the head of the unit her own inbox. */
export async function findingsOf(url: string, cast: Cast, caseId: string, lang: 'zh' | 'en'): Promise<Findings> {
  const auditor = apiAt(url, cast.keyOf('auditor'), lang);
  const director = apiAt(url, cast.keyOf('director'), lang);
  const path = `/cases/${caseId}`;
  const [record, timeline, inbox, accountability, books, cash, vouchers, comparisons] = await Promise.all([
    auditor.get<CaseView>(path),
    all<TimelineView>(auditor, `${path}/timeline`),
    all<Findings['escalations'][number]>(director, '/inbox'),
    all<Findings['accountability'][number]>(auditor, `/accountability?case=${caseId}`),
    auditor.get<Findings['books']>(`${path}/books`),
    all<BookEntryView>(auditor, `${path}/books/cash`),
    all<BookEntryView>(auditor, `${path}/books/accounts`),
    auditor.get<Findings['comparisons']>(`${path}/books/reconciliations`),
  ]);
  const escalations = inbox.filter((message) => message.caseId === caseId);
  return { case: record, timeline, escalations, accountability, books, cash, vouchers, comparisons };
}

/** What came in on one side of the books, in fen: red ink taken off. */
export function takings(entries: readonly BookEntryView[]): number {
  return entries.reduce((sum, { direction, amountFen }) => (direction === 'in' ? sum + (amountFen ?? 0) : sum), 0);
}

/** Waits until the case's workflow has taken every event into its history; answers the milliseconds, or undefined in vain. */
export async function waitForWitness(api: Api, caseId: string, mostMs: number): Promise<number | undefined> {
  const start = performance.now();
  for (;;) {
    const { revision, witnessedRevision } = await api.get<CaseView>(`/cases/${caseId}`);
    const ms = Math.round(performance.now() - start);
    if (witnessedRevision >= revision) return ms;
    if (ms > mostMs) return undefined;
    await sleep(100);
  }
}
