import type { RejectedClaim } from './canonical.ts';
import { issue } from './issues.ts';

type ClaimKey = Pick<RejectedClaim, 'setl_id' | 'fixmedins_code'>;

/** What becomes of a good claim that comes from somebody who does not speak for its institution. */
export const foreignInstitution = ({ setl_id, fixmedins_code }: ClaimKey): RejectedClaim => ({
  ok: false,
  issues: [issue('$.institution.fixmedins_code', 'foreign_institution')],
  setl_id,
  fixmedins_code,
});
