import type { Keys } from '../keys-file.ts';

/** Who plays which part, in one unit. */
export interface Cast {
  readonly unit: string;
  /** Post ids by role of the program. */
  readonly assignments: Readonly<Record<string, string>>;
  /** The API key of a part: a post role of the program, or a role of `linli keys`. Throws when nobody has it. */
  keyOf(part: string): string;
}

/** Fills the parts of a scenario with the first community's posts and their holders' keys. Throws when a post is missing. */
export function castOf(keys: Keys, kinds: Readonly<Record<string, string>>): Cast {
  const unit = keys.units.find(({ level }) => level === 'community')?.id;
  if (unit === undefined) throw new Error('The first run has made no community: the story needs one.');
  const assignments = Object.fromEntries(
    Object.entries(kinds).map(([role, kind]) => {
      const post = keys.posts.find((each) => each.kind === kind && each.unit === unit);
      if (!post) throw new Error(`${unit} has no post of the kind ${kind}.`);
      return [role, post.id];
    }),
  );
  return {
    unit,
    assignments,
    keyOf(part) {
      const post = assignments[part];
      const found =
        keys.keys.find((each) => post !== undefined && each.post === post) ??
        keys.keys.find((each) => each.role === part && each.unit === unit) ??
        keys.keys.find((each) => each.role === part);
      if (!found) throw new Error(`Nobody has the part "${part}": linli keys shows who there is.`);
      return found.key;
    },
  };
}
