/** HTTP of persons: found by number, shown masked, and shown in full for a stated purpose. */
import { z } from 'zod';
import { claimRowSchema } from './contract.ts';

/** Why somebody needs what is hidden. It stands in the audit chain for ever, so it is chosen, and never text about a person. */
export const purposes = ['verify_identity', 'contact_person', 'on_site', 'correct_data'] as const;
export type Purpose = (typeof purposes)[number];

const caseNumberMax = 40;

export const purposeSchema = z.union([
  z.strictObject({ reason: z.enum(purposes) }),
  z.strictObject({
    case_number: z
      .string()
      .trim()
      .regex(/^[\p{L}\p{N}()（）〔〕［］[\]_/-]+$/u)
      .min(4)
      .max(caseNumberMax)
      .describe('案件编号'),
  }),
]);
export type StatedPurpose = z.infer<typeof purposeSchema>;

export const revealSchema = z.strictObject({ purpose: purposeSchema });

/** `POST /api/v1/claims/:fixmedins_code/:setl_id/reveal`: what the claim states of its person, in full. */
export const revealedSchema = z.object({
  certno: z.string().optional(),
  psn_name: z.string().optional(),
  tel: z.string().optional(),
  addr: z.string().optional(),
});
export type Revealed = z.infer<typeof revealedSchema>;

/** `POST /api/v1/quarantine/:id/reveal` */
export const revealedInputSchema = z.object({ raw: z.string() });
export type RevealedInput = z.infer<typeof revealedInputSchema>;

export const identityKinds = ['psn_no', 'certno', 'tel'] as const;
export const personValueMax = 50;

/** `POST /api/v1/persons/search`: numbers of persons stand in no address. */
export const personSearchSchema = z.strictObject({
  by: z.enum(identityKinds),
  value: z.string().trim().min(1).max(personValueMax),
});
export type PersonSearch = z.infer<typeof personSearchSchema>;

export const personRowSchema = z.object({
  psn_no: z.string(),
  psn_name: z.string().nullable().describe('masked'),
  certno: z.string().nullable().describe('masked'),
  claims: z.int().describe('settlements in sight'),
  latest: claimRowSchema.describe('by which the person is opened'),
});
export type PersonRow = z.infer<typeof personRowSchema>;

export const personsFoundSchema = z.object({ items: z.array(personRowSchema) });
export type PersonsFound = z.infer<typeof personsFoundSchema>;

/** Settlements of one person that are shown. */
export const personClaimsMax = 200;

/** `GET /api/v1/claims/:fixmedins_code/:setl_id/person`: whose settlement it is. */
export const personDetailSchema = z.object({
  psn_no: z.string(),
  psn_name: z.string().nullable().describe('masked'),
  certno: z.string().nullable().describe('masked'),
  tel: z.string().nullable().describe('masked'),
  addr: z.string().nullable().describe('masked'),
  gend: z.string().nullable(),
  brdy: z.string().nullable(),
  claims_total: z.int(),
  claims: z.array(claimRowSchema).describe(`the latest ${personClaimsMax} in sight, latest first`),
});
export type PersonDetail = z.infer<typeof personDetailSchema>;

/** Acts of looking that are shown. */
export const seenMax = 200;

/** `GET /api/v1/claims/:fixmedins_code/:setl_id/person/seen`: who has opened or revealed this person, latest first. */
export const personSeenSchema = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      recorded_at: z.iso.datetime(),
      account: z.string(),
      role: z.string(),
      area: z.string(),
      kind: z.string().describe('person.opened or person.revealed'),
      purpose: z.string().nullable(),
    }),
  ),
});
export type PersonSeen = z.infer<typeof personSeenSchema>;
