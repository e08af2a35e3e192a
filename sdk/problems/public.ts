import { keyOf } from '../keys.ts';
import type { DisclosureItem, Program, Stage, VoteItem } from '../program.ts';
import { parseMajority, parseShare } from '../share.ts';

/**
 * Votes and disclosures: shares that can be read, bodies told apart, fields and stages there are, somebody who answers for objections
 * and did not post, and a way back that leads back.
 */
export function publicProblems(program: Program): string[] {
  const bodies = new Map<string, string>();
  return program.stages.flatMap((stage, n) =>
    stage.items.flatMap((item) => {
      const at = `stages.${stage.stage}.${keyOf(item)}`;
      if ('vote' in item)
        return [...voteProblems(program, at, n, item), ...bodyProblems(program, at, item, stage, bodies)];
      return 'disclosure' in item ? disclosureProblems(program, at, n, item) : [];
    }),
  );
}

function voteProblems(program: Program, at: string, n: number, item: VoteItem): string[] {
  const field = item.named === undefined ? undefined : program.fields[item.named];
  return [
    ...postProblem(program, `${at}.by`, item.by),
    ...(item.quorum === undefined || parseShare(item.quorum)
      ? []
      : [`${at}.quorum: "${item.quorum}" is no share; write it as "1/2" or "more than 1/2"`]),
    ...(item.passes === undefined || parseMajority(item.passes)
      ? []
      : [
          `${at}.passes: "${item.passes}" is no majority; write it as "more than 1/2 of present" (or of eligible, of cast)`,
        ]),
    ...(item.named === undefined || field?.kind === 'text'
      ? []
      : [`${at}.named: ${field ? `"${item.named}" is no text` : `unknown field "${item.named}"`}`]),
    ...(field?.personal ? [`${at}.named: "${item.named}" is personal, and the name of a body is no secret`] : []),
    ...backProblem(program, `${at}.lost`, n, item.lost),
  ];
}

/** A vote is recorded under the name of its body: in one stage, and beside the approval, a body votes once. */
function bodyProblems(
  program: Program,
  at: string,
  { body }: VoteItem,
  { stage }: Stage,
  seen: Map<string, string>,
): string[] {
  const key = `${stage} ${body}`;
  const before = seen.get(key);
  seen.set(key, at);
  return [
    ...(before === undefined ? [] : [`${at}.body: "${body}" votes in ${before} already`]),
    ...(program.approval?.votes?.includes(body)
      ? [`${at}.body: "${body}" votes on the plan already (approval.votes)`]
      : []),
  ];
}

function disclosureProblems(program: Program, at: string, n: number, item: DisclosureItem): string[] {
  const { by, ladder, upheld } = item.objections;
  return [
    ...postProblem(program, `${at}.by`, item.by),
    ...postProblem(program, `${at}.objections.by`, by),
    ...(by === item.by
      ? [`${at}.objections.by: "${by}" posts it as well; who posts does not decide what is objected to it`]
      : []),
    ...(ladder === undefined || Object.hasOwn(program.ladders, ladder)
      ? []
      : [`${at}.objections.ladder: unknown ladder "${ladder}"`]),
    ...backProblem(program, `${at}.objections.upheld`, n, upheld),
  ];
}

function postProblem(program: Program, at: string, role: string): string[] {
  const found = Object.hasOwn(program.roles, role) ? program.roles[role] : undefined;
  if (!found) return [`${at}: unknown role "${role}"`];
  if (!('post' in found)) return [`${at}: "${role}" is a party; a post does this`];
  return found.optional ? [`${at}: "${role}" is optional, and somebody must do it`] : [];
}

function backProblem(program: Program, at: string, n: number, stage: string | undefined): string[] {
  if (stage === undefined) return [];
  const to = program.stages.findIndex((each) => each.stage === stage);
  if (to < 0) return [`${at}: unknown stage "${stage}"`];
  return to > n ? [`${at}: "${stage}" comes later; one goes back to this stage or an earlier one`] : [];
}
