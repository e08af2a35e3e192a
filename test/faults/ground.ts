import { setTimeout as sleep } from 'node:timers/promises';
import type { Callers, Entry } from './client.ts';
import type { Random } from './random.ts';
import type { Rig } from './rig.ts';

/** What a scenario plays on. */
export interface Ground {
  readonly rig: Rig;
  readonly callers: Callers;
  readonly random: Random;
  /** Factor for the length of outages and the number of kills: 1 for the short run. */
  readonly length: number;
  /** What the scenario says of itself, for the report. */
  readonly figures: Record<string, number | string>;
}

/** Where all cases are. */
export const community = 'community-1';
const minuteMs = 60_000;

/** Opens a case whose first deadline comes due in so many seconds, its rungs a minute apart from then on. Answers its id. */
export async function openCase({ rig, callers }: Ground, dueInSeconds: number): Promise<string> {
  const openedAt = new Date(Date.now() - minuteMs + dueInSeconds * 1_000);
  const entry = await callers.send({
    as: rig.keyOf('caseworker'),
    path: '/api/v1/cases',
    body: {
      program: 'drill',
      unit: community,
      openedAt: new Date(Math.min(openedAt.getTime(), Date.now() - 1_000)).toISOString(),
      data: { need: '屋顶漏水' },
      parties: [{ role: 'household', name: '周某' }],
    },
  });
  const id = entry.answer?.body['id'];
  if (typeof id !== 'string') throw new Error(`a case could not be opened: ${entry.firstFailure} ${entry.wrong}`);
  return id;
}

/** Opens cases that come due one after the other between these seconds from now. */
export async function openCases(ground: Ground, n: number, from: number, to: number): Promise<string[]> {
  const wishes = Array.from({ length: n }, (_, i) => from + ((to - from) * i) / n);
  const ids: string[] = [];
  while (wishes.length > 0) ids.push(...(await Promise.all(wishes.splice(0, 8).map((due) => openCase(ground, due)))));
  return ids;
}

/** Adds a note that says its own key. */
export function addNote({ rig, callers }: Ground, caseId: string, urls?: readonly string[]): Promise<Entry> {
  const key = `note-${crypto.randomUUID()}`;
  return callers.send({
    ...{ as: rig.keyOf('caseworker'), key, path: `/api/v1/cases/${caseId}/acts` },
    body: { type: 'note.add', data: { text: key } },
    ...(urls ? { urls } : {}),
  });
}

/** People at work. */
export interface People {
  /** Lets them finish what they are at. */
  goHome(): Promise<void>;
}

/** Lets so many callers work on cases until told to stop: notes, tasks, entries in both books, refused acts, repeats. */
export function people(ground: Ground, cases: readonly string[], { callers = 4, pauseMs = 30 } = {}): People {
  let working = true;
  const work = async (): Promise<void> => {
    while (working) {
      await doSomething(ground, ground.random.pick(cases));
      await sleep(pauseMs);
    }
  };
  const all = Array.from({ length: callers }, work);
  return {
    async goHome() {
      working = false;
      await Promise.all(all);
    },
  };
}

async function doSomething(ground: Ground, caseId: string): Promise<void> {
  const { rig, callers, random } = ground;
  const path = `/api/v1/cases/${caseId}/acts`;
  const sort = random.next();
  if (sort < 0.6) return void (await addNote(ground, caseId));
  if (sort < 0.7) {
    const body = { type: 'task.complete', target: 'work', data: {} };
    return void (await callers.send({ as: rig.keyOf('cadre'), path, body }));
  }
  if (sort < 0.75) {
    // nothing of that name is open: a refusal that sticks
    const body = { type: 'task.complete', target: 'nothing', data: {} };
    return void (await callers.send({ as: rig.keyOf('caseworker'), path, body }));
  }
  if (sort < 0.85) return keepBooks(ground, path);
  // the same request twice at once, as an impatient client sends it
  const twin = { as: rig.keyOf('caseworker'), path, key: `note-${crypto.randomUUID()}` };
  const body = { type: 'note.add', data: { text: twin.key } };
  await Promise.all([callers.send({ ...twin, body }), callers.send({ ...twin, body })]);
}

/** A sale in both books, by two people at once; every tenth is not entered alike. */
async function keepBooks({ rig, callers, random }: Ground, path: string): Promise<void> {
  const sale = { book: 'fund', direction: 'in', sourceDoc: crypto.randomUUID(), channel: 'cash' };
  const amountFen = random.between(100, 20_000);
  const other = random.percent(10) ? amountFen + 1 : amountFen;
  const lines = [{ text: '手工品', amountFen: other }];
  await Promise.all([
    callers.send({ as: rig.keyOf('cashHolder'), path, body: { type: 'cash.record', data: { ...sale, amountFen } } }),
    callers.send({ as: rig.keyOf('accountant'), path, body: { type: 'ledger.record', data: { ...sale, lines } } }),
  ]);
}
