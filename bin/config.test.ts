import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, describeVariables, readConfig } from './config.ts';
import { failpoints } from './failpoint.ts';

test('without any variable everything is brought along', () => {
  const config = readConfig({});
  expect(config).toMatchObject({
    port: 8420,
    host: '127.0.0.1',
    logLevel: 'info',
    requestsPerMinute: 6_000,
    plugins: [],
    unknown: [],
  });
  expect(config.databaseUrl).toBeUndefined();
  expect(config.temporal).toBeUndefined();
  expect(config.dataDir).toMatch(/linli$/);
});

test.each([
  [{ LINLI_PORT: '0' }, 'LINLI_PORT is at least 1'],
  [{ LINLI_PORT: 'eight' }, 'LINLI_PORT is a number'],
  [{ LINLI_LOG: 'loud' }, 'LINLI_LOG is one of debug, info, warn, error, silent'],
  [{ LINLI_FAILPOINT: 'anywhere' }, `LINLI_FAILPOINT is one of ${failpoints.join(', ')}, with :n for the n-th time`],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL begins with postgres:// or postgresql://'],
  [{ DATABASE_URL_FILE: '/nowhere/at/all' }, 'DATABASE_URL_FILE cannot be read: ENOENT'],
  [
    { DATABASE_URL_FILE: '/x', DATABASE_URL: 'postgres://h/d' },
    'DATABASE_URL and DATABASE_URL_FILE are both set: keep one',
  ],
])('%j is refused: %s', (environment, problem) => {
  expect(() => readConfig(environment)).toThrow(new ConfigError(problem));
});

test('all problems are told at once', () => {
  expect(() => readConfig({ LINLI_PORT: '0', LINLI_LOG: 'loud' })).toThrow(/LINLI_PORT.*\nLINLI_LOG/);
});

test('an empty variable counts as not set, a misspelt one is told', () => {
  expect(readConfig({ LINLI_PORT: '', LINLI_PROT: '9000' })).toMatchObject({ port: 8420, unknown: ['LINLI_PROT'] });
});

test('a secret may lie in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linli-config-'));
  try {
    writeFileSync(join(folder, 'url'), 'postgres://u:p@db/linli\n');
    expect(readConfig({ DATABASE_URL_FILE: join(folder, 'url') }).databaseUrl).toBe('postgres://u:p@db/linli');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("Temporal's own variables are read as Temporal reads them", () => {
  const { temporal } = readConfig({ TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'street' });
  expect(temporal).toMatchObject({ namespace: 'street', connectionOptions: { address: 'temporal.example:7233' } });
});

test('hosts that are allowed are read, and what is no host is told', () => {
  const { allowHosts } = readConfig({ LINLI_ALLOW_HOSTS: 'notify.intranet:8443, 10.2.3.4' });
  expect(allowHosts.entries).toEqual(['notify.intranet:8443', '10.2.3.4']);
  expect(readConfig({}).allowHosts.entries).toEqual([]);
  expect(() => readConfig({ LINLI_ALLOW_HOSTS: 'http://a.b/' })).toThrow(/^LINLI_ALLOW_HOSTS has an entry .+"http:/);
});

test('a mail server has the usual port of its kind and a sender; its password may lie in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linli-config-'));
  const file = join(folder, 'password');
  writeFileSync(file, '密码\n');
  const given = {
    LINLI_SMTP_HOST: 'mail.example.cn',
    LINLI_SMTP_FROM: '邻里 <linli@example.cn>',
    LINLI_SMTP_USER: 'linli',
  };
  const { smtp, unknown } = readConfig({ ...given, LINLI_SMTP_PASSWORD_FILE: file });
  rmSync(folder, { recursive: true });
  expect(smtp).toEqual({
    ...{ host: 'mail.example.cn', port: 587, tls: 'starttls', user: 'linli', password: '密码' },
    from: '邻里 <linli@example.cn>',
  });
  expect(unknown).toEqual([]);
  expect(readConfig({ ...given, LINLI_SMTP_TLS: 'tls' }).smtp?.port).toBe(465);
  expect(() => readConfig({ LINLI_SMTP_HOST: 'mail.example.cn' })).toThrow('LINLI_SMTP_FROM is missing');
  expect(() => readConfig({ LINLI_SMTP_FROM: 'nobody' })).toThrow('LINLI_SMTP_FROM is an address');
  expect(() => readConfig({ LINLI_SMS_FILE: '/nowhere' })).toThrow(
    'LINLI_SMS_FILE names a gateway that cannot be used',
  );
});

test('every variable is documented', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/configuration.md'), 'utf8').replaceAll(/ +/g, ' ');
  for (const { name, meaning } of describeVariables()) expect(page).toContain(`| \`${name}\` | ${meaning} |`);
});
