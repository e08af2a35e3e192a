import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql } from '../db/client.ts';
import { type EventFilters, eventSearch } from '../db/queries/audit-events.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { changeState, stateOf } from '../test/support/states.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import type { AuditEventView } from './schemas/audit-events.ts';

let scene: Scene;
let caseId: string;
let kept: string;
let altered: string;
beforeAll(async () => {
  scene = await setScene({ temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' } });
  caseId = await scene.openApproved();
  kept = await scene.openApproved();
  altered = await scene.openApproved();
});
afterAll(() => scene?.close());

interface Page {
  readonly items: AuditEventView[];
  readonly nextCursor: string | null;
  readonly unread: number | null;
}

const search = async (query = '', login: Login = 'auditor', status = 200): Promise<Page> => {
  const response = await scene.ask(login, 'GET', `/audit/events?${query}`);
  expect(response.status, query).toBe(status);
  return (await response.json()) as Page;
};
const types = ({ items }: Pick<Page, 'items'>) => items.map(({ type }) => type);

describe('what an auditor finds', () => {
  it('is every event of the cases below his unit, newest first, with what was in force', async () => {
    const { items } = await search(`case=${caseId}&limit=200`);
    const [{ count }] = (await scene.sql`SELECT count(*) FROM events WHERE case_id = ${caseId}`) as unknown as [
      { count: number },
    ];
    expect(items).toHaveLength(Number(count));
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, n) => items.length - n));
    const vote = items.find(({ type }) => type === 'decision.recorded')!;
    const [stored] =
      await scene.sql`SELECT hash, program_hash AS program FROM events WHERE case_id = ${caseId} AND seq = ${vote.seq}`;
    expect(vote).toMatchObject({
      act: { type: 'decision.record' },
      actor: { id: 'p-secretary', post: 'community-1-secretary', postName: '社区党支部书记' },
      roles: ['secretary'],
      inForce: { how: 'appointment', from: '2020-01-01T00:00:00.000Z', until: null },
      program: { id: 'fule', hash: stored!['program'] },
      hash: stored!['hash'],
      run: { workflowId: `case/${caseId}`, runId: null, archived: false },
    });
    expect(vote.run.url).toBe(`http://127.0.0.1:8233/namespaces/default/workflows/case%2F${caseId}`);
  });

  it('narrows by person, post, type of event and act, program and period', async () => {
    const of = (query: string) => search(`case=${caseId}&limit=200&${query}`);
    expect(new Set((await of('person=p-secretary')).items.map(({ actor }) => actor.id))).toEqual(
      new Set(['p-secretary']),
    );
    expect((await of('post=community-1-secretary')).items.length).toBeGreaterThan(2);
    expect(types(await of('type=decision.recorded'))).toEqual(Array(3).fill('decision.recorded'));
    expect(types(await of('act=consent.give'))).toContain('consent.given');
    expect(types(await of('act=consent.give,case.open'))).toContain('case.opened');
    expect((await of('program=fule')).items.length).toBeGreaterThan(3);
    expect((await of('program=other')).items).toEqual([]);
    const { items } = await of('type=decision.recorded');
    const at = encodeURIComponent(items[1]!.recordedAt);
    expect(types(await of(`type=decision.recorded&until=${at}`))).toHaveLength(1);
    expect(types(await of(`type=decision.recorded&from=${at}`))).toHaveLength(2);
    expect(types(await of(`type=decision.recorded&from=${at}&by=occurred`)).length).toBeGreaterThan(0);
  });

  it('goes on from page to page without gap or repetition, also while events are added', async () => {
    for (const by of ['recorded', 'occurred']) {
      const all = (await search(`limit=200&by=${by}`)).items.map((each) => `${each.case.id} ${each.seq}`);
      const paged: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Page = await search(`limit=7&by=${by}${cursor ? `&cursor=${cursor}` : ''}`);
        paged.push(...page.items.map((each) => `${each.case.id} ${each.seq}`));
        cursor = page.nextCursor;
        if (paged.length === 7) await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '后来' } });
      }
      expect(paged).toEqual(all);
    }
  });

  it('says who was in office then, not who is today', async () => {
    const other = await scene.openApproved();
    await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, async (organisation) => {
      await organisation.handOver('community-1-secretary', 'p-secretary-2', new Date().toISOString());
    });
    const before = (await search(`case=${other}&type=decision.recorded`)).items[0]!;
    expect(before.inForce).toMatchObject({ how: 'appointment', from: '2020-01-01T00:00:00.000Z' });
    expect(before.inForce!.until! > before.recordedAt).toBe(true);
    expect(before.actor.id).toBe('p-secretary');
    expect(before.roles).toEqual(['secretary']);
  });
});

describe('who may search', () => {
  it('are auditors alone, each below his own unit', async () => {
    for (const login of ['admin', 'caseworker', 'districtHead', 'stranger'] as const) await search('', login, 403);
    await search('unit=nowhere', 'auditor', 404);
    await scene.sql`UPDATE api_keys SET unit = 'community-2' WHERE person = 'p-auditor'`;
    try {
      expect((await search('')).items).toEqual([]);
      await search('unit=community-1', 'auditor', 404);
      expect((await search(`case=${caseId}`)).items).toEqual([]);
    } finally {
      await scene.sql`UPDATE api_keys SET unit = 'district-1' WHERE person = 'p-auditor'`;
    }
    expect((await search('unit=community-1')).items.length).toBeGreaterThan(0);
    expect((await search('unit=community-2')).items).toEqual([]);
  });

  it('does not show an auditor what was said about himself, nor the figures of the other side where he keeps a book', async () => {
    const own = await scene.open();
    await scene.act('caseworker', own, { type: 'complaint.make', data: { text: '审计不公', about: 'p-auditor' } });
    await scene.act('caseworker', own, { type: 'complaint.make', data: { text: '另一件事', about: 'p-secretary' } });
    const body = JSON.stringify(await search(`case=${own}&limit=200`));
    expect(body).not.toContain('审计不公');
    expect(types(await search(`case=${own}&type=complaint.made`))).toHaveLength(1);
    const sale = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'A-1' };
    await scene.act('cashHolder', kept, { type: 'cash.record', data: { ...sale, amountFen: 123_456 } });
    expect(types(await search(`case=${kept}&type=cash.recorded`))).toHaveLength(1);
    await scene.sql`UPDATE assignments SET post = NULL, person = 'p-auditor' WHERE case_id = ${kept} AND role = 'accountant'`;
    await changeState({ keyed: scene.sql }, kept, (state) => ({
      ...state,
      assignments: { ...state.assignments, accountant: { person: 'p-auditor' } },
    }));
    expect(JSON.stringify(await search(`case=${kept}&limit=200`))).not.toMatch(/123456|1,?234\.56/);
  });
});

describe('bad queries', () => {
  it.each(['limit=0', 'type=a%20b', 'from=yesterday', 'cursor=abc', 'by=other'])('%s is 422', async (query) => {
    await search(query, 'auditor', 422);
  });
});

describe('with 100,000 events', () => {
  beforeAll(async () => {
    // as they would be after years; the chain is not what is looked at here
    await scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`SET LOCAL statement_timeout = '120s'`;
      await tx`
        INSERT INTO cases SELECT (json_populate_record(c, json_build_object('case_id', 'many-' || n, 'case_no', 'M' || n,
          'unit', 'community-' || (1 + n % 2), 'status', 'closed'))).*
        FROM cases c, generate_series(1, 1000) n WHERE c.case_id = ${caseId}`;
      await tx`
        INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id,
          actor_post, act_id, program_hash)
        SELECT 'many-' || (1 + n % 1000), 1 + n / 1000, t.types[1 + n % 20], h.header, encode(sha256(h.header), 'hex'), repeat('0', 64),
          '{"data":{}}'::bytea, '2026-01-01'::timestamptz + n * interval '5 minutes', '2026-01-01'::timestamptz + n * interval '5 minutes',
          CASE WHEN n % 3 = 0 THEN 'system' ELSE 'person' END, 'p-' || (n % 300), CASE WHEN n % 3 = 0 THEN NULL ELSE 'post-' || (n % 100) END,
          CASE WHEN n % 3 = 0 THEN NULL ELSE 'act-' || n END, e.program_hash
        FROM generate_series(0, 99999) n, (SELECT program_hash FROM events LIMIT 1) e,
          (SELECT ARRAY(SELECT 'type.' || chr(97 + k) FROM generate_series(0, 19) k) AS types) t,
          LATERAL (SELECT ('many ' || n)::bytea AS header) h`;
      await tx`
        INSERT INTO acts (act_id, case_id, type, body_hash, status, seq, first_seq, actor_kind, actor_id, actor_post, recorded_at, occurred_at)
        SELECT e.act_id, e.case_id, 'act.' || right(e.type, 1), repeat('0', 64), 'recorded', e.seq, e.seq, e.actor_kind, e.actor_id,
          e.actor_post, e.recorded_at, e.occurred_at FROM events e WHERE e.act_id LIKE 'act-%'`;
    });
    await scene.sql`ANALYZE`;
  }, 180_000);

  const both = ['community-1', 'community-2', 'subdistrict-1', 'district-1'];
  it.each<[string, Partial<EventFilters>]>([
    ['nothing', {}],
    ['one unit', { units: ['community-1'] }],
    ['a person', { person: 'p-7' }],
    ['a person and a period', { person: 'p-7', from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' }],
    ['a post', { post: 'post-7' }],
    ['a type', { types: ['type.c'] }],
    ['a rare type', { types: ['decision.recorded'] }],
    ['a type of act', { acts: ['act.c'] }],
    ['a rare type of act', { acts: ['consent.give'] }],
    ['a person by when it happened', { person: 'p-7', by: 'occurred' }],
    [
      'a period by when it happened',
      { from: '2026-03-01T00:00:00.000Z', until: '2026-03-02T00:00:00.000Z', by: 'occurred' },
    ],
    ['a case', { caseId: 'many-7' }],
  ])('no sequential scan: %s', async (_name, filters) => {
    const wanted: EventFilters = { units: both, by: 'recorded', ...filters };
    for (const after of [undefined, { at: '2026-06-01T00:00:00.000Z', caseId: 'many-9', seq: 3 }]) {
      const [row] = await scene.sql`EXPLAIN (FORMAT JSON) ${eventSearch(scene.sql, wanted, { limit: 50, after })}`;
      const plan = JSON.stringify(Object.values(row!)[0]);
      for (const table of ['events', 'acts']) expect(plan, table).not.toMatch(seqScanOf(table));
    }
  });

  it('answers a page at once', async () => {
    const since = performance.now();
    expect((await search('limit=200')).items).toHaveLength(200);
    expect(performance.now() - since).toBeLessThan(3_000);
  });
});

describe('an event that cannot be read', () => {
  it('says why, and the others are answered', async () => {
    const whole = (await search(`case=${altered}&limit=200`)).items;
    const vote = whole.find(({ type }) => type === 'decision.recorded')!;
    await scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`
        UPDATE events SET payload = set_byte(payload, length(payload) - 1, get_byte(payload, length(payload) - 1) # 1)
        WHERE case_id = ${altered} AND (seq = ${vote.seq} OR type = 'case.opened')`;
    });
    const { items } = await search(`case=${altered}&limit=200`);
    expect(items).toHaveLength(whole.length);
    const unread = items.filter((each) => each.unread !== null);
    expect(unread.find(({ seq }) => seq === vote.seq)).toMatchObject({
      unread: 'altered',
      text: 'decision.recorded（内容被改动，无法读取）',
      hash: vote.hash,
    });
    expect(new Set(types({ items: unread }))).toEqual(new Set(['decision.recorded', 'case.opened']));
    // who filled which role from the opening on is not known, whatever was recorded later
    expect(items.filter(({ actor }) => actor.kind !== 'system').map(({ roles }) => roles)).toContain(null);
    expect(items.flatMap(({ roles }) => roles ?? [])).toEqual([]);
    const report = await scene.ask('auditor', 'GET', '/audit/officials/p-secretary');
    expect(report.status).toBe(200);
    const timeline = await scene.ask('caseworker', 'GET', `/cases/${altered}/timeline`);
    expect([timeline.status, await timeline.json()]).toMatchObject([503, { code: 'CASE_FROZEN' }]);
  });
});

describe('what cannot be read where something is kept from the auditor', () => {
  const behind = (statement: (tx: Sql) => PromiseLike<unknown>) =>
    scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await statement(tx as unknown as Sql);
    });
  const alter = (id: string, type: string) =>
    behind(
      (tx) => tx`
        UPDATE events SET payload = set_byte(payload, length(payload) - 1, get_byte(payload, length(payload) - 1) # 1)
        WHERE case_id = ${id} AND type = ${type}`,
    );
  const complained = async () => {
    const id = await scene.open();
    await scene.act('caseworker', id, { type: 'complaint.make', data: { text: '审计不公', about: 'p-auditor' } });
    return id;
  };
  const nothingOf = async (id: string) => {
    const { items, unread } = await search(`case=${id}&limit=200`);
    expect(items).toEqual([]);
    expect(unread).toBeGreaterThan(0);
    // beside the others it fails nothing
    const among = await search('person=p-caseworker&limit=200');
    expect(among.unread).toBeGreaterThan(0);
    expect(among.items.map((each) => each.case.id)).toContain(caseId);
  };

  it('is not listed by its type either: only how much it is', async () => {
    const id = await complained();
    const [complaint] = Object.keys((await stateOf(scene.sql, id)).complaints!);
    const answer = { type: 'complaint.answer', target: complaint, data: { text: '已核实' } };
    await scene.act('subDistrictHead', id, answer);
    const before = await search(`case=${id}&limit=200`);
    expect(before.unread).toBe(0);
    expect(types(before)).not.toContain('complaint.answered');
    await alter(id, 'complaint.answered');
    const after = await search(`case=${id}&limit=200`);
    expect(types(after)).toEqual(types(before));
    expect(after.unread).toBe(1);
    expect(await search(`case=${id}&type=complaint.answered`)).toMatchObject({ items: [], unread: null });
  });

  it('fails no search: a complaint', async () => {
    const id = await complained();
    await alter(id, 'complaint.made');
    await nothingOf(id);
  });

  it('fails no search: who filled which role', async () => {
    const id = await complained();
    await alter(id, 'case.opened');
    await nothingOf(id);
  });

  const alterState = async (id: string) => {
    const [{ state } = { state: '' }] = await scene.sql<
      { state: string }[]
    >`SELECT state FROM cases WHERE case_id = ${id}`;
    const bytes = Buffer.from(state, 'base64');
    bytes[200]! ^= 1;
    await behind(
      (tx) =>
        tx`UPDATE cases SET state = ${JSON.stringify(bytes.toString('base64'))}::text::json WHERE case_id = ${id}`,
    );
  };

  it('fails no search: the state of a case he fills a role of', async () => {
    const id = await scene.open();
    await scene.sql`UPDATE assignments SET post = NULL, person = 'p-auditor' WHERE case_id = ${id} AND role = 'accountant'`;
    await alterState(id);
    await nothingOf(id);
  });

  it('says so of events whose case has an altered state: names are not all known', async () => {
    const id = await scene.open();
    const said = '（个案状态无法读取，有的名称以编号显示）';
    const texts = async () => (await search(`case=${id}&limit=200`)).items.map(({ text }) => text);
    expect((await texts()).filter((text) => text.endsWith(said))).toEqual([]);
    await alterState(id);
    const after = await texts();
    expect(after.filter((text) => !text.endsWith(said))).toEqual([]);
    expect(after.length).toBeGreaterThan(0);
  });

  it('fails no search: a key that no yearly key unwraps', async () => {
    const id = await scene.open();
    await behind(
      (tx) => tx`UPDATE data_keys SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE owner = ${id}`,
    );
    const { items } = await search(`case=${id}&limit=200`);
    expect(new Set(items.map(({ unread }) => unread))).toEqual(new Set(['key away']));
    expect(items.find(({ type }) => type === 'case.opened')?.text).toBe('case.opened（暂时取不到密钥，无法读取）');
    expect((await search('person=p-caseworker&limit=200')).items.map((each) => each.case.id)).toContain(caseId);
  });
});

/** A node of a plan that reads all of a table. */
function seqScanOf(table: string): RegExp {
  return new RegExp(`"Seq Scan"[^{}]*"Relation Name":\\s*"${table}"`);
}
