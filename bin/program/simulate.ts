import { simulateProgram } from '../../api/simulation.ts';
import { readable } from '../../api/timeline-text.ts';
import { namesFor } from '../../api/views/names.ts';
import { isRefusal } from '../../engine/act-kind.ts';
import { loadPrograms } from '../../plugins/index.ts';
import type { Field, Program, Text } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';

/** What would happen on a case, in order. */
export interface Agenda {
  readonly program: { readonly id: string; readonly version: string; readonly hash: string };
  readonly openedAt: Instant;
  readonly until: Instant;
  readonly agenda: readonly { readonly at: Instant; readonly kind: string; readonly text: Text }[];
  readonly truncated: boolean;
}

const TWO_YEARS_MS = 2 * 365 * 24 * 60 * 60 * 1000;

/** Simulates a case of an installed program on which nobody acts. Throws for an unknown program, or when it refuses. */
export async function agendaOf(
  id: string,
  span: { readonly from?: Instant; readonly until?: Instant },
  packages: readonly string[],
): Promise<Agenda> {
  const catalogue = await loadPrograms({ packages });
  const program = catalogue.byId(id);
  if (!program) {
    const known = catalogue.all().map((each) => each.id);
    throw new Error(`There is no program "${id}". Installed: ${known.join(', ')}.`);
  }
  const openedAt = span.from ?? new Date().toISOString();
  const until = span.until ?? new Date(Date.parse(openedAt) + TWO_YEARS_MS).toISOString();
  const hash = catalogue.hashOf(id) ?? '';
  const simulated = await simulateProgram(program, hash, { data: sampleData(program), openedAt, until });
  if (isRefusal(simulated)) throw new Error(simulated.detail.join(' · '));
  const org = { posts: new Map(), people: new Map(), units: new Map() };
  const [zh, en] = (['zh', 'en'] as const).map((language) => namesFor(program, simulated.state, org, language));
  return {
    program: { id, version: program.version, hash },
    openedAt,
    until,
    agenda: simulated.events.map((event) => ({
      at: event.recordedAt,
      kind: event.type,
      text: [readable(event, zh!)[0], readable(event, en!)[1]],
    })),
    truncated: simulated.cut,
  };
}

/** Something for every field that is asked when a case is opened. */
function sampleData({ intake, fields }: Program): Record<string, string | number | boolean> {
  return Object.fromEntries(intake.map((name) => [name, sampleOf(fields[name])]));
}

function sampleOf(field: Field | undefined): string | number | boolean {
  switch (field?.kind) {
    case 'number':
      return 1;
    case 'yesNo':
      return true;
    case 'date':
      return '2000-01-01';
    case 'choice':
      return field.of?.[0] ?? '';
    default:
      return '…';
  }
}
