import { namesOf } from '../db/queries/names.ts';
import { type OrgEventRow, orgHistory } from '../db/queries/org-history.ts';
import type { OrgEvent } from '../door/organisation.ts';
import type { Text } from '../sdk/program.ts';
import type { AppDeps } from './deps.ts';
import { type Language, pick } from './language.ts';
import { orgEventText } from './org-event-text.ts';
import { idsIn } from './views/names.ts';

/** A change of the organisation as a page shows it. */
export interface OrgChangeView {
  readonly seq: number;
  readonly at: string;
  readonly text: string;
  /** Who made it: a name, or what of ours did. */
  readonly by: string;
}

/** A page of changes, the latest first; `before` names the seq from which the next one goes back. */
export interface OrgHistoryPage {
  readonly changes: readonly OrgChangeView[];
  readonly before: number | undefined;
}

interface Read {
  readonly row: OrgEventRow;
  readonly event: OrgEvent | undefined;
  readonly actor: { readonly kind: string; readonly id: string } | undefined;
}

/** What the organisation's chain says about units, posts or people, in words. Rights are the caller's concern. */
export async function historyOf(
  deps: Pick<AppDeps, 'sql'>,
  ids: readonly string[],
  language: Language,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<OrgHistoryPage> {
  const found = await orgHistory(deps.sql, ids, { limit: limit + 1, before });
  const rows = found.slice(0, limit).map(read);
  const names = await namesOf(deps.sql, idsIn(rows.map(({ event, actor }) => [event?.data, actor])));
  const named = (id: string): Text => {
    const person = names.people.get(id);
    return names.posts.get(id) ?? names.units.get(id) ?? (person === undefined ? [id, id] : [person, person]);
  };
  const unreadable: Text = ['这条记录无法读取，请审计核对。', 'This record cannot be read: have the chain verified.'];
  return {
    changes: rows.map(({ row, event, actor }) => ({
      seq: row.seq,
      at: row.recordedAt,
      text: pick(event ? wordsOf(event, named) : unreadable, language),
      by: actor?.kind === 'person' ? pick(named(actor.id), language) : language === 'zh' ? '系统' : 'the system',
    })),
    before: found.length > limit ? rows.at(-1)?.row.seq : undefined,
  };

  function wordsOf(event: OrgEvent, of: (id: string) => Text): Text {
    try {
      return orgEventText(event, of);
    } catch {
      // its data is not what its type says: somebody changed it by hand
      return unreadable;
    }
  }
}

function read(row: OrgEventRow): Read {
  try {
    const { data } = JSON.parse(Buffer.from(row.payload).toString('utf8')) as { data: unknown };
    const { actor } = JSON.parse(Buffer.from(row.header).toString('utf8')) as { actor: Read['actor'] };
    return { row, event: { type: row.type, data } as OrgEvent, actor };
  } catch {
    return { row, event: undefined, actor: undefined };
  }
}
