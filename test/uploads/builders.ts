import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A mark that stands in whatever has to be gone from what is kept: a place, a device, a comment. */
export const MARK = 'KEPT-NOWHERE 31.2304N 121.4737E';

export const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
export const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
export const u16 = (value: number): Buffer => Buffer.from([value >>> 8, value & 255]);
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const joined = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? latin(part) : part)));

/** A real picture of 40 × 20, red left and blue right, so that it can be seen which way it was turned. */
const small = () =>
  sharp({ create: { width: 40, height: 20, channels: 3, background: '#d02020' } }).composite([
    { input: { create: { width: 20, height: 20, channels: 3, background: '#2020d0' } }, left: 20, top: 0 },
  ]);
export const jpeg = (): Promise<Buffer> => small().jpeg().toBuffer();
/** A picture of 300 × 300 that cannot be packed well. */
export const noise = (): Promise<Buffer> =>
  sharp({
    create: {
      width: 300,
      height: 300,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer();
export const png = (): Promise<Buffer> => small().png().toBuffer();
export const webp = (): Promise<Buffer> => small().webp().toBuffer();
export const cmyk = (): Promise<Buffer> => small().toColourspace('cmyk').jpeg().toBuffer();
export const markedWebp = (): Promise<Buffer> =>
  small()
    .webp()
    .withExif({ IFD0: { ImageDescription: MARK } })
    .toBuffer();

/** A segment of a JPEG. */
export const segment = (marker: number, content: Buffer | string): Buffer => {
  const bytes = joined(content);
  return joined(Buffer.from([0xff, marker]), u16(bytes.length + 2), bytes);
};

/** What a camera writes: how it was held (6: turned to the right) and a text of its own. */
export function exif(orientation: number, text = MARK): Buffer {
  const words = latin(`${text}\0`);
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0]);
  const entries = [entry(0x010e, 2, words.length, 38), entry(0x0112, 3, 1, orientation)];
  return joined('Exif\0\0', head, ...entries, Buffer.alloc(4), words);
}

/** A JPEG with more segments behind its beginning, and more bytes behind its end. */
export const jpegWith = async (segments: readonly Buffer[], tail: Buffer | string = ''): Promise<Buffer> => {
  const bytes = await jpeg();
  return joined(bytes.subarray(0, 2), ...segments, bytes.subarray(2), tail);
};

/** A JPEG that says it is so large. */
export const jpegSized = async (width: number, height: number): Promise<Buffer> => {
  const bytes = Buffer.from(await jpeg());
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
};

const SIGNATURE = latin('\x89PNG\r\n\x1a\n');
export const chunk = (type: string, content: Buffer | string): Buffer => {
  const named = joined(type, content);
  return joined(u32(named.length - 4), named, u32(crc32(named)));
};

/** A PNG of one bit a pixel, all of them zero, with more chunks before its pixels; `rows` that are really there. */
export function blankPng(width: number, height: number, more: readonly Buffer[] = [], rows = height): Buffer {
  const about = joined(u32(width), u32(height), Buffer.from([1, 0, 0, 0, 0]));
  const pixels = deflateSync(Buffer.alloc(rows * (1 + Math.ceil(width / 8))));
  return joined(SIGNATURE, chunk('IHDR', about), ...more, chunk('IDAT', pixels), chunk('IEND', ''));
}

/** A GIF with so many frames of one pixel on a canvas of that size, and a comment. */
export function gif(width: number, height: number, frames: number, comment = ''): Buffer {
  const le = (value: number) => Buffer.from([value & 255, value >>> 8]);
  const head = joined('GIF89a', le(width), le(height), Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]));
  const said = comment === '' ? '' : joined(Buffer.from([0x21, 0xfe, comment.length]), comment, '\0');
  const control = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]);
  const frame = joined(control, Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]));
  return joined(head, said, ...Array.from({ length: frames }, () => frame), ';');
}

/** A PDF of one page that draws nothing, with more objects, and more in its catalogue. */
export function pdf(catalogue = '', objects: readonly (Buffer | string)[] = [], trailer = ''): Buffer {
  return joined(
    '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n',
    `1 0 obj\n<< /Type /Catalog /Pages 2 0 R ${catalogue} >>\nendobj\n`,
    '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n',
    '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>\nendobj\n',
    ...objects,
    `\ntrailer\n<< /Size 9 /Root 1 0 R ${trailer} >>\n%%EOF\n`,
  );
}

/** A list of objects of a PDF, packed. */
export const packedObjects = (content: Buffer | string, about = '/Type /ObjStm /Filter /FlateDecode'): Buffer =>
  listOf(deflateSync(joined(content)), about);

/** The same of so many bytes, whose packing ends before its end. */
export const brokenOffObjects = (size: number): Buffer =>
  listOf(deflateSync(Buffer.alloc(size, 32)).subarray(0, -8), '/Type /ObjStm /Filter /FlateDecode');

function listOf(packed: Buffer, about: string): Buffer {
  return joined(
    `8 0 obj\n<< ${about} /N 1 /First 4 /Length ${packed.length} >>\nstream\n`,
    packed,
    '\nendstream\nendobj\n',
  );
}

/** A box of a recording. */
export const box = (type: string, ...content: readonly (Buffer | string)[]): Buffer => {
  const bytes = joined(...content);
  return joined(u32(bytes.length + 8), type, bytes);
};

/** A recording of a telephone, with its notes. */
export const film = (brand: string, ...notes: readonly Buffer[]): Buffer =>
  joined(box('ftyp', brand, '\0\0\0\0'), box('mdat', 'picture and sound'), box('moov', box('mvhd', 'x'), ...notes));

/** A frame of MP3: 128 thousand bits and 44,100 samples a second, which makes 417 bytes. */
export const mp3Frame = (): Buffer => joined('\xff\xfb\x90\x00', Buffer.alloc(413, 7));

/** A frame of AAC of so many bytes (ADTS). */
export const aacFrame = (length = 100): Buffer =>
  joined(
    '\xff\xf1\x50',
    Buffer.from([0x80 | (length >> 11), (length >> 3) & 255, ((length & 7) << 5) | 0x1f, 0xfc]),
    Buffer.alloc(length - 7, 7),
  );

/** Notes before sound (ID3v2), whose length says `says`. */
export const id3 = (content: string, says = content.length): Buffer =>
  joined('ID3\x04\0\0', Buffer.from([21, 14, 7, 0].map((shift) => (says >> shift) & 127)), content);

/** A file in an archive. What it says of itself may be wrong. */
export interface Packed {
  readonly name: string;
  readonly bytes: Buffer | string;
  readonly stored?: boolean;
  readonly method?: number;
  readonly flags?: number;
  /** What the directory says of its size, packed and unpacked. */
  readonly says?: readonly [packed: number | undefined, unpacked: number];
  /** Where the directory says that it begins. */
  readonly at?: number;
}

/** A ZIP archive; `count`: how many files its end says there are. */
export function zipOf(
  files: readonly Packed[],
  { count, comment = '' }: { count?: number; comment?: string } = {},
): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const plain = typeof file.bytes === 'string' ? utf8(file.bytes) : file.bytes;
    const content = file.stored ? plain : deflateRawSync(plain);
    const name = utf8(file.name);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(file.flags ?? 0, 2);
    about.writeUInt16LE(file.method ?? (file.stored ? 0 : 8), 4);
    about.writeUInt32LE(crc32(plain), 10);
    about.writeUInt32LE((file.says?.[0] ?? content.length) >>> 0, 14);
    about.writeUInt32LE((file.says?.[1] ?? plain.length) >>> 0, 18);
    about.writeUInt16LE(name.length, 22);
    locals.push(joined('PK\x03\x04', about, name, content));
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((file.at ?? offset) >>> 0, 10);
    directory.push(joined('PK\x01\x02', Buffer.from([20, 0]), about, rest, name));
    offset += 30 + name.length + content.length;
  }
  const listed = joined(...directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE((count ?? files.length) & 0xffff, 4);
  end.writeUInt16LE((count ?? files.length) & 0xffff, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  return joined(...locals, listed, 'PK\x05\x06', end, comment);
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** Cells of a row as text in the sheet. */
export const cells = (texts: readonly string[], row: number): string =>
  `<row r="${row}">${texts
    .map((text, n) => `<c r="${String.fromCharCode(65 + n)}${row}" t="inlineStr"><is><t>${text}</t></is></c>`)
    .join('')}</row>`;

/** What every list below is about: one household. */
export const HEADING = ['本人姓名', '临时妈妈姓名', '困难与需要'];
export const HOUSEHOLD = ['周某', '邱某', '不愿出门'];

/** A workbook of one sheet: `rows` as XML, its parts under other names or with other texts, and more files beside them. */
export function workbook({
  rows = cells(HEADING, 1) + cells(HOUSEHOLD, 2),
  sheet,
  parts = {},
  more = [],
}: {
  rows?: string;
  sheet?: Buffer | string;
  parts?: Readonly<Record<string, Buffer | string>>;
  more?: readonly Packed[];
} = {}): Buffer {
  const all: Record<string, Buffer | string> = {
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${RELATIONS}"><Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${RELATIONS}"><Relationship Id="r1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheet ?? `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
    ...parts,
  };
  return zipOf([...Object.entries(all).map(([name, bytes]) => ({ name, bytes })), ...more]);
}

/** A sheet's XML with something before what it holds. */
export const sheetAfter = (before: string, rows = cells(HEADING, 1) + cells(HOUSEHOLD, 2)): string =>
  `<?xml version="1.0"?>${before}<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`;

/** One part of a form. */
export interface Part {
  readonly name: string;
  readonly bytes: Buffer | string;
  /** As it stands in the header, whatever it holds. */
  readonly fileName?: Buffer | string;
  readonly type?: string;
}

export const BOUNDARY = 'a-boundary-of-the-test';

/** A form as a program writes it who minds no rule: names go in byte for byte. */
export function formBody(parts: readonly Part[], boundary = BOUNDARY, end = `--${boundary}--\r\n`): Buffer {
  return joined(
    ...parts.map(({ name, bytes, fileName, type }) =>
      joined(
        `--${boundary}\r\nContent-Disposition: form-data; name="`,
        utf8(name),
        '"',
        ...(fileName === undefined
          ? []
          : ['; filename="', typeof fileName === 'string' ? utf8(fileName) : fileName, '"']),
        `\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
        typeof bytes === 'string' ? utf8(bytes) : bytes,
        '\r\n',
      ),
    ),
    end,
  );
}
