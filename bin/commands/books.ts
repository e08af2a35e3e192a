import { verifyBooks } from '../../db/books-verify.ts';
import { connect } from '../../db/client.ts';
import type { RegisterCommand } from '../context.ts';
import { readKeysHere } from '../keys.ts';

/** `linli books verify`: proves the books from the tables alone. Exit code 1 and the findings when something does not hold. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('books')
    .description('proofs about the twin books')
    .command('verify')
    .description('prove balances, numbers, vouchers, red ink and duties from the tables alone')
    .option('--case <id>', 'one case only')
    .option(
      '--json',
      'for programs: {holds, checked, openDiscrepancies, findings: [{rule, caseId, book, detail}], unread: [{caseId, why, events}]}',
    )
    .action(async (options: { case?: string; json?: true }) => {
      const proof = await context.withDatabase(async (url) => {
        const sql = connect(url, { max: 1, name: 'linli books', statementTimeoutMs: 600_000 });
        try {
          await readKeysHere(context.config(), sql);
          return await verifyBooks(sql, options.case === undefined ? undefined : { caseId: options.case });
        } finally {
          await sql.end();
        }
      });
      if (!proof.holds) process.exitCode = 1;
      if (options.json) return context.print(JSON.stringify(proof, undefined, 2));
      const { checked, findings, unread } = proof;
      for (const { rule, caseId, book, detail } of findings) context.print(`✗ ${rule}: ${caseId} ${book} ${detail}`);
      for (const { caseId, why, events } of unread)
        context.print(`? not compared: ${caseId}: ${events} events cannot be read: ${why}`);
      context.print(
        `${proof.holds ? '✓ 账簿成立 the books hold' : '✗ 账簿不成立 the books do not hold'}: ${checked.books} books, ` +
          `${checked.cashEntries} cash entries, ${checked.vouchers} vouchers, ${checked.voucherLines} lines, ` +
          `${checked.rules.length} rules; ${proof.openDiscrepancies} differences open`,
      );
    });
};
