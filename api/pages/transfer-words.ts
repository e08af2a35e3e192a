import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  title: ['移交与转介', 'Transfers and referrals'],
  lead: [
    '答复之前，个案始终由原单位负责。接收前只看得到办理所需的最少内容。',
    'Until a request is accepted the case stays with its unit. Before that only the least needed is shown.',
  ],
  incoming: ['请本单位办理的', 'Asked of us'],
  outgoing: ['本单位提出的', 'Asked by us'],
  all: ['全部', 'All'],
  waiting: ['待答复', 'Waiting'],
  none: ['没有请求。', 'No requests.'],
  more: ['更多', 'More'],
  fromTo: ['单位', 'Units'],
  program: ['项目', 'Program'],
  stage: ['阶段', 'Stage'],
  asked: ['请求内容', 'What is asked'],
  reason: ['原因', 'Reason'],
  answer: ['答复', 'Answer'],
  consent: ['本人同意', 'Consent'],
  given: ['已同意', 'given'],
  overridden: ['未经同意', 'without consent'],
  ground: ['法律依据', 'Legal ground'],
  due: ['答复期限', 'Answer due'],
  matters: ['未办事项', 'Open matters'],
  deadlines: ['进行中的期限', 'Running deadlines'],
  ownItem: ['另加事项', 'an item added by a worker'],
  linked: ['已建个案', 'Linked case'],
  accept: ['接收', 'Accept'],
  refuse: ['不接收', 'Refuse'],
  refuseReason: ['不接收的原因', 'Reason for refusing'],
  revoke: ['撤回请求', 'Take back'],
  roleDefault: ['按岗位默认', 'The post of its kind'],
  section: ['移交与上报', 'Other units and levels'],
  offer: ['移交给其他单位', 'Hand over to another unit'],
  offerHint: [
    '对方接收之前，期限、责任都不变。',
    'Deadlines and responsibility stay as they are until the other unit accepts.',
  ],
  refer: ['把一件事转介给其他单位', 'Refer one matter to another unit'],
  referHint: [
    '个案仍由本单位负责；对方只看到下面写的内容。',
    'The case stays with this unit; the other one sees what is written here and nothing else.',
  ],
  share: ['提供给对方的内容（只勾选必需的）', 'What the other unit is given (only what it needs)'],
  unit: ['单位', 'Unit'],
  choose: ['请选择', 'Choose'],
  proof: [
    '代为表示时的见证人（不能是办理人自己）',
    'Witness, when said on the person’s behalf (not the person who records it)',
  ],
  needsGround: ['未经同意的，必须写明', 'Needed without consent'],
  send: ['提出', 'Send'],
  escalate: ['上报', 'Put before a level above'],
  level: ['上报到', 'To'],
  'sub-district': ['街道', 'the sub-district'],
  district: ['区级', 'the district'],
  question: ['需要解决的问题', 'The question'],
  giveBack: ['答复下级', 'Answer and return'],
  answerText: ['答复内容', 'The answer'],
  refused: ['没有办成', 'This was not done'],
  back: ['返回', 'Back'],
  expired: ['页面已过期，请返回后再试。', 'The page had expired. Go back and try again.'],
} as const satisfies Record<string, Text>;

/** A word of the pages about transfers. */
export function tell(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}

const KINDS: Readonly<Record<string, Text>> = {
  transfer: ['移交个案', 'hand over the case'],
  referral: ['转介事项', 'referral'],
  escalation: ['上报问题', 'question to a level above'],
};

/** What kind of request it is, in words. */
export function kindWord(kind: string, language: Language): string {
  return pick(KINDS[kind] ?? [kind, kind], language);
}

const STATES: Readonly<Record<string, Text>> = {
  offered: ['待答复', 'waiting'],
  accepted: ['已接收', 'accepted'],
  refused: ['未接收', 'refused'],
  revoked: ['已撤回', 'taken back'],
  lapsed: ['逾期失效', 'lapsed'],
  returned: ['已答复', 'answered'],
  done: ['已办结', 'settled'],
  failed: ['未办成', 'failed'],
};

/** How far a request has come, in words. */
export function requestState(state: string, language: Language): string {
  return pick(STATES[state] ?? [state, state], language);
}

/** The class that colours the state of a request. */
export function requestMark(state: string): string {
  if (state === 'offered') return 'soon';
  if (state === 'lapsed' || state === 'failed' || state === 'refused') return 'late';
  return state === 'revoked' ? '' : 'done';
}
