import { createHash } from 'node:crypto';

/**
 * A random sample that everybody can draw again. The frame is the list of all cases that could be drawn, sorted by their ids,
 * one line each with a line feed; its hash is the SHA-256 of that text. Each case has the lot SHA-256(`<seed>\n<case id>`);
 * those with the smallest lots are drawn, smallest first. The same seed, frame and size give the same sample, a larger size
 * begins with the smaller sample, and a case that leaves the frame moves none of the others.
 */
export function drawSample(seed: string, caseIds: readonly string[], size: number): string[] {
  const lots = [...new Set(caseIds)].map((caseId) => ({ caseId, lot: hashOf(`${seed}\n${caseId}`) }));
  const inOrder = lots.sort((one, other) => (one.lot < other.lot ? -1 : one.lot > other.lot ? 1 : 0));
  return inOrder.slice(0, size).map(({ caseId }) => caseId);
}

/** The frame of these cases as text. */
export function frameText(caseIds: readonly string[]): string {
  const ids = [...new Set(caseIds)].sort((one, other) => (one < other ? -1 : 1));
  return ids.map((id) => `${id}\n`).join('');
}

/** The cases of a frame. */
export function casesOfFrame(frame: string): string[] {
  return frame.split('\n').filter((line) => line !== '');
}

/** SHA-256 in lower-case hex, as seeds and frames are committed to. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
