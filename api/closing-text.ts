import { yuan } from '../engine/books/checks.ts';
import type { EventData } from '../engine/event.ts';
import type { Text } from '../sdk/program.ts';
import type { Names } from './timeline-text.ts';

type Closing =
  | 'cash.counted'
  | 'day.closed'
  | 'day.ended'
  | 'month.closed'
  | 'month.ended'
  | 'statement.given'
  | 'books.archived'
  | 'count.drawn'
  | 'count.missed';

const KINDS: Readonly<Record<EventData['cash.counted']['kind'], Text>> = {
  day: ['日清盘点', 'Count of the day'],
  scheduled: ['盘点', 'Count'],
  surprise: ['突击盘点', 'Surprise count'],
};

const CHANNELS: Readonly<Record<string, Text>> = {
  cash: ['现金', 'cash'],
  bank: ['银行', 'bank'],
  wechat: ['微信', 'WeChat'],
};

/** What counts and closings of the books read like. */
export const closingTexts: { readonly [T in Closing]: (data: EventData[T], names: Names) => Text } = {
  'cash.counted': (d, n) => {
    const [zh, en] = KINDS[d.kind];
    const [book, found] = [n.book(d.book), d.channels.map(counted)];
    return [
      `${zh}（${book[0]}）：${found.map((each) => each[0]).join('；')}${d.text ? `。${d.text}` : ''}`,
      `${en} (${book[1]}): ${found.map((each) => each[1]).join('; ')}${d.text ? `. ${d.text}` : ''}`,
    ];
  },
  'day.closed': (d, n) => {
    const [book, left] = [n.book(d.book), balances(d.channels)];
    return [`日清（${book[0]}）：截至 ${d.day}，${left[0]}`, `Days closed (${book[1]}) up to ${d.day}: ${left[1]}`];
  },
  'day.ended': (d, n) => {
    const book = n.book(d.book);
    return [`${d.day} 待日清（${book[0]}）`, `${d.day} is to be closed (${book[1]})`];
  },
  'month.closed': (d, n) => {
    const book = n.book(d.book);
    const left = balances(d.channels.map(({ channel, cash }) => ({ channel, closingFen: cash.closingFen })));
    const carried =
      Object.keys(d.carry ?? {}).length > 0 ? ['；差额已签认挂账', '; differences signed as carried'] : ['', ''];
    const year = d.year && d.year.resultFen !== 0 ? yearText(d.year.resultFen) : ['', ''];
    return [
      `结账（${book[0]}）${d.period}：${left[0]}${carried[0]}${year[0]}`,
      `Month closed (${book[1]}), ${d.period}: ${left[1]}${carried[1]}${year[1]}`,
    ];
  },
  'month.ended': (d, n) => {
    const book = n.book(d.book);
    return [`${d.period} 待结账（${book[0]}）`, `${d.period} is to be closed (${book[1]})`];
  },
  'statement.given': (d, n) => {
    const book = n.book(d.book);
    const [zh, en] = d.how === 'sent' ? ['已送达', 'was sent'] : ['已交付并说明', 'was handed over and explained'];
    return [`${d.period} 对账单${zh}（${book[0]}）`, `The statement of ${d.period} ${en} (${book[1]})`];
  },
  'books.archived': (d, n) => {
    const book = n.book(d.book);
    const [place, lies] = d.place === undefined ? ['', ''] : [`，存放：${d.place}`, `, kept at ${d.place}`];
    return [
      `会计档案归档（${book[0]}）：截至 ${d.period}，凭证 ${d.vouchers} 张，日记账 ${d.entries} 笔${place}`,
      `Taken into the archive (${book[1]}) up to ${d.period}: ${d.vouchers} vouchers, ${d.entries} entries${lies}`,
    ];
  },
  'count.drawn': (d, n) => {
    const book = n.book(d.book);
    return [`抽中突击盘点（${book[0]}）：${d.day}`, `A surprise count was drawn (${book[1]}): ${d.day}`];
  },
  'count.missed': (d, n) => {
    const book = n.book(d.book);
    return [`突击盘点未按时进行（${book[0]}）`, `The surprise count was not made in time (${book[1]})`];
  },
};

function counted({ channel, bookedFen, countedFen }: EventData['cash.counted']['channels'][number]): Text {
  const [zh, en] = CHANNELS[channel] ?? [channel, channel];
  const off = countedFen - bookedFen;
  const [how, said] = off === 0 ? ['账实相符', 'as booked'] : off > 0 ? ['长款', 'over by'] : ['短款', 'short by'];
  const amount = off === 0 ? ['', ''] : [` ${yuan(Math.abs(off))} 元`, ` ${yuan(Math.abs(off))} yuan`];
  return [
    `${zh}实点 ${yuan(countedFen)} 元，${how}${amount[0]}`,
    `${en} ${yuan(countedFen)} yuan, ${said}${amount[1]}`,
  ];
}

function balances(channels: readonly { readonly channel: string; readonly closingFen: number }[]): Text {
  const [zh, en] = [0, 1].map((i) =>
    channels.map(({ channel, closingFen }) => {
      const name = (CHANNELS[channel] ?? [channel, channel])[i as 0 | 1];
      return i === 0 ? `${name}余额 ${yuan(closingFen)} 元` : `${name} ${yuan(closingFen)} yuan`;
    }),
  );
  return [zh!.join('，'), en!.join(', ')];
}

function yearText(resultFen: number): Text {
  return [
    `；年终结转：收支结余 ${yuan(resultFen)} 元转入净资产`,
    `; at the end of the year a result of ${yuan(resultFen)} yuan went over to the net assets`,
  ];
}
