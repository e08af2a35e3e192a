import type { Text } from '../sdk/program.ts';

/** How a refusal is meant, from which the HTTP status follows (api/errors.ts). */
export type RefusalKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'method'
  | 'conflict'
  | 'stale'
  | 'tooLarge'
  | 'mediaType'
  | 'invalid'
  | 'tooMany'
  | 'internal'
  | 'unavailable';

/** Why an act was refused: a code of the catalogue, what and why in both languages, the ways out, and for bad data the paths. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly kind: RefusalKind;
  readonly detail: Text;
  readonly waysOut: readonly Text[];
  /** Where the data is wrong and how: the message in both languages as {@link inBoth} puts them, or as a schema says it. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** The error catalogue: every code an answer of Linli can carry, its kind and its title. docs/errors.md is made from it. */
export const catalogue = {
  MALFORMED: { kind: 'malformed', title: ['请求格式不正确', 'The request is malformed'] },
  UNAUTHENTICATED: { kind: 'unauthenticated', title: ['没有登录', 'Not signed in'] },
  FORBIDDEN: { kind: 'forbidden', title: ['没有权限', 'Not allowed'] },
  NOT_PROVEN: { kind: 'forbidden', title: ['需要再次确认是您本人', 'Show first that it is you'] },
  NOT_FOUND: { kind: 'notFound', title: ['没有找到', 'Not found'] },
  METHOD_NOT_ALLOWED: { kind: 'method', title: ['这个地址不支持这种请求', 'This address does not take that method'] },
  BODY_TOO_LARGE: { kind: 'tooLarge', title: ['内容太大', 'The body is too large'] },
  UNSUPPORTED_MEDIA_TYPE: { kind: 'mediaType', title: ['不支持这种内容类型', 'This content type is not taken here'] },
  INVALID_DATA: { kind: 'invalid', title: ['内容不符合要求', 'The data is not valid'] },
  UNKNOWN_ACT: { kind: 'invalid', title: ['没有这种操作', 'No such act'] },
  UNKNOWN_PROGRAM: { kind: 'invalid', title: ['没有这个帮扶项目', 'No such program'] },
  UNKNOWN_UNIT: { kind: 'invalid', title: ['没有这个单位', 'No such unit'] },
  UNKNOWN_ASSIGNMENT: { kind: 'invalid', title: ['责任人不存在', 'No such post or person'] },
  OCCURRED_IN_FUTURE: { kind: 'invalid', title: ['发生时间在将来', 'It cannot have happened in the future'] },
  OPENED_TOO_EARLY: { kind: 'invalid', title: ['开始时间太早', 'The case cannot have been opened that long ago'] },
  REASON_MISSING: { kind: 'invalid', title: ['需要说明原因', 'A reason is needed'] },
  EVIDENCE_MISSING: { kind: 'invalid', title: ['缺少证明材料', 'Proof is missing'] },
  UNKNOWN_DOCUMENT: { kind: 'invalid', title: ['材料不存在', 'No such document'] },
  ROLES_NOT_APART: {
    kind: 'invalid',
    title: ['必须分开的职责落在同一个人身上', 'Roles that must be apart fall on one person'],
  },
  ROLES_COLLIDE: {
    kind: 'conflict',
    title: ['必须分开的职责落在同一个人身上', 'Roles that must be apart fall on one person'],
  },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'invalid',
    title: ['同一个幂等键用于不同的内容', 'The idempotency key was used with another body'],
  },
  DUPLICATE: {
    kind: 'conflict',
    title: ['本单位已有这个人的个案', 'The unit has a case about this person'],
  },
  CASE_NO_TAKEN: { kind: 'conflict', title: ['案号已被使用', 'The case number is taken'] },
  UNIT_CLOSED: { kind: 'conflict', title: ['单位已撤并', 'The unit is closed'] },
  UNIT_IN_USE: {
    kind: 'conflict',
    title: ['单位还有个案、岗位或下级单位', 'The unit still has cases, posts or units below'],
  },
  POST_CLOSED: { kind: 'conflict', title: ['岗位已撤销', 'The post is closed'] },
  POST_IN_USE: { kind: 'conflict', title: ['岗位还有职责', 'The post still answers for something'] },
  ID_TAKEN: { kind: 'conflict', title: ['编号已被使用', 'The id is taken'] },
  POST_HELD: { kind: 'conflict', title: ['岗位已有人担任', 'The post is held by somebody'] },
  WRONG_STATUS: { kind: 'conflict', title: ['个案当前状态不允许', 'The state of the case refuses it'] },
  NOT_IMPORTED: { kind: 'conflict', title: ['不是由纸质档案转入的个案', 'The case did not begin on paper'] },
  NOT_OPEN: { kind: 'conflict', title: ['没有未完成的事项', 'Nothing open to act on'] },
  ALREADY_DONE: { kind: 'conflict', title: ['已经办过', 'Already done'] },
  BLOCKED: { kind: 'conflict', title: ['条件还没有满足', 'What it needs is not there yet'] },
  OTHER_VOICE: { kind: 'conflict', title: ['应由另一人表示意愿', 'The word is for somebody else to give'] },
  CONSENT_RESTS: { kind: 'conflict', title: ['本人已表示不同意，暂不再问', 'Consent was refused; the question rests'] },
  CONSENT_MISSING: { kind: 'conflict', title: ['还没有得到本人或监护人同意', 'Consent has not been given'] },
  TOO_OFTEN: { kind: 'conflict', title: ['今天已经够多次了', 'Often enough for today'] },
  NO_DEPUTY: { kind: 'conflict', title: ['这个岗位不设代理', 'This post takes no deputy'] },
  CAP_REACHED: { kind: 'conflict', title: ['已到延期上限', 'The cap for extensions is reached'] },
  NOT_ENOUGH_MONEY: { kind: 'conflict', title: ['余额不足', 'Not enough money in the book'] },
  MORE_THAN_OWED: { kind: 'conflict', title: ['超过应归还的金额', 'More than is owed'] },
  MORE_THAN_PAYOUT: { kind: 'conflict', title: ['超过这笔支付的金额', 'More than the payout is'] },
  ALLOWANCE_AFFECTED: {
    kind: 'conflict',
    title: ['可能影响低保金，需先确认已知情', 'It may touch the allowance; say that you have seen it'],
  },
  SAME_DOCUMENT: { kind: 'conflict', title: ['同一张单据已经记过', 'This source document is already recorded'] },
  BOOKS_REFUSED: { kind: 'conflict', title: ['账簿不接受这笔记录', 'The books refuse this entry'] },
  CODE_WRONG: { kind: 'conflict', title: ['确认码不对或已失效', 'The code is wrong or over'] },
  CASE_AWAY: { kind: 'conflict', title: ['个案已移送另一系统', 'The case is with another installation'] },
  CASE_DESTROYED: { kind: 'conflict', title: ['个案内容已销毁', 'The contents of the case are destroyed'] },
  BOOK_FROZEN: { kind: 'conflict', title: ['账簿已冻结', 'The book is frozen'] },
  LIMIT_REACHED: { kind: 'conflict', title: ['已到数量上限', 'There are as many as there may be'] },
  TOO_MANY_REQUESTS: { kind: 'tooMany', title: ['请求太频繁', 'Too many requests'] },
  STALE_REVISION: { kind: 'stale', title: ['内容已被他人更新', 'Somebody else has changed it meanwhile'] },
  CASE_STUCK: { kind: 'unavailable', title: ['个案暂停处理，等待检修', 'The case is stuck and waits for repair'] },
  CASE_FROZEN: { kind: 'unavailable', title: ['个案已冻结，等待核对', 'The case is frozen until it is compared'] },
  NEWER_STATE: { kind: 'unavailable', title: ['系统正在升级', 'A newer release wrote this case'] },
  INTERNAL: { kind: 'internal', title: ['系统内部错误', 'Something went wrong inside Linli'] },
  STORE_UNAVAILABLE: { kind: 'unavailable', title: ['数据库暂时不可用', 'The store cannot commit right now'] },
  MINOR_NOT_APPROVED: {
    kind: 'forbidden',
    title: ['查阅未成年人信息需要批准', 'Reading of a minor needs an approval'],
  },
  LIMITED: { kind: 'forbidden', title: ['只存储和保护，不提供查阅', 'Only stored and protected'] },
  ACCESS_NOT_LOGGED: { kind: 'unavailable', title: ['查阅记录无法写入', 'The access log cannot be written'] },
  BUSY: { kind: 'unavailable', title: ['系统繁忙', 'Too much of this is under way'] },
} as const satisfies Record<string, { kind: RefusalKind; title: Text }>;

/** A code of the catalogue. */
export type RefusalCode = keyof typeof catalogue;

/** Makes a refusal of the catalogue. Every refusal says what and why (`detail`) and the ways out. */
export function refuse(
  code: RefusalCode,
  detail: Text,
  waysOut: readonly Text[] = [],
  errors?: Refusal['errors'],
): Refusal {
  return { code, kind: catalogue[code].kind, detail, waysOut, ...(errors ? { errors } : {}) };
}

/** What is wrong at one place of the data, in both languages as one message; the edge shows the reader's (api/issues.ts). */
export function inBoth(zh: string, en: string): string {
  return `!${zh.replaceAll('|', '¦')}|${en.replaceAll('|', '¦')}`;
}

/** INVALID_DATA at one place of the data, where what is wrong with it is the whole message. */
export function invalid(path: string, detail: Text, wayOut: Text): Refusal {
  return refuse('INVALID_DATA', detail, [wayOut], [{ path, message: inBoth(...detail) }]);
}

/** The message of something that has to be there. */
export const NEEDED = inBoth('必须填写', 'is needed');

/** The message of a value that is none of those there are. */
export function oneOf(known: readonly string[]): string {
  return inBoth(`只能是其中之一：${known.join('、')}`, `one of ${known.join(', ')}`);
}
