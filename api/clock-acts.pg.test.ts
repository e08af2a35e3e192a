import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scene, setScene } from './scene.fixture.ts';

interface Explained {
  readonly due: string | null;
  readonly granted: readonly object[];
  readonly pauses: readonly object[];
  readonly days: readonly { readonly date: string; readonly counted: boolean; readonly why: string }[];
}

describe('clocks over HTTP', () => {
  let scene: Scene;
  let caseId: string;
  beforeAll(async () => {
    scene = await setScene();
    caseId = await scene.open();
    const past = { occurredAt: daysAgo(12), reason: '补录' };
    const consent = { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '邱某' }, ...past };
    await scene.act('caseworker', caseId, consent);
    for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
      const data = { body, present: 9, for: 8, against: 0, abstain: 1 };
      await scene.act('secretary', caseId, { type: 'decision.record', data, ...past });
    }
  });
  afterAll(() => scene.close());

  const act = async (login: Parameters<Scene['ask']>[0], type: string, more: object) => {
    const response = await scene.ask(login, 'POST', `/cases/${caseId}/acts`, { type, target: 'speak', ...more });
    return response.status === 200 ? 'ok' : `${response.status} ${((await response.json()) as { code: string }).code}`;
  };
  const explain = async () => {
    const path = `/cases/${caseId}/deadlines/stage:speak.1/explain`;
    const response = await scene.ask('caseworker', 'GET', path, undefined, { 'accept-language': 'en' });
    return (await response.json()) as Explained;
  };

  it('pauses of two kinds overlap, count once, and are told apart day by day', async () => {
    const reason = '依规定不计入期限';
    const at = (days: number) => ({ occurredAt: daysAgo(days), reason });
    expect(await act('secretary', 'deadline.pause', { data: { kind: 'sunshine' }, ...at(9) })).toBe('422 INVALID_DATA');
    expect(await act('secretary', 'deadline.pause', { data: { kind: 'notice' }, ...at(9) })).toBe('ok');
    expect(await act('secretary', 'deadline.pause', { data: { kind: 'hearing' }, ...at(7) })).toBe('ok');
    expect((await explain()).due).toBeNull();
    expect(await act('secretary', 'deadline.resume', at(6))).toBe('422 INVALID_DATA');
    expect(await act('secretary', 'deadline.resume', { data: { kind: 'notice' }, ...at(6) })).toBe('ok');
    expect(await act('secretary', 'deadline.resume', at(4))).toBe('ok');
    const { due, days, pauses } = await explain();
    expect(pauses).toMatchObject([
      { kind: 'notice', name: 'public notice' },
      { kind: 'hearing', name: 'hearing' },
    ]);
    expect(days.filter(({ why }) => why.startsWith('paused')).map(({ why }) => why)).toEqual([
      'paused (public notice), not counted',
      'paused (public notice), not counted',
      'paused (public notice, hearing), not counted',
      'paused (public notice, hearing), not counted',
      'paused (hearing), not counted',
      'paused (hearing), not counted',
    ]);
    expect(days.at(-1)?.date).toBe(due);
  });

  it('an extension shows who asked and who approved', async () => {
    const before = (await explain()).due!;
    const ask = { data: { budget: '10 days' }, reason: '还需要时间' };
    expect(await act('secretary', 'deadline.requestExtension', { data: ask.data })).toBe('422 REASON_MISSING');
    expect(await act('secretary', 'deadline.requestExtension', ask)).toBe('ok');
    expect(await act('director', 'deadline.decideExtension', { data: { approve: true } })).toBe('403 FORBIDDEN');
    expect(await act('subDistrictHead', 'deadline.decideExtension', { data: { approve: true } })).toBe('ok');
    const { due, granted } = await explain();
    expect(granted).toMatchObject([{ budget: '10 days', by: 'p-sub-district-head', askedBy: 'p-secretary' }]);
    expect(due! > before).toBe(true);
  });
});

function daysAgo(n: number): string {
  return new Date(Date.now() - n * 86_400_000).toISOString();
}
