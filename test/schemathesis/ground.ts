import { castOf } from '../../bin/demo/cast.ts';
import { drive } from '../../bin/demo/drive.ts';
import { missedVisit, wholeStory } from '../../plugins/fule/scenarios.ts';
import { Rig } from '../faults/rig.ts';

/** Ids of what there is, by what they name. */
export type Known = Readonly<Record<string, readonly (string | number)[]>>;

/** Linli as it runs in production, in processes of its own, with cases in it. */
export interface Ground {
  readonly url: string;
  keyOf(role: string): string;
  known(): Promise<Known>;
  /** How many requests the server says it has answered, by status. */
  answered(): Promise<Readonly<Record<string, number>>>;
  /** What its parts logged as alarms and errors, and how often. */
  troubles(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Starts it, and plays two stories: one to its end, one in which work waits. */
export async function prepareGround(): Promise<Ground> {
  const rig = await Rig.build();
  try {
    await rig.standUp('api', 'worker');
    const { url } = rig.part('api');
    const posts = await rig.sql<{ id: string; kind: string; unit: string }[]>`SELECT id, kind, unit FROM posts`;
    const units = await rig.sql<{ id: string; level: string; name: string }[]>`
      SELECT id, level, name_zh AS name FROM units ORDER BY id`;
    for (const scenario of [wholeStory, missedVisit])
      await drive({
        url,
        cast: castOf({ url, posts, units, keys: rig.keys }, scenario.assignments),
        scenario,
        lang: 'zh',
      });
    return {
      url,
      keyOf: (role) => rig.keys.find((key) => key.role === role)!.key,
      known: () => knownOf(rig),
      answered: () => answered(url),
      troubles: () => rig.troubles(),
      close: () => rig.close(),
    };
  } catch (error) {
    await rig.close();
    throw error;
  }
}

/** At most so many of each. */
const MOST = 12;
/** Where the ids of what is named in paths, queries and bodies stand. */
const NAMED: Readonly<Record<string, string>> = {
  case: 'SELECT case_id AS id FROM cases',
  document: 'SELECT id FROM documents',
  act: 'SELECT act_id AS id FROM acts',
  deadline: 'SELECT deadline_id AS id FROM deadlines',
  message: 'SELECT id FROM messages',
  item: 'SELECT DISTINCT key AS id FROM items',
  party: 'SELECT DISTINCT party_id AS id FROM parties',
  book: 'SELECT DISTINCT book AS id FROM books',
  payout: 'SELECT id FROM book_payouts',
  unit: 'SELECT id FROM units',
  post: 'SELECT id FROM posts',
  person: 'SELECT id FROM person.people',
  appointment: 'SELECT id FROM appointments',
  substitution: 'SELECT id FROM substitutions',
  program: 'SELECT DISTINCT id FROM programs',
  sample: 'SELECT id FROM audit_samples',
  bulletin: 'SELECT id FROM audit_bulletins',
  channel: 'SELECT id FROM channel_endpoints',
  import: 'SELECT id FROM imports',
  feed: 'SELECT id FROM calendar_feeds',
  transfer: 'SELECT id FROM transfers',
};

async function knownOf({ sql }: Rig): Promise<Known> {
  const found = Object.entries(NAMED).map(async ([name, query]): Promise<[string, string[]]> => {
    const rows = await sql.unsafe(`SELECT id FROM (${query}) AS named ORDER BY id LIMIT ${MOST}`);
    return [name, rows.map(({ id }) => String(id))];
  });
  const now = new Date();
  const told = { year: [now.getFullYear()], month: [now.toISOString().slice(0, 7)], field: ['needs', 'name'] };
  return { ...Object.fromEntries(await Promise.all(found)), ...told };
}

async function answered(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts: Record<string, number> = {};
  for (const [, status = '', count] of text.matchAll(/^linli_http_requests_total\{[^}]*status="(\d+)"[^}]*\} (\d+)$/gm))
    counts[status] = (counts[status] ?? 0) + Number(count);
  return counts;
}
