import { ENTRUSTED } from '../../engine/books/accounts.ts';
import type { Text } from '../../sdk/program.ts';
import { balanceAfter, balanceBefore, type LedgerSight, movementOf, personsIn } from './accounts.ts';
import { accountTable } from './ledgers.ts';
import {
  type Column,
  moneyColumn,
  type Period,
  plusFen,
  type ReportTable,
  type Row,
  sumFen,
  textColumn,
} from './model.ts';

const money = (key: string, title: Text) => moneyColumn(key, title, 14);
const columns: readonly Column[] = [
  textColumn('person', ['户主', 'Person'], 30),
  money('openingFen', ['期初余额', 'Opening']),
  money('inFen', ['本期收入（贷）', 'In (credit)']),
  money('outFen', ['本期支出（借）', 'Out (debit)']),
  money('closingFen', ['期末余额', 'Closing']),
];

/** The ledger of one person alone: what is held for him. `null` stands for the only person of a book that holds one person's money. */
export function ledgerOfPerson(ledger: LedgerSight, person: string | null): LedgerSight {
  const own = (each: { account: string; person: string | null }) =>
    each.account === ENTRUSTED && each.person === person;
  return { ...ledger, openings: ledger.openings.filter(own), lines: ledger.lines.filter(own) };
}

/**
 * 个人分户账: what is held for each person, that together they equal the control account, and every line of each. Amounts
 * of different persons are never set off against each other.
 */
export function subLedgers(
  ledger: LedgerSight,
  period: Period,
  nameOf: (person: string | null) => string,
): { readonly tables: ReportTable[]; readonly notes: Text[] } {
  const persons = personsIn(ledger);
  const rows: Row[] = persons.map((person) => {
    const own = ledgerOfPerson(ledger, person);
    const moved = movementOf(own, ENTRUSTED, period.from, period.to);
    return {
      kind: 'entry',
      cells: {
        person: nameOf(person),
        openingFen: turned(balanceBefore(own, ENTRUSTED, period.from)),
        inFen: moved.creditFen,
        outFen: moved.debitFen,
        closingFen: turned(balanceAfter(own, ENTRUSTED, period.to)),
      },
    };
  });
  const total = Object.fromEntries(
    columns.slice(1).map(({ key }) => [key, sumFen(rows.map(({ cells }) => cells[key] as number | null))]),
  );
  const control = turned(balanceAfter(ledger, ENTRUSTED, period.to));
  const apart = plusFen(total['closingFen'] ?? null, control === null ? null : -control);
  const title = (person: string | null): Text => [
    `${ENTRUSTED} 受托代理负债：${nameOf(person)}`,
    `${ENTRUSTED} held for ${nameOf(person)}`,
  ];
  return {
    tables: [
      {
        key: 'persons',
        columns,
        rows: [
          ...rows,
          { kind: 'total', cells: { person: ['各户合计', 'All persons'], ...total } },
          {
            kind: 'total',
            cells: { person: [`总账 ${ENTRUSTED}`, `Control account ${ENTRUSTED}`], closingFen: control },
          },
        ],
      },
      ...persons.map((person) => ({
        ...accountTable(ledgerOfPerson(ledger, person), period, { code: ENTRUSTED, name: title(person) }),
        key: `${ENTRUSTED}/${person ?? ''}`,
        title: title(person),
      })),
    ],
    notes:
      apart === null
        ? []
        : apart === 0
          ? [['各户之和等于总账。', 'The persons together equal the control account.']]
          : [
              [
                '各户之和不等于总账，请立即核查。',
                'The persons together do not equal the control account: look into it at once.',
              ],
            ],
  };
}

function turned(balanceFen: number | null): number | null {
  return balanceFen === null ? null : 0 - balanceFen;
}
