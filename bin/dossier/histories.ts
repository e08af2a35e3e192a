import type { Manifest } from '../../api/dossier/manifest.ts';
import { GENESIS, type Header, sha256 } from '../../door/chain.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

interface Position {
  readonly seq: number;
  readonly head: string;
}

interface Run {
  readonly runId: string;
  readonly start: Position;
  readonly end: Position;
  readonly frozen: boolean;
  /** The run it went on from. */
  readonly previousRun?: string;
  readonly events: readonly { readonly hash: string; readonly header: Header; readonly payload?: unknown }[];
}

/** Compares what the case's workflow has witnessed with the chain. Answers how many of the events lie in some history. */
export function checkHistories(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): number {
  const find = (where: string, zh: string, en: string) => findings.find('histories', where, zh, en);
  const paths = contents.paths('histories/');
  if (paths.length !== (manifest.histories ?? 0))
    find('histories', '份数与清单不符', 'there are not as many as the manifest says');
  const recorded = new Map([[0, GENESIS], ...events.map(({ seq, hash }): [number, string] => [seq, hash])]);
  const seen = new Set<number>();
  const runs = paths.flatMap((path): (readonly [path: string, run: Partial<Run>])[] => {
    const run = contents.json(path, 'histories');
    return run === undefined ? [] : [[path, Object(run) as Partial<Run>]];
  });
  const followed = new Set<unknown>(
    runs.flatMap(([, { previousRun }]) => (typeof previousRun === 'string' ? [previousRun] : [])),
  );
  for (const [path, { runId, start, end, frozen, events: told }] of runs) {
    if (!start || !end || !Array.isArray(told)) {
      find(path, '不是一份历史', 'it is no history');
      continue;
    }
    const at = (seq: number, hash: string) => {
      if (recorded.get(seq) !== hash)
        find(
          `${path} ${seq}`,
          '工作流历史里是另一事件，或记录里没有',
          'the workflow knows another event here, or one the record lacks',
        );
    };
    at(start.seq, start.head);
    for (const { hash, header, payload } of told as Run['events']) {
      at(header?.seq, hash);
      seen.add(header?.seq);
      const whole = sha256(canonicalJson(header ?? null)) === hash;
      if (!whole || (payload !== undefined && sha256(canonicalJson(payload)) !== header.commitment))
        find(`${path} ${header?.seq}`, '与其自身的哈希不符', 'it does not match its own hash');
    }
    at(end.seq, end.head);
    // one that was let go since went on in another run
    if (frozen !== false && !(frozen === true && followed.has(runId)))
      find(path, '工作流曾发现记录倒退并冻结', 'the workflow has found the record behind and is frozen');
  }
  const without = events.length - events.filter(({ seq }) => seen.has(seq)).length;
  if (without > 0)
    findings.leave(
      'histories',
      `${without} 个事件不在案卷所附的历史中（${manifest.histories === null ? '当时读不到工作流服务' : '历史已过保存期，或尚未见证'}）：它们是否曾被整链改写，要靠 --head 或检查点`,
      `${without} events lie in no history of this dossier (${manifest.histories === null ? 'the workflows could not be read' : 'no longer kept, or not yet witnessed'}): whether the whole chain was rewritten there, --head or a checkpoint tells`,
    );
  return seen.size;
}
