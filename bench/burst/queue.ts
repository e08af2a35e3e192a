// A plain job queue, a process of its own: reads its set-up from standard input, prints `ready`, works until SIGTERM.
import { run } from 'graphile-worker';
import { connect } from '../../db/client.ts';
import { COMMIT_ROW, QUEUE_CONCURRENCY, type QueueSetup } from './names.ts';

const parts: Buffer[] = [];
for await (const part of process.stdin) parts.push(part as Buffer);
const { databaseUrl } = JSON.parse(Buffer.concat(parts).toString('utf8')) as QueueSetup;

const sql = connect(databaseUrl, { max: QUEUE_CONCURRENCY, name: 'bench queue' });
await sql`CREATE TABLE IF NOT EXISTS stored (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL DEFAULT now())`;
const runner = await run({
  connectionString: databaseUrl,
  concurrency: QUEUE_CONCURRENCY,
  pollInterval: 100,
  noHandleSignals: true,
  taskList: {
    [COMMIT_ROW]: async (payload) => {
      await sql`INSERT INTO stored (text) VALUES (${(payload as { text: string }).text})`;
    },
  },
});
process.once('SIGTERM', () => void runner.stop());
process.stdout.write('ready\n');
await runner.promise;
await sql.end();
