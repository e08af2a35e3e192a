import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { expect, test } from 'vitest';
import { historyFromJson } from '../test/support/histories.ts';
import { eventsIn, historyBytes, type RunEvent } from './history-bytes.ts';

const { History } = proto.temporal.api.history.v1;
const kept = JSON.parse(readFileSync(join(import.meta.dirname, '../test/histories/0.1.0-many-acts.json'), 'utf8'));
const history = historyFromJson((kept.runs ?? kept)[0]?.history ?? (kept.runs ?? kept)[0]);
const events = history.events ?? [];

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(from: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const found: RunEvent[] = [];
  for await (const event of from) found.push(event);
  return found;
}

test('pages one after the other are the bytes of the whole history', () => {
  expect(events.length).toBeGreaterThan(10);
  const whole = historyBytes(events);
  const pages = [historyBytes(events.slice(0, 7)), historyBytes(events.slice(7, 8)), historyBytes(events.slice(8))];
  expect(Buffer.concat(pages).equals(whole)).toBe(true);
  expect(History.decode(whole).events).toHaveLength(events.length);
});

test.each([1, 2, 3, 100, 4_096, 10_000_000])('events come back from pieces of %i bytes', async (size) => {
  const bytes = historyBytes(events);
  const found = await all(eventsIn(pieces(bytes, size)));
  expect(Buffer.from(historyBytes(found)).equals(bytes)).toBe(true);
});

test('bytes that are no history, or end too early, are refused', async () => {
  const bytes = historyBytes(events);
  await expect(all(eventsIn(pieces(bytes.subarray(0, bytes.length - 1), 100)))).rejects.toThrow('breaks off');
  await expect(all(eventsIn(pieces(bytes.subarray(1), 100)))).rejects.toThrow();
  await expect(all(eventsIn(pieces(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff]), 100)))).rejects.toThrow(
    'not the bytes',
  );
});
