import { serve } from '@hono/node-server';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChannelSender } from '../../activities/channel-sender.ts';
import { createGuardedFetch } from '../../activities/channels/guarded-fetch.ts';
import { channelCheck, createSenders } from '../../activities/channels/index.ts';
import { noBrowser, startBrowser } from '../../test/support/browser.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { type MailServer, startMailServer } from '../../test/support/mail-server.ts';
import { type Scene, setScene } from '../scene.fixture.ts';

// The page in a real browser, 360 pixels wide, with a real mail server behind.

let scene: Scene;
let mail: MailServer;
let browser: Browser;
let folder: string;
let server: ReturnType<typeof serve>;
let sender: ReturnType<typeof createChannelSender>;
let url: string;

beforeAll(async () => {
  mail = await startMailServer();
  const senders = createSenders({
    fetch: createGuardedFetch(),
    now: () => new Date(),
    email: { smtp: { host: '127.0.0.1', port: mail.port, tls: 'none', from: 'linli@example.cn' } },
  });
  scene = await setScene({ channels: channelCheck(senders) });
  sender = createChannelSender({ sql: scene.worker, senders, log: pino({ level: 'silent' }) });
  folder = makeTestFolder('channels');
  if (!noBrowser) browser = await startBrowser(folder);
  url = await new Promise((resolve) => {
    server = serve({ fetch: scene.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
  await scene?.close();
  await mail?.close();
  if (folder) removeTestFolder(folder);
});

async function signedIn(login: Parameters<Scene['keyOf']>[0]) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  await page.goto(`${url}/sign-in`);
  await page.locator('#key').fill(scene.keyOf(login));
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/`);
  const fits = async () => Number(await page.evaluate('document.documentElement.scrollWidth')) <= 360;
  return { context, page, errors, fits };
}
async function send() {
  while ((await sender.turn()) > 0) await sender.idle();
}

describe.skipIf(noBrowser)('a secretary with a phone', () => {
  test('adds an address, verifies it, sets her evening free, tests it and sees what came of it', async () => {
    const { context, page, errors, fits } = await signedIn('secretary');
    await page.getByRole('link', { name: '消息渠道' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('消息渠道');
    expect(await fits()).toBe(true);
    await page.getByText('添加邮箱或手机号').click();
    await page.getByLabel('邮箱地址').fill('zhang@example.cn');
    await page.getByRole('button', { name: '添加' }).click();
    await page.getByLabel('六位验证码').waitFor();
    expect(await page.textContent('main')).toContain('z•••@example.cn');
    expect(await page.textContent('main')).not.toContain('zhang@');
    await page.getByLabel('六位验证码').fill('000000');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').textContent()).toContain('验证码不对，或已过期。');
    await send();
    const code = /\d{6}/.exec(mail.to('zhang@example.cn')[0]!.email.text ?? '')![0];
    await page.getByLabel('六位验证码').fill(code);
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
    await page.getByLabel('何时发送').selectOption('daily');
    await page.getByLabel('每天发送的时间').fill('17:30');
    await page.getByLabel('从').fill('20:00');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存。').waitFor();
    expect(await page.getByLabel('每天发送的时间').inputValue()).toBe('17:30');
    await page.getByRole('button', { name: '发送测试' }).click();
    await page.getByText('已安排发送').waitFor();
    await send();
    await page.reload();
    expect(await page.locator('.timeline li').first().textContent()).toContain('测试 · 已送出');
    expect(await fits()).toBe(true);
    await page.getByRole('link', { name: '返回消息渠道' }).click();
    expect(await page.textContent('main')).toContain('每天一次 17:30 · 免打扰时段 20:00–07:30 · 只发送条数和案号');
    // the form of another page does nothing
    const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const forged = await fetch(`${url}/channels`, {
      ...{ method: 'POST', body: new URLSearchParams({ channel: 'email', address: 'x@example.cn', token: 'x' }) },
      headers: { cookie: cookies },
    });
    expect(forged.status).toBe(403);
    expect(errors.filter((each) => !each.includes('422'))).toEqual([]);
    await context.close();
  });

  test('does not see the channels of a unit that others look after', async () => {
    const made = await scene.ask('director', 'POST', '/channels', {
      ...{ owner: { unit: 'community-1' }, channel: 'feishu' },
      settings: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/secret-part' },
    });
    const { id } = (await made.json()) as { id: string };
    const { context, page } = await signedIn('secretary');
    await page.goto(`${url}/channels`);
    expect(await page.textContent('main')).not.toContain('单位渠道');
    expect((await page.goto(`${url}/channels/${id}`))?.status()).toBe(404);
    await context.close();
  });
});

describe.skipIf(noBrowser)('a director', () => {
  test('adds a robot to the unit, whose address is not shown again, and removes it', async () => {
    const { context, page, errors, fits } = await signedIn('director');
    await page.goto(`${url}/channels`);
    await page.getByText('添加群机器人或 Webhook').click();
    await page.locator('select[name=channel]').last().selectOption('wecom');
    await page.getByLabel('地址（URL）').fill('https://elsewhere.example.cn/');
    await page.getByRole('button', { name: '添加' }).last().click();
    expect(await page.getByRole('alert').textContent()).toContain('企业微信');
    await page.getByText('添加群机器人或 Webhook').click();
    await page.locator('select[name=channel]').last().selectOption('wecom');
    await page.getByLabel('地址（URL）').fill('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-part');
    await page.getByRole('button', { name: '添加' }).last().click();
    await page.getByText('企业微信群机器人 qyapi.weixin.qq.com').waitFor();
    expect(await page.content()).not.toContain('secret-part');
    expect(await fits()).toBe(true);
    await page.getByRole('button', { name: '删除' }).click();
    await page.getByText('已保存。').waitFor();
    expect(await page.textContent('main')).not.toContain('企业微信群机器人 qyapi');
    expect(errors.filter((each) => !each.includes('422'))).toEqual([]);
    await context.close();
  });
});
