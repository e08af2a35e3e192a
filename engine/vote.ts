import type { Program, Text, VoteItem } from '../sdk/program.ts';
import { isShare, parseMajority, parseShare, shareText } from '../sdk/share.ts';
import { itemOf } from './lookup.ts';
import type { OpenItem, State } from './state.ts';

/** A vote as it was counted. */
export interface Votes {
  readonly present: number;
  readonly for: number;
  readonly against: number;
  readonly abstain: number;
  /** Everybody entitled to vote. */
  readonly eligible?: number | undefined;
}

/** What passes where a program does not say: more than half of those present. */
const USUAL = 'more than 1/2 of present';

/** What the program says of an open item, where it is a vote. */
export function voteDef(program: Program, { stage, key }: Pick<OpenItem, 'stage' | 'key'>): VoteItem | undefined {
  const def = itemOf(program, stage, key);
  return def && 'vote' in def ? def : undefined;
}

/** The name of the body that votes in this case. */
export function bodyOf({ fields }: Pick<State, 'fields'>, { named, name }: VoteItem): Text {
  const given = named === undefined ? undefined : fields[named];
  return typeof given === 'string' && given.trim() !== '' ? [given, given] : name;
}

/** Whether the rule needs to know how many are entitled to vote. */
export function countsEligible({ quorum, passes = USUAL }: VoteItem): boolean {
  return quorum !== undefined || passes.endsWith('eligible');
}

/** Whether enough were there to decide at all, and whether it passed. Without a quorum nothing has. */
export function outcomeOf({ quorum, passes = USUAL }: VoteItem, votes: Votes): { quorate: boolean; passed: boolean } {
  const { present, eligible = 0 } = votes;
  const needed = quorum === undefined ? undefined : parseShare(quorum);
  const quorate = needed === undefined || isShare(needed, present, eligible);
  const { share, among } = parseMajority(passes)!;
  const whole = { eligible, present, cast: votes.for + votes.against }[among];
  return { quorate, passed: quorate && whole > 0 && isShare(share, votes.for, whole) };
}

/** What a vote needs, in words. */
export function ruleText({ quorum, passes = USUAL }: VoteItem): Text {
  const { share, among } = parseMajority(passes)!;
  const [zh, en] = shareText(share);
  const [ofZh, ofEn] = AMONG[among];
  const needed = quorum === undefined ? undefined : parseShare(quorum);
  const [qZh, qEn] = needed ? shareText(needed) : ['', ''];
  return [
    `${needed ? `应到人数的${qZh}到会，` : ''}赞成数须为${ofZh}的${zh}`,
    `${needed ? `${qEn} of those entitled must be there; ` : ''}${en} of ${ofEn} must be for it`,
  ];
}

const AMONG: Readonly<Record<'eligible' | 'present' | 'cast', Text>> = {
  eligible: ['应到人数', 'those entitled'],
  present: ['到会人数', 'those present'],
  cast: ['赞成与反对票之和', 'the votes for and against'],
};
