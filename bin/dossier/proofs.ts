import { z } from 'zod';
import { HEAD_PROOF, type Manifest, ORGANISATION_PROOF, type OrganisationProof } from '../../api/dossier/manifest.ts';
import type { HeadProof } from '../../door/log/proofs.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { leafHash, verifyInclusion } from '../../engine/record/merkle.ts';
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
  if (seen === 'never')
    return wrong(
      '见证人留存了更晚的检查点，却没有这一个',
      'the witness has kept later checkpoints and never saw this one',
    );
  if (seen === 'later')
    findings.leave(
      'proofs',
      `检查点（${signed.at}）晚于见证人留存的最后一个，请稍后再对照`,
      `the checkpoint (${signed.at}) is later than all that the witness has kept: compare again later`,
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

/** Whether a witness has kept a checkpoint; a later one than all of its he may not have seen yet. */
function seenBy(notes: readonly string[], checkpoint: string, { at }: Checkpoint): 'kept' | 'later' | 'never' {
  const text = parseNote(checkpoint).text;
  const kept = notes.map((note) => parseNote(note).text);
  if (kept.includes(text)) return 'kept';
  return kept.every((each) => parseCheckpoint(each).at < at) ? 'later' : 'never';
}
