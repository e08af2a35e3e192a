import { z } from 'zod';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { personsOf } from '../apart.ts';
import type { Told } from '../event.ts';
import { keepsLeftOver } from '../logins.ts';
import { roleMeant } from '../lookup.ts';
import { standsFor } from '../org.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { Complaint, State, Status } from '../state.ts';
import { apartFrom, isKeptFrom, keptFrom } from '../voice/above.ts';
import { appealUntil, complaintClock, MOST_ROUNDS, passedBy, toldOfComplaint } from '../voice/complaint.ts';
import { MOST_OPEN, MOST_OWN } from '../voice/overflow.ts';
import type { World } from '../world.ts';
import { onBehalfProblem } from './proof.ts';
import { name, nothing, text } from './shapes.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

const makeShape = z.strictObject({
  text,
  about: name.optional(),
  witness: name.optional(),
  anonymous: z
    .literal(true)
    .optional()
    .describe('from somebody who does not want to be named; recorded by a caseworker, who passes the answer on'),
});

/**
 * A complaint goes to the head of the level above the case's unit, and never to whoever it is about, in whatever post, nor to
 * anyone below them: past them it goes on upwards. Where nobody is above, it is addressed to the highest unit and to no
 * person. It is to be answered in time, by whoever was told.
 */
const complaintMake: ActKind<z.infer<typeof makeShape>> = {
  data: makeShape,
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles, data }) => (data.anonymous ? ['caseworker'] : [...roles.keys()].filter((role) => role !== 'auditor')),
  decide(context) {
    const { state, world, data, act } = context;
    const open = Object.values(state.complaints ?? {});
    if (open.filter(({ by }) => by === act.actor.id).length >= MOST_OWN) return tooMany(MOST_OWN);
    if (open.length >= MOST_OPEN) return tooMany(MOST_OPEN);
    const spoken = spokenProblem(context);
    if (spoken) return spoken;
    const { about, anonymous, witness } = data;
    const { sealed, known } = keptFrom(state, world, about === undefined ? [] : [about]);
    if (!known) return nobodyNamed(about);
    const to = { ...(about === undefined ? { apart: [] } : { about }), sealed, levels: 0 };
    const told = toldOfComplaint(state, world, to);
    const spoke = { told, by: act.actor.id, onBehalfOf: act.onBehalfOf };
    const apart = about === undefined ? { apart: apartFrom(state, world, spoke) } : {};
    const said = {
      ...(about === undefined ? {} : { about }),
      ...(witness ? { witness } : {}),
      ...(anonymous ? { anonymous } : {}),
    };
    const clock = complaintClock(world);
    return [
      {
        type: 'complaint.made',
        data: { id: idOf(act.id), text: data.text, ...said, sealed, ...apart, told, ...clock },
      },
    ];
  },
};

/** INVALID_DATA for a name nobody has: what is about nobody would be kept from nobody. */
function nobodyNamed(about = ''): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      `没有人叫“${about}”，也没有人担任“${about}”。`,
      `"${about}" is nobody: no party, nobody in office, no post that is held.`,
    ],
    [
      [
        '写本案中的角色、当事人、岗位，或人员的姓名、编号',
        'Name a role or party of the case, a post, or a person by name or id',
      ],
      ['不针对某一个人：不填 data.about', 'About nobody in particular: leave data.about out'],
    ],
    [{ path: 'data.about', message: inBoth('没有这个人', 'nobody of that name') }],
  );
}

/** The id of a complaint: one that tells nobody how many there were. */
function idOf(actId: string): string {
  return `complaint-${actId}`;
}

function tooMany(most: typeof MOST_OWN | typeof MOST_OPEN): Refusal {
  const own = most === MOST_OWN;
  return refuse(
    'CAP_REACHED',
    own
      ? [
          `同一人在本个案中未办结的投诉最多 ${most} 件。`,
          `One person has at most ${most} complaints open at once in a case.`,
        ]
      : [`未办结的投诉最多 ${most} 件。`, `At most ${most} complaints are open at once.`],
    [
      ...(own
        ? [
            [
              '等待答复，或用 complaint.withdraw 撤回一件',
              'Wait for an answer, or withdraw one: complaint.withdraw',
            ] as const,
          ]
        : []),
      ['有危险时用 emergency.report', 'Where somebody is in danger: emergency.report'],
    ],
  );
}

/** Who speaks for a party of the case brings a document or a witness; who wants to stay unnamed is nobody's party. */
function spokenProblem(
  context: ActContext<{ witness?: string | undefined; anonymous?: true | undefined }>,
): Refusal | undefined {
  const { state, act, data, roles } = context;
  if (act.onBehalfOf === undefined) return undefined;
  const role = roleMeant(state, act.onBehalfOf) ?? '';
  const there = Object.values(state.parties).some((party) => party.role === role);
  if (!there || data.anonymous) {
    return refuse(
      'INVALID_DATA',
      data.anonymous
        ? ['匿名投诉不写代谁提出。', 'A complaint of somebody unnamed is on nobody’s behalf.']
        : [`“${act.onBehalfOf}”不是本个案的当事人。`, `"${act.onBehalfOf}" is no party of this case.`],
      [['以自己的名义：不填 onBehalfOf', 'In your own name: leave onBehalfOf out']],
      [{ path: 'onBehalfOf', message: inBoth('不能代为表示', 'nobody to speak for here') }],
    );
  }
  return roles.has(role) ? undefined : onBehalfProblem(context, data);
}

/** The complaint an act means, for whoever it is not kept from: to those it does not exist. */
function complaintOf(context: ActContext): Complaint | Refusal {
  const { state, act, roles } = context;
  const { target = '' } = act;
  const { complaints = {} } = state;
  const complaint = Object.hasOwn(complaints, target) ? complaints[target] : undefined;
  const spokenFor = roles.has(roleMeant(state, complaint?.onBehalfOf) ?? '');
  const reads = complaint && (spokenFor || wasTold(complaint.told, context));
  if (complaint && !isKeptFrom(complaint, act.actor.id, reads === true)) return complaint;
  return refuse(
    'NOT_OPEN',
    [`没有未办结的投诉“${target}”。`, `No complaint "${target}" is open.`],
    [['在 target 中写明投诉编号', 'Name the complaint in target']],
  );
}

/** Whether the actor was told: he holds the post now or stands in for it, or administers the unit where nobody else could be. */
export function wasTold(told: readonly Told[], { act, world }: Pick<ActContext, 'act' | 'world'>): boolean {
  const { id, logins } = act.actor;
  return told.some(({ post, person, deputyFor, unit }) => {
    const of = post ?? deputyFor;
    if (of !== undefined) return standsFor(world.org, of, id, world.now);
    return person === undefined && keepsLeftOver(logins, unit);
  });
}

/** The right of whoever was told, also when the case has gone elsewhere; what he has by an office of his comes first. */
const TOLD = 'told';

/** By whoever was told; what it says reaches who complained. In the last round nothing follows it. */
const complaintAnswer: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()].sort((one, other) => Number(one === TOLD) - Number(other === TOLD)),
  outsiders: (asked) => {
    const { told = [] } = asked.state.complaints?.[asked.act.target ?? ''] ?? {};
    return wasTold(told, asked) ? new Map([[TOLD, {}]]) : new Map();
  },
  decide(context) {
    const { state, world, data } = context;
    const complaint = complaintOf(context);
    if (isRefusal(complaint)) return complaint;
    const { id, told, endsAt, round } = complaint;
    const answered = endsAt === undefined && complaint.answerers?.includes(context.act.actor.id);
    if (answered || !wasTold(told, context)) {
      return refuse(
        'FORBIDDEN',
        ['由收到投诉的人答复。', 'Whoever the complaint was told answers it.'],
        [['请收到投诉的负责人答复', 'Ask who was told']],
      );
    }
    if (endsAt !== undefined) {
      return refuse(
        'ALREADY_DONE',
        ['已经答复。', 'It is answered already.'],
        [['投诉人不同意时用 complaint.appeal', 'Who does not agree appeals with complaint.appeal']],
      );
    }
    const answer = { id, text: data.text, told: complainants(state, world, complaint), endsAt: appealUntil(world.now) };
    const last = round >= MOST_ROUNDS ? [{ type: 'complaint.closed' as const, data: { id } }] : [];
    return [{ type: 'complaint.answered', data: answer }, ...last];
  },
};

/** Who complained: whoever recorded it, and the party he spoke for where that one has a login. */
function complainants(state: State, { org, now }: World, { by, onBehalfOf, sealed }: Complaint): Told[] {
  const role = roleMeant(state, onBehalfOf);
  const persons = [by, ...(role === undefined ? [] : personsOf(state, role, org, now))];
  const home = { unit: state.unit, level: org.units[state.unit]?.level ?? 'community' };
  return [...new Set(persons)]
    .filter((each) => !sealed.includes(each) || each === by)
    .map((person) => ({ person, ...home }));
}

/** Who complained does not agree with the answer: it goes one level higher, never to who has answered. */
const complaintAppeal: ActKind<{ text: string; witness?: string | undefined }> = {
  data: z.strictObject({ text, witness: name.optional() }),
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  decide(context) {
    const { state, world, data } = context;
    const complaint = mine(context);
    if (isRefusal(complaint)) return complaint;
    const { id, endsAt, round } = complaint;
    if (endsAt === undefined) {
      return refuse(
        'NOT_OPEN',
        ['还没有答复，无从申请复查。', 'There is no answer to appeal against.'],
        [['等待答复；到期未答复会自动上报', 'Wait for the answer; when it is late, the level above is told']],
      );
    }
    const told = toldOfComplaint(state, world, { ...complaint, sealed: passedBy(complaint), levels: 0 });
    return [
      {
        type: 'complaint.appealed',
        data: { id, text: data.text, round: round + 1, sealed: complaint.sealed, told, ...complaintClock(world) },
      },
    ];
  },
};

/** Taken back by who made it. What was said stays in the record. */
const complaintWithdraw: ActKind<Record<string, never>> = {
  data: nothing,
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  decide(context) {
    const complaint = mine(context);
    return isRefusal(complaint) ? complaint : [{ type: 'complaint.withdrawn', data: { id: complaint.id } }];
  },
};

/** The complaint an act means, for who made it or the party it was made for. */
function mine(context: ActContext): Complaint | Refusal {
  const { state, world, act, roles } = context;
  const { complaints = {} } = state;
  const own = Object.hasOwn(complaints, act.target ?? '') ? complaints[act.target!] : undefined;
  const complaint = own?.by === act.actor.id ? own : complaintOf(context);
  if (isRefusal(complaint)) return complaint;
  const role = roleMeant(state, complaint.onBehalfOf);
  const his = complaint.by === act.actor.id || (role !== undefined && roles.has(role) && isPartyRole(world, role));
  if (his) return complaint;
  return refuse(
    'FORBIDDEN',
    ['由投诉人本人办理。', 'This is for who complained.'],
    [['请投诉人或代其记录的人办理', 'Ask who complained, or who recorded it for them']],
  );
}

function isPartyRole({ program }: World, role: string): boolean {
  const def = Object.hasOwn(program.roles, role) ? program.roles[role] : undefined;
  return def !== undefined && 'party' in def;
}

/** Complaints and their answers. */
export const complaintActs: Readonly<Record<string, ActKind>> = {
  'complaint.make': actKind(complaintMake),
  'complaint.answer': actKind(complaintAnswer),
  'complaint.appeal': actKind(complaintAppeal),
  'complaint.withdraw': actKind(complaintWithdraw),
};
