import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyHash } from '../../door/demo.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import { verifyOrganisation } from '../../door/verify-organisation.ts';
import { hiddenOf, setPages, type Visitor } from './organisation.fixture.ts';

let scene: Awaited<ReturnType<typeof setPages>>;
beforeAll(async () => {
  scene = await setPages();
});
afterAll(() => scene?.close());

const unit = (id: string) => `/organisation?unit=${id}`;

describe('what is shown', () => {
  it('is the tree with holders and deputies to everybody, and what is in hand and changed to those who oversee it', async () => {
    await scene.open();
    const substitution = { post: 'community-1-secretary', person: 'p-director' };
    expect((await scene.ask('admin', 'POST', '/substitutions', substitution)).status).toBe(201);
    const caseworker = await scene.visit('caseworker');
    const own = (await caseworker.get('/organisation')).text;
    expect(own).toContain('<h1>新安西路社区');
    expect(own).toContain('<strong>张某</strong>');
    expect(own).toMatch(/代理：王某（自 \d{4}-/);
    expect(own).not.toMatch(/未办事项|变更记录|\/organisation\/units\//);
    const others = await caseworker.get('/organisation/posts/community-1-secretary');
    expect(others.text).not.toMatch(/href="\/organisation\/appointments|未办事项|调整岗位/);
    expect((await caseworker.get(unit('nowhere'))).status).toBe(404);
    expect((await caseworker.get('/organisation/posts/nowhere')).status).toBe(404);

    const head = (await (await scene.visit('director')).get('/organisation')).text;
    expect(head).toMatch(/在办个案 1/);
    expect(head).toContain('王某代理社区党支部书记，自');
    expect(head).not.toContain('/organisation/units/');

    const admin = await scene.visit('admin', 'en');
    const top = (await admin.get('/organisation')).text;
    expect(top).toContain('Jiyuan Road Sub-district');
    expect(top).toContain('West Xin’an Road Community');
    expect(top).toContain('href="/organisation/units/district-1/rename"');
    // the highest unit is neither split nor merged
    expect(top).not.toMatch(/district-1\/(split|merge)"/);
    expect((await scene.app.request('/organisation')).headers.get('location')).toMatch(/^\/sign-in/);
  });

  it('is people with their posts, found by name, and each with what he held', async () => {
    const admin = await scene.visit('admin');
    const found = (await admin.get('/organisation/people?q=%E7%BD%97')).text;
    expect(found).toContain('罗某');
    expect(found).not.toContain('张某');
    const person = (await admin.get('/organisation/people/p-cash-holder')).text;
    expect(person).toMatch(/居民代表[\s\S]*现任/);
    expect((await admin.get('/organisation/people/nobody')).status).toBe(404);
  });

  it('is nobody without an office but oneself, for all but administrators', async () => {
    await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, (organisation) =>
      organisation.addPerson({ id: 'p-resident', name: '韦某某' }),
    );
    const key = 'linli_a_resident';
    await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
      VALUES ('resident', ${keyHash(key)}, 'party', 'p-resident', 'community-1')`;
    const sees = async (visitor: Visitor) => [
      (await visitor.get(`/organisation/people?q=${encodeURIComponent('韦')}`)).text.includes('韦某某'),
      (await visitor.get('/organisation/people/p-resident')).status,
    ];
    expect(await sees(await scene.visit('secretary'))).toEqual([false, 404]);
    expect(await sees(await scene.visitWith(key))).toEqual([true, 200]);
    expect(await sees(await scene.visit('admin'))).toEqual([true, 200]);
    const listed = async (login: 'secretary' | 'admin') =>
      (await (await scene.ask(login, 'GET', '/people?limit=200')).text()).includes('p-resident');
    expect([await listed('secretary'), await listed('admin')]).toEqual([false, true]);
    expect((await (await scene.visit('secretary')).get('/organisation/people/p-cash-holder')).status).toBe(200);
  });
});

describe('an administrator of one community', () => {
  it('is offered what lies in it, and nothing that needs the unit above', async () => {
    const key = 'linli_community_administrator';
    await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
      VALUES ('community-admin', ${keyHash(key)}, 'admin', 'p-director-2', 'community-2')`;
    const admin = await scene.visitWith(key);
    const own = (await admin.get('/organisation')).text;
    expect(own).toContain('/organisation/units/community-2/rename');
    expect(own).not.toMatch(/community-2\/(split|merge)"/);
    expect((await admin.get(unit('community-1'))).text).not.toMatch(/\/organisation\/units\/|变更记录/);
    expect((await admin.get('/organisation/posts/community-1-secretary')).text).not.toMatch(
      /\/organisation\/appointments/,
    );
    for (const path of ['units/community-1/rename', 'posts/community-1-secretary/close', 'units/subdistrict-1/add']) {
      const refused = await admin.post(`/organisation/${path}`, hiddenOf(own));
      expect([path, refused.status]).toEqual([path, 403]);
    }
    const split = await admin.send('/organisation/units/community-2/split', { zh1: '洛宁北社区' });
    expect([split.status, split.text]).toEqual([403, expect.stringContaining('没有办成')]);
    // who has an office elsewhere is not his to rename
    expect((await admin.get('/organisation/people/p-secretary')).text).not.toContain('/rename');
    expect((await admin.get('/organisation/people/p-secretary-2')).text).toContain('/rename');
  });
});

describe('a form', () => {
  it('is for administrators, and takes only what its own page was sent with', async () => {
    const caseworker = await scene.visit('caseworker');
    const refused = await caseworker.get('/organisation/units/community-1/rename');
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('只有该单位或其上级的管理员')]);
    const theirs = hiddenOf((await caseworker.get('/organisation')).text);
    const tried = await caseworker.post('/organisation/units/community-1/rename', { ...theirs, zh: '别名' });
    expect(tried.status).toBe(403);
    const admin = await scene.visit('admin');
    const forged = await admin.post('/organisation/units/community-1/rename', { key: crypto.randomUUID(), zh: '别名' });
    expect([forged.status, forged.text]).toEqual([403, expect.stringContaining('表单已过期')]);
    // what was written is still there
    expect(forged.text).toContain('value="别名"');
    expect((await admin.get('/organisation/units/community-1/paint')).status).toBe(404);
    expect((await admin.get('/organisation/units/nowhere/rename')).status).toBe(404);
  });

  it('makes its change once, and says where it was not filled in', async () => {
    const admin = await scene.visit('admin');
    const path = '/organisation/units/community-2/post';
    const shown = hiddenOf((await admin.get(path)).text);
    for (let n = 0; n < 2; n += 1) {
      const sent = await admin.post(path, { ...shown, zh: '网格员', kind: 'grid-worker' });
      expect([sent.status, sent.location]).toEqual([303, `${unit('community-2')}&done=units%2Fpost`]);
    }
    const after = (await admin.get(unit('community-2'))).text;
    expect(after.match(/>网格员</g)).toHaveLength(1);
    expect((await admin.post(path, { ...shown, zh: '楼长', kind: 'grid-worker' })).status).toBe(422);

    const empty = await admin.send(path, { zh: ' ', kind: 'a b' });
    expect(empty.status).toBe(422);
    expect(empty.text).toMatch(/role="alert" tabindex="-1" autofocus/);
    expect(empty.text).toContain('<a href="#f-zh">名称：不能为空</a>');
    expect(empty.text).toContain('<a href="#f-kind">岗位类别：不是有效的编号</a>');
    expect(empty.text).toMatch(/id="f-kind" name="kind" aria-invalid="true" aria-describedby="h-kind e-kind"/);
  });

  it('renames, names the head, sets hours, adds below, moves and closes, what cannot be undone tried out first', async () => {
    const admin = await scene.visit('admin');
    const to = (what: string) => `/organisation/units/community-2/${what}`;
    expect((await admin.send(to('rename'), { zh: '洛宁社区', en: 'Luoning' })).status).toBe(303);
    expect((await admin.send(to('head'), { head: 'community-2-secretary' })).status).toBe(303);
    expect((await admin.send(to('hours'), { from: '08:30', to: '17:30' })).status).toBe(303);
    const home = (await admin.get(unit('community-2'))).text;
    for (const words of ['<h1>洛宁社区', '徐某 · 社区党支部书记', '08:30–17:30', '洛宁社区负责人岗位：社区党支部书记'])
      expect(home).toContain(words);

    const added = await admin.send(to('add'), { zh: '第一网格', level: 'grid' });
    const grid = /unit=([^&]+)/.exec(added.location ?? '')?.[1] ?? '';
    expect((await admin.get(added.location ?? '')).text).toContain('已办理：增设下级单位');
    const move = '/organisation/posts/community-2-residents-representative/move';
    const preview = await admin.send(move, { to: grid });
    expect([preview.status, preview.text]).toEqual([200, expect.stringContaining('居民代表 → 第一网格')]);
    expect((await admin.get(unit(grid))).text).toContain('这个单位没有岗位');
    const confirmed = await admin.post(move, { ...hiddenOf(preview.text), step: 'confirm' });
    expect(confirmed.status).toBe(303);
    expect((await admin.get(unit(grid))).text).toContain('居民代表');

    const full = await admin.send(`/organisation/units/${grid}/close`, {});
    expect([full.status, full.text]).toEqual([409, expect.stringContaining('单位还有 0 件未结个案、1 个岗位')]);
    const closing = await admin.send('/organisation/posts/community-1-secretary/close', {});
    expect([closing.status, closing.text]).toEqual([409, expect.stringContaining('这个岗位还负责 1 件未结个案')]);
    const close = '/organisation/posts/community-2-residents-representative/close';
    const sure = await admin.send(close, {});
    expect(sure.text).toContain('办理后不能撤回');
    expect((await admin.post(close, { ...hiddenOf(sure.text), step: 'confirm' })).status).toBe(303);
    expect((await admin.get('/organisation/posts/community-2-residents-representative')).text).toContain('已撤销');
  });

  it('adds a person, appoints with a pledge from a day to come, withdraws, and arranges a deputy', async () => {
    const admin = await scene.visit('admin');
    const post = '/organisation/posts/community-2-secretary';
    const person = await admin.send('/organisation/units/community-2/person', { name: '周某' });
    const id = decodeURIComponent(/people\/([^?]+)/.exec(person.location ?? '')?.[1] ?? '');
    expect((await admin.get(`/organisation/people/${id}`)).text).toContain('没有担任岗位');
    expect((await admin.send(`/organisation/people/${id}/rename`, { name: '邱某' })).status).toBe(303);

    const held = await admin.send(`${post}/appoint`, { person: id });
    expect([held.status, held.text]).toEqual([409, expect.stringContaining('那段时间已有人担任')]);
    const unknown = await admin.send(`${post}/appoint`, { person: '无此人' });
    expect([unknown.status, unknown.text]).toEqual([422, expect.stringContaining('没有这个人')]);

    // a name is enough where one alone has it
    const twin = await admin.send('/organisation/units/community-2/person', { name: '邱某' });
    expect(twin.status).toBe(303);
    const several = await admin.send(`${post}/deputy`, { person: '邱某' });
    expect([several.status, several.text]).toEqual([422, expect.stringContaining('有 2 人同名，请填写编号：')]);
    expect((await admin.send(`${post}/deputy`, { person: '马某', until: '2026-02-30' })).text).toContain('日期应写成');
    expect((await admin.send(`${post}/deputy`, { person: '马某' })).status).toBe(303);

    const added = await admin.send('/organisation/units/community-2/post', { zh: '调解员', kind: 'mediator' });
    expect(added.status).toBe(303);
    const made = /\/organisation\/posts\/(post-[^/"]+)\/appoint/.exec((await admin.get(unit('community-2'))).text)?.[1];
    const vacant = `/organisation/posts/${made}`;
    const next = await admin.send('/organisation/units/community-2/person', { name: '罗某', post: String(made) });
    expect(next.location).toMatch(new RegExp(`^${vacant}/appoint\\?person=p-`));
    const path = next.location?.split('&')[0] ?? '';
    expect((await admin.get(path)).text).toMatch(/<option value="p-[^"]+" selected="">/);
    const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
    const pledge = { pledge: '件件有着落', signed: '2026-01-05' };
    expect((await admin.send(`${vacant}/appoint`, { person: id, from: day, ...pledge })).status).toBe(303);
    const shown = (await admin.get(vacant)).text;
    expect(shown).toMatch(new RegExp(`接任：邱某 · 自 ${day}`));
    expect(shown).toContain('件件有着落');
    const withdraw = /\/organisation\/appointments\/[^/"]+\/withdraw/.exec(shown)?.[0] ?? '';
    expect((await admin.send(withdraw, {})).status).toBe(303);
    expect((await admin.get(vacant)).text).toContain('撤回任命：邱某');

    const deputy = await admin.send(`${vacant}/deputy`, { person: id, until: day });
    expect(deputy.status).toBe(303);
    const standsIn = (await admin.get(vacant)).text;
    expect(standsIn).toMatch(/代理：邱某（自 .* 至 /);
    const end = /\/organisation\/substitutions\/[^/"]+\/end/.exec(standsIn)?.[0] ?? '';
    expect((await admin.send(end, {})).status).toBe(303);
    expect((await admin.get(vacant)).text).not.toContain('代理：邱某');
    // a post that keeps money is not offered a deputy, and told why not
    const money = '/organisation/posts/community-1-residents-representative';
    expect((await admin.get(money)).text).not.toContain(`${money}/deputy`);
    const none = await admin.send(`${money}/deputy`, { person: id });
    expect([none.status, none.text]).toEqual([409, expect.stringContaining('不设代理人')]);
    expect((await verifyOrganisation(scene.sql)).length).toBe(0);
  });
});
