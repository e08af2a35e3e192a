/** Sound in frames that follow one another: what a frame's first bytes say of it. Undefined: this is no frame. */
type FrameLength = (data: Buffer, at: number) => number | undefined;

const HEADER = 7;
/** Notes that programs add behind the sound. */
const NOTES_BEHIND = ['TAG', 'APETAGEX', 'LYRICSBEGIN'];

/** Thousands of bits a second by the index of a frame of layer III: of MPEG 1, then of MPEG 2 and 2.5 (ISO/IEC 11172-3, 13818-3). */
const KBITS = [
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
/** Samples a second by the index of a frame, of MPEG 1. */
const RATES = [44_100, 48_000, 32_000] as const;

/** A frame of MP3 (ISO/IEC 11172-3, 2.4.1.3): layer III alone, no free format. */
const mp3Frame: FrameLength = (data, at) => {
  const [second, third] = [data[at + 1]!, data[at + 2]!];
  // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5, each with half the samples of the one before
  const version = (second >> 3) & 3;
  if (data[at] !== 0xff || (second & 0xe6) !== 0xe2 || version === 1) return undefined;
  const kbits = KBITS[version === 3 ? 0 : 1][(third >> 4) - 1];
  const rate = RATES[(third >> 2) & 3];
  if (kbits === undefined || rate === undefined) return undefined;
  const [perFrame, slower] = version === 3 ? [144, 1] : version === 2 ? [72, 2] : [72, 4];
  return Math.floor((perFrame * kbits * 1_000 * slower) / rate) + ((third >> 1) & 1);
};

/** A frame of AAC in ADTS (ISO/IEC 13818-7, 6.2). */
const aacFrame: FrameLength = (data, at) => {
  const second = data[at + 1]!;
  const rate = (data[at + 2]! >> 2) & 15;
  if (data[at] !== 0xff || (second & 0xf6) !== 0xf0 || rate > 12) return undefined;
  const length = ((data[at + 3]! & 3) << 11) | (data[at + 4]! << 3) | (data[at + 5]! >> 5);
  return length > HEADER ? length : undefined;
};

/** How the kinds of sound in frames are walked through. */
const FRAMES: Readonly<Record<string, FrameLength>> = { 'audio/mpeg': mp3Frame, 'audio/aac': aacFrame };

/** Whether documents of a media type are sound in frames. */
export function isFramed(mediaType: string): boolean {
  return Object.hasOwn(FRAMES, mediaType);
}

/**
 * Whether sound is frames from its beginning to its end, behind the notes it may begin with (ID3v2) and before those it may
 * end with. The last frame may be cut off, as when a telephone runs out of power.
 */
export function isWholeSound(bytes: Uint8Array, mediaType: string): boolean {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frame = FRAMES[mediaType]!;
  let at = behindNotes(data);
  let frames = 0;
  for (; at + HEADER <= data.length; frames += 1) {
    const length = frame(data, at);
    if (length === undefined) break;
    at += length;
  }
  const rest = data.subarray(at, at + 16).toString('latin1');
  return frames > 0 && (data.length - at < HEADER || NOTES_BEHIND.some((notes) => rest.startsWith(notes)));
}

/** Where the notes at the beginning end (ID3v2, 3.1: four bytes of seven bits), and the zeros some programs leave behind them. */
function behindNotes(data: Buffer): number {
  if (data.toString('latin1', 0, 3) !== 'ID3' || data.length < 10) return 0;
  let at = 10 + data.subarray(6, 10).reduce((size, byte) => size * 128 + (byte & 127), 0);
  while (data[at] === 0) at += 1;
  return at;
}
