import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { z } from 'zod';
import { KEPT_DAYS, LEAST_KEPT_DAYS } from '../activities/channel-pruner.ts';
import { type AllowList, AllowListError, parseAllowList } from '../activities/channels/allow-list.ts';
import type { SmtpTarget } from '../activities/channels/email.ts';
import { readSmsGateway, type SmsGateway, SmsGatewayError } from '../activities/channels/sms-gateway.ts';
import type { SingleSignOn } from '../api/auth/people.ts';
import { type Failpoint, failpoints, parseFailpoint } from './failpoint.ts';

/** What a process is told from outside, checked. */
export interface Config {
  /** Address of a PostgreSQL server of the user's own; undefined: Linli brings one. Holds a password: never print it. */
  readonly databaseUrl: string | undefined;
  /** Addresses with logins of their own for the parts of Linli; undefined: `databaseUrl`, where the part takes on its role. Hold passwords. */
  readonly databaseUrls: Readonly<Record<'api' | 'worker' | 'sealer', string | undefined>>;
  /** A Temporal server of the user's own; undefined: Linli brings one. */
  readonly temporal: TemporalTarget | undefined;
  /** The HTTP port wished for; the next free one is taken when it is not. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Where people reach this installation, without a slash at the end; undefined: the address a request was sent to. */
  readonly publicUrl: string | undefined;
  /** Folder of all that Linli keeps on this machine, absolute. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** How often a minute one key or session may ask. */
  readonly requestsPerMinute: number;
  /** npm packages with programs, beside the folders in plugins/. */
  readonly plugins: readonly string[];
  /** Hosts of an intranet that messages may be sent to. */
  readonly allowHosts: AllowList;
  /** The mail server that takes our mail; undefined: there is no e-mail. */
  readonly smtp: SmtpTarget | undefined;
  /** The gateway for text messages; undefined: there are none. */
  readonly sms: SmsGateway | undefined;
  /** For how many days the records of what was sent outside are kept in full. */
  readonly keepSentDays: number;
  /** From how many cases read by one person in a day auditors are told: of those about minors, and of those with sensitive fields shown. */
  readonly readLimits: { readonly minors: number; readonly sensitive: number };
  /** Where copies of archived histories are kept outside the database; undefined: where `linli start` keeps its data, else nowhere. */
  readonly archiveFolder: string | undefined;
  /** Address of Temporal's Web UI, for links; undefined: that of the server Linli brings, if it has one. */
  readonly temporalUi: string | undefined;
  /** The file of the key that signs checkpoints of the log; undefined: one of its own in the data folder. */
  readonly logKeyFile: string | undefined;
  /** The file of the secret that signing in by name needs; undefined: one of its own in the data folder. */
  readonly signInSecretFile: string | undefined;
  /** The single sign-on people may sign in with; undefined: there is none. */
  readonly sso: SingleSignOn | undefined;
  /** The file of the yearly keys, which wrap the data keys; undefined: one of its own in the data folder. */
  readonly keyFile: string | undefined;
  /** Where copies of the wrapped data keys are kept outside the database; undefined: where `linli start` keeps its data, else nowhere. */
  readonly keyFolder: string | undefined;
  /** For how many days a backup is kept that is told nothing else. */
  readonly backupKeepDays: number;
  /** Where a test makes the process end on the spot. */
  readonly failpoint?: Failpoint;
  /** Variables that look like ours and are not: most likely misspelt. */
  readonly unknown: readonly string[];
}

/** How to reach a Temporal server, for clients and workers alike. */
export interface TemporalTarget {
  readonly connectionOptions: NativeConnectionOptions;
  readonly namespace: string;
}

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Raised for an environment that cannot be used; the message lists every problem with its variable. */
export class ConfigError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'begins with postgres:// or postgresql://')
  .optional();

const ownVariables = z.object({
  DATABASE_URL: databaseUrl.describe('PostgreSQL 15 or newer to use instead of the one that Linli brings.'),
  LINLI_API_DATABASE_URL: databaseUrl.describe(
    'The same database with a login of the API’s own; see docs/database-roles.md. Default: `DATABASE_URL`.',
  ),
  LINLI_WORKER_DATABASE_URL: databaseUrl.describe(
    'The same with a login of the workers’ own. Default: `DATABASE_URL`.',
  ),
  LINLI_SEALER_DATABASE_URL: databaseUrl.describe(
    'The same with a login of what writes the log. Default: `DATABASE_URL`.',
  ),
  LINLI_PORT: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(1, 'is at least 1')
    .max(65_535, 'is at most 65535')
    .default(8420)
    .describe('HTTP port. When it is taken, the next free one.'),
  LINLI_HOST: z.string().default('127.0.0.1').describe('Address to listen on. Behind a proxy of your own: 0.0.0.0.'),
  LINLI_PUBLIC_URL: z
    .string()
    .regex(/^https?:\/\/[^\s/?#]+\/?$/, 'is an address like https://linli.example.org, without a path')
    .transform((url) => url.replace(/\/$/, ''))
    .optional()
    .describe(
      'Where people reach Linli: in messages, QR codes and feeds. Default: the address a request was sent to; messages then carry no link. With `https:` see below.',
    ),
  LINLI_DATA: z.string().optional().describe('Data folder. Default `~/.local/share/linli`, for root `/var/lib/linli`.'),
  LINLI_LOG: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'is one of debug, info, warn, error, silent')
    .default('info')
    .describe('How much is logged. Logs hold no names and no numbers of people.'),
  LINLI_REQUESTS_PER_MINUTE: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(60, 'is at least 60')
    .default(6_000)
    .describe('How often a minute one key or session may ask each process; beyond that the answer is 429.'),
  LINLI_PLUGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean),
    )
    .describe('npm packages with further programs, separated by commas.'),
  LINLI_ALLOW_HOSTS: z
    .string()
    .default('')
    .transform((text, issues) => {
      try {
        return parseAllowList(text);
      } catch (error) {
        if (!(error instanceof AllowListError)) throw error;
        issues.addIssue(`has an entry that cannot be read: ${error.message}`);
        return z.NEVER;
      }
    })
    .describe(
      'Hosts of an intranet, `host` or `host:port`, separated by commas, that webhooks and gateways may lie on and use plain http.',
    ),
  LINLI_SMTP_HOST: z
    .string()
    .optional()
    .describe('The mail server that takes our mail. Without it there is no e-mail.'),
  LINLI_SMTP_PORT: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(1, 'is at least 1')
    .max(65_535, 'is at most 65535')
    .optional()
    .describe('Its port. Default 587; with `tls` 465, with `none` 25.'),
  LINLI_SMTP_TLS: z
    .enum(['starttls', 'tls', 'none'], 'is one of starttls, tls, none')
    .default('starttls')
    .describe('`starttls` insists on it, `tls` from the first byte, `none` only for a server on the same machine.'),
  LINLI_SMTP_USER: z.string().optional().describe('The login at the mail server, where it asks for one.'),
  LINLI_SMTP_PASSWORD: z.string().optional().describe('Its password; `LINLI_SMTP_PASSWORD_FILE` names a file instead.'),
  LINLI_SMTP_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'is an address, or a name with an address: 邻里 <linli@example.cn>')
    .optional()
    .describe('The sender of our mail: an address, or `name <address>`.'),
  LINLI_SMS_FILE: z
    .string()
    .transform((file, issues) => {
      try {
        return readSmsGateway(file);
      } catch (error) {
        if (!(error instanceof SmsGatewayError)) throw error;
        issues.addIssue(`names a gateway that cannot be used: ${error.message}`);
        return z.NEVER;
      }
    })
    .optional()
    .describe('A JSON file that describes the gateway for text messages; see docs/channels.md.'),
  LINLI_KEEP_SENT_DAYS: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(LEAST_KEPT_DAYS, `is at least ${LEAST_KEPT_DAYS}`)
    .max(36_500, 'is at most 36500')
    .default(KEPT_DAYS)
    .describe('For how many days the records of what was sent outside are kept in full. After that, counts per day.'),
  LINLI_ARCHIVE_FOLDER: z
    .string()
    .optional()
    .describe(
      'Folder for copies of the archived workflow histories, best on a disk of its own. Default with `npm start`: `archive` in the data folder, otherwise none.',
    ),
  LINLI_LOG_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'The Ed25519 key, in PEM, that signs checkpoints of the log; see docs/record.md. Default: one that is made in the data folder.',
    ),
  LINLI_SIGN_IN_SECRET_FILE: z
    .string()
    .optional()
    .describe(
      'The secret that signs the sessions of people who sign in by name and encrypts their second factors; see docs/signing-in.md. Default: one that is made in the data folder.',
    ),
  LINLI_SSO_ISSUER: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, 'is an address like https://sso.example.org')
    .optional()
    .describe('The issuer of a single sign-on (OpenID Connect). Without it there is none.'),
  LINLI_SSO_CLIENT_ID: z.string().optional().describe('What the single sign-on knows Linli as.'),
  LINLI_SSO_CLIENT_SECRET: z
    .string()
    .optional()
    .describe('Its secret; `LINLI_SSO_CLIENT_SECRET_FILE` names a file instead.'),
  LINLI_SSO_NAME: z.string().default('SSO').describe('What the button of the single sign-on says.'),
  LINLI_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'The yearly keys, which wrap the keys that encrypt; see docs/keys.md. Default: a file that is made in the data folder. Lose it and what was encrypted is lost.',
    ),
  LINLI_KEY_FOLDER: z
    .string()
    .optional()
    .describe(
      'Folder for copies of the wrapped data keys, for a database that is restored. Default with `npm start`: `data-keys` in the data folder, otherwise none.',
    ),
  LINLI_BACKUP_KEEP_DAYS: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(1, 'is at least 1')
    .max(36_500, 'is at most 36500')
    .default(30)
    .describe('For how many days a backup is kept where `--keep-days` says nothing else; see docs/backup.md.'),
  LINLI_READS_MINORS: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(1, 'is at least 1')
    .default(20)
    .describe('Above so many cases about minors read by one person in a day auditors are told; see docs/access.md.'),
  LINLI_READS_SENSITIVE: z.coerce
    .number('is a number')
    .int('is a whole number')
    .min(1, 'is at least 1')
    .default(50)
    .describe(
      'The same above so many cases of which a sensitive field was shown to one person in a day; see docs/access.md.',
    ),
  LINLI_TEMPORAL_UI: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, 'is an address like https://temporal.example.org')
    .transform((url) => url.replace(/\/$/, ''))
    .optional()
    .describe(
      'Where Temporal’s Web UI is reached, for the links auditors are shown. Default with `npm start`: that of the server Linli brings.',
    ),
  LINLI_FAILPOINT: z
    .string()
    .transform((text, issues) => {
      const failpoint = parseFailpoint(text);
      if (!failpoint) issues.addIssue(`is one of ${failpoints.join(', ')}, with :n for the n-th time`);
      return failpoint ?? z.NEVER;
    })
    .optional()
    .describe('For tests of crashes only: where the process kills itself.'),
});

/** Read by the set-up script, before anything is installed. */
const setupVariables = ['LINLI_CACHE', 'LINLI_TEMPORAL_DOWNLOAD'];
/** Variables whose value may lie in a file instead, as container platforms hand out secrets. */
const secretVariables = [
  'DATABASE_URL',
  'LINLI_API_DATABASE_URL',
  'LINLI_WORKER_DATABASE_URL',
  'LINLI_SEALER_DATABASE_URL',
  'LINLI_SMTP_PASSWORD',
  'LINLI_SSO_CLIENT_SECRET',
];
const temporalVariables = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/** What each of our own variables means, for the documentation. */
export function describeVariables(): { readonly name: string; readonly meaning: string }[] {
  return Object.entries(ownVariables.shape).map(([name, schema]) => ({ name, meaning: schema.description ?? '' }));
}

/** Reads the environment: the only place that does. Throws `ConfigError`. */
export function readConfig(environment: Environment = process.env): Config {
  const given = withSecretsFromFiles(dropEmpty(environment));
  const { data, error } = ownVariables.safeParse(given);
  if (error) throw new ConfigError(error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
  return {
    databaseUrl: data.DATABASE_URL,
    databaseUrls: {
      api: data.LINLI_API_DATABASE_URL,
      worker: data.LINLI_WORKER_DATABASE_URL,
      sealer: data.LINLI_SEALER_DATABASE_URL,
    },
    temporal: temporalVariables.some((name) => given[name] !== undefined) ? readTemporal(given) : undefined,
    port: data.LINLI_PORT,
    host: data.LINLI_HOST,
    publicUrl: data.LINLI_PUBLIC_URL,
    dataDir: resolve(data.LINLI_DATA ?? defaultDataDir()),
    logLevel: data.LINLI_LOG,
    requestsPerMinute: data.LINLI_REQUESTS_PER_MINUTE,
    plugins: data.LINLI_PLUGINS,
    allowHosts: data.LINLI_ALLOW_HOSTS,
    smtp: smtpOf(data),
    sms: data.LINLI_SMS_FILE,
    keepSentDays: data.LINLI_KEEP_SENT_DAYS,
    temporalUi: data.LINLI_TEMPORAL_UI,
    logKeyFile: data.LINLI_LOG_KEY_FILE && resolve(data.LINLI_LOG_KEY_FILE),
    signInSecretFile: data.LINLI_SIGN_IN_SECRET_FILE && resolve(data.LINLI_SIGN_IN_SECRET_FILE),
    sso: ssoOf(data),
    keyFile: data.LINLI_KEY_FILE && resolve(data.LINLI_KEY_FILE),
    keyFolder: data.LINLI_KEY_FOLDER && resolve(data.LINLI_KEY_FOLDER),
    backupKeepDays: data.LINLI_BACKUP_KEEP_DAYS,
    readLimits: { minors: data.LINLI_READS_MINORS, sensitive: data.LINLI_READS_SENSITIVE },
    archiveFolder: data.LINLI_ARCHIVE_FOLDER === undefined ? undefined : resolve(data.LINLI_ARCHIVE_FOLDER),
    ...(data.LINLI_FAILPOINT ? { failpoint: data.LINLI_FAILPOINT } : {}),
    unknown: Object.keys(given).filter((name) => name.startsWith('LINLI_') && !isKnown(name)),
  };
}

const smtpPorts = { starttls: 587, tls: 465, none: 25 } as const;

function smtpOf(data: z.infer<typeof ownVariables>): SmtpTarget | undefined {
  const { LINLI_SMTP_HOST: host, LINLI_SMTP_FROM: from, LINLI_SMTP_TLS: tls } = data;
  if (host === undefined) return undefined;
  if (from === undefined) throw new ConfigError('LINLI_SMTP_FROM is missing: mail needs a sender');
  const [user, password] = [data.LINLI_SMTP_USER, data.LINLI_SMTP_PASSWORD];
  return { host, from, tls, user, password, port: data.LINLI_SMTP_PORT ?? smtpPorts[tls] };
}

/** Temporal's own variables and file, read by Temporal's own library. */
function readTemporal(given: Record<string, string>): TemporalTarget {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given });
    return { connectionOptions, namespace: namespace ?? 'default' };
  } catch (error) {
    throw new ConfigError(`TEMPORAL_…: ${error instanceof Error ? error.message : error}`);
  }
}

function dropEmpty(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

/** The single sign-on; throws when it is named in part. */
function ssoOf(data: z.infer<typeof ownVariables>): SingleSignOn | undefined {
  const { LINLI_SSO_ISSUER: issuer, LINLI_SSO_CLIENT_ID: clientId, LINLI_SSO_CLIENT_SECRET: clientSecret } = data;
  if (issuer === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined)
    throw new ConfigError(
      'LINLI_SSO_ISSUER is set: LINLI_SSO_CLIENT_ID and LINLI_SSO_CLIENT_SECRET are needed as well',
    );
  return { issuer, clientId, clientSecret, name: data.LINLI_SSO_NAME };
}

function withSecretsFromFiles(given: Record<string, string>): Record<string, string> {
  const found = { ...given };
  for (const name of secretVariables) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) throw new ConfigError(`${name} and ${name}_FILE are both set: keep one`);
    try {
      found[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new ConfigError(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  return found;
}

function isKnown(name: string): boolean {
  return (
    name in ownVariables.shape ||
    setupVariables.includes(name) ||
    secretVariables.some((secret) => name === `${secret}_FILE`)
  );
}

function defaultDataDir(): string {
  // the server of PostgreSQL does not run as root, and another user cannot enter root's home
  return process.getuid?.() === 0 ? '/var/lib/linli' : join(homedir(), '.local/share/linli');
}
