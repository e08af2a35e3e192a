import { createRoute, z } from '@hono/zod-openapi';
import { bookPersons, voucherDrafts } from '../../db/queries/books.ts';
import { bookLook } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import { requestId } from '../idempotency.ts';
import { recordedOf } from '../outcomes.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { issueCode } from '../payout-code.ts';
import { caseToRead } from '../reading.ts';
import { CodeAnswer, CodeWish, DraftList, PersonAccounts } from '../schemas/book-vouchers.ts';
import { idempotencyHeader, json, jsonBody, pageQuery, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const params = z.object({ caseId: pathId('caseId') });

const drafts = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/drafts',
  tags: ['books'],
  summary: 'Vouchers that wait for their review, or all that were made for one; never shown to who holds the money',
  request: { params, query: z.object({ ...pageQuery, state: z.enum(['waiting', 'all']).default('waiting') }) },
  responses: { 200: json(DraftList, 'Vouchers, newest first'), ...problems(401, 404, 422, 503) },
});

const persons = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/persons',
  tags: ['books'],
  summary: 'The sub-ledgers of books that keep money of several persons',
  request: { params },
  responses: { 200: json(PersonAccounts, 'What is kept for each person'), ...problems(401, 404, 503) },
});

const code = createRoute({
  method: 'post',
  path: '/cases/{caseId}/payouts/{payoutId}/code',
  tags: ['books'],
  summary:
    'Give out a one-time code with which the beneficiary confirms a payout: on a slip, or to an address of his own',
  request: {
    params: params.extend({ payoutId: pathId('payoutId') }),
    headers: idempotencyHeader,
    body: jsonBody(CodeWish),
  },
  responses: { 200: json(CodeAnswer, 'The code, once'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

/** `/cases/{id}/books/drafts`, `/cases/{id}/books/persons` and `/cases/{id}/payouts/{id}/code` */
export const bookVoucherRoutes = (deps: AppDeps) =>
  routes()
    .openapi(drafts, async (c) => {
      const { caseId } = c.req.valid('param');
      const { limit, cursor, state } = c.req.valid('query');
      await caseToRead(deps, c.get('caller'), caseId);
      const beforeSeq = decodeCursor(cursor, ['number'])?.[0] as number | undefined;
      const rows = await voucherDrafts(deps.sql, caseId, { waiting: state === 'waiting', limit: limit + 1, beforeSeq });
      const { sight } = await bookLook(deps, c.get('caller'), caseId);
      const page = pageOf(
        rows,
        limit,
        (row) => row,
        ({ seq }) => [seq],
      );
      const shown = page.items.filter(({ book }) => !sight.hidesDrafts(book));
      const items = shown.map(({ seq: _, lines, ...row }) => ({ ...row, lines: lines.map((line) => ({ ...line })) }));
      return c.json({ ...page, items }, 200);
    })
    .openapi(persons, async (c) => {
      const { caseId } = c.req.valid('param');
      const rows = await bookPersons(deps.sql, caseId);
      const { sight } = await bookLook(deps, c.get('caller'), caseId);
      const items = rows.map(({ book, party, recordedFen, paidFen }) => {
        const noLedger = sight.hidesBalance(book, 'ledger');
        const noCash = sight.hidesBalance(book, 'cash');
        return {
          ...{ book, party, recordedFen: noLedger ? null : recordedFen, paidFen: noCash ? null : paidFen },
          leftFen: noLedger || noCash ? null : recordedFen - paidFen,
        };
      });
      return c.json({ items, nextCursor: null }, 200);
    })
    .openapi(code, async (c) => {
      const { caseId, payoutId } = c.req.valid('param');
      const { way } = c.req.valid('json');
      const { id } = requestId(c);
      const given = await issueCode(deps, c.get('caller'), { caseId, payout: payoutId, way, id }, (outcome) =>
        recordedOf(c, outcome),
      );
      c.header('Cache-Control', 'no-store');
      return c.json(given, 200);
    });
