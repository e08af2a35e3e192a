import { z } from 'zod';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { roleMeant } from '../lookup.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { Status } from '../state.ts';
import { apartFrom, isKeptFrom, keptFrom } from '../voice/above.ts';
import { againAt, toldOfEmergency } from '../voice/emergency.ts';
import { foldedTelling, meaningSomebody, placeOf } from '../voice/overflow.ts';
import { wasTold } from './complaint.ts';
import { proofOf } from './proof.ts';
import { name, text } from './shapes.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

const reportShape = z.strictObject({
  kind: z.enum(['harm', 'abuse', 'danger', 'missing']),
  text,
  about: z.union([name, z.array(name).min(1).max(20)]).optional(),
  witness: name.optional(),
});

/**
 * Somebody is harmed, abused, in danger or missing: told at once, at any hour, to a level above everybody who has to do with
 * the case, and again every half hour until it is acknowledged. Anyone with any right on the case may report it, also for
 * another; it is never refused for want of a witness, but who is named as one has to be somebody else. Nor because many
 * are open: it is then folded into one of them (engine/voice/overflow.ts).
 */
const emergencyReport: ActKind<z.infer<typeof reportShape>> = {
  data: reportShape,
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  decide(context) {
    const { state, world, data, act } = context;
    const problem = witnessProblem(context) ?? partyProblem(context);
    if (problem) return problem;
    const about = data.about === undefined ? [] : [data.about].flat();
    const kept = keptFrom(state, world, about);
    const place = placeOf(state, act.actor.id, about);
    const into = typeof place === 'string' ? undefined : place;
    const sealed = into ? meaningSomebody(state, world, kept.sealed) : kept.sealed;
    const told = toldOfEmergency(state, world, {
      about: [...about, ...(into?.about ?? [])],
      sealed: [...kept.sealed, ...(into?.sealed ?? [])],
      levels: 0,
    });
    const spoke = { told, by: act.actor.id, onBehalfOf: act.onBehalfOf };
    const apart = about.length > 0 && kept.known ? {} : { apart: apartFrom(state, world, spoke) };
    const said = { ...(about.length > 0 ? { about } : {}), ...(data.witness ? { witness: data.witness } : {}) };
    const word = { id: `emergency-${act.id}`, kind: data.kind, text: data.text, ...said, sealed, ...apart };
    const telling = into ? { ...foldedTelling(into, world.now, told), into: into.id } : undefined;
    const once = { told, nextAt: againAt(world.now, 0), ...(place === 'shared' ? { shared: true as const } : {}) };
    return [{ type: 'emergency.reported', data: { ...word, ...(telling ?? once) } }];
  },
};

function witnessProblem(context: ActContext<z.infer<typeof reportShape>>): Refusal | undefined {
  const { witness } = context.data;
  if (witness === undefined || proofOf(context, { witness }).includes('witness')) return undefined;
  return refuse(
    'EVIDENCE_MISSING',
    ['见证人不能是报告人或被代表的人。', 'A witness is neither who reports nor who is spoken for.'],
    [['换一位见证人，或不填', 'Name another one, or none']],
    [{ path: 'data.witness', message: inBoth('须为第三人', 'somebody else') }],
  );
}

function partyProblem({ state, act }: ActContext): Refusal | undefined {
  const role = roleMeant(state, act.onBehalfOf);
  if (role === undefined || Object.values(state.parties).some((party) => party.role === role)) return undefined;
  return refuse(
    'INVALID_DATA',
    [`“${act.onBehalfOf}”不是本个案的当事人。`, `"${act.onBehalfOf}" is no party of this case.`],
    [['以自己的名义：不填 onBehalfOf', 'In your own name: leave onBehalfOf out']],
    [{ path: 'onBehalfOf', message: inBoth('不是当事人', 'no party') }],
  );
}

/** Whoever was told says what was done; until then it is told again. */
const emergencyClose: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  decide(context) {
    const { state, act, data } = context;
    const { emergencies = {} } = state;
    const open = Object.hasOwn(emergencies, act.target ?? '') ? emergencies[act.target!] : undefined;
    if (!open || isKeptFrom(open, act.actor.id, wasTold(open.told, context))) {
      return refuse(
        'NOT_OPEN',
        [`没有未办结的紧急报告“${act.target ?? ''}”。`, `No emergency "${act.target ?? ''}" is open.`],
        [['在 target 中写明编号', 'Name the emergency in target']],
      );
    }
    if (!wasTold(open.told, context)) {
      return refuse(
        'FORBIDDEN',
        ['由收到紧急报告的人办结。', 'Whoever was told of the emergency closes it.'],
        [['请收到报告的负责人办理', 'Ask who was told']],
      );
    }
    return [{ type: 'emergency.closed', data: { id: open.id, text: data.text } }];
  },
};

/** Emergencies. */
export const emergencyActs: Readonly<Record<string, ActKind>> = {
  'emergency.report': actKind(emergencyReport),
  'emergency.close': actKind(emergencyClose),
};
