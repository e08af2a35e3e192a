import { z } from 'zod';
import type { Program, Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import {
  askForDecision,
  clearIfUndisputed,
  disclosureDef,
  MOST_OBJECTIONS,
  nextObjection,
  OBJECTION,
  type OpenDisclosure,
  periodEnd,
  postAgain,
  toldOfObjection,
  upheld,
} from '../disclosure.ts';
import { meet } from '../flow.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { numbersIn } from '../sensitive.ts';
import type { Objection } from '../state.ts';
import { add, tell } from '../story.ts';
import { headsFrom } from './plan.ts';
import { text } from './shapes.ts';
import { WORKERS } from './work.ts';

/** The open disclosures of a case, oldest first. */
function openDisclosures({ state, world }: Pick<ActContext, 'state' | 'world'>): OpenDisclosure[] {
  return Object.values(state.items).flatMap((item) => {
    const def = disclosureDef(world.program, item);
    return def ? [{ item, def }] : [];
  });
}

/** The disclosure an act means: by the id or key of its item, or the only one. */
function meant(context: Pick<ActContext, 'state' | 'world' | 'act'>): OpenDisclosure | undefined {
  const { target } = context.act;
  const open = openDisclosures(context);
  if (target === undefined) return open.length === 1 ? open[0] : undefined;
  return open.find(({ item }) => item.id === target || item.key === target);
}

function noneMeant(context: ActContext): Refusal {
  const open = openDisclosures(context).map(({ item }) => item.id);
  return refuse(
    'NOT_OPEN',
    ['没有这项待办的公示。', 'No such disclosure is open.'],
    [[`待办的公示：${open.join('、') || '无'}`, `Open: ${open.join(', ') || 'none'}`]],
  );
}

/** Who posts a disclosure, and the workers of the case. */
const posters = (context: ActContext): string[] => [...(meant(context) ? [meant(context)!.item.by] : []), ...WORKERS];

const postShape = z.strictObject({
  text: text.max(10_000).describe('What is made public; without identity numbers and telephones'),
  days: z.int().min(1).max(365).describe('How long; the day of posting does not count'),
});

/** Makes something public for some days; who may object, and how, is said beside it. */
const post: ActKind<z.infer<typeof postShape>> = {
  data: postShape,
  statuses: ['open'],
  who: posters,
  decide(context) {
    const { state, world, data, at, act } = context;
    const disclosure = meant(context);
    if (!disclosure) return noneMeant(context);
    const { item, def } = disclosure;
    const posted = state.disclosures?.[item.id];
    if (posted) return alreadyPosted();
    const problem = tooShort(data.days, def.days, def.counts) ?? givesAway(data.text);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const until = periodEnd(world, def, data.days);
    const { id, key, name } = item;
    add(story, { type: 'disclosure.posted', data: { id, key, name, text: data.text, days: data.days, until } });
    meet(story, id, at);
    return story.events;
  },
};

function alreadyPosted(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['已经公示。', 'It is posted already.'],
    [['内容有误：先用 disclosure.takeDown 撤下', 'If it is wrong, take it down with disclosure.takeDown first']],
  );
}

function tooShort(days: number, least: number, counts: 'working days' | undefined): Refusal | undefined {
  if (days >= least) return undefined;
  const unit: Text = counts ? ['个工作日', 'working days'] : ['天', 'days'];
  return refuse(
    'INVALID_DATA',
    [`公示期不得少于 ${least} ${unit[0]}。`, `It has to be public for at least ${least} ${unit[1]}.`],
    [[`days 至少填 ${least}`, `Set days to ${least} or more`]],
    [{ path: 'data.days', message: inBoth(`至少 ${least}`, `at least ${least}`) }],
  );
}

/** INVALID_DATA for a text with numbers that point at a person: it would be read by everybody (PIPL arts. 6 and 25). */
function givesAway(said: string): Refusal | undefined {
  const found = numbersIn(said);
  if (found.length === 0) return undefined;
  const zh = found.map((kind) => NUMBERS[kind][0]).join('、');
  const en = found.map((kind) => NUMBERS[kind][1]).join(' and ');
  return refuse(
    'INVALID_DATA',
    [`公示内容里像是有${zh}，任何人都会看到。`, `The text seems to hold ${en}, and everybody would read it.`],
    [
      [
        '删去这些号码；联系方式用办公室的便民卡公布，异议在公示页面提出',
        'Take them out; people reach the office by its convenience card, and object on the public page',
      ],
    ],
    [{ path: 'data.text', message: inBoth(`含有${zh}`, `holds ${en}`) }],
  );
}

const NUMBERS: Readonly<Record<'idNumber' | 'telephone', Text>> = {
  idNumber: ['身份证号码', 'an identity number'],
  telephone: ['电话号码', 'a telephone number'],
};

/** Takes what is posted down before its time; it is to be posted anew, for a whole period. */
const takeDown: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  statuses: ['open', 'suspended'],
  reasonNeeded: true,
  who: (context) => [...posters(context), ...headsFrom('sub-district')],
  decide(context) {
    const { state, world, at, act } = context;
    const disclosure = meant(context);
    if (!disclosure) return noneMeant(context);
    const { item } = disclosure;
    const posted = state.disclosures?.[item.id];
    if (!posted || posted.over) {
      return refuse(
        'NOT_OPEN',
        [
          posted ? '公示期已满，已自动撤下。' : '还没有公示。',
          posted ? 'Its period is over; it is down.' : 'It is not posted yet.',
        ],
        [['先用 disclosure.post 公示', 'Post it with disclosure.post first']],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    // no clock begins while the case is suspended: it is posted under the same item then
    if (state.status === 'suspended')
      add(story, { type: 'disclosure.takenDown', data: { id: item.id, key: item.key } });
    else postAgain(story, disclosure, ['已撤下，须重新公示', 'taken down, to be posted anew']);
    return story.events;
  },
};

const raiseShape = z.strictObject({
  text: text.max(2_000),
  contact: z.string().trim().min(1).max(200).optional().describe('How to reach whoever objects; nobody has to say'),
});

/** Objects to what is public, within its period: staff for whoever comes to the desk, a party, or anybody by the public page. */
const raise: ActKind<z.infer<typeof raiseShape>> = {
  data: raiseShape,
  evenColliding: true,
  statuses: ['open'],
  who: ({ world }) => [...WORKERS, ...Object.keys(world.program.roles), ...headsFrom('sub-district')],
  decide(context) {
    const { state, world, data, at, act } = context;
    const disclosure = meant(context);
    const posted = disclosure && state.disclosures?.[disclosure.item.id];
    if (!disclosure || !posted || posted.over || posted.until <= at || at < posted.at) return notPublic();
    if (Object.keys(state.objections ?? {}).length >= MOST_OBJECTIONS) return tooMany();
    const story = tell(state, world, at, act.actor.id);
    const id = nextObjection(state);
    const told = toldOfObjection(story, id, disclosure.def);
    const contact = data.contact === undefined ? {} : { contact: data.contact };
    add(story, {
      type: 'objection.raised',
      data: { id, disclosure: disclosure.item.key, text: data.text, ...contact, told },
    });
    askForDecision(story, disclosure, id);
    return story.events;
  },
};

function notPublic(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['这项公示不在公示期内。', 'It is not public now, so that nobody can object to it.'],
    [['请直接与社区联系', 'Speak with the community itself']],
  );
}

function tooMany(): Refusal {
  return refuse(
    'CAP_REACHED',
    [`等待决定的异议已有 ${MOST_OBJECTIONS} 件。`, `${MOST_OBJECTIONS} objections wait to be decided.`],
    [['请直接到社区提出', 'Come to the community and say it there']],
  );
}

const decideShape = z.strictObject({
  outcome: z.enum(['upheld', 'dismissed']),
  text: text.max(5_000).describe('Why; told to whoever objected'),
});

/** Decides an objection: by the post the program names or a head above, never by who posted, or who recorded it. */
const decideObjection: ActKind<z.infer<typeof decideShape>> = {
  data: decideShape,
  statuses: ['open'],
  who: (context) => {
    const item = objectionMeant(context);
    return [...new Set(item ? [item.by] : decidersIn(context.world.program)), ...headsFrom('unit')];
  },
  decide(context) {
    const { state, world, data, at, act } = context;
    const item = objectionMeant(context);
    const found = item && state.objections?.[item.id];
    if (!item || !found) return noObjection(context);
    const disclosure = openDisclosures(context).find((each) => each.item.key === found.disclosure);
    if (isPartial(context, found)) return partial();
    const story = tell(state, world, at, act.actor.id);
    const isUpheld = data.outcome === 'upheld';
    add(story, {
      type: 'objection.decided',
      data: { id: item.id, disclosure: found.disclosure, upheld: isUpheld, text: data.text },
    });
    meet(story, item.id, at);
    if (isUpheld && disclosure) upheld(story, disclosure);
    else clearIfUndisputed(story, found.disclosure);
    return story.events;
  },
};

/** Roles that decide objections: of one that is decided already they are told so, rather than that they may not. */
function decidersIn({ stages }: Program): string[] {
  return stages.flatMap(({ items }) => items.flatMap((item) => ('disclosure' in item ? [item.objections.by] : [])));
}

/** Whether the actor posted what is objected to, now or before it was taken down, or objected himself. */
function isPartial({ state, act }: ActContext, { by, poster, disclosure }: Objection): boolean {
  const posters = Object.values(state.disclosures ?? {}).flatMap((each) => (each.key === disclosure ? [each.by] : []));
  return [by, poster, ...posters].includes(act.actor.id);
}

function partial(): Refusal {
  return refuse(
    'ROLES_COLLIDE',
    ['公示的人和登记异议的人都不能决定这件异议。', 'Neither who posted it nor who recorded the objection decides it.'],
    [['请另一人或上一级负责人决定', 'Let somebody else, or the head of the level above, decide']],
  );
}

/** The open objection an act names by its id. */
function objectionMeant({ state, act }: Pick<ActContext, 'state' | 'act'>) {
  const item = act.target === undefined ? undefined : state.items[act.target];
  return item?.kind === 'objection' ? item : undefined;
}

function noObjection({ state, act }: ActContext): Refusal {
  const open = Object.keys(state.objections ?? {});
  return refuse(
    'NOT_OPEN',
    [
      `没有待决定的异议“${act.target ?? OBJECTION}”。`,
      `No objection "${act.target ?? OBJECTION}" waits to be decided.`,
    ],
    [[`待决定的：${open.join('、') || '无'}`, `Undecided: ${open.join(', ') || 'none'}`]],
  );
}

/** Disclosures and objections to them. */
export const disclosureActs: Readonly<Record<string, ActKind>> = {
  'disclosure.post': actKind(post),
  'disclosure.takeDown': actKind(takeDown),
  'objection.raise': actKind(raise),
  'objection.decide': actKind(decideObjection),
};
