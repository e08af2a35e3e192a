import type { OpenedBook } from './access.ts';

/** The number of a book's next voucher in a month of posting: from 1 each month, without gap. */
export function nextVoucher({ state }: OpenedBook, period: string): number {
  return state.voucher.period === period ? state.voucher.no + 1 : 1;
}
