import type { TransferRow } from '../../db/queries/transfers.ts';
import type { Act } from '../../engine/act.ts';
import { isFormKey } from './form-values.ts';

/** A form of the pages about transfers as the act it stands for. */
export interface ActForm {
  readonly caseId: string;
  readonly key: string;
  readonly act: Omit<Act, 'id' | 'actor'>;
}

type Form = Readonly<Record<string, string>>;

/** The data of each act these forms can record. */
const DATA: Readonly<Record<string, (form: Form) => Record<string, unknown> | undefined>> = {
  'case.offerTransfer': (form) => ({ unit: form['unit'], ...consentIn(form) }),
  'case.acceptTransfer': (form) => {
    const assignments = prefixed(form, 'assign.');
    return Object.keys(assignments).length > 0 ? { assignments } : undefined;
  },
  'case.refuseTransfer': () => undefined,
  'case.revokeTransfer': () => undefined,
  'case.refer': (form) => ({
    ...{ unit: form['unit'], text: form['text'], program: form['program'] },
    share: { fields: Object.keys(prefixed(form, 'field.')), parties: Object.keys(prefixed(form, 'party.')) },
    ...consentIn(form),
  }),
  'case.escalate': (form) => ({ to: form['to'], text: form['text'] }),
  'case.return': (form) => ({ text: form['text'] }),
};

/** The act a form stands for; undefined when it is none of ours. What is wrong with its content the door says. */
export function asAct(form: Form): ActForm | undefined {
  const { case: caseId, key, type, target, reason } = form;
  if (!caseId || !isFormKey(key) || !type || !Object.hasOwn(DATA, type)) return undefined;
  const data = DATA[type]!(form);
  return {
    caseId,
    key,
    act: {
      type,
      ...(target ? { target } : {}),
      ...(reason?.trim() ? { reason: reason.trim() } : {}),
      ...(data ? { data } : {}),
    },
  };
}

function consentIn(form: Form): Record<string, string> {
  const overridden = form['consent'] === 'overridden';
  const [word, other] = overridden ? ['ground', form['ground']] : ['witness', form['witness']];
  return {
    consent: overridden ? 'overridden' : 'given',
    ...(other?.trim() ? { [word]: other.trim() } : {}),
  };
}

function prefixed(form: Form, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== '' ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/** Whether a request waits for another unit, so that it can be taken back. */
export function isOffered({ state, kind }: Pick<TransferRow, 'state' | 'kind'>): boolean {
  return state === 'offered' && kind !== 'escalation';
}
