import { inForceOf } from '../../api/dossier/in-force.ts';
import { type Manifest, ORGANISATION_EVENTS } from '../../api/dossier/manifest.ts';
import { type Table, tableJson } from '../../api/dossier/table.ts';
import { type ChainEvent, readLines } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

interface Tenure {
  readonly post: string;
  readonly person: string;
  readonly from: string;
  until: string | null;
}

/**
 * Checks who held which post when against the organisation's events, and under which appointment each event was recorded. Answers the
 * organisation's events; of a redacted dossier there are none.
 */
export function checkOrganisation(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): readonly ChainEvent[] {
  const find = (where: string | number, zh: string, en: string) => findings.find('organisation', where, zh, en);
  const tables = new Map<string, Table>();
  for (const name of ['units', 'posts', 'people', 'appointments', 'substitutions']) {
    const table = contents.table(`organisation/${name}`, 'organisation');
    if (table) tables.set(`organisation/${name}`, table);
    else find(`organisation/${name}.json`, '缺少这张表', 'the table is missing');
  }
  const inForce = inForceOf(tables);
  for (const { seq, header } of events) inForce.add({ seq, recordedAt: header.recordedAt, actor: header.actor });
  const said = contents.table('organisation/in_force', 'organisation');
  if (!said || tableJson(said) !== tableJson(inForce.table()))
    find('organisation/in_force.json', '与任职和事件不符', 'it does not follow from appointments and events');
  if (manifest.redacted) {
    findings.leave('organisation', '隐去版不附组织的事件', 'a redacted dossier has no events of the organisation');
    return [];
  }
  const chain = readLines(contents, ORGANISATION_EVENTS, { rule: 'organisation', redacted: false }, findings);
  let before: ChainEvent | undefined;
  for (const event of chain) {
    const { seq, header } = event;
    if (before && seq <= before.seq) find(seq, '组织的事件次序不对', 'events of the organisation are out of order');
    if (before && seq === before.seq + 1 && header.prev !== before.hash)
      find(seq, '没有接在上一事件之后', 'it does not follow the event before it');
    if (header.case !== 'organisation' || header.installation !== manifest.installation)
      find(seq, '不是本安装的组织的事件', 'it is no event of the organisation of this installation');
    before = event;
  }
  const { appointments, substitutions, names } = rebuild(chain);
  const posts = new Set(contents.rows('organisation/posts', 'organisation').map(({ id }) => id));
  compareTenures(contents, 'appointments', appointments, posts, find);
  compareTenures(contents, 'substitutions', substitutions, posts, find);
  for (const table of ['posts', 'units'])
    for (const { id, name_zh, name_en } of contents.rows(`organisation/${table}`, 'organisation'))
      if (names.get(`${table} ${String(id)}`) !== JSON.stringify([name_zh, name_en]))
        find(`${table} ${String(id)}`, '名称与组织的事件不符', 'its name is not what the events lead to');
  return chain;
}

function rebuild(chain: readonly ChainEvent[]) {
  const appointments: Tenure[] = [];
  const substitutions: Tenure[] = [];
  const names = new Map<string, string>();
  const end = (tenures: Tenure[], { post, person, until }: Record<string, string>) => {
    for (const each of tenures)
      if (
        each.post === post &&
        each.person === person &&
        each.from < until! &&
        (each.until === null || each.until > until!)
      )
        each.until = until!;
  };
  for (const { header, data } of chain) {
    const said = data as Record<string, string>;
    const tenure = () => ({
      post: said['post']!,
      person: said['person']!,
      from: said['from']!,
      until: said['until'] ?? null,
    });
    if (header.type === 'appointment.made') appointments.push(tenure());
    if (header.type === 'substitution.made') substitutions.push(tenure());
    if (header.type === 'appointment.ended') end(appointments, said);
    if (header.type === 'substitution.ended') end(substitutions, said);
    if (header.type === 'appointment.withdrawn') {
      const n = appointments.findIndex(
        (each) => each.post === said['post'] && each.person === said['person'] && each.from === said['from'],
      );
      if (n >= 0) appointments.splice(n, 1);
    }
    const named = /^(post|unit)\.(added|renamed)$/.exec(header.type);
    if (named) names.set(`${named[1]}s ${said['id']}`, JSON.stringify(data['name']));
  }
  return { appointments, substitutions, names };
}

function compareTenures(
  contents: Contents,
  table: string,
  tenures: readonly Tenure[],
  posts: ReadonlySet<unknown>,
  find: (where: string, zh: string, en: string) => void,
): void {
  const keyOf = (each: readonly unknown[]) => JSON.stringify(each);
  const expected = tenures
    .filter(({ post }) => posts.has(post))
    .map(({ post, person, from, until }) => keyOf([post, person, from, until]))
    .sort();
  const said = contents
    .rows(`organisation/${table}`, 'organisation')
    .map((row) => keyOf([row['post'], row['person'], row['from_at'], row['until_at']]))
    .sort();
  if (expected.join() !== said.join())
    find(`organisation/${table}.json`, '与组织的事件不符', 'it is not what the events of the organisation lead to');
}
