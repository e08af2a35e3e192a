import { type PlanItem, planOf } from '../../engine/explain.ts';
import type { Assignment, State } from '../../engine/state.ts';
import type { Program } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import type { PlanItemView, PlanView } from '../schemas/views.ts';
import type { Names } from '../timeline-text.ts';

/** The plan of a case as the API answers it: stages with their items, and the items that belong to no stage. */
export function planView(state: State, program: Program | undefined, names: Names, language: Language): PlanView {
  if (!program) return { stages: [], items: [] };
  const plan = planOf(state, program);
  const view = (group: PlanItemView['group']) => (item: PlanItem) => itemView(item, group, state, names, language);
  return {
    stages: plan.stages.map((stage) => {
      const answers = program.stages.find((one) => one.stage === stage.stage)?.answers;
      return {
        stage: stage.stage,
        name: pick(stage.name, language),
        target: pick(stage.target, language),
        state: stage.state,
        round: stage.round,
        who: answers === undefined ? '' : fillerOf(answers, state, names, language),
        dueAt: stage.dueAt ?? null,
        provisional: stage.provisional ?? false,
        items: stage.items.map(view('stage')),
      };
    }),
    items: [...plan.before.map(view('before')), ...plan.duties.map(view('duty')), ...plan.other.map(view('other'))],
  };
}

function itemView(
  item: PlanItem,
  group: PlanItemView['group'],
  state: State,
  names: Names,
  language: Language,
): PlanItemView {
  const assignee = item.id === undefined ? undefined : state.items[item.id]?.assignee;
  return {
    id: item.id ?? null,
    key: item.key,
    kind: item.kind,
    group,
    name: pick(item.name, language),
    state: item.state,
    reason: pick(item.reason, language),
    by: item.by,
    who: assignee ? nameOf(assignee, names) : fillerOf(item.by, state, names, language),
    answers: item.answers,
    dueAt: item.dueAt ?? null,
    provisional: item.provisional ?? false,
    act: item.act,
    asks: [...(item.asks ?? [])],
    proof: [...(item.proof ?? [])],
    count: item.count,
  };
}

/** A role and who fills it: `管钱人(居民代表)`, `临时妈妈 邱某`. */
function fillerOf(role: string, state: State, names: Names, language: Language): string {
  const title = pick(names.role(role), language);
  const assignment = state.assignments[role];
  const filler = assignment && nameOf(assignment, names);
  if (filler === title) return title;
  if (assignment)
    return language === 'zh' ? `${title}（${nameOf(assignment, names)}）` : `${title} (${nameOf(assignment, names)})`;
  const parties = Object.values(state.parties).filter((party) => party.role === role && party.name !== undefined);
  return parties.length === 0 ? title : `${title} ${parties.map(({ name }) => name).join('、')}`;
}

function nameOf({ post, person }: Assignment, names: Names): string {
  if (person !== undefined) return names.person(person);
  return post === undefined ? '' : names.post(post);
}
