import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import { type Language, languageTags } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { fonts, type Glyphs, printable } from './font.ts';
import { type Heading, periodWords, type Report } from './model.ts';
import { drawTable } from './pdf-table.ts';
import { plain, written } from './written.ts';

/** A sheet while it is drawn: A4, measures in points. */
export interface Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly language: Language;
  /** The left edge, and how wide what is drawn may be. */
  readonly left: number;
  readonly width: number;
  /** Where the foot begins. */
  readonly bottom: number;
  /** A text with signs the font lacks named by their number. */
  readonly safe: (text: string) => string;
  /** Begins the next page with its head; gives back where its content begins. */
  readonly nextPage: () => number;
}

const MARGIN = 40;
const FOOT = 16;
/** Tables with more columns lie on their side. */
const UPRIGHT_COLUMNS = 7;

/** A report on paper: A4, head and foot on every page, tables that go over pages with what is carried over, places to sign. */
export async function reportPdf(report: Report, heading: Heading, language: Language): Promise<Uint8Array> {
  const wide = report.tables.some(({ columns }) => columns.length > UPRIGHT_COLUMNS);
  const doc = new PDFDocument({
    size: 'A4',
    layout: wide ? 'landscape' : 'portrait',
    margin: MARGIN,
    bufferPages: true,
    lang: languageTags[language],
    font: fonts.regular,
    info: {
      Title: `${plain(report.title, language)} ${plain(periodWords(report.period), language)}`,
      Author: 'Linli 邻里',
    },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    doc.on('error', reject);
  });
  doc.font(fonts.bold);
  doc.font(fonts.regular);
  const glyphs = (doc as unknown as { _font: { font: Glyphs } })._font.font;
  const sheet: Sheet = {
    doc,
    language,
    left: MARGIN,
    width: doc.page.width - 2 * MARGIN,
    bottom: doc.page.height - MARGIN - FOOT,
    safe: (text) => printable(text, glyphs),
    nextPage() {
      doc.addPage();
      return drawHead(sheet, report, heading);
    },
  };
  let y = drawHead(sheet, report, heading);
  y = drawNotices(sheet, report, y);
  y = drawFacts(sheet, report, y);
  for (const table of report.tables) y = drawTable(sheet, table, y);
  y = drawNotes(sheet, report, y);
  drawSignatures(sheet, report, y);
  drawFeet(sheet, heading);
  doc.end();
  return done;
}

/** Unit and case at the edges, the title between them, the months below. */
function drawHead({ doc, language, left, width, safe }: Sheet, report: Report, heading: Heading): number {
  const top = MARGIN;
  doc.font(fonts.regular).fontSize(9).fillColor('#333');
  doc.text(safe(plain(heading.unit, language)), left, top, { width: width / 2, lineBreak: false });
  doc.text(safe(heading.caseNo), left + width / 2, top, { width: width / 2, align: 'right', lineBreak: false });
  doc.font(fonts.bold).fontSize(18).fillColor('#000');
  doc.text(safe(plain(report.title, language)), left, top + 16, { width, align: 'center', lineBreak: false });
  doc.font(fonts.regular).fontSize(10);
  doc.text(plain(periodWords(report.period), language), left, top + 44, { width, align: 'center', lineBreak: false });
  doc.fontSize(9).fillColor('#333');
  const book = language === 'zh' ? `账簿：${heading.book[0]}` : `Book: ${heading.book[1]}`;
  doc.text(safe(book), left, top + 46, { width: width / 2, lineBreak: false });
  doc.text(language === 'zh' ? '金额单位：元' : 'Amounts in yuan', left + width / 2, top + 46, {
    width: width / 2,
    align: 'right',
    lineBreak: false,
  });
  doc.fillColor('#000');
  return top + 64;
}

/** What has to be known before the rest is read, in a frame of its own. */
function drawNotices({ doc, language, left, width, safe }: Sheet, { notices }: Report, from: number): number {
  if (notices.length === 0) return from;
  const text = safe(notices.map((notice) => plain(notice, language)).join('\n'));
  doc.font(fonts.bold).fontSize(10);
  const height = doc.heightOfString(text, { width: width - 16 }) + 8;
  doc.rect(left, from, width, height).lineWidth(0.8).stroke('#000');
  doc.text(text, left + 8, from + 4, { width: width - 16, align: 'center' });
  return from + height + 8;
}

function drawFacts({ doc, language, left, width, safe }: Sheet, report: Report, from: number): number {
  let y = from;
  doc.font(fonts.regular).fontSize(10);
  for (const { title, value, kind } of report.facts) {
    const line = safe(`${plain(title, language)}${language === 'zh' ? '：' : ': '}${written(value, kind, language)}`);
    doc.text(line, left, y, { width });
    y = doc.y + 3;
  }
  return report.facts.length > 0 ? y + 4 : y;
}

function drawNotes(
  { doc, language, left, width, safe, bottom, nextPage }: Sheet,
  report: Report,
  from: number,
): number {
  let y = from + 4;
  doc.font(fonts.regular).fontSize(9);
  for (const note of report.notes) {
    const line = safe(plain(note, language));
    if (y + doc.heightOfString(line, { width }) > bottom) y = nextPage();
    doc.font(fonts.regular).fontSize(9).text(line, left, y, { width });
    y = doc.y + 3;
  }
  return y;
}

const SIGN_HEIGHT = 34;
const CODE_SIZE = 96;

function drawSignatures(sheet: Sheet, report: Report, from: number): void {
  const { doc, language, left, width, bottom, safe, nextPage } = sheet;
  const count = report.signatures.length;
  if (count === 0) return;
  const height = report.code ? Math.max(CODE_SIZE, SIGN_HEIGHT * Math.ceil(count / 2)) + 14 : SIGN_HEIGHT + 10;
  let y = from + 14;
  if (y + height > bottom) y = nextPage() + 14;
  const room = report.code ? width - CODE_SIZE - 20 : width;
  const columns = report.code ? 2 : count;
  doc.font(fonts.regular).fontSize(10);
  report.signatures.forEach((each, n) => {
    const x = left + (n % columns) * (room / columns);
    const at = y + Math.floor(n / columns) * SIGN_HEIGHT;
    const label = safe(`${plain(each, language)}${language === 'zh' ? '：' : ': '}`);
    doc.text(label, x, at, { lineBreak: false });
    const end = x + room / columns - 10;
    doc
      .moveTo(Math.min(x + doc.widthOfString(label), end - 20), at + 14)
      .lineTo(end, at + 14)
      .lineWidth(0.5)
      .stroke('#666');
  });
  if (report.code) drawCode(doc, report.code, left + width - CODE_SIZE, y - 8);
}

/** A square code, drawn as squares: sharp at every size, no picture in the file. */
function drawCode(doc: PDFKit.PDFDocument, text: string, x: number, y: number): void {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const step = CODE_SIZE / size;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (data[row * size + column]) doc.rect(x + column * step, y + row * step, step + 0.05, step + 0.05);
    }
  }
  doc.fill('#000');
}

/** Page numbers and when it was printed, once all pages are known. */
function drawFeet({ doc, language, left, width, safe }: Sheet, { printedAt }: Heading): void {
  const { count } = doc.bufferedPageRange();
  for (let n = 0; n < count; n++) {
    doc.switchToPage(n);
    // below the margin, where text would begin a page of its own
    doc.page.margins.bottom = 0;
    const y = doc.page.height - MARGIN - 8;
    doc.font(fonts.regular).fontSize(8).fillColor('#555');
    const when = language === 'zh' ? `打印时间：${localTime(printedAt)}` : `Printed ${localTime(printedAt)}`;
    doc.text(safe(when), left, y, { width: width / 2, lineBreak: false });
    const page = language === 'zh' ? `第 ${n + 1} 页　共 ${count} 页` : `Page ${n + 1} of ${count}`;
    doc.text(page, left + width / 2, y, { width: width / 2, align: 'right', lineBreak: false });
  }
}
