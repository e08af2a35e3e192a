import type { Login, Scene } from '../scene.fixture.ts';

/** A page as it came, with what its form has to be sent with. */
export interface Opened {
  readonly status: number;
  readonly text: string;
  readonly key: string;
  readonly token: string;
  readonly cookie: string;
}

/** The answer to a form. */
export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly location: string;
}

const cookies = new WeakMap<Scene, Map<Login, string>>();

/** The cookie of somebody who has signed in. */
export async function signedIn(scene: Scene, login: Login): Promise<string> {
  const known = cookies.get(scene) ?? new Map<Login, string>();
  cookies.set(scene, known);
  const there = known.get(login);
  if (there) return there;
  const answer = await scene.app.request('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ key: scene.keyOf(login), back: '/' }).toString(),
  });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
  known.set(login, cookie);
  return cookie;
}

/** Opens a page as somebody. */
export async function openForm(scene: Scene, login: Login, path: string): Promise<Opened> {
  const cookie = await signedIn(scene, login);
  const answer = await scene.app.request(path, { headers: { cookie } });
  const text = await answer.text();
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  return { status: answer.status, text, key: hidden('key'), token: hidden('token'), cookie };
}

/** Opens a form, fills it in and sends it, as a browser does. */
export async function sendForm(
  scene: Scene,
  login: Login,
  path: string,
  values: Readonly<Record<string, string | File>>,
): Promise<Sent> {
  const { key, token, cookie } = await openForm(scene, login, path);
  const body = new FormData();
  for (const [name, value] of Object.entries({ key, token, ...values })) body.set(name, value);
  const answer = await scene.app.request(path, { method: 'POST', headers: { cookie }, body });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') ?? '' };
}
