import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type HttpDouble, startDouble } from '../../test/support/http-double.ts';
import { certificate, certificateKey } from '../../test/support/tls.ts';
import { parseAllowList } from './allow-list.ts';
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';
import { pinnedRequest } from './pinned-request.ts';

const servers: HttpDouble[] = [];
async function server(...given: Parameters<typeof startDouble>) {
  const started = await startDouble(...given);
  servers.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((each) => each.close()));
});

const allowing = (hosts: string, more: GuardedFetchOptions = {}) =>
  createGuardedFetch({ allow: parseAllowList(hosts), ...more });

describe('names', () => {
  test.each([
    [['127.0.0.1']],
    [['93.184.216.34', '127.0.0.1']],
    [['2606:2800:220:1::1', '::1']],
    [['93.184.216.34', '::ffff:10.0.0.1']],
    [['169.254.169.254']],
    [['fe80::1%eth0']],
    [['not an address']],
  ])('a name with the addresses %j is refused', async (addresses) => {
    const fetch = createGuardedFetch({ resolve: async () => addresses }, () => expect.unreachable());
    await expect(fetch({ url: 'https://evil.example.com/' })).rejects.toMatchObject({ reason: 'address-inside' });
  });

  test('that answer with a public address first and with this machine afterwards do not get through', async () => {
    const inside = await server(() => ({}));
    const answers = [['93.184.216.34'], ['127.0.0.1'], ['127.0.0.1']];
    const connected: (readonly string[])[] = [];
    const fetch = createGuardedFetch({ resolve: async () => answers.shift() ?? [] }, async (request) => {
      connected.push(request.addresses);
      return { status: 204, headers: {}, body: '', complete: true };
    });
    const url = `https://rebind.example.com:${inside.port}/`;
    await expect(fetch({ url })).resolves.toMatchObject({ status: 204 });
    await expect(fetch({ url })).rejects.toMatchObject({ reason: 'address-inside' });
    expect(connected).toEqual([['93.184.216.34']]);
    expect(inside.got).toEqual([]);
  });

  test('are looked up two at a time, and not at all once nobody waits for them', async () => {
    const asked: string[] = [];
    const answer: (() => void)[] = [];
    const resolve = (host: string) => {
      asked.push(host);
      return new Promise<string[]>((done) => void answer.push(() => done(['10.0.0.1'])));
    };
    const fetch = createGuardedFetch({ resolve });
    const gone = new AbortController();
    const reasons = ['a', 'b', 'c', 'd'].map((name) =>
      fetch({ url: `https://${name}.test/`, ...(name === 'c' ? { signal: gone.signal } : {}) }).catch(
        (error: { reason: string }) => error.reason,
      ),
    );
    expect(asked).toEqual(['a.test', 'b.test']);
    gone.abort();
    await reasons[2];
    answer[0]!();
    await reasons[0];
    await expect.poll(() => asked).toEqual(['a.test', 'b.test', 'd.test']);
    for (const each of answer.slice(1)) each();
    expect(await Promise.all(reasons)).toEqual(['address-inside', 'address-inside', 'aborted', 'address-inside']);
  });

  test('the connection goes to the address that was checked, under the name of the URL', async () => {
    const right = await server(() => ({ status: 202 }), { host: '127.0.0.2' });
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return asked.length === 1 ? ['127.0.0.2'] : ['127.0.0.3'];
    };
    // localhost is a name the machine itself knows: it is not asked
    const fetch = allowing(`localhost:${right.port}`, { resolve });
    await expect(fetch({ url: `http://localhost:${right.port}/a?b=c`, body: '你好' })).resolves.toMatchObject({
      status: 202,
    });
    expect(asked).toEqual(['localhost']);
    expect(right.got).toMatchObject([
      { method: 'POST', path: '/a', body: '你好', headers: { host: `localhost:${right.port}`, 'content-length': '6' } },
    ]);
  });

  test('of several addresses the one that answers is used', async () => {
    const one = await server(() => ({}), { host: '127.0.0.2' });
    const fetch = allowing('many.test', { resolve: async () => ['127.0.0.4', '127.0.0.2'] });
    await expect(fetch({ url: `http://many.test:${one.port}/` })).resolves.toMatchObject({ status: 200 });
  });

  test.each([
    [Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), 'dns'],
    [Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }), 'dns'],
  ])('a name that is not found may be found later', async (error, reason) => {
    const fetch = createGuardedFetch({ resolve: () => Promise.reject(error) });
    await expect(fetch({ url: 'https://gone.example.com/' })).rejects.toMatchObject({ name: 'FetchFailed', reason });
  });

  test('a resolver that hangs is not waited for', async () => {
    const fetch = createGuardedFetch({ resolve: () => new Promise(() => {}), limits: { connectMs: 50 } });
    await expect(fetch({ url: 'https://slow.example.com/' })).rejects.toMatchObject({ reason: 'timeout' });
  });
});

describe('TLS', () => {
  const tls = { key: certificateKey, cert: certificate };

  test('asks for the certificate of the name in the URL, at the pinned address', async () => {
    const names: string[] = [];
    const receiver = await server(() => ({}), {
      tls: {
        ...tls,
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      },
    });
    const resolve = async () => ['127.0.0.1'];
    const fetch = allowing('receiver.test,other.test,untrusted.test', { ca: certificate, resolve });
    await expect(fetch({ url: `https://receiver.test:${receiver.port}/` })).resolves.toMatchObject({ status: 200 });
    await expect(fetch({ url: `https://other.test:${receiver.port}/` })).rejects.toMatchObject({ reason: 'tls' });
    expect(names).toEqual(['receiver.test', 'other.test']);
  });

  test('a certificate nobody vouches for is not taken', async () => {
    const receiver = await server(() => ({}), { tls });
    const fetch = allowing('receiver.test', { resolve: async () => ['127.0.0.1'] });
    await expect(fetch({ url: `https://receiver.test:${receiver.port}/` })).rejects.toMatchObject({ reason: 'tls' });
    expect(receiver.got).toEqual([]);
  });
});

describe('limits', () => {
  test.each([301, 302, 303, 307, 308, 304])('a redirect (%d) is not followed', async (status) => {
    const inside = await server(() => ({}));
    const receiver = await server(() => ({ status, headers: { location: inside.url } }));
    const fetch = allowing(`127.0.0.1:${receiver.port}`);
    await expect(fetch({ url: receiver.url })).rejects.toMatchObject({ name: 'FetchRefused', reason: 'redirect' });
    expect(inside.got).toEqual([]);
  });

  test('who does not answer is not waited for', async () => {
    const receiver = await server(() => new Promise(() => {}));
    const fetch = allowing('127.0.0.1', { limits: { totalMs: 100 } });
    await expect(fetch({ url: receiver.url })).rejects.toMatchObject({ name: 'FetchFailed', reason: 'timeout' });
  });

  test('who accepts no TLS is not waited for', async () => {
    const silent = net.createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    const fetch = allowing('127.0.0.1', { limits: { connectMs: 100 } });
    await expect(fetch({ url: `https://127.0.0.1:${port}/` })).rejects.toMatchObject({ reason: 'timeout' });
    silent.close();
  });

  test('who answers drop by drop is heard until time is over: the status counts', async () => {
    const drips = net.createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer)).on('error', () => {});
    });
    await new Promise<void>((resolve) => drips.listen(0, '127.0.0.1', resolve));
    const { port } = drips.address() as net.AddressInfo;
    const fetch = allowing('127.0.0.1', { limits: { totalMs: 200 } });
    const { status, complete, body } = await fetch({ url: `http://127.0.0.1:${port}/` });
    expect({ status, complete }).toEqual({ status: 200, complete: false });
    expect(body).toMatch(/^x*$/);
    drips.close();
  });

  test('a large answer is read no further than needed', async () => {
    const receiver = await server(() => ({ body: 'x'.repeat(1_000_000) }));
    const { status, body, complete } = await allowing('127.0.0.1')({ url: receiver.url });
    expect({ status, complete, bytes: body.length }).toEqual({ status: 200, complete: false, bytes: 65_536 });
  });

  test.each([
    ['nonsense', 'hello\r\n\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`],
    ['nothing', ''],
  ])('%s for an answer is a failure', async (_, words) => {
    const odd = net.createServer((socket) => socket.on('error', () => {}).end(words));
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const { port } = odd.address() as net.AddressInfo;
    const fetch = allowing('127.0.0.1');
    await expect(fetch({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({ reason: 'connection' });
    odd.close();
  });

  test('too large a message is not sent', async () => {
    const receiver = await server(() => ({}));
    const fetch = allowing('127.0.0.1', { limits: { requestBytes: 5 } });
    await expect(fetch({ url: receiver.url, body: '你好' })).rejects.toMatchObject({ reason: 'too-large' });
    expect(receiver.got).toEqual([]);
  });

  test('a closed port is told apart', async () => {
    const closed = await startDouble(() => ({}));
    await closed.close();
    await expect(allowing('127.0.0.1')({ url: closed.url })).rejects.toMatchObject({ reason: 'connection-refused' });
  });

  test('the caller can break it off, at once and in between', async () => {
    const receiver = await server(() => new Promise(() => {}));
    const fetch = allowing('127.0.0.1');
    const before = fetch({ url: receiver.url, signal: AbortSignal.abort() });
    await expect(before).rejects.toMatchObject({ name: 'FetchFailed', reason: 'aborted' });
    const between = fetch({ url: receiver.url, signal: AbortSignal.timeout(50) });
    await expect(between).rejects.toMatchObject({ name: 'FetchFailed', reason: 'aborted' });
  });

  test('headers of the caller cannot name another host', async () => {
    const receiver = await server(() => ({}));
    await allowing('127.0.0.1')({ url: receiver.url, headers: { host: 'elsewhere', 'x-kind': 'test' } });
    expect(receiver.got).toMatchObject([{ headers: { host: `127.0.0.1:${receiver.port}`, 'x-kind': 'test' } }]);
  });

  test('errors carry no address', async () => {
    const fetch = createGuardedFetch({ resolve: async () => ['10.1.2.3'] });
    const error = await fetch({ url: 'https://secret-token.example.com/key?token=abc' }).catch(String);
    expect(error).not.toMatch(/secret|token|10\.1\.2\.3/);
  });
});

test('the request by itself goes where it is told', async () => {
  const receiver = await server(() => ({ status: 410 }), { host: '127.0.0.5' });
  const url = new URL(`http://example.com:${receiver.port}/`);
  const limits = { connectMs: 1_000, totalMs: 1_000, requestBytes: 10, responseBytes: 10 };
  const answer = pinnedRequest({ url, addresses: ['127.0.0.5'], method: 'GET', headers: {} }, limits);
  await expect(answer).resolves.toMatchObject({ status: 410 });
});
