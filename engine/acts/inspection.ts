import { z } from 'zod';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { meet } from '../flow.ts';
import { askFor, FINDING_WITHIN, findingMeant, isAsked, MOST_FINDINGS, nextFinding } from '../inspection.ts';
import { answersFor } from '../lookup.ts';
import { answeringRole } from '../offer-story.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { Finding, Status } from '../state.ts';
import { add, type Story, tell } from '../story.ts';
import { toldAbout } from '../told.ts';
import { budget, name, text } from './shapes.ts';
import { WORKERS } from './work.ts';

/** A finding outlives the help: also a closed case is inspected, and what was found in it is put right. */
const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];
const words = text.max(5_000);

const recordShape = z.strictObject({
  sample: name.optional().describe('The sample that the case was drawn in'),
  method: z.enum(['phone', 'site', 'documents', 'test']).describe('How it was inspected'),
  text: words.optional(),
  findings: z
    .array(
      z.strictObject({
        text: words,
        within: budget.optional().describe(`Time to put it right; default ${FINDING_WITHIN}`),
        answers: name
          .optional()
          .describe('The role whose post answers for it; default: the one that answers for the case'),
      }),
    )
    .max(20)
    .default([])
    .describe('None: everything is in order'),
});
type RecordData = z.infer<typeof recordShape>;

/**
 * An auditor has inspected the case: what he found becomes a task of the post that answers for it, with a deadline and a
 * ladder that ends in a record of accountability. Whoever has a role in the case himself does not inspect it.
 */
const record: ActKind<RecordData> = {
  data: recordShape,
  statuses: ANY,
  who: () => ['auditor'],
  decide(context) {
    const { state, world, data, act, at } = context;
    const problem = partial(context) ?? unknownSample(context) ?? unknownRole(context) ?? tooMany(context);
    if (problem) return problem;
    const { sample, method, findings } = data;
    const story = tell(state, world, at, act.actor.id);
    const drawn = sample === undefined ? {} : { sample };
    const said = data.text === undefined ? {} : { text: data.text };
    add(story, { type: 'inspection.recorded', data: { method, findings: findings.length, ...drawn, ...said } });
    for (const { text: found, within = FINDING_WITHIN, answers: role } of findings) {
      const answers = role === undefined ? answeringRole(state, world) : answersFor(world.program, role);
      const id = nextFinding(story.state);
      const told = toldHolder(story, id, answers);
      add(story, { type: 'finding.recorded', data: { id, text: found, within, answers, told, ...drawn } });
      askFor(story, { id, answers }, within);
    }
    return story.events;
  },
};

function toldHolder({ state, world }: Story, id: string, answers: string) {
  return toldAbout(state, world.org, { id, answers }, 'holder', world.now);
}

/** ROLES_COLLIDE for an auditor who has another role in the case than to audit it. */
function partial({ roles }: ActContext): Refusal | undefined {
  if ([...roles.keys()].every((role) => role === 'auditor')) return undefined;
  return refuse(
    'ROLES_COLLIDE',
    ['本人在本案中另有职责，不能督查本案。', 'You have another role in this case: you do not inspect it.'],
    [['请另一名审计员督查', 'Ask another auditor']],
  );
}

function unknownSample({ data, world }: ActContext<RecordData>): Refusal | undefined {
  const { sample } = data;
  if (sample === undefined || world.facts.samples?.includes(sample)) return undefined;
  return refuse(
    'INVALID_DATA',
    ['本案不在这次抽样之中。', 'This case was not drawn in that sample.'],
    [['查看 GET /api/v1/audit/samples，或去掉 data.sample', 'See GET /api/v1/audit/samples, or leave data.sample out']],
    [{ path: 'data.sample', message: inBoth('没有抽到本案', 'this case was not drawn in it') }],
  );
}

function unknownRole({ data, world: { program } }: ActContext<RecordData>): Refusal | undefined {
  const n = data.findings.findIndex(({ answers }) => answers !== undefined && !Object.hasOwn(program.roles, answers));
  if (n < 0) return undefined;
  const known = Object.keys(program.roles);
  return refuse(
    'INVALID_DATA',
    ['没有这个角色。', 'There is no such role.'],
    [[`可用的角色：${known.join('、')}`, `Roles: ${known.join(', ')}`]],
    [{ path: `data.findings.${n}.answers`, message: oneOf(known) }],
  );
}

function tooMany({ state, data }: ActContext<RecordData>): Refusal | undefined {
  if (Object.keys(state.findings ?? {}).length + data.findings.length <= MOST_FINDINGS) return undefined;
  return refuse(
    'CAP_REACHED',
    [
      `一个个案未办结的督查问题最多 ${MOST_FINDINGS} 项。`,
      `At most ${MOST_FINDINGS} findings of a case are open at once.`,
    ],
    [['先办结已有的问题', 'Settle some of them first']],
  );
}

/** The post that answers says what was done; its clock is met. The auditor looks at it then. */
const answer: ActKind<{ text: string }> = {
  data: z.strictObject({ text: words }),
  statuses: ANY,
  who: ({ state, act }) => {
    const role = findingMeant(state, act.target)?.answers;
    return [...(role === undefined ? [] : [role]), ...WORKERS];
  },
  decide(context) {
    const { state, world, data, act, at } = context;
    const finding = meant(context);
    if (isRefusal(finding)) return finding;
    if (!isAsked(finding)) {
      return refuse(
        'ALREADY_DONE',
        ['已经答复，等待审计员核查。', 'It is answered already and waits for the auditor.'],
        [['等待审计员核查', 'Wait for the auditor']],
      );
    }
    if (finding.by === act.actor.id) return notOneself();
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'finding.answered', data: { id: finding.id, item: finding.item, text: data.text } });
    meet(story, finding.item, at);
    return story.events;
  },
};

/** The auditor has looked at what was done, and it is good. */
const accept: ActKind<{ text?: string | undefined }> = {
  data: z.strictObject({ text: words.optional() }),
  statuses: ANY,
  who: () => ['auditor'],
  decide(context) {
    const finding = answered(context);
    if (isRefusal(finding)) return finding;
    const said = context.data.text === undefined ? {} : { text: context.data.text };
    return [{ type: 'finding.accepted', data: { id: finding.id, ...said } }];
  },
};

/** It is not good yet: the post is asked again, with a deadline of its own. */
const giveBack: ActKind<{ text: string; within?: string | undefined }> = {
  data: z.strictObject({ text: words, within: budget.optional() }),
  statuses: ANY,
  who: () => ['auditor'],
  decide(context) {
    const finding = answered(context);
    if (isRefusal(finding)) return finding;
    const { state, world, data, act, at } = context;
    const { within = FINDING_WITHIN } = data;
    const story = tell(state, world, at, act.actor.id);
    const item = nextFinding(state);
    const told = toldHolder(story, item, finding.answers);
    add(story, { type: 'finding.returned', data: { id: finding.id, item, text: data.text, within, told } });
    askFor(story, { id: item, answers: finding.answers }, within);
    return story.events;
  },
};

/** The finding an auditor judges: answered, and not by himself. */
function answered(context: ActContext): Finding | Refusal {
  const finding = meant(context);
  if (isRefusal(finding)) return finding;
  if (isAsked(finding)) {
    return refuse(
      'NOT_OPEN',
      ['还没有答复。', 'It is not answered yet.'],
      [['等待答复；逾期会自动逐级上报', 'Wait for the answer; when it is late it goes up by itself']],
    );
  }
  return finding.answeredBy === context.act.actor.id ? notOneself() : (partial(context) ?? finding);
}

function meant({ state, act }: ActContext): Finding | Refusal {
  const finding = findingMeant(state, act.target);
  if (finding) return finding;
  const open = Object.keys(state.findings ?? {});
  return refuse(
    'NOT_OPEN',
    [`没有未办结的督查问题“${act.target ?? ''}”。`, `No finding "${act.target ?? ''}" is open.`],
    [[`未办结的：${open.join('、') || '无'}`, `Open: ${open.join(', ') || 'none'}`]],
  );
}

function notOneself(): Refusal {
  return refuse(
    'ROLES_COLLIDE',
    ['提出、整改和核查不能是同一个人。', 'Who finds, who puts right and who looks at it again are not one person.'],
    [['请另一人办理', 'Ask somebody else']],
  );
}

/** Inspections and their findings. */
export const inspectionActs: Readonly<Record<string, ActKind>> = {
  'inspection.record': actKind(record),
  'finding.answer': actKind(answer),
  'finding.accept': actKind(accept),
  'finding.return': actKind(giveBack),
};
