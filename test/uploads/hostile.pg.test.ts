import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Login, type Scene, setScene, signIn } from '../../api/scene.fixture.ts';
import { type RunningServer, serveApp } from '../../api/server.ts';
import { BOUNDARY, exif, formBody, jpegWith, MARK, type Part, segment } from './builders.ts';
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

/** What all of it together may add to the memory of the process (MiB): far less than what it would unpack to. */
const MOST_MIB = 1_200;

let scene: Scene;
let server: RunningServer;
let caseId: string;
let cookie: string;
let token: string;
let most = 0;
const began = process.memoryUsage().rss;

beforeAll(async () => {
  scene = await setScene();
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  caseId = await scene.openApproved();
  cookie = await signIn(scene, 'caseworker');
  const page = await (await scene.app.request('/imports', { headers: { cookie } })).text();
  token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';
});
afterAll(async () => {
  await server?.stop();
  await scene?.close();
});

/** A way by which files come in: who sends them where, and with what beside. */
interface Way {
  readonly login?: Login;
  readonly path: () => string;
  readonly fields?: () => Readonly<Record<string, string>>;
  /** A page answers in words and has no codes. */
  readonly isPage?: boolean;
}

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
  page: {
    ...{ path: () => '/imports', isPage: true },
    fields: () => ({ token, kind: 'cases', program: 'fule', unit: 'community-1' }),
  },
} as const satisfies Record<string, Way>;

async function post(way: Way, type: string, body: Buffer, headers: Readonly<Record<string, string>> = {}) {
  const who = way.login ? { authorization: `Bearer ${scene.keyOf(way.login)}` } : { cookie };
  const response = await fetch(`http://127.0.0.1:${server.port}${way.path()}`, {
    ...{ method: 'POST', redirect: 'manual', body: new Uint8Array(body) },
    headers: { ...who, 'content-type': type, ...headers },
  });
  const text = await response.text();
  most = Math.max(most, process.memoryUsage().rss);
  return {
    status: response.status,
    text,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

async function send(way: Way, row: HostileFile) {
  const fields = Object.entries(way.fields?.() ?? {}).map(([name, bytes]): Part => ({ name, bytes }));
  const file = { name: 'file', fileName: row.fileName ?? 'file', ...(row.type ? { type: row.type } : {}) };
  const body = formBody([...fields, { ...file, bytes: await row.bytes() }]);
  return post(way, `multipart/form-data; boundary=${BOUNDARY}`, body);
}

/** How much there is of everything an upload could leave behind. */
async function left() {
  const [counts] = await scene.sql`
    SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM document_contents) AS contents,
      (SELECT count(*) FROM imports) AS imports, (SELECT count(*) FROM person.import_rows) AS rows,
      (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM cases) AS cases`;
  return { ...counts };
}

const expectAnswer = (got: Awaited<ReturnType<typeof post>>, [status, code]: Answer, isPage = false) => {
  expect([got.status, isPage ? undefined : got.body['code']], got.text.slice(0, 500)).toEqual([
    isPage && status === 201 ? 303 : status,
    isPage ? undefined : code,
  ]);
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

describe('a document', () => {
  it.each(refused(documents))('is refused: $name ($what)', async (row) => {
    const before = await left();
    expectAnswer(await send(ways.document, row), row.answer);
    expect(await left()).toEqual(before);
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
      const key = { 'idempotency-key': 'the-same-picture' };
      return post(ways.document, `multipart/form-data; boundary=${BOUNDARY}`, body, key);
    };
    const first = await sent();
    expect((await sent()).body).toEqual(first.body);
    const [kept] = await scene.sql`SELECT bytes FROM document_contents WHERE document_id = ${String(first.body['id'])}`;
    expect(await standsUpright(Buffer.from(kept!['bytes'] as Uint8Array))).toBe(true);
  });
});

describe('a list', () => {
  const byWay = (['list', 'organisation', 'statement', 'page'] as const).flatMap((way) =>
    sheets.map((row) => ({ ...row, way })),
  );
  it.each([...byWay, ...statements.map((row) => ({ ...row, way: 'statement' as const }))])(
    'is refused as $way: $name ($what)',
    async ({ way, ...row }) => {
      const before = await left();
      const got = await send(ways[way], row);
      expectAnswer(got, got.status === row.or?.[0] ? row.or : row.answer, 'isPage' in ways[way]);
      expect(await left()).toEqual(before);
    },
  );

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
  const byWay = (['document', 'list', 'organisation', 'statement'] as const).flatMap((way) =>
    bodies.map((row: HostileBody) => ({ ...row, way })),
  );
  it.each(byWay)('is refused as $way: $name', async ({ way, ...row }) => {
    const before = await left();
    expectAnswer(await post(ways[way], row.type, row.body(), row.headers), row.answer);
    expect(await left()).toEqual(before);
  });
});

it('leaves a process that answers, and has not taken up memory beyond measure', async () => {
  expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
  expect((most - began) / 1024 / 1024).toBeLessThan(MOST_MIB);
});
