import { expect, test } from 'vitest';
import { AllowListError, parseAllowList } from './allow-list.ts';

const list = parseAllowList(' notify.intranet:8443, 10.2.3.4,[fd00::7]:8080 , Wiki.Intranet ,secure.intranet:443,');

test.each([
  ['http://notify.intranet:8443/x', true],
  ['https://notify.intranet:8443/x', true],
  ['https://notify.intranet/x', false],
  ['http://10.2.3.4/', true],
  ['http://10.2.3.4:99/', true],
  ['http://10.2.3.5/', false],
  ['http://0xa.2.3.4/', true],
  ['http://[fd00:0:0::7]:8080/', true],
  ['http://[fd00::7]/', false],
  ['https://wiki.intranet/', true],
  ['https://wiki.intranet.evil.example/', false],
  ['https://secure.intranet/', true],
  ['http://secure.intranet/', false],
])('%s: %s', (url, expected) => {
  expect(list.has(new URL(url))).toBe(expected);
});

test('nothing is on an empty list', () => {
  expect(parseAllowList('').has(new URL('https://example.com'))).toBe(false);
});

test.each(['http://a.b', 'a b', 'a:0', 'a:99999', 'a:b', 'fd00::7', '[fd00::7', 'a/b', 'u@h', '*.intranet\\', '<>'])(
  '%s is not an entry',
  (entry) => {
    expect(() => parseAllowList(`ok.intranet,${entry}`)).toThrow(AllowListError);
  },
);
