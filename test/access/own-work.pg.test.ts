import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOf, newToken } from '../../api/auth/tokens.ts';
import { databaseNow } from '../../db/queries/now.ts';
import { changeOrganisation, type Organisation } from '../../door/organisation.ts';
import { loginOf, type Who } from './cast.ts';
import { type AccessScene, setAccessScene } from './scene.ts';

// Nobody decides on what he did himself. Whoever did the first half of something two people have to do tries the second half in
// every way there is: as he is, standing in for who decides, in that one's post, in a post above, in his name, and with logins
// that carry other rights. The organisation is changed behind the application's back, as the most obliging administrator could.
// Each try is a dry run, which refuses what the act would; that the one whose part it is may do the same shows what was refused.

type Json = Readonly<Record<string, unknown>>;

interface Work {
  readonly what: string;
  readonly doer: Who;
  /** Whose part the second half is, his post, and the role he has in the case, if he has one. */
  readonly decider: Who;
  readonly post?: string;
  readonly role?: string;
  /** He is not even told that it is there. */
  readonly unseen?: true;
  /** Does the first half; answers the second. */
  begin(): Promise<{ readonly caseId: string; readonly second: Json }>;
}

interface Hat {
  readonly how: string;
  /** Puts it on; answers how it is taken off, and what it is asked with. Undefined: there is none of that kind here. */
  wear(work: Work): Promise<{ off(): Promise<unknown>; readonly key?: string; readonly inName?: string } | undefined>;
}

let scene: AccessScene;
beforeAll(async () => {
  scene = await setAccessScene();
}, 120_000);
afterAll(() => scene?.close());

const personOf = (who: Who): string => loginOf(who)?.person ?? '';

async function does(who: Who, caseId: string, act: Json): Promise<Json> {
  const { status, text } = await scene.answer(who, 'POST', `/api/v1/cases/${caseId}/acts`, act);
  if (status !== 200) throw new Error(`${who} ${String(act['type'])}: ${status} ${text}`);
  return JSON.parse(text) as Json;
}

/** The id in the data of the first event of that type. */
function idIn(answer: Json, type: string): string {
  const events = answer['events'] as { readonly type: string; readonly data: { readonly id: string } }[];
  const found = events.find((event) => event.type === type);
  if (!found) throw new Error(`no ${type} in ${events.map((event) => event.type).join()}`);
  return found.data.id;
}

const witness = { witness: '赵某某' };
const cash = { book: 'earnings', channel: 'cash' };

const works: readonly Work[] = [
  {
    ...{ what: 'an extension he has asked for', doer: 'secretary', decider: 'subHead', post: 'subdistrict-1-head' },
    async begin() {
      const caseId = scene.cases.open;
      const target = scene.things.deadlineId;
      await does('secretary', caseId, {
        ...{ type: 'deadline.requestExtension', target, reason: '天气' },
        data: { budget: '5 days' },
      });
      return { caseId, second: { type: 'deadline.decideExtension', target, data: { approve: true } } };
    },
  },
  {
    ...{ what: 'a payment he has asked for', doer: 'caseworker', decider: 'approver' },
    ...{ post: 'community-1-approver', role: 'approver' },
    async begin() {
      const caseId = scene.cases.open;
      const asked = await does('caseworker', caseId, {
        ...{ type: 'payout.request', onBehalfOf: 'beneficiary' },
        data: { ...cash, amountFen: 100, text: '生活费', ...witness },
      });
      return { caseId, second: { type: 'payout.approve', target: idIn(asked, 'payout.requested'), data: {} } };
    },
  },
  {
    ...{ what: 'a voucher he has made', doer: 'accountant', decider: 'reviewer' },
    ...{ post: 'community-1-reviewer', role: 'reviewer' },
    async begin() {
      const caseId = scene.cases.open;
      const entry = { ...cash, direction: 'in', sourceDoc: 'OW-1' };
      await does('cashHolder', caseId, { type: 'cash.record', data: { ...entry, amountFen: 900 } });
      const made = await does('accountant', caseId, {
        ...{ type: 'ledger.record' },
        data: { ...entry, lines: [{ text: '钥匙链', amountFen: 900 }] },
      });
      const target = idIn(made, 'voucher.drafted');
      return { caseId, second: { type: 'voucher.review', target, data: { approve: true } } };
    },
  },
  {
    ...{ what: 'a hold he has set', doer: 'head', decider: 'subHead', post: 'subdistrict-1-head' },
    async begin() {
      const caseId = scene.cases.closed;
      const set = await does('head', caseId, { type: 'hold.set', reason: '诉讼', data: { ground: 'litigation' } });
      return { caseId, second: { type: 'hold.lift', target: idIn(set, 'hold.set'), reason: '结案', data: {} } };
    },
  },
  {
    ...{ what: 'a request to erase he has recorded', doer: 'head', decider: 'subHead', post: 'subdistrict-1-head' },
    async begin() {
      const caseId = scene.cases.closed;
      await does('head', caseId, { type: 'erasure.request', onBehalfOf: 'beneficiary', data: witness });
      return { caseId, second: { type: 'erasure.answer', data: { decision: 'limited', text: '依法' } } };
    },
  },
  {
    ...{ what: 'his reading in an emergency', doer: 'head2', decider: 'head', post: 'community-1-director' },
    async begin() {
      const caseId = scene.cases.emergency;
      const [row] = await scene.scene.sql<{ id: string }[]>`
        SELECT deadline_id AS id FROM deadlines WHERE case_id = ${caseId} AND deadline_id LIKE '%access%' LIMIT 1`;
      const data = { justified: true, text: '确有必要' };
      return { caseId, second: { type: 'access.review', ...(row ? { target: row.id } : {}), data } };
    },
  },
  {
    ...{ what: 'a case he has offered', doer: 'caseworker', decider: 'head2', post: 'community-2-director' },
    begin: async () => ({
      caseId: scene.cases.offered,
      second: {
        type: 'case.acceptTransfer',
        data: { assignments: { reviewer: 'community-2-director', approver: 'community-2-caseworker' } },
      },
    }),
  },
  {
    ...{ what: 'a finding he has answered', doer: 'secretary', decider: 'auditor' },
    async begin() {
      const caseId = scene.cases.open;
      const found = await does('auditor', caseId, {
        type: 'inspection.record',
        data: { method: 'site', findings: [{ text: '走访记录缺两次' }] },
      });
      const target = idIn(found, 'finding.recorded');
      await does('secretary', caseId, { type: 'finding.answer', target, data: { text: '已补' } });
      return { caseId, second: { type: 'finding.accept', target, data: {} } };
    },
  },
  {
    ...{
      what: 'a complaint about himself',
      unseen: true,
      doer: 'secretary',
      decider: 'subHead',
      post: 'subdistrict-1-head',
    },
    async begin() {
      const caseId = scene.cases.open;
      const made = await does('companion', caseId, {
        type: 'complaint.make',
        data: { text: '半年没有来过', about: 'secretary' },
      });
      const target = idIn(made, 'complaint.made');
      return { caseId, second: { type: 'complaint.answer', target, data: { text: '已走访' } } };
    },
  },
];

/** A change of the organisation at this instant. */
const changed = <T>(work: (organisation: Organisation, now: string) => Promise<T>): Promise<T> =>
  changeOrganisation(scene.scene.sql, { kind: 'system', id: 'test' }, async (organisation, tx) =>
    work(organisation, await databaseNow(tx)),
  );

async function inPost(work: Work, post: string) {
  const [held] = await scene.scene.sql<{ person: string }[]>`
    SELECT person FROM appointments WHERE post = ${post} AND until_at IS NULL`;
  await changed((organisation, now) => organisation.handOver(post, personOf(work.doer), now));
  return { off: () => changed((organisation, now) => organisation.handOver(post, held?.person, now)) };
}

const withLogin = (role: string, unit = 'district-1'): Hat => ({
  how: `with a login as ${role}`,
  async wear({ doer }) {
    const [id, key] = [randomUUID(), `linli_${newToken()}`];
    const { sql } = scene.scene;
    await sql`INSERT INTO api_keys (id, hash, role, person, unit) VALUES (${id}, ${hashOf(key)}, ${role}, ${personOf(doer)}, ${unit})`;
    return { key, off: () => sql`UPDATE api_keys SET revoked_at = now() WHERE id = ${id}` };
  },
});

const hats: readonly Hat[] = [
  { how: 'as he is', wear: async () => ({ off: async () => {} }) },
  {
    how: 'standing in for who decides',
    async wear({ doer, post }) {
      if (post === undefined) return undefined;
      const id = randomUUID();
      await changed((organisation, from) => organisation.substitute({ post, person: personOf(doer), from }, id));
      return { off: () => changed((organisation, now) => organisation.endSubstitution(id, now)) };
    },
  },
  {
    how: 'in the post of who decides',
    wear: async (work) => (work.post === undefined ? undefined : inPost(work, work.post)),
  },
  { how: 'as the head of the unit', wear: (work) => inPost(work, 'community-1-director') },
  { how: 'as the head of the district', wear: (work) => inPost(work, 'district-1-head') },
  {
    how: 'in the name of who decides',
    wear: async ({ role }) => (role === undefined ? undefined : { off: async () => {}, inName: role }),
  },
  ...['caseworker', 'admin', 'securityAdmin', 'auditor'].map((role) => withLogin(role)),
  withLogin('caseworker', 'community-2'),
];

async function tried(who: Who, caseId: string, act: Json, key?: string): Promise<{ status: number; text: string }> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const path = `/api/v1/cases/${caseId}/acts?dryRun=true`;
  const response =
    key === undefined
      ? await scene.ask(who, 'POST', path, act)
      : await scene.scene.app.request(path, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(act),
        });
  return { status: response.status, text: await response.text() };
}

test.each(works.map((work) => [work.what, work] as const))('nobody decides on %s', async (_, work) => {
  const { caseId, second } = await work.begin();
  const control = await tried(work.decider, caseId, second);
  expect([control.status, control.text.slice(0, 500)]).toEqual([200, expect.any(String)]);
  const allowed: string[] = [];
  for (const hat of hats) {
    const worn = await hat.wear(work);
    if (!worn) continue;
    const act = { ...second, ...(worn.inName === undefined ? {} : { onBehalfOf: worn.inName }) };
    const { status, text } = await tried(work.doer, caseId, act, worn.key);
    await worn.off();
    const { code } = JSON.parse(text) as { readonly code?: string };
    // anything else would be about what was sent, not about who sent it
    const refusals = ['FORBIDDEN', 'NOT_FOUND', 'ROLES_COLLIDE', ...(work.unseen ? ['NOT_OPEN'] : [])];
    if (!refusals.includes(code ?? '')) allowed.push(`${hat.how}: ${status} ${text.slice(0, 300)}`);
  }
  expect(allowed).toEqual([]);
  expect((await tried(work.decider, caseId, second)).status).toBe(200);
});
