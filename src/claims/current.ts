/**
 * SQL: the revision `r` counts as known. What is held back – because it is being tried, or cannot be screened – is as if it had not come.
 * That nothing at all is held back, which is nearly always so, is asked once a query; only else once a row.
 */
export const isKnown = (r: string): string =>
  `((SELECT true FROM held_revision LIMIT 1) IS NULL OR (SELECT true FROM held_revision h WHERE h.revision_id = ${r}.id) IS NULL)`;

/** SQL: the revision `r` of a settlement is the one that counts. The same order as `supersedes` in timeline.ts. */
export const isCurrent = `${isKnown('r')} AND NOT EXISTS (SELECT 1 FROM claim_revision n
  WHERE n.fixmedins_code = r.fixmedins_code AND n.setl_id = r.setl_id
    AND (n.updt_time, n.content_hash) > (r.updt_time, r.content_hash) AND ${isKnown('n')})`;
