import readWorkbook from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
let caseId: string;
const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);

const cash = (sourceDoc: string, amountFen: number, more = {}) => ({
  type: 'cash.record',
  data: {
    book: 'earnings',
    direction: 'in',
    channel: 'cash',
    sourceDoc,
    amountFen,
    text: `${sourceDoc} 集市收入`,
    ...more,
  },
});
const ledger = (sourceDoc: string, amountFen: number, line = {}) => ({
  type: 'ledger.record',
  data: {
    book: 'earnings',
    direction: 'in',
    channel: 'cash',
    sourceDoc,
    lines: [{ text: '手工钥匙链', amountFen, ...line }],
  },
});

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  await scene.act('cashHolder', caseId, cash('SJ-1', 250_000));
  await scene.act(
    'accountant',
    caseId,
    ledger('SJ-1', 250_000, { quantity: 100, priceFen: 2_500, buyer: '某合作单位' }),
  );
  await scene.act('cashHolder', caseId, cash('SJ-2', 9_000));
  await scene.act('accountant', caseId, ledger('SJ-2', 9_000));
});
afterAll(() => scene?.close());

interface Table {
  readonly key: string;
  readonly rows: { kind: string; cells: Record<string, string | number | null> }[];
}
const report = async (login: Login, key: string, query = '') => {
  const response = await scene.ask(login, 'GET', `/cases/${caseId}/books/reports/${key}?month=${month}${query}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as {
    title: string;
    facts: { key: string; value: unknown }[];
    notices: string[];
    tables: Table[];
    notes: string[];
  };
};
const file = async (path: string) => {
  const response = await scene.ask('secretary', 'GET', path);
  expect(response.status, path).toBe(200);
  return { bytes: new Uint8Array(await response.arrayBuffer()), type: response.headers.get('content-type') };
};
const textOf = async (bytes: Uint8Array) =>
  (await extractText(await getDocumentProxy(bytes), { mergePages: true })).text.replaceAll(/\s/g, '');

describe('reports of the books', () => {
  it('lists what there is', async () => {
    const response = await scene.ask('secretary', 'GET', `/cases/${caseId}/books/reports`);
    const { items } = (await response.json()) as { items: { report: string; title: string }[] };
    expect(items.map(({ title }) => title)).toContain('现金日记账');
    for (const { report: key } of items) {
      await report('secretary', key);
    }
  });

  it('keep the journal with its sums', async () => {
    const { tables } = await report('secretary', 'cash-journal');
    expect(
      tables[0]!.rows.map(({ kind, cells }) => [kind, cells['text'], cells['inFen'], cells['balanceFen']]),
    ).toEqual([
      ['brought', '上月结余', undefined, 0],
      ['entry', 'SJ-1 集市收入', 250_000, 250_000],
      ['entry', 'SJ-2 集市收入', 9_000, 259_000],
      ['total', '本月合计', 259_000, 259_000],
      ['total', '本年累计', 259_000, 259_000],
    ]);
  });

  it('balance the accounts', async () => {
    const { tables, notes } = await report('secretary', 'trial-balance');
    expect(tables[0]!.rows.at(-1)!.cells).toMatchObject({
      debitFen: 259_000,
      creditFen: 259_000,
      closingDebitFen: 259_000,
      closingCreditFen: 259_000,
    });
    expect(notes[0]).toContain('试算平衡');
  });

  it('give the person a statement in words that names the place in the record', async () => {
    const { facts, tables } = await report('secretary', 'statement');
    const fact = (key: string) => facts.find((each) => each.key === key)?.value;
    expect(fact('closingFen')).toBe(259_000);
    expect(fact('closingInWords')).toBe('人民币贰仟伍佰玖拾元整');
    expect(fact('record')).toMatch(/^\d+ · [0-9a-f]{64}$/);
    expect(tables[0]!.rows[1]!.cells['text']).toBe('收入：手工钥匙链，100 × 25.00 元，来自某合作单位，贰仟伍佰元整');
  });

  it('agree with each other', async () => {
    const sub = await report('secretary', 'sub-ledger');
    expect(sub.notes).toContain('各户之和等于总账。');
    const uses = await report('secretary', 'sources-and-uses');
    expect(uses.tables[0]!.rows.filter(({ kind }) => kind === 'total').map(({ cells }) => cells['amountFen'])).toEqual([
      259_000, 0, 259_000,
    ]);
    const detail = await report('secretary', 'ledger', '&account=2601');
    expect(detail.tables.map(({ key }) => key)).toEqual(['2601']);
    expect(detail.tables[0]!.rows.at(-1)!.cells).toMatchObject({ side: '贷', balanceFen: 259_000 });
  });

  it.each(['cash-journal', 'general-ledger', 'ledger', 'trial-balance', 'sub-ledger', 'statement', 'sources-and-uses'])(
    'print %s so that a reader of PDF finds the words and the sums',
    async (key) => {
      const { bytes, type } = await file(`/cases/${caseId}/books/reports/${key}?month=${month}&format=pdf`);
      expect(type).toBe('application/pdf');
      const text = await textOf(bytes);
      expect(text).toContain((await report('secretary', key)).title);
      expect(text).toContain('2,590.00');
      expect(text).toContain('第1页共1页');
    },
  );

  it('write workbooks and CSV with the same figures as numbers', async () => {
    const { bytes } = await file(`/cases/${caseId}/books/reports/cash-journal?month=${month}&format=xlsx`);
    const [sheet] = await readWorkbook(Buffer.from(bytes));
    expect(sheet!.data.flat()).toContain(2590);
    const csv = await file(`/cases/${caseId}/books/reports/ledger?month=${month}&format=csv`);
    expect(new TextDecoder().decode(csv.bytes)).toMatch(/"本年累计",2590,0,"借",2590/);
  });

  it('say in every form that the month is not closed', async () => {
    const told = '本月尚未结账';
    expect((await report('secretary', 'statement')).notices.join()).toContain(told);
    const statement = `/cases/${caseId}/books/reports/statement?month=${month}`;
    expect(new TextDecoder().decode((await file(`${statement}&format=csv`)).bytes)).toContain(told);
    const [sheet] = await readWorkbook(Buffer.from((await file(`${statement}&format=xlsx`)).bytes));
    expect(sheet!.data.flat().join()).toContain(told);
    expect(await textOf((await file(`${statement}&format=pdf`)).bytes)).toContain(told);
    expect(new TextDecoder().decode((await file(`${statement}&format=csv&lang=en`)).bytes)).toContain('not closed yet');
  });

  it('write the lists of the books as workbooks and on paper', async () => {
    for (const path of ['', '/cash', '/accounts', '/reconciliations']) {
      for (const format of ['xlsx', 'pdf', 'csv']) {
        if (path === '' && format === 'csv') continue;
        const { bytes } = await file(`/cases/${caseId}/books${path}?format=${format}`);
        expect(bytes.length).toBeGreaterThan(30);
        if (format === 'pdf') expect(await textOf(bytes)).toContain('金额单位：元');
      }
    }
  });

  it('never tell a keeper the figure the other has recorded before him', async () => {
    await scene.act('cashHolder', caseId, cash('SJ-3', 23_457));
    await scene.act('cashHolder', caseId, cash('SJ-4', 1_000));
    const journal = await report('accountant', 'cash-journal');
    expect(JSON.stringify(journal)).not.toMatch(/23457|282457|283457/);
    expect(journal.tables[0]!.rows.map(({ cells }) => cells['balanceFen'])).toEqual([
      0,
      250_000,
      259_000,
      null,
      null,
      null,
      null,
    ]);
    expect(journal.notes.join()).toContain('＊');
    for (const format of ['csv', 'pdf', 'xlsx']) {
      const response = await scene.ask(
        'accountant',
        'GET',
        `/cases/${caseId}/books/reports/cash-journal?month=${month}&format=${format}`,
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      const text =
        format === 'pdf'
          ? await textOf(bytes)
          : format === 'xlsx'
            ? JSON.stringify(await readWorkbook(Buffer.from(bytes)))
            : new TextDecoder().decode(bytes);
      expect(text, format).not.toMatch(/234\.57|2,?82[0-9]\.57|2,?83[0-9]\.57/);
    }
    await scene.act('accountant', caseId, ledger('SJ-5', 77_001));
    for (const key of ['ledger', 'general-ledger', 'trial-balance', 'sub-ledger', 'statement', 'sources-and-uses'])
      expect(JSON.stringify(await report('cashHolder', key)), key).not.toMatch(/77001|336001/);
    expect(JSON.stringify(await report('secretary', 'ledger'))).toMatch(/77001/);
  });

  it('say what is wrong with a question', async () => {
    const status = async (path: string, login: Login = 'secretary') =>
      (await scene.ask(login, 'GET', `/cases/${caseId}/books/reports/${path}`)).status;
    expect(await status('nothing')).toBe(422);
    expect(await status('ledger?month=2026-13')).toBe(422);
    expect(await status('bank-journal?channel=bank')).toBe(422);
    expect(await status('bank-journal?channel=wechat')).toBe(200);
    expect(await status('ledger?book=other')).toBe(404);
    expect(await status('ledger', 'stranger')).toBe(404);
  });
});
