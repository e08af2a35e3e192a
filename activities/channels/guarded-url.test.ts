import { describe, expect, test } from 'vitest';
import { createGuardedFetch } from './guarded-fetch.ts';

/** Forms of this machine, of inner networks and of metadata services, and ways to hide them. All of them are refused. */
const forms = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1', '017700000001'],
  ...[
    '0177.0.0.1',
    '0x7f.0x0.0x0.0x1',
    '127.0.0.1.',
    '0',
    '0.0.0.0',
    '00',
    '0x0',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
  ],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]'],
  ...['[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::10.0.0.1]', '[2002:7f00:1::]', '[2002:a9fe:a9fe::]'],
  ...[
    '[2001:0:7f00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fd12:3456:789a::1]',
    '[ff02::1]',
  ],
  ...['[2001:db8::1]', '[100::1]', '[5f00::1]', '[3fff::1]', '[2001:10::1]', '[::ffff:169.254.169.254]'],
  ...[
    '10.0.0.1',
    '10.255.255.255',
    '167772161',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.1',
    '3232235777',
  ],
  ...['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518', '169.254.0.1'],
  ...['100.64.0.1', '100.100.100.200', '100.127.255.255', '192.0.0.192', '192.0.2.1', '198.18.0.1', '198.51.100.1'],
  ...['203.0.113.1', '192.88.99.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
  ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'localhost.localdomain', 'printer.local', 'db.internal'],
  ...['metadata.google.internal', 'metadata.google.internal.', 'router.lan', 'nas.home.arpa', 'intranet', 'postgres'],
  ...['①②⑦.⓪.⓪.①', '１２７.０.０.１', '127。0。0。1', '%31%32%37.0.0.1', 'loc%61lhost', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', '127.0.0.1%2e'],
  // public, but written to get past filters
  ...['134744072', '0x8080808', '010.010.010.010', '8.8.2056', '8.526344'],
  ...['example.com.', 'a..b', 'exa mple.com', '[::1', '1.2.3.4.5', '256.1.1.1', ''],
];

describe('addresses that lead inside', () => {
  test.each(forms)('https://%s/ is refused, and nothing is looked up', async (host) => {
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return ['127.0.0.1'];
    };
    const fetch = createGuardedFetch({ resolve });
    const url = `https://${host}/hook`;
    await expect(fetch({ url })).rejects.toMatchObject({ name: 'FetchRefused' });
    expect(fetch.problemOf(url)).toMatch(/^address-(inside|invalid|unusual)$/);
    expect(asked).toEqual([]);
  });

  test.each([
    ['http://example.com/', 'address-not-https'],
    ['ftp://example.com/', 'address-not-https'],
    ['file:///etc/passwd', 'address-not-https'],
    ['gopher://127.0.0.1:6379/_FLUSHALL', 'address-not-https'],
    ['javascript:alert(1)', 'address-not-https'],
    ['data:text/plain,x', 'address-not-https'],
    ['https://user@example.com/', 'address-credentials'],
    ['https://user:secret@example.com/', 'address-credentials'],
    ['https://example.com@127.0.0.1/', 'address-credentials'],
    ['https://127.0.0.1\\@example.com/', 'address-inside'],
    ['https://example.com\\.127.0.0.1/', 'address-not-checked'],
    ['//example.com/', 'address-invalid'],
    ['example.com/hook', 'address-invalid'],
    [`https://example.com/${'x'.repeat(2000)}`, 'address-too-long'],
  ])('%s: %s', async (url, reason) => {
    const asked: string[] = [];
    const fetch = createGuardedFetch({
      resolve: async (name) => {
        asked.push(name);
        return ['127.0.0.1'];
      },
    });
    // an address that a browser reads as one of example.com is looked up, and what it leads to is judged
    if (reason === 'address-not-checked') {
      await expect(fetch({ url })).rejects.toMatchObject({ reason: 'address-inside' });
      expect(asked).toEqual(['example.com']);
    } else {
      await expect(fetch({ url })).rejects.toMatchObject({ name: 'FetchRefused', reason });
      expect(asked).toEqual([]);
    }
  });

  test.each(['https://example.gov.cn/hook', 'https://8.8.8.8/', 'https://[2400:3200::1]/', 'https://例子.中国/钩子'])(
    '%s is not refused',
    (url) => {
      expect(createGuardedFetch().problemOf(url)).toBeUndefined();
    },
  );
});
