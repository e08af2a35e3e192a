import { type Login, type Scene, setScene } from '../scene.fixture.ts';

/** A page as a browser gets it: its text, status, and where it leads on. */
export interface Got {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  readonly refresh: string | null;
}

/** Somebody signed in with a browser that runs no script. */
export interface Visitor {
  get(path: string): Promise<Got>;
  /** Sends the form of a page with the token and key it was shown with; `fields` over its own. */
  send(path: string, fields: Record<string, string>): Promise<Got>;
  /** Sends fields as they are. */
  post(path: string, fields: Record<string, string>): Promise<Got>;
}

/** What a form was shown with, to be sent along. */
export function hiddenOf(html: string): Record<string, string> {
  // the sign-out form has a token too: the last form of the page is the one meant
  const form = html.slice(html.lastIndexOf('<form method="post"'));
  const found = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name ?? '', value ?? '']));
}

/** Sets the scene, with browsers in it. */
export async function setPages(): Promise<
  Scene & {
    visit(login: Login, language?: string): Promise<Visitor>;
    /** Somebody with a key that is not one of the demonstration's. */
    visitWith(key: string, language?: string): Promise<Visitor>;
  }
> {
  const scene = await setScene();
  const ask = async (path: string, cookie: string, language: string, body?: string): Promise<Got> => {
    const sent = body === undefined ? {} : { method: 'POST', body };
    const type = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' };
    const response = await scene.app.request(path, {
      ...sent,
      headers: { cookie, 'accept-language': language, ...(body === undefined ? {} : type) },
    });
    const { headers, status } = response;
    const cookies = headers.get('set-cookie')?.split(';')[0];
    return {
      ...{ status, text: cookies ?? (await response.text()) },
      ...{ location: headers.get('location'), refresh: headers.get('refresh') },
    };
  };
  const visitWith = async (key: string, language = 'zh-CN'): Promise<Visitor> => {
    const { text: cookie } = await ask('/sign-in', '', language, new URLSearchParams({ key, back: '/' }).toString());
    const get = (path: string) => ask(path, cookie, language);
    const post = (path: string, fields: Record<string, string>) =>
      ask(path, cookie, language, new URLSearchParams(fields).toString());
    const send = async (path: string, fields: Record<string, string>) =>
      post(path, { ...hiddenOf((await get(path)).text), ...fields });
    return { get, post, send };
  };
  const visit = (login: Login, language?: string) => visitWith(scene.keyOf(login), language);
  return { ...scene, visit, visitWith };
}
