import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLink } from '../../db/queries/sign-in-people.ts';
import { noBrowser } from '../../test/support/browser.ts';
import { hashOf } from '../auth/tokens.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

const PASSWORD = 'a kettle, a pomegranate tree';

describe.skipIf(noBrowser)('signing in with a passkey in a real browser', () => {
  let narrow: NarrowScene;
  beforeAll(async () => {
    narrow = await setNarrow('account');
  });
  afterAll(async () => narrow?.close());

  it.each([
    [360, 'p-director', 'wang'],
    [1280, 'p-secretary', 'zhang'],
  ])('at %i px: set a password, add a passkey, sign in with it', async (width, person, username) => {
    const { sql } = narrow.scene;
    const link = { kind: 'invitation', person, username, by: null, hours: 1 } as const;
    await makeLink(sql, { ...link, hash: hashOf(`link-${person}`) });
    // a passkey belongs to a name, not to an address
    const url = narrow.url.replace('127.0.0.1', 'localhost');
    const page = await narrow.visit();
    await page.setViewportSize({ width, height: 800 });
    const errors: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });

    await page.goto(`${url}/welcome/link-${person}`);
    await fits(page);
    await page.fill('#new', PASSWORD);
    await page.fill('#again', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/sign-in?done`);
    await fits(page);
    await page.fill('#username', username);
    await page.fill('#password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
    await page.goto(`${url}/account`);
    await fits(page);
    await picture(page, `account-${width}`);
    await page.fill('#passkey-name', '办公室电脑');
    await page.click('form[data-passkey=add] button');
    await page.waitForURL(`${url}/account?done=passkey`);
    expect(await page.textContent('main')).toContain('办公室电脑');

    await sql`UPDATE person.sign_in_sessions SET proven_at = now() - interval '1 hour'`;
    await page.fill('#passkey-name', '手机');
    await page.click('form[data-passkey=add] button');
    await page.waitForURL(`${url}/account/again`);
    await fits(page);
    await page.click('form[data-passkey=again] button');
    await page.waitForURL(`${url}/account?done=proven`);
    await page.fill('#key-label', '月报汇总程序');
    await page.click('form[action="/account/keys"] button');
    await page.waitForSelector('code.secret');
    await fits(page);
    await picture(page, `account-key-${width}`);

    await page.click('form[action="/sign-out"] button');
    await page.waitForURL(`${url}/sign-in`);
    await picture(page, `sign-in-${width}`);
    await page.click('form[data-passkey=sign-in] button');
    await page.waitForURL(`${url}/`);
    const [session] = await sql`
      SELECT strong FROM person.sign_in_sessions WHERE user_id = ${person} ORDER BY created_at DESC LIMIT 1`;
    expect(session).toEqual({ strong: true });
    // what he reads is what he reads with his key
    const read = await page.request.get(`${url}/api/v1/tasks`);
    const byKey = await narrow.scene.ask(person === 'p-director' ? 'director' : 'secretary', 'GET', '/tasks');
    expect([read.status(), await read.json()]).toEqual([200, await byKey.json()]);
    await page.goto(`${url}/tasks`);
    expect(await page.textContent('main h1')).toContain('我的');
    const methods = await sql`
      SELECT method FROM person.security_events WHERE person = ${person} AND kind = 'signedIn' ORDER BY id`;
    expect(methods.map(({ method }) => method)).toEqual(['password', 'passkey', 'passkey']);
    expect(errors).toEqual([]);

    // a passkey of somebody else does not show that it is he, and lets nobody take his place
    const other = { kind: 'invitation', person: `${person}-2`, username: `${username}-2`, by: null, hours: 1 } as const;
    await makeLink(sql, { ...other, hash: hashOf(`link-${other.person}`) });
    await page.goto(`${url}/welcome/link-${other.person}`);
    await page.fill('#new', PASSWORD);
    await page.fill('#again', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/sign-in?done`);
    await page.fill('#username', other.username);
    await page.fill('#password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
    await sql`UPDATE person.sign_in_sessions SET proven_at = now() - interval '1 hour'`;
    await page.goto(`${url}/account/again`);
    await page.click('form[data-passkey=again] button');
    await page.waitForSelector('form[data-passkey=again] [role=alert]:not([hidden])');
    await page.goto(`${url}/account`);
    expect(await page.textContent('main')).toContain(`用户名：${other.username}`);
    const proven =
      await sql`SELECT FROM person.sign_in_sessions WHERE user_id = ${other.person} AND proven_at > now() - interval '10 minutes'`;
    expect(proven).toHaveLength(0);
  });
});
