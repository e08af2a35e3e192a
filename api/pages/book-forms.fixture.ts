import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';

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
  const cookie = await signIn(scene, login);
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

/** A case whose earnings both sides have recorded, with its forms. */
export interface BooksScene {
  readonly scene: Scene;
  readonly caseId: string;
  /** A form about its book. */
  path(what: string): string;
  send(login: Login, what: string, values: Readonly<Record<string, string | File>>): Promise<Sent>;
  /** The page of a form. */
  see(login: Login, what: string): Promise<Opened>;
  /** The page of the books. */
  books(login: Login): Promise<string>;
}

/** Opens a 福乐 case in which both keepers have recorded so much of one market day; `opening` changes how it is opened. */
export async function setBooks(
  amountFen: number,
  { programFolder, opening }: { readonly programFolder?: string; readonly opening?: Record<string, unknown> } = {},
): Promise<BooksScene> {
  const scene = await setScene({}, programFolder);
  const caseId = await scene.openApproved(opening);
  const shared = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'SJ-1' };
  await scene.act('cashHolder', caseId, { type: 'cash.record', data: { ...shared, amountFen } });
  const lines = [{ text: '香包', amountFen }];
  await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...shared, lines } });
  const path = (what: string) => `/cases/${caseId}/books/earnings/${what}`;
  return {
    ...{ scene, caseId, path },
    send: (login, what, values) => sendForm(scene, login, path(what), values),
    see: (login, what) => openForm(scene, login, path(what)),
    books: async (login) => (await openForm(scene, login, `/cases/${caseId}/books`)).text,
  };
}
