/** The database roles that processes sign in as, by the part of Linli; made by migration 0068. What each may is in docs/database-roles.md. */
const PARTS = { api: 'linli_api', worker: 'linli_worker', sealer: 'linli_sealer' } as const;

/** The database role of a part of Linli. */
export const roleOfPart = (part: keyof typeof PARTS): string => PARTS[part];

/** The role in which the organisation is changed: its chain, units, posts, people and what follows from them. */
export const ORGANISATION_ROLE = 'linli_organisation';
