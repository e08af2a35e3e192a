import sharp, { type Sharp } from 'sharp';
import { type ApiProblem, problem } from '../errors.ts';

/** Pixels of a picture at most, all frames of a moving one together: telephones take 12 to 64 million. */
export const MOST_PIXELS = 70_000_000;

/** A picture that takes longer than this (seconds) is made to take long. */
const MOST_SECONDS = 20;
/** Pictures that are unpacked at a time, each of which may take some hundred MiB, and those that wait for their turn. */
const AT_ONCE = 2;
const MOST_WAITING = 16;

// nothing of a picture stays in memory, one thread each, and of the many formats libvips knows only those that are taken
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif'].map((format) => `VipsForeignLoad${format}Buffer`),
});

/** The formats that are written anew, each as itself. */
const written = {
  'image/jpeg': (image: Sharp) => image.jpeg({ quality: 92 }),
  'image/png': (image: Sharp) => image.png(),
  'image/webp': (image: Sharp) => image.webp({ quality: 92 }),
  'image/gif': (image: Sharp) => image.gif(),
} as const;

/** Media types of pictures that are written anew. */
export type PictureType = keyof typeof written;

/** Whether documents of a media type are pictures that are written anew. */
export function isPicture(mediaType: string): mediaType is PictureType {
  return Object.hasOwn(written, mediaType);
}

/**
 * A picture written anew from its pixels alone, turned as its camera was held: without place, time and device, small previews,
 * comments and whatever else lay in the file or behind it (docs/adr/0039). The same bytes give the same picture. Throws the
 * problems 413 (too many pixels), 422 (it cannot be opened whole, or takes too long), 503 (too many at a time).
 */
export async function rewritten(bytes: Uint8Array, mediaType: PictureType): Promise<Uint8Array> {
  await turn();
  try {
    const image = sharp(bytes, {
      failOn: 'error',
      limitInputPixels: MOST_PIXELS,
      animated: mediaType === 'image/gif' || mediaType === 'image/webp',
    });
    const moves = ((await image.metadata()).pages ?? 1) > 1;
    const upright = moves ? image : image.autoOrient();
    return await written[mediaType](upright.timeout({ seconds: MOST_SECONDS })).toBuffer();
  } catch (error) {
    throw problemOf(error as Error);
  } finally {
    leave();
  }
}

/** What is wrong with a picture, by what the library says: its words are not passed on. */
function problemOf({ message }: Error): ApiProblem {
  if (/pixel limit|too large|exceeds/i.test(message)) return tooManyPixels();
  return /timeout/i.test(message)
    ? broken(['图片处理太久，已停止。', 'The picture took too long and was stopped.'])
    : broken(['图片打不开，可能没有传完或已损坏。', 'The picture cannot be opened: cut off, or broken.']);
}

function tooManyPixels(): ApiProblem {
  const million = MOST_PIXELS / 1_000_000;
  return problem(
    'BODY_TOO_LARGE',
    [`图片的像素太多，最多 ${million} 百万像素。`, `The picture has too many pixels; ${million} million is the most.`],
    [['缩小后再上传，或用较低的分辨率重拍', 'Make it smaller, or take it again at a lower resolution']],
  );
}

function broken(detail: readonly [string, string]): ApiProblem {
  return problem(
    'INVALID_DATA',
    detail,
    [['在看图软件里打开并另存，或重新拍照', 'Open it and save it anew, or take the picture again']],
    [{ path: 'file', message: `!${detail[0]}|${detail[1]}` }],
  );
}

let underWay = 0;
const waiting: (() => void)[] = [];

/** Waits until a picture may be unpacked. Throws the problem 503 where too many wait. */
function turn(): Promise<void> {
  if (underWay < AT_ONCE) {
    underWay += 1;
    return Promise.resolve();
  }
  if (waiting.length >= MOST_WAITING)
    throw problem(
      'BUSY',
      ['现在有太多图片在处理。', 'Too many pictures are being taken in right now.'],
      [
        [
          '过一会儿用同一个幂等键再上传，不会重复',
          'Bring it again in a while under the same key: nothing happens twice',
        ],
      ],
    );
  return new Promise((resolve) => waiting.push(resolve));
}

/** Hands the place on to whoever waits longest. */
function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else underWay -= 1;
}
