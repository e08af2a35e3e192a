import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guarded, unguarded } from './guard.ts';
import { readSheet, readSheets } from './read.ts';
import { SheetProblem, sheetLimits } from './sheet.ts';
import { type TableFormat, writeTables } from './write.ts';
import { zip } from './zip.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const csv = (text: string) => readSheet(bytesOf(text));
const problemOf = async (reading: Promise<unknown>): Promise<SheetProblem> => {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SheetProblem);
  return error as SheetProblem;
};

/** Texts as they may stand in a cell: what a spreadsheet would run among them, without what it cannot hold. */
const cellText = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(
      '=1+1',
      '+86',
      '-5',
      '@x',
      '＝A1',
      "'=x",
      "'",
      '"',
      'a,b;c',
      '一\n二',
      '410102199901011234',
      '007',
      ' 1.50',
      'valueOf',
      '__proto__',
      '_x0041_',
    ),
    fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠', "'"), fc.string({ maxLength: 10 }))
      .map((t) => t.join('')),
  )
  .map((text) => text.replace(/[^\P{C}\n]/gu, '').trim());
const tables = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.record({
    columns: fc.constant(Array.from({ length: width }, (_, n) => `列${n + 1}`)),
    rows: fc.array(fc.array(cellText, { minLength: width, maxLength: width }), { maxLength: 8 }),
  }),
);

/** Texts that mean something to a plain object, or to a workbook. */
const WORDS = [...Object.getOwnPropertyNames(Object.prototype), '_x0041_', '_x005F_x0041_', '__x0041_', '\ufffd'];

describe('what is written', () => {
  it.each<TableFormat>(['csv', 'xlsx'])('is read again as it was (%s)', async (format) => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const sheet = await readSheet(await writeTables(format, [table]));
        const wanted = table.rows.flatMap((cells, n) => {
          const filled = cells.flatMap((text, i) =>
            text === '' ? [] : [[`列${i + 1}`, text.replace(/\r\n?/g, '\n')]],
          );
          return filled.length === 0 ? [] : [{ row: n + 2, cells: Object.fromEntries(filled) }];
        });
        expect(sheet.columns).toEqual(table.columns);
        expect(sheet.rows).toEqual(wanted);
      }),
      {
        numRuns: format === 'csv' ? 200 : 40,
        examples: [[{ columns: ['列1', '列2'], rows: [...WORDS, ...WORDS].map((word) => [word, '一']) }]],
      },
    );
  });

  it('never begins like a formula, and the guard can always be taken off again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(guarded(text)).not.toMatch(/^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n\0]/u);
        expect(unguarded(guarded(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
    for (const sign of [...'=+-@＝＋－＠\t\r\0']) expect(guarded(`${sign}cmd`)).toBe(`'${sign}cmd`);
  });

  it('is opened by readers that are not ours', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'linli-sheets-'));
    try {
      const table = {
        columns: ['姓名', '身份证号', '金额'],
        rows: [
          ['周某', '410102199901011234', 259000],
          ['=1+1', '007', null],
        ],
      };
      for (const format of ['csv', 'xlsx'] as const)
        writeFileSync(join(folder, `list.${format}`), await writeTables(format, [{ ...table, name: '名单' }]));
      writeFileSync(join(folder, 'read.py'), PYTHON);
      const said = JSON.parse(
        execFileSync('python3', [join(folder, 'read.py'), folder], { encoding: 'utf8' }),
      ) as unknown;
      const expected = [
        ['姓名', '身份证号', '金额'],
        ['周某', '410102199901011234', '259000'],
        ["'=1+1", '007', ''],
      ];
      expect(said).toEqual({ csv: expected, xlsx: expected, formulas: 0, text: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Reads both files with nothing but Python's own csv, zipfile and XML. */
const PYTHON = `
import csv, json, re, sys, zipfile
import xml.etree.ElementTree as ET
folder = sys.argv[1]
NS = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
with open(folder + '/list.csv', encoding='utf-8-sig', newline='') as file:
    rows = list(csv.reader(file))
book = zipfile.ZipFile(folder + '/list.xlsx')
assert book.testzip() is None
strings = [''.join(t.text or '' for t in si.iter(NS + 't')) for si in ET.fromstring(book.read('xl/sharedStrings.xml'))]
sheet = ET.fromstring(book.read('xl/worksheets/sheet1.xml'))
cells = []
for row in sheet.iter(NS + 'row'):
    line = ['', '', '']
    for c in row.iter(NS + 'c'):
        v = c.find(NS + 'v')
        if v is None: continue
        line[ord(re.match('[A-Z]', c.get('r')).group()) - 65] = strings[int(v.text)] if c.get('t') == 's' else v.text
    cells.append(line)
formulas = len(list(sheet.iter(NS + 'f')))
styles = book.read('xl/styles.xml').decode()
print(json.dumps({'csv': rows, 'xlsx': cells, 'formulas': formulas, 'text': 'formatCode="@"' in styles}))
`;

describe('CSV', () => {
  it.each([
    ['commas', '姓名,电话\n周某,13800000000\n'],
    ['tabs', '姓名\t电话\n周某\t13800000000\n'],
    ['semicolons', '姓名;电话\r\n周某;13800000000\r\n'],
    ['a mark', '\u{feff}姓名,电话\n周某,13800000000'],
    ['old line ends', '姓名,电话\r周某,13800000000\r'],
  ])('is read with %s', async (_, text) => {
    const sheet = await csv(text);
    expect(sheet.rows).toEqual([{ row: 2, cells: { 姓名: '周某', 电话: '13800000000' } }]);
  });

  it('is read as Excel writes it in China, and as “Unicode text”', async () => {
    // 姓名,困难\r\n周某,右腿残疾\r\n in GBK
    const gbk = Buffer.from('d0d5c3fb2cc0a7c4d10d0ad6dcc4b32cd3d2cdc8b2d0bcb20d0a', 'hex');
    const wanted = [{ row: 2, cells: { 姓名: '周某', 困难: '右腿残疾' } }];
    expect((await readSheet(gbk)).rows).toEqual(wanted);
    const utf16 = Buffer.from('\u{feff}姓名\t困难\r\n周某\t右腿残疾\r\n', 'utf16le');
    expect((await readSheet(utf16)).rows).toEqual(wanted);
  });

  it('counts rows as a spreadsheet does', async () => {
    const sheet = await csv('\n姓名,地址\n\n周某,"一栋\n二单元"\n,,\n邱某,\n');
    expect(sheet.rows).toEqual([
      { row: 4, cells: { 姓名: '周某', 地址: '一栋\n二单元' } },
      { row: 6, cells: { 姓名: '邱某' } },
    ]);
  });

  it.each([
    ['is empty', ' \n,,\n', '空的'],
    ['has a column twice', '姓名,姓名\n周某,邱某', '两次'],
    ['has cells under no heading', '姓名\n周某,多出来的', '没有列名'],
    ['has quotes that do not match', '姓名\n"周某', '引号'],
    ['is no text', Buffer.from([0x61, 0xff, 0xff, 0x81]).toString('latin1'), ''],
  ])('that %s is refused in words', async (_, text, words) => {
    const bytes = words === '' ? Buffer.from(text, 'latin1') : bytesOf(text);
    const { detail } = await problemOf(readSheet(bytes));
    expect(detail[0]).toContain(words);
    expect(detail[1]).toMatch(/[a-z]/);
  });

  it('has at most so many rows, columns and bytes', async () => {
    const rows = await problemOf(csv(`a\n${'1\n'.repeat(sheetLimits.rows + 1)}`));
    const columns = await problemOf(csv(Array.from({ length: sheetLimits.columns + 1 }, (_, n) => `c${n}`).join(',')));
    const large = await problemOf(readSheet(new Uint8Array(sheetLimits.fileBytes + 1)));
    for (const problem of [rows, columns, large]) expect(problem.tooLarge).toBe(true);
  });

  it('is given up before all of it is in memory', async () => {
    const blank = await csv(`a\n${'\n'.repeat(50_000)}1`);
    expect(blank.rows).toEqual([{ row: 50_002, cells: { a: '1' } }]);
    for (const text of [
      `a\n${'1\n'.repeat(1_000_000)}`,
      `a\n${'\n'.repeat(1_000_000)}1`,
      `a\n${','.repeat(4_000_000)}1`,
      `a\n"${'x'.repeat(2_000_000)}`,
    ])
      expect((await problemOf(csv(text))).tooLarge).toBe(true);
  });
});

/** A workbook of one sheet with these cells and number formats, as programs write it. */
function workbook(
  cells: string,
  formats: readonly string[] = [],
  more: { name: string; bytes: Uint8Array }[] = [],
  path = 'xl/worksheets/sheet1.xml',
): Buffer {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const files = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${rel}"><sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${rel}/worksheet" Target="/${path}"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${formats.map((code, n) => `<numFmt numFmtId="${n + 170}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts><cellXfs><xf/>${formats.map((_, n) => `<xf numFmtId="${n + 170}" applyNumberFormat="1"/>`).join('')}</cellXfs></styleSheet>`,
    [path]: `<worksheet xmlns="${main}"><sheetData>${cells}</sheetData></worksheet>`,
  };
  return zip([...Object.entries(files).map(([name, text]) => ({ name, bytes: bytesOf(text) })), ...more]);
}
const head = (...names: string[]) =>
  `<row r="1">${names.map((name, n) => `<c r="${'ABCDEFG'[n]}1" t="inlineStr"><is><t>${name}</t></is></c>`).join('')}</row>`;

describe('XLSX', () => {
  it('keeps every digit of a number, and says which a spreadsheet has rounded', async () => {
    const cells = `${head('甲', '乙', '丙', '丁', '戊')}<row r="3">
      <c r="A3"><v>410102199901011234</v></c><c r="B3"><v>4.10102199901011E+17</v></c><c r="C3"><v>410102199901011000</v></c>
      <c r="D3"><v>3.1400000000000001</v></c><c r="E3"><v>13800000000</v></c></row>`;
    const { rows } = await readSheet(workbook(cells));
    expect(rows).toEqual([
      {
        row: 3,
        cells: {
          甲: '410102199901011234',
          乙: '410102199901011000',
          丙: '410102199901011000',
          丁: '3.14',
          戊: '13800000000',
        },
        rounded: ['乙', '丙'],
      },
    ]);
  });

  it('gives dates as dates, in Chinese formats too', async () => {
    const formats = ['yyyy/m/d', 'yyyy"年"m"月"d"日"', 'yyyy-mm-dd hh:mm', '0.00'];
    const cells = `${head('甲', '乙', '丙', '丁')}<row r="2"><c r="A2" s="1"><v>43586</v></c><c r="B2" s="2"><v>43586</v></c>
      <c r="C2" s="3"><v>43586.375</v></c><c r="D2" s="4"><v>43586</v></c></row>`;
    const { rows } = await readSheet(workbook(cells, formats));
    expect(rows[0]?.cells).toEqual({ 甲: '2019-05-01', 乙: '2019-05-01', 丙: '2019-05-01 09:00', 丁: '43586' });
  });

  it('takes the value of a formula, never the formula', async () => {
    const cells = `${head('甲')}<row r="2"><c r="A2" t="str"><f>CONCATENATE("周","某")</f><v>周某</v></c></row>`;
    expect((await readSheet(workbook(cells))).rows[0]?.cells).toEqual({ 甲: '周某' });
  });

  it('reads one sheet by its name, or the first that holds anything', async () => {
    const table = (name: string, text: string) => ({ name, columns: ['甲'], rows: [[text]] });
    const book = await writeTables('xlsx', [table('单位', '一'), table('人员', '二')]);
    expect((await readSheets(book)).map(({ name }) => name)).toEqual(['单位', '人员']);
    expect((await readSheet(book)).rows[0]?.cells['甲']).toBe('一');
    expect((await readSheet(book, '人员')).rows[0]?.cells['甲']).toBe('二');
    expect((await problemOf(readSheet(book, '岗位'))).detail[0]).toContain('没有工作表');
  });

  it('that would fill the memory is refused', async () => {
    const far = await problemOf(
      readSheet(workbook(`${head('甲')}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`)),
    );
    expect(far.tooLarge).toBe(true);
    const bomb = await problemOf(readSheet(bombOf(sheetLimits.unpackedBytes + 1)));
    expect(bomb.tooLarge).toBe(true);
    const many = Array.from({ length: sheetLimits.packedFiles + 1 }, (_, n) => ({
      name: `f${n}`,
      bytes: new Uint8Array(),
    }));
    expect((await problemOf(readSheet(zip(many)))).tooLarge).toBe(true);
    const entities = workbook(
      head('甲').replace('甲', '&a;'),
      [],
      [{ name: 'xl/x.xml', bytes: bytesOf('<!DOCTYPE x [<!ENTITY a "aaaa">]><x/>') }],
    );
    expect((await problemOf(readSheet(entities))).detail[1]).toContain('definitions');
  });

  it.each([
    ['a row far down', '<row r="1e9"><c r="A1000000000"><v>1</v></c></row>'],
    ['a row in single quotes', "<row r='10001'/>"],
    ['a row by its number alone', '<row r="&#49;e9"/>'],
    ['a row behind a prefix', '<row x:r="1e9"/>'],
    ['a column in small letters', '<row r="2"><c r="zzzzzz2"><v>1</v></c></row>'],
    ['a column far out', "<row r='2'><c r='XFD2'><v>1</v></c></row>"],
    ['a tag hidden in a value', '<row a=">" r="1e9"/>'],
    ['rows without numbers', '<row/>'.repeat(sheetLimits.rows * 2 + 1)],
  ])('with %s is refused, wherever the sheet lies', async (_, rows) => {
    for (const path of ['xl/worksheets/sheet1.xml', 'xl/w/a.xml', 'a.xml']) {
      const began = performance.now();
      const problem = await problemOf(readSheet(workbook(`${head('甲')}${rows}`, [], [], path)));
      expect(problem.tooLarge).toBe(true);
      expect(performance.now() - began).toBeLessThan(5_000);
    }
  });

  it('is checked in one pass, and is given up where it repeats itself', async () => {
    const began = performance.now();
    for (const part of ['<c <c <c ', '<c ', 'long text ']) await problemOf(readSheet(workbook(part.repeat(300_000))));
    expect(performance.now() - began).toBeLessThan(10_000);
    const text = '长'.repeat(19_000);
    const shared = Array.from(
      { length: 1_000 },
      (_, n) => `<row r="${n + 2}"><c r="A${n + 2}" t="s"><v>0</v></c></row>`,
    );
    const strings = {
      name: 'xl/sharedStrings.xml',
      bytes: bytesOf(`<sst><si><t>${text}</t></si></sst>`),
    };
    const problem = await problemOf(readSheet(workbook(`${head('甲')}${shared.join('')}`, [], [strings])));
    expect(problem.tooLarge).toBe(true);
  });

  it('that is broken, locked or of another kind is refused in words', async () => {
    const book = workbook(head('甲'));
    await problemOf(readSheet(book.subarray(0, book.length - 30)));
    await problemOf(readSheet(zip([{ name: 'readme.txt', bytes: bytesOf('x') }])));
    const old = await problemOf(readSheet(Buffer.from('d0cf11e0a1b11ae1', 'hex')));
    expect(old.detail[0]).toContain('XLS');
    await fc.assert(
      fc.asyncProperty(fc.nat(book.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(book);
        changed[at] = byte;
        await readSheets(changed).catch((error: unknown) => expect(error).toBeInstanceOf(SheetProblem));
      }),
      { numRuns: 150 },
    );
  });
});

/** An archive whose one file claims to hold a byte and unpacks to many. */
function bombOf(size: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(size), { level: 9 });
  const archive = zip([{ name: 'xl/worksheets/sheet1.xml', bytes: packed }]);
  const directory = archive.readUInt32LE(archive.length - 6);
  archive.writeUInt16LE(8, 8); // deflated
  archive.writeUInt16LE(8, directory + 10);
  archive.writeUInt32LE(1, 22);
  archive.writeUInt32LE(1, directory + 24);
  return archive;
}
