import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/client.ts';
import { bareCase } from '../../test/support/bare-cases.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { checkKeys } from './check.ts';
import type { KeptKey, KeyCopies } from './data-keys.ts';
import { KeyAway, KeyGone } from './errors.ts';
import { type KeyringDeps, openKeyring } from './keyring.ts';
import { rewrapKeys, rotating, wrappedBefore } from './rewrap.ts';
import type { YearlyKey, YearlyKeys } from './wrapping.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
});
afterAll(async () => {
  await sql.end();
  await database.close();
});

let keys: YearlyKey[];
const yearly: YearlyKeys = { newest: () => keys.at(-1)!, byId: (id) => keys.find((key) => key.id === id) };
const made = (): YearlyKey => ({ id: `2026-${randomBytes(4).toString('hex')}`, secret: randomBytes(32) });

/** Copies outside the database, in memory. */
function copiesInMemory(): KeyCopies & { readonly kept: Map<string, KeptKey> } {
  const kept = new Map<string, KeptKey>();
  const byId = (id: string) => [...kept.values()].find((key) => key.id === id);
  return { kept, write: (key) => void kept.set(key.owner, key), read: (owner) => kept.get(owner), byId };
}

/** The database, which can be away. */
function unsteady() {
  const state = { away: false, asked: 0 };
  const over = new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const isQuery = Array.isArray(args[0]) && !String((args[0] as string[])[0]).startsWith('id, owner');
      if (isQuery) state.asked += 1;
      if (isQuery && state.away) return Promise.reject(new Error('connection refused'));
      return Reflect.apply(target, self, args) as unknown;
    },
  });
  return { state, sql: over };
}

const open = (more: Partial<KeyringDeps> = {}) => openKeyring({ sql, yearly, ...more });
const destroy = (owner: string) =>
  sql`UPDATE data_keys SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = ${owner}`;
const damage = (owner: string) =>
  sql`UPDATE data_keys SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 255) WHERE owner = ${owner}`;
const aCase = async () => (await bareCase(sql, { seq: 1, witnessedSeq: 1 })).caseId;

/** As a restored database is, which no role of ours can make. */
async function forget(owner?: string): Promise<void> {
  await sql`ALTER TABLE data_keys DISABLE TRIGGER USER`;
  await sql`DELETE FROM data_keys WHERE owner = ${owner ?? null} OR ${owner === undefined}`;
  await sql`ALTER TABLE data_keys ENABLE TRIGGER USER`;
}

beforeEach(async () => {
  await forget();
  keys = [made()];
});

describe('keys', () => {
  test('a case has one of its own, whoever asks first; what belongs to none has the installation’s', async () => {
    const caseId = await aCase();
    const rings = await Promise.all(Array.from({ length: 4 }, () => open()));
    const found = await Promise.all(rings.flatMap((ring) => [ring.of({ case: caseId }), ring.of({ case: caseId })]));
    expect(new Set(found.map(({ secret }) => Buffer.from(secret).toString('hex'))).size).toBe(1);
    expect(new Set(rings.map(({ installation }) => installation.id)).size).toBe(1);
    const [ring] = rings;
    expect(await ring!.of(undefined)).toBe(ring!.installation);
    expect(await ring!.of({ case: 'no such case' })).toBe(ring!.installation);
    expect(await ring!.of({ effect: 'no such effect' })).toBe(ring!.installation);
    const [{ n } = { n: 0 }] = await sql<{ n: number }[]>`SELECT count(*)::int AS n FROM data_keys`;
    expect(n).toBe(2);
    expect(await ring!.byId(found[0]!.id)).toMatchObject({ owner: caseId, secret: found[0]!.secret });
  });

  test('an effect has the key of its case', async () => {
    const caseId = await aCase();
    await sql`
      INSERT INTO effects (id, case_id, seq, n, kind, payload, created_at, next_try)
      VALUES ('effect-1', ${caseId}, 1, 0, 'call', '{}', now(), now())`;
    const ring = await open();
    expect(await ring.of({ effect: 'effect-1' })).toEqual(await ring.of({ case: caseId }));
  });

  test('no row is deleted, and of a row nothing changes but its wrapping', async () => {
    await open();
    await expect(sql`DELETE FROM data_keys`).rejects.toThrow();
    await expect(sql`TRUNCATE data_keys`).rejects.toThrow();
    await expect(sql`UPDATE data_keys SET owner = 'x'`).rejects.toThrow('only wrapped anew or destroyed');
    await expect(sql`UPDATE data_keys SET id = 'x'`).rejects.toThrow('only wrapped anew or destroyed');
    await expect(sql`UPDATE data_keys SET wrapped = NULL`).rejects.toThrow('data_keys_destroyed');
    for (const role of ['linli_read', 'linli_cash', 'linli_ledger', 'linli_log']) {
      const [right] = await sql<{ has: boolean }[]>`SELECT has_table_privilege(${role}, 'data_keys', 'SELECT') AS has`;
      expect([role, right?.has]).toEqual([role, false]);
    }
    const [door] = await sql`SELECT has_table_privilege('linli_door', 'data_keys', 'UPDATE, DELETE') AS changes`;
    expect(door).toEqual({ changes: false });
  });

  test('a key that cannot be had is away, one that nobody has is gone', async () => {
    const caseId = await aCase();
    const key = await (await open()).of({ case: caseId });
    const ring = await open();
    keys = [made()];
    await expect(ring.of({ case: caseId })).rejects.toThrow(KeyAway);
    await expect(ring.of({ case: caseId })).rejects.toThrow('LINLI_KEY_FILE');
    await expect(open()).rejects.toThrow(KeyAway);
    await expect(ring.byId('nobody.00000000')).rejects.toThrow(KeyGone);
    await expect(ring.byId(`${caseId}.ffffffff`)).rejects.toThrow(key.id === `${caseId}.ffffffff` ? '' : KeyGone);
  });
});

describe('many keys at once', () => {
  test('are asked for with one question, and not again while they are fresh; each says why it cannot be had', async () => {
    const [first, second, third] = [await aCase(), await aCase(), await aCase()];
    const maker = await open();
    const made = await Promise.all([first, second, third].map((caseId) => maker.of({ case: caseId })));
    await destroy(third);
    const over = unsteady();
    const ring = await open({ sql: over.sql });
    over.state.asked = 0;
    const ids = [...made.map(({ id }) => id), 'nobody.00000000', ring.installation.id];
    const found = await ring.byIds(ids);
    expect(over.state.asked).toBe(1);
    expect(ids.map((id) => found.get(id))).toMatchObject([
      { secret: made[0]!.secret },
      { secret: made[1]!.secret },
      { why: 'key destroyed' },
      { why: 'key unknown' },
      { secret: ring.installation.secret },
    ]);
    await ring.byIds(ids.slice(0, 2));
    expect(over.state.asked).toBe(1);
    over.state.away = true;
    expect((await ring.byIds(['other.00000000'])).get('other.00000000')).toMatchObject({ why: 'key away' });
  });

  test('a name that was changed to one that PostgreSQL takes for no text is nobody’s, and keeps no other from being found', async () => {
    const caseId = await aCase();
    const { id, secret } = await (await open()).of({ case: caseId });
    const changed = `${id.slice(0, 5)}\0${id.slice(6)}`;
    const found = await (await open()).byIds([changed, id]);
    expect([found.get(changed), found.get(id)]).toMatchObject([{ why: 'key unknown' }, { secret }]);
  });

  test('a key is drawn for a case that is about to be, its copy is kept when it is asked; its row opens to it', async () => {
    const copies = copiesInMemory();
    const ring = await open({ copies });
    const { key, row } = ring.drawn('c-new', '2026-11-23T05:00:00.000Z');
    expect(copies.read('c-new')).toBeUndefined();
    ring.keepCopy(row);
    expect(copies.read('c-new')).toEqual(row);
    expect(ring.unwrapped(row)).toEqual(key);
    keys = [made()];
    expect(() => ring.unwrapped(row)).toThrow(KeyAway);
  });
});

describe('what is remembered', () => {
  const spans = { refreshMs: 40, freshMs: 120, keepMs: 2_000, pauseMs: 30, patienceMs: 500 };

  test('a destroyed key stops working soon, used or not, and no other is made in its place', async () => {
    const [used, unused] = [await aCase(), await aCase()];
    const ring = await open({ spans });
    const key = await ring.of({ case: used });
    await ring.of({ case: unused });
    await Promise.all([destroy(used), destroy(unused)]);
    expect(await ring.byId(key.id)).toBe(key); // remembered for a moment
    await sleep(60);
    await ring.byId(key.id); // looked up again behind its user's back
    await sleep(40);
    await expect(ring.byId(key.id)).rejects.toThrow(KeyGone);
    await sleep(60);
    await expect(ring.of({ case: unused })).rejects.toThrow(KeyGone);
    await expect(ring.of({ case: used })).rejects.toThrow('was destroyed');
  });

  test('one key that cannot be opened keeps no other from being looked up again', async () => {
    const [damaged, destroyed] = [await aCase(), await aCase()];
    const ring = await open({ spans: { ...spans, pauseMs: 60_000 } });
    const key = await ring.of({ case: destroyed });
    await ring.of({ case: damaged });
    await Promise.all([damage(damaged), destroy(destroyed)]);
    await sleep(150);
    expect(await ring.of({ case: damaged })).toMatchObject({ owner: damaged }); // what is remembered, for a while
    await expect(ring.byId(key.id)).rejects.toThrow(KeyGone);
  });

  test('keys in use carry an outage, and only so long', async () => {
    const caseId = await aCase();
    const { state, sql: over } = unsteady();
    const ring = await open({ sql: over, spans });
    const key = await ring.of({ case: caseId });
    state.away = true;
    for (let n = 0; n < 10; n++) {
      await sleep(50);
      expect(await ring.of({ case: caseId })).toBe(key);
    }
    expect(await ring.byId(ring.installation.id)).toBe(ring.installation);
    await expect(ring.of({ case: await aCase() })).rejects.toThrow(KeyAway);
    await sleep(2_000);
    await expect(ring.of({ case: caseId })).rejects.toThrow(KeyAway);
    state.away = false;
    expect(await ring.of({ case: caseId })).toEqual(key);
  });

  test('a key in use is not asked for each time, and no more than so many are remembered', async () => {
    const { state, sql: over } = unsteady();
    const ring = await open({ sql: over, most: 2 });
    const cases = [await aCase(), await aCase(), await aCase()];
    for (const id of cases) await ring.of({ case: id });
    const asked = state.asked;
    for (let n = 0; n < 50; n++) await ring.of({ case: cases[2]! });
    expect(state.asked).toBe(asked);
    await ring.of({ case: cases[0]! });
    expect(state.asked).toBeGreaterThan(asked);
  });
});

describe('copies outside the database', () => {
  test('give a database that was restored the keys back that were made since', async () => {
    const copies = copiesInMemory();
    const caseId = await aCase();
    const key = await (await open({ copies })).of({ case: caseId });
    expect([...copies.kept.keys()].sort()).toEqual([caseId, 'installation'].sort());
    await forget(caseId);
    await expect((await open()).byId(key.id)).rejects.toThrow('LINLI_KEY_FOLDER');
    expect(await (await open({ copies })).byId(key.id)).toEqual(key);
    await forget(caseId);
    expect(await (await open({ copies })).of({ case: caseId })).toEqual(key);
  });

  test('are written before the key is there: one that cannot be leaves no key without a copy', async () => {
    const copies = copiesInMemory();
    const caseId = await aCase();
    const ring = await open({ copies });
    const full = await open({
      copies: {
        ...copies,
        write: () => {
          throw new Error('no space left');
        },
      },
    });
    await expect(full.of({ case: caseId })).rejects.toThrow('no space left');
    expect(await sql`SELECT FROM data_keys WHERE owner = ${caseId}`).toHaveLength(0);
    const key = await ring.of({ case: caseId });
    expect(copies.kept.get(caseId)?.id).toBe(key.id);
  });

  test('are those of the key that was made when two make one at once', async () => {
    const copies = copiesInMemory();
    const caseId = await aCase();
    const rings = await Promise.all(Array.from({ length: 4 }, () => open({ copies })));
    const found = await Promise.all(rings.map((ring) => ring.of({ case: caseId })));
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    expect(copies.kept.get(caseId)?.id).toBe(found[0]!.id);
  });

  test('a key whose owner was given another meanwhile still decrypts from its copy, and encrypts nothing', async () => {
    const copies = copiesInMemory();
    const caseId = await aCase();
    const key = await (await open({ copies })).of({ case: caseId });
    await forget(caseId);
    const other = await (await open()).of({ case: caseId });
    expect(other.id).not.toBe(key.id);
    const ring = await open({ copies });
    expect(await ring.byId(key.id)).toEqual({ ...key, aside: true });
    expect(await ring.of({ case: caseId })).toEqual(other);
    expect(await ring.byId(key.id)).toMatchObject({ secret: key.secret });
    await expect((await open()).byId(key.id)).rejects.toThrow('LINLI_KEY_FOLDER');
  });
});

describe('a new yearly key', () => {
  test('is made by one at a time', async () => {
    const order: string[] = [];
    let end = () => {};
    const begun = new Promise<void>((resolve) => {
      const first = rotating(sql, async () => {
        resolve();
        await new Promise<void>((done) => {
          end = done;
        });
        order.push('first');
      });
      first.catch(() => {});
    });
    await begun;
    await expect(rotating(sql, async () => order.push('second'))).rejects.toThrow('under way');
    end();
    await expect.poll(() => order).toEqual(['first']);
    await expect.poll(() => rotating(sql, async () => 'third').catch(() => '')).toBe('third');
  });

  test('wraps all data keys in batches; broken off it goes on; what was encrypted stays readable', async () => {
    const copies = copiesInMemory();
    const ring = await open({ copies });
    const before = [];
    for (let n = 0; n < 7; n++) before.push(await ring.of({ case: await aCase() }));
    await destroy(before[6]!.owner);
    keys.push(made());
    expect(await wrappedBefore({ sql, yearly })).toBe(7); // six cases and the installation
    const { state, sql: over } = unsteady();
    let statements = 0;
    const breaking = new Proxy(over, {
      apply(target, self, args: unknown[]) {
        statements += 1;
        if (statements === 5) state.away = true;
        return Reflect.apply(target, self, args) as unknown;
      },
    });
    await expect(rewrapKeys({ sql: breaking, yearly, copies, batch: 2 })).rejects.toThrow('refused');
    const left = await wrappedBefore({ sql, yearly });
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(7);
    expect(await rewrapKeys({ sql, yearly, copies, batch: 2 })).toBe(left);
    expect(await rewrapKeys({ sql, yearly, copies, batch: 2 })).toBe(0);
    const found = await checkKeys({ sql, yearly, copies, batch: 3 });
    expect(found).toEqual({ keys: 7, before: 0, copies: 0, findings: [] });
    keys = keys.slice(1);
    const after = await open();
    for (const key of before.slice(0, 6)) expect(await after.byId(key.id)).toEqual(key);
  });

  test('the check finds what cannot be opened, and copies that differ', async () => {
    const copies = copiesInMemory();
    const ring = await open({ copies });
    const [one, two] = [await ring.of({ case: await aCase() }), await ring.of({ case: await aCase() })];
    copies.kept.delete(two.owner);
    await sql`UPDATE data_keys SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE id = ${one.id}`;
    const deps = { sql, yearly, copies };
    expect(await checkKeys(deps)).toMatchObject({ keys: 3, copies: 1, findings: [expect.stringContaining(one.id)] });
    await checkKeys(deps, true);
    expect(await checkKeys(deps)).toMatchObject({ copies: 0 });
    const kept = keys;
    keys = [made()];
    expect((await checkKeys(deps)).findings).toHaveLength(3);
    await expect(rewrapKeys(deps)).rejects.toThrow(kept[0]!.id);
  });
});
