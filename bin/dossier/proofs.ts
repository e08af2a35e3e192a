import { HEAD_PROOF, type Manifest } from '../../api/dossier/manifest.ts';
import type { HeadProof } from '../../door/log/proofs.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { verifyInclusion } from '../../engine/record/merkle.ts';
import { type NoteVerifier, parseNote } from '../../engine/record/note.ts';
import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/**
 * Checks the proof that the chain ended with one of these events when a checkpoint of the whole log was signed: all up to it
 * was so then. Whose signature that is, only a key from elsewhere tells. Answers whether such a key signed it.
 */
export function checkProofs(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  key: NoteVerifier | undefined,
  findings: Findings,
): boolean {
  const paths = contents.paths('proofs/');
  const strange = paths.filter((path) => path !== HEAD_PROOF);
  if (strange.length > 0)
    findings.leave(
      'proofs',
      `不认识的证明：${strange.length} 个文件`,
      `${strange.length} files of proofs are of no kind known here`,
    );
  if (!paths.includes(HEAD_PROOF)) {
    findings.leave('proofs', '案卷没有附检查点', 'there is no checkpoint in the dossier');
    return false;
  }
  const proof = contents.json(HEAD_PROOF, 'proofs') as HeadProof | undefined;
  if (proof === undefined) return false;
  const wrong = (zh: string, en: string): false => {
    findings.find('proofs', HEAD_PROOF, zh, en);
    return false;
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
  if (!key)
    findings.leave(
      'proofs',
      `检查点（${signed.at}，第 ${seq} 个事件）的签名没有核对：没有给出日志的公钥（--key）；也可与见证人留存的检查点对照`,
      `the signature of the checkpoint (${signed.at}, event ${seq}) was not checked: the log's key was not given (--key); compare it with what a witness has kept`,
    );
  return key !== undefined;
}
