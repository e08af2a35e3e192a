import { expect, test } from 'vitest';
import { judgeStores, type KeptNonce, type StoresSeen } from './store-judge.ts';

const here = { system: '7', timeline: 1 };
const told = (...ns: number[]): KeptNonce[] => ns.map((n) => ({ n, nonce: `nonce ${n}` }));
const mark = (n: number, more: Partial<StoresSeen['mark']> = {}): StoresSeen['mark'] => ({
  ...{ ...here, n, nonce: n === 0 ? null : `nonce ${n}`, restored: false },
  ...more,
});
const seen = (change: Partial<StoresSeen>): StoresSeen => ({
  ...{ mark: mark(5), server: here, temporal: told(4, 5), outside: { ...here, n: 5 } },
  ...change,
});

test.each<[what: string, change: Partial<StoresSeen>, kind: string]>([
  ['in order', {}, 'agree'],
  ['the next mark was told and not written', { temporal: told(4, 5, 6) }, 'agree'],
  ['it was told twice under one number', { temporal: [...told(5, 6), { n: 6, nonce: 'another' }] }, 'agree'],
  ['the first start', { mark: mark(0, { system: null, timeline: null }), temporal: [], outside: undefined }, 'agree'],
  ['the first mark was told and not written', { mark: mark(0), temporal: told(1), outside: undefined }, 'agree'],
  ['restored by our own command', { mark: mark(5, { restored: true }) }, 'restored'],
  ['two marks behind', { temporal: told(5, 6, 7) }, 'restored'],
  ['before the first mark', { mark: mark(0), temporal: told(1, 2, 3), outside: undefined }, 'restored'],
  ['the same number, another nonce', { mark: mark(5, { nonce: 'x' }) }, 'restored'],
  ['another server', { server: { system: '8', timeline: 1 } }, 'restored'],
  ['another timeline', { server: { system: '7', timeline: 2 } }, 'restored'],
  ['a server that tells nothing', { server: { system: null, timeline: null } }, 'agree'],
  ['this machine remembers a later mark', { outside: { ...here, n: 6 }, temporal: undefined }, 'restored'],
  ['Temporal away', { temporal: undefined }, 'agree'],
  ['Temporal away, nothing remembered', { temporal: undefined, outside: undefined }, 'unknown'],
  ['Temporal away at the first start', { mark: mark(0), temporal: undefined, outside: undefined }, 'agree'],
  [
    'Temporal away, and this machine knows another server',
    { temporal: undefined, outside: { system: '9', timeline: 1, n: 5 } },
    'unknown',
  ],
  ['Temporal put back', { temporal: told(2, 3) }, 'temporal behind'],
  ['Temporal lost', { temporal: [] }, 'temporal behind'],
])('%s', (_, change, kind) => {
  expect(judgeStores(seen(change)).kind).toBe(kind);
});
