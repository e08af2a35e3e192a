import type { Program } from '../program.ts';

/** Every `name`, `target` and outcome says something in both languages, and not the same in both. */
export function wordProblems(program: Program): string[] {
  return [...textsIn(program, [])].flatMap(([path, zh, en]) => {
    const empty = [...(zh.trim() === '' ? ['Chinese'] : []), ...(en.trim() === '' ? ['English'] : [])];
    if (empty.length > 0) return [`${path}: the ${empty.join(' and ')} text is empty`];
    return zh.trim() === en.trim() ? [`${path}: Chinese and English are the same text, "${zh}"`] : [];
  });
}

const TEXTS = new Set(['name', 'target']);
const TABLES = new Set(['life.outcomes', 'pauses', 'consent.purposes']);

function* textsIn(value: unknown, path: readonly string[]): Generator<[path: string, zh: string, en: string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [member, inner] of Object.entries(value)) {
    const here = [...path, keyIn(inner) ?? member];
    if (Array.isArray(inner) && (TEXTS.has(member) || TABLES.has(path.join('.')))) {
      const [zh, en] = inner as [string, string];
      yield [here.join('.'), zh, en];
    } else yield* textsIn(inner, here);
  }
}

/** A stage, item, duty or book is named in a path by its key, not by its place in the list. */
function keyIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = value as Record<string, unknown>;
  const key = [
    'stage',
    'task',
    'milestone',
    'await',
    'child',
    'group',
    'choice',
    'call',
    'vote',
    'disclosure',
    'duty',
    'book',
  ].find((kind) => kind in members);
  return key === undefined ? undefined : String(members[key]);
}
