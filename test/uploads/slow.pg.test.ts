import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scene, setScene, signIn } from '../../api/scene.fixture.ts';
import { type RunningServer, serveApp, serverLimits } from '../../api/server.ts';

const MIB = 1024 * 1024;
/** The limits of a server in use, a twentieth as long: the clock of a socket cannot be turned. */
const limits = { headersMs: serverLimits.headersMs / 5, requestMs: serverLimits.requestMs / 20, checkMs: 250 };
/** By then a slow sender is cut off, on a busy machine too. */
const SOON_MS = limits.requestMs + 3_000;

let scene: Scene;
let server: RunningServer;
let caseId: string;
let cookie: string;

beforeAll(async () => {
  scene = await setScene();
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1', ...limits });
  caseId = await scene.openApproved();
  cookie = await signIn(scene, 'cashHolder');
});
afterAll(async () => {
  await server?.stop();
  await scene?.close();
});

/** Every way a body comes in by. */
const ways = {
  document: () => `/api/v1/cases/${caseId}/documents`,
  list: () => '/api/v1/imports',
  statement: () => `/api/v1/cases/${caseId}/books/statements/imports`,
  act: () => `/api/v1/cases/${caseId}/acts`,
  'page of lists': () => '/imports',
  'form of the books': () => `/cases/${caseId}/books/earnings/cash`,
  'sign-in': () => '/sign-in',
} as const;
type Way = keyof typeof ways;
const names = Object.keys(ways) as Way[];

const head = (way: Way, more: string) =>
  `POST ${ways[way]()} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${scene.keyOf('caseworker')}\r\n` +
  `Cookie: ${cookie}\r\nContent-Type: ${way === 'act' ? 'application/json' : 'multipart/form-data; boundary=x'}\r\n${more}\r\n\r\n`;

interface Sent {
  readonly answer: string;
  readonly ms: number;
  /** Bytes of the body that the other end let in before it said no or closed. */
  readonly written: number;
}

/** Sends a head and then pieces, one each `everyMs` (0: as fast as they are taken), until the other end closes or `mostMs` is over. */
function trickle(first: string, piece: Buffer, everyMs: number, mostMs = SOON_MS): Promise<Sent> {
  return new Promise((resolve) => {
    const began = performance.now();
    let answer = '';
    let written = 0;
    const socket = connect(server.port, '127.0.0.1');
    const end = () => {
      clearInterval(timer);
      clearTimeout(over);
      socket.destroy();
      resolve({ answer, ms: performance.now() - began, written });
    };
    const over = setTimeout(end, mostMs);
    const timer = setInterval(() => {
      if (!socket.writableNeedDrain && !socket.destroyed) for (let n = 0; n < (everyMs === 0 ? 16 : 1); n++) push();
    }, everyMs);
    function push(): void {
      if (answer !== '' || !socket.writable) return;
      written += piece.length;
      socket.write(piece);
    }
    socket.write(first);
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    // an answer was given before the other end closed, or it closed without one
    socket.on('close', end);
    socket.on('error', () => undefined);
  });
}

const statusOf = ({ answer }: Sent) => (answer === '' ? 'closed' : Number(answer.split(' ')[1]));

/** Answers of every status so far, by what the server itself counts. */
async function faults(): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return text.split('\n').filter((line) => /^linli_http_requests_total\{.*status="5/.test(line));
}

const kept = async () => {
  const [counts] = await scene.sql`SELECT (SELECT count(*) FROM documents) AS documents,
    (SELECT count(*) FROM imports) AS imports, (SELECT count(*) FROM events) AS events`;
  return { ...counts };
};

describe('a slow sender', () => {
  it.each(names)('of one byte a second is cut off: %s', async (way) => {
    const before = await kept();
    const sent = await trickle(head(way, 'Content-Length: 5000'), Buffer.from('a'), 1_000);
    expect([408, 'closed']).toContain(statusOf(sent));
    expect(sent.ms).toBeLessThan(SOON_MS - 100);
    expect(await kept()).toEqual(before);
  });

  it('of one byte a second in pieces of unknown number is cut off', async () => {
    const sent = await trickle(head('document', 'Transfer-Encoding: chunked'), Buffer.from('1\r\na\r\n'), 1_000);
    expect([408, 'closed']).toContain(statusOf(sent));
  });

  it('of headers is cut off', async () => {
    const sent = await trickle('POST /sign-in HTTP/1.1\r\nHost: x\r\nX-A: ', Buffer.from('a'), 500);
    expect([408, 'closed']).toContain(statusOf(sent));
    expect(sent.ms).toBeLessThan(SOON_MS - 100);
  });

  it('hinders nobody else, and nor do two hundred of them', async () => {
    const slow = Array.from({ length: 200 }, (_, n) =>
      trickle(head(names[n % names.length]!, 'Content-Length: 5000'), Buffer.from('a'), 1_000),
    );
    const times: number[] = [];
    for (let n = 0; n < 10; n++) {
      const began = performance.now();
      const form = new FormData();
      form.set('file', new File([`一份材料 ${n}`], 'a.txt'));
      const headers = { authorization: `Bearer ${scene.keyOf('caseworker')}` };
      const url = `http://127.0.0.1:${server.port}${ways.document()}`;
      expect((await fetch(url, { method: 'POST', headers, body: form })).status).toBe(201);
      times.push(performance.now() - began);
    }
    // most of them: one may wait for the processor while two hundred sign in
    expect(times.toSorted((a, b) => a - b)[5]).toBeLessThan(2_000);
    expect(Math.max(...times)).toBeLessThan(15_000);
    const ended = await Promise.all(slow);
    expect(ended.map(statusOf).filter((status) => status !== 408 && status !== 'closed')).toEqual([]);
    expect(await faults()).toEqual([]);
  });

  it('who goes away in the middle leaves nothing', async () => {
    const before = await kept();
    await Promise.all(names.map((way) => trickle(head(way, 'Content-Length: 5000'), Buffer.from('a'), 100, 500)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await kept()).toEqual(before);
    expect(await faults()).toEqual([]);
  });
});

describe('a large body', () => {
  const piece = Buffer.alloc(64 * 1024, 'a');

  it.each(names)('is refused by what its header says, before any of it is sent: %s', async (way) => {
    const sent = await trickle(head(way, `Content-Length: ${10_000 * MIB}`), Buffer.alloc(0), 1_000);
    expect(statusOf(sent)).toBe(413);
    expect(sent.ms).toBeLessThan(limits.requestMs);
  });

  it.each(names)('that is sent all the same is not read: %s', async (way) => {
    const sent = await trickle(head(way, `Content-Length: ${10_000 * MIB}`), piece, 0);
    // who goes on sending may be cut off before he has read the answer
    expect([413, 'closed']).toContain(statusOf(sent));
    // what lies in the buffers of both ends
    expect(sent.written).toBeLessThan(16 * MIB);
  });

  it.each([
    ['document', 20],
    ['list', 8],
    ['statement', 8],
    ['act', 0.5],
    ['page of lists', 8],
    ['sign-in', 0.0625],
  ] as const)('of unknown length is refused when it is too long: %s', async (way, mib) => {
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]);
    const sent = await trickle(head(way, 'Transfer-Encoding: chunked'), chunk, 0);
    expect([413, 'closed']).toContain(statusOf(sent));
    expect(sent.written).toBeLessThan((mib + 16) * MIB);
  });

  it('is taken up to its limit and not a byte beyond', async () => {
    const send = async (bytes: number) => {
      const form = new FormData();
      form.set('file', new File([Buffer.alloc(bytes, 'a')], 'a.txt'));
      const headers = { authorization: `Bearer ${scene.keyOf('caseworker')}` };
      const url = `http://127.0.0.1:${server.port}${ways.document()}`;
      return (await fetch(url, { method: 'POST', headers, body: form })).status;
    };
    expect(await send(20 * MIB)).toBe(201);
    expect(await send(20 * MIB + 1)).toBe(413);
  });

  it.each([
    ['shorter than it says', 'Content-Length: 99', [408, 'closed']],
    ['longer than it says', 'Content-Length: 2', [400, 422, 415]],
    ['of two lengths', 'Content-Length: 2\r\nContent-Length: 3', [400]],
    ['of a length and of pieces', 'Content-Length: 2\r\nTransfer-Encoding: chunked', [400]],
    ['of less than nothing', 'Content-Length: -1', [400]],
    ['of pieces of a length that is none', 'Transfer-Encoding: chunked', [400]],
  ])('%s is refused', async (_, header, answers) => {
    // well before the time of a request is over, which would be another reason to refuse it
    const sent = await trickle(head('document', header), Buffer.from('zz\r\nzz\r\n'), limits.requestMs / 2);
    expect(answers).toContain(statusOf(sent));
  });

  it('is never a fault of ours', async () => {
    expect(await faults()).toEqual([]);
  });
});
