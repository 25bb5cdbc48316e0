/** What was planted in the demo city, and which rule is expected to find it. The rules never read this. */
import { z } from 'zod';

/** Kinds of planted fraud, each named after the rule it belongs to. */
export const fraudKinds = [
  'duplicate-stay',
  'repeated-line',
  'exclusive-items',
  'over-daily-limit',
  'overlapping-stays',
  'settlement-during-stay',
  'split-stay',
  'item-sex',
  'item-age',
  'diagnosis-sex',
  'diagnosis-age',
  'after-death',
  'identity-failed',
  'identity-missing',
  'trace-resold',
  'fee-outside-stay',
  'price-over-ceiling',
  'gathering',
  'alike-visits',
] as const;
export type FraudKind = (typeof fraudKinds)[number];

const reference = z.strictObject({
  fixmedins_code: z.string(),
  setl_id: z.string(),
  feedetl_sn: z.array(z.string()).optional(),
});
export type Reference = z.infer<typeof reference>;

/** One planted case: the claim that must be flagged (and which of its lines), and the claims that it stands against. */
export const truthSchema = reference.extend({
  kind: z.enum(fraudKinds),
  involved: z.array(reference),
  /** Kinds that this case brings with it on the claims it names: found there they are neither right nor wrong. */
  collateral: z.array(z.enum(fraudKinds)),
  note: z.string(),
});
export type Truth = z.infer<typeof truthSchema>;

/** Honest claims that look like a fraud. */
export const lookAlikeKinds = [
  'same-day-transfer',
  'planned-chemotherapy',
  'dialysis-sessions',
  'dialysis-readmission',
  'readmitted-later',
  'readmitted-other-disease',
  'bilateral-procedure',
  'loose-pack',
  'returned-then-resold',
  'price-at-ceiling',
  'price-before-switch',
  'quantity-at-limit',
  'child-before-limit',
  'newborn-last-day',
  'outpatient-on-stay-days',
  'refunded-duplicate-stay',
  'refunded-repeated-line',
  'refunded-excess',
  'settled-after-death',
  'identity-retried',
  'revised-away',
  'sent-twice',
] as const;
export type LookAlikeKind = (typeof lookAlikeKinds)[number];

export const lookAlikeSchema = z.strictObject({
  kind: z.enum(lookAlikeKinds),
  /** Kinds of finding that these claims are mistaken for. */
  resembles: z.array(z.enum(fraudKinds)),
  claims: z.array(reference),
});
export type LookAlike = z.infer<typeof lookAlikeSchema>;
