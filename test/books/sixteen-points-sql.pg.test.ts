import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { fingerprint, type Ground, makeGround, roles } from './attempts/ground.ts';
import { type SqlAttempt, sqlAttempts } from './attempts/sql-attempts.ts';

// Attempts to break each of the sixteen points by SQL, under every database role of the application; the table of what is
// tried is in attempts/sql-attempts.ts. Each is committed if Postgres lets it, so that nothing holds by being undone.

let ground: Ground;
let before: string;

beforeAll(async () => {
  ground = await makeGround();
  await ground.sql`INSERT INTO person.payout_codes (case_id, payout, id, salt, hash, issued_at, tries)
    VALUES (${ground.held.caseId}, 'earnings.p.6', 'code', 's', repeat('a', 64), now(), 4)`;
  before = await fingerprint(ground.sql);
});
afterAll(() => ground?.close());

const named = (statement: string) =>
  statement
    .replaceAll('$held', ground.held.caseId)
    .replaceAll('$reviewed', ground.reviewed.caseId)
    .replaceAll('$many', ground.many.caseId);

/** Why a role's transaction was refused: SQLSTATE, words and constraint; `done` when it was committed. */
async function tried(role: string | undefined, statements: readonly string[]): Promise<string> {
  const isolation = statements.find((each) => each.startsWith('SET TRANSACTION'));
  const rest = statements.filter((each) => each !== isolation);
  try {
    await ground.sql.begin(async (tx) => {
      if (isolation) await tx.unsafe(isolation);
      if (role) await tx.unsafe(`SET LOCAL ROLE ${role}`);
      for (const statement of rest) for (const each of statement.split(';')) await tx.unsafe(named(each));
    });
    return 'done';
  } catch (error) {
    const { code, message, constraint_name } = error as { code?: string; message: string; constraint_name?: string };
    return `${code} ${message} ${constraint_name ?? ''}`;
  }
}

const expected = (refused: string) => (refused.startsWith('/') ? new RegExp(refused.slice(1, -1)) : refused);

test('the books these attempts start from hold', async () => {
  expect(await verifyBooks(ground.sql)).toMatchObject({ holds: true, findings: [] });
});

test('every point is tried under every role that could have a part in it', () => {
  expect([...new Set(sqlAttempts.map(({ point }) => point))]).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  expect(new Set(sqlAttempts.map(({ role }) => role))).toEqual(new Set(roles));
});

describe.each(Array.from({ length: 16 }, (_, i) => i + 1))('point %i', (point) => {
  const attempts = sqlAttempts.filter((attempt) => attempt.point === point);
  test.each(attempts.map((attempt) => [attempt.role, attempt.tries, attempt] as [string, string, SqlAttempt]))(
    '%s: %s',
    async (role, _, { does, refused }) => {
      expect(await tried(role, does)).toMatch(expected(refused));
    },
  );
});

/** Tables of the books no role of the application may rewrite, and every role with PUBLIC beside them. */
const posted = [
  ...['cash_entries', 'cash_lines', 'vouchers', 'voucher_lines', 'book_documents', 'book_counters', 'book_persons'],
  ...['books', 'book_channels', 'accounts', 'book_reconciliations', 'book_counts', 'book_count_channels', 'book_days'],
  ...['book_day_channels', 'book_months', 'book_month_channels', 'book_month_accounts', 'book_archives', 'book_gifts'],
  ...['book_gift_thanks', 'book_match_entries', 'bank_statements', 'bank_lines', 'bank_match_members', 'events'],
];

describe('point 7: what is posted', () => {
  test.each(posted)('%s is deleted, emptied and rewritten by no role, nor by its owner', async (table) => {
    const column = (
      await ground.sql<{ name: string }[]>`SELECT column_name AS name FROM information_schema.columns
      WHERE table_name = ${table} AND table_schema IN ('public', 'person') ORDER BY ordinal_position LIMIT 1`
    )[0]!.name;
    const ways = [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`, `UPDATE ${table} SET "${column}" = "${column}"`];
    for (const way of ways) {
      for (const role of roles) expect(await tried(role, [way]), `${role}: ${way}`).toContain('42501');
      expect(await tried(undefined, [way]), `owner: ${way}`).toMatch(
        /P0001 .*(never change|follows the entries|refused)/,
      );
    }
  });

  test.each(['voucher_drafts', 'book_payouts', 'book_discrepancies', 'book_duties', 'book_matches', 'book_advances'])(
    '%s goes its way and never vanishes',
    async (table) => {
      for (const way of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        for (const role of roles) expect(await tried(role, [way])).toContain('42501');
        expect(await tried(undefined, [way])).toMatch(/P0001 .*refused/);
      }
    },
  );
});

describe('round the rules', () => {
  test('a login that belongs to no role of ours may do nothing with the books, and take on no role', async () => {
    const stranger = `stranger_${Math.random().toString(36).slice(2)}`;
    await ground.sql.unsafe(`CREATE ROLE ${stranger}`);
    try {
      // where nothing of a schema is open to somebody, its tables are not even found (42P01)
      for (const table of [...posted, 'book_payouts', 'voucher_drafts', 'person.payout_codes'])
        for (const way of [`SELECT FROM ${table}`, `DELETE FROM ${table}`, `INSERT INTO ${table} DEFAULT VALUES`])
          expect(await tried(stranger, [way]), way).toMatch(/42501|42P01/);
      const allowed = await ground.sql<{ ok: boolean }[]>`
        SELECT bool_or(pg_has_role(${stranger}, rolname, 'MEMBER')) AS ok FROM pg_roles WHERE rolname LIKE 'linli\\_%'`;
      expect(allowed).toEqual([{ ok: false }]);
    } finally {
      await ground.sql.unsafe(`DROP ROLE ${stranger}`);
    }
  });

  test('no role of ours belongs to another, owns anything, bypasses anything or makes objects others would use', async () => {
    const facts = await ground.sql`
      SELECT rolname FROM pg_roles r WHERE rolname = ANY (ARRAY['linli_door', 'linli_cash', 'linli_ledger', 'linli_read']) AND (
        rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolcanlogin
        OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
        OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
        OR has_schema_privilege(rolname, 'public', 'CREATE') OR has_schema_privilege(rolname, 'person', 'CREATE')
        OR has_database_privilege(rolname, current_database(), 'CREATE') OR has_parameter_privilege(rolname, 'session_replication_role', 'SET'))`;
    expect(facts).toEqual([]);
  });

  test('what runs with the rights of the owner is for triggers, and looks names up in our own schemas only', async () => {
    const loose = await ground.sql<{ name: string }[]>`
      SELECT p.proname AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND (p.prosecdef OR p.prorettype = 'trigger'::regtype) AND p.prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
        AND NOT coalesce(p.proconfig, '{}') && ARRAY['search_path=public, pg_temp', 'search_path=public, person, pg_temp']`;
    expect(loose.map(({ name }) => name)).toEqual([]);
    const open = await ground.sql<{ name: string }[]>`
      SELECT p.proname AS name FROM pg_proc p, unnest(ARRAY['linli_door', 'linli_cash', 'linli_ledger', 'linli_read']) r
      WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND has_function_privilege(r, p.oid, 'EXECUTE') GROUP BY 1 ORDER BY 1`;
    // the first answers whether a seed is the one that was drawn, and never tells the secret; the others destroy what a closed
    // case holds, which the chain has to account for, tell whether it does, and count what would go
    expect(open.map(({ name }) => name)).toEqual([
      ...['count_seed_holds', 'destroy_case', 'destruction_holds', 'destruction_person_rows'],
    ]);
  });

  test.each([
    [
      "a trigger of ours is set on a table of one's own, to write the counters",
      [
        'CREATE TEMP TABLE own (LIKE cash_entries)',
        "CREATE TRIGGER t BEFORE INSERT ON own FOR EACH ROW EXECUTE FUNCTION book_entry_posts('cash')",
      ],
      '42501',
    ],
    [
      'a function of ours is replaced',
      [
        `CREATE OR REPLACE FUNCTION public.book_lock(of_case text, of_book text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'`,
      ],
      '42501',
    ],
    ['a schema is made to hide ours behind', ['CREATE SCHEMA mine'], '42501'],
    ['a role is taken that is nobody’s to take', ['SET ROLE postgres'], '/42501|22023/'],
  ])('%s', async (_, statements, refused) => {
    // SET ROLE is judged by who signed in, so this one signs in as a member of the roles that owns nothing
    const login = `login_${Math.random().toString(36).slice(2)}`;
    await ground.sql.unsafe(`CREATE ROLE ${login} IN ROLE linli_door, linli_cash, linli_ledger, linli_read`);
    try {
      for (const role of roles)
        expect(
          await tried(undefined, [`SET LOCAL SESSION AUTHORIZATION ${login}`, `SET LOCAL ROLE ${role}`, ...statements]),
        ).toMatch(expected(refused));
    } finally {
      await ground.sql.unsafe(`DROP ROLE ${login}`);
    }
  });

  test('a table that is named like ours hides it from no trigger', async () => {
    const hidden = [
      'CREATE TEMP TABLE events (case_id text, seq bigint, hash text)',
      `INSERT INTO events VALUES ('$held', 9998, repeat('b', 64))`,
      `INSERT INTO public.events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id, program_hash)
        VALUES ('$held', 9999, 'x', 'x', encode(sha256('x'), 'hex'), repeat('b', 64), 'x', now(), now(), 'person', 'x', 'x')`,
    ];
    expect(await tried('linli_door', hidden)).toContain('does not follow the event before it');
    const duties = [
      'CREATE TEMP TABLE book_duties (case_id text, book text, person text, duty text, during tstzrange)',
      `INSERT INTO book_duties VALUES ('$held', 'earnings', 'secretary-person', 'cash', '[2000-01-01,)')`,
      sqlAttempts.find(({ tries }) => tries === 'An entry in the name of the secretary')!.does[0]!,
    ];
    expect(await tried('linli_cash', duties)).toContain('has no cash duty');
  });

  test("another's lock holds writers up no longer than their time limit, and nothing is half done", async () => {
    const lock = `SELECT pg_advisory_xact_lock(book_lock('$held', 'earnings'))`;
    const entry = sqlAttempts
      .find(({ tries }) => tries === 'A number is left out')!
      .does[0]!.replace('"no":8', '"no":7');
    await ground.sql.begin(async (tx) => {
      await tx.unsafe(named(`SET LOCAL ROLE linli_read`));
      await tx.unsafe(named(lock));
      expect(await tried('linli_cash', ["SET LOCAL lock_timeout = '300ms'", entry])).toContain('55P03');
    });
    // a lock of a transaction is given back by nobody else, nor by itself before its end
    const kept = await ground.sql.begin(async (tx) => {
      await tx.unsafe(named(lock));
      await tx.unsafe('SELECT pg_advisory_unlock_all()');
      return tried('linli_cash', ["SET LOCAL lock_timeout = '300ms'", entry]);
    });
    expect(kept).toContain('55P03');
  });
});

test('after all that not a single row of any table has changed, and the books hold', async () => {
  expect(await fingerprint(ground.sql)).toBe(before);
  expect(await verifyBooks(ground.sql)).toMatchObject({ holds: true, findings: [] });
});
