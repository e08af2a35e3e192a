import { z } from 'zod';
import { HEAD_PROOF, type Manifest, ORGANISATION_PROOF, type OrganisationProof } from '../../api/dossier/manifest.ts';
import type { HeadProof } from '../../door/log/proofs.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { leafHash, sameHash, verifyInclusion } from '../../engine/record/merkle.ts';
import { parseNote } from '../../engine/record/note.ts';
import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';
import type { VerifyOptions } from './verify.ts';

/** What a dossier's checkpoint is, where its proof leads to it, and whether somebody outside knows it. */
interface Proved {
  readonly known: boolean;
  readonly signed: Checkpoint | undefined;
}

/**
 * Checks the proof that the chain ended with one of these events when a checkpoint of the whole log was signed: all up to it
 * was so then. Whose signature that is, only a key from elsewhere tells, or a witness who has kept it. Answers the
 * checkpoint, and whether one of them does.
 */
export function checkProofs(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  { key, witness }: Pick<VerifyOptions, 'key' | 'witness'>,
  findings: Findings,
): Proved {
  const paths = contents.paths('proofs/');
  const strange = paths.filter((path) => path !== HEAD_PROOF && path !== ORGANISATION_PROOF);
  if (strange.length > 0)
    findings.leave(
      'proofs',
      `不认识的证明：${strange.length} 个文件`,
      `${strange.length} files of proofs are of no kind known here`,
    );
  if (!paths.includes(HEAD_PROOF)) {
    findings.leave('proofs', '案卷没有附检查点', 'there is no checkpoint in the dossier');
    return NOTHING;
  }
  const proof = contents.json(HEAD_PROOF, 'proofs') as HeadProof | undefined;
  if (proof === undefined) return NOTHING;
  const wrong = (zh: string, en: string): Proved => {
    findings.find('proofs', HEAD_PROOF, zh, en);
    return NOTHING;
  };
  const { chain, seq, hash, number, count, path, checkpoint } = Object(proof) as HeadProof;
  if (chain !== manifest.case || events[seq - 1]?.hash !== hash)
    return wrong('检查点签署时链的末事件不在此处', 'the chain had another event here when the checkpoint was signed');
  let signed: Checkpoint;
  try {
    signed = parseCheckpoint(parseNote(checkpoint).text);
    if (key) openCheckpoint(checkpoint, [key]);
  } catch (error) {
    return wrong(
      '检查点不能读取，或签名不符',
      `the checkpoint cannot be read, or its signature is wrong: ${(error as Error).message}`,
    );
  }
  const hashes = path.map((each) => Buffer.from(each, 'hex'));
  const tree = { size: count, root: signed.heads.root };
  const holds =
    count === signed.heads.count && verifyInclusion(headLeaf({ chain, seq, head: hash }), number, tree, hashes);
  if (!holds || signed.origin !== `linli/${manifest.installation}`)
    return wrong('证明与检查点不符', 'the proof does not lead to the checkpoint');
  const later = events.length - seq;
  if (later > 0)
    findings.leave(
      'proofs',
      `${later} 个事件晚于检查点`,
      `${later} events are later than the checkpoint of ${signed.at}`,
    );
  const seen = witness && seenBy(witness, checkpoint, signed);
  if (seen === 'against')
    return wrong(
      '与见证人留存的检查点矛盾',
      'what the witness has kept contradicts this checkpoint: there cannot be both in one log',
    );
  if (seen && seen !== 'kept')
    findings.leave(
      'proofs',
      `这个见证人不能证明检查点（${signed.at}）：${NOT_PROVEN[seen][0]}`,
      `the checkpoint (${signed.at}) is not proven by this witness: ${NOT_PROVEN[seen][1]}`,
    );
  const known = key !== undefined || seen === 'kept';
  if (!known)
    findings.leave(
      'proofs',
      `检查点（${signed.at}，第 ${seq} 个事件）的签名没有核对：没有给出日志的公钥（--key），也没有与见证人留存的检查点对照（--witness）`,
      `the signature of the checkpoint (${signed.at}, event ${seq}) was not checked: the log's key was not given (--key), nor what a witness has kept (--witness)`,
    );
  return { known, signed };
}

const NOTHING: Proved = { known: false, signed: undefined };

const place = z.number().int().nonnegative();
const organisationProofShape: z.ZodType<OrganisationProof> = z.strictObject({
  events: z.array(
    z.strictObject({
      seq: z.number().int().positive(),
      position: place,
      path: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
    }),
  ),
});

/**
 * Checks that the organisation's events lie in the log under the checkpoint. Those after the last that is proved may be later than it;
 * that none was left out nobody can prove from a part of a chain.
 */
export function checkOrganisationProofs(
  contents: Contents,
  organisation: readonly ChainEvent[],
  signed: Checkpoint | undefined,
  findings: Findings,
): void {
  const given =
    signed && contents.paths(ORGANISATION_PROOF).length > 0
      ? organisationProofShape.safeParse(contents.json(ORGANISATION_PROOF, 'proofs'))
      : undefined;
  if (given && !given.success)
    findings.find(
      'organisation',
      ORGANISATION_PROOF,
      '这个文件不是组织事件的证明',
      'it is no proof of the events of the organisation',
    );
  const proof = given?.data;
  const proved = new Map(proof?.events.map((each) => [each.seq, each]));
  const last = Math.max(0, ...proved.keys());
  for (const { seq, hash } of organisation) {
    const { position, path } = proved.get(seq) ?? {};
    const inLog =
      position !== undefined &&
      verifyInclusion(
        leafHash(Buffer.from(hash, 'hex')),
        position,
        signed!,
        path!.map((each) => Buffer.from(each, 'hex')),
      );
    if (seq <= last && !inLog)
      findings.find(
        'organisation',
        seq,
        '这个组织的事件不在检查点所签的日志里',
        'it is not in the log that the checkpoint signs',
      );
  }
  const bare = organisation.filter(({ seq }) => seq > last).length;
  findings.leave(
    'organisation',
    bare > 0
      ? `组织的 ${bare} 个事件（任职、代理、名称）只由清单约束：没有检查点证明`
      : '组织的事件都在日志里；是否略去了别的，单凭案卷查不出来',
    bare > 0
      ? `${bare} events of the organisation (appointments, substitutions, names) are bound by the manifest alone: no checkpoint proves them`
      : 'the events of the organisation are in the log; whether others were left out cannot be found from the dossier',
  );
}

/** Why a witness proves nothing about a checkpoint, and contradicts nothing. */
const NOT_PROVEN = {
  earlier: [
    '它早于见证人留存的第一个，请附上更新的证明',
    'it is earlier than the first that he has kept: add a newer proof',
  ],
  later: ['它晚于见证人留存的最后一个，请稍后再对照', 'it is later than all that he has kept: compare again later'],
  foreign: ['他没有留存这套系统的检查点', 'he has kept none of this installation'],
} as const;

/**
 * What a witness says of a checkpoint. From the first that he keeps on he keeps each, in order: one between two of his that he
 * does not know, of a size at which he knows another tree, or that shrinks with time, is of another log.
 */
function seenBy(
  notes: readonly string[],
  checkpoint: string,
  signed: Checkpoint,
): 'kept' | 'against' | keyof typeof NOT_PROVEN {
  const { text } = parseNote(checkpoint);
  const kept = notes.flatMap(noteIn).filter((each) => each.origin === signed.origin);
  if (kept.length === 0) return 'foreign';
  if (kept.some((each) => each.text === text)) return 'kept';
  if (kept.some((each) => !canBoth(each, signed))) return 'against';
  if (kept.every(({ at }) => at > signed.at)) return 'earlier';
  return kept.every(({ at }) => at < signed.at) ? 'later' : 'against';
}

/** Whether two checkpoints can be of one log. */
function canBoth(one: Checkpoint, other: Checkpoint): boolean {
  const [before, after] = one.at <= other.at ? [one, other] : [other, one];
  if (before.size === after.size)
    return (
      sameHash(before.root, after.root) &&
      before.heads.count === after.heads.count &&
      sameHash(before.heads.root, after.heads.root)
    );
  return before.size < after.size && before.at < after.at;
}

/** A note that was kept; what somebody has spoiled of a witness's files says nothing. */
function noteIn(note: string): (Checkpoint & { readonly text: string })[] {
  try {
    const { text } = parseNote(note);
    return [{ ...parseCheckpoint(text), text }];
  } catch {
    return [];
  }
}
