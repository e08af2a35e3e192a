import { createHash } from 'node:crypto';
import type { Text } from '../../sdk/program.ts';
import { CHANNELS, dueText, localTime, yuan } from '../timeline-text.ts';
import { codeId } from './code.ts';
import { type Facts, nameIn, type ShownEvent, statusText, type Wording, wordingOf } from './facts.ts';
import { style } from './html-style.ts';
import { rowsOf } from './table.ts';

/** A text that HTML shows as it is. */
function escaped(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!,
  );
}

/** Both languages, Chinese first; once where they say the same. */
function both([zh, en]: Text): string {
  return zh === en ? escaped(zh) : `${escaped(zh)} <span class="en" lang="en">${escaped(en)}</span>`;
}

/**
 * 时间线.html: the whole case for people, from the dossier's own files alone. Self-contained: no script, no request to
 * anywhere (its policy forbids both), links only to the documents beside it.
 */
export async function htmlOf(
  facts: Facts,
  events: AsyncIterable<ShownEvent> | Iterable<ShownEvent>,
): Promise<Uint8Array> {
  const words = wordingOf(facts);
  const parts = [head(facts), about(facts, words), people(facts, words), tenures(facts, words)];
  parts.push(section(['时间线', 'Timeline']), eventsHead);
  for await (const event of events) parts.push(eventRow(event, words));
  parts.push('</tbody></table>');
  parts.push(
    clocks(facts, words),
    accounts(facts, words),
    ...books(facts, words),
    documents(facts, words),
    proof(facts),
  );
  parts.push('</main></body></html>\n');
  return Buffer.from(parts.join(''));
}

/** What a reader is to know first of what lies before him. */
function remark({ about, state }: Facts): string {
  if (state.destroyed)
    return '<p><span class="mark">内容已依法销毁</span> 事件头、哈希和销毁清册（最后一个事件）留存，内容已无人能读。<span class="en" lang="en">The contents are destroyed: headers, hashes and the certificate (the last event) remain, what events said can be read by nobody.</span></p>';
  return about.redacted
    ? '<p><span class="mark">已隐去个人信息</span> 姓名、住址、电话、证件号码和自由文字已删去或换成代号；同一代号在本卷宗里指同一内容。<span class="en" lang="en">Redacted: names and the like are replaced by pseudonyms, texts and documents left out.</span></p>'
    : '<p>本页由记录生成，全部内容以 events/ 中的事件为准；可用核验程序离线核对。<span class="en" lang="en">Made from the record: what counts are the events in events/.</span></p>';
}

function head(facts: Facts): string {
  const { state } = facts;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<meta name="linli-code" content="${codeId()}">`,
    `<title>个案卷宗 ${escaped(state.caseNo)}</title><style>${style}</style></head><body><main>`,
    `<h1>个案卷宗 ${escaped(state.caseNo)}<span class="en" lang="en">Dossier of a case</span></h1>`,
    remark(facts),
  ].join('');
}

function about({ about, program, state }: Facts, words: Wording): string {
  const stage = state.stage === undefined ? undefined : words.names.stage(state.stage);
  const outcome = state.outcome === undefined ? undefined : words.names.outcome(state.outcome);
  const rows: [Text, string][] = [
    [
      ['程序', 'Program'],
      `${both(program?.name ?? [state.program.id, state.program.id])} ${escaped(state.program.version)}`,
    ],
    [['单位', 'Unit'], both(words.unit(state.unit))],
    [['状态', 'Status'], both(statusText(state.status))],
    ...(stage ? [[['阶段', 'Stage'], both(stage)] as [Text, string]] : []),
    ...(outcome ? [[['结果', 'Outcome'], both(outcome)] as [Text, string]] : []),
    [['开案', 'Opened'], escaped(localTime(state.openedAt))],
    ...(state.closedAt ? [[['结案', 'Closed'], escaped(localTime(state.closedAt))] as [Text, string]] : []),
    [['截至', 'As of'], escaped(localTime(about.recordedAt))],
    [['事件数', 'Events'], String(about.seq)],
    [['末事件哈希', 'Hash of the last event'], `<code>${about.head}</code>`],
    [['程序哈希', 'Hash of the program'], `<code>${escaped(state.program.hash)}</code>`],
    [['个案编号', 'Case id'], `<code>${escaped(about.case)}</code>`],
    [['安装编号', 'Installation'], `<code>${escaped(about.installation)}</code>`],
  ];
  return `${section(['概况', 'Summary'])}<dl>${rows.map(([title, value]) => `<dt>${both(title)}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

function people({ tables, state }: Facts, words: Wording): string {
  const parties = rowsOf(tables.get('models/parties')).map((row) => [
    both(words.names.role(String(row['role']))),
    escaped(String(row['name'] ?? row['person'] ?? row['party_id'])),
    escaped(row['since'] ? localTime(String(row['since'])).slice(0, 10) : ''),
    escaped(row['ended_at'] ? localTime(String(row['ended_at'])).slice(0, 10) : ''),
  ]);
  const roles = Object.entries(state.assignments).map(([role, { post, person }]) => [
    both(words.names.role(role)),
    post === undefined ? escaped(words.person(person ?? '')) : both(words.post(post)),
  ]);
  return [
    section(['当事人', 'Parties']),
    table(
      [
        ['角色', 'Role'],
        ['姓名', 'Name'],
        ['自', 'From'],
        ['至', 'Until'],
      ],
      parties,
    ),
    section(['责任岗位', 'Who answers']),
    table(
      [
        ['角色', 'Role'],
        ['岗位或人', 'Post or person'],
      ],
      roles,
    ),
  ].join('');
}

function tenures({ tables }: Facts, words: Wording): string {
  const of = (name: string, deputy: boolean) =>
    rowsOf(tables.get(name)).map((row) => [
      both(words.post(String(row['post']))),
      `${escaped(words.person(String(row['person'])))}${deputy ? '（代理）' : ''}`,
      escaped(localTime(String(row['from_at']))),
      escaped(row['until_at'] ? localTime(String(row['until_at'])) : '至今'),
    ]);
  const rows = [...of('organisation/appointments', false), ...of('organisation/substitutions', true)];
  return `${section(['任职', 'Who held which post'])}${table(
    [
      ['岗位', 'Post'],
      ['任职人', 'Holder'],
      ['自', 'From'],
      ['至', 'Until'],
    ],
    rows,
  )}`;
}

const eventsHead = `<table class="events"><thead><tr>${['序号 <span class="en">No.</span>', '发生 <span class="en">Happened</span>', '内容 <span class="en">What</span>', '经办 <span class="en">By</span>', '记录 <span class="en">Recorded</span>'].map((title) => `<th>${title}</th>`).join('')}</tr></thead><tbody>`;

function eventRow(event: ShownEvent, words: Wording): string {
  const { seq, occurredAt, recordedAt, actor, hash, type } = event;
  const who = both(words.actor(event)) + (actor.post === null ? '' : `<br>${both(words.post(actor.post))}`);
  return [
    `<tr${actor.kind === 'system' ? ' class="system"' : ''} id="e${seq}"><td>${seq}</td>`,
    `<td class="when">${escaped(localTime(occurredAt))}</td><td>${both(words.event(event))} <code>${escaped(type)}</code></td>`,
    `<td>${who}</td><td class="when">${escaped(localTime(recordedAt))}<br><code title="${hash}">${hash.slice(0, 12)}</code></td></tr>\n`,
  ].join('');
}

function clocks({ state }: Facts, words: Wording): string {
  const rows = Object.values(state.deadlines).map(({ name, dueAt, answers, pausedSince }) => [
    both(name),
    escaped(dueText(dueAt)) + (pausedSince ? '（暂停）' : ''),
    both(words.names.role(answers)),
  ]);
  if (rows.length === 0) return '';
  return `${section(['未了期限', 'Open deadlines'])}${table(
    [
      ['事项', 'What'],
      ['期限', 'Due'],
      ['责任', 'Who answers'],
    ],
    rows,
  )}`;
}

function accounts({ tables }: Facts, words: Wording): string {
  const rows = rowsOf(tables.get('models/accountability')).map((row) => [
    both(nameIn(row)),
    both(words.post(String(row['post']))),
    escaped(dueText(String(row['due_at']))),
    escaped(String(row['result'] ?? '未了 open')),
    [row['answer'], row['outcome'], row['appeal']]
      .map((each) => escaped(each === null ? '' : String(each)))
      .join('<br>'),
  ]);
  if (rows.length === 0) return '';
  const titles: Text[] = [
    ['事项', 'What'],
    ['岗位', 'Post'],
    ['应于', 'Due'],
    ['结果', 'Result'],
    ['答复、决定、申诉', 'Answer, decision, appeal'],
  ];
  return `${section(['问责记录', 'Accountability'])}${table(titles, rows)}`;
}

function books({ tables }: Facts, words: Wording): string[] {
  const sides = [
    ['books/cash_entries', ['出纳日记账', 'Cash journal']],
    ['books/vouchers', ['会计凭证', 'Vouchers']],
  ] as const;
  return rowsOf(tables.get('books/books')).flatMap((book) => [
    section(['账簿', 'Book']),
    `<p>${both(nameIn(book))}</p>`,
    ...sides.map(([name, title]) => {
      const rows = rowsOf(tables.get(name)).filter((row) => row['book'] === book['book']);
      return `<h3>${both(title)}</h3>${table(
        ENTRY_TITLES,
        rows.map((row) => entryCells(row, words)),
      )}`;
    }),
  ]);
}

const ENTRY_TITLES: readonly Text[] = [
  ...([
    ['号', 'No.'],
    ['单据日期', 'Date'],
    ['渠道', 'Channel'],
    ['单据', 'Document'],
    ['摘要', 'Text'],
  ] as const),
  ...([
    ['收入（元）', 'In'],
    ['支出（元）', 'Out'],
    ['余额（元）', 'Balance'],
    ['记账人', 'By'],
  ] as const),
];

function entryCells(row: Readonly<Record<string, unknown>>, words: Wording): string[] {
  const amount = Number(row['amount_fen']);
  const money = amount < 0 ? `<span class="red">${yuan(amount)}</span>` : yuan(amount);
  const channel = String(row['channel']);
  return [
    String(row['no']),
    escaped(String(row['occurred_date'])),
    both(CHANNELS[channel] ?? [channel, channel]),
    escaped(String(row['source_doc'])),
    escaped(row['text'] === null ? '' : String(row['text'])),
    row['direction'] === 'in' ? money : '',
    row['direction'] === 'out' ? money : '',
    yuan(Number(row['balance_fen'])),
    escaped(words.person(String(row['recorded_by']))),
  ];
}

function documents({ tables, about }: Facts, words: Wording): string {
  const rows = rowsOf(tables.get('documents')).map(({ path, id, media_type, uploaded_by, uploaded_at, sha256 }) => [
    about.redacted || typeof path !== 'string'
      ? escaped(String(id))
      : `<a href="${escaped(path)}">${escaped(path)}</a>`,
    escaped(String(media_type)),
    `${escaped(words.person(String(uploaded_by)))}<br>${escaped(localTime(String(uploaded_at)))}`,
    about.redacted ? '未附 <span class="en">left out</span>' : `<code>${escaped(String(sha256))}</code>`,
  ]);
  if (rows.length === 0) return '';
  return `${section(['材料', 'Documents'])}${table(
    [
      ['材料', 'Document'],
      ['类型', 'Type'],
      ['上传', 'Uploaded'],
      ['SHA-256', 'SHA-256'],
    ],
    rows,
  )}`;
}

function proof({ about }: Facts): string {
  return `${section(['怎样核验', 'How to verify'])}<p>核验不需要网络，也不需要数据库：<code>npx linli dossier verify 卷宗.zip</code>，或独立的第二个程序：<code>python3 verify_dossier.py 卷宗.zip</code>。</p><p class="en" lang="en">Offline, without a database, by either of two independent programs. Compare the number and hash of the last event (${about.seq}, ${about.head.slice(0, 16)}…) with what you know from elsewhere: a checkpoint, a statement, an earlier dossier.</p>`;
}

function section(title: Text): string {
  return `<h2>${both(title)}</h2>\n`;
}

/** A table; cells are HTML already. Figures of money stand to the right. */
function table(titles: readonly Text[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p>无 <span class="en" lang="en">none</span></p>';
  const numeric = titles.map(([zh]) => /（元）$/.test(zh));
  const cells = (row: readonly string[]) =>
    row.map((each, n) => `<td${numeric[n] ? ' class="n"' : ''}>${each}</td>`).join('');
  const heads = titles.map((each, n) => `<th${numeric[n] ? ' class="n"' : ''}>${both(each)}</th>`).join('');
  return `<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>\n`).join('')}</tbody></table></div>`;
}
