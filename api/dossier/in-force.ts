import type { ChainActor } from '../../door/chain.ts';
import { rowsOf, type Table } from './table.ts';

/** An event as far as the rule looks at it. */
interface Acted {
  readonly seq: number;
  readonly recordedAt: string;
  readonly actor: ChainActor;
}

const COLUMNS = ['seq', 'person', 'post', 'how', 'from_at', 'until_at'] as const;

/**
 * Under which appointment to which post each event was recorded: what was in force at that instant, not what holds today. `how`
 * is null where the organisation knows of none.
 */
export function inForceOf(tables: ReadonlyMap<string, Table>) {
  const tenures = [
    ...rowsOf(tables.get('organisation/appointments')).map((row) => ({ ...row, how: 'appointment' }) as Tenure),
    ...rowsOf(tables.get('organisation/substitutions')).map((row) => ({ ...row, how: 'substitution' }) as Tenure),
  ];
  const of = new Map<string, Tenure[]>();
  for (const tenure of tenures) {
    const key = JSON.stringify([tenure.post, tenure.person]);
    of.set(key, [...(of.get(key) ?? []), tenure]);
  }
  const rows: unknown[][] = [];
  return {
    add({ seq, recordedAt, actor }: Acted): void {
      if (actor.kind !== 'person' || actor.post === null) return;
      const held = of
        .get(JSON.stringify([actor.post, actor.id]))
        ?.find(({ from_at, until_at }) => from_at <= recordedAt && (until_at === null || until_at > recordedAt));
      rows.push([seq, actor.id, actor.post, held?.how ?? null, held?.from_at ?? null, held?.until_at ?? null]);
    },
    table: (): Table => ({ columns: COLUMNS, rows }),
  };
}

interface Tenure {
  readonly post: string;
  readonly person: string;
  readonly from_at: string;
  readonly until_at: string | null;
  readonly how: 'appointment' | 'substitution';
}
