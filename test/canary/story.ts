import { writeTables } from '../../api/sheets/write.ts';
import type { Planter } from './planting.ts';

/** JSON of the API, as far as the story looks at it. */
type Json = Record<string, unknown>;

/** Where the story is told, and by whom. */
export interface Telling {
  readonly url: string;
  readonly planter: Planter;
  /** The API key of a person of the demonstration, by id. */
  readonly keyOf: (person: string) => string;
}

/** What was refused though the story needs it, and a case that waits to be handed away. */
export interface Told {
  readonly refused: readonly string[];
  readonly toHandAway: string;
}

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const day = (days: number) => new Date(Date.now() + 8 * 3_600_000 - days * DAY_MS).toISOString().slice(0, 10);
const eventsOf = (answer: Json) => ((answer['events'] ?? []) as { data?: Json }[]).map(({ data = {} }) => ({ data }));
const overridden = { consent: 'overridden', ground: '履行法定职责所必需' };

/**
 * Everything that people can say anywhere, said once with canaries: cases, voice, transfers, inspections, books of both kinds,
 * the organisation, lists, documents, channels; and what is refused, wrong, or in an address. Answers what did not go through, and which case may leave.
 */
export async function tellAll({ url, planter, keyOf }: Telling): Promise<Told> {
  const refused: string[] = [];

  async function ask(
    who: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Json = {},
  ): Promise<{ status: number; body: Json }> {
    const form = body instanceof FormData;
    const response = await planter.fetch(path.startsWith('http') ? path : `${url}/api/v1${path}`, {
      method,
      headers: {
        ...{ authorization: `Bearer ${keyOf(`p-${who}`)}`, 'idempotency-key': planter.canary('Idempotency-Key') },
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...(headers as Record<string, string>),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text().catch((error: unknown) => {
      refused.push(`${method} ${path} broke off after ${response.status}: ${String(error)}`);
      return '';
    });
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Json) : { text } };
  }
  async function must(who: string, method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await ask(who, method, path, body);
    if (answer.status >= 400)
      refused.push(
        `${who} ${method} ${path} ${JSON.stringify(body)?.slice(0, 300)}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 400)}`,
      );
    return answer.body;
  }
  const act = (who: string, caseId: string, type: string, more: Json = {}) =>
    must(who, 'POST', `/cases/${caseId}/acts`, { type, ...more });
  const items = async (who: string, path: string) => ((await must(who, 'GET', path))['items'] ?? []) as Json[];
  /** The id that an event of an answer names. */
  const made = (answer: Json, key = 'id') =>
    eventsOf(answer)
      .map(({ data }) => data[key])
      .find((id) => typeof id === 'string') as string;
  const open = async (more: Json = {}) =>
    (
      await must('caseworker', 'POST', '/cases', {
        ...{ program: 'fule', unit: 'community-1', openedAt: ago(20), caseNo: undefined, data: { needs: '行动不便' } },
        parties: [
          { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
          { role: 'companion', name: '邱某' },
          { role: 'volunteers', name: '志愿者服务队' },
        ],
        assignments: {
          secretary: 'community-1-secretary',
          cashHolder: 'community-1-residents-representative',
          accountant: 'community-1-supervision-head',
        },
        ...more,
      })
    )['id'] as string;
  const document = async (who: string, caseId: string) => {
    const form = new FormData();
    const text = `%PDF-1.4\n${planter.canary('a document')}\n%%EOF\n`;
    form.set('file', new File([text], `${planter.canary('the name of a document')}.pdf`));
    return (await must(who, 'POST', `/cases/${caseId}/documents`, form))['id'] as string;
  };

  async function voice() {
    const caseId = await open({ caseNo: '档案-一-' });
    await act('caseworker', caseId, 'consent.refuse', {
      onBehalfOf: 'beneficiary',
      data: { note: '不愿意', witness: '邱某' },
    });
    const other = await open();
    const evidence = [await document('caseworker', other)];
    await act('caseworker', other, 'consent.give', {
      onBehalfOf: 'beneficiary',
      data: { heard: '他说愿意', separate: true },
      evidence,
      occurredAt: ago(19),
    });
    await act('caseworker', other, 'document.attach', { data: {}, evidence: [await document('caseworker', other)] });
    for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
      await act('secretary', other, 'decision.record', {
        data: { body, present: 9, for: 8, against: 0, abstain: 1, text: '同意' },
        occurredAt: ago(18),
      });
    await act('caseworker', other, 'note.add', { data: { text: '记一笔' } });
    await act('caseworker', other, 'data.correct', { data: { fields: { needs: '更正后的困难' } }, reason: '更正' });
    await act('caseworker', other, 'task.add', {
      data: { item: { name: '陪他去医院', by: 'companion', within: '3 days' } },
      reason: '补充',
    });
    await act('caseworker', other, 'task.assign', { target: 'meet', data: { to: 'p-director' } });
    await act('caseworker', other, 'task.complete', {
      target: 'meet',
      onBehalfOf: 'companion',
      data: { note: '见了面', witness: '邱某' },
    });
    await act('caseworker', other, 'task.reopen', { target: 'meet', reason: '没有见面' });
    await act('caseworker', other, 'task.skip', { target: 'meet', reason: '不用' });
    await ask('secretary', 'POST', `/cases/${other}/acts`, {
      type: 'plan.revise',
      data: { targets: { speak: '能说话' } },
      reason: '改计划',
    });
    await act('sub-district-head', other, 'stage.extend', { data: { budget: '1 month' }, reason: '延期' });
    await act('caseworker', other, 'party.add', {
      data: { role: 'volunteers', party: { name: '新志愿者' } },
      reason: '加人',
    });
    await act('caseworker', other, 'party.change', {
      target: 'companion',
      data: { party: { name: '新临时妈妈' } },
      reason: '换人',
    });
    const clocks = await items('secretary', `/cases/${other}/deadlines`);
    const clock = clocks.find((each) => each['settledAt'] === null || each['state'] === 'open') ?? clocks[0];
    const target = clock?.['id'] as string;
    await act('caseworker', other, 'deadline.nudge', { target, reason: '催一下' });
    const asked = await act('secretary', other, 'deadline.requestExtension', {
      target,
      data: { budget: '2 working days' },
      reason: '来不及',
    });
    await act('sub-district-head', other, 'deadline.decideExtension', {
      target: made(asked) ?? target,
      data: { approve: true },
      reason: '同意',
    });
    const complaint = made(
      await act('caseworker', other, 'complaint.make', {
        onBehalfOf: 'beneficiary',
        data: { text: '没有人来', witness: '王某' },
      }),
    );
    const answerer = 'director';
    const answered = await ask(answerer, 'POST', `/cases/${other}/acts`, {
      type: 'complaint.answer',
      target: complaint,
      data: { text: '已约谈' },
    });
    if (answered.status !== 200)
      await act('sub-district-head', other, 'complaint.answer', { target: complaint, data: { text: '已约谈' } });
    await act('caseworker', other, 'complaint.appeal', {
      onBehalfOf: 'beneficiary',
      target: complaint,
      data: { text: '不服', witness: '王某' },
    });
    const second = made(
      await act('caseworker', other, 'complaint.make', {
        onBehalfOf: 'beneficiary',
        data: { text: '又没有人来', witness: '王某' },
      }),
    );
    await act('caseworker', other, 'complaint.withdraw', {
      onBehalfOf: 'beneficiary',
      target: second,
      reason: '不投诉了',
    });
    const emergency = made(
      await act('caseworker', other, 'emergency.report', { data: { kind: 'abuse', text: '有人打他' } }),
    );
    await act('sub-district-head', other, 'emergency.close', { target: emergency, data: { text: '已处置' } });
    const escalated = made(
      await act('secretary', other, 'case.escalate', { data: { to: 'sub-district', text: '请协调坡道' } }),
    );
    await act('sub-district-head', other, 'case.return', { target: escalated, data: { text: '已列支' } });
    const erasure = made(
      await act('caseworker', other, 'erasure.request', {
        onBehalfOf: 'beneficiary',
        data: { note: '删掉', witness: '王某' },
      }),
    );
    await act('director', other, 'erasure.answer', {
      target: erasure,
      data: { text: '结案后处理', decision: 'refused' },
    });
    const erasure2 = made(
      await act('caseworker', other, 'erasure.request', {
        onBehalfOf: 'beneficiary',
        data: { note: '删掉', witness: '王某' },
      }),
    );
    await act('caseworker', other, 'erasure.withdraw', {
      onBehalfOf: 'beneficiary',
      target: erasure2,
      evidence: [await document('caseworker', other)],
      data: { note: '算了', witness: '王某' },
    });
    const hold = made(await act('director', other, 'hold.set', { reason: '有诉讼', data: { ground: 'litigation' } }));
    await act('sub-district-head', other, 'hold.lift', { target: hold, reason: '诉讼结束' });
    const opened = await act('director-2', other, 'access.breakGlass', { reason: '紧急', data: { minutes: 30 } });
    const glass = `access-${(opened['act'] as Json | undefined)?.['id']}`;
    await act('director', other, 'access.end', { target: glass, reason: '看完' });
    await act('director', other, 'access.review', { target: glass, data: { justified: true, text: '属实' } });
    await act('director', other, 'access.approve', { data: {}, reason: '可以' });
    await act('director', other, 'case.suspend', { reason: '住院', data: {} });
    await act('director', other, 'case.resume', { reason: '出院' });
    await act('caseworker', other, 'consent.withdraw', {
      onBehalfOf: 'beneficiary',
      data: { note: '不要了', witness: '邱某' },
    });
    const done = await open();
    await act('caseworker', done, 'consent.give', {
      onBehalfOf: 'beneficiary',
      data: { witness: '邱某' },
      occurredAt: ago(19),
    });
    await act('director', done, 'case.close', { data: { outcome: 'moved', text: '迁走' } });
    return other;
  }

  /** Stages, what is awaited, pauses, and how a case ends and begins again. */
  async function plans() {
    const { id: caseId, parties } = (await must('caseworker', 'POST', '/cases', {
      ...{ program: 'words', unit: 'community-1', data: { need: '屋顶漏水' }, openedAt: ago(9) },
      parties: [
        { role: 'neighbour', name: '周某' },
        { role: 'neighbour', name: '邱某' },
      ],
    })) as unknown as { id: string; parties: { id: string }[] };
    await act('secretary', caseId, 'plan.revise', { data: { targets: { first: '不再漏水' } }, reason: '写明' });
    await act('secretary', caseId, 'decision.record', {
      data: { body: 'two-committees', present: 9, for: 9, against: 0, abstain: 0 },
    });
    const way = (name: string) => ({
      target: 'firstWay',
      data: { name, text: '怎么修', costFen: 30_000 },
      reason: '比较',
    });
    await act('secretary', caseId, 'option.add', way('补瓦'));
    await act('secretary', caseId, 'option.add', way('换顶'));
    const [no, yes] = ['1', '2'].map((option) => ({ target: 'firstWay', data: { option }, reason: '说明理由' }));
    await act('secretary', caseId, 'option.reject', no!);
    await act('secretary', caseId, 'option.choose', yes!);
    await act('secretary', caseId, 'group.setSize', { target: 'firstHomes', data: { size: 2 }, reason: '两户' });
    const clock = (await items('secretary', `/cases/${caseId}/deadlines`))[0]?.['id'];
    await act('secretary', caseId, 'deadline.pause', { target: clock, data: { kind: 'papers' }, reason: '等证明' });
    await act('secretary', caseId, 'deadline.resume', { target: clock, data: { kind: 'papers' }, reason: '证明来了' });
    await act('caseworker', caseId, 'await.occur', {
      target: 'firstPaper',
      data: { fields: { need: '证明上写的需要' }, note: '收到', witness: '罗某' },
      reason: '收到证明',
    });
    await act('secretary', caseId, 'milestone.reach', {
      target: 'firstDone',
      data: { fields: { need: '已经修好' }, note: '看过' },
    });
    await act('caseworker', caseId, 'stage.repeat', { reason: '再来一次' });
    await act('secretary', caseId, 'stage.skip', { reason: '不用' });
    const running = (await items('secretary', `/cases/${caseId}/deadlines`)).find(
      (each) => each['state'] === 'running',
    );
    await act('director', caseId, 'deadline.nudge', { target: running?.['id'], reason: '快一点' });
    const message = (await items('secretary', '/inbox')).find((each) => each['caseId'] === caseId);
    await act('secretary', caseId, 'message.acknowledge', { target: message?.['id'], reason: '知道了' });
    await act('caseworker', caseId, 'party.end', { target: parties[1]?.id, data: { why: 'left' }, reason: '搬走了' });
    await act('secretary', caseId, 'case.close', { data: { outcome: 'done', text: '办好了' } });
    await act('secretary', caseId, 'case.reopen', { reason: '又漏水了' });
  }

  /** A plan that another case decides on; what that makes public, and what is objected to it. */
  async function deliberation() {
    const asking = await open();
    await act('caseworker', asking, 'consent.give', {
      onBehalfOf: 'beneficiary',
      data: { witness: '邱某' },
      occurredAt: ago(19),
    });
    await act('secretary', asking, 'plan.deliberate', { data: { text: '请议定帮扶方案' } });
    const caseId = (
      await must('caseworker', 'POST', '/cases', {
        ...{ program: 'deliberation', unit: 'community-1', data: { matter: '装扶手' }, parties: [] },
        assignments: { secretary: 'community-1-secretary', supervisor: 'community-1-supervision-head' },
      })
    )['id'] as string;
    const evidence = [await document('secretary', caseId)];
    await act('secretary', caseId, 'task.complete', { target: 'hear', data: { note: '走访' } });
    await act('secretary', caseId, 'task.complete', {
      ...{ target: 'gather', data: { fields: { opinions: '都要' } }, evidence },
    });
    await act('secretary', caseId, 'task.complete', { target: 'write', data: { fields: { proposal: '装两道' } } });
    for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
      await act('secretary', caseId, 'decision.record', {
        data: { body, eligible: 9, present: 9, for: 8, against: 0, abstain: 1, text: '同意' },
        evidence,
      });
    const post = () =>
      act('secretary', caseId, 'disclosure.post', { target: 'decision', data: { text: '拟装两道扶手', days: 7 } });
    await post();
    await act('secretary', caseId, 'disclosure.takeDown', { target: 'decision', reason: '写错了' });
    await post();
    const [notice] = await items('secretary', '/public/disclosures');
    await must('caseworker', 'POST', `/public/disclosures/${notice?.['id']}/objections`, {
      ...{ text: '扶手太少', contact: '王某' },
    });
    await act('caseworker', caseId, 'objection.raise', { target: 'decision', data: { text: '太高', contact: '李某' } });
    await act('accountant', caseId, 'objection.decide', {
      target: 'objection-1',
      data: { outcome: 'dismissed', text: '够了' },
    });
  }

  /** A case in which nothing is left open between the people of this house. */
  async function departing() {
    const caseId = await open();
    await act('caseworker', caseId, 'note.add', { data: { text: '要迁走了' } });
    return caseId;
  }

  async function transfers() {
    const give = async (caseId: string) =>
      act('caseworker', caseId, 'consent.give', {
        onBehalfOf: 'beneficiary',
        data: { witness: '邱某' },
        occurredAt: ago(19),
      });
    const caseId = await open();
    await give(caseId);
    const offer = () =>
      act('caseworker', caseId, 'case.offerTransfer', {
        reason: '已迁走',
        data: { unit: 'community-2', ...overridden },
      });
    await offer();
    await act('secretary', caseId, 'case.revokeTransfer', { reason: '撤回' });
    await offer();
    await act('director-2', caseId, 'case.refuseTransfer', { reason: '户籍不在' });
    await act('caseworker', caseId, 'case.offerTransfer', {
      reason: '再送',
      data: { unit: 'community-2', consent: 'given', witness: '赵某', note: '他愿意' },
    });
    await act('director-2', caseId, 'case.acceptTransfer', {
      reason: '接收',
      data: { assignments: { secretary: 'community-2-secretary' } },
    });
    const other = await open();
    await give(other);
    const referral = {
      unit: 'community-2',
      program: 'fule',
      text: '请帮他走访',
      data: { needs: '需要走访' },
      ...overridden,
    };
    // the name of a role says nothing either: the list of requests shows it, without a key
    const named = await ask('caseworker', 'POST', `/cases/${other}/acts`, {
      ...{ type: 'case.refer', reason: '转介' },
      data: { ...referral, assignments: { [planter.canary('the name of a role')]: 'community-2-secretary' } },
    });
    if (named.status !== 422) refused.push(`a canary as the name of a role was answered ${named.status}`);
    await act('caseworker', other, 'case.refer', {
      reason: '转介',
      data: { ...referral, share: { fields: ['needs'], parties: ['beneficiary', 'companion'] } },
    });
    // what the other unit is told now waits outside the case, for the case that is opened there
    await act('director-2', other, 'case.acceptTransfer', {
      data: { assignments: { secretary: 'community-2-secretary' } },
    });
    // a refusal that is kept and says again what was asked
    await ask('caseworker', 'POST', `/cases/${other}/acts`, {
      ...{ type: 'deadline.nudge', target: planter.canary('a target that is not there') },
      reason: '催一下',
    });
  }

  async function history() {
    const caseId = await open({ imported: true });
    const entry = {
      occurredAt: day(30).slice(0, 7),
      text: '上门看望',
      source: '走访本',
      persons: [{ name: '邱某', role: 'companion' }],
      amounts: [{ text: '慰问金', direction: 'in', amountFen: 100 }],
    };
    const imported = await act('caseworker', caseId, 'case.import', {
      data: { events: [{ type: 'visit', ...entry }] },
    });
    await act('caseworker', caseId, 'history.correct', {
      target: made(imported, 'entry') ?? made(imported),
      data: entry,
      reason: '抄错',
    });
  }

  async function inspections(caseId: string) {
    const sample = (
      await must('auditor', 'POST', '/audit/samples', { unit: 'district-1', size: 200, seed: '摇号二零二六' })
    )['id'] as string;
    const found = await act('auditor', caseId, 'inspection.record', {
      data: {
        sample,
        method: 'phone',
        text: '电话核实',
        findings: [{ text: '缺一次走访', answers: 'secretary', within: '5 working days' }],
      },
    });
    const id = ((found['events'] ?? []) as { type: string; data: Json }[]).find(
      ({ type }) => type === 'finding.recorded',
    )?.data['id'] as string;
    await act('secretary', caseId, 'finding.answer', { target: id, data: { text: '已补' } });
    await act('auditor', caseId, 'finding.return', {
      target: id,
      data: { text: '没有照片', within: '3 working days' },
    });
    await act('secretary', caseId, 'finding.answer', { target: id, data: { text: '已补照片' } });
    await act('auditor', caseId, 'finding.accept', { target: id, reason: '可以' });
    const bulletin = await must('auditor', 'POST', '/audit/published-bulletins', { sample });
    await must('auditor', 'POST', '/audit/published-bulletins', {
      sample,
      corrects: bulletin['id'],
      reason: '更正通报',
    });
    for (const record of await items('secretary', '/accountability')) {
      const where = record['caseId'] as string;
      await act('secretary', where, 'accountability.answer', { target: record['id'], data: { text: '当时病休' } });
      await act('director', where, 'accountability.decide', {
        target: record['id'],
        data: { outcome: 'noted', text: '不予追究' },
      });
      await act('secretary', where, 'accountability.appeal', { target: record['id'], data: { text: '申诉' } });
      break;
    }
  }

  async function books() {
    const { id: caseId, parties } = (await must('caseworker', 'POST', '/cases', {
      ...{ program: 'vouchers', unit: 'community-1', data: { need: '屋顶漏水' }, openedAt: ago(28) },
      parties: [
        { role: 'households', name: '周某' },
        { role: 'households', name: '邱某' },
      ],
    })) as unknown as { id: string; parties: { id: string }[] };
    const one = parties[0]!.id;
    const kept = (sourceDoc: string, amountFen: number, more: Json = {}) => ({
      data: { book: 'kept', direction: 'in', channel: 'cash', sourceDoc, amountFen, text: '卖手工品', ...more },
    });
    const entry = (sourceDoc: string, amountFen: number, more: Json = {}) => ({
      data: {
        book: 'kept',
        direction: 'in',
        channel: 'cash',
        sourceDoc,
        text: '卖手工品',
        lines: [{ text: '笔筒', amountFen, party: one, buyer: '共建单位', purpose: '过冬' }],
        ...more,
      },
    });
    const drafts = async () =>
      (await items('director', `/cases/${caseId}/books/drafts`)).map((each) => each['id'] as string);
    const review = async (approve = true) => {
      for (const target of await drafts())
        await act('director', caseId, 'voucher.review', { target, data: { approve, text: '复核' } });
    };
    await act('cash-holder', caseId, 'cash.record', kept('S-1', 20_000));
    await act('accountant', caseId, 'ledger.record', entry('S-1', 20_000));
    await review(false);
    await act('accountant', caseId, 'ledger.record', entry('S-1', 20_000));
    await review();
    await act('cash-holder', caseId, 'cash.record', kept('S-2', 5_000));
    await act('accountant', caseId, 'ledger.record', entry('S-2', 4_000));
    await review();
    await act('secretary', caseId, 'books.reconcile', { data: { book: 'kept' } });
    const discrepancies =
      ((await must('secretary', 'GET', `/cases/${caseId}/books/reconciliations`)) as { discrepancies?: Json[] })
        .discrepancies ?? [];
    const target = discrepancies[0]?.['id'];
    await act('accountant', caseId, 'discrepancy.explain', { target, data: { text: '看错' } });
    await act('secretary', caseId, 'discrepancy.decide', {
      target,
      data: { decision: 'correct', text: '改账' },
    });
    const voucher = (await items('auditor', `/cases/${caseId}/books/accounts`)).at(-1)?.['id'];
    await act('accountant', caseId, 'entry.reverse', { target: voucher, reason: '记错', data: { text: '红字' } });
    await review();
    await act('accountant', caseId, 'ledger.record', entry('S-2', 5_000));
    await review();
    // household money and advances
    const lines = [1, 2].map((n) => ({ payer: `3-${n}`, amountFen: 1_000, receipt: `SJ-${n}` }));
    const fees = { book: 'funds', direction: 'in', channel: 'bank', sourceDoc: 'F-1' };
    await act('cash-holder', caseId, 'cash.record', { data: { ...fees, amountFen: 2_000, text: '改造费', lines } });
    await act('accountant', caseId, 'ledger.record', {
      data: { ...fees, lines: lines.map((each) => ({ ...each, text: '改造费', kind: 'fee', purpose: '改造' })) },
    });
    await review();
    const giver = { kind: 'person', name: '罗某', contact: '某路 1 号' };
    await act('secretary', caseId, 'gift.record', {
      data: {
        book: 'kept',
        kind: 'inKind',
        item: '大米',
        quantity: 2,
        unit: '袋',
        valueFen: 12_000,
        receivedBy: '周某',
        giver,
        witness: '邱某',
        purpose: '过冬',
      },
    });
    await act('cash-holder', caseId, 'gift.record', {
      data: {
        book: 'funds',
        kind: 'cash',
        channel: 'bank',
        amountFen: 300,
        sourceDoc: 'G-1',
        giver,
        purpose: '修路',
        text: '心意',
      },
    });
    await act('secretary', caseId, 'gift.thank', { data: { how: 'letter', text: '谢谢您的大米。' } });
    const gift = (await items('secretary', `/cases/${caseId}/books/gifts`)).find((each) => each['kind'] === 'inKind');
    await act('secretary', caseId, 'gift.reverse', { target: gift?.['id'], reason: '没有收到' });
    const claim = {
      book: 'funds',
      amountFen: 500,
      paid: 'into the book',
      helper: { name: '罗某' },
      for: '摊位费',
      sourceDoc: 'D-1',
      households: ['3-1'],
    };
    await act('caseworker', caseId, 'advance.record', { data: claim });
    await act('caseworker', caseId, 'advance.record', { data: { ...claim, sourceDoc: 'D-2' } });
    const [first, other] = await items('secretary', `/cases/${caseId}/books/advances`);
    await act('secretary', caseId, 'advance.withdraw', { target: other?.['id'], reason: '重复' });
    const lent = { book: 'funds', direction: 'in', channel: 'bank', sourceDoc: 'D-1', advance: first?.['id'] };
    await act('cash-holder', caseId, 'cash.record', { data: { ...lent, amountFen: 500 } });
    await act('accountant', caseId, 'ledger.record', {
      data: { ...lent, lines: [{ text: '垫付', amountFen: 500, kind: 'advance' }] },
    });
    await review();
    await act('cash-holder', caseId, 'advance.repay', {
      target: first?.['id'],
      data: { channel: 'bank', amountFen: 500, sourceDoc: 'R-1', text: '归还' },
    });
    // payouts
    const ask1 = {
      data: { book: 'kept', channel: 'cash', amountFen: 500, text: '生活费', party: one, witness: '罗某' },
    };
    for (const verdict of ['payout.refuse', 'payout.approve'])
      await act('secretary', caseId, verdict, {
        target:
          made(await act('accountant', caseId, 'payout.request', { onBehalfOf: one, ...ask1 })) ??
          (((await must('secretary', 'GET', `/cases/${caseId}/books`))['payouts'] ?? []) as Json[]).at(-1)?.['id'],
        data: { text: '意见' },
        reason: '意见',
      });
    const payout = (((await must('secretary', 'GET', `/cases/${caseId}/books`))['payouts'] ?? []) as Json[]).find(
      (each) => each['state'] === 'approved',
    )?.['id'];
    await act('secretary', caseId, 'payout.issueCode', { target: payout, data: { way: 'slip' }, reason: '发码' });
    await act('cash-holder', caseId, 'cash.record', {
      data: { book: 'kept', direction: 'out', channel: 'cash', sourceDoc: 'P-1', amountFen: 500, payout, text: '付出' },
    });
    await act('accountant', caseId, 'ledger.record', {
      data: {
        book: 'kept',
        direction: 'out',
        channel: 'cash',
        sourceDoc: 'P-1',
        payout,
        lines: [{ text: '生活费', amountFen: 500, party: one }],
      },
    });
    await review();
    await act('caseworker', caseId, 'payout.confirm', {
      target: payout,
      onBehalfOf: one,
      data: { witness: '罗某', note: '收到' },
      evidence: [await document('caseworker', caseId)],
    });
    // the bank, counts and closings
    const bank = { date: day(0), direction: 'in', counterparty: '周某', text: '改造费', reference: 'B-1' };
    const imported = await act('accountant', caseId, 'statement.import', {
      data: {
        book: 'funds',
        channel: 'bank',
        lines: [
          { ...bank, amountFen: 2_000 },
          { ...bank, amountFen: 77, reference: 'B-2' },
        ],
      },
    });
    await act('secretary', caseId, 'cash.count', {
      data: {
        book: 'kept',
        denominations: { '10000': 2, '1000': 4, '500': 1 },
        channels: { bank: 0 },
        witness: 'p-cash-holder',
        text: '清点',
      },
    });
    const match = eventsOf(imported).flatMap(({ data }) => (data['matches'] ?? []) as Json[])[0]?.['id'];
    await act('accountant', caseId, 'statement.unmatch', { target: match, reason: '对错了' });
    await act('accountant', caseId, 'statement.match', { data: { book: 'funds', channel: 'bank' }, reason: '对账' });
    await act('cash-holder', caseId, 'books.closeDay', { data: { book: 'kept', day: day(0) } });
    // papers of two numbers about one movement
    const paid = { book: 'funds', direction: 'in', channel: 'bank' };
    const money = await act('cash-holder', caseId, 'cash.record', {
      data: { ...paid, sourceDoc: 'M-1', amountFen: 300, text: '利息' },
    });
    await act('accountant', caseId, 'ledger.record', {
      data: {
        ...paid,
        sourceDoc: 'M-2',
        lines: [{ text: '利息', amountFen: 300, kind: 'otherIncome', purpose: '利息' }],
      },
    });
    const [draft] = await drafts();
    const posted = await act('director', caseId, 'voucher.review', {
      target: draft,
      data: { approve: true, text: '复核' },
    });
    const entryOf = (answer: Json) =>
      eventsOf(answer).map(({ data }) => (data['entry'] as Json | undefined)?.['id'])[0] as string;
    await act('secretary', caseId, 'books.match', {
      data: { book: 'funds', cash: [entryOf(money)], ledger: [entryOf(posted)] },
      reason: '同一笔',
    });
    const { id: fresh } = (await must('caseworker', 'POST', '/cases', {
      ...{ program: 'vouchers', unit: 'community-1', data: { need: '屋顶漏水' } },
      parties: [{ role: 'households', name: '周某' }],
    })) as unknown as { id: string };
    await act('cash-holder', fresh, 'book.handOver', {
      data: { book: 'funds', side: 'cash', channels: { bank: 0 }, witness: 'p-caseworker', text: '交接' },
      reason: '交接',
    });
    const month = day(Number(day(0).slice(8))).slice(0, 7);
    await act('accountant', fresh, 'books.closeMonth', { data: { book: 'kept', month }, reason: '结账' });
    await act('caseworker', fresh, 'books.archive', { data: { book: 'kept', month, place: '档案柜' }, reason: '归档' });
    return caseId;
  }

  async function organisation() {
    const id = (what: string) => `${what}-${Date.now()}`;
    const [unit, post, person] = [id('u'), id('post'), id('p')];
    await must('admin', 'POST', '/people', { id: person, name: '钱某' });
    await must('admin', 'PATCH', `/people/${person}`, { name: '钱某某' });
    await must('admin', 'POST', '/units', {
      id: unit,
      level: 'community',
      above: 'subdistrict-1',
      name: ['北苑', 'Beiyuan'],
    });
    await must('admin', 'PATCH', `/units/${unit}`, { name: ['北苑社区', 'Beiyuan'] });
    await must('admin', 'POST', '/posts', { id: post, kind: 'caseworker', unit, name: ['专职', 'worker'] });
    await must('admin', 'PATCH', `/posts/${post}`, { name: ['专职一', 'worker'] });
    const appointed = await must('admin', 'POST', '/appointments', {
      post,
      person,
      pledge: { text: '责任书', signedOn: day(1) },
    });
    await must('admin', 'POST', `/appointments/${appointed['id']}/handover`, {
      to: 'p-caseworker',
      reason: '调动',
      note: '交清',
      pledge: { text: '责任书二', signedOn: day(0) },
    });
    await must('admin', 'POST', '/retention/periods', {
      unit: 'district-1',
      class: 'daily',
      years: 50,
      source: '本区规定',
    });
    await must('secretary', 'PUT', '/posts/community-1-secretary/card', {
      showName: true,
      services: ['办证'],
      telephone: '010-1234567',
      languages: ['zh'],
    });
    await must('secretary', 'POST', '/channels', {
      channel: 'email',
      settings: { address: `${planter.canary('a channel’s address')}@example.cn` },
      quietHours: null,
    });
    await must('admin', 'POST', '/units', { id: id('two'), level: 'community', above: 'subdistrict-1', name: '单名' });
    await must('admin', 'POST', '/posts', { id: id('post2'), kind: 'caseworker', unit, name: '单名岗' });
    await must('admin', 'PATCH', `/units/${unit}`, { name: '单名' });
    await must('admin', 'PATCH', `/posts/${post}`, { name: '单名岗' });
    await must('admin', 'POST', `/units/${unit}/split`, {
      into: [
        { id: id('s'), name: '南苑', posts: [post], cases: [] },
        { id: id('w'), name: ['西苑', 'Xiyuan'], posts: [], cases: [] },
      ],
    });
    await must('admin', 'PUT', '/calendars/2031', {
      year: 2031,
      source: [{ number: '国办发明电〔2030〕9号', title: '放假安排', url: 'https://www.gov.cn/zhengce/1.htm' }],
      days: [{ date: '2031-01-01', name: '元旦', off: true }],
      reason: '录入',
    });
    await must('admin', 'PUT', '/calendars/2032', {
      ...{ $schema: 'https://example.org/schema.json', $id: 'https://example.org/2032.json', year: 2032 },
      papers: ['https://www.gov.cn/zhengce/2.htm'],
      days: [{ name: '元旦', date: '2032-01-01', isOffDay: true }],
      reason: '录入',
    });
  }

  async function lists() {
    const columns = ['本人姓名', '本人出生日期', '临时妈妈姓名', '困难与需要'];
    const row = (day: string) => [
      planter.canary('a list: a name'),
      day,
      planter.canary('a list: another name'),
      planter.canary('a list: words'),
    ];
    const form = new FormData();
    const bytes = await writeTables('xlsx', [{ columns, rows: [row('1960-01-01'), row('19-1-no date')] }]);
    form.set('file', new File([new Uint8Array(bytes)], `${planter.canary('the name of a list')}.xlsx`));
    form.set('program', 'fule');
    form.set('unit', 'community-1');
    const { id } = await must('caseworker', 'POST', '/imports', form);
    await must('caseworker', 'POST', `/imports/${id}/run`, {});
    await items('caseworker', `/imports/${id}/rows`);
    await must('caseworker', 'GET', `/imports/${id}/errors`);
    const org = new FormData();
    org.set(
      'file',
      new File(
        [`人员,姓名\n${planter.canary('an organisation list')},x\n`],
        `${planter.canary('the name of an organisation list')}.csv`,
      ),
    );
    await ask('admin', 'POST', '/organisation/imports', org);
  }

  async function simulation() {
    const script = [{ as: 'caseworker', at: ago(19), type: 'note.add', reason: '试', data: { text: '试一试' } }];
    await ask('caseworker', 'POST', '/programs/fule/simulate', {
      openedAt: ago(20),
      until: ago(1),
      data: { needs: '行动不便' },
      script,
    });
  }

  async function wrong(caseId: string) {
    const word = (where: string) => planter.canary(`wrong: ${where}`);
    const paths = [
      `/cases/${word('an id')}`,
      `/cases?q=${word('a query')}`,
      `/cases?cursor=${word('a cursor')}`,
      `/${word('a path')}`,
      `/cases/${caseId}/timeline?lang=${word('a language')}`,
      `/people?q=${word('a search')}`,
      `/audit/events?person=${word('a filter')}`,
      `/units/${word('a unit')}`,
    ];
    for (const path of paths)
      await ask('caseworker', 'GET', path, undefined, {
        'user-agent': word('a user agent'),
        'x-request-id': word('a request id'),
        'x-linli-purpose': word('a purpose'),
      });
    for (const path of [
      `${url}/${word('a page')}`,
      `${url}/cases/${word('a page of a case')}`,
      `${url}/sign-in?back=/${word('back')}`,
      `${url}/calendar/${word('a token')}.ics`,
    ])
      await ask('caseworker', 'GET', path, undefined, {
        'user-agent': word('a user agent'),
        referer: `http://x/${word('a referer')}`,
      });
    const headers = { authorization: `Bearer ${word('an API key')}` };
    await ask('caseworker', 'GET', '/cases', undefined, headers);
    const signIn = new URLSearchParams({ key: word('a key on the page'), back: `/${word('a way back')}` }).toString();
    await planter.fetch(`${url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': word('a user agent signing in') },
      body: signIn,
    });
    const good = new URLSearchParams({ key: keyOf('p-caseworker'), back: '/' }).toString();
    await planter.fetch(`${url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': word('a user agent signed in') },
      body: good,
    });
    const bodies: unknown[] = [
      { type: word('a type of act') },
      { type: 'note.add', data: { text: 5, [word('a field that is not there')]: 1 } },
      { type: 'note.add', target: word('a target'), data: { text: '…' }, [word('a key')]: 1 },
      { type: 'task.complete', target: word('a task that is not there'), data: { note: '…' } },
      {
        type: 'decision.record',
        data: { body: word('a body that is not there'), present: 1, for: 1, against: 0, abstain: 0 },
      },
      { type: 'complaint.make', data: { text: '…', about: word('nobody') } },
      { type: 'party.change', target: word('nobody'), data: { party: { name: '罗某' } }, reason: '换' },
      { type: 'note.add', occurredAt: word('a time'), data: { text: '…' } },
      { type: 'note.add', occurredAt: '2999-01-01T00:00:00Z', data: { text: '…' } },
      { type: 'note.add', evidence: [word('evidence')], data: { text: '…' } },
      {
        type: 'cash.record',
        data: { book: word('a book'), direction: 'in', channel: 'cash', amountFen: 1, sourceDoc: 'x' },
      },
      { type: 'case.close', data: { outcome: word('an outcome') } },
      { type: 'access.approve', data: { person: word('a person') } },
    ];
    // what no case of this story has come to yet
    for (const type of ['request', 'approve', 'refuse', 'revoke'])
      await ask('director', 'POST', `/cases/${caseId}/acts`, { type: `destruction.${type}`, reason: '期限已满' });
    await ask('director', 'POST', `/cases/${caseId}/acts`, {
      ...{ type: 'books.giveStatement', data: { book: 'earnings' }, reason: '交付' },
    });
    // no API key makes another
    await ask('caseworker', 'POST', '/keys', { label: '对账程序', scope: 'read', days: 30 });
    for (const body of bodies) await ask('caseworker', 'POST', `/cases/${caseId}/acts`, body);
    for (const body of bodies.slice(3)) await ask('caseworker', 'POST', `/cases/${caseId}/acts?dryRun=true`, body);
    const raw = async (text: string, type = 'application/json') =>
      planter.fetch(`${url}/api/v1/cases/${caseId}/acts?x=${word('a query of a bad request')}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${keyOf('p-caseworker')}`, 'content-type': type },
        body: text,
      });
    await raw(`{"type": ${word('no JSON')}`);
    await raw(word('a body of another type'), 'text/plain');
    await planter.fetch(`${url}/api/v1/cases/${caseId}/acts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keyOf('p-caseworker')}`, 'content-type': 'application/json' },
      body: Buffer.from(`{"type":"note.add" ${word('half of JSON')}`),
    });
    await ask('caseworker', 'POST', '/cases', {
      program: word('a program'),
      unit: 'community-1',
      data: {},
      parties: [],
    });
    await ask('admin', 'POST', '/posts', {
      id: `x ${word('a wrong id')}`,
      kind: 'caseworker',
      unit: 'community-1',
      name: 'x',
    });
    await ask('admin', 'POST', '/appointments', { post: word('no post'), person: word('no person') });
  }

  const part = async (name: string, tell: () => Promise<unknown>) => {
    try {
      return await tell();
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
      return undefined;
    }
  };
  const other = String(await part('voice', voice));
  await part('plans', plans);
  await part('deliberation', deliberation);
  await part('transfers', transfers);
  await part('history', history);
  await part('inspections', () => inspections(other));
  await part('books', books);
  await part('organisation', organisation);
  await part('lists', lists);
  await part('simulation', simulation);
  await part('wrong', () => wrong(other));
  return { refused, toHandAway: String(await part('departing', departing)) };
}
