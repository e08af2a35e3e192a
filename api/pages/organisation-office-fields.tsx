import type { FormFrame, Values } from './form-values.ts';
import { written } from './organisation-choices.ts';
import { AreaField, type Choice, SelectField, TextField, TimeField } from './organisation-fields.tsx';
import { type FormWord, formWord } from './organisation-form-words.ts';

/** Who: out of a list, or by name where there are too many for one. */
export function PersonField({
  form,
  name,
  label,
  people,
  none,
}: {
  form: FormFrame;
  name: string;
  label: FormWord;
  people: readonly Choice[] | undefined;
  none?: FormWord;
}) {
  if (people) return <SelectField {...{ form, name, label }} choices={people} none={none ?? 'choose'} />;
  return (
    <TextField {...{ form, name, label }} hint="personByName" {...(none === undefined ? { required: true } : {})} />
  );
}

/** The responsibility pledge: its words, or a document of a case, and the day it was signed. */
export function PledgeFields({ form, open }: { form: FormFrame; open?: true }) {
  const fields = ['pledge', 'document', 'signed'];
  const used = fields.some((name) => form.values[name] || form.problem?.fields.has(name));
  return (
    <details class="fold" open={open ?? used}>
      <summary>{formWord('pledge', form.language)}</summary>
      <p class="hint">{formWord('pledgeHint', form.language)}</p>
      <AreaField form={form} name="pledge" label="pledgeText" />
      <TextField form={form} name="document" label="pledgeDocument" />
      <TimeField form={form} name="signed" type="date" label="pledgeOn" hint="pledgeOnHint" />
    </details>
  );
}

/** The pledge as the body of a request has it; undefined where nothing was filled in. */
export function pledgeIn(values: Values): { pledge?: object } {
  const [text, documentId, signedOn] = [
    written(values['pledge']),
    written(values['document']),
    written(values['signed']),
  ];
  if (text === undefined && documentId === undefined && signedOn === undefined) return {};
  return {
    pledge: { ...(text ? { text } : {}), ...(documentId ? { documentId } : {}), ...(signedOn ? { signedOn } : {}) },
  };
}

/** Which fields the pledge's parts are. */
export const pledgeNames = {
  pledge: ['pledge', 'pledgeText'],
  'pledge.text': ['pledge', 'pledgeText'],
  'pledge.documentId': ['document', 'pledgeDocument'],
  'pledge.signedOn': ['signed', 'pledgeOn'],
} as const;
