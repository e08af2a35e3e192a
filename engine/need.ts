import { keyOf } from '../sdk/keys.ts';
import type { Need, Program, Proof, Text } from '../sdk/program.ts';
import { dutyOf } from './lookup.ts';
import type { State } from './state.ts';

/** What of a need is still missing, in words; empty when it holds. `given`: the proof an act brings. */
export function missing(
  need: Need,
  {
    state,
    program,
    given = [],
  }: { state: Pick<State, 'counts' | 'fields'>; program: Program; given?: readonly Proof[] },
): Text[] {
  const texts: Text[] = [];
  for (const [key, n] of Object.entries(need.done ?? {})) {
    const have = state.counts[key] ?? 0;
    const [zh, en] = nameOf(program, key);
    if (have < (n ?? 0))
      texts.push([`“${zh}”已完成 ${have} 次，需要 ${n} 次`, `"${en}" is done ${have} of ${n} times`]);
  }
  for (const field of need.filled ?? []) {
    const [zh, en] = program.fields[field]?.name ?? [field, field];
    if (state.fields[field] === undefined) texts.push([`“${zh}”还没有填写`, `"${en}" is not filled in`]);
  }
  for (const proof of need.proof ?? []) {
    const [zh, en] = proofName[proof];
    if (!given.includes(proof)) texts.push([`缺少${zh}`, `${en} is missing`]);
  }
  const ways = (need.any ?? []).map((each) => missing(each, { state, program, given }));
  if (ways.length > 0 && ways.every((way) => way.length > 0)) texts.push(...(ways[0] ?? []));
  return texts;
}

/** A need without its proof: what must hold before anybody can bring the proof. */
export function withoutProof(need: Need): Need {
  const { proof: _, ...rest } = need;
  return rest;
}

/** What kinds of proof are called. */
export const proofName: Readonly<Record<Proof, Text>> = {
  photo: ['照片', 'a photo'],
  file: ['文件', 'a document'],
  note: ['文字说明', 'a note'],
  witness: ['见证人', 'a witness'],
};

/** The name of an item or duty of a program by key. */
export function nameOf(program: Program, key: string): Text {
  const item = program.stages.flatMap((stage) => stage.items).find((each) => keyOf(each) === key);
  return item?.name ?? dutyOf(program, key)?.name ?? [key, key];
}
