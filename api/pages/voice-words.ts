import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  title: ['我的话', 'My own voice'],
  link: ['我有话说：同意、意见、紧急求助', 'Speak up: consent, what is wrong, an emergency'],
  back: ['返回', 'Back'],
  whole: ['看全部经过', 'See the whole record'],
  now: ['现在怎么样', 'How it stands'],
  next: ['接下来', 'What comes next'],
  statements: ['我的钱：对账单', 'My money: the statement'],
  statementsHint: [
    '这些钱归您所有，由社区代管。看不懂或者不对，可以要人当面讲清楚，也可以投诉。',
    'The money is yours and is kept for you. Have it explained to you where you do not understand it, or complain where it is wrong.',
  ],
  nothingNext: ['目前没有要做的事。', 'Nothing is planned right now.'],
  consentAsked: ['想请您决定：是否同意这项帮扶？', 'You are asked: do you agree to this help?'],
  consentAgain: [
    '到了新的年龄，要重新问一次：是否同意继续？',
    'A birthday has changed who decides. You are asked again: shall it go on?',
  ],
  consentGiven: [
    '已经同意这项帮扶。您随时可以撤回，不用说理由。',
    'This help was agreed to. You may take that back at any time, without a reason.',
  ],
  consentOther: [
    '这件事由您的监护人决定是否同意。您不愿意时，随时可以说出来。',
    'Your guardian decides about this. When you do not want it, say so at any time.',
  ],
  agree: ['同意', 'I agree'],
  refuse: ['不同意', 'I do not agree'],
  withdraw: ['撤回同意', 'Take consent back'],
  complain: ['投诉', 'Complain'],
  emergency: ['紧急求助', 'Emergency'],
  agreeHint: ['同意以后，计划才会开始。您以后可以撤回。', 'The plan begins only then. You can take it back later.'],
  refuseHint: ['不用说理由。之后一段时间里不会再来问您。', 'No reason is needed. Nobody asks you again for a while.'],
  withdrawHint: ['帮扶会马上停下来，直到您再同意。', 'The help stops at once, until you agree again.'],
  complainHint: [
    '您写的话不会给被投诉的人看到，也不经过他们。不写是关于谁的，办理这件事的人都看不到。上一级会在 15 个工作日内答复您。',
    'Whoever it is about does not see it, and it does not pass through them. Where you name nobody, nobody who works on this case sees it. The level above answers within 15 working days.',
  ],
  emergencyHint: [
    '有生命危险请先打 110 或 120。在这里说的话会立刻告诉上一级，半夜也一样，没人回应就每半小时再报一次。不写是关于谁的，办理这件事的人都看不到。',
    'In danger of life call 110 or 120 first. What you say here is told to the level above at once, at any hour, and again every half hour until somebody answers. Where you name nobody, nobody who works on this case sees it.',
  ],
  heard: ['本人怎么说', 'What the child, or the person, says to it'],
  separate: [
    '我另外同意处理孩子的个人信息（不满 14 周岁）',
    'I also agree, separately, to the handling of the child’s data (under fourteen)',
  ],
  purposes: ['另外同意的事', 'What else is agreed to'],
  purposesHint: [
    '每一项都可以单独同意、单独撤回，不影响帮扶。',
    'Each can be agreed to and taken back alone; the help does not depend on it.',
  ],
  purposesAsk: [
    '另外，下面的事可以分别同意，不同意也不影响帮扶：',
    'These can be agreed to one by one; the help does not depend on them:',
  ],
  agreedTo: ['已同意', 'agreed'],
  notAgreedTo: ['没有同意', 'not agreed'],
  agreeOne: ['同意这一项', 'Agree to this'],
  withdrawOne: ['撤回这一项', 'Take this back'],
  withdrawOneHint: [
    '只撤回这一项：与它有关的事马上停下来，帮扶照常。',
    'Only this is taken back: what hangs on it stops at once, the help goes on.',
  ],
  agreeOneHint: [
    '只同意这一项。您随时可以单独撤回。',
    'You agree to this only, and can take it back alone at any time.',
  ],
  noteOptional: ['想说的话（可以不写）', 'What you want to say (may be left empty)'],
  what: ['发生了什么', 'What has happened'],
  about: ['是关于谁', 'Whom it is about'],
  nobody: ['不针对某一个人，或不想说', 'Nobody in particular, or I would rather not say'],
  kind: ['是哪一种', 'Which of these'],
  harm: ['有人受伤', 'Somebody is hurt'],
  abuse: ['有人被打、被虐待', 'Somebody is beaten or abused'],
  danger: ['有危险', 'Somebody is in danger'],
  missing: ['找不到人了', 'Somebody is missing'],
  send: ['发送', 'Send'],
  sendNow: ['立刻求助', 'Call for help now'],
  done: ['已经收到您的话。', 'What you said has arrived.'],
  mine: ['我的投诉', 'My complaints'],
  calls: ['我的紧急求助', 'My calls for help'],
  waiting: ['等待答复', 'Waits for an answer'],
  until: ['最晚', 'at the latest'],
  answer: ['答复', 'Answer'],
  me: ['我', 'I'],
  toAnswer: ['等您答复', 'For you to answer'],
  answerNow: ['答复这条投诉', 'Answer the complaint'],
  settleNow: ['说明已经怎么处理', 'Say what was done'],
  settle: ['办结紧急报告', 'Close the emergency'],
  answerHint: [
    '投诉人会看到您的答复，不同意可以请上一级复查。',
    'Whoever complained reads your answer, and may ask the level above to look at it again.',
  ],
  settleHint: ['没有写明之前，会一直再报上级。', 'Until you say it, the levels above are told again.'],
  ended: ['已办结', 'closed'],
  open: ['正在处理', 'being seen to'],
  appeal: ['不满意，请再看一次', 'I do not agree: look at it again'],
  takeBack: ['撤回这条投诉', 'Take the complaint back'],
  failed: ['没有办成', 'This did not work'],
} as const satisfies Record<string, Text>;

/** A word of the page of somebody's own voice. */
export function voiceWord(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}
