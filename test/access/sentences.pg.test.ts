import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccessScene, setAccessScene } from './scene.ts';
import { sentences } from './sentences.ts';
import { filled } from './table.ts';

let scene: AccessScene;
beforeAll(async () => {
  scene = await setAccessScene();
}, 120_000);
afterAll(() => scene?.close());

test('there are at least forty sentences, each said once', () => {
  expect(new Set(sentences.map(({ says }) => says)).size).toBe(sentences.length);
  expect(sentences.length).toBeGreaterThanOrEqual(40);
});

describe('the sentences hold', () => {
  test.each(sentences)('$says', async ({ who, asks, state = 'open', act, body, gets }) => {
    const caseId = scene.cases[state];
    for (const each of who)
      for (const ask of asks) {
        const [method = '', path = ''] = filled(ask, { ...scene.things, caseId }).split(' ');
        const sent = act ?? body ?? (method === 'POST' ? {} : undefined);
        const answer = await scene.answer(each, method, path, sent);
        const said = `${each}: ${ask} → ${answer.status} ${answer.text.slice(0, 300)}`;
        if (typeof gets === 'number') expect(answer.status, said).toBe(gets);
        else {
          expect(answer.status, said).toBe(200);
          const marks = gets === 'sees' ? [caseId] : scene.marks;
          expect(
            marks.some((mark) => !decodeURIComponent(path).includes(mark) && answer.text.includes(mark)),
            said,
          ).toBe(gets === 'sees');
        }
      }
  });
});
