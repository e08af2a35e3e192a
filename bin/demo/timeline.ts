import type { TimelineView } from '../../api/schemas/views.ts';
import type { Api } from './api.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Everything of a list, page after page. */
export async function all<T>(api: Api, path: string): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = '';
  do {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await api.get<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=200${more}`);
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

/** Reads on in a case's timeline: each call answers the events since the last one. */
export function followTimeline(api: Api, caseId: string): () => Promise<TimelineView[]> {
  let cursor = '';
  let seen = 0;
  return async () => {
    const fresh: TimelineView[] = [];
    for (;;) {
      const page: Page<TimelineView> = await api.get(`/cases/${caseId}/timeline?limit=200${cursor}`);
      fresh.push(...page.items.filter(({ seq }) => seq > seen));
      seen = page.items.at(-1)?.seq ?? seen;
      if (!page.nextCursor) return fresh;
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  };
}
