import type { Text } from '../../sdk/program.ts';
import { type ApiProblem, problem } from '../errors.ts';
import type { MediaType } from '../media-type.ts';
import { withoutNotes } from './film.ts';
import { isFramed, isWholeSound } from './frames.ts';
import { faultOfPdf, type PdfFault } from './pdf.ts';
import { isPicture, rewritten } from './picture.ts';

/** Recordings that are made of boxes. */
const FILMS: ReadonlySet<string> = new Set(['video/mp4', 'video/quicktime', 'video/3gpp', 'audio/mp4']);

/**
 * The bytes of an upload as they are kept and given out (docs/adr/0039): pictures written anew, recordings of telephones
 * without their notes, everything else as it came. Throws the problems 413, 422, 503.
 */
export async function asKept(bytes: Uint8Array, { mediaType }: MediaType): Promise<Uint8Array> {
  if (isPicture(mediaType)) return rewritten(bytes, mediaType);
  if (FILMS.has(mediaType)) {
    const film = withoutNotes(bytes);
    if (film) return film;
    throw notTaken(BROKEN_RECORDING, SEND_AGAIN);
  }
  if (isFramed(mediaType) && !isWholeSound(bytes, mediaType)) throw notTaken(BROKEN_RECORDING, SEND_AGAIN);
  if (mediaType === 'application/pdf') {
    const fault = await faultOfPdf(bytes);
    if (fault) throw notTaken(faults[fault], PRINT_AGAIN);
  }
  return bytes;
}

const faults: Readonly<Record<PdfFault, Text>> = {
  locked: ['PDF 加了密码或限制，多年以后可能打不开。', 'The PDF is locked, and might not open in some years.'],
  acts: [
    'PDF 里有脚本、外部程序、提交表单或影音，不能作为材料保存。',
    'The PDF holds scripts, calls of programs, forms that send, or films, and cannot be kept as a document.',
  ],
  bomb: ['PDF 展开后太大。', 'The PDF is too large when unpacked.'],
  broken: ['PDF 打不开，可能已损坏。', 'The PDF cannot be opened: it may be broken.'],
};

const PRINT_AGAIN: Text = [
  '用“打印为 PDF”另存一份，或拍照后上传',
  'Save it anew by printing it to PDF, or upload a photo of it',
];
const BROKEN_RECORDING: Text = ['录音或视频没有传完，或已损坏。', 'The recording is cut off, or broken.'];
const SEND_AGAIN: Text = ['从手机里重新上传这个文件', 'Upload the file again from the telephone'];

function notTaken(detail: Text, wayOut: Text): ApiProblem {
  return problem('INVALID_DATA', detail, [wayOut], [{ path: 'file', message: `!${detail[0]}|${detail[1]}` }]);
}
