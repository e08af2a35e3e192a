import { appendFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signCheckpoint } from '../../engine/record/checkpoint.ts';
import { consistencySpans, leafHash, readRoot, readSpans } from '../../engine/record/merkle.ts';
import { readerOver, someLeaves } from '../../engine/record/naive.fixture.ts';
import { type NoteSigner, noteSigner, privateKeyOf, verifierText } from '../../engine/record/note.ts';
import { removeTestFolder } from '../../test/support/folders.ts';
import { readWitness } from './folder.ts';
import { runWitness, type WitnessOptions } from './run.ts';

const signer = (n: number, name = 'linli/x') => noteSigner(name, privateKeyOf(Buffer.alloc(32, n)));

/** A log that can be told to lie: over real HTTP, signed with real keys. */
class Liar {
  leaves = someLeaves(400);
  signers: NoteSigner[] = [signer(1)];
  origin = 'linli/x';
  notes: { number: number; size: number; note: string }[] = [];
  failing = false;
  proving: (from: number, to: number) => Promise<string[] | undefined> = async (from, to) =>
    (await readSpans(consistencySpans(from, to), readerOver(this.leaves))).map((hash) =>
      Buffer.from(hash).toString('hex'),
    );
  #minute = 0;
  /** Signs a tree of that size, some minutes later. */
  async sign(
    size: number,
    { heads = 'h', nextKey, minutes = 1 }: { heads?: string; nextKey?: string; minutes?: number } = {},
  ) {
    this.#minute += minutes;
    const at = new Date(Date.parse('2026-11-22T00:00:00Z') + this.#minute * 60_000).toISOString();
    const root = await readRoot(size, readerOver(this.leaves.slice(0, size)));
    const checkpoint = { origin: this.origin, size, root, heads: { count: 3, root: leafHash(Buffer.from(heads)) }, at };
    const note = signCheckpoint({ ...checkpoint, ...(nextKey ? { nextKey } : {}) }, this.signers);
    this.notes.push({ number: this.notes.length + 1, size, note });
  }
  async answer(url: URL): Promise<[number, object]> {
    const { searchParams: query, pathname } = url;
    if (this.failing) return [503, { detail: 'not now' }];
    if (pathname.endsWith('/consistency')) {
      const path = await this.proving(Number(query.get('from')), Number(query.get('to')));
      return path ? [200, { path }] : [404, { detail: 'none' }];
    }
    const after = query.get('after');
    const items =
      after === null ? this.notes.slice(-1) : this.notes.filter(({ number }) => number > Number(after)).slice(0, 100);
    const keys = this.signers.map((each) => ({ key: verifierText(each) }));
    return [200, { origin: this.origin, keys, latest: this.notes.at(-1) ?? null, items }];
  }
}

let liar: Liar;
let server: Server;
let url: string;
let folder: string;
let said: string[];
beforeEach(async () => {
  liar = new Liar();
  said = [];
  folder = mkdtempSync(join(tmpdir(), 'linli-witness-'));
  server = createServer(async (request, response) => {
    const [status, body] = await liar.answer(new URL(request.url!, 'http://x'));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  removeTestFolder(folder);
});

const look = (options: Partial<WitnessOptions> = {}) =>
  runWitness({
    ...{ url, folder, once: true, say: (line) => said.push(line), now: () => new Date('2026-11-22T06:00:00Z') },
    ...options,
  });
const evidence = () =>
  readdirSync(folder)
    .filter((name) => name.startsWith('evidence'))
    .map(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { wrong: string; kept: object; seen: object },
    );
const kept = () => readWitness(folder).notes.length;

/** Has kept an honest checkpoint of 100 events. */
async function begun(): Promise<void> {
  await liar.sign(100);
  expect(await look()).toBe(0);
}

test('keeps every checkpoint of a log that grows, each proved to follow the one before', async () => {
  await begun();
  for (const size of [101, 128, 129, 200, 200, 399]) await liar.sign(size);
  expect(await look()).toBe(0);
  expect(await look()).toBe(0);
  const { notes, keys } = readWitness(folder);
  expect(notes.map(({ note }) => note)).toEqual(liar.notes.map(({ note }) => note));
  expect(notes[1]!.path.length).toBeGreaterThan(3);
  expect(keys).toMatchObject([{ why: 'first', key: verifierText(signer(1)) }]);
  expect(evidence()).toEqual([]);
});

test('fetches page after page what it has missed', async () => {
  await begun();
  for (let size = 101; size <= 220; size += 1) await liar.sign(size);
  expect(await look()).toBe(0);
  expect(kept()).toBe(121);
}, 60_000);

const lies: [name: string, wrong: string, lie: (liar: Liar) => Promise<void>][] = [
  ['a log rolled back', 'rollback', async (l) => l.sign(60)],
  [
    'a log rolled back, its later checkpoints taken away',
    'rollback',
    async (l) => {
      l.notes.pop();
      await l.sign(60);
    },
  ],
  [
    'two logs of one size',
    'fork',
    async (l) => {
      l.leaves[50] = Buffer.from('rewritten');
      await l.sign(100);
    },
  ],
  ['two sets of heads of one size', 'fork', async (l) => l.sign(100, { heads: 'a case has vanished' })],
  [
    'a history rewritten and signed anew with the same key',
    'rewritten',
    async (l) => {
      l.leaves[50] = Buffer.from('rewritten');
      await l.sign(150);
    },
  ],
  [
    'a history rewritten, proved with what was before',
    'rewritten',
    async (l) => {
      const honest = someLeaves(400);
      l.leaves[99] = Buffer.from('rewritten');
      l.proving = async (from, to) =>
        (await readSpans(consistencySpans(from, to), readerOver(honest))).map((hash) =>
          Buffer.from(hash).toString('hex'),
        );
      await l.sign(150);
    },
  ],
  [
    'growth that no proof is given of',
    'rewritten',
    async (l) => {
      l.proving = async () => undefined;
      await l.sign(150);
    },
  ],
  [
    'another key',
    'signature',
    async (l) => {
      l.signers = [signer(2)];
      await l.sign(150);
    },
  ],
  [
    'a note changed after it was signed',
    'signature',
    async (l) => {
      await l.sign(150);
      l.notes.at(-1)!.note = l.notes.at(-1)!.note.replace('\n150\n', '\n151\n');
    },
  ],
  [
    'the checkpoint of another log under the same key',
    'signature',
    async (l) => {
      l.origin = 'linli/y';
      l.signers = [signer(1, 'linli/x')];
      await l.sign(150);
    },
  ],
  ['growth that is said to be of an earlier time', 'time', async (l) => l.sign(150, { minutes: -30 })],
  ['a key announced that has not signed', 'signature', async (l) => l.sign(150, { nextKey: verifierText(signer(2)) })],
];

test.each(lies)('%s: refused as %s, with both notes as evidence', async (_, wrong, lie) => {
  await begun();
  const honest = liar.notes[0]!.note;
  await lie(liar);
  expect(await look()).toBe(1);
  expect(kept()).toBe(1);
  expect(evidence()).toMatchObject([{ wrong, kept: { note: honest }, seen: { note: liar.notes.at(-1)!.note } }]);
  expect(said.some((line) => line.startsWith(`✗ ${wrong}`))).toBe(true);
  // it stays refused
  expect(await look()).toBe(1);
  expect(evidence()).toHaveLength(2);
});

test('a key that the old one announces takes its place, and the old one is trusted no more', async () => {
  await begun();
  liar.signers = [signer(1), signer(2)];
  await liar.sign(120, { nextKey: verifierText(signer(2)) });
  liar.signers = [signer(2)];
  await liar.sign(150);
  expect(await look()).toBe(0);
  expect(readWitness(folder).keys.map(({ why }) => why)).toEqual(['first', 'announced']);
  liar.signers = [signer(1)];
  await liar.sign(160);
  expect(await look()).toBe(1);
});

test('a key that was given is trusted, and no other one', async () => {
  await liar.sign(100);
  expect(await look({ logKey: verifierText(signer(2)) })).toBe(1);
  expect(await look({ logKey: verifierText(signer(1)) })).toBe(0);
  expect(await look({ logKey: verifierText(signer(1, 'linli/other')) })).toBe(2);
});

test('a server that cannot be asked, has nothing yet, or is silent for too long is no breach, and not well either', async () => {
  expect(await look()).toBe(3);
  await begun();
  liar.failing = true;
  expect(await look()).toBe(3);
  liar.failing = false;
  expect(await look({ now: () => new Date('2026-11-24T00:00:00Z') })).toBe(3);
  expect(said.at(-1)).toContain('quiet');
  expect(await look({ url: 'http://127.0.0.1:1' })).toBe(3);
  expect(evidence()).toEqual([]);
});

test('what a crash left of a line is passed over, and the next is a line of its own', async () => {
  await begun();
  const file = join(folder, readdirSync(folder).find((name) => name.startsWith('checkpoints'))!);
  appendFileSync(file, '{"seenAt":"2026-11');
  await liar.sign(120);
  expect(await look()).toBe(0);
  expect(kept()).toBe(2);
  appendFileSync(file, 'something else\n');
  await expect(look()).rejects.toThrow('was not written by a witness');
});

test('works on until it is stopped, and ends by itself at a breach', async () => {
  await begun();
  const stop = new AbortController();
  const working = look({ once: false, everySeconds: 0.02, stop: stop.signal });
  await liar.sign(130);
  await expect.poll(kept).toBe(2);
  stop.abort();
  expect(await working).toBe(0);
  const again = look({ once: false, everySeconds: 0.02 });
  await liar.sign(60);
  expect(await again).toBe(1);
});
