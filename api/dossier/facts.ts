import type { ChainActor } from '../../door/chain.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { statusName } from '../../engine/life.ts';
import type { State } from '../../engine/state.ts';
import type { Program, Text } from '../../sdk/program.ts';
import { type Names, readable } from '../timeline-text.ts';
import { namesFor } from '../views/names.ts';
import { rowsOf, type Table, type TableRow } from './table.ts';

/** Of which case a dossier is, and how far it goes. */
export interface About {
  readonly installation: string;
  readonly case: string;
  readonly redacted: boolean;
  /** Number and hash of the last event. */
  readonly seq: number;
  readonly head: string;
  /** When the last event was recorded: the dossier shows the case as of then. */
  readonly recordedAt: string;
}

/** What the pages of a dossier are written from: nothing but its own files. */
export interface Facts {
  readonly about: About;
  readonly program: Program | undefined;
  readonly state: State;
  readonly tables: ReadonlyMap<string, Table>;
}

/** An event as the pages show it. */
export interface ShownEvent {
  readonly seq: number;
  readonly type: string;
  readonly data: object;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: ChainActor;
  readonly hash: string;
}

/** Writes in both languages what a dossier's ids stand for. */
export interface Wording {
  readonly event: (event: ShownEvent) => Text;
  readonly actor: (event: ShownEvent) => Text;
  readonly post: (id: string) => Text;
  readonly unit: (id: string) => Text;
  readonly person: (id: string) => string;
  readonly names: Names;
}

/** The words of a dossier, from its own tables. */
export function wordingOf({ program, state, tables }: Facts): Wording {
  const named = (name: string) =>
    new Map(rowsOf(tables.get(name)).map((row): [string, Text] => [String(row['id']), nameIn(row)]));
  const posts = named('organisation/posts');
  const units = named('organisation/units');
  const people = new Map(rowsOf(tables.get('organisation/people')).map(({ id, name }) => [String(id), String(name)]));
  const things = new Map([
    ...rowsOf(tables.get('models/items')).map((row): [string, Text] => [String(row['item_id']), nameIn(row)]),
    ...rowsOf(tables.get('models/deadlines')).map((row): [string, Text] => [String(row['deadline_id']), nameIn(row)]),
  ]);
  const [zh, en] = (['zh', 'en'] as const).map((language) =>
    namesFor(program, state, { posts, units, people }, language, things),
  ) as [Names, Names];
  const both = (names: ReadonlyMap<string, Text>) => (id: string) => names.get(id) ?? ([id, id] as const);
  return {
    names: zh,
    event(event) {
      const plain = event as unknown as Pick<CaseEvent, 'type' | 'data'>;
      try {
        return [readable(plain, zh)[0], readable(plain, en)[1]];
      } catch {
        return [event.type, event.type];
      }
    },
    actor: ({ actor }) => {
      if (actor.kind === 'system') return actor.id === 'clock' ? ['时钟', 'the clock'] : ['系统', 'the system'];
      return [zh.person(actor.id), en.person(actor.id)];
    },
    post: both(posts),
    unit: both(units),
    person: (id) => people.get(id) ?? id,
  };
}

/** What a row calls a thing. */
export function nameIn(row: TableRow): Text {
  return [String(row['name_zh']), String(row['name_en'])];
}

/** A case's status in words. */
export function statusText(status: string): Text {
  return statusName[status as keyof typeof statusName] ?? [status, status];
}
