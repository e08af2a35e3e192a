import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scene, setScene, signIn } from './scene.fixture.ts';
import { type RunningServer, serveApp } from './server.ts';

let scene: Scene;
let secure: Scene;
let server: RunningServer;
beforeAll(async () => {
  scene = await setScene();
  secure = await setScene({ publicUrl: 'https://linli.example' });
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await server?.stop();
  await scene?.close();
  await secure?.close();
});

/** Answers of every kind: read, refused, not there, a page, a file, what monitors ask. */
const answers = [
  ['a resource', '/api/v1/cases'],
  ['a problem', '/api/v1/cases/nowhere'],
  ['nothing', '/nowhere'],
  ['a page', '/'],
  ['the sign-in', '/sign-in'],
  ['a file of the pages', '/assets/linli.css'],
  ['a picture of the pages', '/assets/linli.svg'],
  ['a table to be saved', '/api/v1/programs/fule/import-template?format=csv'],
  ['the document of the API', '/openapi.json'],
  ['the reference', '/docs'],
  ['health', '/healthz'],
  ['readiness', '/readyz'],
  ['figures', '/metrics'],
  ['a feed that is not there', '/calendar/made-up.ics'],
  ['a stream', '/api/v1/stream'],
] as const;

const ask = async (of: Scene, path: string, headers: Record<string, string> = {}) => {
  const who: Record<string, string> = path.startsWith('/api')
    ? { authorization: `Bearer ${of.keyOf('caseworker')}` }
    : { cookie: await signIn(of, 'caseworker') };
  const abort = new AbortController();
  const response = await of.app.request(path, { headers: { ...who, ...headers }, signal: abort.signal });
  await (path.endsWith('stream') ? response.body?.cancel() : response.arrayBuffer());
  abort.abort();
  return response;
};

describe('every answer', () => {
  it.each(answers)(
    'says that it is what it says, and may be neither framed nor based elsewhere: %s',
    async (_, path) => {
      const { headers } = await ask(scene, path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toBeNull();
    },
  );

  it.each(answers)('is to be asked for with https alone where that is its address: %s', async (_, path) => {
    expect((await ask(secure, path)).headers.get('strict-transport-security')).toBe(
      'max-age=31536000; includeSubDomains',
    );
  });

  it.each(answers)('is for this address alone: %s', async (_, path) => {
    const { headers } = await ask(scene, path, { origin: 'https://elsewhere.example' });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(answers.filter(([, path]) => path.startsWith('/api') || path === '/'))(
    'about people is kept by nobody on its way: %s',
    async (_, path) => {
      expect((await ask(scene, path)).headers.get('cache-control')).toContain('no-store');
    },
  );
});

it.each(['TRACE', 'TRACK', 'CONNECT'])('%s is not answered', async (method) => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(`${method} /healthz HTTP/1.1\r\nHost: x\r\nCookie: secret=1\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
  });
  expect(answer).not.toMatch(/^HTTP\/1.1 [25]/);
  expect(answer).not.toContain('secret=1');
});

it('sets behind https no cookie that another host could set', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (path: string, fields: Record<string, string>) =>
    secure.app.request(path, { method: 'POST', headers: form, body: new URLSearchParams(fields).toString() });
  const given = [
    await secure.app.request('/language?to=en&back=/sign-in'),
    await post('/sign-in', { key: secure.keyOf('caseworker'), back: '/' }),
    await post('/sign-in/passkey/options', {}),
  ];
  for (const { headers } of given)
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-linli.*; HttpOnly; Secure|^__Host-linli.*; Secure; HttpOnly/),
    ]);
  const cookie = given[0]?.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect(await (await secure.app.request('/sign-in', { headers: { cookie } })).text()).toContain('<html lang="en"');
});
