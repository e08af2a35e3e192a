import type { TimelineView } from '../../api/schemas/views.ts';
import { dueText, localTime, yuan } from '../../api/timeline-text.ts';
import type { Text } from '../../sdk/program.ts';
import type { ScriptedAct } from '../../sdk/scenario.ts';
import { type Findings, takings } from './findings.ts';

/** The parts of the story in words. */
const parts: Readonly<Record<string, Text>> = {
  caseworker: ['社区专职工作者', 'caseworker'],
  secretary: ['党支部书记', 'branch secretary'],
  cashHolder: ['管钱人', 'cash holder'],
  accountant: ['管账人', 'accountant'],
  subDistrictHead: ['街道办事处主任', 'sub-district head'],
  districtHead: ['区民政局局长', 'district head'],
};

/** How what a post had to account for ended; the API tells it in the engine's words. */
const results: Readonly<Record<string, Text>> = {
  '': ['未了结', 'open'],
  'done late': ['逾期办结', 'done late'],
  'done in time, recorded late': ['按期办结，补录较晚', 'done in time, recorded late'],
  'never done': ['始终没有办', 'never done'],
};

/** Types of events that are in the record and too many for a print. */
const quiet: ReadonlySet<string> = new Set([
  'deadline.cancelled',
  'deadline.met',
  'deadline.set',
  'duty.began',
  'duty.due',
  'duty.ended',
  'item.cancelled',
  'item.opened',
]);

/** The story as people read it, in one language. */
export class Tale {
  readonly #lang: 'zh' | 'en';
  readonly #print: (line: string) => void;

  constructor(lang: 'zh' | 'en', print: (line: string) => void) {
    this.#lang = lang;
    this.#print = print;
  }

  #say([zh, en]: Text): string {
    return this.#lang === 'en' ? en : zh;
  }

  /** A heading with a line of space above. */
  heading(text: Text): void {
    this.#print(`\n━━ ${this.#say(text)} ━━`);
  }

  line(text: Text): void {
    this.#print(this.#say(text));
  }

  /** One act, and what the record says came of it. */
  act({ says, as, day }: ScriptedAct, events: readonly TimelineView[]): void {
    const own = events.filter(({ actor, type }) => actor.kind !== 'system' && !quiet.has(type));
    const when = localTime(events[0]?.occurredAt ?? new Date().toISOString());
    const head = says ? this.#say(says) : (own[0]?.text ?? '');
    const rest = (says ? own : own.slice(1)).map(({ text }) => text);
    const dayText = this.#say([`第 ${Math.floor(day)} 天`, `day ${Math.floor(day)}`]);
    this.#print(`\n${when.slice(5)}  ${dayText} · ${this.#say(parts[as] ?? [as, as])} · ${head}`);
    for (const text of rest) this.#print(`      ${text}`);
    this.byTime(events);
  }

  /** What time did by itself. */
  byTime(events: readonly TimelineView[]): void {
    for (const { text, actor, type } of events) {
      if (actor.kind === 'system' && !quiet.has(type)) this.#print(`   ⏰ ${text}`);
    }
  }

  /** The visit nobody made, whom its ladder told, and the post's record. */
  missedVisit({ timeline, escalations, accountability }: Findings): void {
    const done = new Set(timeline.filter(({ type }) => type === 'task.completed').map(({ data }) => data['id']));
    const missed = timeline.filter(({ type, data }) => type === 'duty.missed' && !done.has(data['id']));
    for (const { text } of missed) this.#print(`✗ ${text}`);
    const ids = new Set(missed.map(({ data }) => data['id']));
    const rungs = timeline.filter(({ type, data }) => type === 'rung.fired' && ids.has(data['deadline']));
    for (const { text } of rungs) this.#print(`   ⏰ ${text}`);
    this.line(['居委会主任的收件箱：', 'In the inbox of the head of the residents’ committee:']);
    for (const { text, about } of escalations) if (about !== null && ids.has(about)) this.#print(`   ✉ ${text}`);
    this.line(['问责记录（记在岗位上，不论由谁担任）：', 'Records of accountability (of the post, whoever holds it):']);
    for (const { name, post, dueAt, result } of accountability) {
      const end = this.#say(results[result ?? ''] ?? [result ?? '', result ?? '']);
      this.#print(`   ⚑ ${name} · ${post} · ${this.#say(['应于', 'due'])} ${dueText(dueAt)} · ${end}`);
    }
  }

  /** Steps back, with the reasons given for them. */
  stepsBack({ timeline }: Findings): void {
    for (const { type, text, data } of timeline) {
      if (type === 'stage.left' && data['why'] === 'stepBack') this.#print(`↩ ${text}`);
    }
  }

  /** The differences that comparing the books found, and how they ended. */
  wrongEntries({ timeline, comparisons, cash }: Findings): void {
    for (const { type, text, data } of timeline) {
      if (!type.startsWith('discrepancy.')) continue;
      this.#print(`   ${text}`);
      if (type !== 'discrepancy.found') continue;
      const { cash, ledger } = data as { readonly [side: string]: { readonly amountFen: number } | undefined };
      const [inCash, inLedger] = [money(cash?.amountFen ?? null), money(ledger?.amountFen ?? null)];
      this.line([`✗ 现金账 ${inCash} 元，会计账 ${inLedger} 元`, `✗ Cash book ${inCash}, ledger ${inLedger}`]);
    }
    const open = comparisons.discrepancies.filter(({ settledAt }) => settledAt === null).length;
    this.line([`未了结的差异：${open} 项`, `Differences still open: ${open}`]);
    for (const { sourceDoc, amountFen, reverses } of cash) {
      if (reverses === null) continue;
      this.line([
        `↩ 红字冲销：单据 ${sourceDoc}，${money(amountFen)} 元`,
        `↩ Reversed in red: document ${sourceDoc}, ${money(amountFen)}`,
      ]);
    }
  }

  /** Both books side by side, sale by sale, and their sums. */
  books({ cash, vouchers }: Findings): void {
    const side = this.#say(['现金账', 'cash book']).padEnd(10);
    this.#print(
      `${this.#say(['单据', 'paper']).padEnd(8)}${side.padStart(14)}${this.#say(['会计账', 'ledger']).padStart(12)}`,
    );
    const papers = [...new Set(cash.filter(({ direction }) => direction === 'in').map(({ sourceDoc }) => sourceDoc))];
    for (const paper of papers) {
      const net = (entries: Findings['cash']) => takings(entries.filter(({ sourceDoc }) => sourceDoc === paper));
      this.#print(`${paper.padEnd(8)}${yuan(net(cash)).padStart(12)} ${yuan(net(vouchers)).padStart(14)}`);
      for (const { lines = [], reverses } of vouchers.filter(({ sourceDoc }) => sourceDoc === paper)) {
        if (reverses !== null) continue;
        for (const { item, text, quantity, priceFen, amountFen } of lines) {
          if (quantity === undefined) continue;
          this.#print(`            ${item ?? text} ${quantity} × ${yuan(priceFen ?? 0)} = ${yuan(amountFen)}`);
        }
      }
    }
    const [money, accounts] = [takings(cash), takings(vouchers)];
    this.line([
      `两本账合计：现金账 ${yuan(money)} 元 ${money === accounts ? '=' : '≠'} 会计账 ${yuan(accounts)} 元`,
      `The sum of both books: cash ${yuan(money)} ${money === accounts ? '=' : '≠'} ledger ${yuan(accounts)} yuan`,
    ]);
    this.#print(`${yuan(money)} ${money === accounts ? '=' : '≠'} ${yuan(accounts)}`);
  }
}

const money = (fen: number | null): string => (fen === null ? '—' : yuan(fen));
