import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Who } from './cast.ts';
import { requestsOf } from './requests.ts';
import { type AccessScene, setAccessScene } from './scene.ts';
import { readTable } from './table.ts';

// Another site can have a browser send any form of ours, with the cookie and without the token of our pages: no page takes it

let scene: AccessScene;
beforeAll(async () => {
  scene = await setAccessScene();
}, 120_000);
afterAll(() => scene?.close());

/** Those of whom some may do what the pages offer. */
const senders: readonly Who[] = ['caseworker', 'head', 'cashHolder', 'beneficiary', 'auditor', 'admin', 'security'];
/** Signing in is nobody's change: who sends these has no session yet, or sends the secret of a link. */
const opens = (route: string) => /^POST \/(sign-in|welcome)\b/.test(route);

/** What must stay as it is: what is recorded, of cases and of the organisation, and who is let in. */
const counts = async () => {
  const [row] = await scene.scene.sql`
    SELECT (SELECT count(*) FROM events)::int AS events, (SELECT count(*) FROM org_events)::int AS organisation,
      (SELECT count(*) FROM api_keys)::int + (SELECT count(*) FROM person.login_keys)::int AS keys,
      (SELECT count(*) FROM sessions)::int AS sessions, (SELECT count(*) FROM person.sign_in_links)::int AS links,
      (SELECT count(*) FROM calendar_feeds)::int AS feeds, (SELECT count(*) FROM documents)::int AS documents,
      (SELECT count(*) FROM person.imports)::int AS imports, (SELECT count(*) FROM person.channel_endpoints)::int AS channels,
      (SELECT count(*) FROM messages WHERE acknowledged_at IS NOT NULL)::int AS read`;
  return row;
};

test('every form of a page without the token of the session is refused, and changes nothing', async () => {
  const routes = [...new Set([...readTable('matrix.csv', 2).rows.keys()].map((row) => row.split(' | ')[0]!))].filter(
    (route) => /^POST \/(?!api\/|codec\/)/.test(route) && !opens(route),
  );
  expect(routes.length).toBeGreaterThan(45);
  const before = await counts();
  const passed: string[] = [];
  for (const route of routes)
    for (const who of senders) {
      const [request] = requestsOf(route).slice(-1);
      const { path, body } = request!.asked(who, scene.things);
      for (const token of ['', 'of-another-session']) {
        const sent = body instanceof FormData ? body : { ...(body as object), token };
        if (sent instanceof FormData) sent.set('token', token);
        const { status, text } = await scene.answer(who, 'POST', path, sent);
        // 404: he is told that there is no such thing before his form is looked at
        if (![303, 401, 403, 404].includes(status)) passed.push(`${route} as ${who}: ${status} ${text.slice(0, 80)}`);
      }
    }
  expect(passed).toEqual([]);
  expect(await counts()).toEqual(before);
}, 300_000);
