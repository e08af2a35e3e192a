import type { Sql } from '../client.ts';

/** Names of posts, people and units by id. */
export interface OrgNames {
  readonly posts: ReadonlyMap<string, readonly [zh: string, en: string]>;
  readonly people: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, readonly [zh: string, en: string]>;
}

interface NameRow {
  readonly kind: 'post' | 'person' | 'unit';
  readonly id: string;
  readonly zh: string;
  readonly en: string;
}

/** The names behind these ids, whatever they name; ids that name nothing are passed over. */
export async function namesOf(sql: Sql, ids: ReadonlySet<string>): Promise<OrgNames> {
  const wanted = [...ids];
  const rows =
    wanted.length === 0
      ? []
      : await sql<NameRow[]>`
          SELECT 'post' AS kind, id, name_zh AS zh, name_en AS en FROM posts WHERE id IN ${sql(wanted)}
          UNION ALL SELECT 'unit', id, name_zh, name_en FROM units WHERE id IN ${sql(wanted)}
          UNION ALL SELECT 'person', id, name, name FROM person.people WHERE id IN ${sql(wanted)}`;
  const of = (kind: NameRow['kind']) => rows.filter((row) => row.kind === kind);
  return {
    posts: new Map(of('post').map(({ id, zh, en }) => [id, [zh, en]])),
    units: new Map(of('unit').map(({ id, zh, en }) => [id, [zh, en]])),
    people: new Map(of('person').map(({ id, zh }) => [id, zh])),
  };
}

/** The names of a case's items and deadlines by id, open or long done; ids that name nothing are passed over. */
export async function thingNames(
  sql: Sql,
  caseId: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly [zh: string, en: string]>> {
  const wanted = [...ids];
  if (wanted.length === 0) return new Map();
  const rows = await sql<NameRow[]>`
    SELECT item_id AS id, name_zh AS zh, name_en AS en FROM items WHERE case_id = ${caseId} AND item_id IN ${sql(wanted)}
    UNION ALL SELECT deadline_id, name_zh, name_en FROM deadlines
      WHERE case_id = ${caseId} AND deadline_id IN ${sql(wanted)}`;
  return new Map(rows.map(({ id, zh, en }) => [id, [zh, en]]));
}

/** The same for several cases at once: by case. */
export async function thingNamesOf(
  sql: Sql,
  caseIds: readonly string[],
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly [zh: string, en: string]>>> {
  const [cases, wanted] = [JSON.stringify(caseIds), JSON.stringify([...ids])];
  const rows = await sql<(NameRow & { readonly caseId: string })[]>`
    SELECT i.case_id AS "caseId", i.item_id AS id, i.name_zh AS zh, i.name_en AS en FROM items i
      WHERE i.case_id IN (SELECT json_array_elements_text(${cases}::text::json))
        AND i.item_id IN (SELECT json_array_elements_text(${wanted}::text::json))
    UNION ALL SELECT d.case_id, d.deadline_id, d.name_zh, d.name_en FROM deadlines d
      WHERE d.case_id IN (SELECT json_array_elements_text(${cases}::text::json))
        AND d.deadline_id IN (SELECT json_array_elements_text(${wanted}::text::json))`;
  const found = new Map<string, Map<string, readonly [string, string]>>();
  for (const { caseId, id, zh, en } of rows) {
    const of = found.get(caseId) ?? new Map<string, readonly [string, string]>();
    found.set(caseId, of.set(id, [zh, en]));
  }
  return found;
}

/** What all units are called, in both languages. */
export async function unitNames(sql: Sql): Promise<string[]> {
  return (await sql<{ name: string }[]>`SELECT name_zh AS name FROM units UNION SELECT name_en FROM units`).map(
    ({ name }) => name,
  );
}
