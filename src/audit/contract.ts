/** What goes over HTTP about the audit chain. Shared with the console. */
import { z } from 'zod';

const messageSchema = z.strictObject({ zh: z.string(), en: z.string() });
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const daySchema = z.iso.date();
/** PostgreSQL holds more, a number of JSON does not. */
const seqSchema = z.int().min(1);
const seqParameter = z.coerce.number().pipe(seqSchema);

const pageSizeDefault = 50;
const pageSizeMax = 200;
const textMax = 260;

/** All conditions must hold. Newest first. */
export const auditEventsQuerySchema = z.object({
  kind: z.string().max(60).optional(),
  account: z.string().max(120).optional(),
  /** `<type>/<key>` */
  subject: z.string().max(textMax).optional(),
  /** days in Shanghai, both inclusive */
  from: daySchema.optional(),
  to: daySchema.optional(),
  /** only what was recorded before the event of this number: where the page before ended */
  before: seqParameter.optional(),
  page_size: z.coerce.number().pipe(z.int().min(1).max(pageSizeMax)).default(pageSizeDefault),
});
export type AuditEventsQuery = z.infer<typeof auditEventsQuerySchema>;

export const auditEventSchema = z.strictObject({
  seq: seqSchema,
  kind: z.string(),
  /** what events of this kind mean */
  meaning: messageSchema,
  /** UTC, by the database's clock */
  recorded_at: z.iso.datetime(),
  actor: z.strictObject({
    account: z.string(),
    role: z.string(),
    area: z.string(),
    address: z.string().nullable(),
  }),
  purpose: z.string().nullable(),
  request_id: z.string().nullable(),
  subject: z.strictObject({ type: z.string(), key: z.string() }),
  before: z.json(),
  after: z.json(),
  detail: z.json(),
  prev_hash: z.string(),
  hash: z.string(),
  /** SHA-256 of `text` is the hash that the chain was built with */
  text: z.string(),
});
export type AuditEventRow = z.infer<typeof auditEventSchema>;

export const auditPageSchema = z.strictObject({
  items: z.array(auditEventSchema),
  /** `before` of the next page; `null`: there is none */
  next_before: seqSchema.nullable(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

export const auditHeadSchema = z.strictObject({
  seq: seqSchema,
  hash: hashSchema,
  recorded_at: z.iso.datetime(),
  /** hash of the first event: the name of the chain */
  chain: hashSchema,
  /** the last signed head */
  anchor: z
    .strictObject({
      day: daySchema,
      seq: seqSchema,
      key: z.string(),
      /** when a time stamping authority says that it was there, UTC, unchecked; `null`: none has said so yet */
      stamped_at: z.iso.datetime().nullable(),
    })
    .nullable(),
});
export type AuditHead = z.infer<typeof auditHeadSchema>;

export const auditKindsSchema = z.strictObject({
  items: z.array(z.strictObject({ kind: z.string(), meaning: messageSchema })),
});
export type AuditKinds = z.infer<typeof auditKindsSchema>;

/** Sequence numbers, both inclusive. */
export const auditExportQuerySchema = z.object({
  from: seqParameter.default(1),
  to: seqParameter.optional(),
});
