import { randomUUID } from 'node:crypto';
import type { ApiClient } from './http-client.ts';
import type { Installation } from './installation.ts';

/** Opens cases of the 福乐 program over HTTP. */
export interface CaseOpener {
  /** Key of the caseworker. */
  readonly caseworker: string;
  /** A case as it is when first asked for; gives its id and the id of the act that opened it. */
  propose(): Promise<{ caseId: string }>;
  /** A case whose plan is approved: consent given, three votes recorded, stages, duties and deadlines running. */
  open(): Promise<{ caseId: string }>;
}

const votes = ['party-branch', 'two-committees', 'residents-representatives'];

/** The opener of an installation's demo organisation. */
export function createCaseOpener(api: ApiClient, { logins, posts, units }: Installation): CaseOpener {
  const secretary = posts.find(({ kind }) => kind === 'secretary');
  const unit = units.find(({ id }) => id === secretary?.unit);
  if (!secretary || !unit) throw new Error('The demo organisation has no secretary of a community.');
  const postOf = (kind: string): string => {
    const found = posts.find((post) => post.kind === kind && post.unit === unit.id);
    if (!found) throw new Error(`The demo organisation has no post of the kind ${kind} in ${unit.id}.`);
    return found.id;
  };
  const keyOf = (fits: (login: Installation['logins'][number]) => boolean, what: string): string => {
    const found = logins.find((login) => login.unit === unit.id && fits(login));
    if (!found) throw new Error(`The first run made no key for the ${what} of ${unit.id}.`);
    return found.key;
  };
  const caseworker = keyOf(({ role }) => role === 'caseworker', 'caseworker');
  const secretaryKey = keyOf(({ post }) => post === secretary.id, 'secretary');
  const body = {
    program: 'fule',
    unit: unit.id,
    data: { needs: '行动不便，不愿与人交往，没有收入' },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
      { role: 'volunteers', name: '志愿者服务队' },
    ],
    assignments: {
      secretary: secretary.id,
      cashHolder: postOf('residents-representative'),
      accountant: postOf('supervision-head'),
    },
  };
  const act = (caseId: string, key: string, envelope: object) =>
    api.post(`/cases/${caseId}/acts`, key, envelope, randomUUID());

  async function propose(): Promise<{ caseId: string }> {
    const { body: made } = await api.post('/cases', caseworker, body, randomUUID());
    return { caseId: made.id };
  }
  return {
    caseworker,
    propose,
    async open() {
      const { caseId } = await propose();
      await act(caseId, caseworker, { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '邱某' } });
      for (const vote of votes) {
        const data = { body: vote, present: 9, for: 9, against: 0, abstain: 0, text: '同意帮扶方案' };
        await act(caseId, secretaryKey, { type: 'decision.record', data });
      }
      return { caseId };
    },
  };
}
