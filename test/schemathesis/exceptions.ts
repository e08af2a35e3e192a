/** Where a check of Schemathesis cannot apply to operations, and why. Whatever is not here holds for all of its checks. */
export interface Exception {
  readonly why: string;
  /** Answers to a request that its schema takes for valid. */
  readonly alsoRefusedWith: readonly string[];
  /** Methods and paths. */
  readonly operations: readonly string[];
}

// all of them are of positive_data_acceptance: what follows the schema has to be taken
export const exceptions: readonly Exception[] = [
  {
    why: 'a cursor is taken that a list gave out, which no schema can say',
    alsoRefusedWith: ['422'],
    operations: [
      'GET /api/v1/accountability',
      'GET /api/v1/appointments',
      'GET /api/v1/audit/access-log',
      'GET /api/v1/audit/checkpoints',
      'GET /api/v1/audit/events',
      'GET /api/v1/audit/published-bulletins',
      'GET /api/v1/audit/samples',
      'GET /api/v1/cases',
      'GET /api/v1/cases/{caseId}/books/accounts',
      'GET /api/v1/cases/{caseId}/books/advances',
      'GET /api/v1/cases/{caseId}/books/cash',
      'GET /api/v1/cases/{caseId}/books/drafts',
      'GET /api/v1/cases/{caseId}/books/gifts',
      'GET /api/v1/cases/{caseId}/books/households',
      'GET /api/v1/cases/{caseId}/timeline',
      'GET /api/v1/channels',
      'GET /api/v1/channels/{channelId}/attempts',
      'GET /api/v1/channels/{channelId}/days',
      'GET /api/v1/imports',
      'GET /api/v1/imports/{importId}/rows',
      'GET /api/v1/inbox',
      'GET /api/v1/inbox/deliveries',
      'GET /api/v1/people',
      'GET /api/v1/posts',
      'GET /api/v1/substitutions',
      'GET /api/v1/tasks',
      'GET /api/v1/transfers',
      'GET /api/v1/unit-moves',
      'GET /api/v1/units',
      'GET /api/v1/workload',
    ],
  },
  {
    why: 'what a file is, is judged by its bytes, and the bytes that are drawn are hardly ever a picture or a table',
    alsoRefusedWith: ['413', '415', '422'],
    operations: [
      'POST /api/v1/cases/{caseId}/books/statements/imports',
      'POST /api/v1/cases/{caseId}/documents',
      'POST /api/v1/imports',
      'POST /api/v1/organisation/imports',
    ],
  },
  {
    why: 'a period ends after it begins',
    alsoRefusedWith: ['422'],
    operations: [
      'GET /api/v1/audit/levels',
      'GET /api/v1/audit/officials/{personId}',
      'GET /api/v1/audit/posts/{postId}',
    ],
  },
  {
    why: 'what is named must be there (a unit, a post, a person, a document, a channel of the book), times must follow one another, and what a program or a channel wants is its own',
    alsoRefusedWith: ['422'],
    operations: [
      'GET /api/v1/cases/{caseId}/books/reports/{report}',
      'POST /api/v1/appointments',
      'POST /api/v1/appointments/{appointmentId}/end',
      'POST /api/v1/appointments/{appointmentId}/handover',
      'POST /api/v1/audit/published-bulletins',
      'POST /api/v1/audit/samples',
      'PUT /api/v1/calendars/{year}',
      'POST /api/v1/cases',
      'POST /api/v1/channels',
      'POST /api/v1/imports/{importId}/check',
      'POST /api/v1/posts',
      'POST /api/v1/programs/{programId}/simulate',
      'POST /api/v1/retention/periods',
      'POST /api/v1/substitutions',
      'POST /api/v1/substitutions/{substitutionId}/end',
      'POST /api/v1/units',
      'POST /api/v1/units/{unitId}/merge',
      'POST /api/v1/units/{unitId}/split',
    ],
  },
  {
    why: 'a revision that is named has to be the present one, and what an act names must be there',
    alsoRefusedWith: ['412', '422'],
    operations: ['POST /api/v1/cases/{caseId}/acts'],
  },
  {
    why: 'the keys that are drawn come again, and one that was used for another request is refused',
    alsoRefusedWith: ['422'],
    operations: [
      'POST /api/v1/audit/verifications',
      'POST /api/v1/calendar-feeds',
      'POST /api/v1/cases/{caseId}/payouts/{payoutId}/code',
      'POST /api/v1/channels/{channelId}/resend',
      'POST /api/v1/channels/{channelId}/verify',
      'POST /api/v1/imports/{importId}/run',
      'POST /api/v1/people',
      'PATCH /api/v1/people/{personId}',
      'PATCH /api/v1/posts/{postId}',
      'POST /api/v1/posts/{postId}/close',
      'POST /api/v1/posts/{postId}/move',
      'PATCH /api/v1/units/{unitId}',
      'POST /api/v1/units/{unitId}/close',
      'PUT /api/v1/units/{unitId}/hours',
    ],
  },
];
