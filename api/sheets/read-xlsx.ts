import readWorkbook from 'read-excel-file/node';
import { unguarded } from './guard.ts';
import { type Cell, type Sheet, SheetProblem, sheetLimits, sheetOf } from './sheet.ts';
import { type PackedFile, unzip, zip } from './zip.ts';

/** So many digits a spreadsheet keeps of a number; what is longer, an id typed as a number, is rounded in the file already. */
const EXACT_DIGITS = 15;

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
    throw new SheetProblem(['这不是能读的 XLSX 工作簿。', 'This is no XLSX workbook that can be read.'], {
      waysOut: [['在表格软件里另存为 XLSX 或 CSV', 'Save it anew as XLSX or CSV in a spreadsheet']],
    });
  }
  const filled = found.filter(({ data }) => data.some((row) => row.some((value) => value !== null && value !== '')));
  if (filled.length === 0) return [sheetOf([])];
  return filled.map(({ sheet, data }) =>
    sheetOf(
      data.map((row) => row.map(cellOf)),
      sheet,
    ),
  );
}

/** No definitions of its own, and no cell beyond the limits: the reader makes a grid up to the furthest. */
function checkXml({ name, bytes }: PackedFile): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) {
    throw new SheetProblem(['工作簿里有不该有的定义。', 'The workbook holds definitions it should not.']);
  }
  if (!/worksheets\//.test(name)) return;
  for (const [, letters = '', digits = ''] of text.matchAll(/<(?:\w+:)?(?:c|row)\b[^>]*?\br="([A-Z]*)(\d*)"/g)) {
    // blank rows and the heading count here as well
    if (Number(digits) > sheetLimits.rows * 2 || columnNumber(letters) > sheetLimits.columns * 2) {
      throw new SheetProblem(
        [
          `工作表用到了 ${letters}${digits}，超过 ${sheetLimits.rows} 行或 ${sheetLimits.columns} 列。`,
          `The sheet reaches ${letters}${digits}: more than ${sheetLimits.rows} rows or ${sheetLimits.columns} columns.`,
        ],
        {
          waysOut: [['删去多余的空行空列，或分成几个文件', 'Delete empty rows and columns, or split it']],
          tooLarge: true,
        },
      );
    }
  }
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
