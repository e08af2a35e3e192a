import { describe, expect, test } from 'vitest';
import { type ChainRow, forge, GENESIS, type Header, sha256, verifyChain } from './chain.ts';

const salt = 'ab'.repeat(32);
const about = {
  installation: '0f0e0d0c-0b0a-4908-8706-050403020100',
  case: '11111111-2222-4333-8444-555555555555',
  seq: 1,
  type: 'note.added',
  recordedAt: '2026-11-22T03:16:55.000Z',
  occurredAt: '2026-11-20T08:00:00.000Z',
  actor: { kind: 'person', id: 'p-1', post: null },
  actId: '99999999-8888-5777-8666-555555555555',
  program: 'c'.repeat(64),
  keyId: null,
  prev: GENESIS,
};

test('the bytes of the first release, for ever', () => {
  const { header, hash, payload } = forge(about, { text: '周某愿意说话了', n: 1 }, salt);
  expect(payload).toBe(`{"data":{"n":1,"text":"周某愿意说话了"},"salt":"${salt}"}`);
  expect(header).toBe(
    '{"actId":"99999999-8888-5777-8666-555555555555","actor":{"id":"p-1","kind":"person","post":null},' +
      '"case":"11111111-2222-4333-8444-555555555555","commitment":"COMMITMENT",'.replace(
        'COMMITMENT',
        sha256(payload),
      ) +
      '"installation":"0f0e0d0c-0b0a-4908-8706-050403020100","keyId":null,"occurredAt":"2026-11-20T08:00:00.000Z",' +
      `"prev":"${GENESIS}","program":"${'c'.repeat(64)}","recordedAt":"2026-11-22T03:16:55.000Z","seq":1,"type":"note.added","v":1}`,
  );
  expect(sha256(payload)).toBe('b1644b99ba16e8b63501acb539c4729428fee131dc5287fe0b892f3027c46595');
  expect(hash).toBe('3b34df76f0b4a578b88e935bcb4e9e5d1239d0c9cc080bdd33d681c0389a67a8');
});

function chainOf(length: number): ChainRow[] {
  const rows: ChainRow[] = [];
  let prev = GENESIS;
  for (let seq = 1; seq <= length; seq++) {
    const link = forge({ ...about, seq, prev }, { n: seq }, sha256(String(seq)));
    const header = JSON.parse(link.header) as Header;
    rows.push({
      caseId: header.case,
      seq,
      type: header.type,
      header: Buffer.from(link.header),
      hash: link.hash,
      prev,
      payload: Buffer.from(link.payload),
      recordedAt: header.recordedAt,
      occurredAt: header.occurredAt,
      actorKind: header.actor.kind,
      actorId: header.actor.id,
      actorPost: header.actor.post,
      actId: header.actId,
      programHash: header.program!,
    });
    prev = link.hash;
  }
  return rows;
}

describe('verification', () => {
  const good = chainOf(5);
  const head = { seq: 5, hash: good[4]!.hash };
  const changed = (i: number, change: Partial<ChainRow>) =>
    good.map((row, j) => (i === j ? { ...row, ...change } : row));

  test('a whole chain holds', () => {
    expect(verifyChain(good, head)).toEqual([]);
    expect(verifyChain([], { seq: 0, hash: '' })).toEqual([]);
  });

  test.each<[string, readonly ChainRow[], number]>([
    ['an edited payload', changed(2, { payload: Buffer.from('{"data":{"n":4},"salt":""}') }), 3],
    [
      'an edited header',
      changed(2, { header: Buffer.from(Buffer.from(good[2]!.header).toString().replace('p-1', 'p-2')) }),
      3,
    ],
    ['an edited column: time', changed(1, { occurredAt: '2026-11-21T08:00:00.000Z' }), 2],
    ['an edited column: actor', changed(1, { actorId: 'p-2' }), 2],
    ['an edited column: type', changed(1, { type: 'task.completed' }), 2],
    ['a deleted event', good.filter((_, i) => i !== 2), 4],
    ['a cut tail', good.slice(0, 4), 4],
    ['two events swapped', [good[0]!, good[2]!, good[1]!, good[3]!, good[4]!], 3],
    ['an event twice', [good[0]!, good[0]!, ...good.slice(1)], 1],
    ['a chain written anew', chainOf(5).map((row) => ({ ...row, hash: sha256('x') })), 1],
  ])('%s is found, with its place', (_, rows, seq) => {
    expect(verifyChain(rows, head).map((finding) => finding.seq)).toContain(seq);
  });
});
