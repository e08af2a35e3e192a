import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForm, signedIn } from '../../api/pages/book-forms.fixture.ts';
import { type Login, type Scene, setScene } from '../../api/scene.fixture.ts';
import { type RunningServer, serveApp } from '../../api/server.ts';
import { BOUNDARY, blankPng, exif, formBody, jpegWith, MARK, noise, type Part, segment } from './builders.ts';
import {
  type Answer,
  bodies,
  documents,
  type HostileBody,
  type HostileFile,
  lists,
  sheets,
  standsUpright,
  statements,
  total,
} from './table.ts';

/** What one of them may add to the memory of the process while it is looked at (MiB): far less than what it would unpack to. */
const MOST_MIB = 250;

let scene: Scene;
let server: RunningServer;
let caseId: string;
let cookie: string;
const tokens = new Map<Login, string>();
let most = { mib: 0, of: '' };

beforeAll(async () => {
  scene = await setScene();
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  caseId = await scene.openApproved();
  cookie = await signedIn(scene, 'caseworker');
  for (const login of ['caseworker', 'admin', 'cashHolder', 'accountant'] as const)
    tokens.set(login, (await openForm(scene, login, '/imports')).token);
});
afterAll(async () => {
  await server?.stop();
  await scene?.close();
});

/** A way by which files come in: who sends them where, and with what beside. */
interface Way {
  readonly login: Login;
  readonly path: () => string;
  readonly fields?: () => Readonly<Record<string, string>>;
  /** A page answers in words and has no codes. */
  readonly isPage?: true;
  /** What the form calls the file. Default `file`. */
  readonly field?: string;
}

const bookPage = (login: Login, what: string, field: string): Way => ({
  ...{ login, path: () => `/cases/${caseId}/books/earnings/${what}`, field, isPage: true },
});

const ways = {
  document: { login: 'caseworker', path: () => `/api/v1/cases/${caseId}/documents` },
  list: {
    ...{ login: 'caseworker', path: () => '/api/v1/imports' },
    fields: () => ({ program: 'fule', unit: 'community-1' }),
  },
  organisation: { login: 'admin', path: () => '/api/v1/organisation/imports' },
  statement: {
    ...{ login: 'accountant', path: () => `/api/v1/cases/${caseId}/books/statements/imports` },
    fields: () => ({ book: 'earnings', channel: 'wechat' }),
  },
  'list on its page': {
    ...{ login: 'caseworker', path: () => '/imports', isPage: true },
    fields: () => ({ kind: 'cases', program: 'fule', unit: 'community-1' }),
  },
  'organisation on its page': {
    ...{ login: 'admin', path: () => '/imports', isPage: true },
    fields: () => ({ kind: 'organisation' }),
  },
  'statement on its page': bookPage('accountant', 'statement/wechat', 'file-new'),
  'households on the page of the cash': bookPage('cashHolder', 'cash-list', 'list-new'),
  'households on the page of the ledger': bookPage('accountant', 'ledger-list', 'list-new'),
  'paper on a page': bookPage('cashHolder', 'cash', 'paper-new'),
  'photo on a page': bookPage('accountant', 'things', 'photo-new'),
} as const satisfies Record<string, Way>;
type WayName = keyof typeof ways;

/** Runs something and tells what it added to the memory of the process at most (MiB). */
async function measured<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly mib: number }> {
  // from here on the kernel counts the peak anew (proc(5), clear_refs)
  writeFileSync('/proc/self/clear_refs', '5');
  const before = peakMib();
  const result = await run();
  return { result, mib: peakMib() - before };
}

const peakMib = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

async function post(way: Way, type: string, body: Buffer, headers: Readonly<Record<string, string>> = {}) {
  const who = way.isPage
    ? { cookie: await signedIn(scene, way.login) }
    : { authorization: `Bearer ${scene.keyOf(way.login)}` };
  const response = await fetch(`http://127.0.0.1:${server.port}${way.path()}`, {
    ...{ method: 'POST', redirect: 'manual', body: new Uint8Array(body) },
    headers: { ...who, 'content-type': type, ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

async function send(way: Way, row: HostileFile) {
  const ours = way.isPage ? { token: tokens.get(way.login) ?? '', key: randomUUID() } : {};
  const fields = Object.entries({ ...ours, ...way.fields?.() }).map(([name, bytes]): Part => ({ name, bytes }));
  const file = { name: way.field ?? 'file', fileName: row.fileName ?? 'file', ...(row.type ? { type: row.type } : {}) };
  const body = formBody([...fields, { ...file, bytes: await row.bytes() }]);
  const { result, mib } = await measured(() => post(way, FORM, body));
  if (mib > most.mib) most = { mib, of: row.name };
  expect(mib, `MiB that ${row.name} took`).toBeLessThan(MOST_MIB);
  return result;
}

const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

/** How much there is of everything an upload could leave behind. */
async function left() {
  const [counts] = await scene.sql`
    SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM document_contents) AS contents,
      (SELECT count(*) FROM imports) AS imports, (SELECT count(*) FROM person.import_rows) AS rows,
      (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM cases) AS cases`;
  return { ...counts };
}

const expectAnswer = (got: Awaited<ReturnType<typeof post>>, [status, code]: Answer, isPage = false) => {
  // to a page a form that cannot be read is one without our token
  const onPage = status === 400 ? 403 : status;
  expect([got.status, isPage ? undefined : got.body['code']], got.text.slice(0, 500)).toEqual(
    isPage ? [onPage, undefined] : [status, code],
  );
  // a refusal says what is wrong in words, and never what the machine said
  if (status >= 400) expect(got.text).not.toMatch(/node_modules|\bat \w+ \(|vips|zlib|ERR_/i);
};

const isTaken = ({ answer: [status] }: { answer: Answer }) => status < 300;
const refused = <T extends { answer: Answer }>(rows: readonly T[]) => rows.filter((row) => !isTaken(row));

describe('the table', () => {
  it('has at least a hundred rows, each with a name of its own', () => {
    expect(total).toBeGreaterThanOrEqual(100);
    for (const rows of [documents, [...sheets, ...lists], bodies]) {
      const names = rows.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

/** Rows by each of several ways. */
const by = <const W extends WayName, R extends object>(names: readonly W[], rows: readonly R[]) =>
  names.flatMap((way) => rows.map((row) => ({ ...row, way })));

describe('a document', () => {
  it.each(by(['document', 'paper on a page', 'photo on a page'], refused(documents)))(
    'is refused as $way: $name ($what)',
    async ({ way, ...row }) => {
      const before = await left();
      expectAnswer(await send(ways[way], row), row.answer, 'isPage' in ways[way]);
      expect(await left()).toEqual(before);
    },
  );

  it.each(documents.filter(isTaken))(
    'is kept on a page as it is over HTTP, and the form asks on: $name',
    async (row) => {
      const got = await send(ways['paper on a page'], row);
      expect(got.status).toBe(422);
      const id = /name="paper" value="([0-9a-f-]{36})"/.exec(got.text)?.[1] ?? '';
      const [kept] = await scene.sql`SELECT media_type, bytes FROM document_contents c
        JOIN documents d ON d.id = c.document_id WHERE d.id = ${id}`;
      expect(kept?.['media_type']).toBe(row.mediaType);
      expect(Buffer.from(kept!['bytes'] as Uint8Array).includes(MARK)).toBe(false);
      expect(got.text).not.toContain('<script>alert');
    },
  );

  it('of the kind that iPhones keep is refused with the way out, in both languages', async () => {
    const heic = documents.find(({ name }) => name === 'heic')!;
    const ask = async (language: string) => {
      const body = formBody([{ name: 'file', fileName: 'a', bytes: await heic.bytes() }]);
      return (await post(ways.document, FORM, body, { 'accept-language': language })).body;
    };
    expect(await ask('zh')).toMatchObject({
      detail: expect.stringContaining('HEIC'),
      waysOut: expect.arrayContaining([expect.stringContaining('兼容性最佳')]),
    });
    expect(await ask('en')).toMatchObject({
      detail: expect.stringContaining('HEIC'),
      waysOut: expect.arrayContaining([expect.stringContaining('Most Compatible')]),
    });
    expect(await ask('zh')).not.toHaveProperty('errors');
  });

  it.each(documents.filter(isTaken))('is kept without harm: $name ($what)', async (row) => {
    const before = await left();
    const got = await send(ways.document, row);
    expectAnswer(got, row.answer);
    const { id, sha256, mediaType, sizeBytes } = got.body as Record<string, string>;
    expect(mediaType).toBe(row.mediaType);
    // whole: the row and its bytes, and the hash is of what is kept
    expect(await left()).toEqual({
      ...before,
      documents: Number(before['documents']) + 1,
      contents: Number(before['contents']) + 1,
    });
    const [kept] = await scene.sql`SELECT bytes, d::text AS row FROM document_contents c
      JOIN documents d ON d.id = c.document_id WHERE d.id = ${id!}`;
    const bytes = Buffer.from(kept!['bytes'] as Uint8Array);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(bytes.length).toBe(Number(sizeBytes));
    expect(bytes.includes(MARK)).toBe(false);
    if (row.asItCame) expect(bytes.equals(await row.bytes())).toBe(true);
    // no name of the form is anywhere, and the file comes back to be saved and not shown, as what it is
    const name = String(row.fileName ?? 'file');
    expect(`${got.text} ${kept!['row']}`.includes(name) && name.length > 4).toBe(false);
    const file = await fetch(`http://127.0.0.1:${server.port}/api/v1/cases/${caseId}/documents/${id}`, {
      headers: { authorization: `Bearer ${scene.keyOf('caseworker')}` },
    });
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="[0-9a-f-]{36}\.[a-z0-9]{2,4}"$/);
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
    expect(file.headers.get('content-type')).toBe(row.mediaType);
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('that lay on its side stands as it was seen, and the same file is the same document', async () => {
    const bytes = () => jpegWith([segment(0xe1, exif(6))]);
    const sent = async () => {
      const body = formBody([{ name: 'file', fileName: 'a.jpg', bytes: await bytes() }]);
      return post(ways.document, FORM, body, { 'idempotency-key': 'the-same-picture' });
    };
    const first = await sent();
    expect((await sent()).body).toEqual(first.body);
    const [kept] = await scene.sql`SELECT bytes FROM document_contents WHERE document_id = ${String(first.body['id'])}`;
    expect(await standsUpright(Buffer.from(kept!['bytes'] as Uint8Array))).toBe(true);
  });

  it('that is sent again after pictures are written otherwise is the same document, and another one is not', async () => {
    const sent = async (bytes: Buffer) => {
      const body = formBody([{ name: 'file', fileName: 'a.jpg', bytes }]);
      return post(ways.document, FORM, body, { 'idempotency-key': 'sent-before-an-upgrade' });
    };
    const picture = await jpegWith([]);
    const { body: first } = await sent(picture);
    // as an older release had written it: behind the triggers, since documents never change
    const older = await sharp(picture).jpeg({ quality: 80 }).toBuffer();
    const sha256 = createHash('sha256').update(older).digest('hex');
    expect(sha256).not.toBe(first['sha256']);
    await scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`UPDATE documents SET sha256 = ${sha256}, size_bytes = ${older.length} WHERE id = ${String(first['id'])}`;
      await tx`UPDATE document_contents SET bytes = ${older} WHERE document_id = ${String(first['id'])}`;
    });
    const again = await sent(picture);
    expect([again.status, again.body]).toEqual([201, { ...first, sha256, sizeBytes: older.length }]);
    expect(await sent(await noise())).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });
});

/** A table in every respect, but for what its columns are called. */
const ASKED = 'names of our language as a heading';

describe('a list', () => {
  const byWay = by(
    [
      ...(['list', 'organisation', 'statement', 'list on its page'] as const),
      ...(['organisation on its page', 'statement on its page'] as const),
    ],
    sheets,
  ).filter(({ way, name }) => way !== 'statement on its page' || name !== ASKED);
  it.each([...byWay, ...by(['statement', 'statement on its page'], statements)])(
    'is refused as $way: $name ($what)',
    async ({ way, ...row }) => {
      const before = await left();
      const got = await send(ways[way], row);
      expectAnswer(got, got.status === row.or?.[0] ? row.or : row.answer, 'isPage' in ways[way]);
      expect(await left()).toEqual(before);
    },
  );

  it('whose columns nobody knows is kept on the page of statements, which asks what they mean', async () => {
    const row = sheets.find(({ name }) => name === ASKED)!;
    const before = await left();
    const got = await send(ways['statement on its page'], row);
    expect(got.status).toBe(422);
    expect(got.text).toContain('<option value="__proto__">');
    const [documentsBefore, contentsBefore] = [Number(before['documents']), Number(before['contents'])];
    expect(await left()).toEqual({ ...before, documents: documentsBefore + 1, contents: contentsBefore + 1 });
  });

  it.each([
    ...by(['households on the page of the cash'], [...sheets, ...lists]),
    ...by(['households on the page of the ledger'], lists),
  ])('is no list as $way: $name ($what)', async ({ way, ...row }) => {
    const before = await left();
    const got = await send(ways[way], row);
    expect([413, 422]).toContain(got.status);
    expect(got.text).not.toMatch(/<script>alert|node_modules|ERR_/);
    expect(await left()).toEqual(before);
  });

  it.each(lists)('is read without harm: $name ($what)', async (row) => {
    const before = await left();
    const got = await send(ways.list, row);
    expectAnswer(got, row.answer);
    const id = String(got.body['id']);
    expect(await left()).toMatchObject({
      events: before['events'],
      cases: before['cases'],
      documents: before['documents'],
    });
    const ask = (path: string) => scene.ask('caseworker', 'GET', path);
    const errors = await (await ask(`/imports/${id}/errors?format=csv`)).text();
    // whatever a spreadsheet might run comes out as text
    expect(errors.replace(/^\ufeff/, '')).not.toMatch(/(^|,|\n)"?[\s]*[=+@]/);
    const page = await (await scene.app.request(`/imports/${id}`, { headers: { cookie } })).text();
    expect(page).not.toContain('<script>alert');
    const [cells] = await scene.sql`SELECT cells::text AS cells FROM person.import_rows WHERE import_id = ${id}`;
    expect(String(cells?.['cells'])).not.toMatch(/127\.0\.0\.1|vba/);
    expect((await scene.ask('caseworker', 'POST', `/imports/${id}/forget`)).status).toBe(200);
  });
});

describe('a body', () => {
  const overHttp = ['document', 'list', 'organisation', 'statement'] as const;
  it.each(by(overHttp, bodies))(
    'is refused as $way: $name',
    async ({ way, ...row }: HostileBody & { way: WayName }) => {
      const before = await left();
      expectAnswer(await post(ways[way], row.type, row.body(), row.headers), row.answer);
      expect(await left()).toEqual(before);
    },
  );

  const onPages = ['list on its page', 'statement on its page', 'paper on a page'] as const;
  it.each(by(onPages, bodies))('is no form of ours as $way: $name', async ({ way, ...row }) => {
    const before = await left();
    const got = await post(ways[way], row.type, row.body(), row.headers);
    expect(got.status, got.text.slice(0, 500)).toBe(403);
    expect(await left()).toEqual(before);
  });
});

it('leaves a process that answers', async () => {
  expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
});

it('measures memory so that one of them that unpacked would be seen', async () => {
  const unpack = () => sharp(blankPng(30_000, 30_000), { limitInputPixels: false }).raw().toBuffer();
  const { mib } = await measured(unpack);
  expect(mib).toBeGreaterThan(MOST_MIB);
  console.info(`the most: ${most.mib.toFixed()} MiB of ${most.of}; one that unpacks: ${mib.toFixed()} MiB`);
});
