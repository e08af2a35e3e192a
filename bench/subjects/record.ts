import { join } from 'node:path';
import { proveEvent, proveHead } from '../../door/log/proofs.ts';
import { verifyLog } from '../../door/log/verify.ts';
import { verify } from '../../door/verify.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import type { Bench, Subject } from '../context.ts';
import { quantile } from '../numbers.ts';
import { chainSides, forgeRates } from '../record/chain-sides.ts';
import { runDossier } from '../record/dossiers.ts';
import { type RecordGround, recordGround } from '../record/ground.ts';
import { type LogRun, logRun } from '../record/log-run.ts';
import { type Line, line } from '../report.ts';
import { measure, rateOf } from '../rounds.ts';

const CLIENTS = 8;
const SMALL = 500;
/** Cases as large as the large one that fill the log. */
const LARGE_CASES = 5;

/** What proving costs: the chain an event, the log and its checkpoints, verifying, and dossiers small and large. */
export const record: Subject = {
  about:
    'the chain with and without, the log, verifying, dossiers of 500 and of 20,000 events (--n), a checkpoint at five times as many',
  byName: true,
  async run(bench) {
    const large = bench.n ?? 20_000;
    const ground = await recordGround(bench.installation.databaseUrl);
    const log = logRun(ground.sql);
    const folder = makeTestFolder('bench-record');
    try {
      const chained = await chainLines(bench, ground);
      const [small, more] = [await ground.open(SMALL), await ground.open(1)];
      await log.append();
      const first = await afterMore(ground, log, more);
      bench.say(`record: ${LARGE_CASES} cases of ${large} events …`);
      const cases: string[] = [];
      const begun = performance.now();
      for (let n = 0; n < LARGE_CASES; n++) cases.push(await ground.open(large));
      const tookMs = performance.now() - begun;
      const events = LARGE_CASES * large;
      const imported = line(
        'record.import',
        (events / tookMs) * 1_000,
        0,
        'events/s',
        events,
        'a history from paper through the door, a thousand entries an act',
      );
      return [
        ...chained,
        imported,
        ...(await logLines(ground, log, { more, first })),
        ...(await verifyLines(bench, ground, { small, large: cases[0]! })),
        ...(await dossierLines(bench, ground, { small, large: cases[0]!, folder })),
      ];
    } finally {
      removeTestFolder(folder);
      await log.end();
      await ground.close();
    }
  },
};

async function chainLines(bench: Bench, ground: RecordGround): Promise<Line[]> {
  bench.say(`record: ${CLIENTS} clients with a case each, an event a commit …`);
  const inClear = await recordGround(bench.installation.databaseUrl, { clear: true });
  const { sides, close } = await chainSides(ground, inClear, CLIENTS);
  try {
    const results = await measure(sides, {
      clients: CLIENTS,
      rounds: bench.rounds,
      roundMs: (bench.seconds * 1_000) / bench.rounds,
    });
    const [door, clear, sealedOnes, chained, plain] = ['door', 'clear', 'sealed', 'chained', 'plain'].map(
      (name) => results.get(name)!,
    );
    const n = chained!.latenciesMs.length;
    const p50 = (of: typeof door) => quantile(of!.latenciesMs, 0.5);
    const { chained: forged, sealed, plain: written } = forgeRates(2_000);
    return [
      line(
        'record.chain',
        rateOf(chained!),
        rateOf(plain!),
        'events/s',
        n,
        'an event with chain, salt and commitment against the same without, a commit each',
      ),
      line('record.chain.p50', p50(chained), p50(plain), 'ms', n, 'the same'),
      line(
        'record.chain.act',
        rateOf(door!),
        rateOf(chained!),
        'a second',
        door!.latenciesMs.length,
        'whole acts by the door against their event alone',
      ),
      line(
        'record.seal.act',
        rateOf(door!),
        rateOf(clear!),
        'a second',
        door!.latenciesMs.length,
        'whole acts by the door, encrypted against in clear',
      ),
      line('record.seal.act.p50', p50(door), p50(clear), 'ms', door!.latenciesMs.length, 'the same'),
      line(
        'record.seal.event',
        rateOf(sealedOnes!),
        rateOf(chained!),
        'events/s',
        sealedOnes!.latenciesMs.length,
        'an event with chain, encrypted against in clear, a commit each',
      ),
      line(
        'record.sealed',
        rateOf(sealedOnes!),
        rateOf(plain!),
        'events/s',
        sealedOnes!.latenciesMs.length,
        'an event with chain and encryption together against the same with neither, a commit each',
      ),
      line('record.sealed.p50', p50(sealedOnes), p50(plain), 'ms', sealedOnes!.latenciesMs.length, 'the same'),
      line(
        'record.forge',
        forged,
        written,
        'events/s',
        0,
        'making an event in one thread: hashed and canonical against plain JSON',
      ),
      line(
        'record.seal',
        sealed,
        forged,
        'events/s',
        0,
        'making an event in one thread: hashed, canonical and encrypted against hashed and canonical alone',
      ),
    ];
  } finally {
    await close();
    await inClear.close();
  }
}

/** A checkpoint over what is there, a thousand events more, and the checkpoint after those. */
async function afterMore(ground: RecordGround, log: LogRun, caseId: string) {
  await log.checkpoint();
  await ground.bring(caseId, 1_000);
  await log.append();
  return log.checkpoint();
}

async function logLines(
  ground: RecordGround,
  log: LogRun,
  { more, first }: { readonly more: string; readonly first: { readonly size: number; readonly ms: number } },
): Promise<Line[]> {
  const { events, ms } = await log.append();
  const last = await afterMore(ground, log, more);
  return [
    line(
      'record.log',
      (events / ms) * 1_000,
      0,
      'events/s',
      events,
      'events entered into the log of all events, a thousand a transaction',
    ),
    line(
      'record.checkpoint',
      last.ms,
      first.ms,
      'ms',
      1,
      `one checkpoint after 1,000 more events: of ${last.size} events against ${first.size}`,
    ),
  ];
}

async function verifyLines(
  { say }: Bench,
  { sql }: RecordGround,
  { small, large: caseId }: { readonly small: string; readonly large: string },
): Promise<Line[]> {
  say('record: verifying a case against the database …');
  const timed = async <T extends { readonly findings: readonly { readonly what: string }[] }>(
    prove: () => Promise<T>,
  ) => {
    const begun = performance.now();
    const proof = await prove();
    if (proof.findings[0]) throw new Error(`The record does not hold: ${proof.findings[0].what}`);
    return { proof, ms: performance.now() - begun };
  };
  const { proof, ms: verifiedMs } = await timed(() => verify(sql, { caseId }));
  // the second time: what is read once for a process is read
  await timed(() => verify(sql, { caseId: small }));
  const few = await timed(() => verify(sql, { caseId: small }));
  say('record: verifying the log of all events …');
  const log = await timed(() => verifyLog(sql));
  const proved = await proveHead(sql, small);
  const event = await proveEvent(sql, small, 1);
  if (!proved || !event) throw new Error('No checkpoint covers the small case.');
  const readAt = performance.now();
  let after = 0;
  for (let rows: { seq: number }[] = []; ; after = rows.at(-1)!.seq) {
    rows = await sql<{ seq: number }[]>`
      SELECT seq, header, hash, payload FROM events WHERE case_id = ${caseId} AND seq > ${after} ORDER BY seq LIMIT 500`;
    if (rows.length === 0) break;
  }
  const readMs = performance.now() - readAt;
  const { events } = proof.checked;
  const rate = (ms: number) => (events / ms) * 1_000;
  return [
    line(
      'record.verify',
      rate(verifiedMs),
      rate(readMs),
      'events/s',
      events,
      'chain, log, proofs, state, read models and books of a case against reading its rows',
    ),
    line('record.verify.small', few.ms, 0, 'ms', 1, `the same of one case of ${few.proof.checked.events} events`),
    line(
      'record.log.verify',
      (log.proof.checked.logged / log.ms) * 1_000,
      0,
      'events/s',
      log.proof.checked.logged,
      'the whole log: leaves, subtrees, heads and checkpoints',
    ),
    line(
      'record.proof.head',
      JSON.stringify(proved).length,
      0,
      'bytes',
      1,
      'the proof of where a chain ended, with the signed checkpoint',
    ),
    line(
      'record.proof.event',
      JSON.stringify(event).length,
      0,
      'bytes',
      1,
      `the proof that one event is among ${log.proof.checked.logged}, with the signed checkpoint`,
    ),
  ];
}

async function dossierLines(
  { say }: Bench,
  { url }: RecordGround,
  { small, large, folder }: { readonly small: string; readonly large: string; readonly folder: string },
): Promise<Line[]> {
  say('record: dossiers, made and verified in processes of their own …');
  const few = await runDossier(url, small, join(folder, 'small.zip'));
  const many = await runDossier(url, large, join(folder, 'large.zip'));
  const note = 'the large dossier against the small one';
  const both = (name: string, unit: string, of: (run: typeof few) => number | undefined): Line[] => {
    const [ours, reference] = [of(many), of(few)];
    return ours === undefined || reference === undefined
      ? []
      : [line(`record.dossier.${name}`, ours, reference, unit, 1, note)];
  };
  return [
    ...both('size', 'MiB', ({ bytes }) => bytes / 2 ** 20),
    ...both('make', 'ms', ({ made }) => made.ms),
    ...both('make.memory', 'MiB', ({ made }) => made.mib),
    ...both('verify', 'ms', ({ verified }) => verified.ms),
    ...both('verify.memory', 'MiB', ({ verified }) => verified.mib),
    ...both('second', 'ms', ({ second }) => second?.ms),
    ...both('second.memory', 'MiB', ({ second }) => second?.mib),
  ];
}
