import type { Manifest } from '../../api/dossier/manifest.ts';
import { GENESIS, type Header, sha256, stretchesOf } from '../../door/chain.ts';
import { EMPTIED } from '../../door/destroyed.ts';
import { type Contents, canonicalIn } from './contents.ts';
import type { Findings, Rule } from './findings.ts';

/** An event of the chain as far as it could be read. `data` is what it carries; of a redacted dossier what it may show. */
export interface ChainEvent {
  readonly seq: number;
  readonly hash: string;
  readonly header: Header;
  readonly headerText: string;
  readonly payloadText: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const HEADER = 'actId actor case commitment installation keyId occurredAt prev program recordedAt seq type v';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Whether the chain says of itself that the contents of its case are destroyed. What such a chain has to hold, checkChain and
 * `checkDestroyed` look at.
 */
export const isDestroyed = (events: readonly ChainEvent[]): boolean =>
  events.at(-1)?.header.type === 'record.destroyed';

/** The same before the chain is read: the last line tells. */
function saysDestroyed(contents: Contents): boolean {
  const last = contents.paths('events/').at(-1);
  const line = last === undefined ? undefined : contents.bytes(last)?.toString('utf8').trimEnd().split('\n').at(-1);
  const { header } = Object(parsed(line ?? '')) as { header?: unknown };
  return (Object(parsed(String(header))) as Partial<Header>).type === 'record.destroyed';
}

/** Reads the chain of the case and checks hashes, links, gaps and commitments; of a destroyed case, that its events say nothing any more. */
export function checkChain(contents: Contents, manifest: Manifest, findings: Findings): ChainEvent[] {
  const find = (where: string | number, zh: string, en: string) => findings.find('chain', where, zh, en);
  const destroyed = saysDestroyed(contents);
  const says = destroyed ? { emptiedBefore: manifest.seq } : {};
  const events: ChainEvent[] = [];
  let [prev, recordedAt] = [GENESIS, ''];
  const paths = contents.paths('events/');
  paths.forEach((path, n) => {
    if (path !== `events/${String(n + 1).padStart(6, '0')}.jsonl`)
      find(path, '事件文件的编号不连续', 'the files of events are not numbered without gap');
    for (const event of readLines(contents, path, { rule: 'chain', redacted: manifest.redacted, ...says }, findings)) {
      const { seq, header, hash } = event;
      if (seq !== events.length + 1)
        find(seq, `此处应为事件 ${events.length + 1}`, `expected event ${events.length + 1} here`);
      if (header.prev !== prev) find(seq, '没有接在上一事件之后', 'it does not follow the event before it');
      if (header.case !== manifest.case) find(seq, '属于另一个案', 'it is of another case');
      if (header.recordedAt < recordedAt) find(seq, '记录时间倒退', 'it was recorded before the event before it');
      [prev, recordedAt] = [hash, header.recordedAt];
      events.push(event);
    }
  });
  const { stretches, findings: borders } = stretchesOf(
    events.map(({ seq, hash, header, data }) => ({
      ...{ seq, hash, type: header.type, installation: header.installation },
      data: manifest.redacted || destroyed ? undefined : data,
    })),
    manifest.installation,
  );
  for (const { seq, what } of borders) find(seq, '出自另一安装，或移送不符', what);
  for (const { installation, from, to } of stretches.slice(0, -1))
    findings.leave(
      'chain',
      `事件 ${from}–${to} 由另一安装（${installation}）记录：它们是否被那里整链改写，要靠那里的检查点`,
      `events ${from}–${to} were recorded by another installation (${installation}): whether they were rewritten there, checkpoints of its log tell`,
    );
  const [first, last] = [events[0], events.at(-1)];
  if (
    first?.header.type !== 'case.opened' ||
    (!manifest.redacted && !destroyed && first.data['caseId'] !== manifest.case)
  )
    find(1, '不是这个个案的开案', 'it does not open this case');
  if (last?.seq !== manifest.seq || last.hash !== manifest.head || last.header.recordedAt !== manifest.recordedAt)
    find(
      last?.seq ?? 0,
      '链的末尾与清单不符：事件被截去或增加',
      'the chain does not end as the manifest says: cut or longer',
    );
  return events;
}

/** What lines of events are, and are to hold. */
interface Lines {
  readonly rule: Rule;
  readonly redacted: boolean;
  /** Events before this one are of a destroyed case: they say nothing any more. */
  readonly emptiedBefore?: number;
}

/** The lines of a file of events, each checked by itself. */
export function readLines(
  contents: Contents,
  path: string,
  { rule, redacted, emptiedBefore = 0 }: Lines,
  findings: Findings,
): ChainEvent[] {
  const bytes = contents.bytes(path);
  if (!bytes) return [];
  const text = bytes.toString('utf8');
  const find = (where: string | number, zh: string, en: string) => findings.find(rule, where, zh, en);
  if (Buffer.byteLength(text) !== bytes.length || !text.endsWith('\n'))
    find(path, '不是以换行结束的 UTF-8 文字', 'it is no UTF-8 text that ends with a line break');
  const events: ChainEvent[] = [];
  for (const [n, line] of text.split('\n').slice(0, -1).entries()) {
    const where = `${path}:${n + 1}`;
    const read = canonicalIn(line, undefined, () => find(where, '不是规范形式的 JSON', 'it is no canonical JSON'));
    const event = read === undefined ? undefined : eventOf(Object(read), redacted);
    if (event) checkOne(event, { redacted, emptied: event.seq < emptiedBefore }, find);
    else if (read !== undefined) find(where, '不是一个事件', 'it is no event');
    if (event) events.push(event);
  }
  return events;
}

function eventOf(line: Record<string, unknown>, redacted: boolean): ChainEvent | undefined {
  const { seq, hash, header, payload, shown } = line;
  const members = Object.keys(line).length === (redacted ? 5 : 4);
  if (!members || typeof seq !== 'number' || typeof hash !== 'string' || typeof header !== 'string') return undefined;
  const said = parsed(header) as Header | undefined;
  if (said?.actor === undefined || Object.keys(said).sort().join(' ') !== HEADER) return undefined;
  if (redacted)
    return payload === null && typeof shown === 'object' && shown !== null
      ? { seq, hash, header: said, headerText: header, payloadText: null, data: shown as ChainEvent['data'] }
      : undefined;
  if (typeof payload !== 'string') return undefined;
  const { data } = Object(parsed(payload)) as { data?: unknown };
  return {
    seq,
    hash,
    header: said,
    headerText: header,
    payloadText: payload,
    data: Object(data) as ChainEvent['data'],
  };
}

function checkOne(
  event: ChainEvent,
  { redacted, emptied }: { readonly redacted: boolean; readonly emptied: boolean },
  find: (where: number, zh: string, en: string) => void,
): void {
  const { seq, hash, header, headerText, payloadText } = event;
  const { actor, recordedAt, occurredAt } = header;
  if (sha256(headerText) !== hash) find(seq, '哈希不是事件头的哈希', 'the hash is not that of the header');
  canonicalIn(headerText, undefined, () => find(seq, '事件头不是规范形式', 'the header is not canonical'));
  if (header.v !== 1 || header.seq !== seq || Object.keys(actor).sort().join(' ') !== 'id kind post')
    find(seq, '事件头不合格式', 'the header is not of the documented form');
  if (![recordedAt, occurredAt].every((at) => INSTANT.test(at)))
    find(seq, '事件头里的时间不合格式', 'a time of the header is not of the documented form');
  if (redacted || payloadText === null) return;
  if (emptied) {
    if (payloadText !== EMPTIED)
      find(seq, '个案内容已销毁，这里却有内容', 'the case is destroyed, and the payload is there');
    return;
  }
  if (sha256(payloadText) !== header.commitment)
    find(seq, '内容与承诺值不符', 'the payload is not what the header commits to');
  const payload = canonicalIn(payloadText, undefined, () =>
    find(seq, '内容不是规范形式', 'the payload is not canonical'),
  );
  if (payload === undefined) return;
  const { salt } = Object(payload) as { salt?: unknown };
  if (Object.keys(Object(payload)).join(' ') !== 'data salt' || !/^[0-9a-f]{64}$/.test(String(salt)))
    find(seq, '内容不合格式', 'the payload is not of the documented form');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
