import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';

let scene: Scene;
let caseId: string;

const entry = (type: 'cash' | 'ledger', sourceDoc: string, amountFen: number) => ({
  type: `${type}.record`,
  data: {
    book: 'earnings',
    direction: 'in',
    channel: 'cash',
    sourceDoc,
    ...(type === 'cash' ? { amountFen, text: '集市收入' } : { lines: [{ text: '香包', amountFen }] }),
  },
});

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  await scene.act('cashHolder', caseId, entry('cash', 'SJ-1', 259_000));
  await scene.act('accountant', caseId, entry('ledger', 'SJ-1', 259_000));
  await scene.act('cashHolder', caseId, entry('cash', 'SJ-2', 1_234));
});
afterAll(() => scene?.close());

const see = async (login: Login, query = '') => {
  const answer = await scene.app.request(`/cases/${caseId}/books${query}`, {
    headers: { cookie: await signIn(scene, login) },
  });
  return { status: answer.status, text: await answer.text() };
};

describe('the page of the books', () => {
  it('shows balances, the journal and where each report is', async () => {
    const { status, text } = await see('secretary');
    expect(status).toBe(200);
    for (const word of [
      '手工收入',
      '2,602.34',
      '2,590.00',
      '现金日记账',
      '科目余额表',
      '对账单',
      '本月合计',
      'format=pdf',
    ])
      expect(text).toContain(word);
  });

  it('shows any report of any month', async () => {
    expect((await see('secretary', '?report=trial-balance')).text).toContain('试算平衡');
    expect((await see('secretary', '?report=statement')).text).toContain('人民币贰仟伍佰玖拾元整');
    expect((await see('secretary', '?report=cash-journal&month=2020-01')).text).toContain('2020年1月');
    expect((await see('secretary', '?report=no&month=x&book=y&person=z')).status).toBe(200);
  });

  it('keeps from a keeper what he has yet to record himself', async () => {
    for (const report of ['cash-journal', 'bank-reconciliation', 'trial-balance'])
      expect((await see('accountant', `?report=${report}`)).text).not.toMatch(/12\.34|2,602/);
    expect((await see('accountant')).text).toContain('＊');
  });

  it('is found by nobody who may not read the case', async () => {
    expect((await see('stranger')).status).toBe(404);
    const answer = await scene.app.request(`/cases/${caseId}/books`);
    expect(answer.headers.get('location')).toContain('/sign-in');
  });
});
