import { randomUUID } from 'node:crypto';
import type { Who } from './cast.ts';
import { type CaseState, states, type Thing } from './scene.ts';
import { filled } from './table.ts';

/** How a route is asked. */
interface Way {
  /** What follows the path. */
  readonly query?: string;
  /** JSON for programs, fields of a form for pages; `{who}` stands for the column, so that every one of them asks for something of his own. */
  readonly body?: unknown;
  /** Files of a form. */
  readonly file?: { readonly name: string; readonly type: string; readonly text: string };
  /** What stands in the address beside what is known of everywhere. */
  readonly ids?: Readonly<Record<string, string>>;
  /** These ask alone: who asks changes nothing here, and so many tries would be held up. */
  readonly only?: readonly Who[];
  /** What the answer leaves behind would keep the others from asking, or it never ends: by whom it is not asked at all. */
  readonly streams?: true;
}

/** What stands in an address where no thing of the scene does. */
const IDS: Readonly<Record<string, string>> = {
  year: '2026',
  month: '2026-06',
  report: 'cash-journal',
  programId: 'matrix',
  personId: 'p-cadre',
  person: 'p-spare',
  postId: 'community-1-spare',
  unitId: 'community-1',
  payoutId: 'none',
  channelId: 'none',
  disclosureId: 'none',
  moveId: 'none',
  book: 'earnings',
  field: 'diagnosis',
  what: 'cash',
  of: 'none',
  saying: 'complain',
  id: 'none',
  token: 'none',
};

const NOW_AND_THEN = ['nobody', 'caseworker', 'admin'] as const;
/** Signing in: it would end the session by which somebody asks. */
const signingIn: Way = { only: ['nobody'], body: {} };
const account: Way = { only: NOW_AND_THEN, body: {} };
const words = encodeURIComponent('周某某甲');

/** How those routes are asked that need more than their address. */
const ways: Readonly<Record<string, Way>> = {
  'GET /api/v1/audit/inclusion': { query: '?chain={caseId}&seq=1' },
  'GET /api/v1/audit/head': { query: '?chain={caseId}' },
  'GET /api/v1/audit/consistency': { query: '?from=0&to=1' },
  'GET /api/v1/audit/events': { query: '?case={caseId}' },
  'GET /api/v1/audit/bulletins/:month': { query: '?unit=community-1' },
  'GET /api/v1/audit/access-log': { query: '?case={caseId}' },
  'GET /api/v1/cases/:caseId/fields/:field': { query: '?purpose=visit' },
  'POST /cases/:caseId/fields/:field': { body: { purpose: 'visit' } },
  'GET /api/v1/cases': { query: `?q=${words}&limit=200` },
  'GET /api/v1/tasks': { query: '?limit=200' },
  'GET /api/v1/inbox': { query: '?limit=200' },
  'GET /api/v1/transfers': { query: '?limit=200' },
  'GET /api/v1/workload': { query: '?unit=community-1' },
  'GET /api/v1/retention/report': { query: '?unit=community-1' },
  'GET /api/v1/channels': { query: '?unit=community-1' },
  'GET /api/v1/stream': { streams: true },
  'GET /cases/:caseId/voice/:saying': { ids: { saying: 'complain' } },
  'GET /calendar/:file{[^/]+\\.ics}': { ids: { file: 'none.ics' } },

  'POST /api/v1/appointments': { body: { post: 'community-1-help', person: 'p-spare', from: '2099-01-01T00:00:00Z' } },
  'POST /api/v1/appointments/:appointmentId/end': { body: { until: '2099-01-01T00:00:00Z' } },
  'POST /api/v1/appointments/:appointmentId/handover': { body: { to: 'p-cadre', at: '2098-01-01T00:00:00Z' } },
  'POST /api/v1/audit/published-bulletins': { body: { month: '2026-06', unit: 'community-1' } },
  'POST /api/v1/audit/samples': { body: { unit: 'community-1', size: 1, seed: 'matrix' } },
  'POST /api/v1/audit/verifications': { body: { case: '{caseId}' } },
  'POST /api/v1/calendar-feeds': { body: { months: 1 } },
  'POST /api/v1/keys': { body: { label: '矩阵', scope: 'read', days: 1 } },
  'POST /api/v1/keys/:keyId/rotate': { body: { graceDays: 1 } },
  'PUT /api/v1/calendars/:year': { body: { year: 2031, days: [] }, ids: { year: '2031' } },
  'POST /api/v1/cases': {
    body: {
      ...{ program: 'matrix', unit: 'community-1', data: { needs: '矩阵' } },
      parties: [
        { role: 'beneficiary', name: '某' },
        { role: 'companion', name: '某' },
      ],
    },
  },
  'POST /api/v1/cases/:caseId/acts': { query: '?dryRun=true', body: { type: 'note.add', data: { text: '记' } } },
  'POST /api/v1/cases/:caseId/documents': { file: { name: 'file', type: 'text/plain', text: '一份材料' } },
  'POST /api/v1/cases/:caseId/books/statements/imports': {
    query: '?dryRun=true',
    file: { name: 'file', type: 'text/csv', text: '日期,收入,支出,余额,流水号\n2026-01-02,1.00,,1.00,A1\n' },
    body: { book: 'earnings', channel: 'bank' },
  },
  'POST /api/v1/cases/:caseId/payouts/:payoutId/code': { body: { way: 'slip' } },
  'POST /api/v1/channels': {
    body: {
      owner: { unit: 'community-1' },
      channel: 'webhook',
      settings: { url: 'https://example.invalid/', secret: 'x'.repeat(32) },
    },
  },
  'PATCH /api/v1/channels/:channelId': { body: { enabled: false } },
  'POST /api/v1/channels/:channelId/verify': { body: { code: '000000' } },
  'POST /api/v1/imports': {
    file: { name: 'file', type: 'text/csv', text: '本人姓名,临时妈妈姓名,困难与需要\n某,某,无\n' },
    body: { program: 'matrix', unit: 'community-1' },
  },
  'POST /api/v1/organisation/imports': {
    file: {
      name: 'file',
      type: 'text/csv',
      text: '单位编号,单位名称,级别,上级\ncommunity-9,某社区,社区,subdistrict-1\n',
    },
  },
  'POST /api/v1/people': { body: { id: 'p-new-{who}', name: '某' } },
  'PATCH /api/v1/people/:personId': { body: { name: '钱某' } },
  'POST /api/v1/posts': { query: '?dryRun=true', body: { unit: 'community-1', kind: 'grid-worker', name: '岗位' } },
  'PATCH /api/v1/posts/:postId': { query: '?dryRun=true', body: { name: '岗位' } },
  'PUT /api/v1/posts/:postId/card': { body: { showName: false, services: [], languages: [] } },
  'POST /api/v1/posts/:postId/close': { query: '?dryRun=true', ids: { postId: 'community-1-help' } },
  'POST /api/v1/posts/:postId/move': { query: '?dryRun=true', body: { unit: 'community-2' } },
  'POST /api/v1/programs/:programId/simulate': {
    body: {
      ...{ data: { needs: '矩阵' }, openedAt: '2026-01-05T09:00:00+08:00', until: '2026-02-05T09:00:00+08:00' },
    },
  },
  'POST /api/v1/retention/periods': { body: { unit: 'community-1', class: 'approval', years: 20, source: '矩阵' } },
  'POST /api/v1/substitutions': {
    body: { post: 'community-1-spare', person: 'p-cadre', from: '2099-01-01T00:00:00Z' },
  },
  'POST /api/v1/substitutions/:substitutionId/end': { body: { until: '2099-01-01T00:00:00Z' } },
  'POST /api/v1/units': {
    query: '?dryRun=true',
    body: { level: 'community', name: '社区', above: 'subdistrict-1' },
  },
  'PATCH /api/v1/units/:unitId': { query: '?dryRun=true', body: { name: '社区' } },
  'POST /api/v1/units/:unitId/close': { query: '?dryRun=true' },
  'PUT /api/v1/units/:unitId/hours': { body: { hours: null } },
  'POST /api/v1/units/:unitId/merge': { query: '?dryRun=true', body: { into: 'community-2' } },
  'POST /api/v1/units/:unitId/split': {
    query: '?dryRun=true',
    body: { into: [{ name: '新社区', posts: ['community-1-spare'] }] },
  },
  'POST /codec/decode': { body: { payloads: [] } },
  'POST /codec/encode': { body: { payloads: [] } },

  'GET /cases/:caseId/books/:book/:what/:of?': { ids: { of: '' } },
  'POST /cases/:caseId/books/:book/:what/:of?': { ids: { of: '' } },
  'POST /cases/:caseId/accesses': { body: { type: 'access.review', target: 'none', justified: 'yes', text: '矩阵' } },
  'POST /cases/:caseId/findings': { body: { method: 'phone', text: '矩阵' } },
  'POST /cases/:caseId/retention': { body: { type: 'hold.lift', target: 'none', reason: '矩阵' } },
  'POST /emergency-access': { body: { caseNo: 'none', reason: '', minutes: '10' } },
  'POST /imports': {
    file: { name: 'file', type: 'text/csv', text: '本人姓名\n某\n' },
    body: { program: 'matrix', unit: 'community-1' },
  },
  'GET /imports/:id': { ids: { id: '{importId}' } },
  'POST /imports/:id/:what{check|run|cancel|forget}': { ids: { id: '{importId}', what: 'check' } },
  'POST /channels/:id/:what': { ids: { what: 'test' } },
  'GET /organisation/:of{units|posts|people|appointments|substitutions}/:id/:what': {
    ids: { of: 'units', id: 'community-1', what: 'rename' },
  },
  'POST /organisation/:of{units|posts|people|appointments|substitutions}/:id/:what': {
    ids: { of: 'units', id: 'community-1', what: 'rename' },
  },
  'GET /organisation/posts/:id': { ids: { id: 'community-1-spare' } },
  'GET /organisation/people/:id': { ids: { id: 'p-cadre' } },
  'GET /organisation/appointments/:id/handover': { ids: { id: '{appointmentId}' } },
  'GET /organisation/people': { query: `?q=${encodeURIComponent('钱')}` },
  'POST /posts/:postId/card': { body: {} },
  'POST /api/v1/public/disclosures/:disclosureId/objections': { only: NOW_AND_THEN, body: { text: '矩阵' } },
  'POST /public/disclosures/:disclosureId': { only: NOW_AND_THEN, body: { text: '矩阵' } },
  'POST /posts/:postId/card/withdraw': { body: {} },
  'GET /workload': { query: '?unit=community-1' },
  'GET /audit': { query: '?unit=community-1' },

  'GET /sign-in/second': account,
  'GET /sign-in/sso/back': account,
  'GET /welcome/:token': account,
  ...Object.fromEntries(
    [
      ...[
        '/sign-in',
        '/sign-in/password',
        '/sign-in/passkey',
        '/sign-in/passkey/options',
        '/sign-in/second',
        '/sign-in/sso',
      ],
      '/welcome/:token',
    ].map((path) => [`POST ${path}`, signingIn]),
  ),
  ...Object.fromEntries(
    [
      ...['again', 'again/passkey', 'keys', 'keys/revoke', 'keys/rotate'],
      ...['factor', 'factor/codes', 'factor/confirm', 'factor/off', 'login', 'passkeys', 'passkeys/options'],
      ...['passkeys/remove', 'password', 'sessions/end', 'sso/link', 'sso/unlink'],
    ].map((what) => [`POST /account/${what}`, account]),
  ),
  'POST /account/sessions/end': { only: ['nobody'], body: {} },
  // it would end the sessions by which the others ask
  'POST /sign-out': { only: ['nobody'], body: {} },
};

/** One request of the matrix: a route in a state of the case. */
export interface Request {
  readonly route: string;
  readonly state: CaseState | '';
  readonly only?: readonly Who[];
  readonly streams: boolean;
  readonly method: string;
  /** Its address and what is sent, for a column. */
  asked(who: Who, things: Readonly<Record<Thing, string>>): { readonly path: string; readonly body?: unknown };
}

/** The requests of a route: one, or one for each state of the case where it names a case and only reads. */
export function requestsOf(route: string): Request[] {
  const [method = '', pattern = ''] = route.split(' ');
  const way = ways[route] ?? {};
  const ofCase = pattern.includes(':caseId');
  const found = ofCase ? (Object.keys(states) as CaseState[]) : ([''] as const);
  return found.map((state) => ({
    ...{ route, state, method, streams: way.streams === true },
    ...(way.only ? { only: way.only } : {}),
    asked: (who, things) => askedOf(pattern, method, way, { ...IDS, ...way.ids, ...asIds(things, way), who }),
  }));
}

const asIds = (things: Readonly<Record<Thing, string>>, { ids = {} }: Way): Record<string, string> => ({
  ...things,
  ...Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, filled(id, things)])),
});

function askedOf(pattern: string, method: string, way: Way, ids: Readonly<Record<string, string>>) {
  const at = pattern.replace(/:(\w+)(\{[^}]*\})?\??/g, (_, name: string) => encodeURIComponent(ids[name] ?? 'none'));
  const path = at.replace(/\/$/, '') || '/';
  const query = filled(way.query ?? '', ids);
  if (way.file) {
    const form = new FormData();
    form.set(way.file.name, new File([way.file.text], 'file', { type: way.file.type }));
    for (const [name, value] of Object.entries((way.body ?? {}) as Record<string, string>)) form.set(name, value);
    return { path: path + query, body: form };
  }
  if (method === 'GET' || method === 'DELETE') return { path: path + query };
  const body = JSON.parse(filled(JSON.stringify(way.body ?? {}), ids)) as object;
  // forms carry what they are known by when they are sent again
  return { path: path + query, body: path.startsWith('/api/') ? body : { key: randomUUID(), ...body } };
}
