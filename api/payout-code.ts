import { createHash, randomBytes, randomInt } from 'node:crypto';
import { noteCode } from '../db/queries/channels.ts';
import { keepCode, lendCode, type OwnEndpoint, ownEndpoint } from '../db/queries/payout-codes.ts';
import { addSending } from '../db/queries/sendings.ts';
import { uuidV5 } from '../door/act-id.ts';
import { payoutCodeText } from '../door/outbox-text.ts';
import type { Outcome, Recorded } from '../door/outcome.ts';
import { GUARDIAN, guardianStands } from '../engine/rights.ts';
import type { State } from '../engine/state.ts';
import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { actorOf, type Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { problem } from './errors.ts';
import { caseToRead, nowOf, pinnedProgram } from './reading.ts';
import { yuan } from './timeline-text.ts';

/** Messages with a code a person may cause in a day, and an address may get. */
const mostMessages = { perAddress: 10, perPerson: 50 } as const;

/** What was given out: the code itself on a slip only, and only the first time. */
export interface GivenCode {
  readonly code: string | null;
  readonly until: Instant;
  readonly seq: number;
}

/**
 * The verified address of whoever confirms a payout: the guardian's where one stands, else the person's whose money it is.
 * Throws the problem 409 where there is none: parties need no login, and have no address of their own then.
 */
async function addressFor(
  { sql }: Pick<AppDeps, 'sql'>,
  {
    state,
    program,
    payout,
    now,
  }: { readonly state: State; readonly program: Program; readonly payout: string; readonly now: Instant },
): Promise<OwnEndpoint> {
  const def = program.books.find(({ book }) => payout.startsWith(`${book}.p.`));
  const party = def && state.books[def.book]?.payouts[payout]?.party;
  const role = guardianStands(state, program, now) ? GUARDIAN : def?.confirms;
  const person = Object.values(state.parties).find((each) =>
    party === undefined || role === GUARDIAN ? each.role === role : each.id === party,
  )?.person;
  const endpoint = person === undefined ? undefined : await ownEndpoint(sql, person);
  if (endpoint) return endpoint;
  throw problem(
    'BLOCKED',
    ['本人没有验证过的手机号或邮箱。', 'The beneficiary has no verified number or address of his own.'],
    [['用纸条（way: slip），或当面、凭见证确认', 'Use a slip (way: slip), or confirm in person or before a witness']],
  );
}

/** Throws the problem 409 when too many messages with codes went out within a day. */
async function fewMessages(
  { sql }: Pick<AppDeps, 'sql'>,
  by: string,
  endpoint: OwnEndpoint,
  now: Instant,
): Promise<void> {
  const addressHash = createHash('sha256').update(`payout ${endpoint.id}`).digest('hex');
  if (await noteCode(sql, { askedBy: by, addressHash, now }, mostMessages)) return;
  throw problem(
    'TOO_OFTEN',
    ['今天发出的确认码太多了。', 'Too many codes were sent today.'],
    [['明天再试，或用纸条', 'Try again tomorrow, or use a slip']],
  );
}

/** Which payout a code is for, which way it goes, and the id of the act that gives it out. */
export interface CodeAsked {
  readonly caseId: string;
  readonly payout: string;
  readonly way: 'slip' | 'channel';
  readonly id: string;
}

/**
 * Gives out a code that confirms a payout; `recordedOf` says what a refusal of the act is answered with. Throws the problem
 * 404 of a case that is not the caller's to know of, and 409 where no address is verified or too many codes went out.
 */
export async function issueCode(
  deps: AppDeps,
  caller: Caller,
  { caseId, payout, way, id }: CodeAsked,
  recordedOf: (outcome: Outcome) => Recorded,
): Promise<GivenCode & { readonly way: CodeAsked['way']; readonly sentTo: string | null }> {
  const { state, programHash } = await caseToRead(deps, caller, caseId);
  const program = await pinnedProgram(deps, programHash);
  const now = nowOf(deps);
  const endpoint = way === 'channel' && program ? await addressFor(deps, { state, program, payout, now }) : undefined;
  if (endpoint) await fewMessages(deps, caller.person, endpoint, now);
  const act = { type: 'payout.issueCode', target: payout, data: { way }, id, actor: actorOf(caller) };
  const given = await giveCode(deps, caseId, recordedOf(await deps.door.act({ caseId, act })), endpoint);
  return { way, ...given, sentTo: endpoint?.hint ?? null };
}

/**
 * Makes the code that an act has announced, keeps it hashed, and sends it where it goes to an address. It is made once for an
 * act: who sends the request again is shown no code. Nothing of it enters the record.
 */
async function giveCode(
  { sql }: Pick<AppDeps, 'sql'>,
  caseId: string,
  recorded: Recorded,
  endpoint: OwnEndpoint | undefined,
): Promise<GivenCode> {
  const event = recorded.events.find((each) => each.type === 'payout.codeIssued');
  if (event?.type !== 'payout.codeIssued') throw new Error('A code was given out without its event.');
  const { id: payout, code: id, until } = event.data;
  const code = String(randomInt(0, 100_000_000)).padStart(8, '0');
  const salt = randomBytes(16).toString('hex');
  const hash = createHash('sha256')
    .update(salt + code)
    .digest('hex');
  const isNew = await keepCode(sql, { caseId, payout, id, salt, hash, issuedAt: event.recordedAt });
  const given = { until, seq: recorded.seq };
  if (!isNew) return { code: null, ...given };
  if (!endpoint) return { code, ...given };
  const amountFen = recorded.case.state.books[event.data.book]?.payouts[payout]?.amountFen ?? 0;
  await lendCode(sql, endpoint.id, { code, until });
  await addSending(sql, {
    id: uuidV5('payout-code', caseId, id),
    endpointId: endpoint.id,
    kind: 'code',
    text: payoutCodeText(yuan(amountFen)),
    now: event.recordedAt,
  });
  return { code: null, ...given };
}
