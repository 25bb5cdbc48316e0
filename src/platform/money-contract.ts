/** Amounts that people state. */
import { z } from 'zod';

const fenPerYuan = 100;
/** Ten thousand million yuan: no single case has it, and sums of nine thousand of them are still exact. */
export const moneyFenMax = 1_000_000_000_000;
export const moneyYuanMax = moneyFenMax / fenPerYuan;

export const givenFenSchema = z.int().min(0).max(moneyFenMax);
/** The least amount of a list's filter, in yuan. */
export const amountMinSchema = z.coerce.number().min(0).max(moneyYuanMax).optional().describe('yuan');
