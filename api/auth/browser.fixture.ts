import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { type Scene, signIn } from '../scene.fixture.ts';

/** A password that is taken. */
export const PASSWORD = '秋天的石榴树 and a kettle';

/** A browser as far as cookies go. */
export class Browser {
  readonly jar = new Map<string, string>();
  readonly #app: Scene['app'];
  constructor(app: Scene['app']) {
    this.#app = app;
  }
  get cookie(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }
  /** Each has an address of its own. */
  readonly #env = { incoming: { socket: { remoteAddress: `10.0.0.${Math.floor(Math.random() * 250)}` } } };
  readonly get = async (path: string): Promise<Response> =>
    this.#take(await this.#app.request(path, { headers: { cookie: this.cookie } }, this.#env));
  readonly post = async (path: string, form: Record<string, string>): Promise<Response> => {
    const headers = { cookie: this.cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(form).toString();
    return this.#take(await this.#app.request(path, { method: 'POST', headers, body }, this.#env));
  };
  signIn(username: string, password = PASSWORD): Promise<Response> {
    return this.post('/sign-in/password', { username, password, back: '/tasks' });
  }
  /** The token of the pages of this session; empty without one. */
  async token(): Promise<string> {
    const text = await (await this.get('/account')).text();
    return /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '';
  }
  #take(answer: Response): Response {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }
}

/** Browsers over a scene. */
export function browsers(scene: Scene) {
  /** A browser with a cookie. */
  const by = (cookie: string) => {
    const browser = new Browser(scene.app);
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(cookie) ?? [];
    browser.jar.set(name, value);
    return browser;
  };
  return {
    by,
    /** Has the security administrator invite a person, and sets the password. */
    async join(person: string, username: string): Promise<Browser> {
      const admin = by(await signIn(scene, 'security'));
      const form = { token: await admin.token(), username };
      const given = await (await admin.post(`/sign-ins/people/${person}/invite`, form)).text();
      const link = /\/welcome\/[\w-]+/.exec(given)?.[0] ?? '';
      const browser = new Browser(scene.app);
      const set = await browser.post(link, { new: PASSWORD, again: PASSWORD });
      expect([set.status, set.headers.get('location')]).toEqual([303, '/sign-in?done']);
      return browser;
    },
  };
}

/** The one-time code of a secret (RFC 6238), written here apart from the library. */
export function codeOf(secret: string, step = Math.floor(Date.now() / 30_000)): string {
  const bits = [...secret]
    .map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
