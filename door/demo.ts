import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import { createTransactions } from '../db/transactions.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { type NewPost, type NewUnit, Organisation } from './organisation.ts';

/** An API key in clear, shown once. `unit` is where a login right of the key (engine/logins.ts) holds. */
export interface DemoKey {
  readonly role: string;
  readonly person: string;
  readonly post: string | null;
  readonly unit: string;
  readonly key: string;
}

/** What the first run has made, as `linli keys` shows it. */
export interface Demo {
  readonly units: readonly { readonly id: string; readonly level: string; readonly name: string }[];
  readonly posts: readonly { readonly id: string; readonly kind: string; readonly unit: string }[];
  readonly keys: readonly DemoKey[];
}

const units: readonly NewUnit[] = [
  { id: 'district-1', level: 'district', name: ['上街区', 'Shangjie District'] },
  { id: 'subdistrict-1', level: 'sub-district', name: ['济源路街道', 'Jiyuan Road Sub-district'], above: 'district-1' },
  {
    id: 'community-1',
    level: 'community',
    name: ['新安西路社区', 'West Xin’an Road Community'],
    above: 'subdistrict-1',
  },
  { id: 'community-2', level: 'community', name: ['洛宁路社区', 'Luoning Road Community'], above: 'subdistrict-1' },
];

const communityPosts: readonly (readonly [kind: string, name: Text])[] = [
  ['caseworker', ['社区专职工作者', 'caseworker']],
  ['secretary', ['社区党支部书记', 'branch secretary']],
  ['director', ['居民委员会主任', 'head of the residents’ committee']],
  ['residents-representative', ['居民代表', 'residents’ representative']],
  ['supervision-head', ['居务监督委员会主任', 'head of the supervision committee']],
];

const posts: readonly NewPost[] = [
  {
    id: 'district-1-head',
    kind: 'district-head',
    unit: 'district-1',
    name: ['区民政局局长', 'district head'],
    heads: true,
  },
  {
    id: 'subdistrict-1-head',
    kind: 'sub-district-head',
    unit: 'subdistrict-1',
    name: ['街道办事处主任', 'sub-district head'],
    heads: true,
  },
  ...['community-1', 'community-2'].flatMap((unit) =>
    communityPosts.map(([kind, name]): NewPost => {
      const post = { id: `${unit}-${kind}`, kind, unit, name };
      return kind === 'director' ? { ...post, heads: true } : post;
    }),
  ),
];

/** People by id: the post each holds, and what their key is for. Names have the form that published reports use. */
const people: readonly {
  readonly id: string;
  readonly name: string;
  readonly post?: string;
  readonly role: string;
  readonly unit: string;
}[] = [
  { id: 'p-caseworker', name: '李某', post: 'community-1-caseworker', role: 'caseworker', unit: 'community-1' },
  { id: 'p-secretary', name: '张某', post: 'community-1-secretary', role: 'cadre', unit: 'community-1' },
  { id: 'p-director', name: '王某', post: 'community-1-director', role: 'director', unit: 'community-1' },
  {
    id: 'p-cash-holder',
    name: '罗某',
    post: 'community-1-residents-representative',
    role: 'cashHolder',
    unit: 'community-1',
  },
  { id: 'p-accountant', name: '赵某', post: 'community-1-supervision-head', role: 'accountant', unit: 'community-1' },
  {
    id: 'p-sub-district-head',
    name: '刘某',
    post: 'subdistrict-1-head',
    role: 'subDistrictHead',
    unit: 'subdistrict-1',
  },
  { id: 'p-district-head', name: '陈某', post: 'district-1-head', role: 'districtHead', unit: 'district-1' },
  { id: 'p-auditor', name: '杨某', role: 'auditor', unit: 'district-1' },
  { id: 'p-admin', name: '黄某', role: 'admin', unit: 'district-1' },
  { id: 'p-security', name: '何某', role: 'securityAdmin', unit: 'district-1' },
  { id: 'p-caseworker-2', name: '吴某', post: 'community-2-caseworker', role: 'caseworker', unit: 'community-2' },
  { id: 'p-secretary-2', name: '徐某', post: 'community-2-secretary', role: 'cadre', unit: 'community-2' },
  { id: 'p-director-2', name: '孙某', post: 'community-2-director', role: 'director', unit: 'community-2' },
  {
    id: 'p-cash-holder-2',
    name: '马某',
    post: 'community-2-residents-representative',
    role: 'cashHolder',
    unit: 'community-2',
  },
  { id: 'p-accountant-2', name: '朱某', post: 'community-2-supervision-head', role: 'accountant', unit: 'community-2' },
];

/** Appointments run from here: cases of the demonstration may begin back in time. */
const demoFrom: Instant = '2020-01-01T00:00:00.000Z';

/**
 * Makes the demonstration's organisation with people, appointments and API keys, in one transaction, when there is no unit
 * yet; otherwise changes nothing and answers undefined. The keys come back in clear this once; the table holds their hash.
 * `keep` is given them before the commit, so that no kill can leave keys that nobody knows. `from`: since when people hold their posts.
 */
export async function seedDemo(
  sql: Sql,
  keep: (demo: Demo) => void = () => {},
  from: Instant = demoFrom,
): Promise<Demo | undefined> {
  const transactions = createTransactions(sql, { lanes: 1 });
  try {
    return await transactions.run(async (tx) => {
      await tx`LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE`;
      const [found] = await tx`SELECT FROM units LIMIT 1`;
      if (found) return undefined;
      const organisation = new Organisation(tx, { kind: 'system', id: 'first-run' });
      for (const unit of units) await organisation.addUnit(unit);
      for (const post of posts) await organisation.addPost(post);
      const keys: DemoKey[] = [];
      for (const { id, name, post, role, unit } of people) {
        await organisation.addPerson({ id, name });
        if (post !== undefined) await organisation.appoint(post, id, from);
        const key = `linli_${randomBytes(32).toString('base64url')}`;
        await tx`INSERT INTO api_keys (id, hash, role, person, post, unit)
          VALUES (${randomUUID()}, ${keyHash(key)}, ${role}, ${id}, ${post ?? null}, ${unit})`;
        keys.push({ role, person: id, post: post ?? null, unit, key });
      }
      const demo = {
        units: units.map(({ id, level, name }) => ({ id, level, name: name[0] })),
        posts: posts.map(({ id, kind, unit }) => ({ id, kind, unit })),
        keys,
      };
      keep(demo);
      return demo;
    });
  } finally {
    await transactions.end();
  }
}

/** What the table keeps of an API key. */
export function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
