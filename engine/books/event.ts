/** Events of the books; see docs of each in the books part. */
export interface BookEventData {
  'books.reconciled': { book: string };
}
