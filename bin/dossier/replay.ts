import { codeId } from '../../api/dossier/code.ts';
import type { Manifest } from '../../api/dossier/manifest.ts';
import { type ModelName, modelNames, type TableRow } from '../../door/read-models.ts';
import { compareModels, type RebuiltModels, rebuildModels } from '../../door/verify-models.ts';
import { STATE_VERSION } from '../../engine/state.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { ChainEvent } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/** Runs the engine over the events again and compares state and read models. */
export function checkReplay(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): void {
  const state = contents.json('state.json', 'state');
  if ((Object(state) as { v?: unknown }).v !== manifest.stateVersion)
    findings.find('state', 'state.json', '版本与清单不符', 'its version is not that of the manifest');
  if (manifest.redacted) {
    findings.leave('state', '隐去版不附事件内容，不能重演', 'payloads are withheld: nothing can be replayed');
    return;
  }
  if (manifest.stateVersion !== STATE_VERSION) {
    findings.leave(
      'state',
      `状态为第 ${manifest.stateVersion} 版，本程序只认第 ${STATE_VERSION} 版`,
      `its state is of version ${manifest.stateVersion}, this release knows version ${STATE_VERSION}`,
    );
    return;
  }
  // another release may make the same events into other rows: then a difference is no finding
  const own = manifest.code === codeId();
  const differs = (rule: 'state' | 'read models', where: string, zh: string, en: string) => {
    if (own) findings.find(rule, where, zh, en);
    else
      findings.leave(
        rule,
        `${where}：${zh}；但案卷由另一版本的程序生成`,
        `${where}: ${en}; but another release made the dossier`,
      );
  };
  let rebuilt: RebuiltModels;
  try {
    rebuilt = rebuildModels(events.map(rowOf));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    differs('state', 'events', '不能从事件重演', `it cannot be rebuilt from the events: ${why}`);
    return;
  }
  if (!rebuilt.state || canonicalJson(JSON.parse(JSON.stringify(rebuilt.state))) !== canonicalJson(state ?? null))
    differs('state', 'state.json', '与从事件重演的不同', 'it is not what the events lead to');
  const tables = Object.fromEntries(modelNames.map((name) => [name, contents.rows(`models/${name}`, 'read models')]));
  for (const what of compareModels(
    rebuilt,
    tables as unknown as Readonly<Record<ModelName, readonly TableRow[]>>,
  ).slice(0, 100))
    differs('read models', 'models', `与事件不符：${what}`, what);
}

/** An event as the record keeps it. */
export function rowOf({ seq, hash, header, payloadText, headerText }: ChainEvent) {
  const { type, recordedAt, occurredAt, actor, actId, prev } = header;
  return {
    ...{ caseId: header.case, seq, type, hash, prev, recordedAt, occurredAt, actId },
    header: Buffer.from(headerText),
    payload: Buffer.from(payloadText ?? ''),
    ...{ actorKind: actor.kind, actorId: actor.id, actorPost: actor.post },
    programHash: header.program ?? '',
  };
}
