import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scene, setScene, signIn } from './scene.fixture.ts';

let scene: Scene;
let caseId: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  await scene.act('caseworker', caseId, { type: 'complaint.make', data: { text: '没有办', about: 'secretary' } });
});
afterAll(() => scene?.close());

/** Messages to the secretary's post, newest last: of every three, two tell of the complaint about him and are kept from him. */
const fill = (n: number) => scene.sql`
  INSERT INTO messages (id, case_id, seq, n, kind, about, post, unit, level, text_zh, text_en, created_at)
  SELECT 'filled-' || i, ${caseId}, 1, 1000 + i, CASE WHEN i % 3 = 0 THEN 'rung' ELSE 'complaint' END,
    CASE WHEN i % 3 = 0 THEN 'x' ELSE (SELECT about FROM messages WHERE case_id = ${caseId} AND kind = 'complaint' LIMIT 1) END,
    'community-1-secretary', 'community-1', 'community', '说', 'told', clock_timestamp() - ${n} * interval '1 s' + i * interval '1 s'
  FROM generate_series(1, ${n}) i`;

it('is filled to its limit where messages are kept from its reader, page by page, each once', async () => {
  await fill(180);
  const seen: string[] = [];
  const sizes: number[] = [];
  let cursor: string | null = '';
  for (let n = 0; cursor !== null && n < 40; n++) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await scene.ask('secretary', 'GET', `/inbox?limit=10${query}`);
    const body = (await answer.json()) as { items: { id: string; kind: string }[]; nextCursor: string | null };
    expect(body.items.filter(({ kind }) => kind === 'complaint')).toEqual([]);
    seen.push(...body.items.map(({ id }) => id));
    sizes.push(body.items.length);
    cursor = body.nextCursor;
  }
  expect(seen.filter((id) => id.startsWith('filled-'))).toEqual(
    Array.from({ length: 60 }, (_, n) => `filled-${180 - 3 * n}`),
  );
  expect(new Set(seen).size).toBe(seen.length);
  expect(sizes.slice(0, -1).every((size) => size === 10)).toBe(true);
  // no page is empty: that too would tell that something is kept back
  expect(sizes.at(-1)).toBeGreaterThan(0);
});

it('is filled on its page as well, and reading a message leads back to the same page', async () => {
  const cookie = await signIn(scene, 'secretary');
  const get = async (path: string) => (await scene.app.request(path, { headers: { cookie } })).text();
  const entries = (text: string) => text.match(/<li class="card[^"]*" id="m-/g)?.length;
  const first = await get('/inbox?unread=true');
  expect(entries(first)).toBe(50);
  const next = /href="(\/inbox\?unread=true&amp;cursor=[^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const second = await get(next);
  const [, id = ''] = /\/inbox\/([\w-]+)\/acknowledge/.exec(second) ?? [];
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(second)?.[1] ?? '';
  const answer = await scene.app.request(`/inbox/${id}/acknowledge`, {
    method: 'POST',
    body: new URLSearchParams({ token: field('token'), unread: 'true', cursor: field('cursor') }).toString(),
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, next]);
});
