// Who may import whom: the table "Folders" of docs/architecture.md, checked by test/dependencies.test.ts.

/** Folders of ours that each folder may import from, beside itself. Anything else of ours is forbidden. */
const mayImport = {
  sdk: [],
  engine: ['sdk'],
  plugins: ['sdk'],
  door: ['engine', 'db', 'sdk', 'plugins'],
  workflows: [],
  activities: ['door', 'db', 'sdk', 'plugins', 'workflows'],
  db: ['sdk'],
  api: ['door', 'sdk', 'engine', 'db', 'workflows', 'plugins'],
  web: ['api'],
};
const everywhere = ['bin', 'test', 'bench'];
const ours = [...Object.keys(mayImport), ...everywhere];

const production = { pathNot: '\\.(test|fixture)\\.tsx?$' };
const outsideWorld =
  '^node_modules/(@temporalio|@hono|hono|postgres|drizzle-orm|pino|prom-client|commander|playwright-core)(/|$)';

const directions = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-direction`,
  comment: `${folder}/ may import from ${allowed.length ? allowed.map((each) => `${each}/`).join(', ') : 'nothing of ours'}.`,
  severity: 'error',
  from: { ...production, path: `^${folder}/` },
  to: {
    path: `^(${ours.filter((each) => each !== folder && !allowed.includes(each)).join('|')})/`,
  },
}));

/**
 * Rules that `import type` does not break: a type leaves no trace in what runs. The parser does not tell the two kinds
 * of import apart, so the test looks at the findings of these rules once more.
 */
export const rulesOfValues = [
  'workflows-direction',
  'web-direction',
  'workflows-sandbox',
  'names-of-workflows-only',
  'api-reads-through-queries',
  'db-types-of-sdk',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...directions.map((rule) =>
      rule.name === 'sdk-direction'
        ? { ...rule, from: { path: '^sdk/', pathNot: ['\\.(test|fixture)\\.tsx?$', '^sdk/testing'] } }
        : rule,
    ),
    {
      name: 'sdk-testing-direction',
      comment: 'sdk/testing may use the engine too, and nothing else of ours.',
      severity: 'error',
      from: { ...production, path: '^sdk/testing' },
      to: { path: `^(${ours.filter((each) => each !== 'sdk' && each !== 'engine').join('|')})/` },
    },
    {
      name: 'pure-core',
      comment: 'sdk/ and engine/ know no clock, disk or network: of Node they may use its hash functions only.',
      severity: 'error',
      from: { ...production, path: '^(sdk|engine)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'pure-core-libraries',
      comment: 'sdk/ and engine/ use pure libraries only.',
      severity: 'error',
      from: { ...production, path: '^(sdk|engine)/' },
      to: { path: outsideWorld },
    },
    {
      name: 'plugins-apart',
      comment: 'A program sees no other program.',
      severity: 'error',
      from: { ...production, path: '^plugins/([^/]+)/' },
      to: { path: '^plugins/', pathNot: '^plugins/$1/' },
    },
    {
      name: 'witness-alone',
      comment:
        'The witness runs on an auditor’s machine: of ours it uses the pure functions of the log, and no library.',
      severity: 'error',
      from: { ...production, path: '^bin/witness/' },
      to: { path: `^(${ours.join('|')}|node_modules)/`, pathNot: '^(bin/witness|engine/record)/' },
    },
    {
      name: 'workflows-sandbox',
      comment: 'Workflow code runs without Node: only Temporal’s workflow package has a place in its bundle.',
      severity: 'error',
      from: { ...production, path: '^workflows/' },
      to: { path: '.', pathNot: ['^workflows/', '^node_modules/@temporalio/(workflow|common)/'] },
    },
    {
      name: 'names-of-workflows-only',
      comment: 'Outside the bundle, workflow code is known by its names and ids; a value import would run it.',
      severity: 'error',
      from: { ...production, path: '^(activities|api)/' },
      to: { path: '^workflows/', pathNot: '^workflows/names\\.ts$' },
    },
    {
      name: 'api-reads-through-queries',
      comment:
        'api/ reads the database through db/queries/, says who reads (db/walled.ts), and writes cases through the door.',
      severity: 'error',
      from: { ...production, path: '^api/' },
      to: { path: '^db/', pathNot: '^db/(queries/|walled\\.ts$)' },
    },
    {
      name: 'db-types-of-sdk',
      comment: 'db/ takes types from sdk/, not behaviour.',
      severity: 'error',
      from: { ...production, path: '^db/' },
      to: { path: '^sdk/' },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API: without this parser nothing would be found, and all rules would hold
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node_modules/.*/node_modules/' },
  },
};
