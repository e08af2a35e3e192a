import { createHash, createHmac } from 'node:crypto';
import { type CaseRecord, caseRecord } from '../db/queries/cases.ts';
import { type DocumentRow, documentSent, storeDocument } from '../db/queries/documents.ts';
import { awayProblem } from '../engine/acts/away.ts';
import type { State } from '../engine/state.ts';
import { type Caller, may } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { ApiProblem, problem } from './errors.ts';
import type { RequestId } from './idempotency.ts';
import { isHeif, mediaTypeOf } from './media-type.ts';
import { asKept } from './uploads/kept.ts';
import { MAX_DOCUMENT_BYTES } from './validation.ts';

/**
 * Keeps one uploaded file among the documents of a case the caller may read, as {@link asKept} says; hash and size are those of
 * what is kept. Under an id that is known already it keeps nothing; that it was the same file is told by what was sent, since a later
 * release may write the same picture with other bytes.
 * Throws the problems 403 (he does not work on the case), 409 (another installation has the case), 413, 415, 422 (no file, a broken one, or the id was used for another), 503.
 */
export async function keepDocument(
  deps: AppDeps,
  caller: Caller,
  { caseId, request, file }: { readonly caseId: string; readonly request: RequestId; readonly file: unknown },
): Promise<{ readonly row: DocumentRow; readonly stored: boolean }> {
  const record = await workedOn(deps, caller, caseId);
  if (!record) throw notYours();
  const away = awayProblem({}, record.state as State);
  if (away) throw new ApiProblem(away);
  const { id } = request;
  const sent = await bytesOf(file);
  const sentMark = markOf(sent, request);
  const known = await documentSent(deps.sql, id, sentMark);
  if (known) return { row: known, stored: false };
  const found = mediaTypeOf(sent);
  if (!found) throw notTaken(sent);
  const bytes = await asKept(sent, found);
  if (bytes.byteLength > MAX_DOCUMENT_BYTES) throw tooLarge();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { mediaType, kind } = found;
  const about = { id, caseId, sha256, sizeBytes: bytes.byteLength, mediaType, kind, uploadedBy: caller.person };
  const kept = await storeDocument(deps.sql, { ...about, bytes, sentMark });
  if (kept.row.sha256 === sha256) return kept;
  throw problem(
    'IDEMPOTENCY_KEY_REUSED',
    ['这个幂等键已用于另一份材料。', 'This key was used for another document.'],
    [['换一个幂等键。', 'Use another key.']],
  );
}

/**
 * A case with which a caller has to do by more than the right to read it: through a post, a role, work he was given, as
 * head of its unit or one above, or as its caseworker. Who audits or administers leaves no papers in it.
 */
function workedOn(deps: AppDeps, caller: Caller, caseId: string): Promise<CaseRecord | undefined> {
  const loginUnit = may(caller, 'casework') ? caller.unit : undefined;
  return caseRecord(deps.sql, { person: caller.person, loginUnit }, caseId);
}

function notYours(): ApiProblem {
  return problem(
    'FORBIDDEN',
    ['只有办理本个案的人可以上传材料。', 'Only who works on the case may upload documents into it.'],
    [['请经办人上传', 'Ask the caseworker to upload it']],
  );
}

/**
 * What tells that a file is sent again: its hash under the request's key. The key is not kept, so nobody can find out by what
 * is kept whose file it was (docs/adr/0039).
 */
const markOf = (sent: Uint8Array, { key }: RequestId): string => createHmac('sha256', key).update(sent).digest('hex');

function notTaken(sent: Uint8Array): ApiProblem {
  const heif = isHeif(sent);
  return problem(
    'UNSUPPORTED_MEDIA_TYPE',
    [
      `${heif ? '这是 HEIC 照片，多数电脑打不开。' : ''}只收 JPEG、PNG、WebP、GIF 图片，PDF，录音（WAV、MP3、M4A、AAC、AMR、OGG）和视频（MP4、MOV、3GP、WebM），以及纯文本，按内容判断。`,
      `${heif ? 'This is a HEIC photo, which most computers cannot open. ' : ''}Taken are JPEG, PNG, WebP and GIF pictures, PDF, sound (WAV, MP3, M4A, AAC, AMR, OGG), video (MP4, MOV, 3GP, WebM) and plain text, judged by content.`,
    ],
    heif ? [...JPEG_INSTEAD] : [['另存为其中一种格式再上传。', 'Save it as one of these and upload again.']],
  );
}

const JPEG_INSTEAD = [
  [
    'iPhone：在“设置 › 相机 › 格式”中选“兼容性最佳”，重新拍照后上传',
    'iPhone: choose Settings › Camera › Formats › Most Compatible, take it again and upload that',
  ],
  [
    '安卓：在相机设置中关闭“高效图片（HEIF）”，重新拍照后上传',
    'Android: turn off high efficiency pictures (HEIF) in the settings of the camera, take it again and upload that',
  ],
  ['已拍的照片：打开后截屏，上传截屏', 'A photo that is there already: open it, and upload a screenshot of it'],
] as const;

/** The bytes of the form's one file. Throws the problem of a form that has none, several, or too large a one. */
async function bytesOf(file: unknown): Promise<Uint8Array> {
  if (!(file instanceof File) || file.size === 0)
    throw problem(
      'INVALID_DATA',
      ['表单里应当有一个名为 file 的文件。', 'The form should hold one file, called "file".'],
      [],
      [{ path: 'file', message: '!缺少文件|the file is missing or empty' }],
    );
  if (file.size > MAX_DOCUMENT_BYTES) throw tooLarge();
  return new Uint8Array(await file.arrayBuffer());
}

function tooLarge(): ApiProblem {
  return problem('BODY_TOO_LARGE', ['单个文件不超过 20 MiB。', 'A file may have at most 20 MiB.']);
}
