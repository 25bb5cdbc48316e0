/** What goes over HTTP about findings. */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { jsonSchema, treeSchema, verdicts } from '../rules/contract.ts';

/** 违规项: the line or claim that violates. 涉及项: what it violates against. */
export const roles = ['违规项', '涉及项'] as const;

/**
 * A finding as it is stored, sent, and printed by `fundwatch screen`: the same bytes everywhere for the same claims and versions.
 * Superset of the national 3101 output: one record a hit, its items with roles, amount, evidence, severity.
 */
export const findingSchema = z.object({
  finding_id: z.string().describe('32 hex digits; depends on rule and claims only'),
  rule_code: z.string(),
  rule_version: z.string(),
  rule_name: messageSchema,
  verdict: z.enum(verdicts),
  psn_no: z.string(),
  fixmedins_code: z.string(),
  setl_id: z.string(),
  mdtrt_id: z.string(),
  occurred_at: z.string().describe('service time, yyyy-MM-dd HH:mm:ss'),
  amount: z.string().describe('money at stake in yuan, two decimals'),
  message: messageSchema,
  claims: z.array(
    z.object({
      fixmedins_code: z.string(),
      setl_id: z.string(),
      mdtrt_id: z.string(),
      psn_no: z.string(),
      role: z.enum(roles),
      content_hash: z.string(),
    }),
  ),
  lines: z.array(
    z.object({
      fixmedins_code: z.string(),
      setl_id: z.string(),
      feedetl_sn: z.string(),
      role: z.enum(roles),
      amount: z.string(),
    }),
  ),
  values: z.record(z.string(), jsonSchema),
  tree: treeSchema,
  engine_version: z.string(),
  tables: z.record(z.string(), z.string()).describe('knowledge tables consulted, with their versions'),
});
export type Finding = z.infer<typeof findingSchema>;

/** Why a rule could not judge a claim. */
export const undecidedSchema = z.object({ rule_code: z.string(), missing: z.array(z.string()) });
export type Undecided = z.infer<typeof undecidedSchema>;
