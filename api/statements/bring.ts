import { createHash } from 'node:crypto';
import { storeDocument } from '../../db/queries/documents.ts';
import { uuidV5 } from '../../door/act-id.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem, problem } from '../errors.ts';
import { sheetsOf } from '../imports/upload.ts';
import type { Sheet } from '../sheets/sheet.ts';
import { type Columns, guessColumns, saysEnough } from './columns.ts';
import { type ReadLine, type ReadStatement, readStatement } from './read.ts';

/** Lines one act takes. */
const LINES_AN_ACT = 200;

/** A statement's file as it was understood. */
export interface Understood {
  readonly columns: Columns;
  readonly read: ReadStatement;
}

/**
 * Reads a statement's file: its columns as they are named, or as somebody says; `whole`: as he says and no further. Throws the
 * problems 413, 422, 503.
 */
export async function understand(
  deps: AppDeps,
  caller: Caller,
  bytes: Uint8Array,
  said: Columns,
  { whole = false }: { readonly whole?: boolean } = {},
): Promise<Understood> {
  const sheet = await statementSheet(deps, caller, bytes);
  if (!sheet) throw notEnough([]);
  const unknown = Object.values(said).filter((name) => !sheet.columns.includes(name));
  const columns = whole ? said : { ...guessColumns(sheet.columns), ...said };
  if (unknown.length > 0 || !saysEnough(columns)) throw notEnough(sheet.columns);
  return { columns, read: readStatement(sheet satisfies Sheet, columns) };
}

/** The sheet of a statement's file: the first with anything in it. Throws the problems 413, 422, 503. */
export async function statementSheet(deps: AppDeps, caller: Caller, bytes: Uint8Array): Promise<Sheet | undefined> {
  const sheets = await sheetsOf(deps, caller, bytes, 'statement');
  return sheets.find(({ rows }) => rows.length > 0) ?? sheets[0];
}

function notEnough(columns: readonly string[]): ApiProblem {
  const names = columns.join('、').slice(0, 500);
  return problem(
    'INVALID_DATA',
    [
      `认不出日期列和金额列${names ? `（文件的列：${names}）` : ''}。`,
      `No columns of date and amount are found${names ? ` (the file has: ${names})` : ''}.`,
    ],
    [
      [
        '用 columns 指明各列，如 {"date":"交易日","in":"存入","out":"支取","balance":"余额"}',
        'Name them in columns, like {"date":"交易日","in":"存入","out":"支取","balance":"余额"}',
      ],
    ],
    [{ path: 'columns', message: '!缺少日期或金额列|no column of date or amount' }],
  );
}

/** Throws the problem 422 with the rows that cannot be read, or where the file has no line. */
export function mustHold({ lines, problems }: ReadStatement): void {
  if (problems.length === 0 && lines.length > 0) return;
  throw problem(
    'INVALID_DATA',
    lines.length === 0 && problems.length === 0
      ? ['文件里没有收付流水。', 'The file has no movement in it.']
      : [
          `有 ${problems.length} 行读不通，一行也没有导入。`,
          `${problems.length} rows cannot be read; none was brought in.`,
        ],
    [['更正文件或列的对应后再上传', 'Mend the file or the meaning of its columns and bring it again']],
    problems.slice(0, 50).map(({ row, why: [zh, en] }) => ({ path: `rows.${row}`, message: `!${zh}|${en}` })),
  );
}

/** Which account of which case the lines are of, and under which id the request stands. */
export interface Account {
  readonly caseId: string;
  readonly book: string;
  readonly channel: 'bank' | 'wechat';
  readonly requestId: string;
}

/** What came of a file. */
export interface Brought {
  readonly document: { readonly id: string; readonly sha256: string };
  readonly acts: readonly string[];
  readonly imported: number;
  readonly skipped: number;
  readonly matched: number;
}

/**
 * Keeps the file as a document of the case (`kept`: where it lies already) and records its lines, at most 200 an act. The first refusal ends it; sent again
 * under the same key nothing happens twice, and lines that are there already are passed over under any key.
 */
export async function bring(
  deps: AppDeps,
  caller: Caller,
  account: Account,
  {
    bytes,
    lines,
    kept,
  }: { readonly bytes: Uint8Array; readonly lines: readonly ReadLine[]; readonly kept?: Brought['document'] },
): Promise<Brought> {
  const { caseId, book, channel, requestId } = account;
  // tried first: who may not do it leaves no file behind
  const tried = await deps.door.dryRun({ caseId, act: { ...actOf(0), id: 'dry-run', actor: actorOf(caller) } });
  if (tried.status === 'refused') throw new ApiProblem(tried.refusal);
  const document = kept ?? (await keepStatement(deps, caller, { caseId, requestId }, bytes));
  const acts: string[] = [];
  let [imported, skipped, matched] = [0, 0, 0];
  for (let n = 0; n * LINES_AN_ACT < lines.length; n++) {
    const outcome = await deps.door.act({ caseId, act: { ...actOf(n, document.id), actor: actorOf(caller) } });
    if (outcome.status === 'refused') throw new ApiProblem(outcome.refusal);
    acts.push(outcome.actId);
    for (const event of outcome.events) {
      if (event.type === 'statement.matched') matched += event.data.matches.length;
      if (event.type !== 'statement.imported') continue;
      imported += event.data.lines.length;
      skipped += event.data.skipped.length;
    }
  }
  return { document, acts, imported, skipped, matched };

  function actOf(n: number, id?: string) {
    const part = lines.slice(n * LINES_AN_ACT, (n + 1) * LINES_AN_ACT).map(({ row: _, ...line }) => line);
    return {
      id: uuidV5('statement', requestId, String(n)),
      type: 'statement.import',
      data: { book, channel, ...(id ? { document: id } : {}), lines: part },
      ...(id && n === 0 ? { evidence: [id] } : {}),
    };
  }
}

/** Keeps a statement's file among the documents of a case, once for the request. Throws the problem 422 of a key used for another. */
export async function keepStatement(
  deps: AppDeps,
  caller: Caller,
  { caseId, requestId }: Pick<Account, 'caseId' | 'requestId'>,
  bytes: Uint8Array,
): Promise<Brought['document']> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { row } = await storeDocument(deps.sql, {
    id: uuidV5('statement file', requestId),
    caseId,
    sha256,
    sizeBytes: bytes.byteLength,
    mediaType: 'application/octet-stream',
    kind: 'file',
    uploadedBy: caller.person,
    bytes,
  });
  if (row.sha256 === sha256) return { id: row.id, sha256 };
  throw problem(
    'IDEMPOTENCY_KEY_REUSED',
    ['这个幂等键已用于另一份文件。', 'This key was used for another file.'],
    [['换一个幂等键。', 'Use another key.']],
  );
}
