import readWorkbook from 'read-excel-file/node';
import { unguarded } from './guard.ts';
import { type Cell, type Sheet, SheetProblem, sheetLimits, sheetOf } from './sheet.ts';
import { type PackedFile, unzip, zip } from './zip.ts';

/** So many digits a spreadsheet keeps of a number; what is longer, an id typed as a number, is rounded in the file already. */
const EXACT_DIGITS = 15;

/** Rows of a sheet that are looked at: blank ones and the heading too. */
const MOST_ROWS = sheetLimits.rows * 2;

/** Characters of one tag, or of the text between two. */
const LONGEST_PART = 256 * 1024;

/** What a number of a workbook stands as until it becomes text. */
type Value = string | number | boolean | Date | NumberText | null;

class NumberText {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

/**
 * Reads the sheets of a workbook that hold anything, in order. It is unpacked within limits first and only what that found
 * is read, so that neither sizes that lie nor cells far away fill the memory. Throws {@link SheetProblem}.
 */
export async function readXlsx(bytes: Uint8Array): Promise<Sheet[]> {
  const files = unzip(bytes);
  for (const file of files) if (/\.(xml|rels)$/i.test(file.name)) checkXml(file);
  let found: readonly { sheet: string; data: readonly (readonly Value[])[] }[];
  try {
    found = (await readWorkbook(zip(files), {
      trim: false,
      parseNumber: (digits: string) => new NumberText(digits) as unknown as number,
    })) as typeof found;
  } catch {
    throw noWorkbook();
  }
  const filled = found.filter(({ data }) => data.some((row) => row.some((value) => value !== null && value !== '')));
  if (filled.length === 0) return [sheetOf([])];
  let characters = 0;
  const counted = (value: Value): Cell => {
    const cell = cellOf(value);
    characters += cell.text.length;
    if (characters > sheetLimits.characters) throw tooFar('');
    return cell;
  };
  return filled.map(({ sheet, data }) =>
    sheetOf(
      data.map((row) => row.map(counted)),
      sheet,
    ),
  );
}

/**
 * What the limits of the thread alone would find late: definitions of its own, tags on which the reader works for minutes, and
 * rows or cells so far away that the grid up to them fills the memory at one blow, which may end the process and not only the
 * thread. Whatever might be read as an address is looked at, wherever the file lies and however it is quoted, in one pass.
 */
function checkXml({ bytes }: PackedFile): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) {
    throw new SheetProblem(['工作簿里有不该有的定义。', 'The workbook holds definitions it should not.']);
  }
  if (!isEven(text)) throw noWorkbook();
  if (!text.includes('sheetData')) return;
  for (const { index, 0: found } of text.matchAll(/(?<!\sxmlns)[^\w.-]r=["']/g)) {
    const from = index + found.length;
    const value = text.slice(from, from + 12).split(found.at(-1)!, 1)[0]!;
    const [, letters = '', digits] = /^([A-Z]{0,3})([1-9]\d{0,6})$/.exec(value) ?? [];
    // blank rows and the heading count here as well
    if (!digits || Number(digits) > MOST_ROWS || columnNumber(letters) > sheetLimits.columns * 2) throw tooFar(value);
  }
  let rows = 0;
  for (const _ of text.matchAll(/[<:]row(?![\w.-])/g)) if (++rows > MOST_ROWS) throw tooFar('');
}

/** No tag without an end, and neither tags nor texts so long that the reader, which takes a file in pieces, begins them over and over. */
function isEven(text: string): boolean {
  let end = 0;
  for (let from = text.indexOf('<'); from >= 0; from = text.indexOf('<', end)) {
    if (from - end > LONGEST_PART) return false;
    end = text.indexOf('>', from);
    const next = text.indexOf('<', from + 1);
    if (end < 0 || end - from > LONGEST_PART || (next >= 0 && next < end)) return false;
  }
  return text.length - end <= LONGEST_PART;
}

function tooFar(address: string): SheetProblem {
  const at = address.replace(/[^A-Za-z0-9]/g, '');
  return new SheetProblem(
    [
      `工作表用到了 ${at || '太多的格子'}，超过 ${sheetLimits.rows} 行或 ${sheetLimits.columns} 列。`,
      `The sheet reaches ${at || 'too many cells'}: more than ${sheetLimits.rows} rows or ${sheetLimits.columns} columns.`,
    ],
    {
      waysOut: [['删去多余的空行空列，或分成几个文件', 'Delete empty rows and columns, or split it']],
      tooLarge: true,
    },
  );
}

function noWorkbook(): SheetProblem {
  return new SheetProblem(['这不是能读的 XLSX 工作簿。', 'This is no XLSX workbook that can be read.'], {
    waysOut: [['在表格软件里另存为 XLSX 或 CSV', 'Save it anew as XLSX or CSV in a spreadsheet']],
  });
}

function columnNumber(letters: string): number {
  let n = 0;
  for (const letter of letters) n = n * 26 + letter.charCodeAt(0) - 64;
  return n;
}

function cellOf(value: Value): Cell {
  if (value === null) return { text: '' };
  if (value instanceof NumberText) return numberCell(value.digits.trim());
  if (value instanceof Date) return { text: dateText(value) };
  if (typeof value === 'boolean') return { text: value ? 'TRUE' : 'FALSE' };
  return { text: typeof value === 'string' ? unguarded(value) : String(value) };
}

/** A number in plain digits. A whole one is given digit for digit; of one the spreadsheet has rounded that is said. */
function numberCell(digits: string): Cell {
  const exact = /^([+-]?)(\d+)$/.exec(digits);
  if (exact) return { text: digits, ...(isRounded(exact[2] ?? '') ? { rounded: true } : {}) };
  const value = Number(digits);
  if (!Number.isFinite(value)) return { text: digits };
  if (Number.isInteger(value) && Math.abs(value) >= 10 ** EXACT_DIGITS) {
    return { text: plainDigits(digits), rounded: true };
  }
  const text = String(value);
  return { text: text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text };
}

/** Longer than a spreadsheet keeps, and zeros where the rest was: written by one. Programs write all digits. */
function isRounded(digits: string): boolean {
  return digits.length > EXACT_DIGITS && /^0+$/.test(digits.slice(EXACT_DIGITS));
}

/** `4.10102199001011E+17` in plain digits. */
function plainDigits(text: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]\+?(\d+))?$/.exec(text) ?? [];
  if (whole === '') return text;
  return `${sign}${whole}${part.slice(0, Number(power)).padEnd(Number(power), '0')}`;
}

/** Dates in a workbook have no zone: what is written there is what is meant. */
function dateText(date: Date): string {
  const text = date.toISOString();
  const seconds = text.slice(17, 19) === '00' ? '' : text.slice(16, 19);
  return /T00:00:00/.test(text) ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}${seconds}`;
}
