import { readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import { type Sheet, SheetProblem, sheetCalled, sheetLimits } from './sheet.ts';
import { isZip } from './zip.ts';

/** The sheets of a file, CSV or XLSX by what its bytes are; a CSV file has one. Throws {@link SheetProblem}. */
export async function readSheets(bytes: Uint8Array): Promise<readonly Sheet[]> {
  if (bytes.length > sheetLimits.fileBytes) {
    throw new SheetProblem(
      [
        `文件超过 ${sheetLimits.fileBytes / 1024 / 1024} MiB。`,
        `The file is over ${sheetLimits.fileBytes / 1024 / 1024} MiB.`,
      ],
      { waysOut: [['分成几个文件', 'Split it into several files']], tooLarge: true },
    );
  }
  if (isZip(bytes)) return readXlsx(bytes);
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0) {
    throw new SheetProblem(
      ['这是旧的 XLS 格式，或加了密码的工作簿。', 'This is the old XLS format, or a locked workbook.'],
      {
        waysOut: [['另存为 XLSX 或 CSV，不设密码', 'Save it as XLSX or CSV, without a password']],
      },
    );
  }
  return [readCsv(bytes)];
}

/** One sheet of a file: of that name, else the first that holds anything. Throws {@link SheetProblem}. */
export async function readSheet(bytes: Uint8Array, name?: string): Promise<Sheet> {
  return sheetCalled(await readSheets(bytes), name);
}
