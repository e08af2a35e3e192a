import { setImmediate as breathe } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { Text } from '../../sdk/program.ts';
import { fonts, type Glyphs, printable } from '../reports/font.ts';
import { localTime } from '../timeline-text.ts';
import { type Facts, type ShownEvent, statusText, type Wording, wordingOf } from './facts.ts';
import { rowsOf } from './table.ts';

/** The PDF shows at most so many events, the latest; 时间线.html shows all. */
export const PDF_EVENTS = 1_000;

const MARGIN = 40;
const FOOT = 24;
const SIZE = 8.5;
/** After so many rows other work of the process has its turn. */
const ROWS_AT_ONCE = 20;

const columns: readonly { readonly title: Text; readonly width: number }[] = [
  { title: ['号', 'No.'], width: 36 },
  { title: ['发生', 'Happened'], width: 76 },
  { title: ['内容', 'What'], width: 264 },
  { title: ['经办', 'By'], width: 139 },
];

/** A document that knows where it stands. */
interface Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly safe: (text: string) => string;
  readonly bottom: number;
  readonly width: number;
}

/**
 * dossier.pdf: summary, parties, posts and the latest events on A4. The same facts always make the same bytes: its dates are
 * those of the record, and nothing in it is compressed by the machine it was made on.
 */
export async function pdfOf(facts: Facts, events: readonly ShownEvent[]): Promise<Uint8Array> {
  const made = new Date(facts.about.recordedAt);
  const info = { Title: `个案卷宗 ${facts.state.caseNo}`, Author: 'Linli 邻里', CreationDate: made, ModDate: made };
  const options = { size: 'A4', margin: MARGIN, bufferPages: true, compress: false, lang: 'zh-CN', info };
  const doc = new PDFDocument({ ...options, font: fonts.regular });
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
    safe: (text) => printable(text, glyphs),
    bottom: doc.page.height - MARGIN - FOOT,
    width: doc.page.width - 2 * MARGIN,
  };
  const words = wordingOf(facts);
  drawSummary(sheet, facts, words);
  await drawEvents(sheet, facts, words, events);
  drawFeet(sheet, facts);
  doc.end();
  return done;
}

function drawSummary(sheet: Sheet, { about, program, state, tables }: Facts, words: Wording): void {
  const { doc, safe, width } = sheet;
  doc
    .font(fonts.bold)
    .fontSize(18)
    .text(safe(`个案卷宗 ${state.caseNo}`), { width });
  doc.font(fonts.regular).fontSize(9).fillColor('#555').text('Dossier of a case', { width }).fillColor('#000');
  const remark = state.destroyed
    ? '内容已依法销毁：留存事件头、哈希和销毁清册。 The contents are destroyed.'
    : '已隐去个人信息：姓名等换成代号，自由文字和材料未附。 Redacted.';
  if (about.redacted || state.destroyed)
    doc.fontSize(10).fillColor('#7a1f1f').text(remark, { width }).fillColor('#000');
  doc.moveDown(0.6);
  const name = program?.name ?? [state.program.id, state.program.id];
  const facts: [Text, Text | string][] = [
    [
      ['程序', 'Program'],
      [`${name[0]} ${state.program.version}`, name[1]],
    ],
    [['单位', 'Unit'], words.unit(state.unit)],
    [['状态', 'Status'], statusText(state.status)],
    ...(state.stage ? [[['阶段', 'Stage'], words.names.stage(state.stage)] as [Text, Text]] : []),
    [['开案', 'Opened'], localTime(state.openedAt)],
    ...(state.closedAt ? [[['结案', 'Closed'], localTime(state.closedAt)] as [Text, string]] : []),
    [['截至', 'As of'], localTime(about.recordedAt)],
    [['事件数', 'Events'], String(about.seq)],
    [['末事件哈希', 'Hash of the last event'], about.head],
    [['程序哈希', 'Hash of the program'], state.program.hash],
    [['个案编号', 'Case id'], about.case],
  ];
  for (const [title, value] of facts) line(sheet, title, typeof value === 'string' ? [value, value] : value);
  heading(sheet, ['当事人', 'Parties']);
  for (const row of rowsOf(tables.get('models/parties')))
    line(sheet, words.names.role(String(row['role'])), same(String(row['name'] ?? row['person'] ?? row['party_id'])));
  heading(sheet, ['责任岗位', 'Who answers']);
  for (const [role, { post, person }] of Object.entries(state.assignments))
    line(sheet, words.names.role(role), post === undefined ? same(words.person(person ?? '')) : words.post(post));
}

const same = (text: string): Text => [text, text];

function heading({ doc, bottom, width }: Sheet, [zh, en]: Text): void {
  if (doc.y + 50 > bottom) doc.addPage();
  doc.moveDown(0.8).font(fonts.bold).fontSize(12).text(`${zh}  ${en}`, MARGIN, doc.y, { width });
  doc.font(fonts.regular).fontSize(9.5).moveDown(0.2);
}

function line({ doc, safe, bottom, width }: Sheet, [zh]: Text, [value, english]: Text): void {
  const text = safe(`${zh}：${value}${english === value ? '' : `　${english}`}`);
  doc.font(fonts.regular).fontSize(9.5);
  if (doc.y + doc.heightOfString(text, { width }) > bottom) doc.addPage();
  doc.text(text, MARGIN, doc.y, { width });
}

async function drawEvents(
  sheet: Sheet,
  { about }: Facts,
  words: Wording,
  events: readonly ShownEvent[],
): Promise<void> {
  const { doc, safe, bottom, width } = sheet;
  heading(sheet, ['时间线', 'Timeline']);
  if (about.seq > events.length)
    doc.text(
      `共 ${about.seq} 条，此处为最近 ${events.length} 条；全部见 时间线.html。 The latest ${events.length} of ${about.seq}.`,
      { width },
    );
  let y = drawHead(sheet, doc.y + 4);
  let drawn = 0;
  for (const event of events) {
    const [zh, en] = words.event(event);
    const { actor } = event;
    const by = actor.post === null ? words.actor(event)[0] : `${words.actor(event)[0]}\n${words.post(actor.post)[0]}`;
    const cells = [String(event.seq), localTime(event.occurredAt), zh === en ? zh : `${zh}\n${en}`, by].map(safe);
    doc.font(fonts.regular).fontSize(SIZE);
    const height = Math.max(...cells.map((cell, n) => doc.heightOfString(cell, { width: columns[n]!.width - 8 }))) + 6;
    if (y + height > bottom) {
      doc.addPage();
      y = drawHead(sheet, MARGIN);
    }
    let x = MARGIN;
    cells.forEach((cell, n) => {
      const column = columns[n]!.width;
      doc
        .fillColor(actor.kind === 'system' ? '#555' : '#000')
        .text(cell, x + 4, y + 3, { width: column - 8, height: bottom - y });
      x += column;
    });
    y += height;
    doc
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + width, y)
      .lineWidth(0.4)
      .stroke('#c4ccd4');
    drawn += 1;
    if (drawn % ROWS_AT_ONCE === 0) await breathe();
  }
  doc.fillColor('#000');
}

function drawHead({ doc, width }: Sheet, y: number): number {
  doc.rect(MARGIN, y, width, 18).fill('#e8ebef').fillColor('#000').font(fonts.bold).fontSize(SIZE);
  let x = MARGIN;
  for (const { title, width: column } of columns) {
    doc.text(`${title[0]} ${title[1]}`, x + 4, y + 4, { width: column - 8, lineBreak: false });
    x += column;
  }
  doc.font(fonts.regular);
  return y + 18;
}

function drawFeet({ doc, safe, width }: Sheet, { about, state }: Facts): void {
  const { count } = doc.bufferedPageRange();
  for (let n = 0; n < count; n++) {
    doc.switchToPage(n);
    // below the margin, where text would begin a page of its own
    doc.page.margins.bottom = 0;
    const y = doc.page.height - MARGIN - 6;
    doc.font(fonts.regular).fontSize(7.5).fillColor('#555');
    doc.text(safe(`${state.caseNo}　事件 ${about.seq}　${about.head}`), MARGIN, y, {
      width: width - 90,
      lineBreak: false,
    });
    doc.text(`第 ${n + 1} 页　共 ${count} 页`, MARGIN + width - 90, y, { width: 90, align: 'right', lineBreak: false });
  }
}
