/** A login as it lies in `api_keys`. */
interface Login {
  /** Somebody of the demonstration; all others are added for these tests. */
  readonly person: string;
  readonly role?: string;
  readonly unit?: string;
  readonly post?: string;
  readonly scope?: 'read';
  readonly revoked?: true;
}

interface Member {
  /** Who that is, in the field's words, and how he stands to the case that is asked about. */
  readonly who: string;
  /** How he signs in; absent: not at all. Without a role it is the key of the demonstration. */
  readonly login?: Login;
}

const party = (person: string): Login => ({ person, role: 'party', unit: 'community-1' });

/**
 * The columns of the access matrix. The case is one of community-1, which lies with community-2 below subdistrict-1, and that
 * below district-1.
 */
export const cast = {
  nobody: { who: 'somebody who has not signed in' },
  ended: {
    who: 'a caseworker of the unit whose key was revoked',
    login: { person: 'p-caseworker', role: 'caseworker', unit: 'community-1', revoked: true },
  },
  reader: {
    who: 'a caseworker of the unit with a key that may only read',
    login: { person: 'p-caseworker', role: 'caseworker', unit: 'community-1', scope: 'read' },
  },
  caseworker: { who: 'a caseworker of the unit', login: { person: 'p-caseworker' } },
  secretary: { who: 'the cadre whose post answers for the case', login: { person: 'p-secretary' } },
  deputy: {
    who: 'who stands in for that cadre',
    login: { person: 'p-deputy', role: 'party', unit: 'community-1' },
  },
  head: { who: 'the head of the unit', login: { person: 'p-director' } },
  cashHolder: { who: 'the cash holder of the case', login: { person: 'p-cash-holder' } },
  accountant: { who: 'the accountant of the case', login: { person: 'p-accountant' } },
  reviewer: { who: 'who reviews its vouchers', login: { person: 'p-reviewer', role: 'cadre', unit: 'community-1' } },
  approver: { who: 'who approves its money', login: { person: 'p-approver', role: 'cadre', unit: 'community-1' } },
  cadre: {
    who: 'a cadre of the unit whose post has nothing to do with the case',
    login: { person: 'p-cadre', role: 'cadre', unit: 'community-1', post: 'community-1-grid' },
  },
  former: {
    who: 'a caseworker of the unit who has left the post of his login',
    login: { person: 'p-former', role: 'caseworker', unit: 'community-1', post: 'community-1-grid' },
  },
  assignee: { who: 'a helper who has open work of the case', login: party('p-helper') },
  beneficiary: { who: 'whom the case is about', login: party('p-zhou') },
  guardian: { who: 'his guardian', login: party('p-luo') },
  companion: { who: 'his companion', login: party('p-qiu') },
  neighbour: { who: 'whom another case of the unit is about', login: party('p-wang') },
  subHead: { who: 'the head of the sub-district above', login: { person: 'p-sub-district-head' } },
  districtHead: { who: 'the head of the district', login: { person: 'p-district-head' } },
  auditor: { who: 'an auditor of the district', login: { person: 'p-auditor' } },
  admin: { who: 'the system administrator of the district', login: { person: 'p-admin' } },
  security: { who: 'the security administrator of the district', login: { person: 'p-security' } },
  caseworker2: { who: 'a caseworker of another unit', login: { person: 'p-caseworker-2' } },
  secretary2: { who: 'a cadre of another unit', login: { person: 'p-secretary-2' } },
  head2: { who: 'the head of another unit', login: { person: 'p-director-2' } },
  cashHolder2: { who: 'a cash holder of another unit', login: { person: 'p-cash-holder-2' } },
  accountant2: { who: 'an accountant of another unit', login: { person: 'p-accountant-2' } },
  auditor2: {
    who: 'an auditor of another unit',
    login: { person: 'p-auditor-2', role: 'auditor', unit: 'community-2' },
  },
  admin2: {
    who: 'the system administrator of another unit',
    login: { person: 'p-admin-2', role: 'admin', unit: 'community-2' },
  },
} as const satisfies Readonly<Record<string, Member>>;

/** A column of the access matrix. */
export type Who = keyof typeof cast;

/** The columns in their order. */
export const everybody = Object.keys(cast) as readonly Who[];

/** Those of another unit, who must never see anything of the case. */
export const elsewhere = [
  'caseworker2',
  'secretary2',
  'head2',
  'cashHolder2',
  'accountant2',
  'auditor2',
  'admin2',
] as const;

/** The login of a column. */
export function loginOf(who: Who): Login | undefined {
  return (cast[who] as Member).login;
}
