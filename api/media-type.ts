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
  { kind: 'file', mediaType: 'audio/mpeg', extension: 'mp3', at: [[0, '\xff\xfb']] },
  { kind: 'file', mediaType: 'audio/amr', extension: 'amr', at: [[0, '#!AMR']] },
  { kind: 'file', mediaType: 'audio/ogg', extension: 'ogg', at: [[0, 'OggS']] },
  { kind: 'file', mediaType: 'video/webm', extension: 'webm', at: [[0, '\x1a\x45\xdf\xa3']] },
  { kind: 'file', mediaType: 'audio/mp4', extension: 'm4a', at: [[4, 'ftypM4A']] },
  { kind: 'file', mediaType: 'video/3gpp', extension: '3gp', at: [[4, 'ftyp3g']] },
  { kind: 'file', mediaType: 'video/quicktime', extension: 'mov', at: [[4, 'ftypqt']] },
  { kind: 'file', mediaType: 'video/mp4', extension: 'mp4', at: [[4, 'ftypmp4']] },
  { kind: 'file', mediaType: 'video/mp4', extension: 'mp4', at: [[4, 'ftypisom']] },
];

/**
 * Says what a document is by its content alone: pictures are `photo`; PDF, recordings of sound and video and plain UTF-8
 * text are `file`; anything else, whatever it is called, is undefined and not taken.
 */
export function mediaTypeOf(bytes: Uint8Array): MediaType | undefined {
  for (const { at, kind, mediaType, extension } of SIGNATURES)
    if (at.every(([offset, text]) => hasAt(bytes, offset, text))) return { kind, mediaType, extension };
  return isPlainText(bytes) ? { kind: 'file', mediaType: 'text/plain; charset=utf-8', extension: 'txt' } : undefined;
}

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
