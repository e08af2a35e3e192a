import type { CountedChannel } from '../engine/books/event.ts';
import type { CaseEvent, EventData, EventType, Told } from '../engine/event.ts';
import { addMs } from '../engine/time/civil.ts';
import type { Program, Text } from '../sdk/program.ts';
import { ZONE } from '../sdk/time.ts';
import { closingTexts } from './closing-text.ts';
import { allowanceClause, registerTexts } from './register-text.ts';

/** Names a readable event needs; made from the case's pinned program, its parties and the organisation. */
export interface Names {
  readonly role: (key: string) => Text;
  readonly stage: (key: string) => Text;
  readonly item: (key: string) => Text;
  readonly field: (key: string) => Text;
  /** The fields of its form, which say what of an event is masked. */
  readonly fields: Program['fields'];
  readonly outcome: (key: string) => Text;
  readonly body: (key: string) => Text;
  /** What is consented to beside the help itself. */
  readonly purpose: (key: string) => Text;
  readonly book: (key: string) => Text;
  readonly party: (id: string) => string;
  readonly post: (id: string) => string;
  readonly person: (id: string) => string;
  readonly unit: (id: string) => string;
  /** The name of an open or finished item or deadline by its id (`visit-3`, `stage:speak.1`). */
  readonly thing: (id: string) => Text;
}

type Say<T extends EventType> = (data: EventData[T], names: Names) => Text;

/** Fen as yuan with two decimals and thousands' commas: 259000 → `2,590.00`. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? '-' : '';
  const digits = Math.abs(fen).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')}.${digits.slice(-2)}`;
}

const localFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  dateStyle: 'short',
  timeStyle: 'short',
});

/** An instant as people read it: local date and minute, `2026-11-22 11:16`. */
export function localTime(instant: string): string {
  return localFormat.format(new Date(instant));
}

/** A due moment as people read it: midnight is 24:00 of the day that ends. */
export function dueText(instant: string): string {
  const text = localTime(instant);
  return text.endsWith('00:00') ? `${localTime(addMs(instant, -1)).slice(0, 10)} 24:00` : text;
}

const who = (told: readonly Told[], names: Names): string =>
  told
    .map(({ post, person, unit }) => (person ? names.person(person) : post ? names.post(post) : names.unit(unit)))
    .join('、');

const done =
  (zh: string, en: string) =>
  (data: { key: string; note?: string; witness?: string }, names: Names): Text => {
    const [nameZh, nameEn] = names.item(data.key);
    return [
      `${zh}：${nameZh}${data.note ? `。${data.note}` : ''}${data.witness ? `（见证人 ${data.witness}）` : ''}`,
      `${en}: ${nameEn}${data.note ? `. ${data.note}` : ''}${data.witness ? ` (witness: ${data.witness})` : ''}`,
    ];
  };

const about =
  (zh: string, en: string) =>
  (data: { id: string }, names: Names): Text => {
    const [nameZh, nameEn] = names.thing(data.id);
    return [`${zh}：${nameZh}`, `${en}: ${nameEn}`];
  };

/** The planned day of an occurrence, with the time where it has one. */
function plannedText({ plannedDate, plannedAt }: { plannedDate: string; plannedAt?: string }): string {
  return plannedAt === undefined ? plannedDate : localTime(plannedAt);
}

/** How much of a quota was done. */
function progressText({ done: n, of }: { done?: number; of?: number }): Text {
  return of === undefined ? ['', ''] : [`，完成 ${n ?? 0}/${of}`, `, ${n ?? 0} of ${of} done`];
}

/** What a suspension let fall out of a duty. */
function fellOutText(fellOut: EventData['duty.began']['fellOut']): Text {
  if (!fellOut) return ['', ''];
  const { count, first, last } = fellOut;
  const [zh, en] = first === last ? [first, first] : [`${first} 至 ${last}`, `${first} to ${last}`];
  return [`；中止期间免去 ${count} 次（${zh}）`, `; ${count} fell out while suspended (${en})`];
}

const tells = {
  holder: ['责任人', 'the responsible person'],
  unit: ['社区负责人', 'the head of the unit'],
  'sub-district': ['街道负责人', 'the head of the sub-district'],
  district: ['区级负责人', 'the head of the district'],
} as const;

const leftWhy = {
  repeat: ['阶段重新进行', 'Begun anew'],
  stepBack: ['阶段退回', 'Stepped back from'],
  skip: ['阶段跳过', 'Skipped'],
} as const;

const settled: Readonly<Record<EventData['accountability.settled']['result'], Text>> = {
  'done late': ['逾期办结', 'done late'],
  'done in time, recorded late': ['按期办结，补录较晚', 'done in time, recorded late'],
  'never done': ['始终没有办', 'never done'],
};

const endedWhy: Readonly<Record<NonNullable<EventData['party.ended']['why']>, Text>> = {
  death: ['去世', 'has died'],
  moved: ['迁出', 'has moved away'],
  left: ['退出', 'leaves'],
  cameOfAge: ['不再担任监护人（被监护人已成年）', 'is no guardian any more: the child has come of age'],
};

const emergencies: Readonly<Record<EventData['emergency.reported']['kind'], Text>> = {
  harm: ['受到伤害', 'harm'],
  abuse: ['遭受虐待或侵害', 'abuse'],
  danger: ['面临危险', 'danger'],
  missing: ['失踪', 'missing'],
};

/** How what a post had to account for ended, in words; results of a newer release are shown as they are. */
export function resultText(result: string): Text {
  return (settled as Readonly<Record<string, Text>>)[result] ?? [result, result];
}

const movedWhy: Readonly<Record<EventData['case.moved']['why'], Text>> = {
  transfer: ['移交接收', 'handed over'],
  organisation: ['单位撤并', 'units were merged or split'],
};

const destructionGrounds: Readonly<Record<EventData['destruction.requested']['ground'], Text>> = {
  periods: ['保存期限已满', 'all periods have run out'],
  erasure: ['本人请求删除，且保存期限已满', 'it was asked to be erased, and all periods have run out'],
};

const offered = {
  transfer: ['移交', 'handing over'],
  referral: ['转介', 'referral'],
} as const satisfies Record<EventData['transfer.offered']['kind'], Text>;

/** A request to another unit by its kind, with that unit. */
function offerText({ kind, unit }: { kind: keyof typeof offered; unit: string }, names: Names): Text {
  const [zh, en] = offered[kind];
  return [`${names.unit(unit)}（${zh}）`, `${names.unit(unit)} (${en})`];
}

/** With whose consent another unit learns of the case, or on which ground without; the latter is marked. */
function sharingText(consent: EventData['transfer.offered']['consent'], names: Names): Text {
  if (!consent) return ['', ''];
  if (consent.kind === 'overridden')
    return [`【未经本人同意】依据：${consent.ground}`, `[without consent] on the ground of: ${consent.ground}`];
  const witness = consent.witness;
  return [
    `已征得${names.role(consent.by)[0]}同意${witness ? `（见证人 ${witness}）` : ''}`,
    `with the consent of: ${names.role(consent.by)[1]}${witness ? ` (witness: ${witness})` : ''}`,
  ];
}

/** Purposes by name; empty where there are none. */
function purposesText(purposes: readonly string[] | undefined, names: Names): Text {
  const named = (purposes ?? []).map((each) => names.purpose(each));
  return [named.map(([zh]) => zh).join('、'), named.map(([, en]) => en).join(', ')];
}

/** Clauses as one sentence, empty ones left out. */
function clauses(...texts: readonly Text[]): Text {
  const said = texts.filter(([zh]) => zh !== '');
  return [said.map(([zh]) => zh).join('；'), said.map(([, en]) => en).join('; ')];
}

const methods: Readonly<Record<EventData['inspection.recorded']['method'], Text>> = {
  phone: ['电话抽查', 'by telephone'],
  site: ['实地查看', 'on site'],
  documents: ['查阅资料', 'by its documents'],
  test: ['闭卷测试', 'by a test'],
};

const levelNames: Readonly<Record<EventData['escalation.made']['to'], Text>> = {
  'sub-district': ['街道', 'the sub-district'],
  district: ['区级', 'the district'],
};

const holdGrounds: Readonly<Record<EventData['hold.set']['ground'], Text>> = {
  litigation: ['诉讼', 'a lawsuit'],
  inspection: ['检查或调查', 'an inspection or investigation'],
  petition: ['信访', 'a petition'],
  other: ['其他', 'another reason'],
};

/** What each type of event reads like. Types the table does not know (of a newer release) are shown by their name. */
const table: { readonly [T in EventType]: Say<T> } = {
  'case.opened': (d, n) => [
    `立案：${d.caseNo}，${n.unit(d.unit)}${d.imported ? '（由纸质档案转入）' : ''}${d.referredFrom ? `（${n.unit(d.referredFrom.unit)}转介：${d.referredFrom.text}）` : ''}`,
    `Case ${d.caseNo} opened at ${n.unit(d.unit)}${d.imported ? ' (taken over from paper)' : ''}${d.referredFrom ? ` (referred by ${n.unit(d.referredFrom.unit)}: ${d.referredFrom.text})` : ''}`,
  ],
  'consent.given': (d, n) => {
    const [zh, en] = purposesText(d.purposes, n);
    return [
      `${n.party(d.by)}表示同意${d.separate ? '，并单独同意处理其个人信息' : ''}${zh && `；单项同意：${zh}`}${d.witness ? `（见证人 ${d.witness}）` : ''}${d.heard ? `。听取本人意见：${d.heard}` : ''}`,
      `${n.party(d.by)} gave consent${d.separate ? ', separately also to the handling of personal data' : ''}${en && `; also to: ${en}`}${d.witness ? ` (witness: ${d.witness})` : ''}${d.heard ? `. Heard: ${d.heard}` : ''}`,
    ];
  },
  'consent.refused': (d, n) => [
    `${n.party(d.by)}表示不同意${d.witness ? `（见证人 ${d.witness}）` : ''}${d.note ? `：${d.note}` : ''}${d.told ? `。已告知${who(d.told, n)}` : ''}`,
    `${n.party(d.by)} refused${d.witness ? ` (witness: ${d.witness})` : ''}${d.note ? `: ${d.note}` : ''}${d.told ? `. Told ${who(d.told, n)}` : ''}`,
  ],
  'consent.withdrawn': (d, n) => {
    const [zh, en] = purposesText(d.purposes, n);
    return [
      `${n.party(d.by)}撤回同意${zh && `（仅：${zh}）`}${d.told ? `。非本人提出，已告知${who(d.told, n)}` : ''}`,
      `${n.party(d.by)} withdrew consent${en && ` (only: ${en})`}${d.told ? `. Not by the person himself: told ${who(d.told, n)}` : ''}`,
    ];
  },
  'decision.recorded': (d, n) => {
    const [zh, en] = d.name ?? n.body(d.body);
    const [asked, rule] = [d.eligible === undefined ? '' : `应到 ${d.eligible} 人，`, d.rule ? `（${d.rule[0]}）` : ''];
    if (d.quorate === false)
      return [
        `${zh}开会${d.heldOn ? `（${d.heldOn}）` : ''}：${asked}到会 ${d.present} 人，人数不足，未作决定${rule}`,
        `${en} met${d.heldOn ? ` on ${d.heldOn}` : ''}: ${d.present} of ${d.eligible} were there, too few to decide`,
      ];
    return [
      `${zh}表决${d.heldOn ? `（${d.heldOn} 召开）` : ''}：${asked}到会 ${d.present} 人，赞成 ${d.for}、反对 ${d.against}、弃权 ${d.abstain}，${d.passed ? '通过' : '未通过'}${rule}${d.text ? `。${d.text}` : ''}`,
      `Vote of ${en}${d.heldOn ? ` on ${d.heldOn}` : ''}: ${d.present}${d.eligible === undefined ? '' : ` of ${d.eligible}`} present, ${d.for} for, ${d.against} against, ${d.abstain} abstained: ${d.passed ? 'passed' : 'not passed'}${d.text ? `. ${d.text}` : ''}`,
    ];
  },
  'disclosure.posted': (d) => [
    `公示“${d.name[0]}”，至 ${dueText(d.until)}：${d.text}`,
    `Made public until ${dueText(d.until)}: ${d.name[1]}. ${d.text}`,
  ],
  'disclosure.takenDown': (d, n) => [`撤下公示：${n.item(d.key)[0]}`, `Taken down: ${n.item(d.key)[1]}`],
  'disclosure.ended': (d, n) => [
    `公示期满，自动撤下：${n.item(d.key)[0]}`,
    `The period is over, it came down by itself: ${n.item(d.key)[1]}`,
  ],
  'disclosure.cleared': (d, n) => [
    `公示结束，没有未决定的异议：${n.item(d.key)[0]}`,
    `Made public, and no objection is undecided: ${n.item(d.key)[1]}`,
  ],
  'objection.raised': (d, n) => [
    `对“${n.item(d.disclosure)[0]}”的异议（${d.id}）：${d.text}${d.contact ? '。已留联系方式' : ''}。已告知${who(d.told, n)}`,
    `Objection to "${n.item(d.disclosure)[1]}" (${d.id}): ${d.text}${d.contact ? '. A contact was left' : ''}. Told ${who(d.told, n)}`,
  ],
  'objection.decided': (d) => [
    `异议${d.upheld ? '成立' : '不成立'}（${d.id}）：${d.text}`,
    `Objection ${d.upheld ? 'upheld' : 'dismissed'} (${d.id}): ${d.text}`,
  ],
  'plan.approved': (d, n) => [
    `方案批准：${d.votes.map((body) => n.body(body)[0]).join('、')}均已通过`,
    `The plan is approved: passed by ${d.votes.map((body) => n.body(body)[1]).join(', ')}`,
  ],
  'plan.decided': (d) => [
    d.passed ? '交办的个案已作出决定，方案通过' : '交办的个案已结案，方案没有通过',
    d.passed ? 'The other case has decided: the plan passes' : 'The other case has ended: the plan does not pass',
  ],
  'plan.revised': (d, n) => {
    const keys = [...Object.keys(d.targets ?? {}), ...Object.keys(d.deadlines ?? {})];
    const stages = [...new Set(keys)];
    const added = d.items ?? [];
    return [
      `方案修订${stages.length ? `：${stages.map((key) => n.stage(key)[0]).join('、')}` : ''}${added.length ? `；增加 ${added.map(({ name }) => name[0]).join('、')}` : ''}`,
      `The plan is revised${stages.length ? `: ${stages.map((key) => n.stage(key)[1]).join(', ')}` : ''}${added.length ? `; added ${added.map(({ name }) => name[1]).join(', ')}` : ''}`,
    ];
  },
  'stage.entered': (d) => [
    `进入阶段：${d.name[0]}${d.round > 1 ? `（第 ${d.round} 轮）` : ''}`,
    `Entered: ${d.name[1]}${d.round > 1 ? ` (round ${d.round})` : ''}`,
  ],
  'stage.done': (d, n) => [`完成阶段：${n.stage(d.stage)[0]}`, `Completed: ${n.stage(d.stage)[1]}`],
  'stage.extended': (d, n) => [
    `阶段延期：${n.stage(d.stage)[0]}，延长 ${budget(d.budget)}`,
    `Extended by ${d.budget}: ${n.stage(d.stage)[1]}`,
  ],
  'stage.left': (d, n) => {
    const [zh, en] = leftWhy[d.why];
    const to: Text | undefined = d.to === undefined ? undefined : n.stage(d.to);
    return [
      `${zh}：${n.stage(d.stage)[0]}${to ? `，回到“${to[0]}”` : ''}`,
      `${en}: ${n.stage(d.stage)[1]}${to ? `, back to "${to[1]}"` : ''}`,
    ];
  },
  'item.added': (d, n) => [
    `增加事项：${d.item.name[0]}（${n.role(d.item.by)[0]}）`,
    `Item added: ${d.item.name[1]} (${n.role(d.item.by)[1]})`,
  ],
  'item.opened': (d) => [`待办：${d.item.name[0]}`, `To do: ${d.item.name[1]}`],
  'item.assigned': (d, n) => {
    const to = d.assignee.person ? n.person(d.assignee.person) : d.assignee.post ? n.post(d.assignee.post) : '';
    if (to === '') return [`取消指派：${n.thing(d.id)[0]}`, `No longer assigned: ${n.thing(d.id)[1]}`];
    return [`指派：${n.thing(d.id)[0]} → ${to}`, `Assigned: ${n.thing(d.id)[1]} → ${to}`];
  },
  'item.cancelled': (d, n) => [
    `取消：${n.item(d.key)[0]}（${d.why[0]}）`,
    `Cancelled: ${n.item(d.key)[1]} (${d.why[1]})`,
  ],
  'item.skipped': (d, n) => [`跳过：${n.item(d.key)[0]}`, `Skipped: ${n.item(d.key)[1]}`],
  'item.reopened': (d) => [`重新打开：${d.item.name[0]}`, `Opened again: ${d.item.name[1]}`],
  'task.completed': done('办结', 'Done'),
  'milestone.reached': (d, n) => {
    const [zh, en] = done('达到目标', 'Milestone reached')(d, n);
    const by = n.role(d.agreedBy);
    return [`${zh}，${by[0]}确认`, `${en}; agreed by ${by[1]}`];
  },
  'await.occurred': done('已等到', 'It happened'),
  'duty.due': (d, n) => [
    `${n.item(d.duty)[0]}：应于 ${plannedText(d)} 进行`,
    `${n.item(d.duty)[1]}: planned for ${plannedText(d)}`,
  ],
  'duty.counted': (d, n) => {
    const [zh, en] = done('完成一次', 'Done once')(d, n);
    return [`${zh}（${d.done}/${d.of}）`, `${en} (${d.done} of ${d.of})`];
  },
  'duty.began': (d, n) => [
    `${d.fellOut ? '继续定期事项' : '开始定期事项'}：${n.item(d.duty)[0]}${fellOutText(d.fellOut)[0]}`,
    `${d.fellOut ? 'Recurring duty goes on' : 'Recurring duty begins'}: ${n.item(d.duty)[1]}${fellOutText(d.fellOut)[1]}`,
  ],
  'duty.ended': (d, n) => [
    `定期事项结束：${n.item(d.duty)[0]}${fellOutText(d.fellOut)[0]}${d.why ? `（${d.why[0]}）` : ''}`,
    `Recurring duty ends: ${n.item(d.duty)[1]}${fellOutText(d.fellOut)[1]}${d.why ? ` (${d.why[1]})` : ''}`,
  ],
  'duty.replanned': (d, n) => [
    `按工作日历重新安排：${n.item(d.duty)[0]}，下一次计划 ${d.plannedDate}（${d.why[0]}）`,
    `Planned again by the calendar: ${n.item(d.duty)[1]}, next on ${d.plannedDate} (${d.why[1]})`,
  ],
  'item.replanned': (d) => {
    const when = plannedText({ ...d.item, plannedDate: d.item.plannedDate ?? d.from });
    return [
      `按工作日历重新安排：${d.item.name[0]}，计划 ${when}（${d.why[0]}；原为 ${d.from}）`,
      `Planned again by the calendar: ${d.item.name[1]}, for ${when} (${d.why[1]}; it was ${d.from})`,
    ];
  },
  'duty.missed': (d, n) => [
    `漏办：${n.item(d.duty)[0]}（${d.plannedDate}${progressText(d)[0]}）`,
    `Missed: ${n.item(d.duty)[1]} (${d.plannedDate}${progressText(d)[1]})`,
  ],
  'duty.lapsed': (d, n) => [
    `未补办，记为漏办：${n.item(d.duty)[0]}${progressText(d)[0]}`,
    `Never made good: ${n.item(d.duty)[1]}${progressText(d)[1]}`,
  ],
  'deadline.set': (d) => [
    `时限：${d.deadline.name[0]}，${due(d.deadline)[0]}`,
    `Deadline: ${d.deadline.name[1]}, ${due(d.deadline)[1]}`,
  ],
  'deadline.met': (d, n) => [
    `${d.late ? '逾期完成' : d.recordedLate ? '按期完成，补录较晚' : '按期完成'}：${n.thing(d.id)[0]}`,
    `${d.late ? 'Met late' : d.recordedLate ? 'Met in time, recorded late' : 'Met'}: ${n.thing(d.id)[1]}`,
  ],
  'deadline.cancelled': about('时限取消', 'Deadline cancelled'),
  'deadline.moved': (d) => [
    `时限调整：${d.deadline.name[0]}，${due(d.deadline)[0]}（${d.why[0]}）`,
    `Deadline moved: ${d.deadline.name[1]}, ${due(d.deadline)[1]} (${d.why[1]})`,
  ],
  'deadline.projected': (d) => {
    const [zh, en] = d.why ?? ['工作日历有变', 'the working-day calendar has changed'];
    const was = d.from === d.deadline.dueAt ? undefined : dueText(d.from);
    return [
      `按工作日历重新推算时限：${d.deadline.name[0]}，${due(d.deadline)[0]}（${zh}${was ? `；原为 ${was}` : ''}）`,
      `Deadline projected by the calendar: ${d.deadline.name[1]}, ${due(d.deadline)[1]} (${en}${was ? `; it was ${was}` : ''})`,
    ];
  },
  'deadline.paused': (d, n) => [
    `时限暂停${d.name ? `（${d.name[0]}）` : ''}：${n.thing(d.id)[0]}`,
    `Deadline paused${d.name ? ` (${d.name[1]})` : ''}: ${n.thing(d.id)[1]}`,
  ],
  'deadline.extensionRequested': (d, n) => [
    `申请延期 ${budget(d.budget)}：${n.thing(d.id)[0]}`,
    `Extension of ${d.budget} requested: ${n.thing(d.id)[1]}`,
  ],
  'deadline.extensionDecided': (d, n) => [
    `${d.approved ? '同意延期' : '不同意延期'}：${n.thing(d.id)[0]}`,
    `Extension ${d.approved ? 'approved' : 'refused'}: ${n.thing(d.id)[1]}`,
  ],
  'deadline.nudged': (d, n) => [
    `催办：${n.thing(d.id)[0]} → ${who(d.told, n)}`,
    `Nudged: ${n.thing(d.id)[1]} → ${who(d.told, n)}`,
  ],
  'rung.fired': (d, n) => {
    const [zh, en] = tells[d.tell];
    const people = who(d.told, n);
    return [
      `${d.plannedAt < d.dueAt ? '提醒' : '超期提醒'}${zh}${people ? `（${people}）` : ''}：${d.name[0]}`,
      `${d.plannedAt < d.dueAt ? 'Reminded' : 'Overdue, told'} ${en}${people ? ` (${people})` : ''}: ${d.name[1]}`,
    ];
  },
  'accountability.opened': (d, n) => [
    `问责记录：${d.name[0]}，${n.post(d.post)}应于 ${dueText(d.dueAt)} 前完成`,
    `Accountability record: ${d.name[1]}, promised by ${n.post(d.post)} until ${dueText(d.dueAt)}`,
  ],
  'accountability.settled': (d) => [`问责事项结果：${settled[d.result][0]}`, `Accountability: ${settled[d.result][1]}`],
  'accountability.answered': (d) => [`责任人说明：${d.text}`, `The responsible person answered: ${d.text}`],
  'accountability.decided': (d) => [
    `问责决定：${d.outcome}${d.text ? `。${d.text}` : ''}`,
    `Accountability decided: ${d.outcome}${d.text ? `. ${d.text}` : ''}`,
  ],
  'accountability.appealed': (d) => [`申诉：${d.text}`, `Appealed: ${d.text}`],
  'party.added': (d, n) => [
    `加入${n.role(d.party.role)[0]}：${n.party(d.party.id)}`,
    `${n.party(d.party.id)} joins as ${n.role(d.party.role)[1]}`,
  ],
  'party.changed': (d, n) => [
    `更新${n.role(d.party.role)[0]}资料：${n.party(d.party.id)}`,
    `Details of ${n.party(d.party.id)} changed`,
  ],
  'party.ended': (d, n) => {
    const [zh, en] = endedWhy[d.why ?? 'left'];
    return [`${n.party(d.id)}${zh}`, `${n.party(d.id)} ${en}`];
  },
  'party.cameOfAge': (d, n) => [`${n.party(d.id)}年满 ${d.age} 周岁`, `${n.party(d.id)} is ${d.age} years old`],
  'role.assigned': (d, n) => {
    const to = d.assignment.person ? n.person(d.assignment.person) : d.assignment.post ? n.post(d.assignment.post) : '';
    return [`${n.role(d.role)[0]}改由${to}担任`, `${n.role(d.role)[1]} is now ${to}`];
  },
  'data.corrected': (d, n) => [
    `更正资料：${Object.keys(d.fields)
      .map((key) => n.field(key)[0])
      .join('、')}`,
    `Corrected: ${Object.keys(d.fields)
      .map((key) => n.field(key)[1])
      .join(', ')}`,
  ],
  'note.added': (d) => [`记录：${d.text}`, `Note: ${d.text}`],
  'document.attached': (d) => [`附上 ${d.documents.length} 份材料`, `${d.documents.length} document(s) attached`],
  'complaint.made': (d) => [
    `${d.anonymous ? '匿名投诉' : '投诉'}：${d.text}${d.witness ? `（见证人 ${d.witness}）` : ''}`,
    `${d.anonymous ? 'Anonymous complaint' : 'Complaint'}: ${d.text}${d.witness ? ` (witness: ${d.witness})` : ''}`,
  ],
  'complaint.projected': (d) => [
    `按工作日历重新推算投诉答复期限：${dueText(d.dueAt)} 前`,
    `The answer to a complaint is due by ${dueText(d.dueAt)}, by the newer calendar`,
  ],
  'complaint.reminded': (d, n) => [
    `投诉待答复，提醒${who(d.told, n)}（应于 ${dueText(d.dueAt)} 前答复）`,
    `A complaint waits for its answer, told ${who(d.told, n)} (due by ${dueText(d.dueAt)})`,
  ],
  'complaint.answered': (d) => [`投诉答复：${d.text}`, `The complaint is answered: ${d.text}`],
  'complaint.appealed': (d) => [
    `不同意答复，申请${d.round > 2 ? '复核' : '复查'}：${d.text}`,
    `The answer is appealed against: ${d.text}`,
  ],
  'complaint.withdrawn': () => ['投诉已撤回', 'The complaint is withdrawn'],
  'complaint.closed': () => ['投诉办结', 'The complaint is closed'],
  'emergency.reported': (d, n) => {
    const [zh, en] = emergencies[d.kind];
    const [toldZh, toldEn] =
      d.told.length > 0
        ? [`已通知${who(d.told, n)}`, `Told ${who(d.told, n)}`]
        : ['已并入未办结的报告，半小时内再次通知', 'Added to one that is open, and told with it within half an hour'];
    return [`紧急报告（${zh}）：${d.text}。${toldZh}`, `Emergency (${en}): ${d.text}. ${toldEn}`];
  },
  'emergency.repeated': (d, n) => [
    `紧急报告未办结，第 ${d.n} 次再通知${who(d.told, n)}`,
    `The emergency is not settled; told again (${d.n}) ${who(d.told, n)}`,
  ],
  'emergency.closed': (d) => [`紧急报告办结：${d.text}`, `The emergency is settled: ${d.text}`],
  'message.acknowledged': () => ['已读提醒', 'A message was acknowledged'],
  'history.imported': (d, n) => {
    const [zh, en] = historyText(d, n);
    return [`补录（${paperDay(d.on.date)}）${zh}`, `From paper (${d.on.date})${en}`];
  },
  'history.stageDone': (d, n) => [
    `补录（${paperDay(d.on.date)}）阶段已完成：${n.stage(d.stage)[0]}${d.text ? `。${d.text}` : ''}`,
    `From paper (${d.on.date}): stage done, ${n.stage(d.stage)[1]}${d.text ? `. ${d.text}` : ''}`,
  ],
  'history.counted': (d, n) => [
    `补录（截至 ${paperDay(d.on.date)}）：${n.item(d.item)[0]}已进行 ${d.count} 次${d.text ? `。${d.text}` : ''}`,
    `From paper (up to ${d.on.date}): ${n.item(d.item)[1]} was done ${d.count} times${d.text ? `. ${d.text}` : ''}`,
  ],
  'history.corrected': (d, n) => {
    const [zh, en] = historyText(d, n);
    const when = d.on === undefined ? ['', ''] : [`（${paperDay(d.on.date)}）`, ` (${d.on.date})`];
    return d.withdrawn
      ? [`补录作废（${d.id}）${zh}`, `Entry from paper withdrawn (${d.id})${en}`]
      : [`补录更正（${d.id}）${when[0]}${zh}`, `Entry from paper corrected (${d.id})${when[1]}${en}`];
  },
  'effect.asked': (d, n) => [`启动：${n.thing(d.item)[0]}`, `Started: ${n.thing(d.item)[1]}`],
  'group.sized': (d, n) => [`“${n.item(d.key)[0]}”共 ${d.size} 个`, `"${n.item(d.key)[1]}": ${d.size} in all`],
  'group.counted': (d, n) => [
    `“${n.item(d.key)[0]}”：已列 ${d.listed}，已完成 ${d.ended}`,
    `"${n.item(d.key)[1]}": ${d.listed} listed, ${d.ended} done`,
  ],
  'option.added': (d, n) => [
    `“${n.item(d.key)[0]}”方案 ${d.option}：${d.name}${d.costFen === undefined ? '' : `，约 ${yuan(d.costFen)} 元`}${d.text ? `。${d.text}` : ''}`,
    `"${n.item(d.key)[1]}", option ${d.option}: ${d.name}${d.costFen === undefined ? '' : `, about ${yuan(d.costFen)} yuan`}${d.text ? `. ${d.text}` : ''}`,
  ],
  'option.rejected': (d, n) => [
    `“${n.item(d.key)[0]}”不用方案 ${d.option}`,
    `"${n.item(d.key)[1]}": option ${d.option} rejected`,
  ],
  'option.chosen': (d, n) => [
    `“${n.item(d.key)[0]}”选定方案 ${d.option}：${d.name}`,
    `"${n.item(d.key)[1]}": option ${d.option} chosen: ${d.name}`,
  ],
  'effect.answered': (d, n) => [
    `${d.failed === undefined ? '已有结果' : '没有办成'}：${n.thing(d.item)[0]}`,
    `${d.failed === undefined ? 'Answered' : 'Failed'}: ${n.thing(d.item)[1]}`,
  ],
  'cash.recorded': (d, n) => entryText(d.entry, n, ['现金日记账', 'Cash book']),
  'ledger.recorded': (d, n) => entryText(d.entry, n, ['总账', 'Ledger']),
  'cash.reversed': (d, n) => entryText(d.entry, n, ['现金日记账红字冲销', 'Cash book, red-ink reversal']),
  'ledger.reversed': (d, n) => entryText(d.entry, n, ['总账红字冲销', 'Ledger, red-ink reversal']),
  'voucher.drafted': (d) => {
    const { sourceDoc, direction, amountFen, lines, reverses, text } = d.draft;
    const said = text ?? lines[0]?.text ?? '';
    return [
      `${reverses === undefined ? '' : '红字'}凭证待复核：单据 ${sourceDoc}，${direction === 'in' ? '收' : '支'} ${yuan(amountFen)} 元，${lines.length} 行${said ? `。${said}` : ''}`,
      `${reverses === undefined ? 'A voucher' : 'A red-ink voucher'} waits for its review: document ${sourceDoc}, ${direction} ${yuan(amountFen)} yuan, ${lines.length} lines${said ? `. ${said}` : ''}`,
    ];
  },
  'voucher.returned': (d) => [
    `凭证退回重做：单据 ${d.sourceDoc}。${d.text}`,
    `The voucher of document ${d.sourceDoc} goes back: ${d.text}`,
  ],
  'books.matched': (d) => [
    `人工核对相符：${d.direction === 'in' ? '收' : '支'} ${yuan(d.amountFen)} 元，单据 ${d.documents.join('、')}`,
    `Matched by hand: ${d.direction} ${yuan(d.amountFen)} yuan, documents ${d.documents.join(', ')}`,
  ],
  'books.unmatched': (d) => [
    `人工核对已拆开（${d.entry} 已冲销）：单据 ${d.documents.join('、')}`,
    `A match by hand is taken apart (${d.entry} was reversed): documents ${d.documents.join(', ')}`,
  ],
  'payout.codeIssued': (d) => [
    `发放领款确认码（${d.way === 'slip' ? '纸条' : '本人渠道'}），${localTime(d.until)} 前有效`,
    `A code to confirm the payout was given out (${d.way === 'slip' ? 'on paper' : 'over the beneficiary’s own channel'}), valid until ${localTime(d.until)}`,
  ],
  'book.handedOver': (d, n) => {
    const book = n.book(d.book);
    const who: Text = d.side === 'cash' ? ['管钱', 'cash'] : ['管账', 'accounts'];
    const [zh, en] = [0, 1].map((i) =>
      d.channels.map((each) => countedText(each)[i as 0 | 1]).join(i === 0 ? '；' : '; '),
    );
    return [
      `账簿移交（${book[0]}，${who[0]}）：${zh}（见证人 ${d.witness}）${d.text ? `。${d.text}` : ''}`,
      `Book taken over (${book[1]}, ${who[1]}): ${en} (witness: ${d.witness})${d.text ? `. ${d.text}` : ''}`,
    ];
  },
  ...closingTexts,
  'book.frozen': (d, n) => {
    const [zh, en] = n.book(d.book);
    return d.side === 'cash'
      ? [`管钱人已更换，账簿冻结待盘点（${zh}）`, `Another holds the money: the book waits to be counted (${en})`]
      : [`管账人已更换，账簿冻结待核对（${zh}）`, `Another keeps the accounts: they wait to be checked (${en})`];
  },
  'book.unfrozen': (d, n) => {
    const [zh, en] = n.book(d.book);
    return d.side === 'cash'
      ? [`账簿不必再盘点移交（${zh}，管钱）`, `The book need not be counted any more (${en}, cash)`]
      : [`账簿不必再核对移交（${zh}，管账）`, `The book need not be checked any more (${en}, accounts)`];
  },
  'document.opened': (d) => {
    const { sourceDoc, cash, ledger, count, month } = d.document;
    if ((count || month) && !cash && !ledger) return [`${sourceDoc} 列为差异`, `${sourceDoc} is a difference`];
    return d.wasMatched
      ? [`单据 ${sourceDoc} 不再相符`, `Document ${sourceDoc} no longer agrees`]
      : [`单据 ${sourceDoc} 等待另一方记账`, `Document ${sourceDoc} waits for the other side`];
  },
  'document.matched': (d) => [
    `单据 ${d.sourceDoc} 两账相符：${yuan(d.amountFen)} 元`,
    `Document ${d.sourceDoc} agrees in both books: ${yuan(d.amountFen)} yuan`,
  ],
  'document.voided': (d) =>
    d.counted
      ? [`${d.sourceDoc} 已经审批人认定`, `${d.sourceDoc} is settled by the approver`]
      : [`单据 ${d.sourceDoc} 两账均已冲销`, `Document ${d.sourceDoc} is reversed in both books`],
  'discrepancy.found': (d) => {
    if (d.month) {
      const { period, cashFen, ledgerFen } = d.month;
      const [zh, en] = CHANNELS[d.month.channel] ?? [d.month.channel, d.month.channel];
      return [
        `${period} 月末两边余额不符（${zh}）：日记账 ${yuan(cashFen)} 元，总账 ${yuan(ledgerFen)} 元`,
        `The two sides end ${period} differently (${en}): ${yuan(cashFen)} yuan in the journal, ${yuan(ledgerFen)} in the ledger`,
      ];
    }
    if (!d.count) return [`发现两账不符：单据 ${d.sourceDoc}`, `The books differ on document ${d.sourceDoc}`];
    const [zh, en] = countedText(d.count);
    if (d.found === 'at count')
      return [`盘点不符（${d.sourceDoc}）：${zh}`, `The count differs (${d.sourceDoc}): ${en}`];
    return [`移交盘点不符（${d.sourceDoc}）：${zh}`, `The count at the hand-over differs (${d.sourceDoc}): ${en}`];
  },
  'discrepancy.explained': (d) => [
    `差异说明（单据 ${d.sourceDoc}）：${d.text}`,
    `Difference on ${d.sourceDoc} explained: ${d.text}`,
  ],
  'discrepancy.decided': (d) => [
    `差异处理（单据 ${d.sourceDoc}）：${d.decision === 'correct' ? '更正' : '确认挂账'}。${d.text}`,
    `Difference on ${d.sourceDoc}: to be ${d.decision === 'correct' ? 'corrected' : 'carried'}. ${d.text}`,
  ],
  'discrepancy.settled': (d) => [
    `差异了结（单据 ${d.sourceDoc}）：${d.how === 'corrected' ? '已更正' : d.how === 'matched' ? '已人工核对相符' : '已挂账'}`,
    `Difference on ${d.sourceDoc} settled: ${d.how}`,
  ],
  'books.reconciled': (d) => [
    `对账：现金 ${yuan(d.cashFen)} 元，总账 ${yuan(d.ledgerFen)} 元，${d.matched} 份单据相符，${d.unmatched} 份不符${d.waiting ? `；另有 ${d.waiting} 份等待另一方，未计入` : ''}`,
    `Reconciled: cash ${yuan(d.cashFen)} yuan, ledger ${yuan(d.ledgerFen)} yuan, ${d.matched} documents agree, ${d.unmatched} differ${d.waiting ? `; ${d.waiting} more wait for the other side and are left out` : ''}`,
  ],
  'statement.imported': (d, n) => [
    `导入${n.book(d.book)[0]}的${d.channel === 'bank' ? '银行' : '微信'}流水 ${d.lines.length} 笔${d.skipped.length > 0 ? `，${d.skipped.length} 笔已有，略过` : ''}`,
    `${d.lines.length} lines of the ${d.channel === 'bank' ? 'bank' : 'WeChat'} statement of ${n.book(d.book)[1]} brought in${d.skipped.length > 0 ? `, ${d.skipped.length} were there already` : ''}`,
  ],
  'statement.matched': (d) => [
    `与银行流水勾对 ${d.matches.length} 笔`,
    `${d.matches.length} matched with lines of the bank statement`,
  ],
  'statement.unmatched': (d) => [
    d.why === 'reversed' ? '分录已冲销，撤销与银行流水的勾对' : '撤销与银行流水的勾对',
    d.why === 'reversed'
      ? 'A match with the bank statement is undone: its entry was reversed'
      : 'A match with the bank statement is undone',
  ],
  ...registerTexts,
  'payout.requested': (d, n) => {
    const [zh, en] = d.onBehalfOf === undefined ? ['', ''] : n.role(d.onBehalfOf);
    const effect = allowanceClause(d.allowance);
    return [
      `${zh ? `代${zh}` : ''}申请支取 ${yuan(d.amountFen)} 元：${d.text}${effect[0]}`,
      `Payout of ${yuan(d.amountFen)} yuan requested${en ? ` on behalf of: ${en}` : ''}: ${d.text}${effect[1]}`,
    ];
  },
  'payout.approved': (d) => {
    const effect = allowanceClause(d.allowance);
    return [`同意支取${effect[0]}`, `The payout is approved${effect[1]}`];
  },
  'payout.refused': () => ['不同意支取', 'The payout is refused'],
  'payout.paid': () => ['款项已付', 'The payout is paid'],
  'payout.unpaid': () => ['付款已冲销，等待重新支付', 'The payment was reversed and is due again'],
  'payout.confirmed': (d) => [
    `${d.without === undefined ? '本人确认收到款项' : d.without === 'death' ? '继承人收到款项' : '已按材料付到本人迁入地'}${d.code ? '（凭确认码）' : ''}${d.witness ? `（见证人 ${d.witness}）` : ''}`,
    `Receipt of the payout is confirmed${d.code ? ' by the code given to the beneficiary' : ''}${d.witness ? ` (witness: ${d.witness})` : ''}`,
  ],
  'case.suspended': () => ['个案暂停', 'The case is suspended'],
  'case.resumed': () => ['个案恢复', 'The case is resumed'],
  'case.closed': (d, n) => [
    `结案：${n.outcome(d.outcome)[0]}${d.followUpUntil ? `，回访至 ${dueText(d.followUpUntil).slice(0, 10)}` : ''}${d.text ? `。${d.text}` : ''}`,
    `Closed: ${n.outcome(d.outcome)[1]}${d.followUpUntil ? `, followed up until ${dueText(d.followUpUntil).slice(0, 10)}` : ''}${d.text ? `. ${d.text}` : ''}`,
  ],
  'case.ended': () => ['回访结束，个案终结', 'Follow-up is over; the case has ended'],
  'case.reopened': () => ['重新立案', 'The case is opened again'],
  'transfer.offered': (d, n) => {
    const unit = n.unit(d.unit);
    const what: Text =
      d.kind === 'transfer'
        ? [
            `请${unit}接收本个案，答复前仍由${n.unit(d.from)}负责`,
            `${unit} is asked to take the case; ${n.unit(d.from)} stays responsible until it accepts`,
          ]
        : [`转介至${unit}：${d.text ?? ''}`, `Referred to ${unit}: ${d.text ?? ''}`];
    return clauses(what, sharingText(d.consent, n));
  },
  'transfer.accepted': (d, n) => [`${offerText(d, n)[0]}：已接收`, `Accepted by ${offerText(d, n)[1]}`],
  'transfer.refused': (d, n) => [`${offerText(d, n)[0]}：不予接收`, `Refused by ${offerText(d, n)[1]}`],
  'transfer.revoked': (d, n) => [
    `撤回请求：${offerText(d, n)[0]}${d.why ? `（${d.why[0]}）` : ''}`,
    `Taken back: ${offerText(d, n)[1]}${d.why ? ` (${d.why[1]})` : ''}`,
  ],
  'transfer.lapsed': (d, n) => [
    `逾期未答复，请求失效：${offerText(d, n)[0]}，个案仍由原单位负责`,
    `Never answered, the request has lapsed: ${offerText(d, n)[1]}; the case stays where it is`,
  ],
  'referral.answered': (d, n) =>
    d.failed === undefined
      ? [
          `转介事项已办结（${n.unit(d.unit)}）：${d.text ?? (d.outcome ? n.outcome(d.outcome)[0] : '')}`,
          `The referred matter is settled (${n.unit(d.unit)}): ${d.text ?? (d.outcome ? n.outcome(d.outcome)[1] : '')}`,
        ]
      : [
          `转介未能办成（${n.unit(d.unit)}），事项仍由本单位负责`,
          `The referral failed (${n.unit(d.unit)}); the matter is this unit's again`,
        ],
  'escalation.made': (d, n) => [
    `上报${levelNames[d.to][0]}（${n.unit(d.unit)}）：${d.text}`,
    `Put before ${levelNames[d.to][1]} (${n.unit(d.unit)}): ${d.text}`,
  ],
  'inspection.recorded': (d) => {
    const [zh, en] = methods[d.method] ?? [d.method, d.method];
    const [foundZh, foundEn] =
      d.findings === 0
        ? ['未发现问题', 'everything is in order']
        : [`发现问题 ${d.findings} 项`, `${d.findings} findings`];
    return [
      `督查（${zh}）：${foundZh}${d.text ? `。${d.text}` : ''}`,
      `Inspection (${en}): ${foundEn}${d.text ? `. ${d.text}` : ''}`,
    ];
  },
  'finding.recorded': (d, n) => [
    `督查问题：${d.text}（${n.role(d.answers)[0]}在 ${budget(d.within)}内整改）→ ${who(d.told, n)}`,
    `Finding: ${d.text} (to be put right by the ${n.role(d.answers)[1]} within ${d.within}) → ${who(d.told, n)}`,
  ],
  'finding.answered': (d) => [`整改答复：${d.text}`, `Answer to the finding: ${d.text}`],
  'finding.accepted': (d) => [
    `整改通过核查${d.text ? `：${d.text}` : ''}`,
    `Accepted as put right${d.text ? `: ${d.text}` : ''}`,
  ],
  'finding.returned': (d, n) => [
    `整改退回：${d.text}（在 ${budget(d.within)}内继续整改）→ ${who(d.told, n)}`,
    `Sent back: ${d.text} (to be put right within ${d.within}) → ${who(d.told, n)}`,
  ],
  'access.opened': (d, n) => [
    `${n.person(d.person)} 紧急查阅个案，至 ${localTime(d.until)} 止`,
    `${n.person(d.person)} opens the case in an emergency, until ${localTime(d.until)}`,
  ],
  'access.approved': (d, n) =>
    d.person === undefined
      ? [
          `批准本案责任岗位和本单位经办人查阅未成年人信息，至 ${localTime(d.until)} 止`,
          `Who answers for the case and the caseworkers of the unit may read of its minors until ${localTime(d.until)}`,
        ]
      : [
          `批准 ${n.person(d.person)} 查阅未成年人信息，至 ${localTime(d.until)} 止`,
          `${n.person(d.person)} may read of the minors of the case until ${localTime(d.until)}`,
        ],
  'access.ended': () => ['紧急查阅提前结束', 'The emergency access was ended early'],
  'access.reviewed': (d) =>
    d.justified
      ? [`紧急查阅经复核属必要：${d.text}`, `The emergency access was reviewed and was justified: ${d.text}`]
      : [`紧急查阅经复核属不当：${d.text}`, `The emergency access was reviewed and was not justified: ${d.text}`],
  'hold.set': (d) => {
    const [zh, en] = holdGrounds[d.ground];
    return [`设定保全（${zh}）：本案任何内容不得销毁`, `Legal hold (${en}): nothing of the case is destroyed`];
  },
  'hold.lifted': () => ['解除保全', 'The legal hold is lifted'],
  'erasure.requested': (d, n) => [
    `请求删除个人信息（${d.by === 'kin' ? '近亲属' : n.role(d.by)[0]}）${d.note ? `：${d.note}` : ''} → ${who(d.told, n)}`,
    `Personal data is asked to be erased (by ${d.by === 'kin' ? 'next of kin' : n.role(d.by)[1]})${d.note ? `: ${d.note}` : ''} → ${who(d.told, n)}`,
  ],
  'erasure.answered': (d) =>
    d.decision === 'limited'
      ? [
          `答复删除请求：法定保存期限届满前，结案后只存储和保护，届满后销毁（个人信息保护法第四十七条）。${d.text}`,
          `The request to erase is answered: until the periods of the law have run out it is only stored and protected once the case is closed, and destroyed then (PIPL art. 47). ${d.text}`,
        ]
      : [`答复删除请求：不予删除，理由：${d.text}`, `The request to erase is refused, for these reasons: ${d.text}`],
  'erasure.withdrawn': () => ['撤回删除请求', 'The request to erase is taken back'],
  'destruction.requested': (d, n) => [
    `提出销毁本案内容（${destructionGrounds[d.ground][0]}） → ${who(d.told, n)}`,
    `It is asked that the contents of the case be destroyed (${destructionGrounds[d.ground][1]}) → ${who(d.told, n)}`,
  ],
  'destruction.approved': (d) => [
    `批准销毁本案内容，不早于 ${localTime(d.from)} 执行`,
    `It is approved that the contents of the case be destroyed, not before ${localTime(d.from)}`,
  ],
  'destruction.refused': () => ['不批准销毁', 'The destruction is refused'],
  'destruction.revoked': () => ['撤销销毁', 'The destruction is revoked'],
  'record.destroyed': (d, n) => [
    `本案内容已销毁：${d.counts.events} 项记录、${d.counts.documents} 份材料；提出人 ${n.person(d.requested.by)}，批准人 ${n.person(d.approved.by)}；校验值 ${d.digest}`,
    `The contents of the case are destroyed: ${d.counts.events} events, ${d.counts.documents} documents; asked for by ${n.person(d.requested.by)}, approved by ${n.person(d.approved.by)}; digest ${d.digest}`,
  ],
  'escalation.returned': (d, n) => [
    `${levelNames[d.to][0]}答复（${n.unit(d.unit)}）：${d.text}`,
    `Answered by ${levelNames[d.to][1]} (${n.unit(d.unit)}): ${d.text}`,
  ],
  'case.handedAway': (d, n) => [
    `个案移送另一系统（${d.to}），由${n.person(d.by)}决定，这里暂停办理`,
    `The case was handed to another installation (${d.to}) as ${n.person(d.by)} decided; nothing is recorded here meanwhile`,
  ],
  'case.takenBack': (d, n) => [
    `个案由${n.person(d.by)}决定收回，继续办理`,
    `${n.person(d.by)} decided to take the case back; it goes on here`,
  ],
  'case.departed': (d) => [
    `另一系统（${d.installation}）已确认接收，这里办结`,
    `The other installation (${d.installation}) has confirmed that it has the case; here it ends`,
  ],
  'case.received': (d, n) => {
    const filled = Object.entries(d.assignments).flatMap(([role, { post, person }]) => {
      if (post === undefined && person === undefined) return [];
      const holder = post ? n.post(post) : n.person(person ?? '');
      const [zh, en] = n.role(role);
      return [[`${zh}由${holder}担任`, `${en} is now ${holder}`] as const];
    });
    return [
      [
        `个案由另一系统（${d.from.installation}，到第 ${d.from.seq} 个事件为止）转来，归${n.unit(d.unit)}`,
        ...filled.map(([zh]) => zh),
      ].join('；'),
      [
        `The case came from another installation (${d.from.installation}, up to event ${d.from.seq}) to ${n.unit(d.unit)}`,
        ...filled.map(([, en]) => en),
      ].join('; '),
    ];
  },
  'case.migrated': (d, n) => {
    const left = Object.values(d.dropped).flat().length;
    const named = Object.values(d.names).flatMap((names) => Object.keys(names)).length;
    return [
      `由${n.person(d.by)}决定，个案从 ${d.from.version} 版转到 ${d.program.version} 版：${named} 项换了名称，${left} 项放下`,
      `${n.person(d.by)} decided that the case goes on with version ${d.program.version} (was ${d.from.version}): ${named} have other names, ${left} are left behind`,
    ];
  },
  'case.moved': (d, n) => {
    const [zh, en] = movedWhy[d.why] ?? movedWhy.organisation;
    const named = Object.entries(d.assignments ?? {}).filter(([, { post, person }]) => post ?? person);
    const filled = named.map(([role, { post, person }]) => {
      const holder = post ? n.post(post) : n.person(person ?? '');
      const [roleZh, roleEn] = n.role(role);
      return [`${roleZh}由${holder}担任`, `${roleEn} is now ${holder}`] as const;
    });
    return [
      [`个案转到${n.unit(d.unit)}（原属${n.unit(d.from)}，${zh}）`, ...filled.map(([each]) => each)].join('；'),
      [`The case went from ${n.unit(d.from)} to ${n.unit(d.unit)} (${en})`, ...filled.map(([, each]) => each)].join(
        '; ',
      ),
    ];
  },
};

/** A date of paper in Chinese: `2008-05-17` → `2008年5月17日`, a month or a year likewise. */
export function paperDay(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month === undefined ? '' : `${month}月`}${day === undefined ? '' : `${day}日`}`;
}

/** What an entry of paper says, the money in words: it stands in no book. */
function historyText(d: EventData['history.corrected'] & { kind?: string }, names: Names): Text {
  const kind = d.kind === undefined ? undefined : HISTORY_KINDS[d.kind];
  const persons = (d.persons ?? []).map(({ role, name }) => [role, name ?? ''] as const);
  const amounts = d.amounts ?? [];
  const zh = [
    d.text,
    persons.length > 0
      ? `参与：${persons.map(([role, name]) => `${names.role(role)[0]}${name}`).join('、')}`
      : undefined,
    amounts.length > 0
      ? `金额（未入账）：${amounts.map((a) => `${a.direction === 'in' ? '收' : '支'} ${yuan(a.amountFen)} 元${a.text ? `（${a.text}）` : ''}`).join('、')}`
      : undefined,
    d.source ? `出处：${d.source}` : undefined,
  ].filter((part) => part !== undefined);
  const en = [
    d.text,
    persons.length > 0
      ? `with ${persons.map(([role, name]) => `${names.role(role)[1]}${name ? ` ${name}` : ''}`).join(', ')}`
      : undefined,
    amounts.length > 0
      ? `money (not in the books): ${amounts.map((a) => `${a.direction} ${yuan(a.amountFen)} yuan${a.text ? ` (${a.text})` : ''}`).join(', ')}`
      : undefined,
    d.source ? `source: ${d.source}` : undefined,
  ].filter((part) => part !== undefined);
  const [kindZh, kindEn] = kind ?? ['', ''];
  return [
    `${kindZh}${zh.length > 0 ? `：${zh.join('；')}` : ''}`,
    `${kindEn ? `: ${kindEn}` : ''}${en.length > 0 ? `: ${en.join('; ')}` : ''}`,
  ];
}

const HISTORY_KINDS: Readonly<Record<string, Text>> = {
  visit: ['走访', 'visit'],
  help: ['帮扶', 'help'],
  gift: ['慰问', 'gift'],
  money: ['钱款', 'money'],
  benefit: ['救助待遇', 'benefit'],
  meeting: ['会议', 'meeting'],
  decision: ['决定', 'decision'],
  project: ['帮扶项目', 'project'],
  handover: ['责任人交接', 'handover'],
  health: ['健康情况', 'health'],
  letter: ['来信来函', 'letter'],
  note: ['记录', 'note'],
};

/** What the channels that money goes through are called. */
export const CHANNELS: Readonly<Record<string, Text>> = {
  cash: ['现金', 'cash'],
  bank: ['银行', 'bank'],
  wechat: ['微信', 'WeChat'],
};

/** What a count found on a channel, beside what the book says. */
function countedText({ channel, bookedFen, countedFen }: CountedChannel): Text {
  const [zh, en] = CHANNELS[channel] ?? [channel, channel];
  return [
    `${zh}账面 ${yuan(bookedFen)} 元，实点 ${yuan(countedFen)} 元`,
    `${en}: ${yuan(bookedFen)} yuan booked, ${yuan(countedFen)} counted`,
  ];
}

interface EntryLike {
  readonly book: string;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly sourceDoc: string;
}

function entryText(entry: EntryLike, names: Names, [zh, en]: Text): Text {
  const book = names.book(entry.book);
  return [
    `${zh}（${book[0]}）：${entry.direction === 'in' ? '收入' : '支出'} ${yuan(entry.amountFen)} 元，单据 ${entry.sourceDoc}`,
    `${en} (${book[1]}): ${entry.direction === 'in' ? 'in' : 'out'} ${yuan(entry.amountFen)} yuan, document ${entry.sourceDoc}`,
  ];
}

/** A due date still guessed, because its year's calendar is not out, is marked. */
function due(deadline: { readonly dueAt: string; readonly dueDate?: string; readonly provisional?: boolean }): Text {
  const [zh, en] = deadline.provisional ? ['（暂定）', ' (provisional)'] : ['', ''];
  return deadline.dueDate
    ? [`${deadline.dueDate} 24:00 前${zh}`, `by the end of ${deadline.dueDate}${en}`]
    : [`${dueText(deadline.dueAt)} 前${zh}`, `by ${dueText(deadline.dueAt)}${en}`];
}

const UNITS: Readonly<Record<string, string>> = {
  'working day': '个工作日',
  day: '天',
  week: '周',
  month: '个月',
  year: '年',
  hour: '小时',
  minute: '分钟',
};

/** A budget in Chinese: `15 working days` → `15 个工作日`. */
export function budget(text: string): string {
  const match = /^(\d+) (.+?)s?$/.exec(text);
  const unit = match ? UNITS[match[2] ?? ''] : undefined;
  return match && unit ? `${match[1]} ${unit}` : text;
}

/** Shown to the keeper of one side of a book for what the other side has recorded and he has not yet (book-sight.ts). */
const HIDDEN: Text = ['另一方已记账，您记账后可见', 'The other side has recorded; you will see it once you have'];

/** What happened, in one sentence of each language. Never throws on the event of a newer release. */
export function readable(event: Pick<CaseEvent, 'type' | 'data'>, names: Names): Text {
  if ('hidden' in event.data) return HIDDEN;
  const say = table[event.type] as Say<EventType> | undefined;
  if (Object.keys(event.data).length === 0) return emptyText(event.type, say, names);
  const [zh, en] = say ? say(event.data as never, names) : [event.type, event.type];
  const { reason } = event.data;
  return reason === undefined ? [zh, en] : [`${zh}。原因：${reason}`, `${en}. Reason: ${reason}`];
}

/** An event without any word: some never had one, and others lost them when the contents of their case were destroyed. */
function emptyText(type: string, say: Say<EventType> | undefined, names: Names): Text {
  try {
    return say ? say({} as never, names) : [type, type];
  } catch {
    return [`${type}（内容已销毁）`, `${type} (destroyed)`];
  }
}

/** The types of event the table has words for; a test holds it against the engine's. */
export const readableTypes = Object.keys(table);
