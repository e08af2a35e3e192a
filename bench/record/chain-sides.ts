import { randomBytes, randomUUID } from 'node:crypto';
import { sealValue } from '../../db/sealed.ts';
import { createTransactions, type Tx } from '../../db/transactions.ts';
import { drawSalt, forge } from '../../door/chain.ts';
import type { EventRow } from '../../door/pending.ts';
import { insertEvents } from '../../door/write.ts';
import { actOn, fuleOpening, recorded } from '../../test/support/door.ts';
import type { Side } from '../rounds.ts';
import type { RecordGround } from './ground.ts';

/** Where a client's chain stands. */
interface Standing {
  readonly caseId: string;
  readonly program: string;
  seq: number;
  head: string;
}

/** The sides that tell what the chain costs, and what ends their connections. */
export interface ChainSides {
  readonly sides: readonly Side[];
  close(): Promise<void>;
}

const noteText = '上门走访，送去生活用品，情况良好';

/**
 * Five sides, each with a case of its own a client and a commit a call. `door`: a whole act, `note.add`; `clear`: the same where
 * nothing is encrypted. `sealed`: its event alone, with salt, commitment, header, hash and link, encrypted, into the table whose
 * trigger looks at the link; `chained`: the same in clear. `plain`: the same event without any of that, into a table with the
 * same other columns and the same key.
 */
export async function chainSides(ground: RecordGround, inClear: RecordGround, clients: number): Promise<ChainSides> {
  const { sql, door, installation } = ground;
  const transactions = createTransactions(sql, { lanes: clients });
  const inClearTransactions = createTransactions(inClear.sql, { lanes: clients });
  await makePlainTable(sql);
  const [acted, sealed, chained, plain] = await Promise.all([
    openSome(ground, clients),
    openSome(ground, clients),
    openSome(inClear, clients),
    openSome(ground, clients),
  ]);
  const actedInClear = await openSome(inClear, clients);
  const note = (at: Standing) => actOn(at.caseId, 'note.add', { data: { text: noteText } });
  const key = { id: 'bench.00000000', secret: randomBytes(32) };
  const write = (statement: (tx: Tx) => PromiseLike<unknown>, over = transactions) =>
    over.run(async (tx) => void (await Promise.all([statement(tx), tx.commit()])));
  const insertNext = async (at: Standing, sealedWith: typeof key | undefined): Promise<void> => {
    const row = chainedEvent(at, sealedWith ? installation : inClear.installation);
    await write((tx) => insertEvents(tx, [row], () => sealedWith), sealedWith ? transactions : inClearTransactions);
    at.seq = row.seq;
    at.head = row.hash;
  };
  const sides: Side[] = [
    {
      name: 'door',
      async call(client) {
        recorded(await door.act(note(acted[client]!)));
      },
    },
    {
      name: 'clear',
      async call(client) {
        recorded(await inClear.door.act(note(actedInClear[client]!)));
      },
    },
    { name: 'sealed', call: (client) => insertNext(sealed[client]!, key) },
    { name: 'chained', call: (client) => insertNext(chained[client]!, undefined) },
    {
      name: 'plain',
      async call(client) {
        const at = plain[client]!;
        const { about, data } = saidBy(at, installation);
        at.seq += 1;
        const row = { ...columnsOf(about), payload: JSON.stringify({ data }) };
        await write((tx) => insertPlain(tx, row));
      },
    },
  ];
  return { sides, close: async () => void (await Promise.all([transactions.end(), inClearTransactions.end()])) };
}

/** How many events a second one thread makes: the processor's part of the cost. */
export interface ForgeRates {
  /** Hashed and canonical. */
  readonly chained: number;
  /** The same, the payload encrypted with the key of its case besides. */
  readonly sealed: number;
  /** As plain JSON. */
  readonly plain: number;
}

/** Measures each for so long. */
export function forgeRates(milliseconds: number): ForgeRates {
  const at: Standing = { caseId: randomUUID(), program: '0'.repeat(64), seq: 0, head: '0'.repeat(64) };
  const installation = randomUUID();
  const rate = (make: () => void): number => {
    const begun = performance.now();
    let n = 0;
    for (; performance.now() - begun < milliseconds; n++) make();
    return (n / (performance.now() - begun)) * 1_000;
  };
  const chained = rate(() => {
    const { seq, hash } = chainedEvent(at, installation);
    at.seq = seq;
    at.head = hash;
  });
  const key = { id: `${at.caseId}.00000000`, secret: randomBytes(32) };
  const sealed = rate(() => {
    const { seq, hash, payload } = chainedEvent(at, installation);
    sealValue(key, ['events.payload', at.caseId, seq], payload);
    at.seq = seq;
    at.head = hash;
  });
  const plain = rate(() => {
    const { about, data } = saidBy(at, installation);
    at.seq += 1;
    JSON.stringify({ ...columnsOf(about), payload: { data } });
  });
  return { chained, sealed, plain };
}

async function openSome({ door, sql }: RecordGround, n: number): Promise<Standing[]> {
  const opened = await Promise.all(Array.from({ length: n }, async () => recorded(await door.open(fuleOpening()))));
  const ids = opened.map(({ case: { caseId } }) => caseId);
  const rows = await sql<Standing[]>`
    SELECT case_id AS "caseId", program_hash AS program, seq, head FROM cases
    WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))`;
  return [...rows];
}

function saidBy({ caseId, program, seq, head }: Standing, installation: string) {
  const now = new Date().toISOString();
  const about = {
    ...{ installation, case: caseId, seq: seq + 1, type: 'note.added', recordedAt: now, occurredAt: now },
    actor: { kind: 'person', id: 'p-caseworker', post: null },
    ...{ actId: randomUUID(), program, keyId: null, prev: head },
  };
  return { about, data: { text: noteText } };
}

type About = ReturnType<typeof saidBy>['about'];

function columnsOf({ case: case_id, seq, type, recordedAt, occurredAt, actor, actId, program }: About) {
  return {
    ...{ case_id, seq, type, recorded_at: recordedAt, occurred_at: occurredAt },
    ...{ actor_kind: actor.kind, actor_id: actor.id, actor_post: actor.post, act_id: actId, program_hash: program },
  };
}

function chainedEvent(at: Standing, installation: string): EventRow {
  const { about, data } = saidBy(at, installation);
  return { ...columnsOf(about), ...forge(about, data, drawSalt()), prev: about.prev };
}

async function makePlainTable(sql: RecordGround['sql']): Promise<void> {
  await sql`CREATE SCHEMA bench_bare`;
  await sql`CREATE TABLE bench_bare.events (case_id text, seq bigint, type text, payload bytea, recorded_at timestamptz, occurred_at timestamptz,
    actor_kind text, actor_id text, actor_post text, act_id text, program_hash text, PRIMARY KEY (case_id, seq))`;
}

function insertPlain(tx: Tx, row: object): PromiseLike<unknown> {
  return tx`
    INSERT INTO bench_bare.events SELECT case_id, seq, type, convert_to(payload, 'UTF8'), recorded_at, occurred_at, actor_kind, actor_id,
      actor_post, act_id, program_hash
    FROM json_to_recordset(${JSON.stringify([row])}::text::json) AS r (case_id text, seq bigint, type text, payload text,
      recorded_at timestamptz, occurred_at timestamptz, actor_kind text, actor_id text, actor_post text, act_id text, program_hash text)`;
}
