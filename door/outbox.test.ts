import { describe, expect, test } from 'vitest';
import type { Text } from '../sdk/program.ts';
import { type OpenEndpoint, outboxRows, type Routed } from './outbox.ts';
import { compose, type Part } from './outbox-text.ts';

const now = '2031-03-10T02:00:00.000Z';
const endpoint = (id: string, owner: Partial<OpenEndpoint>): OpenEndpoint => ({
  ...{ id, person: undefined, unit: undefined, post: undefined, digest: 'atOnce' },
  ...owner,
});
const message = (post: string | undefined, postUnit: string | undefined, change: Partial<Routed> = {}): Routed => ({
  ...{ post, postUnit, caseId: 'case-1', caseNo: '2031-000001', urgent: false },
  ...change,
});
const words = (messages: readonly Routed[]): Text => [`${messages.length} 条`, `${messages.length} messages`];
const rows = (endpoints: OpenEndpoint[], messages: Routed[]) =>
  outboxRows({ id: 'd-1', messages }, endpoints, now, words).map((row) => [row.endpoint_id, row.count, row.case_no]);

describe('a delivery goes out', () => {
  test('whole to the endpoints of its person, in part to those of posts and units', () => {
    const messages = [
      message('p1', 'u1'),
      message('p2', 'u1', { caseId: 'case-2', caseNo: '2031-000002' }),
      message('p3', 'u2'),
    ];
    const endpoints = [
      endpoint('mine', { person: 'me' }),
      endpoint('post', { post: 'p2' }),
      endpoint('unit', { unit: 'u1' }),
      endpoint('other', { unit: 'u3' }),
    ];
    expect(rows(endpoints, messages)).toEqual([
      ['mine', 3, null],
      ['post', 1, '2031-000002'],
      ['unit', 2, null],
    ]);
  });

  test('once for each endpoint: its row has the same id however often it is made', () => {
    const twice = [1, 2].map(() =>
      outboxRows({ id: 'd-1', messages: [message('p1', 'u1')] }, [endpoint('e', { person: 'me' })], now, words),
    );
    expect(twice[0]).toEqual(twice[1]);
    expect(
      outboxRows({ id: 'd-2', messages: [message('p1', 'u1')] }, [endpoint('e', { person: 'me' })], now, words),
    ).not.toEqual(twice[0]);
  });

  test('to a deputy, who was told himself, past the post’s own endpoints', () => {
    expect(rows([endpoint('post', { post: 'p1' })], [message(undefined, undefined)])).toEqual([]);
  });
});

describe('the text', () => {
  const part = (change: Partial<Part> = {}): Part => ({
    ...{ count: 1, text: ['个案的事', 'about the case'], caseId: 'case-1', caseNo: '2031-000001', urgent: false },
    ...change,
  });

  test('of an endpoint that is not trusted holds a count and the number of the case, nothing of the message', () => {
    expect(compose([part()], false)).toEqual({
      count: 1,
      path: '/cases/case-1',
      text: [
        '邻里：您有 1 条新消息（个案 2031-000001），请登录收件箱查看。',
        'Linli: you have 1 new message (case 2031-000001). Please sign in to read.',
      ],
    });
    const many = compose([part(), part({ count: 3, caseId: 'case-2', urgent: true })], false);
    expect(many).toMatchObject({ count: 4, path: '/inbox' });
    expect(many.text[0]).toBe('邻里：您有 4 条紧急消息，请登录收件箱查看。');
  });

  test('of a trusted one is that of the inbox, gathered and cut', () => {
    expect(compose([part()], true).text).toEqual(['个案的事', 'about the case']);
    expect(compose([part(), part()], true).text[1]).toBe('You have 2 messages:\nabout the case\nabout the case');
    const [long] = compose([part({ text: ['长'.repeat(9_000), 'x'] })], true).text;
    expect([long.length, long.at(-1)]).toEqual([2_000, '…']);
  });
});
