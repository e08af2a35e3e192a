import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elsewhere, everybody, type Who } from './cast.ts';
import { type AccessScene, setAccessScene } from './scene.ts';
import { filled, readTable } from './table.ts';

// What one unit has is not reached from another: not by asking lists for it in every way they offer, not by listening, not by
// a feed. That its addresses lead nowhere is in the matrix, which is checked here for what must never be written into it.

const OUTSIDE = [...elsewhere, 'neighbour', 'cadre', 'former'] as const satisfies readonly Who[];

/** Lists, and by what each can be narrowed to what is not the asker's. */
const lists: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/cases': [
    ...[
      'q={caseNo}',
      'q={name}',
      'party={name}',
      'party=p-zhou',
      'unit=community-1',
      'unit=subdistrict-1',
      'unit=district-1',
    ],
    ...[
      'responsible=p-secretary',
      'responsible=community-1-secretary',
      'program=matrix',
      'status=closed',
      'overdue=true',
      'count=true',
    ],
  ],
  '/api/v1/tasks': [
    'q={name}',
    'unit=community-1',
    'unit=subdistrict-1',
    'party=p-zhou',
    'responsible=p-secretary',
    'program=matrix',
  ],
  '/api/v1/accountability': ['case={caseId}', 'unit=community-1', 'post=community-1-secretary', 'person=p-secretary'],
  '/api/v1/inbox': ['acknowledged=true', 'acknowledged=false'],
  '/api/v1/inbox/deliveries': ['limit=200'],
  '/api/v1/audit/events': ['case={caseId}', 'unit=community-1', 'unit=district-1', 'type=case.opened', 'limit=200'],
  '/api/v1/audit/access-log': ['case={caseId}', 'person=p-secretary', 'kind=case', 'limit=200'],
  '/api/v1/audit/samples': ['unit=community-1', 'limit=200'],
  '/api/v1/audit/published-bulletins': ['unit=community-1', 'limit=200'],
  '/api/v1/retention/report': ['unit=community-1', 'unit=district-1'],
  '/api/v1/workload': ['unit=community-1', 'unit=subdistrict-1&below=true'],
  '/api/v1/people': ['limit=200'],
  '/organisation/people': ['q={name}', `q=${encodeURIComponent('某')}`],
  '/api/v1/channels': ['unit=community-1', 'post=community-1-secretary', 'person=p-secretary'],
  '/api/v1/imports': ['limit=200'],
  '/': ['q={name}', 'q={caseNo}', 'unit=community-1'],
  '/tasks': ['unit=community-1', 'q={name}'],
  '/audit': ['unit=community-1'],
  '/workload': ['unit=community-1'],
};

let scene: AccessScene;
beforeAll(async () => {
  scene = await setAccessScene();
}, 120_000);
afterAll(() => scene?.close());

/** What tells of a case that nobody showed to another unit. */
function secrets(who: Who): readonly string[] {
  const { offered, emergency, ...own } = scene.cases;
  return [...Object.values(own), ...scene.marksFor(who).filter((mark) => /\p{Script=Han}/u.test(mark))];
}

describe('what one unit has', () => {
  test('no list shows it to another, however it is asked', async () => {
    const { caseId, caseNo } = scene.things;
    const asked = { caseId, caseNo: encodeURIComponent(caseNo), name: encodeURIComponent('周某某甲') };
    for (const [path, queries] of Object.entries(lists))
      for (const query of ['', ...queries]) {
        const at = query === '' ? path : `${path}?${filled(query, asked)}`;
        for (const who of OUTSIDE) {
          const { status, text } = await scene.answer(who, 'GET', at);
          expect([200, 403, 404], `${who} ${at}: ${status} ${text.slice(0, 200)}`).toContain(status);
          const said = decodeURIComponent(at);
          // a form of a search says again what was looked for
          const found = secrets(who).filter((secret) => !said.includes(secret) && text.includes(secret));
          expect(found, `${who} ${at}`).toEqual([]);
        }
      }
  }, 120_000);

  test('a count tells nothing of it', async () => {
    for (const who of OUTSIDE) {
      const { text } = await scene.answer(who, 'GET', '/api/v1/cases?unit=community-1&count=true');
      const { total } = JSON.parse(text) as { total: number };
      expect(total, who).toBe(who === 'neighbour' ? 1 : 0);
    }
  });

  test('a stream tells nothing of it, while those it concerns are told', async () => {
    const heard = new Map<Who, string>();
    const listening = await Promise.all(
      ([...OUTSIDE, 'secretary'] as const).map(async (who) => {
        const response = await scene.ask(who, 'GET', '/api/v1/stream');
        const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
        const read = async () => {
          for (let next = await reader.read(); !next.done; next = await reader.read())
            heard.set(who, (heard.get(who) ?? '') + next.value);
        };
        void read();
        return reader;
      }),
    );
    const added = {
      type: 'task.add',
      reason: '补充',
      data: { item: { name: '陪周某某甲就医', by: 'secretary', within: '3 days' } },
    };
    const { status, text } = await scene.answer(
      'secretary',
      'POST',
      `/api/v1/cases/${scene.things.caseId}/acts`,
      added,
    );
    expect(status, text).toBe(200);
    for (let tries = 0; tries < 100 && !heard.get('secretary')?.includes(scene.things.caseId); tries++)
      await sleep(100);
    expect(heard.get('secretary')).toContain(scene.things.caseId);
    await sleep(1_000);
    for (const reader of listening) await reader.cancel();
    for (const who of OUTSIDE) {
      const found = [...secrets(who), ...Object.values(scene.cases)].filter((secret) =>
        heard.get(who)?.includes(secret),
      );
      expect(found, who).toEqual([]);
    }
  }, 60_000);

  test('a calendar feed of another unit holds none of its deadlines; that of the post that answers does', async () => {
    const feedOf = async (who: Who) => {
      const { status, text } = await scene.answer(who, 'POST', '/api/v1/calendar-feeds', { months: 12 });
      expect(status, text).toBe(201);
      const { pathname } = new URL((JSON.parse(text) as { url: string }).url);
      return (await scene.answer('nobody', 'GET', pathname)).text;
    };
    const numbered = async (who: Who) => (await feedOf(who)).includes(scene.things.caseNo);
    expect(await numbered('secretary')).toBe(true);
    for (const who of OUTSIDE) expect(await numbered(who), who).toBe(false);
  });
});

describe('the matrix itself', () => {
  const table = readTable('matrix.csv', 2);
  const cells = [...table.rows].flatMap(([row, found]) => found.map((cell, n) => ({ row, cell, who: everybody[n]! })));

  test('lets nobody of another unit see a case, beside the one that is offered to it and the one opened in an emergency', () => {
    const told = cells.filter(({ who, cell }) => (elsewhere as readonly Who[]).includes(who) && cell.endsWith('*'));
    // its heads and caseworkers are told that they are asked, and by which number
    const asked = /(\/transfers|\/inbox) \| $/;
    const others = told.filter(({ row, who }) => !(who === 'head2' && row.endsWith('| emergency')) && !asked.test(row));
    expect(others).toEqual([]);
  });

  test('tells nobody anything who is not signed in', () => {
    const told = cells.filter(({ who, cell }) => (who === 'nobody' || who === 'ended') && cell.endsWith('*'));
    expect(told).toEqual([]);
  });

  test('has no answer that says something went wrong here', () => {
    expect(cells.filter(({ cell }) => cell.startsWith('5'))).toEqual([]);
  });
});
