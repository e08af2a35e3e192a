import { createInflate } from 'node:zlib';

/** What of a PDF does not belong into a record that is read in twenty years (ISO 19005, PDF/A, forbids all of it). */
export type PdfFault = 'locked' | 'acts' | 'bomb' | 'broken';

/** What a PDF does by itself when it is opened, read or printed: scripts, other programs, forms that send, films. */
const ACTS = [
  'JavaScript',
  'Launch',
  'ImportData',
  'SubmitForm',
  'RichMedia',
  'XFA',
  'Rendition',
  'Movie',
  'Sound',
] as const;

/** All that is packed in the lists of objects of a PDF, unpacked (bytes), what cannot be unpacked to its end as well, and how many lists there are. */
const MOST_UNPACKED = 32 * 1024 * 1024;
const MOST_LISTS = 20_000;
/** How far after its kind the bytes of a list of objects begin (bytes), and how often "stream" may stand between. */
const DICTIONARY = 4_096;
const MOST_BEGINNINGS = 8;

const END_OF_NAME = '(?=[\\s\\0()<>\\[\\]{}/%]|$)';
const acting = new RegExp(`/(?:${ACTS.map(written).join('|')})${END_OF_NAME}`);
/** A script, whatever kind of action it stands in. Its text has to look like one, since four bytes come by chance in a scan. */
const scripting = new RegExp(
  `/${written('JS')}[\\s\\0]*(?:\\((?:\\xfe\\xff|\\xef\\xbb\\xbf|[\\t\\n\\r -~]{4})|<[\\s\\da-fA-F]{4}|\\d+[\\s\\0]+\\d+[\\s\\0]+R)`,
);
const locking = new RegExp(`/${written('Encrypt')}[\\s\\0]*(?:<<|\\d+[\\s\\0]+\\d+[\\s\\0]+R)`);
const listing = new RegExp(`/${written('ObjStm')}${END_OF_NAME}`, 'g');
const packing = new RegExp(`/${written('Filter')}${END_OF_NAME}`);

/**
 * What keeps a PDF from being taken, if anything: it is locked, would act by itself, or unpacks beyond all measure or not at
 * all. It is looked through for names and not opened: whatever reads it later may read it more kindly than any one library, so
 * names count wherever they stand, also in the packed lists of objects, and however they are escaped.
 */
export async function faultOfPdf(bytes: Uint8Array): Promise<PdfFault | undefined> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = data.toString('latin1');
  if (locking.test(text)) return 'locked';
  if (acts(text)) return 'acts';
  const budget = { left: MOST_UNPACKED };
  let lists = 0;
  for (const { index } of text.matchAll(listing)) {
    lists += 1;
    const list =
      lists > MOST_LISTS ? 'bomb' : await objectsFrom(data, text.slice(index, index + DICTIONARY), index, budget);
    if (typeof list === 'string') return list;
    if (acts(list.toString('latin1'))) return 'acts';
  }
  return undefined;
}

/** The list of objects whose dictionary is `about`, which begins at `from`. One that is not packed was looked through already. */
async function objectsFrom(data: Buffer, about: string, from: number, budget: Budget): Promise<Buffer | PdfFault> {
  let packed = packing.test(about);
  for (const { index, 0: found } of [...about.matchAll(/(?<!end)stream\r?\n/g)].slice(0, MOST_BEGINNINGS)) {
    packed ||= packing.test(data.toString('latin1', Math.max(0, from - DICTIONARY), from));
    const list = await unpacked(data.subarray(from + index + found.length), budget);
    if (budget.left < 0) return 'bomb';
    if (list) return list;
  }
  return packed ? 'broken' : Buffer.alloc(0);
}

/** How much may still be unpacked (bytes); below zero it was too much. */
interface Budget {
  left: number;
}

/** What is packed there; undefined when it does not unpack to its end. Either way it is counted, and it ends when that is too much. */
async function unpacked(packed: Buffer, budget: Budget): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  const inflate = createInflate();
  inflate.end(packed);
  try {
    for await (const part of inflate as AsyncIterable<Buffer>) {
      budget.left -= part.length;
      if (budget.left < 0) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  } finally {
    inflate.destroy();
  }
  return Buffer.concat(parts);
}

const acts = (text: string): boolean => acting.test(text) || scripting.test(text);

/** A name as a PDF may write it: each of its letters plain or as `#` with two hexadecimal digits. */
function written(name: string): string {
  return [...name].map((letter) => `(?:${letter}|#${hex(letter)})`).join('');
}

function hex(letter: string): string {
  const digits = letter.charCodeAt(0).toString(16);
  return [...digits].map((digit) => (/\d/.test(digit) ? digit : `[${digit}${digit.toUpperCase()}]`)).join('');
}
