import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dossierOf } from '../../api/dossier/build.ts';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import { recordMove, writeDeparture } from '../../bin/move/depart.ts';
import { withOpened } from '../../bin/move/sealed-file.ts';
import { takeIn } from '../../bin/move/take-in.ts';
import { SealProblem } from '../../bin/seal.ts';
import { verifyBooks } from '../../db/books-verify.ts';
import { casesToChase } from '../../db/queries/book-chases.ts';
import { createTransactions } from '../../db/transactions.ts';
import { countLot, drawing } from '../../door/count-lot.ts';
import { createDeliveries } from '../../door/deliveries.ts';
import { engine } from '../../door/engine.ts';
import { dataKeys } from '../../door/keys/data-keys.ts';
import { insertKey } from '../../door/open.ts';
import { rebuildCase } from '../../door/rebuild.ts';
import { verify } from '../../door/verify.ts';
import { noteVerifier, verifierText } from '../../engine/record/note.ts';
import { manifestOf, mutantOf, packed, partsOf } from '../dossier/mutate.ts';
import { askPython } from '../dossier/python.ts';
import { writeDossier } from '../dossier/story.ts';
import { overClearEvents } from '../support/clear-events.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { testYearlyKeys } from '../support/keyring.ts';
import { type House, handedAway, log, map, passphrase, setHouse, signAll } from './houses.ts';

let folder: string;
let house: House;
let away: Awaited<ReturnType<typeof handedAway>>;
/** The dossier out of the file. */
let path: string;
const wish = { unit: 'north', by: 'q-n-director', map };

beforeAll(async () => {
  folder = makeTestFolder('move');
  house = await setHouse();
  away = await handedAway(folder, house.installation);
  path = join(folder, 'opened.zip');
  await withOpened(away.file, passphrase, async (opened) => copyFileSync(opened, path));
}, 240_000);
afterAll(async () => {
  await away?.scene.close();
  await house?.close();
  removeTestFolder(folder);
}, 120_000);

const take = (more: Partial<Parameters<typeof takeIn>[0]> = {}, where: Partial<typeof wish> = {}) =>
  takeIn({ sql: house.sql, path, key: away.key, unproven: false, write: true, ...more }, { ...wish, ...where });

test('a case handed away stands still here, and its file is secret and proved', async () => {
  const { scene, caseId, file, departure } = away;
  expect(departure.proved).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file).includes('周小燕')).toBe(false);
  const answer = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, {
    type: 'note.add',
    data: { text: '好' },
  });
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('CASE_AWAY')]);
  const [row] = await scene.sql`SELECT wake_at, next_due FROM cases WHERE case_id = ${caseId}`;
  expect(row).toEqual({ wake_at: null, next_due: null });
  const again = { type: 'case.handAway', data: { to: 'another', by: 'p-director' }, reason: '再移送' } as const;
  expect((await recordMove({ sql: scene.sql, log }, caseId, again))?.code).toBe('CASE_AWAY');
  const wrong = { type: 'case.takeBack', data: { by: 'p-caseworker' }, reason: '收回' } as const;
  expect((await recordMove({ sql: scene.sql, log }, caseId, wrong))?.code).toBe('FORBIDDEN');
  expect((await verify(scene.sql)).findings).toEqual([]);
  // nobody is reminded of it, no keeper is chased, and nothing is brought into it
  const tomorrow = { now: Date.now() + 86_400_000 };
  const deliveries = createDeliveries({ sql: scene.worker, now: async () => new Date(tomorrow.now).toISOString() });
  const lookAgain = async () => {
    for (let n = 0; n < 5; n += 1) await deliveries.turn();
  };
  await lookAgain();
  const brought = () => scene.sql`SELECT FROM delivery_messages d JOIN messages m ON m.id = d.message_id
    WHERE m.case_id = ${caseId}`;
  const first = (await brought()).length;
  expect(first).toBeGreaterThan(0);
  tomorrow.now += 7 * 86_400_000;
  await lookAgain();
  expect(await brought()).toHaveLength(first);
  const year = new Date(Date.now() + 366 * 86_400_000).toISOString();
  await scene.sql
    .begin(async (tx) => {
      await tx`UPDATE appointments SET until_at = now() WHERE until_at IS NULL`;
      expect((await casesToChase(tx as unknown as typeof scene.sql, year, { after: '', limit: 100 })).found).toEqual(
        [],
      );
      throw new Error('undone');
    })
    .catch((error: Error) => expect(error.message).toBe('undone'));
  const form = new FormData();
  form.set('file', new File([Buffer.from('%PDF-1.4\n%%EOF')], 'a.pdf', { type: 'application/pdf' }));
  const upload = await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, form);
  expect([upload.status, await upload.text()]).toEqual([409, expect.stringContaining('CASE_AWAY')]);
});

test('what does not fit is refused with what is missing, and nothing is kept', async () => {
  const unmapped = await take({}, { map: { posts: {}, people: {}, units: {} } });
  expect(unmapped.came).toBe('unmapped');
  expect(unmapped.lines.filter((line) => line.includes('post community-1-'))).toHaveLength(3);
  const cases: readonly [Parameters<typeof take>, RegExp][] = [
    [[{ key: undefined }], /--trusted-key/],
    [[{ key: noteVerifier(away.key.name, Buffer.alloc(32, 9)) }], /proofs/],
    [[{}, { unit: 'nowhere' }], /no unit nowhere/],
    [[{}, { by: 'q-n-secretary' }], /FORBIDDEN/],
    [[{}, { map: { ...map, posts: { ...map.posts, 'community-1-secretary': 'n-nobody' } } }], /no post n-nobody/],
    [[{}, { map: { ...map, posts: { ...map.posts, 'community-1-supervision-head': 'n-cash' } } }], /ROLES_COLLIDE/],
  ];
  for (const [args, why] of cases) expect((await take(...args)).lines.join('\n')).toMatch(why);
  const dry = await take({ write: false });
  expect([dry.came, dry.lines.at(-1)]).toEqual(['received', expect.stringContaining('nothing was kept')]);
  const other = await takeIn({ sql: away.scene.sql, path, key: away.key, unproven: false, write: true }, wish);
  expect(other.lines.join()).toMatch(/here already/);
  const [left] =
    await house.sql`SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM events) + (SELECT count(*) FROM programs)
    + (SELECT count(*) FROM person.people WHERE id LIKE 'p-%') AS n`;
  expect(left).toEqual({ n: 0 });
}, 120_000);

test('a file that was altered anywhere is refused with the reason', async () => {
  const sealed = readFileSync(away.file);
  for (const at of [40, 5_000, sealed.length - 5]) {
    const altered = Buffer.from(sealed);
    altered[at]! ^= 1;
    const name = join(folder, `altered-${at}`);
    writeFileSync(name, altered);
    await expect(withOpened(name, passphrase, async () => undefined)).rejects.toThrow(SealProblem);
  }
  const parts = partsOf(path, readFileSync(path));
  const refusedWith = async (bytes: Buffer) => {
    writeFileSync(join(folder, 'altered.zip'), bytes);
    const told = await take({ path: join(folder, 'altered.zip') });
    return told.came === 'received' ? 'TAKEN' : told.lines.join('\n');
  };
  // a byte of every file, past the archive
  for (const { path: name } of parts.files.filter(({ path: each }) => !each.endsWith('.csv'))) {
    const files = parts.files.map((file) => {
      if (file.path !== name) return file;
      const bytes = Buffer.from(file.bytes);
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      return { ...file, bytes };
    });
    expect([name, await refusedWith(await packed(files))]).toEqual([
      name,
      expect.stringMatching(/not taken: it does not hold/),
    ]);
  }
  // by somebody who makes the manifest good again
  const kinds = new Map<string, string>();
  for (let n = 0; n < 40; n += 1) {
    const mutant = await mutantOf(parts, 7, n);
    // who has the house's key signs what he likes: a witness of that house alone can tell, and none is asked here
    if (mutant.kind.includes('signed anew by the house')) continue;
    kinds.set(`${mutant.kind} ${n}`, await refusedWith(mutant.bytes));
  }
  expect([...kinds].filter(([, why]) => !why.includes('not taken'))).toEqual([]);
  // duties on the books are bound by the manifest alone: the rules of the database tell
  const duties = parts.files.map((file) => {
    if (file.path !== 'books/book_duties.json') return file;
    const text = Buffer.from(file.bytes).toString('utf8');
    return { ...file, bytes: Buffer.from(text.replaceAll('"p-cash-holder"', '"p-caseworker"')) };
  });
  const csv = duties.filter(({ path: name }) => name !== 'books/book_duties.csv');
  expect(await refusedWith(await packed(csv, manifestOf(parts.files)))).toMatch(/no cash duty/);
  expect(await house.sql`SELECT case_id FROM cases`).toHaveLength(0);
}, 400_000);

test('the case goes on in the other house, whole and proved', async () => {
  const { caseId, scene, key } = away;
  // as after a restore that brought the key of the case back, and not the case
  const { row: old } = dataKeys({ sql: house.sql, yearly: testYearlyKeys }).drawn(caseId, new Date().toISOString());
  await insertKey(house.sql as never, old);
  const told = await take();
  expect(told.lines.join('\n')).toContain(`✓ case ${caseId} goes on here`);
  expect(told.unchecked.map(({ rule }) => rule)).not.toContain('proofs');
  // the same file again gives the same receipt: it may have been lost on the way
  expect(await take()).toMatchObject({ came: 'received', receipt: told.receipt });
  expect(await house.sql`SELECT FROM cases`).toHaveLength(1);
  expect(await house.sql`SELECT id FROM data_keys WHERE owner = ${caseId}`).toEqual([{ id: old.id }]);

  // the mark of what was sent is made with a key of the house, and stays there
  const rowsOf = async (sql: typeof scene.sql, table: string) =>
    (await sql`SELECT * FROM ${sql(table)} WHERE case_id = ${caseId} ORDER BY 1, 2, 3, 4, 5`).map(
      ({ sent_mark: _, ...row }) => row,
    );
  const stored = (sql: typeof scene.sql, upTo: number) =>
    overClearEvents(
      sql,
      (tx) => tx`SELECT seq, encode(header, 'hex') AS header, encode(payload, 'hex') AS payload, hash FROM events
      WHERE case_id = ${caseId} AND seq <= ${upTo} ORDER BY seq`,
    );
  expect(await stored(house.sql, away.departure.seq)).toEqual(await stored(scene.sql, away.departure.seq));
  for (const table of [
    'cash_entries',
    'cash_lines',
    'vouchers',
    'voucher_lines',
    'book_counters',
    'book_documents',
    'documents',
  ])
    expect(await rowsOf(house.sql, table)).toEqual(await rowsOf(scene.sql, table));
  expect(await house.sql`SELECT FROM reminders`).toHaveLength(0);

  await goesOn(caseId);
  const own = await signAll(house.sql, 6);
  await holds(caseId);

  const dossier = await writeDossier(await dossierOf({ sql: house.sql }, caseId), folder, 'onward.zip');
  const verdict = await verifyDossier(dossier, { key: own });
  expect(verdict.findings).toEqual([]);
  expect(verdict.unchecked.filter(({ rule }) => rule === 'chain')[0]?.why[1]).toContain(
    key.name.slice('linli/'.length),
  );
  const second = (await askPython([dossier], ['--key', verifierText(own)]))[0];
  expect(second?.findings).toEqual([]);
  expect(second?.unchecked.map(({ rule }) => rule)).toContain('chain');
  const redacted = await dossierOf({ sql: house.sql }, caseId, { redacted: true });
  const hidden = await writeDossier(redacted, folder, 'onward-redacted.zip');
  expect((await verifyDossier(hidden)).findings).toEqual([]);
  expect((await askPython([hidden]))[0]?.findings).toEqual([]);

  const [, seq, hash, installation] = told.receipt!.split(':');
  const data = { installation, seq: Number(seq), hash };
  // another house's receipt, and one for a file of before the case was last handed away
  for (const wrong of [{ installation: 'somebody' }, { seq: away.departure.seq }])
    expect(
      (await recordMove({ sql: scene.sql, log }, caseId, { type: 'case.depart', data: { ...data, ...wrong } }))?.code,
    ).toBe('INVALID_DATA');
  expect(await recordMove({ sql: scene.sql, log }, caseId, { type: 'case.depart', data })).toBeUndefined();
  const back = { type: 'case.takeBack', data: { by: 'p-director' }, reason: '收回' } as const;
  expect((await recordMove({ sql: scene.sql, log }, caseId, back))?.code).toBe('ALREADY_DONE');
  expect(await scene.sql`SELECT FROM items WHERE case_id = ${caseId} AND state = 'open'`).toHaveLength(0);
  const [row] = await scene.sql`SELECT status FROM cases WHERE case_id = ${caseId}`;
  expect(row).toEqual({ status: 'closed' });
  // what lies unread can be put away now
  const [unread] = await scene.sql<{ id: string }[]>`
    SELECT id FROM messages WHERE case_id = ${caseId} AND post = 'community-1-secretary' AND acknowledged_at IS NULL LIMIT 1`;
  expect((await scene.ask('secretary', 'POST', `/inbox/${unread?.id}/acknowledge`)).status).toBe(200);
  expect((await verify(scene.sql)).findings).toEqual([]);
}, 300_000);

/** Acts, money counted and booked by the new keepers, and a year in which deadlines ring, each once. */
async function goesOn(caseId: string): Promise<void> {
  await house.act('q-n-secretary', caseId, { type: 'note.add', data: { text: '到北社区以后第一次走访' } });
  const channels = Object.fromEntries(
    (
      await house.sql<{ channel: string; fen: number }[]>`
        SELECT channel, balance_fen AS fen FROM book_counters WHERE case_id = ${caseId} AND book = 'earnings' AND side = 'cash' AND period = ''`
    ).map(({ channel, fen }) => [channel, fen]),
  );
  const money = { book: 'earnings', channel: 'cash', direction: 'in', sourceDoc: '北-1', amountFen: 700, text: '笔筒' };
  const early = house.act('q-n-cash', caseId, { type: 'cash.record', data: money });
  await expect(early).rejects.toThrow(/BOOK_FROZEN/);
  for (const side of ['cash', 'ledger'] as const)
    await house.act(side === 'cash' ? 'q-n-cash' : 'q-n-ledger', caseId, {
      type: 'book.handOver',
      data: { book: 'earnings', side, channels, witness: '见证人甲' },
    });
  await house.act('q-n-cash', caseId, { type: 'cash.record', data: money });
  const { text, amountFen, ...entry } = money;
  await house.act('q-n-ledger', caseId, {
    type: 'ledger.record',
    data: { ...entry, lines: [{ text, item: text, quantity: 1, priceFen: amountFen, amountFen }] },
  });
  const before = await house.sql`SELECT FROM rungs WHERE case_id = ${caseId}`;
  house.clock.now = new Date(Date.now() + 200 * 86_400_000).toISOString();
  for (let n = 0; n < 20; n += 1) await house.door.project(caseId);
  const rung = await house.sql<
    { told: unknown; seq: number }[]
  >`SELECT told, seq FROM rungs WHERE case_id = ${caseId} ORDER BY seq`;
  expect(rung.length).toBeGreaterThan(before.length);
  expect(JSON.stringify(rung.filter(({ seq }) => seq > away.departure.seq))).not.toContain('community-1');
}

/** Everything that verifies finds nothing, and rebuilding changes nothing. */
async function holds(caseId: string): Promise<void> {
  const proof = await verify(house.sql);
  expect(proof.findings).toEqual([]);
  const origin = away.key.name.slice('linli/'.length);
  expect(proof.elsewhere).toEqual([{ caseId, installation: origin, from: 1, to: away.departure.seq }]);
  expect((await verifyBooks(house.sql)).findings).toEqual([]);
  const transactions = createTransactions(house.sql, { lanes: 1, deadlineMs: 60_000 });
  const deps = { transactions, engine: drawing(engine, await countLot(house.sql)) };
  expect(await rebuildCase(deps, caseId, false)).toMatchObject({ differences: [] });
  await transactions.end();
}

test('a case that was taken back goes on where it stood, and its file stays what it was', async () => {
  const { scene } = away;
  const caseId = await scene.openApproved();
  const hand = {
    type: 'case.handAway',
    data: { to: house.installation, by: 'p-director' },
    reason: '全家迁走',
  } as const;
  expect(await recordMove({ sql: scene.sql, log }, caseId, hand)).toBeUndefined();
  const file = join(folder, 'back.linli');
  expect((await writeDeparture({ sql: scene.sql }, caseId, { file, passphrase, waitMs: 0 })).proved).toBe(false);
  expect(existsSync(file)).toBe(true);
  const lines = await withOpened(file, passphrase, async (opened) => (await take({ path: opened })).lines.join());
  expect(lines).toMatch(/no signed checkpoint covers/);
  const back = { type: 'case.takeBack', data: { by: 'p-director' }, reason: '不迁了' } as const;
  expect(await recordMove({ sql: scene.sql, log }, caseId, back)).toBeUndefined();
  await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '继续' } });
  const [row] = await scene.sql`SELECT wake_at IS NOT NULL AS clocks FROM cases WHERE case_id = ${caseId}`;
  expect(row).toEqual({ clocks: true });
  const copy = await writeDossier(await dossierOf({ sql: scene.sql }, caseId), folder, 'copy.zip');
  expect((await take({ path: copy, unproven: true })).lines.join()).toMatch(/it was not handed away/);
  expect((await verify(scene.sql)).findings).toEqual([]);
}, 120_000);
