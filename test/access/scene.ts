import { randomUUID } from 'node:crypto';
import { hashOf, newToken } from '../../api/auth/tokens.ts';
import { type Scene, setScene } from '../../api/scene.fixture.ts';
import { openSession } from '../../db/queries/sign-in.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import { logAll, recordLogOver } from '../support/record-log.ts';
import { everybody, loginOf, type Who } from './cast.ts';

/** The case asked about, by what has become of it: one case each, with the same people. */
export const states = {
  proposed: 'opened, and not yet approved',
  open: 'approved, its first stage runs',
  minor: 'about a minor, and nobody has approved that it is read',
  approved: 'about a minor, and the head has approved it for who works on it',
  offered: 'offered to the other unit, which has not answered',
  emergency: 'opened in an emergency by the head of the other unit',
  closed: 'closed',
  limited: 'closed, and only stored since he asked to be erased',
} as const;

/** What has become of a case. */
export type CaseState = keyof typeof states;

/** What addresses and bodies name. */
export type Thing =
  | 'caseId'
  | 'caseNo'
  | 'documentId'
  | 'deadlineId'
  | 'actId'
  | 'messageId'
  | 'appointmentId'
  | 'substitutionId'
  | 'feedId'
  | 'feed'
  | 'importId'
  | 'sampleId'
  | 'bulletinId';

/** An answer as far as the matrix looks at it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The application with everybody of the cast, and a case in each state. */
export interface AccessScene {
  readonly scene: Scene;
  readonly cases: Readonly<Record<CaseState, string>>;
  readonly things: Readonly<Record<Thing, string>>;
  /** Whatever tells that an answer is about one of the cases: ids, numbers and names of theirs. */
  readonly marks: readonly string[];
  /** The same without the name of who asks, which stands on his pages. */
  marksFor(who: Who): readonly string[];
  /** Asks as one of the cast: the API with his key, pages with a session of his, whose token forms carry. */
  ask(who: Who, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same, read to the end. */
  answer(who: Who, method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

const PROGRAMS = new URL('programs', import.meta.url).pathname;
/** Written into every case, and nowhere else: who finds it has read one. */
export const WORDS = '少年时遭车祸，不愿出门';
const NAMES = { beneficiary: '周某某甲', guardian: '罗某某乙', companion: '邱某某丙' };
const NAMED: Readonly<Record<string, string>> = {
  'p-zhou': NAMES.beneficiary,
  'p-luo': NAMES.guardian,
  'p-qiu': NAMES.companion,
};

const newPosts = [
  ['community-1-reviewer', 'reviewer', 'p-reviewer'],
  ['community-1-approver', 'approver', 'p-approver'],
  ['community-1-grid', 'grid-worker', 'p-cadre'],
  ['community-1-help', 'helper', 'p-helper'],
  ['community-1-spare', 'grid-worker', 'p-spare'],
] as const;

async function addPeople({ sql }: Scene): Promise<void> {
  const known = new Set((await sql<{ id: string }[]>`SELECT id FROM person.people`).map(({ id }) => id));
  const cast = everybody.flatMap((who) => loginOf(who)?.person ?? []);
  const persons = [...new Set([...cast, 'p-spare'])].filter((id) => !known.has(id));
  await changeOrganisation(sql, { kind: 'system', id: 'test' }, async (organisation) => {
    // who is a party signs in under the name he has in the case
    for (const id of persons) await organisation.addPerson({ id, name: NAMED[id] ?? '钱某' });
    for (const [id, kind] of newPosts)
      await organisation.addPost({ id, kind, unit: 'community-1', name: ['岗位', 'post'] });
    await organisation.appoint('community-1-grid', 'p-former', '2021-01-01T00:00:00.000Z');
    await organisation.handOver('community-1-grid', undefined, '2022-01-01T00:00:00.000Z');
    for (const [id, , person] of newPosts)
      await organisation.appoint(id, person, '2022-01-01T00:00:00.000Z', `a-${id}`);
    const from = '2022-01-01T00:00:00.000Z';
    await organisation.substitute({ post: 'community-1-secretary', person: 'p-deputy', from }, 's-deputy');
    await organisation.substitute({ post: 'community-1-grid', person: 'p-spare', from }, 's-spare');
  });
}

interface Keys {
  readonly key: string;
  readonly cookie: string;
  readonly token: string;
}

/** A key and a session for everybody; both of the demonstration's people beside the keys they have. */
async function giveKeys({ sql }: Scene): Promise<ReadonlyMap<Who, Keys>> {
  const keys = new Map<Who, Keys>();
  for (const who of everybody) {
    const login = loginOf(who);
    if (!login) continue;
    const [id, key, session, csrfToken] = [randomUUID(), `linli_${newToken()}`, newToken(), newToken()];
    const { person, role, unit, post = null, scope = 'all' } = login;
    if (role === undefined)
      await sql`INSERT INTO api_keys (id, hash, role, person, post, unit)
        SELECT ${id}, ${hashOf(key)}, role, person, post, unit FROM api_keys WHERE person = ${person} AND hash IS NOT NULL
        ORDER BY created_at LIMIT 1`;
    else
      await sql`INSERT INTO api_keys (id, hash, role, person, post, unit, scope)
        VALUES (${id}, ${hashOf(key)}, ${role}, ${person}, ${post}, ${unit!}, ${scope})`;
    // no session is opened with a key that may only read
    const opens = scope === 'all';
    if (opens) await openSession(sql, { hash: hashOf(session), key: id, csrfToken, lifeMs: 3_600_000, address: null });
    if (login.revoked) await sql`UPDATE api_keys SET revoked_at = now() WHERE id = ${id}`;
    keys.set(who, { key, cookie: opens ? `linli_session=${session}` : '', token: csrfToken });
  }
  return keys;
}

/** Sets the scene. */
export async function setAccessScene(): Promise<AccessScene> {
  const scene = await setScene({}, PROGRAMS);
  await addPeople(scene);
  const keys = await giveKeys(scene);

  const ask: AccessScene['ask'] = async (who, method, path, body, headers = {}) => {
    const own = keys.get(who);
    const isApi = path.startsWith('/api/') || path.startsWith('/codec/');
    const all: Record<string, string> = { ...headers };
    if (own && isApi) all['authorization'] = `Bearer ${own.key}`;
    if (own && !isApi && own.cookie !== '') all['cookie'] = own.cookie;
    let sent: FormData | URLSearchParams | string | undefined;
    if (body instanceof FormData) sent = body;
    else if (body !== undefined && isApi) {
      all['content-type'] = 'application/json';
      sent = JSON.stringify(body);
    } else if (body !== undefined)
      sent = new URLSearchParams({ ...(own ? { token: own.token } : {}), ...(body as Record<string, string>) });
    return scene.app.request(path, { method, headers: all, ...(sent === undefined ? {} : { body: sent }) });
  };
  const answer: AccessScene['answer'] = async (who, method, path, body) => {
    const response = await ask(who, method, path, body);
    return { status: response.status, text: await response.text() };
  };
  const must = async (who: Who, method: string, path: string, body?: unknown): Promise<Record<string, never>> => {
    const { status, text } = await answer(who, method, `/api/v1${path}`, body);
    if (status >= 300) throw new Error(`${who} ${method} ${path}: ${status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, never>);
  };

  const { cases, documentId } = await openCases(must, ask);
  const log = recordLogOver(scene.sql);
  await logAll(log);
  await log.stop();
  const things = await makeThings(scene, must, ask, cases, documentId);
  const numbers = await scene.sql<{ no: string }[]>`
    SELECT case_no AS no FROM cases WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(Object.values(cases))}::text::json))`;
  const marks = [...Object.values(cases), ...numbers.map(({ no }) => no), ...Object.values(NAMES), WORDS];
  const marksFor = (who: Who) => marks.filter((mark) => mark !== NAMED[loginOf(who)?.person ?? '']);
  return { scene, cases, things, marks, marksFor, ask, answer, close: () => scene.close() };
}

type Must = (who: Who, method: string, path: string, body?: unknown) => Promise<Record<string, never>>;

async function openCases(must: Must, ask: AccessScene['ask']) {
  const open = async (birthDate: string) => {
    const parties = [
      { role: 'beneficiary', name: NAMES.beneficiary, birthDate, person: 'p-zhou' },
      {
        role: 'guardian',
        name: NAMES.guardian,
        person: 'p-luo',
        guardian: { kind: 'parent', from: '2020-01-01' },
      },
      { role: 'companion', name: NAMES.companion, person: 'p-qiu' },
    ];
    const body = { program: 'matrix', unit: 'community-1', data: { needs: WORDS, diagnosis: WORDS }, parties };
    return String((await must('caseworker', 'POST', '/cases', body))['id']);
  };
  const act = (who: Who, caseId: string, body: object) => must(who, 'POST', `/cases/${caseId}/acts`, body);
  const approved = async () => {
    const caseId = await open('1990-01-01');
    await act('beneficiary', caseId, { type: 'consent.give' });
    for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
      await act('secretary', caseId, {
        type: 'decision.record',
        data: { body, present: 9, for: 8, against: 0, abstain: 1, text: '同意' },
      });
    await act('secretary', caseId, { type: 'task.assign', target: 'meet', data: { to: 'p-helper' } });
    return caseId;
  };
  const closed = async () => {
    const caseId = await approved();
    await act('secretary', caseId, {
      type: 'case.close',
      reason: '本人退出',
      data: { outcome: 'withdrew', followUp: false },
    });
    return caseId;
  };
  const child = `${new Date().getUTCFullYear() - 10}-01-01`;
  const cases: Record<CaseState, string> = {
    proposed: await open('1990-01-01'),
    open: await approved(),
    minor: await open(child),
    approved: await open(child),
    offered: await approved(),
    emergency: await approved(),
    closed: await closed(),
    limited: await closed(),
  };
  await act('head', cases.approved, { type: 'access.approve', data: {} });
  await act('caseworker', cases.offered, {
    ...{ type: 'case.offerTransfer', reason: '本人已迁往洛宁路' },
    data: { unit: 'community-2', consent: 'given', witness: '赵某某' },
  });
  await act('head2', cases.emergency, {
    ...{ type: 'access.breakGlass', reason: '家属来电求助，值班人员联系不上', data: { minutes: 120 } },
  });
  await act('beneficiary', cases.limited, { type: 'erasure.request' });
  await act('head', cases.limited, {
    ...{ type: 'erasure.answer', data: { decision: 'limited', text: '依法保存至期满' } },
  });
  const neighbour = [
    { role: 'beneficiary', name: '王某某丁', person: 'p-wang' },
    { role: 'companion', name: '邱某某戊' },
  ];
  await must('caseworker', 'POST', '/cases', {
    ...{ program: 'matrix', unit: 'community-1', data: { needs: '另一件事' }, parties: neighbour },
  });
  const form = new FormData();
  form.set('file', new File([PIXEL], 'photo.png', { type: 'image/png' }));
  const kept = await ask('caseworker', 'POST', `/api/v1/cases/${cases.open}/documents`, form);
  const documentId = ((await kept.json()) as { id: string }).id;
  const evidence = { type: 'document.attach', evidence: [documentId], data: {} };
  await act('caseworker', cases.open, evidence);
  return { cases, documentId };
}

/** The smallest picture. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function makeThings(
  { sql }: Scene,
  must: Must,
  ask: AccessScene['ask'],
  { open: caseId, emergency }: Readonly<Record<CaseState, string>>,
  documentId: string,
): Promise<Readonly<Record<Thing, string>>> {
  const [row] = await sql<{ caseNo: string; deadlineId: string; actId: string }[]>`
    SELECT case_no AS "caseNo", (SELECT deadline_id FROM deadlines d WHERE d.case_id = c.case_id ORDER BY 1 LIMIT 1) AS "deadlineId",
      (SELECT act_id FROM acts a WHERE a.case_id = c.case_id AND a.type = 'consent.give') AS "actId"
    FROM cases c WHERE case_id = ${caseId}`;
  const [message] = await sql<{ id: string }[]>`
    SELECT id FROM messages WHERE person = 'p-director' AND case_id = ${emergency} ORDER BY seq, kind, id LIMIT 1`;
  const list = new FormData();
  list.set('file', new File([`本人姓名,临时妈妈姓名,困难与需要\n${NAMES.beneficiary},邱某,${WORDS}\n`], 'list.csv'));
  list.set('program', 'matrix');
  list.set('unit', 'community-1');
  const brought = (await (await ask('caseworker', 'POST', '/api/v1/imports', list)).json()) as { id: string };
  const feed = await must('secretary', 'POST', '/calendar-feeds', { months: 3 });
  const sample = await must('auditor', 'POST', '/audit/samples', { unit: 'community-1', size: 5, seed: '摇号' });
  const bulletin = await must('auditor', 'POST', '/audit/published-bulletins', { sample: sample['id'] });
  return {
    ...{ caseId, documentId, caseNo: row!.caseNo, deadlineId: row!.deadlineId, actId: row!.actId },
    messageId: message?.id ?? 'none',
    appointmentId: 'a-community-1-spare',
    substitutionId: 's-spare',
    feedId: String(feed['id']),
    feed: new URL(String(feed['url'])).pathname,
    importId: brought.id,
    sampleId: String(sample['id']),
    bulletinId: String(bulletin['id']),
  };
}
