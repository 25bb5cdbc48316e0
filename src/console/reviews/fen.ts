/** Amounts of reviews are integer fen; the console's formats take yuan. */

/** Two decimals and no grouping. */
export function yuanOf(fen: number): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** What was typed into a field of two decimals; far below the numbers at which a binary fraction would lose a fen. */
export const fenOfTyped = (yuan: number): number => Math.round(yuan * 100);
