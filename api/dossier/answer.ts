import { Readable } from 'node:stream';
import { sealedFor } from '../../db/queries/complaints.ts';
import { hasToDoWith } from '../../db/queries/dossier.ts';
import type { State } from '../../engine/state.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { caseToRead } from '../reading.ts';
import { zipOf } from './archive.ts';
import { dossierOf } from './build.ts';

/** Beyond this the documents alone would leave no room in an archive of 4 GiB. */
const MOST_DOCUMENT_BYTES = 3_500_000_000;

/** A dossier on its way: the bytes of the archive, its name, and where the case's chain stands. */
export interface DossierAnswer {
  readonly body: ReadableStream<Uint8Array>;
  readonly name: string;
  readonly head: string;
}

/**
 * The dossier of a case for an auditor of its unit or one above. He must have nothing else to do with the case: a dossier
 * holds what is kept from who works on it. Problems: 404 (not his to read), 403 (no auditor, or not an outsider), 413.
 */
export async function answerDossier(
  deps: AppDeps,
  caller: Caller,
  caseId: string,
  redacted: boolean,
): Promise<DossierAnswer> {
  const record = await caseToRead(deps, caller, caseId);
  if (!may(caller, 'audit'))
    throw problem(
      'FORBIDDEN',
      ['只有审计员可以调取案卷。', 'Only auditors take dossiers.'],
      [['请审计员办理', 'Ask an auditor']],
    );
  const { destroyed } = record.state as State;
  if (redacted && destroyed)
    throw problem(
      'CASE_DESTROYED',
      [
        '个案内容已依法销毁，没有可隐去的内容。',
        'The contents of the case are destroyed: there is nothing left to redact.',
      ],
      [
        [
          '去掉 redacted 调取留存部分（事件头、哈希、销毁清册）',
          'Without `redacted`: what remains, headers, hashes and the certificate',
        ],
      ],
    );
  const { person, unit: auditorOf } = caller;
  const [involved, sealed] = await Promise.all([
    hasToDoWith(deps.sql, record.caseId, person),
    // what complaints said is gone: nothing of a destroyed case is left that could be kept from somebody
    destroyed ? undefined : sealedFor(deps.sql, record.caseId, { person, auditorOf }),
  ]);
  if (involved || (sealed && sealed.seqs.length > 0))
    throw problem(
      'FORBIDDEN',
      [
        '案卷只能由与本案没有其他关系的审计员调取。',
        'Only an auditor who has nothing else to do with the case takes its dossier.',
      ],
      [['请另一位审计员办理', 'Ask another auditor']],
    );
  const dossier = await dossierOf({ sql: deps.house, histories: deps.caseHistories }, record.caseId, {
    redacted,
  });
  if (!dossier) throw notFound();
  if (!redacted && dossier.documentBytes > MOST_DOCUMENT_BYTES)
    throw problem(
      'BODY_TOO_LARGE',
      ['材料超过一个案卷文件的容量（4 GiB）。', 'The documents are more than one archive of 4 GiB holds.'],
      [['加 ?redacted=true 调取不含材料的案卷', 'Take it without documents: ?redacted=true']],
    );
  return {
    body: Readable.toWeb(Readable.from(zipOf(dossier.files))) as ReadableStream<Uint8Array>,
    name: `dossier-${record.caseNo.replace(/[^\w-]/g, '_')}${redacted ? '-redacted' : ''}.zip`,
    head: `${dossier.about.seq}:${dossier.about.head}`,
  };
}
