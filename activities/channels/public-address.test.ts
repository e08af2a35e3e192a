import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGuardedFetch } from './guarded-fetch.ts';
import { isPublicAddress } from './public-address.ts';

// Every form of every inner address, generated: whoever types an address chooses how to write it.

const fetch = createGuardedFetch();

/** First addresses and lengths of the networks of IPv4 that are not the Internet (IANA). */
const inner4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const partsOf = (n: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256) as [number, number, number, number];
const inner = fc
  .tuple(fc.constantFrom(...inner4), fc.nat(0xffff_ffff))
  .map(([[first, length], n]) => numberOf(first) + (n % 2 ** (32 - length)));

/** One number as people who want to hide it write it. */
const written = (n: number) =>
  fc.constantFrom(
    String(n),
    `0x${n.toString(16)}`,
    `0X${n.toString(16).toUpperCase()}`,
    `0${n.toString(8)}`,
    `0x000${n.toString(16)}`,
  );

/** One address as hosts of URLs may be written: one to four parts, each in any base; wide digits; escapes; a dot at the end. */
const form4 = (n: number) => {
  const [a, b, c, d] = partsOf(n);
  const parts = fc.constantFrom([n], [a, n % 2 ** 24], [a, b, n % 2 ** 16], [a, b, c, d]);
  const dotted = parts.chain((each) => fc.tuple(...each.map(written))).map((each) => each.join('.'));
  return fc.oneof(
    dotted,
    dotted.map((text) => `${text}.`),
    dotted.map((text) => text.replaceAll('.', '。')),
    dotted.map((text) => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))),
    dotted.map((text) => text.replaceAll(/\d/g, (digit) => `%3${digit}`)),
  );
};

/** An IPv4 address inside an IPv6 one: mapped, compatible, translated, NAT64 (both prefixes), 6to4, Teredo, ISATAP of a local link. */
const form6 = (n: number) => {
  const [high, low] = [Math.floor(n / 65_536).toString(16), (n % 65_536).toString(16)];
  const [a, b, c, d] = partsOf(n);
  return fc.constantFrom(
    ...[
      `[::ffff:${a}.${b}.${c}.${d}]`,
      `[::ffff:${high}:${low}]`,
      `[0:0:0:0:0:FFFF:${high}:${low}]`,
      `[::${high}:${low}]`,
    ],
    ...[`[::ffff:0:${high}:${low}]`, `[64:ff9b::${a}.${b}.${c}.${d}]`, `[64:ff9b::${high}:${low}]`],
    ...[
      `[64:ff9b:1::${high}:${low}]`,
      `[2002:${high}:${low}::1]`,
      `[2001:0:${high}:${low}::1]`,
      `[fe80::5efe:${high}:${low}]`,
    ],
  );
};

const around = fc.record({
  port: fc.constantFrom('', ':443', ':8443', ':6379'),
  path: fc.constantFrom('', '/', '/hook?x=1', '#x'),
});

describe('whatever the form', () => {
  test('no inner address of IPv4 gets through', () => {
    fc.assert(
      fc.property(
        inner.chain((n) => fc.oneof(form4(n), form6(n))),
        around,
        (host, { port, path }) => {
          expect(fetch.problemOf(`https://${host}${port}${path}`)).toMatch(/^address-(inside|invalid)$/);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test('no address of IPv6 beyond those handed out gets through', () => {
    const word = fc.nat(0xffff).map((n) => n.toString(16));
    const first = fc.nat(0xffff).filter((n) => n < 0x2000 || n > 0x3fff);
    fc.assert(
      fc.property(first, fc.array(word, { minLength: 7, maxLength: 7 }), (n, rest) => {
        expect(fetch.problemOf(`https://[${[n.toString(16), ...rest].join(':')}]/`)).toBe('address-inside');
      }),
      { numRuns: 2_000 },
    );
  });

  test('a public address gets through in its usual form, and in no other', () => {
    const isInner = (n: number) =>
      inner4.some(
        ([address, length]) =>
          Math.floor(n / 2 ** (32 - length)) === Math.floor(numberOf(address) / 2 ** (32 - length)),
      );
    const special = new Set(['168.63.129.16']);
    const anycast = ['192.31.196.', '192.52.193.', '192.175.48.'];
    const pub = fc.nat(0xffff_ffff).filter((n) => {
      const text = partsOf(n).join('.');
      return !isInner(n) && !special.has(text) && !anycast.some((each) => text.startsWith(each));
    });
    fc.assert(
      fc.property(
        pub.chain((n) => fc.tuple(fc.constant(n), form4(n))),
        ([n, host]) => {
          const usual = partsOf(n).join('.');
          expect(isPublicAddress(usual)).toBe(true);
          expect(fetch.problemOf(`https://${usual}/`)).toBeUndefined();
          if (host !== usual) expect(fetch.problemOf(`https://${host}/`)).toBe('address-unusual');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test.each(['', 'example.com', '1.2.3', '0x8.8.8.8', '08.8.8.8', '[2400::1]', '2400::1%eth0', '8.8.8.8/32', ' 8.8.8.8'])(
  '%j is no address in its usual form',
  (text) => {
    expect(isPublicAddress(text)).toBe(false);
  },
);
