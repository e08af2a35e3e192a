import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { openingOf, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

it('opens and reads a case with types from the routes', async () => {
  const client = createClient({
    url: 'http://localhost',
    key: scene.keyOf('caseworker'),
    language: 'en',
    fetch: async (input, init) => scene.app.request(input as string, init),
  });
  const opened = await client.cases.$post({ json: openingOf() as never, header: { 'idempotency-key': 'c-1' } });
  expect(opened.status).toBe(201);
  if (opened.status !== 201) return;
  const { id, program } = await opened.json();
  expect(program.name).toBe('Fule: help in four stages');
  const answer = await client.cases[':caseId'].acts.$post({
    param: { caseId: id },
    query: {},
    header: {},
    json: { type: 'note.add', data: { text: 'he smiled' } },
  });
  expect(answer.status).toBe(200);
  const plan = await client.cases[':caseId'].plan.$get({ param: { caseId: id } });
  if (plan.status !== 200) throw new Error(String(plan.status));
  expect((await plan.json()).stages.map(({ stage }) => stage)).toEqual(['speak', 'outside', 'wish', 'earn']);
});
