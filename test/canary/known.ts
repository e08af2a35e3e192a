// What lies in clear outside the schema `person` by purpose, and which fields no request of the story reaches. The test asserts
// both lists to be exact.

/** Columns that hold words which are public by purpose, which words, and why. */
export const allowed: Readonly<Record<string, { readonly where: RegExp; readonly why: string }>> = {
  'public.audit_samples.seed': { where: /audit\/samples seed/, why: 'whoever proves a draw again needs it' },
  'public.calendar_records.content': {
    where: /^PUT \/api\/v1\/calendars\/\{year\} (days\[\]\.name|papers\[\]|source\[\]\.(number|title)|reason)$/,
    why: 'a calendar is published with the papers it rests on and with why it was changed',
  },
  'public.cases.case_no': {
    where: /cases caseNo/,
    why: 'the number of a file, shown in lists and in messages outside',
  },
  'public.org_events.payload': {
    where: /^\w+ \/api\/v1\/(units|posts|retention)\S* (name|into\[\]\.name|services|source)/,
    why: 'names of units and posts, what a published card says of an office, the rule that a period of retention cites',
  },
  'public.posts.name_en': { where: /\/posts\S* name/, why: 'the name of an office' },
  'public.posts.name_zh': { where: /\/posts\S* name/, why: 'the name of an office' },
  'public.retention_periods.source': { where: /retention\/periods source/, why: 'the rule that is cited' },
  'public.units.name_en': { where: /\/units\S* (name|into)/, why: 'the name of an office' },
  'public.units.name_zh': { where: /\/units\S* (name|into)/, why: 'the name of an office' },
};

/** Fields that no request of the story has written and been taken; the requests refused with them were searched as well. */
export const notTaken: readonly string[] = [
  'POST /api/v1/keys label',
  'books.giveStatement reason',
  'destruction.approve reason',
  'destruction.refuse reason',
  'destruction.request reason',
  'destruction.revoke reason',
];
