import type { CaseEvent, EventType, Told } from '../engine/event.ts';
import { QUESTION } from '../engine/offer-story.ts';
import type { Assignment, Deadline, OpenItem, Party, State } from '../engine/state.ts';
import { withoutWords } from '../engine/words.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { uuidV5 } from './act-id.ts';
import { sha256 } from './chain.ts';
import {
  accessText,
  complaintAnsweredText,
  complaintAppealText,
  complaintDueText,
  complaintText,
  destructionText,
  emergencyText,
  erasureText,
  findingText,
  nudgeText,
  objectionText,
  offerText,
  questionText,
  referralText,
  rungText,
  withdrawalText,
} from './message-text.ts';
import { patch, put, type ReadModels, type Row } from './pending.ts';
import { keepersAfterEntry, openKeepers, patchKeeper } from './project-keepers.ts';

/** What a projection looks at: the event and the state after it. */
interface Scene<T extends EventType> {
  readonly event: CaseEvent & { readonly type: T };
  readonly state: State;
  readonly models: ReadModels;
}

type Projections = { readonly [T in EventType]?: (scene: Scene<T>) => void };

/**
 * The rows of the read models an event leads to. By event type; what is not named changes no read model. Uses nothing but
 * event and state, so that `linli rebuild` makes the same rows from the record.
 */
const projections: Projections = {
  'case.opened': ({ event, state, models }) => {
    for (const party of event.data.parties) models.parties.set(party.id, partyRow(state, party));
    for (const [role, assignment] of Object.entries(event.data.assignments)) {
      models.assignments.set(role, assignmentRow(state, role, assignment, event.data.openedAt));
    }
    openKeepers(models, event.data);
  },
  'party.added': ({ event, state, models }) => {
    models.parties.set(event.data.party.id, partyRow(state, event.data.party));
  },
  'party.changed': ({ event, state, models }) => {
    models.parties.set(event.data.party.id, partyRow(state, event.data.party));
  },
  'party.ended': ({ event, state, models }) => {
    models.partyEnds.push({ case_id: state.caseId, party_id: event.data.id, ended_at: event.occurredAt });
  },
  'role.assigned': (scene) => fill(scene, scene.event.data.role, scene.event.data.assignment),
  'case.moved': (scene) => {
    const { state, models, event } = scene;
    for (const [role, assignment] of Object.entries(event.data.assignments ?? {})) fill(scene, role, assignment);
    for (const id of Object.keys(state.disclosures ?? {}))
      patch(models.disclosures, models.disclosurePatches, id, { unit: event.data.unit });
  },
  'case.migrated': ({ event, state, models }) => {
    const { names, dropped, back } = event.data;
    for (const role of [...Object.keys(names.roles), ...dropped.roles])
      models.assignments.set(role, assignmentRow(state, role, {}, event.occurredAt));
    for (const role of [...Object.values(names.roles), ...Object.keys(back.assignments ?? {})]) {
      const assignment = state.assignments[role];
      if (assignment) models.assignments.set(role, assignmentRow(state, role, assignment, event.occurredAt));
    }
    for (const party of Object.values(state.parties)) models.parties.set(party.id, partyRow(state, party));
    for (const item of Object.values(state.items)) {
      const dueAt = state.deadlines[item.id]?.dueAt ?? null;
      put(models.items, models.itemPatches, item.id, { ...itemRow(state, item), due_at: dueAt });
    }
  },
  'case.received': (scene) => {
    for (const [role, assignment] of Object.entries(scene.event.data.assignments)) fill(scene, role, assignment);
  },
  'item.opened': ({ event, state, models }) => {
    put(models.items, models.itemPatches, event.data.item.id, itemRow(state, event.data.item));
  },
  'item.reopened': ({ event, state, models }) => {
    put(models.items, models.itemPatches, event.data.item.id, itemRow(state, event.data.item));
  },
  'item.replanned': ({ event, models }) => {
    const { id, plannedDate = null } = event.data.item;
    patch(models.items, models.itemPatches, id, { planned_date: plannedDate });
  },
  'item.assigned': ({ event, models }) => {
    const { post = null, person = null, since = null } = event.data.assignee;
    patch(models.items, models.itemPatches, event.data.id, {
      assignee_post: post,
      assignee_person: person,
      assignee_given_at: since,
      assigned: true,
    });
  },
  'item.cancelled': (scene) => {
    const { event, models } = scene;
    close(scene, 'cancelled');
    if (event.data.key === QUESTION)
      patch(models.transfers, models.transferPatches, event.data.id, answered(event, 'revoked'));
  },
  'item.skipped': (scene) => close(scene, 'skipped'),
  'task.completed': (scene) => close(scene, 'done', scene.event.data.at),
  'decision.recorded': ({ event, models }) => {
    const { item, passed } = event.data;
    const done = { state: 'done', done_at: event.occurredAt, done_by: event.actor.id };
    if (item !== undefined && passed) patch(models.items, models.itemPatches, item, done);
  },
  'disclosure.posted': ({ event, state, models }) => {
    const { id, name, text, until } = event.data;
    models.disclosures.set(id, {
      ...{ case_id: state.caseId, item_id: id, id: uuidV5('disclosure', state.caseId, String(event.seq)) },
      ...{
        unit: state.unit,
        name_zh: name[0],
        name_en: name[1],
        text,
        posted_at: event.recordedAt,
        until,
        ended_at: null,
      },
    });
  },
  'disclosure.ended': (scene) => comesDown(scene, scene.event.data.id),
  'disclosure.takenDown': (scene) => comesDown(scene, scene.event.data.id),
  'disclosure.cleared': (scene) => close(scene, 'done', scene.event.data.at),
  'objection.raised': (scene) => {
    const { id, told } = scene.event.data;
    send(scene, 'objection', id, told, objectionText(scene.state.caseNo));
  },
  'objection.decided': (scene) => close(scene, 'done'),
  'milestone.reached': (scene) => close(scene, 'done', scene.event.data.at),
  'await.occurred': (scene) => close(scene, 'done', scene.event.data.at),
  'duty.missed': ({ event, models }) => {
    patch(models.items, models.itemPatches, event.data.id, { missed_at: event.recordedAt });
  },
  'duty.lapsed': (scene) => {
    close(scene, 'missed');
    patch(scene.models.deadlines, scene.models.deadlinePatches, scene.event.data.id, { state: 'cancelled' });
  },
  'cash.recorded': ({ event, state, models }) => keepersAfterEntry(models, state, 'cash', event.data),
  'cash.reversed': ({ event, state, models }) => keepersAfterEntry(models, state, 'cash', event.data),
  'ledger.recorded': ({ event, state, models }) => keepersAfterEntry(models, state, 'ledger', event.data),
  'ledger.reversed': ({ event, state, models }) => keepersAfterEntry(models, state, 'ledger', event.data),
  'book.handedOver': ({ event, state, models }) => patchKeeper(models, state, event.data),
  'book.frozen': ({ event, state, models }) => patchKeeper(models, state, event.data),
  'book.unfrozen': ({ event, state, models }) => patchKeeper(models, state, event.data),
  'deadline.set': (scene) => place(scene, scene.event.data.deadline),
  'deadline.moved': (scene) => place(scene, scene.event.data.deadline),
  'deadline.projected': (scene) => place(scene, scene.event.data.deadline),
  'deadline.paused': (scene) => refresh(scene, scene.event.data.id),
  'deadline.extensionRequested': (scene) => refresh(scene, scene.event.data.id),
  'deadline.extensionDecided': (scene) => refresh(scene, scene.event.data.id),
  'deadline.met': ({ event, models }) => {
    const { id, at, late } = event.data;
    patch(models.deadlines, models.deadlinePatches, id, { state: 'met', met_at: at, late });
  },
  'deadline.cancelled': ({ event, models }) => {
    patch(models.deadlines, models.deadlinePatches, event.data.id, { state: 'cancelled' });
  },
  'rung.fired': (scene) => {
    const { event, state, models } = scene;
    const { deadline, generation, rung, tell, plannedAt, told } = event.data;
    models.rungs.push({
      case_id: state.caseId,
      deadline_id: deadline,
      generation,
      rung,
      tell,
      planned_at: plannedAt,
      fired_at: event.recordedAt,
      seq: event.seq,
      told,
    });
    refresh(scene, deadline);
    const { rungs: planned = [], provisional = false } = state.deadlines[deadline] ?? {};
    const top = planned.length > 0 && planned.every(({ n, at }) => n === rung || at <= plannedAt);
    send(scene, 'rung', deadline, told, rungText(state.caseNo, event.data, provisional), {
      generation,
      top,
      sealed: null,
    });
  },
  'deadline.nudged': (scene) => {
    const { id, told } = scene.event.data;
    const name = scene.state.deadlines[id]?.name ?? ([id, id] as const);
    send(scene, 'nudge', id, told, nudgeText(scene.state.caseNo, name));
  },
  'consent.withdrawn': (scene) => {
    const { told = [], purposes } = scene.event.data;
    send(scene, 'withdrawal', null, told, withdrawalText(scene.state.caseNo, purposes !== undefined));
  },
  'consent.refused': (scene) => {
    const { told = [] } = scene.event.data;
    send(scene, 'withdrawal', null, told, withdrawalText(scene.state.caseNo, false));
  },
  'complaint.made': (scene) => {
    const { id, about, told } = scene.event.data;
    send(
      scene,
      'complaint',
      id ?? about ?? null,
      told,
      complaintText(scene.state.caseNo),
      sealedFrom(scene.event.data, told),
    );
  },
  'complaint.reminded': (scene) => {
    const { id, told, dueAt } = scene.event.data;
    send(
      scene,
      'complaint',
      id,
      told,
      complaintDueText(scene.state.caseNo, dueAt, scene.event.data.plannedAt),
      sealedFrom(scene.state.complaints?.[id], told),
    );
  },
  'complaint.answered': (scene) => {
    const { id, told } = scene.event.data;
    send(scene, 'complaint', id, told, complaintAnsweredText(scene.state.caseNo));
  },
  'complaint.appealed': (scene) => {
    const { id, told } = scene.event.data;
    send(
      scene,
      'complaint',
      id,
      told,
      complaintAppealText(scene.state.caseNo),
      sealedFrom(scene.state.complaints?.[id], told),
    );
  },
  'emergency.reported': (scene) => {
    const { id, told, into } = scene.event.data;
    const word = into === undefined ? scene.event.data : scene.state.emergencies?.[into];
    send(scene, 'emergency', into ?? id, told, emergencyText(scene.state.caseNo, 0), sealedFrom(word, told));
  },
  'emergency.repeated': (scene) => {
    const { id, told, n } = scene.event.data;
    const { more = 0 } = scene.state.emergencies?.[id] ?? {};
    send(
      scene,
      'emergency',
      id,
      told,
      emergencyText(scene.state.caseNo, n, more),
      sealedFrom(scene.state.emergencies?.[id], told),
    );
  },
  'transfer.offered': (scene) => {
    const { event, state, models } = scene;
    const { id, kind, unit, from, text, program, consent, told } = event.data;
    models.transfers.set(id, {
      ...{ case_id: state.caseId, id, kind, from_unit: from, to_unit: unit, state: 'offered', text: text ?? null },
      ...{ program_id: program ?? null, reason: event.data.reason ?? null, offered_at: event.recordedAt },
      ...{ offered_by: event.actor.id, consent: consent?.kind ?? null },
      ground: consent?.kind === 'overridden' ? consent.ground : null,
    });
    send(scene, 'transfer', id, told, offerText(state.caseNo, event.type, kind));
  },
  'transfer.accepted': (scene) => answerOffer(scene, 'accepted'),
  'transfer.refused': (scene) => answerOffer(scene, 'refused'),
  'transfer.revoked': (scene) => answerOffer(scene, 'revoked'),
  'transfer.lapsed': (scene) => answerOffer(scene, 'lapsed'),
  'referral.answered': (scene) => {
    const { event, state, models } = scene;
    const { id, failed, told, case: child } = event.data;
    patch(models.transfers, models.transferPatches, id, {
      ...{ state: failed === undefined ? 'done' : 'failed', closed_at: event.recordedAt, child_case: child ?? null },
    });
    send(scene, 'transfer', id, told, referralText(state.caseNo, failed !== undefined));
  },
  'escalation.made': (scene) => {
    const { event, state, models } = scene;
    const { id, unit, text, told } = event.data;
    models.transfers.set(id, {
      ...{
        case_id: state.caseId,
        id,
        kind: 'escalation',
        from_unit: state.unit,
        to_unit: unit,
        state: 'offered',
        text,
      },
      ...{ program_id: null, reason: event.data.reason ?? null, offered_at: event.recordedAt },
      ...{ offered_by: event.actor.id, consent: null, ground: null },
    });
    send(scene, 'transfer', id, told, questionText(state.caseNo, false));
  },
  'escalation.returned': (scene) => {
    const { event, state, models } = scene;
    const { id, told } = event.data;
    close(scene, 'done');
    patch(models.transfers, models.transferPatches, id, answered(event, 'returned'));
    send(scene, 'transfer', id, told, questionText(state.caseNo, true));
  },
  'finding.recorded': (scene) => {
    const { id, told } = scene.event.data;
    send(scene, 'finding', id, told, findingText(scene.state.caseNo, false));
  },
  'finding.answered': ({ event, models }) => {
    const done = { state: 'done', done_at: event.occurredAt, done_by: event.actor.id };
    patch(models.items, models.itemPatches, event.data.item, done);
  },
  'finding.returned': (scene) => {
    const { item, told } = scene.event.data;
    send(scene, 'finding', item, told, findingText(scene.state.caseNo, true));
  },
  'access.opened': (scene) => {
    const { id, told, until } = scene.event.data;
    send(scene, 'access', id, told, accessText(scene.state.caseNo, until));
  },
  'erasure.requested': (scene) => {
    const { id, told } = scene.event.data;
    send(scene, 'erasure', id, told, erasureText(scene.state.caseNo));
  },
  'destruction.requested': (scene) => tellOfDestruction(scene, 'requested'),
  'destruction.approved': (scene) => tellOfDestruction(scene, 'approved'),
  'destruction.refused': (scene) => tellOfDestruction(scene, 'refused'),
  'destruction.revoked': (scene) => tellOfDestruction(scene, 'revoked'),
  'record.destroyed': (scene) => tellOfDestruction(scene, 'destroyed'),
  'erasure.answered': (scene) => close(scene, 'done'),
  'erasure.withdrawn': (scene) => close(scene, 'cancelled'),
  'message.acknowledged': ({ event, state, models }) => {
    models.acknowledged.push({
      case_id: state.caseId,
      id: event.data.message,
      acknowledged_at: event.occurredAt,
      acknowledged_by: event.actor.id,
    });
  },
  'accountability.opened': ({ event, state, models }) => {
    const { id, deadline, name, post, holders, promisedAt, dueAt } = event.data;
    models.accountability.set(id, {
      case_id: state.caseId,
      id,
      deadline_id: deadline,
      name_zh: name[0],
      name_en: name[1],
      post,
      holders,
      promised_at: promisedAt,
      due_at: dueAt,
      opened_at: event.recordedAt,
    });
  },
  'accountability.settled': (scene) =>
    amend(scene, { result: scene.event.data.result, settled_at: scene.event.recordedAt }),
  'accountability.answered': (scene) =>
    amend(scene, { answer: scene.event.data.text, answered_at: scene.event.recordedAt }),
  'accountability.decided': (scene) =>
    amend(scene, {
      outcome: scene.event.data.outcome,
      decided_at: scene.event.recordedAt,
      decided_by: scene.event.actor.id,
    }),
  'accountability.appealed': (scene) =>
    amend(scene, { appeal: scene.event.data.text, appealed_at: scene.event.recordedAt }),
  'effect.asked': ({ event, state, models }) => {
    models.effects.push({
      id: effectIdOf(state.caseId, event.seq, 0),
      case_id: state.caseId,
      seq: event.seq,
      n: 0,
      kind: event.data.kind,
      payload: { ...withoutWords(event.data), programId: state.program.id },
      created_at: event.recordedAt,
      next_try: event.recordedAt,
    });
  },
};

/** Adds what an event changes in the read models. `state` is the state after it. */
export function project(models: ReadModels, event: CaseEvent, state: State): void {
  const projection = projections[event.type] as ((scene: Scene<EventType>) => void) | undefined;
  projection?.({ event, state, models });
}

/** The id of the n-th effect an event asks for; also its idempotency key towards the outside. */
export function effectIdOf(caseId: string, seq: number, n: number): string {
  return sha256(`${caseId}/${seq}/${n}`).slice(0, 40);
}

/** A role filled anew, and everything open that hangs on it. */
function fill({ event, state, models }: Scene<EventType>, role: string, assignment: Assignment): void {
  models.assignments.set(role, assignmentRow(state, role, assignment, event.occurredAt));
  for (const item of Object.values(state.items)) {
    if (item.by !== role && item.answers !== role) continue;
    patch(models.items, models.itemPatches, item.id, filledBy(state, item));
  }
  for (const deadline of Object.values(state.deadlines)) {
    if (deadline.answers === role) putDeadline(state, models, deadline);
  }
}

/** A request between units was answered, taken back, or lapsed: whoever has to know is told. */
function answerOffer(
  scene: Scene<'transfer.accepted' | 'transfer.refused' | 'transfer.revoked' | 'transfer.lapsed'>,
  as: string,
): void {
  const { event, state, models } = scene;
  const { id, kind, told } = event.data;
  patch(models.transfers, models.transferPatches, id, answered(event, as));
  send(scene, 'transfer', id, told, offerText(state.caseNo, event.type, kind));
}

function answered({ data, actor, recordedAt }: CaseEvent, as: string): Row {
  const by = actor.kind === 'system' ? null : actor.id;
  return { state: as, answered_at: recordedAt, answered_by: by, answer: data.reason ?? null };
}

function close(scene: Scene<EventType>, state: string, at?: Instant): void {
  const { event, models } = scene;
  const { id } = event.data as { id: string };
  const by = event.actor.kind === 'system' ? null : event.actor.id;
  patch(models.items, models.itemPatches, id, { state, done_at: at ?? event.occurredAt, done_by: by });
}

/** What was public under an item is not any more, and its words are forgotten here; the record keeps them. */
function comesDown({ event, models }: Scene<EventType>, id: string): void {
  patch(models.disclosures, models.disclosurePatches, id, { text: '', ended_at: event.recordedAt });
}

/** A deadline as an event gives it; the item it is for shows its due time. */
function place({ state, models }: Scene<EventType>, deadline: Deadline): void {
  putDeadline(state, models, deadline);
  if (deadline.of === 'stage') return;
  patch(models.items, models.itemPatches, deadline.id, { due_at: deadline.dueAt });
}

/** A deadline as it stands in the state; one that has left it keeps its row. */
function refresh({ state, models }: Scene<EventType>, id: string): void {
  const deadline = state.deadlines[id];
  if (deadline) putDeadline(state, models, deadline);
}

function putDeadline(state: State, models: ReadModels, deadline: Deadline): void {
  put(models.deadlines, models.deadlinePatches, deadline.id, deadlineRow(state, deadline));
}

function amend({ event, models }: Scene<EventType>, change: Row): void {
  const { id } = event.data as { id: string };
  patch(models.accountability, models.accountabilityPatches, id, change);
}

/** What a message is besides its text. `sealed`: the persons it is never brought to. */
interface Sending {
  readonly generation: number | null;
  readonly top: boolean;
  readonly sealed: readonly string[] | null;
}

/** Of a complaint or an emergency: a message that is kept from whom it is about, or who works on the case and is not told. */
function sealedFrom(
  word: { readonly sealed?: readonly string[]; readonly apart?: readonly string[] } | undefined,
  told: readonly Told[],
): Sending {
  const apart = (word?.apart ?? []).filter((each) => !told.some(({ person }) => person === each));
  const sealed = [...new Set([...(word?.sealed ?? []), ...apart])];
  return { generation: null, top: false, sealed: sealed.length ? sealed : null };
}

function send(
  { event, state, models }: Scene<EventType>,
  kind:
    | 'rung'
    | 'nudge'
    | 'complaint'
    | 'emergency'
    | 'transfer'
    | 'withdrawal'
    | 'finding'
    | 'objection'
    | 'access'
    | 'erasure'
    | 'destruction',
  about: string | null,
  told: readonly Told[],
  text: Text,
  { generation, top, sealed }: Sending = { generation: null, top: false, sealed: null },
): void {
  for (const [n, { post, person, deputyFor, unit, level }] of told.entries()) {
    models.messages.push({
      id: uuidV5('message', state.caseId, String(event.seq), String(n)),
      case_id: state.caseId,
      seq: event.seq,
      n,
      kind,
      about,
      post: post ?? null,
      person: person ?? null,
      unit,
      level,
      deputy_for: deputyFor ?? null,
      generation,
      top,
      sealed_from: sealed,
      text_zh: text[0],
      text_en: text[1],
      created_at: event.recordedAt,
    });
  }
}

/** News of a destruction, for everybody who is told of it. */
function tellOfDestruction(
  scene: Scene<`destruction.${'requested' | 'approved' | 'refused' | 'revoked'}` | 'record.destroyed'>,
  what: Parameters<typeof destructionText>[1],
): void {
  send(scene, 'destruction', null, scene.event.data.told, destructionText(scene.state.caseNo, what));
}

function partyRow({ caseId }: State, { id, role, person, name, birthDate, since, guardian }: Party): Row {
  return {
    case_id: caseId,
    party_id: id,
    role,
    person: person ?? null,
    name: name ?? null,
    birth_date: birthDate ?? null,
    guardian_from: guardian?.from ?? null,
    guardian_until: guardian?.until ?? null,
    since,
  };
}

function assignmentRow({ caseId }: State, role: string, given: Assignment, since: Instant): Row {
  const { post = null, person = null, since: givenAt = null } = given;
  return { case_id: caseId, role, post, person, since, given_at: givenAt };
}

/** Which posts and persons stand behind the roles of an item now. */
function filledBy({ assignments }: State, { by, answers }: OpenItem): Row {
  return {
    by_post: assignments[by]?.post ?? null,
    by_person: assignments[by]?.person ?? null,
    by_given_at: assignments[by]?.since ?? null,
    answering_post: assignments[answers]?.post ?? null,
    filled: true,
  };
}

function itemRow(state: State, item: OpenItem): Row {
  return {
    case_id: state.caseId,
    item_id: item.id,
    key: item.key,
    kind: item.kind,
    name_zh: item.name[0],
    name_en: item.name[1],
    stage: item.stage ?? null,
    state: 'open',
    required: item.required,
    by_role: item.by,
    answers_role: item.answers,
    ...filledBy(state, item),
    assignee_post: item.assignee?.post ?? null,
    assignee_person: item.assignee?.person ?? null,
    assignee_given_at: item.assignee?.since ?? null,
    planned_date: item.plannedDate ?? null,
    opened_at: item.openedAt,
    due_at: null,
    missed_at: item.missedAt ?? null,
    done_at: null,
    done_by: null,
  };
}

function deadlineRow(state: State, deadline: Deadline): Row {
  return {
    case_id: state.caseId,
    deadline_id: deadline.id,
    of: deadline.of,
    name_zh: deadline.name[0],
    name_en: deadline.name[1],
    answers_role: deadline.answers,
    answering_post: state.assignments[deadline.answers]?.post ?? null,
    state: deadline.pausedSince ? 'paused' : 'running',
    generation: deadline.generation,
    due_at: deadline.dueAt,
    provisional: deadline.provisional,
    met_at: null,
    late: null,
    data: deadline,
  };
}
