import fc from 'fast-check';
import { expect, test } from 'vitest';
import { casesOfFrame, drawSample, frameText, hashOf } from './sample.ts';

const ids = fc.uniqueArray(fc.uuid(), { maxLength: 60 });
const seed = fc.string({ minLength: 1, maxLength: 40 });

test('the same seed, frame and size draw the same sample, in whatever order the cases come', () => {
  fc.assert(
    fc.property(seed, ids, fc.nat({ max: 70 }), fc.nat(), (by, cases, size, turn) => {
      const drawn = drawSample(by, cases, size);
      const turned = [...cases.slice(turn % (cases.length + 1)), ...cases.slice(0, turn % (cases.length + 1))];
      expect(drawSample(by, turned.reverse(), size)).toEqual(drawn);
      expect(drawSample(by, casesOfFrame(frameText(cases)), size)).toEqual(drawn);
      expect(drawn).toHaveLength(Math.min(size, cases.length));
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(cases).toEqual(expect.arrayContaining(drawn));
    }),
  );
});

test('a larger sample begins with the smaller one, and a case that is gone moves none of the others', () => {
  fc.assert(
    fc.property(seed, ids, fc.nat({ max: 60 }), fc.nat(), (by, cases, size, nth) => {
      const all = drawSample(by, cases, cases.length);
      expect(all.slice(0, size)).toEqual(drawSample(by, cases, size));
      const gone = cases[nth % Math.max(1, cases.length)];
      expect(
        drawSample(
          by,
          cases.filter((each) => each !== gone),
          cases.length,
        ),
      ).toEqual(all.filter((each) => each !== gone));
    }),
  );
});

test('another frame has another hash', () => {
  fc.assert(
    fc.property(ids, ids, (one, other) => {
      const same = frameText(one) === frameText(other);
      expect(hashOf(frameText(one)) === hashOf(frameText(other))).toBe(same);
      expect(same).toBe(one.length === other.length && one.every((each) => other.includes(each)));
    }),
  );
});

test('every case has the same chance', () => {
  const cases = Array.from({ length: 50 }, (_, n) => `case-${n}`);
  const times = new Map<string, number>();
  for (let n = 0; n < 4_000; n++)
    for (const each of drawSample(`seed ${n}`, cases, 5)) times.set(each, (times.get(each) ?? 0) + 1);
  // 400 each, ±6 standard deviations of a binomial
  for (const each of cases) expect(Math.abs((times.get(each) ?? 0) - 400)).toBeLessThan(114);
});

test('a sample drawn by hand, with nothing but sha256sum', () => {
  // printf 'seed\na' | sha256sum: 1095…, b: 966b…, c: a17d…
  expect(hashOf('seed\na')).toBe('1095c393f458a5c2aefb7da1995dfebc4e621f979e297fe23bce4c9aa65f54e6');
  expect(drawSample('seed', ['c', 'b', 'a'], 2)).toEqual(['a', 'b']);
});
