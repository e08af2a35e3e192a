/** What the bytes of a document are. */
export interface MediaType {
  readonly kind: 'photo' | 'file';
  readonly mediaType: string;
  readonly extension: string;
}

const SIGNATURES: readonly (MediaType & { readonly at: readonly (readonly [offset: number, bytes: string])[] })[] = [
  { kind: 'photo', mediaType: 'image/jpeg', extension: 'jpg', at: [[0, '\xff\xd8\xff']] },
  { kind: 'photo', mediaType: 'image/png', extension: 'png', at: [[0, '\x89PNG\r\n\x1a\n']] },
  { kind: 'photo', mediaType: 'image/gif', extension: 'gif', at: [[0, 'GIF87a']] },
  { kind: 'photo', mediaType: 'image/gif', extension: 'gif', at: [[0, 'GIF89a']] },
  {
    kind: 'photo',
    mediaType: 'image/webp',
    extension: 'webp',
    at: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
  { kind: 'file', mediaType: 'application/pdf', extension: 'pdf', at: [[0, '%PDF-']] },
  // what somebody says or shows who does not write: recordings of telephones
  {
    kind: 'file',
    mediaType: 'audio/wav',
    extension: 'wav',
    at: [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
  },
  { kind: 'file', mediaType: 'audio/mpeg', extension: 'mp3', at: [[0, 'ID3']] },
  // frames of layer III without notes before them: MPEG 1, 2 and 2.5, each with and without a check sum
  ...['\xff\xfb', '\xff\xfa', '\xff\xf3', '\xff\xf2', '\xff\xe3', '\xff\xe2'].map((frame) =>
    recording('audio/mpeg', 'mp3', [0, frame]),
  ),
  ...['\xff\xf1', '\xff\xf0', '\xff\xf9', '\xff\xf8'].map((frame) => recording('audio/aac', 'aac', [0, frame])),
  { kind: 'file', mediaType: 'audio/amr', extension: 'amr', at: [[0, '#!AMR']] },
  { kind: 'file', mediaType: 'audio/ogg', extension: 'ogg', at: [[0, 'OggS']] },
  { kind: 'file', mediaType: 'video/webm', extension: 'webm', at: [[0, '\x1a\x45\xdf\xa3']] },
  { kind: 'file', mediaType: 'audio/mp4', extension: 'm4a', at: [[4, 'ftypM4A']] },
  { kind: 'file', mediaType: 'video/3gpp', extension: '3gp', at: [[4, 'ftyp3g']] },
  { kind: 'file', mediaType: 'video/quicktime', extension: 'mov', at: [[4, 'ftypqt']] },
  ...['mp4', 'isom', 'iso2', 'iso3', 'iso4', 'iso5', 'iso6', 'avc1', 'M4V'].map((brand) =>
    recording('video/mp4', 'mp4', [4, `ftyp${brand}`]),
  ),
];

function recording(mediaType: string, extension: string, at: readonly [offset: number, bytes: string]) {
  return { kind: 'file', mediaType, extension, at: [at] } as const;
}

/** Brands of photos in boxes, as telephones keep them unless told otherwise (ISO/IEC 23008-12; AVIF). */
const HEIF = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'avif'];

/** Whether a file is a photo of a kind that telephones can avoid. */
export function isHeif(bytes: Uint8Array): boolean {
  return HEIF.some((brand) => hasAt(bytes, 4, `ftyp${brand}`));
}

/**
 * Says what a document is by its content alone: pictures are `photo`; PDF, recordings of sound and video and plain UTF-8
 * text are `file`; anything else, whatever it is called, is undefined and not taken.
 */
export function mediaTypeOf(bytes: Uint8Array): MediaType | undefined {
  for (const { at, kind, mediaType, extension } of SIGNATURES)
    if (at.every(([offset, text]) => hasAt(bytes, offset, text))) return { kind, mediaType, extension };
  return isPlainText(bytes) ? { kind: 'file', mediaType: 'text/plain; charset=utf-8', extension: 'txt' } : undefined;
}

/** Every media type of documents, without parameters. */
export const mediaTypes: readonly string[] = [
  ...new Set([...SIGNATURES.map(({ mediaType }) => mediaType), 'text/plain']),
];

/** The ending of a download by its stored media type. */
export function extensionOf(mediaType: string): string {
  return SIGNATURES.find((one) => one.mediaType === mediaType)?.extension ?? 'txt';
}

function hasAt(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Text without control characters, and not markup a browser might run. */
function isPlainText(bytes: Uint8Array): boolean {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return false;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return false;
  }
  return text.length > 0 && !/^[\s\p{Cf}]*<[a-z!?/%]/iu.test(text);
}
