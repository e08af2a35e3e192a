import type { ChainActor } from '../../door/chain.ts';
import { inForceAmong, type Tenure } from '../in-force.ts';
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
  const tenures = (table: string, how: Tenure['how']) =>
    rowsOf(tables.get(table)).map((row) => {
      const { post, person, from_at: from, until_at: until } = row as unknown as TenureRow;
      return { post, person, from, until, how };
    });
  const inForce = inForceAmong([
    ...tenures('organisation/appointments', 'appointment'),
    ...tenures('organisation/substitutions', 'substitution'),
  ]);
  const rows: unknown[][] = [];
  return {
    add({ seq, recordedAt, actor }: Acted): void {
      if (actor.kind !== 'person' || actor.post === null) return;
      const held = inForce(actor.post, actor.id, recordedAt);
      rows.push([seq, actor.id, actor.post, held?.how ?? null, held?.from ?? null, held?.until ?? null]);
    },
    table: (): Table => ({ columns: COLUMNS, rows }),
  };
}

interface TenureRow {
  readonly post: string;
  readonly person: string;
  readonly from_at: string;
  readonly until_at: string | null;
}
