import type { Child } from 'hono/jsx';
import { namesOf } from '../../db/queries/names.ts';
import { listUnits } from '../../db/queries/organisation.ts';
import { askers } from '../../engine/acts/asking.ts';
import { headsFrom } from '../../engine/acts/plan.ts';
import { voices } from '../../engine/acts/sharing.ts';
import { openQuestions } from '../../engine/offer-story.ts';
import { unitFor, unitsUp } from '../../engine/org.ts';
import { rolesOn } from '../../engine/rights.ts';
import type { State } from '../../engine/state.ts';
import type { Org } from '../../engine/world.ts';
import type { Program } from '../../sdk/program.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type Language, pick } from '../language.ts';
import { nowOf } from '../reading.ts';
import { officeOf } from '../transfer-sight.ts';
import { transfersFor } from '../transfers.ts';
import { CaseTransfers, type TransferWays } from './case-transfers.tsx';
import type { Visitor } from './layout.tsx';
import type { Choice } from './transfer-forms.tsx';
import { tell } from './transfer-words.ts';

/** So many requests of a case are shown on its page. */
const PAGE_SIZE = 20;
/** More units than that are not offered in one list; the API takes any. */
const MOST_UNITS = 500;

/** The part of a case's page about other units and levels, with the forms of what this visitor may do. */
export async function caseTransfers(
  deps: AppDeps,
  caller: Caller,
  { caseId, state, program }: { readonly caseId: string; readonly state: State; readonly program: Program | undefined },
  { language, visitor }: { readonly language: Language; readonly visitor: Visitor },
): Promise<{ readonly waits: boolean; readonly content: Child }> {
  if (!program) return { waits: false, content: null };
  const [org, requests] = await Promise.all([
    officeOf(deps, caller),
    transfersFor(deps, caller, { caseId }, { limit: PAGE_SIZE, language }),
  ]);
  const back = `/cases/${encodeURIComponent(caseId)}`;
  const ways = await waysOf(deps, caller, { state, program, org }, language);
  const views = requests.slice(0, PAGE_SIZE).map(({ view }) => view);
  const frame = { language, token: visitor.csrfToken, back };
  return {
    waits: views.some(({ state: so }) => so === 'offered'),
    content: <CaseTransfers frame={frame} caseId={caseId} requests={views} ways={ways} />,
  };
}

/** What a visitor may do; the door decides again when he does it. */
async function waysOf(
  deps: AppDeps,
  caller: Caller,
  { state, program, org }: { readonly state: State; readonly program: Program; readonly org: Org },
  language: Language,
): Promise<TransferWays> {
  const nothing = { programs: [], fields: [], parties: [] };
  if (state.status === 'closed') return { ask: false, escalate: [], questions: [], units: [], shares: nothing };
  const roles = rolesOn(state, actorOf(caller), org, nowOf(deps));
  const worker = askers({ state, world: { program } }).some((role) => roles.has(role));
  const ask = worker || voices({ state, world: { program } }).some((role) => roles.has(role));
  const waiting = openQuestions(state);
  const levels = (['sub-district', 'district'] as const).filter((level) => {
    const unit = unitFor(org, state.unit, level);
    const free = !waiting.some(({ by }) => by === `head:${level}`);
    return free && unit !== undefined && unit !== state.unit && org.units[unit]?.level === level;
  });
  const questions = waiting.filter(({ by }) =>
    headsFrom(by === 'head:district' ? 'district' : 'sub-district').some((role) => roles.has(role)),
  );
  const units = ask ? await otherUnits(deps, org, state.unit, language) : [];
  const asked =
    questions.length === 0
      ? []
      : await transfersFor(
          deps,
          caller,
          { caseId: state.caseId, kind: 'escalation', state: 'offered' },
          { limit: 10, language },
        );
  return {
    ask,
    escalate: worker ? levels.map((level): Choice => [level, tell(level, language)]) : [],
    questions: questions.map(
      ({ id, name }): Choice => [id, asked.find(({ row }) => row.id === id)?.view.text ?? pick(name, language)],
    ),
    units,
    shares: ask ? sharesOf(deps, state, program, language) : nothing,
  };
}

/** What of a case can go with a referral: its filled fields and its people, and the programs it can become a case of. */
function sharesOf(deps: AppDeps, state: State, program: Program, language: Language): TransferWays['shares'] {
  return {
    programs: deps.programs.all().map((each): Choice => [each.id, pick(each.name, language)]),
    fields: Object.keys(state.fields).map(
      (key): Choice => [key, pick(program.fields[key]?.name ?? [key, key], language)],
    ),
    parties: Object.values(state.parties).map(
      ({ id, role, name }): Choice => [
        id,
        [pick(program.roles[role]?.name ?? [role, role], language), name].filter(Boolean).join(' '),
      ],
    ),
  };
}

/** Units a case can be offered to, by name, those nearest first: of the same level above, then all others. */
async function otherUnits(deps: AppDeps, org: Org, own: string, language: Language): Promise<Choice[]> {
  const rows = await listUnits(deps.sql, { limit: MOST_UNITS, after: undefined });
  const above = unitsUp(org, own)[1];
  const names = await namesOf(deps.sql, new Set(rows.map(({ id }) => id)));
  return rows
    .filter(({ id }) => id !== own && org.units[id] !== undefined && !org.units[id]?.closed)
    .toSorted((a, b) => Number(b.above === above) - Number(a.above === above))
    .map(({ id }): Choice => [id, pick(names.units.get(id) ?? [id, id], language)]);
}
