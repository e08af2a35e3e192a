import type { Login, Scene } from './scene.fixture.ts';

// What tests of the books over HTTP say and ask again and again.

/** JSON of the API, as far as a test looks at it. */
export type Json = Record<string, unknown>;

/** Money in, in cash, as most entries of a test are. */
export const moneyIn = { book: 'earnings', direction: 'in', channel: 'cash' };

/** The act by which the cash holder records money that came in. */
export const cash = (sourceDoc: string, amountFen: number) => ({
  type: 'cash.record',
  data: { ...moneyIn, sourceDoc, amountFen },
});

/** The act by which the accountant records the same. */
export const ledger = (sourceDoc: string, amountFen: number) => ({
  type: 'ledger.record',
  data: { ...moneyIn, sourceDoc, lines: [{ text: '钥匙链', amountFen }] },
});

/** Opens a case of the test program `vouchers` for two households; answers its id and theirs. */
export async function openVouchers(scene: Scene): Promise<{ readonly caseId: string; readonly persons: string[] }> {
  const response = await scene.ask('caseworker', 'POST', '/cases', {
    ...{ program: 'vouchers', unit: 'community-1', data: { need: '屋顶漏水' } },
    parties: [
      { role: 'households', name: '周某' },
      { role: 'households', name: '邱某' },
    ],
  });
  if (response.status !== 201) throw new Error(`the case was not opened: ${await response.text()}`);
  const { id, parties } = (await response.json()) as { id: string; parties: { id: string }[] };
  return { caseId: id, persons: parties.map((party) => party.id) };
}

/** Ways to ask a scene. */
export interface Asking {
  /** The words of an answer, whatever it is. */
  text(login: Login, path: string): Promise<string>;
  /** The items of a list. */
  items(login: Login, path: string): Promise<Json[]>;
  /** 200 for an act that was recorded, else the code of its refusal. */
  code(login: Login, caseId: string, act: Json): Promise<number | string>;
}

/** The ways to ask, of a scene that is set before they are used. */
export function asking(scene: () => Scene): Asking {
  const text: Asking['text'] = async (login, path) => (await scene().ask(login, 'GET', path)).text();
  return {
    text,
    items: async (login, path) => (JSON.parse(await text(login, path)) as { items: Json[] }).items,
    async code(login, caseId, act) {
      const response = await scene().ask(login, 'POST', `/cases/${caseId}/acts`, act);
      return response.status === 200 ? 200 : ((await response.json()) as { code: string }).code;
    },
  };
}
