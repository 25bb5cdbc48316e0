import type { RejectedClaim } from './canonical.ts';
import type { Claim } from './contract.ts';
import { issue } from './issues.ts';

/** What becomes of a good claim that comes from somebody who does not speak for its institution. */
export const foreignInstitution = ({ claim }: { readonly claim: Claim }): RejectedClaim => ({
  ok: false,
  issues: [issue('$.institution.fixmedins_code', 'foreign_institution')],
  setl_id: claim.setl_id,
  fixmedins_code: claim.institution.fixmedins_code,
});
