import { createHash, randomInt } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import {
  type ChannelRights,
  type Code,
  changeEndpoint,
  channelRights,
  countEndpoints,
  type EndpointRow,
  endpointOf,
  insertEndpoint,
  noteCode,
  type Owner,
  setCode,
  settingsOf,
  verifyByCode,
} from '../db/queries/channels.ts';
import { addSending, resend, sendingsSince } from '../db/queries/sendings.ts';
import { bodyOf } from '../door/act-body.ts';
import { uuidV5 } from '../door/act-id.ts';
import {
  type ChannelCheck,
  type ChannelName,
  type ChannelSettings,
  type Digest,
  hintOf,
  QUIET_HOURS,
  type QuietHours,
} from '../door/endpoint.ts';
import { preferencesOf } from '../door/outbox.ts';
import { testText } from '../door/outbox-text.ts';
import { dueAt } from '../door/outbox-times.ts';
import { inBoth } from '../engine/refusal.ts';
import { addMs } from '../engine/time/civil.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { type Caller, may } from './auth/caller.ts';
import { notFound, problem } from './errors.ts';
import type { ChannelChangeWish, ChannelWish } from './schemas/channels.ts';

/** Who asks, over what, when. */
export interface ChannelAsking {
  readonly sql: Sql;
  readonly caller: Caller;
  readonly now: Instant;
  readonly channels: ChannelCheck | undefined;
}

const codeLastsMs = 30 * 60_000;
const dayMs = 86_400_000;
/** Endpoints of one owner; tests of one endpoint an hour; how far back something is sent again. */
const most = { endpoints: 10, tests: 10, resendMs: 30 * dayMs } as const;
/** Codes a day. */
const mostCodes = { perAddress: 5, perPerson: 20 } as const;
/** Addresses somebody typed in, which must show whose they are before messages go there. */
const VERIFIED_BY_CODE: ReadonlySet<string> = new Set(['email', 'sms']);

/** Whose endpoint a wish names. */
export function ownerOf(caller: Caller, owner: Partial<Record<keyof Owner, string | undefined>> | undefined): Owner {
  const { person, unit, post } = owner ?? { person: caller.person };
  return { person: person ?? null, unit: unit ?? null, post: post ?? null };
}

/** The rights over an owner's endpoints. Throws the problem 404 where the caller has none. */
export async function mayManage(
  { sql, caller }: Pick<ChannelAsking, 'sql' | 'caller'>,
  owner: Owner,
): Promise<ChannelRights> {
  const adminOf = may(caller, 'channels') ? caller.unit : undefined;
  const rights = await channelRights(sql, { person: caller.person, adminOf }, owner);
  if (!rights.known || !(rights.own || rights.head || rights.admin)) throw notFound();
  return rights;
}

/** An endpoint the caller may manage, and his rights. Throws the problem 404. */
export async function endpointToManage(
  asking: Pick<ChannelAsking, 'sql' | 'caller'>,
  id: string,
): Promise<{ readonly row: EndpointRow; readonly rights: ChannelRights }> {
  const row = await endpointOf(asking.sql, id);
  if (!row || row.removedAt !== null) throw notFound();
  return { row, rights: await mayManage(asking, row) };
}

/** Makes an endpoint; its id is the request's, so that a repeat finds it. An address is sent its code. Throws the problems 404, 409, 422. */
export async function addEndpoint(asking: ChannelAsking, id: string, wish: ChannelWish): Promise<EndpointRow> {
  const { sql, caller, now } = asking;
  const requestHash = bodyOf(wish).hash;
  const known = await endpointOf(sql, id);
  if (known) {
    if (known.requestHash === requestHash) return known;
    throw problem('IDEMPOTENCY_KEY_REUSED', ['这个幂等键已用于另一项请求。', 'This key was used for another request.']);
  }
  const owner = ownerOf(caller, wish.owner);
  const rights = await mayManage(asking, owner);
  if (rights.closed) throw closedOwner();
  fits(owner, wish.channel);
  trustable(wish.trusted, rights);
  const settings = checked(asking.channels, wish.channel, wish.settings);
  if ((await countEndpoints(sql, owner)) >= most.endpoints)
    throw problem(
      'BLOCKED',
      [`每个人、单位或岗位最多 ${most.endpoints} 个渠道。`, `At most ${most.endpoints} channels each.`],
      [['先删除不用的渠道', 'Remove one that is not used first']],
    );
  const byCode = VERIFIED_BY_CODE.has(wish.channel);
  const code = byCode ? await newCode(asking, wish.channel, settings) : undefined;
  await insertEndpoint(sql, {
    ...{ id, ...owner, channel: wish.channel, settings, hint: hintOf(wish.channel, settings), requestHash },
    ...{ language: wish.language ?? 'zh', trusted: wish.trusted ?? false },
    ...quietColumns(wish.quietHours === undefined ? QUIET_HOURS : wish.quietHours),
    ...digestColumns(wish.digest ?? 'atOnce'),
    ...{ createdBy: caller.person, createdAt: now, verifiedAt: byCode ? null : now, code },
  });
  if (code) await putCode(sql, id, now);
  return (await endpointOf(sql, id))!;
}

/** Changes an endpoint. A new address has to show anew whose it is. Throws the problems 404, 409, 422. */
export async function changeChannel(asking: ChannelAsking, id: string, wish: ChannelChangeWish): Promise<EndpointRow> {
  const { sql, now } = asking;
  const { row, rights } = await endpointToManage(asking, id);
  const elsewhere = wish.settings !== undefined && !rights.admin;
  if (wish.trusted === true && (!row.trusted || elsewhere)) trustable(true, rights);
  const channel = row.channel as ChannelName;
  const settings = wish.settings && checked(asking.channels, channel, wish.settings);
  const byCode = settings !== undefined && VERIFIED_BY_CODE.has(channel);
  const code = byCode ? await newCode(asking, channel, settings) : undefined;
  const digest = wish.digest && digestColumns(wish.digest);
  const quiet = wish.quietHours;
  const preferences = preferencesOf({
    ...(quiet === undefined ? row : quietColumns(quiet)),
    ...(digest ?? { digest: row.digest, dailyAt: row.dailyAt }),
  });
  await changeEndpoint(
    sql,
    id,
    {
      ...{ settings, hint: settings && hintOf(channel, settings), language: wish.language },
      // an administrator trusted the address that was there
      trusted: elsewhere ? false : wish.trusted,
      ...{ quiet, digest, enabled: wish.enabled, verifiedAt: byCode ? null : undefined, code },
    },
    now,
    dueAt(preferences, now, false),
  );
  if (code) await putCode(sql, id, now);
  return (await endpointOf(sql, id))!;
}

/** Sends an address its code again. Throws the problems 404, 409. */
export async function sendCode(asking: ChannelAsking, id: string): Promise<EndpointRow> {
  const { sql, now } = asking;
  const { row } = await endpointToManage(asking, id);
  if (row.verifiedAt !== null) return row;
  await setCode(sql, id, await newCode(asking, row.channel as ChannelName, await settingsOf(sql, id)));
  await putCode(sql, id, now);
  return row;
}

/** Verifies an address by the code that was sent to it. Throws the problems 404, 422. */
export async function verifyChannel(asking: ChannelAsking, id: string, code: string): Promise<EndpointRow> {
  const { row } = await endpointToManage(asking, id);
  if (row.verifiedAt === null && !(await verifyByCode(asking.sql, id, code, asking.now)))
    throw problem(
      'INVALID_DATA',
      ['验证码不对，或已过期。', 'The code is wrong, or its time is over.'],
      [['核对后再输入，或重新发送验证码', 'Check it, or have a new one sent']],
      [{ path: 'code', message: inBoth('不对或已过期', 'wrong or over') }],
    );
  return (await endpointOf(asking.sql, id))!;
}

/** Puts a test on its way under the request's id. Throws the problems 404, 409. */
export async function testChannel(asking: ChannelAsking, id: string, requestId: string): Promise<string> {
  const { row } = await endpointToManage(asking, id);
  if (row.verifiedAt === null) throw notVerified();
  await fewTests(asking.sql, id, asking.now);
  const sending = uuidV5('test', requestId);
  await addSending(asking.sql, { id: sending, endpointId: id, kind: 'test', text: testText, now: asking.now });
  return sending;
}

/** Sends again what failed. Throws the problems 404, 409. */
export async function resendChannel(asking: ChannelAsking, id: string, sending: string | undefined): Promise<number> {
  const { sql, now } = asking;
  const { row } = await endpointToManage(asking, id);
  if (row.verifiedAt === null) throw notVerified();
  if (row.disabledAt !== null)
    throw problem('BLOCKED', ['这个渠道已停用。', 'The channel is disabled.'], [['先重新启用', 'Enable it first']]);
  return resend(sql, id, { sending, since: addMs(now, -most.resendMs), now });
}

function fits(owner: Owner, channel: ChannelName): void {
  if (owner.person !== null && !VERIFIED_BY_CODE.has(channel))
    throw problem(
      'INVALID_DATA',
      ['个人的渠道只能是电子邮件或短信。', 'A person has e-mail or text messages.'],
      [['群机器人和 Webhook 请设在单位或岗位上', 'Put robots and webhooks to a unit or a post']],
      [{ path: 'channel', message: inBoth('个人不能使用', 'not for a person') }],
    );
}

/** Texts leave the house only where an administrator has said that they may. */
function trustable(trusted: boolean | undefined, { admin }: ChannelRights): void {
  if (trusted && !admin)
    throw problem(
      'FORBIDDEN',
      ['只有管理员可以把渠道标为可信。', 'Only an administrator marks a channel as trusted.'],
      [['请管理员办理', 'Ask an administrator']],
    );
}

function checked(
  channels: ChannelCheck | undefined,
  channel: ChannelName,
  given: Record<string, string>,
): ChannelSettings {
  if (!channels?.available.includes(channel))
    throw problem(
      'INVALID_DATA',
      ['本系统没有配置这种渠道。', 'This channel is not set up here.'],
      [['请管理员配置，或选用其他渠道', 'Ask the administrator to set it up, or use another']],
      [{ path: 'channel', message: inBoth('没有配置', 'not set up') }],
    );
  const found = channels.check(channel, given);
  if (!Array.isArray(found)) return found as ChannelSettings;
  throw problem(
    'INVALID_DATA',
    ['渠道的设置不对。', 'The settings of the channel are not right.'],
    [],
    found.map(({ path, message: [zh, en] }) => ({
      path: `settings.${path}`.replace(/\.$/, ''),
      message: inBoth(zh, en),
    })),
  );
}

/** A code for an address. Throws the problem 409 where too many were sent to it, or at somebody's wish. */
async function newCode(
  { sql, caller, now }: ChannelAsking,
  channel: ChannelName,
  { address = '', phone = '' }: ChannelSettings,
): Promise<Code> {
  const addressHash = createHash('sha256').update(`${channel}:${address.toLowerCase()}${phone}`).digest('hex');
  if (!(await noteCode(sql, { askedBy: caller.person, addressHash, now }, mostCodes)))
    throw tooOften(['一天内发送的验证码太多。', 'Too many codes were sent within a day.']);
  return { code: String(randomInt(1_000_000)).padStart(6, '0'), until: addMs(now, codeLastsMs) };
}

const putCode = (sql: Sql, id: string, now: Instant) =>
  addSending(sql, { id: uuidV5('code', id, now), endpointId: id, kind: 'code', text: ['', ''], now });

async function fewTests(sql: Sql, id: string, now: Instant): Promise<void> {
  if ((await sendingsSince(sql, id, 'test', addMs(now, -3_600_000))) < most.tests) return;
  throw tooOften(['一小时内测试次数太多。', 'Too many tests within an hour.']);
}

const tooOften = (text: Text) => problem('TOO_OFTEN', text, [['稍后再试', 'Try again later']]);

const notVerified = () =>
  problem(
    'BLOCKED',
    ['这个地址还没有验证。', 'This address is not verified yet.'],
    [['输入收到的验证码', 'Enter the code that was sent to it']],
  );

const closedOwner = () =>
  problem(
    'BLOCKED',
    ['单位或岗位已撤并，不会再有消息。', 'The unit or post is closed: nothing would be sent there.'],
    [['请为并入的单位添加', 'Add it to the unit it went into']],
  );

const quietColumns = (quiet: QuietHours | null) => ({ quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null });

const digestColumns = (digest: Digest) =>
  typeof digest === 'string' ? { digest, dailyAt: null } : { digest: 'daily', dailyAt: digest.dailyAt };
