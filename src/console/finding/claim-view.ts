/**
 * The claims of a finding as the page reads them. They come masked, and older ones may lack what newer ones have: so every field may be
 * absent and no format is insisted on, while names and meanings stay those of the claim document.
 */
import { z } from 'zod';
import {
  diagnosisSchema,
  drgSchema,
  identityCheckSchema,
  institutionSchema,
  lineSchema,
  operationSchema,
  personSchema,
  settlementSchema,
  traceSchema,
  visitSchema,
} from '../../claims/contract.ts';
import type { Finding, FindingDetail } from '../../screening/contract.ts';

const loose = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) => z.object(schema.shape).partial();

const claimViewSchema = z.object({
  setl_id: z.string(),
  setl_time: z.string().nullish(),
  refd_setl_id: z.string().nullish(),
  person: z.object({ ...personSchema.shape, brdy: z.string().nullish() }).partial(),
  institution: loose(institutionSchema),
  visit: loose(visitSchema),
  diagnoses: z.array(loose(diagnosisSchema)).nullish(),
  operations: z.array(loose(operationSchema)).nullish(),
  lines: z.array(loose(lineSchema)),
  traces: z.array(loose(traceSchema)).nullish(),
  identity_checks: z.array(loose(identityCheckSchema)).nullish(),
  drg: loose(drgSchema).nullish(),
  settlement: loose(settlementSchema),
});
export type ClaimView = z.infer<typeof claimViewSchema>;
export type LineView = ClaimView['lines'][number];

type Named = Finding['claims'][number];
type Role = Named['role'];

/** A claim that the finding names, with its content where the server has it. */
export interface InvolvedClaim {
  readonly key: string;
  readonly named: Named;
  readonly view: ClaimView | null;
  /** A later revision of the settlement counts now. */
  readonly isOutdated: boolean;
  /** By `feedetl_sn`: how the finding names the line, and with how much money. */
  readonly marks: ReadonlyMap<string, { readonly role: Role; readonly amount: string }>;
}

/** The violating claims first, then in the order of the finding. */
export function involvedClaims({ finding, documents }: FindingDetail): InvolvedClaim[] {
  return finding.claims
    .map((named) => {
      const document = documents.find(({ content_hash }) => content_hash === named.content_hash);
      const parsed = claimViewSchema.safeParse(document?.claim);
      const own = finding.lines.filter(
        ({ fixmedins_code, setl_id }) => fixmedins_code === named.fixmedins_code && setl_id === named.setl_id,
      );
      return {
        key: `${named.fixmedins_code} ${named.setl_id}`,
        named,
        view: parsed.success ? parsed.data : null,
        isOutdated: document?.current === false,
        marks: new Map(own.map(({ feedetl_sn, role, amount }) => [feedetl_sn, { role, amount }])),
      };
    })
    .toSorted((a, b) => rank(a.named.role) - rank(b.named.role));
}

const rank = (role: Role | undefined): number => (role === '违规项' ? 0 : role === '涉及项' ? 1 : 2);

/** Violating lines first, then involved ones, then the rest, each in order of time. */
export function linesInOrder({ view, marks }: InvolvedClaim): LineView[] {
  const rankOf = (line: LineView): number => rank(marks.get(line.feedetl_sn ?? '')?.role);
  return (view?.lines ?? []).toSorted(
    (a, b) => rankOf(a) - rankOf(b) || compare(a.fee_ocur_time ?? '', b.fee_ocur_time ?? ''),
  );
}

/** What a line that a finding names was charged for. */
export function lineNameOf(
  line: { readonly fixmedins_code: string; readonly setl_id: string; readonly feedetl_sn: string },
  claims: readonly InvolvedClaim[],
): string {
  const claim = claims.find(
    ({ named }) => named.fixmedins_code === line.fixmedins_code && named.setl_id === line.setl_id,
  );
  const found = claim?.view?.lines.find(({ feedetl_sn }) => feedetl_sn === line.feedetl_sn);
  return found?.medins_list_name ?? found?.med_list_codg ?? '';
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The principal diagnosis stands first. */
export const diagnosesInOrder = ({ diagnoses }: ClaimView): NonNullable<ClaimView['diagnoses']> =>
  (diagnoses ?? []).toSorted(
    (a, b) =>
      Number(b.maindiag_flag === '1') - Number(a.maindiag_flag === '1') ||
      (a.diag_srt_no ?? 999) - (b.diag_srt_no ?? 999),
  );
