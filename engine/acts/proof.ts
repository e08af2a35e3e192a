import type { Proof, Text } from '../../sdk/program.ts';
import type { ActContext } from '../act-kind.ts';
import { roleMeant } from '../lookup.ts';
import { proofName } from '../need.ts';
import { inBoth, NEEDED, type Refusal, refuse } from '../refusal.ts';

/** What an act says for itself: its text, its witness, its documents. */
export interface Said {
  readonly note?: string | undefined;
  readonly witness?: string | undefined;
  /** Persons besides the actor who cannot be its witness: who paid the money whose receipt it confirms. */
  readonly parts?: readonly (string | undefined)[];
}

/** The kinds of proof an act brings. A photo counts as a file too; a witness has no other part in what he witnesses. */
export function proofOf(context: ActContext, said: Said): Proof[] {
  const { act, world } = context;
  const kinds = new Set<Proof>();
  for (const document of world.facts.documents) {
    if (!act.evidence?.includes(document.id)) continue;
    kinds.add('file');
    if (document.kind === 'photo') kinds.add('photo');
  }
  if (said.note) kinds.add('note');
  if (said.witness && isThird(context, said.witness, said.parts)) kinds.add('witness');
  return [...kinds];
}

/**
 * Whether a witness named in free text is somebody other than those who act: the actor, who else had a part in it, and whom
 * the actor speaks for, by their ids, by the names people and parties have, and however the name is spaced.
 */
function isThird({ act, state, world }: ActContext, witness: string, parts: Said['parts'] = []): boolean {
  const acting = [act.actor.id, ...parts].filter((person) => person !== undefined);
  const { onBehalfOf } = act;
  const spokenFor = roleMeant(state, onBehalfOf);
  const parties = Object.values(state.parties).filter(
    ({ id, role, person }) =>
      (person !== undefined && acting.includes(person)) ||
      id === onBehalfOf ||
      (onBehalfOf === role && role === spokenFor),
  );
  const theirs = [
    ...acting.flatMap((person) => [person, world.facts.names?.[person]]),
    ...parties.flatMap(({ id, name, person }) => [id, name, person]),
    onBehalfOf,
  ];
  const named = plainName(witness);
  return named !== '' && !theirs.some((each) => each !== undefined && plainName(each) === named);
}

/** A name without what makes two writings of it differ: full and half width, case, spaces and marks nobody sees. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s\p{Cf}\p{Cc}]/gu, '')
    .toLowerCase();
}

/** EVIDENCE_MISSING when an act lacks kinds of proof it needs. */
export function proofProblem(context: ActContext, said: Said, needed: readonly Proof[]): Refusal | undefined {
  const given = proofOf(context, said);
  const lacking = needed.filter((kind) => !given.includes(kind));
  if (lacking.length === 0) return undefined;
  const [zh, en] = [0, 1].map((n) => lacking.map((kind) => proofName[kind][n as 0 | 1]).join(n === 0 ? '、' : ', '));
  return refuse(
    'EVIDENCE_MISSING',
    [`缺少证明：${zh}。`, `Proof is missing: ${en}.`],
    lacking.map((kind) => howTo[kind]),
    lacking.map((kind) => ({
      path: kind === 'photo' || kind === 'file' ? 'evidence' : `data.${kind}`,
      message: NEEDED,
    })),
  );
}

/** EVIDENCE_MISSING when somebody speaks for another without a document or a witness. */
export function onBehalfProblem(context: ActContext, said: Said): Refusal | undefined {
  const given = proofOf(context, said);
  if (given.includes('file') || given.includes('witness')) return undefined;
  return refuse(
    'EVIDENCE_MISSING',
    ['代他人表示，需要材料或见证人。', 'Speaking on behalf of somebody needs a document or a witness.'],
    [howTo.file, howTo.witness],
    [{ path: 'evidence', message: inBoth('需要材料，或 data.witness', 'a document or data.witness is needed') }],
  );
}

const howTo: Readonly<Record<Proof, Text>> = {
  photo: ['上传照片并写进 evidence', 'Upload a photo and name it in evidence'],
  file: ['上传文件并写进 evidence', 'Upload a document and name it in evidence'],
  note: ['填写 data.note', 'Fill in data.note'],
  witness: [
    '填写 data.witness（不能是操作人自己、付款人或被代表的人）',
    'Fill in data.witness (not who acts, pays or is spoken for)',
  ],
};
