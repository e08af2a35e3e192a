/** Fen as yuan that a spreadsheet reads as a number, exact to the fen within the bounds of books; null stays nothing. */
export function plainYuan(fen: number | null): number | null {
  return fen === null ? null : fen / 100;
}
