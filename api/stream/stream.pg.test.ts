import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadPrograms } from '../../plugins/index.ts';
import { createApp } from '../app.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';
import { type RunningServer, serveApp } from '../server.ts';

// A real server and real connections: what proxies, buffers and disconnects do shows nowhere else.
let scene: Scene;
let server: RunningServer;
let url: string;
let stopping: AbortController;
let caseId: string;
const open: AbortController[] = [];

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  await serve();
});
afterEach(() => {
  for (const each of open.splice(0)) each.abort();
});
afterAll(async () => {
  stopping.abort();
  await server.stop();
  await scene.close();
});

/** Another process over the same database: what this one knew is gone. */
async function serve(): Promise<void> {
  const { sql, door } = scene;
  stopping = new AbortController();
  const app = createApp({
    ...{ sql, door, programs: await loadPrograms(), log: pino({ level: 'silent' }), stopping: stopping.signal },
    streams: { everyMs: 50, beatMs: 100, wholeMs: 400, mostOfPerson: 3 },
    verifyCase: async () => ({ holds: true, events: 0, findings: [] }),
  });
  server = await serveApp(app, { port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${server.port}`;
}

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: {
    readonly tasks: number;
    readonly unread: number;
    readonly all?: true;
    readonly cases?: { id: string; added: { id: string; kind: string }[]; removed: string[] }[];
    readonly added?: { id: string; kind: string; caseId: string }[];
    readonly removed?: string[];
  };
}

interface Listening {
  readonly response: Response;
  readonly events: Event[];
  /** Comments that have come. */
  readonly beats: () => number;
  readonly ended: Promise<void>;
  /** Waits for an event that fits. */
  next(fits: (event: Event) => boolean): Promise<Event>;
}

async function listen(login: Login, headers: Record<string, string> = {}): Promise<Listening> {
  const abort = new AbortController();
  open.push(abort);
  const response = await fetch(`${url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${scene.keyOf(login)}`, ...headers },
    signal: abort.signal,
  });
  const events: Event[] = [];
  let beats = 0;
  const read = async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? '';
        if (frame.startsWith(':')) beats += 1;
        if (field('event')) events.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
      }
    }
  };
  const ended = response.status === 200 ? read().catch(() => undefined) : Promise.resolve();
  const next: Listening['next'] = async (fits) => {
    for (let tries = 0; tries < 200; tries++) {
      const found = events.find(fits);
      if (found) return found;
      await sleep(50);
    }
    throw new Error(`no such event among ${JSON.stringify(events)}`);
  };
  return { response, events, beats: () => beats, ended, next };
}

/** Each of these may nudge twice a day. */
const nudge = (by: Login = 'director') =>
  scene.act(by, caseId, { type: 'deadline.nudge', target: 'visit', reason: '请抓紧' });

describe('/stream', () => {
  it('says how much there is, then what changes, by ids and kinds alone', async () => {
    const secretary = await listen('secretary');
    expect(secretary.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(secretary.response.headers.get('x-accel-buffering')).toBe('no');
    expect(secretary.response.headers.get('content-encoding')).toBeNull();
    const { data } = await secretary.next(({ event }) => event === 'counts');
    const tasks = (await (await scene.ask('secretary', 'GET', '/tasks?limit=200')).json()) as { items: unknown[] };
    expect(data.tasks).toBe(tasks.items.length);

    await nudge();
    const told = await secretary.next(({ event }) => event === 'inbox');
    expect(told.data.added).toMatchObject([{ kind: 'nudge', caseId }]);
    expect(told.data.unread).toBe(data.unread + 1);

    const other = await scene.openApproved();
    const opened = await secretary.next(({ event, data: { cases } }) => event === 'tasks' && cases?.[0]?.id === other);
    expect(opened.data.cases?.[0]?.added.length).toBeGreaterThan(2);
    expect(JSON.stringify(secretary.events)).not.toMatch(/[\u4e00-\u9fff]/);

    await scene.ask('secretary', 'POST', `/inbox/${told.data.added![0]!.id}/acknowledge`);
    await secretary.next(({ data: { removed } }) => removed?.includes(told.data.added![0]!.id) ?? false);
  });

  it('tells others nothing of it', async () => {
    const stranger = await listen('stranger');
    await stranger.next(({ event }) => event === 'counts');
    await nudge();
    await sleep(500);
    expect(stranger.events.map(({ event }) => event)).toEqual(['counts']);
  });

  it('does not show a complaint to whom it is about, not even that something happened', async () => {
    const secretary = await listen('secretary');
    const head = await listen('subDistrictHead');
    await secretary.next(({ event }) => event === 'counts');
    await head.next(({ event }) => event === 'counts');
    await scene.act('caseworker', caseId, {
      type: 'complaint.make',
      onBehalfOf: 'beneficiary',
      data: { about: 'secretary', text: '多次未上门', witness: '邱某' },
    });
    await Promise.race([
      head.next(({ data: { added } }) => added?.some(({ kind }) => kind === 'complaint') ?? false),
      sleep(1_000),
    ]);
    await sleep(300);
    expect(secretary.events.map(({ event }) => event)).toEqual(['counts']);
  });

  it('goes on where a listener left off, in another process as well', async () => {
    const first = await listen('secretary');
    const { id } = await first.next(({ event }) => event === 'counts');
    open.pop()!.abort();
    stopping.abort();
    await first.ended;
    const began = performance.now();
    await server.stop();
    expect(performance.now() - began).toBeLessThan(2_000);
    await nudge('subDistrictHead');
    await serve();
    const again = await listen('secretary', { 'last-event-id': id });
    const inbox = await again.next(({ event }) => event === 'inbox');
    expect(inbox.data.all).toBe(true);
    // the newest first; what came shortly before may be told again
    expect(inbox.data.added?.[0]).toMatchObject({ kind: 'nudge', caseId });
    await again.next(({ event, data: { all } }) => event === 'tasks' && all === true);
    const lost = await listen('secretary', { 'last-event-id': 'nonsense' });
    expect((await lost.next(({ event }) => event === 'inbox')).data).toMatchObject({ all: true, added: [] });
  });

  it('keeps the line warm, and ends with the key', async () => {
    const director = await listen('director');
    await director.next(({ event }) => event === 'counts');
    await sleep(350);
    expect(director.beats()).toBeGreaterThan(1);
    await scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-director'`;
    await director.ended;
    expect((await listen('director')).response.status).toBe(401);
    await scene.sql`UPDATE api_keys SET revoked_at = NULL WHERE person = 'p-director'`;
  });

  it('ends when its person leaves the post of the key', async () => {
    const accountant = await listen('accountant');
    await accountant.next(({ event }) => event === 'counts');
    await scene.sql`UPDATE appointments SET until_at = now() WHERE person = 'p-accountant'`;
    await accountant.ended;
    await scene.sql`UPDATE appointments SET until_at = NULL WHERE person = 'p-accountant'`;
  });

  it('lets a person listen three times here, and forgets who has gone', async () => {
    for (let n = 0; n < 3; n++) await listen('cashHolder');
    const fourth = await listen('cashHolder');
    expect(fourth.response.status).toBe(429);
    expect(fourth.response.headers.get('retry-after')).toBeTruthy();
    for (const each of open.splice(0)) each.abort();
    await sleep(300);
    expect((await listen('cashHolder')).response.status).toBe(200);
    const head = await fetch(`${url}/api/v1/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${scene.keyOf('cashHolder')}` },
    });
    expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  });
});
