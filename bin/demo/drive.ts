import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ActAnswer } from '../../api/schemas/act.ts';
import type { CaseView } from '../../api/schemas/case.ts';
import { idMadeBy, occurredAt, type Scenario, type ScriptedAct } from '../../sdk/scenario.ts';
import { type Api, apiAt } from './api.ts';
import type { Cast } from './cast.ts';
import { photo, sheet } from './papers.ts';

/** What an act was answered. */
export type ActAnswered = z.infer<typeof ActAnswer>;

/** An act that was sent, with its answer. */
export interface Played {
  readonly act: ScriptedAct;
  /** What was sent as JSON, and under which Idempotency-Key. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly answer: ActAnswered;
}

/** Where the story is driven, in which language, and where it is told. */
export interface DriveOptions {
  readonly url: string;
  readonly cast: Cast;
  readonly scenario: Scenario;
  readonly lang: 'zh' | 'en';
  readonly onOpened?: (opened: CaseView, api: Api) => Promise<void> | void;
  readonly onPlayed?: (played: Played) => Promise<void> | void;
}

/** How a story went. */
export interface Drive {
  readonly case: CaseView;
  readonly played: readonly Played[];
}

const DAY_MS = 86_400_000;

/**
 * Plays a scenario over HTTP: opens a new case, uploads what each act needs as proof, and sends the acts in order, each by
 * the key of whoever does it. Throws `ApiRefusal` at the first act that is refused.
 */
export async function drive(options: DriveOptions): Promise<Drive> {
  const { url, cast, scenario, lang } = options;
  const run = randomUUID();
  const apis = new Map<string, Api>();
  const apiOf = (part: string): Api => {
    const api = apis.get(part) ?? apiAt(url, cast.keyOf(part), lang);
    apis.set(part, api);
    return api;
  };
  const openedAt = new Date(Date.now() - scenario.openedDaysAgo * DAY_MS).toISOString();
  const { program, data, parties } = scenario;
  const opening = { program, unit: cast.unit, openedAt, data, parties, assignments: cast.assignments };
  const opened = await apiOf('caseworker').post<CaseView>('/cases', opening, `${run}-open`);
  await options.onOpened?.(opened, apiOf('caseworker'));

  const made = new Map<string, string>();
  const played: Played[] = [];
  for (const [n, act] of scenario.acts.entries()) {
    const api = apiOf(act.as);
    const evidence = await uploadAll(api, opened.id, act, `${run}-${n}`);
    const body = {
      ...wordsOf(act, made),
      occurredAt: occurredAt(act, openedAt, new Date().toISOString()),
      ...evidence,
    };
    const key = `${run}-${n}`;
    const answer = await api.post<ActAnswered>(`/cases/${opened.id}/acts`, body, key);
    const id = idMadeBy(act.type, answer.events);
    if (act.label !== undefined && id !== undefined) made.set(act.label, id);
    const one = { act, body, key, answer };
    played.push(one);
    await options.onPlayed?.(one);
  }
  return { case: played.at(-1)?.answer.case ?? opened, played };
}

/** An act as it is sent; `@label` becomes the id of what that act made. */
function wordsOf(act: ScriptedAct, made: ReadonlyMap<string, string>): Record<string, unknown> {
  const { type, target, data, reason, onBehalfOf } = act;
  const aim = target?.startsWith('@') ? made.get(target.slice(1)) : target;
  if (target !== undefined && aim === undefined) throw new Error(`Nothing was made that is called ${target}.`);
  return {
    type,
    ...(aim === undefined ? {} : { target: aim }),
    ...(data === undefined ? {} : { data }),
    ...(reason === undefined ? {} : { reason }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
}

async function uploadAll(
  api: Api,
  caseId: string,
  { evidence, type }: ScriptedAct,
  key: string,
): Promise<{ evidence?: string[] }> {
  if (!evidence || evidence.length === 0) return {};
  const ids: string[] = [];
  for (const [n, kind] of evidence.entries()) {
    const text = `${type} ${key} ${n}`;
    const [name, bytes] = kind === 'photo' ? ['photo.gif', photo(text)] : ['sheet.txt', sheet(text)];
    const { id } = await api.upload<{ id: string }>(
      `/cases/${caseId}/documents`,
      name as string,
      bytes as Uint8Array,
      `${key}-${n}`,
    );
    ids.push(id);
  }
  return { evidence: ids };
}
