import type { CaseEvent, EventData } from '../event.ts';
import type { Complaint, Emergency, State } from '../state.ts';
import { joined } from './above.ts';

/** The state after an event of somebody's own voice; undefined when the event is none of these. Never refuses: it happened. */
export function evolveVoice(state: State, event: CaseEvent): State | undefined {
  switch (event.type) {
    case 'consent.given': {
      const { refused: _, ...rest } = state;
      const { by, purposes = [] } = event.data;
      return { ...rest, consent: { by, at: event.occurredAt, ...(purposes.length > 0 ? { purposes } : {}) } };
    }
    case 'consent.withdrawn':
      return withdrawn(state, event.data);
    case 'consent.refused': {
      const { consent: _, ...rest } = state;
      const { by, restsUntil: until } = event.data;
      return { ...rest, refused: { by, at: event.occurredAt, until } };
    }
    case 'party.cameOfAge':
      return cameOfAge(state, event.data);
    case 'party.ended':
      return ended(state, event);
    case 'complaint.made':
      return made(state, event);
    case 'complaint.projected': {
      const { id, dueAt, dueDate, rungs } = event.data;
      return withComplaint(state, id, (each) => ({ ...each, dueAt, rungs, ...(dueDate ? { dueDate } : {}) }));
    }
    case 'complaint.reminded': {
      const { id, told } = event.data;
      return withComplaint(state, id, (each) => ({
        ...each,
        told: joined(each.told, told),
        rungs: each.rungs.slice(1),
      }));
    }
    case 'complaint.answered': {
      const { id, endsAt } = event.data;
      return withComplaint(state, id, (each) => ({
        ...{ ...each, endsAt, answeredBy: event.actor.id, rungs: [] },
        answerers: [...new Set([...(each.answerers ?? []), event.actor.id])],
      }));
    }
    case 'complaint.appealed': {
      const { id, round, sealed, told, dueAt, dueDate, rungs } = event.data;
      return withComplaint(state, id, ({ endsAt: _, dueDate: __, ...each }) => ({
        ...each,
        ...{ round, sealed, told, dueAt, rungs, since: event.recordedAt },
        ...(dueDate ? { dueDate } : {}),
      }));
    }
    case 'complaint.withdrawn':
    case 'complaint.closed':
      return { ...state, complaints: removed(state.complaints, event.data.id) };
    case 'emergency.reported': {
      const { id, about = [], sealed, told, nextAt, apart = about.length === 0 ? [] : undefined } = event.data;
      if (event.data.into !== undefined) return folded(state, event);
      const emergency: Emergency = {
        ...{ id, about, sealed, told, n: 0, nextAt },
        ...(event.data.shared ? { shared: true as const } : { by: event.actor.id }),
        ...(apart === undefined ? {} : { apart }),
      };
      return { ...state, emergencies: { ...state.emergencies, [id]: emergency } };
    }
    case 'emergency.repeated': {
      const { id, n, told, nextAt } = event.data;
      return withEmergency(state, id, ({ waitsUntil: _, ...each }) => ({
        ...each,
        n,
        nextAt,
        told: joined(each.told, told),
      }));
    }
    case 'emergency.closed':
      return { ...state, emergencies: removed(state.emergencies, event.data.id) };
    case 'message.acknowledged': {
      const { emergency, nextAt } = event.data;
      if (emergency === undefined || nextAt === undefined) return state;
      return withEmergency(state, emergency, (each) => ({ ...each, nextAt, acknowledgedAt: event.recordedAt }));
    }
    default:
      return undefined;
  }
}

/** All of it, or single purposes; what other units were shown with consent is no part of the state. */
function withdrawn(state: State, data: EventData['consent.withdrawn']): State {
  const { consent, ...rest } = state;
  if (data.purposes === undefined || consent === undefined) return rest;
  const { purposes = [], ...given } = consent;
  const left = purposes.filter((each) => !data.purposes?.includes(each));
  return { ...rest, consent: { ...given, ...(left.length > 0 ? { purposes: left } : {}) } };
}

function cameOfAge(state: State, { id, age }: EventData['party.cameOfAge']): State {
  const party = state.parties[id];
  if (!party) return state;
  const { minor: _, ...grown } = party;
  const next = age === 18 ? grown : party;
  return { ...state, parties: { ...state.parties, [id]: { ...next, turned: age } } };
}

function ended(state: State, { data, occurredAt }: CaseEvent & { type: 'party.ended' }): State {
  const next = { ...state, parties: removed(state.parties, data.id) };
  if (data.voice === undefined || (data.why !== 'death' && data.why !== 'moved')) return next;
  const { consent: _, ...rest } = next;
  return { ...rest, gone: { ...state.gone, [data.voice]: { why: data.why, at: occurredAt } } };
}

function made(state: State, { data, actor, ...event }: CaseEvent & { type: 'complaint.made' }): State {
  const { id, about, sealed = [], told, dueAt = event.recordedAt, dueDate, rungs = [], onBehalfOf } = data;
  if (id === undefined) return state;
  const complaint: Complaint = {
    ...{ id, by: actor.id, sealed, told, round: 1, dueAt, rungs, since: event.recordedAt },
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(about === undefined ? { apart: [] } : { about }),
    ...(data.apart === undefined ? {} : { apart: data.apart }),
    ...(dueDate === undefined ? {} : { dueDate }),
  };
  return { ...state, complaints: { ...state.complaints, [id]: complaint } };
}

/** One more report of an emergency that is open: it is told again, whoever had acknowledged it. */
function folded(state: State, { data, recordedAt }: CaseEvent & { type: 'emergency.reported' }): State {
  const { into = '', about = [], sealed, apart, told, nextAt } = data;
  return withEmergency(state, into, ({ acknowledgedAt: _, waitsUntil: __, ...each }) => ({
    ...each,
    about: together(
      each.about,
      about.filter((one) => sealed.includes(one)),
    ),
    sealed: together(each.sealed, sealed),
    ...(apart || each.apart ? { apart: together(each.apart ?? [], apart ?? []) } : {}),
    ...{ told: joined(each.told, told), nextAt, more: (each.more ?? 0) + 1 },
    ...(told.length > 0 ? { moreToldAt: recordedAt } : { waitsUntil: nextAt }),
  }));
}

function together(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}

function withComplaint(state: State, id: string, change: (complaint: Complaint) => Complaint): State {
  const complaint = state.complaints?.[id];
  return complaint ? { ...state, complaints: { ...state.complaints, [id]: change(complaint) } } : state;
}

function withEmergency(state: State, id: string, change: (emergency: Emergency) => Emergency): State {
  const emergency = state.emergencies?.[id];
  return emergency ? { ...state, emergencies: { ...state.emergencies, [id]: change(emergency) } } : state;
}

function removed<T>(record: Readonly<Record<string, T>> | undefined, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record ?? {};
  return rest;
}
