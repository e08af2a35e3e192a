import { isRequired, keyOf, needsWithin } from '../keys.ts';
import { SUSPENSION } from '../pauses.ts';
import type { Item, Need, Program } from '../program.ts';

/** Item ids are `<key>-<n>`; these keys are the engine's own, so that an id never means two things. */
const RESERVED = new Set([
  'discrepancy',
  'payout',
  'extension',
  'accountability',
  'objection',
  'approval',
  'stage',
  'case',
]);

/** Every name that is used exists, means one thing only, and names something that can stand there. */
export function nameProblems(program: Program): string[] {
  const found: string[] = [];
  const names = namesOf(program, found);

  for (const [role, { name: _, ...kind }] of Object.entries(program.roles)) {
    if ('party' in kind) names.answering(`roles.${role}.answers`, kind.answers);
  }
  for (const [n, set] of program.apart.entries()) {
    for (const role of set) names.role(`apart.${n}`, role);
    twice(found, `apart.${n}`, set);
  }
  for (const field of program.intake) names.field('intake', field);
  twice(found, 'intake', program.intake);
  for (const [key, field] of Object.entries(program.fields)) {
    if (field.kind === 'choice' && !field.of) found.push(`fields.${key}: a choice needs its values, \`of\``);
    if (field.kind !== 'choice' && field.of) found.push(`fields.${key}: only a choice has values, \`of\``);
    if (field.sensitive && (field.kind !== 'text' || !field.personal))
      found.push(`fields.${key}: only a text that is personal can be sensitive; add \`personal: true\``);
    twice(found, `fields.${key}.of`, field.of ?? []);
  }
  for (const role of program.consent?.by ?? []) names.party('consent.by', role);
  if (program.consent && !program.approval) {
    found.push('consent.before: there is no approval before which consent could be asked');
  }
  if (program.approval?.child?.program === program.id) {
    found.push('approval.child.program: a program does not decide on its own plans');
  }
  twice(found, 'approval.child.passes', program.approval?.child?.passes ?? []);
  twice(found, 'approval.votes', program.approval?.votes ?? []);
  if (program.pauses && Object.hasOwn(program.pauses, SUSPENSION)) {
    found.push(`pauses.${SUSPENSION}: is the engine's own, for a suspended case; choose another`);
  }

  for (const stage of program.stages) {
    const at = `stages.${stage.stage}`;
    names.answering(`${at}.answers`, stage.answers);
    names.ladder(at, stage.ladder);
    names.need(`${at}.when`, stage.when);
    for (const item of stage.items) checkItem(`${at}.${keyOf(item)}`, item, names);
    if (!stage.items.some(isRequired)) {
      found.push(`${at}: nothing in it is required, so that it would be done at once; add a milestone`);
    }
  }
  for (const duty of program.duties) {
    const at = `duties.${duty.duty}`;
    names.role(`${at}.by`, duty.by);
    names.ladder(at, duty.ladder);
    for (const field of duty.asks ?? []) names.field(`${at}.asks`, field);
    const during = duty.during ?? 'case';
    if (during === 'follow-up' && !program.life.followUp) {
      found.push(`${at}.during: there is no follow-up; set life.followUp`);
    } else if (!['case', 'follow-up'].includes(during) && !program.stages.some(({ stage }) => stage === during)) {
      found.push(`${at}.during: unknown stage "${during}"`);
    }
  }

  for (const [outcome, stage] of Object.entries(program.life.after ?? {})) {
    if (!Object.hasOwn(program.life.outcomes, outcome)) found.push(`life.after: unknown outcome "${outcome}"`);
    if (!program.stages.some((each) => each.stage === stage))
      found.push(`life.after.${outcome}: unknown stage "${stage}"`);
  }

  const keys = [...program.stages.flatMap(({ items }) => items.map(keyOf)), ...program.duties.map(({ duty }) => duty)];
  const stages = program.stages.map(({ stage }) => stage);
  twice(found, 'stages and duties', keys);
  twice(found, 'stages', stages);
  for (const key of [...keys, ...stages].filter((name) => RESERVED.has(name))) {
    found.push(`stages and duties: "${key}" is a name of the engine's own, choose another`);
  }
  return found;
}

type Names = ReturnType<typeof namesOf>;

function checkItem(at: string, item: Item, names: Names): void {
  if (item.ladder !== undefined) names.ladder(at, item.ladder);
  names.need(`${at}.when`, item.when);
  if (needsWithin(item.when ?? {}).some(({ proof }) => proof)) {
    names.problem(`${at}.when: nobody gives proof before an item opens; ask for it in the item itself`);
  }
  if ('task' in item || 'choice' in item) names.role(`${at}.by`, item.by);
  if ('task' in item) for (const field of item.asks ?? []) names.field(`${at}.asks`, field);
  if ('milestone' in item) {
    names.role(`${at}.agrees`, item.agrees);
    names.need(`${at}.needs`, item.needs);
    if (!needsWithin(item.needs).some(({ done, filled, proof }) => sized(done) || sized(filled) || sized(proof))) {
      names.problem(`${at}.needs: needs nothing, so that a click alone would reach it`);
    }
  }
}

const sized = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0;

function namesOf(program: Program, found: string[]) {
  const items = new Set([...program.stages.flatMap((s) => s.items.map(keyOf)), ...program.duties.map((d) => d.duty)]);
  const problem = (line: string): void => void found.push(line);
  const role = (at: string, name: string): void => {
    if (!Object.hasOwn(program.roles, name)) problem(`${at}: unknown role "${name}"`);
  };
  const field = (at: string, name: string): void => {
    if (!Object.hasOwn(program.fields, name)) problem(`${at}: unknown field "${name}"`);
  };
  const need = (at: string, given: Need | undefined): void => {
    for (const { done, filled } of given ? needsWithin(given) : []) {
      for (const key of Object.keys(done ?? {})) {
        if (!items.has(key)) problem(`${at}.done: unknown item or duty "${key}"`);
      }
      for (const name of filled ?? []) field(`${at}.filled`, name);
    }
  };
  return {
    problem,
    role,
    field,
    need,
    ladder: (at: string, name: string): void => {
      if (!Object.hasOwn(program.ladders, name)) problem(`${at}.ladder: unknown ladder "${name}"`);
    },
    /** A role that answers: a post, and one that every case has. */
    answering: (at: string, name: string): void => {
      const given = program.roles[name];
      if (!given) role(at, name);
      else if (!('post' in given)) problem(`${at}: "${name}" is a party; only a post answers for a promise`);
      else if (given.optional) problem(`${at}: "${name}" is optional, and somebody must answer`);
    },
    party: (at: string, name: string): void => {
      const given = program.roles[name];
      if (!given) role(at, name);
      else if (!('party' in given)) problem(`${at}: "${name}" is a post; a person of the case speaks here`);
    },
  };
}

function twice(found: string[], at: string, names: readonly string[]): void {
  for (const name of new Set(names.filter((one, n) => names.indexOf(one) !== n))) {
    found.push(`${at}: "${name}" is there twice`);
  }
}
