import type { CaseEvent, EventData } from '../event.ts';
import type { Complaint, Emergency, State } from '../state.ts';
import { joined } from './above.ts';

/** The state after an event of somebody's own voice; undefined when the event is none of these. Never refuses: it happened. */
export function evolveVoice(state: State, event: CaseEvent): State | undefined {
  switch (event.type) {
    case 'consent.given': {
      const { refused: _, ...rest } = state;
      return { ...rest, consent: { by: event.data.by, at: event.occurredAt } };
    }
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
      const emergency: Emergency = {
        ...{ id, about, sealed, told, n: 0, nextAt, by: event.actor.id },
        ...(apart === undefined ? {} : { apart }),
      };
      return { ...state, emergencies: { ...state.emergencies, [id]: emergency } };
    }
    case 'emergency.repeated': {
      const { id, n, told, nextAt } = event.data;
      return withEmergency(state, id, (each) => ({ ...each, n, nextAt, told: joined(each.told, told) }));
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
