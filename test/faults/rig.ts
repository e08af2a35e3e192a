import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { clientConverter } from '../../activities/data-converter.ts';
import { readConfig } from '../../bin/config.ts';
import { openKeys } from '../../bin/keys.ts';
import { freePort } from '../../bin/platform/ports.ts';
import { type RunningPostgres, startPostgres } from '../../bin/platform/postgres.ts';
import { signalProcess, waitUntilGone } from '../../bin/platform/processes.ts';
import { type RunningTemporal, startTemporal } from '../../bin/platform/temporal.ts';
import { connect, type Sql } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { type DemoKey, seedDemo } from '../../door/demo.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { silentLog } from '../support/quiet.ts';
import { clockAhead } from './clock-ahead.ts';
import { type Part, startPart } from './processes.ts';

/** Servers of ours that can be killed. */
export type Server = 'postgres' | 'temporal';

/** A stretch of time in which something was broken on purpose, in milliseconds of `performance.now()`. */
export interface FaultWindow {
  readonly from: number;
  to: number;
}

/** What differs from the production of our documents. */
interface HowToBuild {
  /** Since when people of the demonstration hold their posts. Default: its own. */
  readonly demoFrom?: string;
  /** Variables of every part and command besides; `folder`: that of its data. */
  readonly environment?: (folder: string) => Readonly<Record<string, string>>;
}

/** How a part differs from the others. */
interface HowToStart {
  readonly failpoint?: string;
  readonly folder?: string;
  readonly offMs?: number;
}

/** After the last part is back its neighbours may need so long to find out: their pauses between tries. */
const recoveryMs = 5_000;
/** Temporal suggests a new run after so many events: with acts folded into few wakes, seams still come every few seconds. */
const seamEvery = 60;

/**
 * Linli as it runs in production, each part a process of its own: PostgreSQL with its durable settings, Temporal on a
 * file, any number of `linli api` and `linli worker`. Every part can be killed, stopped and started again by itself.
 */
export class Rig {
  readonly dataDir: string;
  readonly windows: FaultWindow[] = [];
  readonly #parts = new Map<string, Part>();
  readonly #ports = new Map<string, number>();
  #database: string | undefined;
  #postgres: RunningPostgres;
  #temporal: RunningTemporal;
  readonly sql: Sql;
  readonly keys: readonly DemoKey[];
  readonly #besides: Readonly<Record<string, string>>;

  private constructor(
    dataDir: string,
    servers: [RunningPostgres, RunningTemporal],
    sql: Sql,
    keys: readonly DemoKey[],
    besides: Readonly<Record<string, string>>,
  ) {
    this.dataDir = dataDir;
    this.#besides = besides;
    [this.#postgres, this.#temporal] = servers;
    this.sql = sql;
    this.keys = keys;
  }

  /** Starts the servers on empty folders, with the demonstration's organisation; no API and no worker yet. */
  static async build({ demoFrom, environment = () => ({}) }: HowToBuild = {}): Promise<Rig> {
    const dataDir = makeTestFolder('faults');
    const [postgres, temporal] = await Promise.all([startPostgres({ dataDir, log: silentLog }), temporalOn(dataDir)]);
    await migrate(postgres.url);
    const sql = connect(postgres.url, { max: 4, name: 'oracle', statementTimeoutMs: 60_000 });
    const demo = await seedDemo(sql, undefined, demoFrom);
    if (!demo) throw new Error('the database was not empty');
    mkdirSync(join(dataDir, 'parts'));
    return new Rig(dataDir, [postgres, temporal], sql, demo.keys, environment(dataDir));
  }

  /** Addresses of the APIs that were started and not ended for good, stopped and killed ones included. */
  get urls(): string[] {
    return [...this.#parts.values()].map(({ url }) => url).filter(Boolean);
  }

  get databaseUrl(): string {
    return this.#database ?? this.#postgres.url;
  }

  get temporalAddress(): string {
    return this.#temporal.address;
  }

  /** Parts that are started from now on use another database of the server. */
  useDatabase(url: string): void {
    this.#database = url;
  }

  /** The variables of every part, and of commands beside them. */
  get environment(): Readonly<Record<string, string>> {
    return {
      DATABASE_URL: this.databaseUrl,
      TEMPORAL_ADDRESS: this.#temporal.address,
      LINLI_DATA: this.dataDir,
      LINLI_REQUESTS_PER_MINUTE: '10000000',
      LINLI_PLUGINS: ['drill.ts', '../support/burst-program.ts']
        .map((file) => pathToFileURL(join(import.meta.dirname, file)).href)
        .join(','),
      ...this.#besides,
    };
  }

  keyOf(role: string): DemoKey {
    const key = this.keys.find((each) => each.role === role && each.unit === 'community-1');
    if (!key) throw new Error(`the demonstration has no key for ${role}`);
    return key;
  }

  part(name: string): Part {
    const part = this.#parts.get(name);
    if (!part) throw new Error(`there is no ${name}`);
    return part;
  }

  /**
   * Starts an API or a worker; `api 2` is a second one. It comes back at its address. `failpoint`: see bin/failpoint.ts.
   * `offMs`: its clock is so far ahead.
   */
  async start(name: string, { failpoint, folder, offMs }: HowToStart = {}): Promise<Part> {
    const kind = name.startsWith('api') ? 'api' : 'worker';
    const port = this.#ports.get(name) ?? (await freePort());
    this.#ports.set(name, port);
    const part = await startPart({
      ...{ name, kind, logFile: this.logOf(name), title: join(this.dataDir, name) },
      ...(folder ? { folder } : {}),
      environment: {
        ...this.environment,
        LINLI_PORT: String(port),
        ...(failpoint ? { LINLI_FAILPOINT: failpoint } : {}),
        ...(offMs === undefined ? {} : { NODE_OPTIONS: clockAhead(offMs) }),
      },
    });
    this.#parts.set(name, part);
    return part;
  }

  /** Ends a part for good, in order. */
  async end(name: string): Promise<void> {
    await this.#parts.get(name)?.stop();
    this.#parts.delete(name);
  }

  /** Every API and worker of these names runs, and the servers do; others are ended. */
  async standUp(...names: string[]): Promise<void> {
    await this.startServer('postgres');
    await this.startServer('temporal');
    for (const name of [...this.#parts.keys()]) if (!names.includes(name)) await this.end(name);
    for (const name of names) if (!this.#parts.get(name)?.lives()) await this.start(name);
  }

  async killServer(server: Server): Promise<void> {
    const { pid } = server === 'postgres' ? this.#postgres : this.#temporal;
    signalProcess(pid, 'SIGKILL');
    await waitUntilGone(pid, 10_000);
  }

  /** Starts a server again at its address; one that runs is left as it is. */
  async startServer(server: Server): Promise<void> {
    if (server === 'postgres') {
      this.#postgres = await startPostgres({ dataDir: this.dataDir, log: silentLog, port: this.#postgres.port });
    } else {
      this.#temporal = await temporalOn(this.dataDir, Number(this.#temporal.address.split(':')[1]));
    }
  }

  /** Marks the time from now until the work is done, and what parts need to recover, as one in which requests may fail. */
  async fault<T>(work: () => Promise<T>): Promise<T> {
    const window = { from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.windows.push(window);
    try {
      return await work();
    } finally {
      window.to = performance.now() + recoveryMs;
    }
  }

  /** Opens the keys of the parts; `sql` reads with them from then on. */
  openKeys(): ReturnType<typeof openKeys> {
    return openKeys(readConfig({ LINLI_DATA: this.dataDir, DATABASE_URL: this.#postgres.url }), this.sql);
  }

  /** Does something with a Temporal client of its own. */
  async withTemporal<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: this.#temporal.address, connectTimeout: 10_000 });
    try {
      const dataConverter = clientConverter(await this.openKeys());
      return await work(new Client({ connection, namespace: this.#temporal.namespace, dataConverter }));
    } finally {
      await connection.close();
    }
  }

  logOf(name: string): string {
    return join(this.dataDir, 'parts', `${name.replaceAll(' ', '-')}.log`);
  }

  /** Alarms and errors that the parts logged, with how often each came; for a look after a failure. */
  troubles(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const name of this.#ports.keys()) {
      for (const line of readFileSync(this.logOf(name), 'utf8').split('\n')) {
        if (!line.startsWith('{')) continue;
        const { level, msg, alarm, reason } = JSON.parse(line) as Record<string, string>;
        if (Number(level) < 40) continue;
        const said = `${name}: ${alarm ? `${alarm} ` : ''}${msg}${reason ? `: ${reason.slice(0, 100)}` : ''}`;
        const what = said.replaceAll(/[0-9a-f-]{36}(:\d+)*/g, '…');
        counts[what] = (counts[what] ?? 0) + 1;
      }
    }
    return counts;
  }

  async close(): Promise<void> {
    for (const part of this.#parts.values()) await part.kill();
    await this.sql.end({ timeout: 5 });
    await Promise.all([this.#temporal.stop(), this.#postgres.stop()]);
    removeTestFolder(this.dataDir);
  }
}

function temporalOn(dataDir: string, port?: number): Promise<RunningTemporal> {
  return startTemporal({
    ...{ dataDir, log: silentLog, headless: true },
    ...(port === undefined ? {} : { port }),
    extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${seamEvery}`],
  });
}
