import { elsewhere, type Who } from './cast.ts';
import type { CaseState } from './scene.ts';

// What has to hold, in words: written by hand from what the law asks and from what went wrong elsewhere
// (design: law-and-users; docs/access.md, docs/signing-in.md), before anybody looked at what the application answers.

/** What somebody is answered: a status, `sees` the case in a list, or `seesNothing` of it. */
export type Gets = number | 'sees' | 'seesNothing';

/** A sentence, and the requests that show it. */
export interface Sentence {
  readonly says: string;
  /** Where it comes from. */
  readonly source: string;
  readonly who: readonly Who[];
  /** Method and path; `{caseId}` and the others stand for things of the scene. */
  readonly asks: readonly string[];
  /** What has become of the case that is asked about; without it, it runs. */
  readonly state?: CaseState;
  /** An act, tried as a dry run on the case. */
  readonly act?: { readonly type: string; readonly target?: string; readonly reason?: string; readonly data?: object };
  readonly body?: unknown;
  readonly gets: Gets;
}

const CASE = [
  'GET /api/v1/cases/{caseId}',
  'GET /api/v1/cases/{caseId}/plan',
  'GET /api/v1/cases/{caseId}/timeline',
  'GET /api/v1/cases/{caseId}/timeline?format=csv',
  'GET /api/v1/cases/{caseId}/deadlines',
  'GET /api/v1/cases/{caseId}/acts/{actId}',
  'GET /api/v1/cases/{caseId}/retention',
];
const DOCUMENT = ['GET /api/v1/cases/{caseId}/documents/{documentId}'];
const BOOKS = [
  ...['', '/cash', '/accounts', '/closings', '/reconciliations', '/gifts', '/advances', '/persons', '/drafts'].map(
    (book) => `GET /api/v1/cases/{caseId}/books${book}`,
  ),
  ...['?format=csv', '/cash?format=csv', '/journal.beancount', '/reports/cash-journal', '/reports/statement'].map(
    (book) => `GET /api/v1/cases/{caseId}/books${book}`,
  ),
];
const PAGES = ['', '/books', '/accesses', '/retention', '/voice'].map((page) => `GET /cases/{caseId}${page}`);
const SEARCH = [
  '?limit=200',
  `?q=${encodeURIComponent('周某某甲')}`,
  '?q={caseNo}',
  '?unit=community-1',
  '?party=p-zhou',
].map((query) => `GET /api/v1/cases${query}`);
const ACTS = ['POST /api/v1/cases/{caseId}/acts?dryRun=true'];
const OPENSPP = 'law-and-users 14: OpenSPP, any portal user could read and rewrite every grievance (spp_grm, #380)';
const ZAAK = 'law-and-users 14: Open Zaak 2026, holes in filters and searches';
const ACCOUNTING = 'law-and-users: Accounting Law 2024, art. 35';
const MINORS = 'docs/access.md: minors’ network protection regulation, art. 36';
const FOUR_EYES = 'law-and-users: feature 8, four eyes';
const note = { type: 'note.add', data: { text: '记' } };

/** The sentences. */
export const sentences: readonly Sentence[] = [
  // signing in
  {
    says: 'Who has not signed in is told nothing by any part of a case.',
    source: 'api.md: 401',
    who: ['nobody'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS],
    gets: 401,
  },
  {
    says: 'A key that was revoked opens nothing any more, at once.',
    source: 'issue 8: sessions that end when revoked',
    who: ['ended'],
    asks: [...CASE, ...SEARCH, 'GET /api/v1/stream', 'GET /api/v1/units'],
    gets: 401,
  },
  {
    says: 'Without a login a page of a case leads to the sign-in.',
    source: 'docs/signing-in.md',
    who: ['nobody'],
    asks: PAGES,
    gets: 303,
  },
  {
    says: 'A key that may only read opens its caseworker’s case.',
    source: 'docs/signing-in.md: scope',
    who: ['reader'],
    asks: CASE,
    gets: 200,
  },
  {
    says: 'A key that may only read does no act, not even on trial.',
    source: 'docs/signing-in.md: scope',
    who: ['reader'],
    asks: ACTS,
    act: note,
    gets: 403,
  },
  {
    says: 'A key that may only read opens no case.',
    source: 'docs/signing-in.md: scope',
    who: ['reader'],
    asks: ['POST /api/v1/cases'],
    body: { program: 'matrix', unit: 'community-1', data: {}, parties: [] },
    gets: 403,
  },

  // the own unit
  {
    says: 'A caseworker of the unit reads its cases, whoever answers for them.',
    source: 'api.md: organisation unit',
    who: ['caseworker'],
    asks: [...CASE, ...DOCUMENT],
    gets: 200,
  },
  {
    says: 'The cadre whose post answers for a case reads it.',
    source: 'architecture: posts answer, people act',
    who: ['secretary'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS],
    gets: 200,
  },
  {
    says: 'Who stands in for that cadre reads it too.',
    source: 'law-and-users 10: substitution',
    who: ['deputy'],
    asks: CASE,
    gets: 200,
  },
  {
    says: 'The head of the unit reads every case of the unit.',
    source: 'api.md: organisation unit',
    who: ['head'],
    asks: [...CASE, ...BOOKS],
    gets: 200,
  },
  {
    says: 'The heads above read the cases below them: they are who escalations reach.',
    source: 'law-and-users 8: escalate to senior management',
    who: ['subHead', 'districtHead'],
    asks: CASE,
    gets: 200,
  },
  {
    says: 'A cadre of the same unit whose post has nothing to do with a case is told that there is none.',
    source: OPENSPP,
    who: ['cadre'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS],
    gets: 404,
  },
  {
    says: 'Who has left the post of his login reads nothing through it.',
    source: 'law-and-users 10: staff leave',
    who: ['former'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS],
    gets: 404,
  },
  {
    says: 'Who has left finds no case by searching either.',
    source: 'law-and-users 10: staff leave',
    who: ['former'],
    asks: SEARCH,
    gets: 'seesNothing',
  },
  {
    says: 'A helper reads the case he has open work of.',
    source: 'architecture: a volunteer may do a task',
    who: ['assignee'],
    asks: ['GET /api/v1/cases/{caseId}', 'GET /api/v1/cases/{caseId}/plan'],
    gets: 200,
  },
  {
    says: 'When a case is closed its helpers read it no more.',
    source: 'OpenCRVS#7495: rights by what one was once',
    who: ['assignee'],
    asks: CASE,
    state: 'closed',
    gets: 404,
  },

  // the people a case is about
  { says: 'Whom a case is about reads it.', source: 'PIPL art. 45', who: ['beneficiary'], asks: CASE, gets: 200 },
  {
    says: 'Whom a case is about is told who has read it.',
    source: 'PIPL arts. 44 and 45',
    who: ['beneficiary'],
    asks: ['GET /api/v1/audit/access-log?case={caseId}', 'GET /cases/{caseId}/accesses'],
    gets: 200,
  },
  {
    says: 'Whom another case is about is told that there is none, by every part of it.',
    source: OPENSPP,
    who: ['neighbour'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS],
    gets: 404,
  },
  {
    says: 'Whom another case is about finds it by no search.',
    source: OPENSPP,
    who: ['neighbour'],
    asks: SEARCH,
    gets: 'seesNothing',
  },
  {
    says: 'Whom another case is about does no act on it.',
    source: OPENSPP,
    who: ['neighbour'],
    asks: ACTS,
    act: note,
    gets: 404,
  },
  {
    says: 'A companion is not told who else has read the case.',
    source: 'docs/access.md: who sees it',
    who: ['companion'],
    asks: ['GET /api/v1/audit/access-log?case={caseId}'],
    gets: 403,
  },

  // another unit
  {
    says: 'Nobody of another unit, in whatever office, is told that there is such a case: not its record, its timeline, its documents.',
    source: OPENSPP,
    who: elsewhere,
    asks: [...CASE, ...DOCUMENT],
    gets: 404,
  },
  {
    says: 'Nobody of another unit reads its books, as a page or as a file.',
    source: OPENSPP,
    who: elsewhere,
    asks: BOOKS,
    gets: 404,
  },
  { says: 'Nobody of another unit reads a page of it.', source: OPENSPP, who: elsewhere, asks: PAGES, gets: 404 },
  {
    says: 'Nobody of another unit finds it by a name, its number, its unit or a party.',
    source: ZAAK,
    who: elsewhere,
    asks: SEARCH,
    gets: 'seesNothing',
  },
  {
    says: 'Nobody of another unit does an act on it, and is told that there is none.',
    source: OPENSPP,
    who: elsewhere,
    asks: ACTS,
    act: note,
    gets: 404,
  },
  {
    says: 'An auditor of another unit gets no proof of its chain, and no dossier.',
    source: ZAAK,
    who: ['auditor2'],
    asks: [
      'GET /api/v1/audit/head?chain={caseId}',
      'GET /api/v1/audit/inclusion?chain={caseId}&seq=1',
      'GET /api/v1/audit/cases/{caseId}/dossier',
    ],
    gets: 404,
  },
  {
    says: 'An auditor of another unit finds none of its events.',
    source: ZAAK,
    who: ['auditor2'],
    asks: ['GET /api/v1/audit/events', 'GET /api/v1/audit/access-log'],
    gets: 'seesNothing',
  },
  {
    says: 'An auditor of another unit is not told of samples drawn of it.',
    source: ZAAK,
    who: ['auditor2'],
    asks: [
      'GET /api/v1/audit/samples/{sampleId}',
      'GET /api/v1/audit/samples/{sampleId}/frame',
      'GET /api/v1/audit/samples/{sampleId}/bulletin',
    ],
    gets: 404,
  },
  {
    says: 'Nobody sees a sensitive field without saying what for, whatever he is to the case.',
    source: 'PIPL art. 28: a specific purpose and sufficient necessity',
    who: ['caseworker', 'secretary', 'head', 'cashHolder', 'districtHead', 'auditor'],
    asks: ['GET /api/v1/cases/{caseId}/fields/diagnosis'],
    gets: 422,
  },
  {
    says: 'Whom the case is about sees what is written of him, and owes nobody a reason.',
    source: 'PIPL art. 45',
    who: ['beneficiary'],
    asks: ['GET /api/v1/cases/{caseId}/fields/diagnosis', 'GET /cases/{caseId}/fields/diagnosis'],
    gets: 200,
  },
  {
    says: 'A companion or a volunteer sees no sensitive field, whatever he says it is for.',
    source: 'PIPL art. 28: only for who needs it',
    who: ['companion'],
    asks: ['GET /api/v1/cases/{caseId}/fields/diagnosis?purpose=care', 'GET /cases/{caseId}/fields/diagnosis'],
    gets: 403,
  },
  {
    says: 'A list of people that somebody brought is his alone.',
    source: ZAAK,
    who: ['secretary', 'head', 'auditor', 'admin', 'caseworker2', 'admin2'],
    asks: [
      'GET /api/v1/imports/{importId}',
      'GET /api/v1/imports/{importId}/rows',
      'GET /api/v1/imports/{importId}/errors',
    ],
    gets: 404,
  },
  {
    says: 'Somebody’s calendar feed is changed by nobody else.',
    source: 'api.md: a cadre’s deadlines',
    who: ['head', 'admin', 'secretary2'],
    asks: ['POST /api/v1/calendar-feeds/{feedId}/rotate', 'DELETE /api/v1/calendar-feeds/{feedId}'],
    gets: 404,
  },
  {
    says: 'A message is acknowledged by whom it was sent to.',
    source: 'law-and-users 2: acknowledgement',
    who: ['caseworker2', 'cadre', 'admin2'],
    asks: ['POST /api/v1/inbox/{messageId}/acknowledge'],
    gets: 404,
  },
  {
    says: 'A unit that is asked to take a case reads nothing of it before it has taken it.',
    source: 'law-and-users 11: minimum data shared',
    who: ['caseworker2', 'head2'],
    asks: [...CASE, ...DOCUMENT],
    state: 'offered',
    gets: 404,
  },
  {
    says: 'A unit that is asked sees that it is asked.',
    source: 'law-and-users 11: referral with receipt',
    who: ['caseworker2', 'head2'],
    asks: ['GET /api/v1/transfers'],
    state: 'offered',
    gets: 'sees',
  },
  {
    says: 'Who opened a case in an emergency reads it, and nothing of its money.',
    source: 'docs/access.md: emergency access',
    who: ['head2'],
    asks: BOOKS,
    state: 'emergency',
    gets: 404,
  },
  {
    says: 'Who opened a case in an emergency reads its record.',
    source: 'docs/access.md: emergency access',
    who: ['head2'],
    asks: ['GET /api/v1/cases/{caseId}', 'GET /api/v1/cases/{caseId}/timeline', 'GET /api/v1/cases/{caseId}/plan'],
    state: 'emergency',
    gets: 200,
  },
  {
    says: 'Who opened a case in an emergency does nothing on it.',
    source: 'docs/access.md: emergency access',
    who: ['head2'],
    asks: ACTS,
    act: note,
    state: 'emergency',
    gets: 403,
  },
  {
    says: 'One emergency opens a case to one person, not to his unit.',
    source: 'docs/access.md: emergency access',
    who: ['caseworker2', 'secretary2', 'auditor2'],
    asks: CASE,
    state: 'emergency',
    gets: 404,
  },

  // money
  {
    says: 'Only the cash holder records money that moves.',
    source: ACCOUNTING,
    who: ['caseworker', 'secretary', 'head', 'accountant', 'reviewer', 'approver', 'beneficiary', 'subHead', 'auditor'],
    asks: ACTS,
    act: {
      type: 'cash.record',
      data: { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'X-1', amountFen: 100 },
    },
    gets: 403,
  },
  {
    says: 'Only the accountant keeps the accounts; the cash holder keeps none.',
    source: ACCOUNTING,
    who: ['caseworker', 'secretary', 'head', 'cashHolder', 'reviewer', 'approver', 'beneficiary', 'subHead', 'auditor'],
    asks: ACTS,
    act: {
      type: 'ledger.record',
      data: {
        book: 'earnings',
        direction: 'in',
        channel: 'cash',
        sourceDoc: 'X-1',
        lines: [{ text: '一', amountFen: 100 }],
      },
    },
    gets: 403,
  },
  {
    says: 'A voucher is reviewed by neither who holds the money nor who made it.',
    source: FOUR_EYES,
    who: ['cashHolder', 'accountant', 'caseworker'],
    asks: ACTS,
    act: { type: 'voucher.review', target: 'earnings', data: { approve: true } },
    gets: 403,
  },
  {
    says: 'A payout is approved by neither of the two who keep the books, nor by an auditor.',
    source: FOUR_EYES,
    who: ['cashHolder', 'accountant', 'reviewer', 'caseworker', 'beneficiary', 'auditor'],
    asks: ACTS,
    act: { type: 'payout.approve', target: 'earnings', data: {} },
    gets: 403,
  },
  {
    says: 'The cash holder closes no month of the accounts.',
    source: ACCOUNTING,
    who: ['cashHolder', 'head'],
    asks: ACTS,
    act: { type: 'books.closeMonth', data: { book: 'earnings', month: '2026-01' } },
    gets: 403,
  },

  // minors
  {
    says: 'A case about a minor that nobody has approved to read is not read by those who work on it.',
    source: MINORS,
    who: ['caseworker', 'secretary', 'deputy', 'cashHolder', 'accountant', 'reviewer', 'approver', 'companion'],
    asks: CASE.filter((path) => !/actId|retention/.test(path)),
    state: 'minor',
    gets: 403,
  },
  {
    says: 'The minor and his guardian read it always.',
    source: MINORS,
    who: ['beneficiary', 'guardian'],
    asks: ['GET /api/v1/cases/{caseId}', 'GET /api/v1/cases/{caseId}/timeline'],
    state: 'minor',
    gets: 200,
  },
  {
    says: 'Once the head has approved it, who works on it reads it.',
    source: MINORS,
    who: ['caseworker', 'secretary', 'cashHolder', 'accountant'],
    asks: ['GET /api/v1/cases/{caseId}'],
    state: 'approved',
    gets: 200,
  },
  {
    says: 'That approval is not for a companion.',
    source: MINORS,
    who: ['companion'],
    asks: ['GET /api/v1/cases/{caseId}'],
    state: 'approved',
    gets: 403,
  },
  {
    says: 'Only heads approve it: neither who works on the case nor an administrator.',
    source: MINORS,
    who: ['caseworker', 'secretary', 'auditor', 'companion', 'guardian'],
    asks: ACTS,
    act: { type: 'access.approve', data: {} },
    state: 'approved',
    gets: 403,
  },
  {
    says: 'What was asked to be erased and is only kept is read by nobody who worked on it.',
    source: 'PIPL art. 47',
    who: ['caseworker', 'secretary', 'head', 'cashHolder', 'accountant', 'subHead'],
    asks: ['GET /api/v1/cases/{caseId}', 'GET /api/v1/cases/{caseId}/timeline', 'GET /api/v1/cases/{caseId}/books'],
    state: 'limited',
    gets: 403,
  },
  {
    says: 'What is only kept is read by whom it is about and by auditors.',
    source: 'PIPL art. 47',
    who: ['beneficiary', 'auditor'],
    asks: ['GET /api/v1/cases/{caseId}', 'GET /api/v1/cases/{caseId}/timeline'],
    state: 'limited',
    gets: 200,
  },

  // audit and administration
  {
    says: 'An auditor reads the cases below him, and changes nothing of the plan.',
    source: 'issue 8: roles',
    who: ['auditor'],
    asks: ACTS,
    act: { type: 'case.close', reason: '审计', data: { outcome: 'withdrew' } },
    gets: 403,
  },
  {
    says: 'Auditors alone take dossiers.',
    source: 'law-and-users: feature 4',
    who: ['caseworker', 'secretary', 'head', 'beneficiary', 'subHead'],
    asks: ['GET /api/v1/audit/cases/{caseId}/dossier'],
    gets: 403,
  },
  {
    says: 'Auditors alone see samples, bulletins and officials.',
    source: 'law-and-users: feature 19',
    who: ['caseworker', 'secretary', 'head', 'subHead', 'admin', 'beneficiary'],
    asks: ['GET /api/v1/audit/samples', 'GET /api/v1/audit/officials/p-cadre', 'GET /api/v1/audit/events'],
    gets: 403,
  },
  {
    says: 'Auditors change nothing of units, posts and people.',
    source: '三员分立',
    who: ['auditor', 'auditor2'],
    asks: ['POST /api/v1/people'],
    body: { id: 'p-somebody', name: '某' },
    gets: 403,
  },
  {
    says: 'Cadres and heads change nothing of units, posts and people.',
    source: 'docs/access.md',
    who: ['caseworker', 'secretary', 'head', 'subHead', 'districtHead', 'beneficiary'],
    asks: ['POST /api/v1/posts?dryRun=true'],
    body: { unit: 'community-1', kind: 'x', name: '岗位' },
    gets: 403,
  },
  {
    says: 'An administrator of one unit changes nothing of another.',
    source: 'api.md: organisation unit',
    who: ['admin2'],
    asks: ['POST /api/v1/posts?dryRun=true'],
    body: { unit: 'community-1', kind: 'x', name: '岗位' },
    gets: 403,
  },
  {
    says: 'Nobody but an administrator of the highest unit loads the country’s calendar.',
    source: 'api.md: calendars',
    who: ['caseworker', 'head', 'subHead', 'districtHead', 'auditor', 'admin2'],
    asks: ['PUT /api/v1/calendars/2031'],
    body: { year: 2031, days: [] },
    gets: 403,
  },
  {
    says: 'Who is no administrator manages nobody’s logins.',
    source: 'docs/signing-in.md',
    who: ['caseworker', 'secretary', 'head', 'subHead', 'auditor', 'beneficiary'],
    asks: ['GET /sign-ins', 'GET /sign-ins/people/p-cadre'],
    gets: 403,
  },
  {
    says: 'The security log is read by nobody who works on cases.',
    source: 'docs/signing-in.md',
    who: ['caseworker', 'secretary', 'head', 'subHead', 'districtHead', 'cashHolder', 'beneficiary'],
    asks: ['GET /sign-ins/log'],
    gets: 403,
  },
  {
    says: 'Whoever shows an API key makes no other: only a person who has signed in by name does.',
    source: 'docs/signing-in.md',
    who: ['caseworker', 'secretary', 'head', 'auditor', 'admin', 'security'],
    asks: ['POST /api/v1/keys'],
    body: { label: '矩阵', scope: 'read', days: 1 },
    gets: 403,
  },

  // three administrators
  {
    says: 'The system administrator is told of no case, by any part of it.',
    source: '三员分立',
    who: ['admin'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS, ...PAGES],
    gets: 404,
  },
  {
    says: 'The security administrator is told of no case, by any part of it.',
    source: '三员分立',
    who: ['security'],
    asks: [...CASE, ...DOCUMENT, ...BOOKS, ...PAGES],
    gets: 404,
  },
  {
    says: 'Neither of them finds a case by searching.',
    source: '三员分立',
    who: ['admin', 'security'],
    asks: SEARCH,
    gets: 'seesNothing',
  },
  {
    says: 'Neither of them does anything on a case.',
    source: '三员分立',
    who: ['admin', 'security'],
    asks: ACTS,
    act: note,
    gets: 404,
  },
  {
    says: 'Neither of them learns who has read what: logs are the auditor’s.',
    source: '三员分立',
    who: ['admin', 'security'],
    asks: ['GET /api/v1/audit/access-log'],
    gets: 403,
  },
  {
    says: 'The system administrator manages nobody’s sign-in and reads no log of it.',
    source: '三员分立',
    who: ['admin'],
    asks: ['GET /sign-ins', 'GET /sign-ins/people/p-cadre', 'GET /sign-ins/log'],
    gets: 403,
  },
  {
    says: 'The security administrator changes nothing of units, posts and people.',
    source: '三员分立',
    who: ['security'],
    asks: ['POST /api/v1/people'],
    body: { id: 'p-somebody', name: '某' },
    gets: 403,
  },
  {
    says: 'The security administrator gives nobody a post.',
    source: '三员分立',
    who: ['security'],
    asks: ['POST /api/v1/appointments'],
    body: { post: 'community-1-help', person: 'p-spare', from: '2099-01-01T00:00:00Z' },
    gets: 403,
  },
  {
    says: 'The system administrator gives no post to himself: he would read its cases.',
    source: '三员分立',
    who: ['admin'],
    asks: ['POST /api/v1/appointments'],
    body: { post: 'community-1-help', person: 'p-admin', from: '2099-01-01T00:00:00Z' },
    gets: 403,
  },
  {
    says: 'The auditor manages nobody’s sign-in, and reads the log of it.',
    source: '三员分立',
    who: ['auditor'],
    asks: ['GET /sign-ins/log'],
    gets: 200,
  },
];
