import type { Program } from '../sdk/program.ts';

/** A person a case is about, as lists tell people apart: by name, and by date of birth where both have one. */
export interface PersonAbout {
  readonly role: string;
  readonly name: string;
  readonly birthDate: string | null;
}

/** The role a case of the program is about, by whom lists tell their rows apart: the beneficiary, else the first who must be there. */
export function headRole(program: Program): string | undefined {
  const parties = Object.entries(program.roles).filter(([, def]) => 'party' in def);
  const found =
    parties.find(([role]) => role === 'beneficiary') ?? parties.find(([, def]) => !def.optional) ?? parties[0];
  return found?.[0];
}

/** Whom an opening with these parties is about: the first of the {@link headRole} who is named. */
export function personAbout(
  program: Program,
  parties: readonly { readonly role: string; readonly name?: string; readonly birthDate?: string }[],
): PersonAbout | undefined {
  const role = headRole(program);
  const about = parties.find((each) => each.role === role && each.name !== undefined);
  return about?.name ? { role: about.role, name: about.name, birthDate: about.birthDate ?? null } : undefined;
}
