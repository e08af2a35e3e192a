import type { Text } from '../../sdk/program.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { Relation } from './reads.ts';

/**
 * What personal data is read for. The first seven follow from how the reader stands to the case; the others he states himself.
 * A closed list: a free text could hold what must not stand in the log.
 */
export const purposes = {
  responsible: ['办理本岗位负责的个案', 'the case is in the care of the reader’s post'],
  caseWork: ['本单位个案工作', 'case work of the unit'],
  ownCase: ['本人查阅', 'one’s own case'],
  supervision: ['主管督办', 'supervision by a head'],
  audit: ['审计督查', 'audit'],
  administration: ['系统管理', 'administration'],
  breakGlass: ['紧急查阅', 'emergency access'],
  handover: ['交接', 'handover'],
  visit: ['走访探视', 'visit'],
  complaint: ['处理投诉', 'handling of a complaint'],
  review: ['复查复核', 'review'],
  statistics: ['统计汇总', 'statistics'],
  legal: ['依法调取', 'request by law'],
  contact: ['联系本人或家属', 'to reach him or his family'],
  identity: ['核对身份', 'to check who he is'],
  application: ['代办申请', 'an application made for him'],
  care: ['就医照护', 'medical care'],
} as const satisfies Record<string, Text>;

/** A purpose of reading. */
export type Purpose = keyof typeof purposes;

/** What a request may say it is for; the others follow from how its sender stands to the case. */
export const statedPurposes = [
  'handover',
  'visit',
  'complaint',
  'review',
  'statistics',
  'legal',
  'contact',
  'identity',
  'application',
  'care',
] as const satisfies readonly Purpose[];

/** Whether a text is the key of a purpose. */
export function isPurpose(text: string): text is Purpose {
  return Object.hasOwn(purposes, text);
}

/** Whether a request may say it is for this. */
export function isStated(text: string): text is Purpose {
  return statedPurposes.some((purpose) => purpose === text);
}

/** How a caller stands to what he reads of many cases, or of none: by what his login is for. */
export function relationOfLogin(caller: Caller): Relation {
  if (may(caller, 'audit')) return 'audit';
  if (may(caller, 'organisation')) return 'administration';
  if (may(caller, 'casework')) return 'caseWork';
  return caller.post === undefined ? 'ownCase' : 'responsible';
}
