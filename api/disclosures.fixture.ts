import type { Login, Scene } from './scene.fixture.ts';

/** Opens a deliberation and brings it to where its decision can be posted; answers its id. */
export async function decidedCase(scene: Scene): Promise<string> {
  const answer = await scene.ask('caseworker', 'POST', '/cases', {
    ...{ program: 'deliberation', unit: 'community-1', data: { matter: '加装电梯扶手' }, parties: [] },
    assignments: { secretary: 'community-1-secretary', supervisor: 'community-1-supervision-head' },
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  const caseId = ((await answer.json()) as { id: string }).id;
  const act = (type: string, more: object) => scene.act('secretary', caseId, { type, ...more });
  const evidence = [await minutes(scene, 'secretary', caseId)];
  await act('task.complete', { target: 'hear', data: { note: '走访' } });
  await act('task.complete', { target: 'gather', data: { fields: { opinions: '都要扶手' } }, evidence });
  await act('task.complete', { target: 'write', data: { fields: { proposal: '三个单元各装两道' } } });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await act('decision.record', { data: { body, eligible: 9, present: 9, for: 8, against: 0, abstain: 1 }, evidence });
  return caseId;
}

async function minutes(scene: Scene, login: Login, caseId: string): Promise<string> {
  const form = new FormData();
  form.set('file', new File(['%PDF-1.4\n会议记录\n%%EOF\n'], 'minutes.pdf'));
  const answer = await scene.ask(login, 'POST', `/cases/${caseId}/documents`, form);
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}
