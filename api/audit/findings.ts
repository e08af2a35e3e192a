import { findingClocks, type InspectionEvent, inspectionEvents } from '../../db/queries/audit-samples.ts';
import { dataOf } from '../../db/queries/events.ts';
import { namesOf } from '../../db/queries/names.ts';
import type { EventData } from '../../engine/event.ts';
import type { AppDeps } from '../deps.ts';
import { type Language, pick } from '../language.ts';
import { nowOf } from '../reading.ts';
import type { FindingShown } from '../schemas/audit-samples.ts';

/** What was inspected in a case and what was found, with what became of it. */
export interface CaseFindings {
  readonly inspections: readonly {
    readonly method: string;
    readonly findings: number;
    readonly text: string | null;
    readonly recordedAt: string;
    readonly sample: string | null;
  }[];
  readonly findings: readonly FindingShown[];
  /** When something of them was recorded that cannot be read: nobody can say then that the case is in order. */
  readonly unread: readonly { readonly recordedAt: string }[];
}

const NOTHING: CaseFindings = { inspections: [], findings: [], unread: [] };

/** Inspections and findings of cases, by case. Of a finding that was sent back the clock that runs now counts. */
export async function findingsOf(
  deps: AppDeps,
  caseIds: readonly string[],
  language: Language,
): Promise<(caseId: string) => CaseFindings> {
  const [events, clocks] = await Promise.all([inspectionEvents(deps.sql, caseIds), findingClocks(deps.sql, caseIds)]);
  const posts = new Set(clocks.flatMap(({ post }) => post ?? []));
  const names = await namesOf(deps.sql, posts);
  const clockOf = new Map(clocks.map((each) => [`${each.caseId} ${each.id}`, each]));
  const now = nowOf(deps);
  const byCase = new Map<string, InspectionEvent[]>();
  for (const event of events) byCase.set(event.caseId, [...(byCase.get(event.caseId) ?? []), event]);
  const told = new Map([...byCase].map(([caseId, its]) => [caseId, { its: toldOf(its), caseId }]));
  return (caseId) => {
    const found = told.get(caseId);
    if (!found) return NOTHING;
    const findings = found.its.findings.map(({ items, accepted, answer, data, recordedAt }): FindingShown => {
      const spans = items.flatMap((item) => clockOf.get(`${caseId} ${item}`) ?? []);
      const clock = spans.at(-1);
      const post = clock?.post ?? null;
      const name = post === null ? undefined : names.posts.get(post);
      const runs = clock?.state === 'running' || clock?.state === 'paused';
      const overdue = runs && clock.dueAt <= now;
      return {
        ...{ id: data.id, text: data.text, answers: data.answers, post, recordedAt },
        postName: name ? pick(name, language) : null,
        dueAt: clock?.dueAt ?? null,
        state: accepted ? 'accepted' : runs ? (overdue ? 'overdue' : 'asked') : 'answered',
        late: overdue || spans.some(({ late }) => late === true),
        sentBack: items.length - 1,
        answer,
        sample: data.sample ?? null,
      };
    });
    return { inspections: found.its.inspections, findings, unread: found.its.unread };
  };
}

interface Told {
  readonly data: EventData['finding.recorded'];
  readonly recordedAt: string;
  readonly items: string[];
  accepted: boolean;
  answer: string | null;
}

/** What the events of one case say, in order. */
function toldOf(events: readonly InspectionEvent[]) {
  const inspections: CaseFindings['inspections'][number][] = [];
  const findings = new Map<string, Told>();
  const unread: { recordedAt: string }[] = [];
  for (const { type, payload, recordedAt, unread: why } of events) {
    const data = dataOf(payload);
    if (why !== null) unread.push({ recordedAt });
    // or its case is destroyed
    if (Object.keys(data).length === 0) continue;
    const finding = findings.get(String(data['id']));
    if (type === 'inspection.recorded') {
      const { method, findings: n, text = null, sample = null } = data as unknown as EventData['inspection.recorded'];
      inspections.push({ method, findings: n, text, sample, recordedAt });
    } else if (type === 'finding.recorded') {
      const recorded = data as unknown as EventData['finding.recorded'];
      findings.set(recorded.id, { data: recorded, recordedAt, items: [recorded.id], accepted: false, answer: null });
    } else if (finding && type === 'finding.answered') finding.answer = String(data['text']);
    else if (finding && type === 'finding.accepted') finding.accepted = true;
    else if (finding && type === 'finding.returned') finding.items.push(String(data['item']));
  }
  return { inspections, findings: [...findings.values()], unread };
}
