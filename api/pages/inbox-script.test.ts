import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

const script = readFileSync(new URL('./inbox.js', import.meta.url), 'utf8');

/** As much of a page as the script asks for; each answer of the server waits until it is let go. */
function pageWith(answer: (nth: number) => object) {
  const heard: Record<string, (event: { data: string }) => void> = {};
  const waiting: (() => void)[] = [];
  const counts = { asked: 0, running: 0, most: 0 };
  const element = () => ({ hidden: false, textContent: '', replaceWith: () => {}, querySelectorAll: () => [] });
  const getElementById = element;
  runInNewContext(script, {
    setTimeout,
    location: { href: '/' },
    window: { EventSource: true },
    document: { hidden: false, getElementById, addEventListener: () => {}, adoptNode: (node: object) => node },
    EventSource: class {
      addEventListener(name: string, hear: (event: { data: string }) => void) {
        heard[name] = hear;
      }
    },
    DOMParser: class {
      parseFromString = () => ({ getElementById });
    },
    fetch: async () => {
      counts.asked += 1;
      counts.running += 1;
      counts.most = Math.max(counts.most, counts.running);
      const nth = counts.asked;
      await new Promise<void>((go) => waiting.push(go));
      counts.running -= 1;
      return answer(nth);
    },
  });
  return {
    counts,
    gone: (id: string) => heard['inbox']?.({ data: JSON.stringify({ removed: [id], unread: 0 }) }),
    async settle() {
      for (let n = 0; n < 8; n++) {
        for (const go of waiting.splice(0)) go();
        await new Promise((go) => setTimeout(go, 1));
      }
    },
  };
}
const page = { ok: true, text: async () => '' };

test('messages that go at once are made up for by one look after the other, the last of them after the last that went', async () => {
  const { counts, gone, settle } = pageWith(() => page);
  for (const id of ['1', '2', '3']) gone(id);
  await settle();
  expect(counts).toEqual({ asked: 2, running: 0, most: 1 });
});

test('a look that breaks off hinders none after it', async () => {
  const broken = { ok: true, text: () => Promise.reject(new Error('broken off')) };
  const { counts, gone, settle } = pageWith((nth) => (nth === 1 ? broken : page));
  gone('1');
  await settle();
  gone('2');
  await settle();
  expect(counts.asked).toBe(2);
});
