import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everybody, type Who } from './cast.ts';
import { type Request, requestsOf } from './requests.ts';
import { type AccessScene, setAccessScene } from './scene.ts';
import { readTable, written } from './table.ts';

// Who may what, route by route, as test/access/matrix.csv says: written down apart from the rules, and asked over HTTP.
// A cell is the status of the answer; with * it tells something of the case: an id, the number, a name or the words of it.
// A row that differs is shown as it came out: into the table it goes when somebody has found it right by the sentences
// beside it (sentences.ts), never because it came out so.

const table = readTable('matrix.csv', 2);

let scene: AccessScene;
let routes: readonly string[];
beforeAll(async () => {
  scene = await setAccessScene();
  const all = scene.scene.app.routes.filter(({ method }) => method !== 'ALL');
  routes = [...new Set(all.map(({ method, path }) => `${method} ${path}`))];
}, 120_000);
afterAll(() => scene?.close());

/** Files that are the same for everybody, and what is not there at all. */
const isAsset = (route: string) => /^GET \/(assets\/|favicon|robots)/.test(route);

async function cellOf(request: Request, who: Who): Promise<string> {
  if (request.only && !request.only.includes(who)) return '-';
  const caseId = request.state === '' ? scene.things.caseId : scene.cases[request.state];
  const { path, body } = request.asked(who, { ...scene.things, caseId });
  const response = await scene.ask(who, request.method, path, body);
  if (request.streams) {
    await response.body?.cancel();
    return String(response.status);
  }
  const text = await response.text();
  // what stands in the address itself comes back in pages that say there is no such thing
  const said = decodeURIComponent(path);
  const tells = scene.marksFor(who).some((mark) => !said.includes(mark) && text.includes(mark));
  return `${response.status}${response.status < 400 && tells ? '*' : ''}`;
}

async function rowOf(request: Request): Promise<string[]> {
  const reads = request.method === 'GET';
  if (reads) return Promise.all(everybody.map((who) => cellOf(request, who)));
  // changes one after another: what one leaves behind is the same for the next every time
  const cells: string[] = [];
  for (const who of everybody) cells.push(await cellOf(request, who));
  return cells;
}

describe('the access matrix', () => {
  test('has the columns of the cast', () => {
    expect(table.columns).toEqual(everybody);
  });

  test('names every route of the application, in every state of a case, and no other', () => {
    const rows = routes
      .filter((route) => !isAsset(route))
      .flatMap((route) => requestsOf(route).map(({ state }) => `${route} | ${state}`));
    expect([...table.rows.keys()].sort()).toEqual(rows.sort());
  });

  test('says what every one of them is answered', async () => {
    const differing: string[] = [];
    const asked = routes.filter((route) => !isAsset(route)).flatMap((route) => requestsOf(route));
    for (const request of [
      ...asked.filter(({ method }) => method === 'GET'),
      ...asked.filter(({ method }) => method !== 'GET'),
    ]) {
      const cells = await rowOf(request);
      const expected = table.rows.get(`${request.route} | ${request.state}`) ?? [];
      if (cells.join() !== expected.join()) differing.push(written([request.route, request.state], cells));
    }
    expect(differing.join('\n')).toBe('');
  }, 600_000);
});
