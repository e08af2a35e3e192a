import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Python, preparePython } from '../oracle/oracle.ts';
import { exceptions } from './exceptions.ts';
import type { Known } from './ground.ts';

/** Finds Python and installs Schemathesis (pinned) into the user's cache folder, once. Throws where there is no Python or no pip. */
export function prepareSchemathesis(): Python {
  return preparePython(undefined, fileURLToPath(new URL('requirements.txt', import.meta.url)));
}

/** Ways in which cases are made; stateful ones follow from answers to others. */
export type Phase = 'examples' | 'coverage' | 'fuzzing' | 'stateful';

/** What is to be tried. */
export interface Try {
  readonly url: string;
  readonly apiKey: string;
  readonly known: Known;
  readonly seed: number;
  readonly phases: readonly Phase[];
  /** Cases of an operation in each phase that draws them. */
  readonly examples: number;
}

/** What came of it. */
export interface Found {
  /** Cases that were sent and judged. */
  readonly cases: number;
  readonly operations: number;
  /** What did not hold, by check and operation. */
  readonly failures: readonly string[];
  /** What it printed; where something did not hold with the request that shows it. */
  readonly printed: string;
}

/** Names in requests that are taken from what there is, by what they name: most of the time, the rest is made up. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  case: ['path.caseId', 'query.case', 'query.chain'],
  document: ['path.documentId', 'body.evidence[*]'],
  act: ['path.actId'],
  deadline: ['path.deadlineId'],
  message: ['path.messageId'],
  item: ['body.target'],
  party: ['query.party', 'body.onBehalfOf', 'body.data.party'],
  book: ['query.book', 'body.data.book'],
  payout: ['path.payoutId', 'body.data.payout'],
  unit: ['path.unitId', 'query.unit', 'query.area', 'body.unit', 'body.above', 'body.data.unit'],
  post: ['path.postId', 'query.post', 'query.responsible', 'body.post', 'body.data.post'],
  person: ['path.personId', 'query.person', 'query.holder', 'body.person', 'body.data.person', 'body.data.to'],
  appointment: ['path.appointmentId'],
  substitution: ['path.substitutionId'],
  program: ['path.programId', 'query.program', 'body.program'],
  sample: ['path.sampleId'],
  bulletin: ['path.bulletinId'],
  channel: ['path.channelId'],
  import: ['path.importId'],
  feed: ['path.feedId'],
  year: ['path.year'],
  month: ['path.month', 'query.month'],
  field: ['path.field'],
};
const MOST_OF_THE_TIME = 0.8;

/** What the tool takes for an answer to a valid request unless told otherwise. */
const TAKEN = ['2xx', '3xx', '401', '403', '404', '409', '429', '5xx'];

/** Has Schemathesis try every operation of the document that the server serves, with all its checks. Rejects when it breaks or tries nothing. */
export async function tryOut(python: Python, what: Try): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'linli-schemathesis-'));
  try {
    const config = join(folder, 'schemathesis.toml');
    const report = join(folder, 'report.json');
    writeFileSync(config, toml(configOf(what)));
    const { code, printed } = await run(python, folder, [
      ...['-m', 'schemathesis.cli', '--config-file', config, 'run', `${what.url}/openapi.json`],
      ...['--checks', 'all', '--phases', what.phases.join(','), '--seed', String(what.seed)],
      ...['--max-examples', String(what.examples), '--continue-on-failure', '--no-color', '--report-json-path', report],
    ]);
    return foundIn(JSON.parse(readFileSync(report, 'utf8')) as Report, code, printed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What we read of the tool's own report. */
interface Report {
  readonly complete: boolean;
  readonly stop_reason: string;
  readonly operations: { readonly tested: number } | null;
  readonly test_cases: { readonly generated: number; readonly without_checks: number };
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
  readonly errors: readonly { readonly title: string; readonly count: number }[];
}

function foundIn(report: Report, code: number, printed: string): Found {
  const { complete, operations, test_cases: cases, failures, errors } = report;
  const judged = cases.generated - cases.without_checks;
  // 0: all held; 1: something did not; whatever else is no judgement
  if (code > 1 || !complete || errors.length > 0 || judged === 0)
    throw new Error(
      `Schemathesis judged ${judged} cases and ended with ${code} (${report.stop_reason}, ${JSON.stringify(errors)}):\n${printed.slice(-4_000)}`,
    );
  return {
    cases: judged,
    operations: operations?.tested ?? 0,
    failures: failures.flatMap(({ title, operations: where }) => where.map((each) => `${title}: ${each}`)),
    printed,
  };
}

function configOf({ apiKey, known }: Try): Toml {
  const there = Object.entries(NAMES).filter(([name]) => (known[name]?.length ?? 0) > 0);
  return {
    auth: { openapi: { apiKey: { bearer: apiKey } } },
    dictionaries: Object.fromEntries(there.map(([name]) => [name, { values: known[name]! }])),
    parameters: Object.fromEntries(
      there.flatMap(([name, places]) =>
        places.map((place) => [place, { dictionary: name, probability: MOST_OF_THE_TIME }]),
      ),
    ),
    'request-timeout': 30,
    operations: [
      // it tells on and on: the first of what it tells is judged
      { 'include-name': 'GET /api/v1/stream', 'max-stream-events': 1, 'request-timeout': 5 },
      ...exceptions.map(({ operations, alsoRefusedWith }) => ({
        'include-name': operations,
        checks: { positive_data_acceptance: { 'expected-statuses': [...TAKEN, ...alsoRefusedWith] } },
      })),
    ],
  };
}

type TomlValue = string | number | boolean | readonly TomlValue[] | Toml;
interface Toml {
  readonly [key: string]: TomlValue;
}

/** A document of TOML, each key at the top on a line of its own. */
function toml(document: Toml): string {
  return Object.entries(document)
    .map(([key, value]) => `${JSON.stringify(key)} = ${inline(value)}\n`)
    .join('');
}

function inline(value: TomlValue): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)} = ${inline(inner)}`);
  return `{ ${pairs.join(', ')} }`;
}

/** Runs Python in a folder, where the tool leaves what it remembers of a run. */
function run(
  { command, packages }: Python,
  cwd: string,
  args: readonly string[],
): Promise<{ code: number; printed: string }> {
  return new Promise((resolve, reject) => {
    const how = {
      ...({ cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 } as const),
      env: { ...process.env, PYTHONPATH: packages, PYTHONIOENCODING: 'utf-8', PYTHONDONTWRITEBYTECODE: '1' },
    };
    execFile(command, args, how, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), printed: `${stdout}\n${stderr}`.trim() });
    });
  });
}
