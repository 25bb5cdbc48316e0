/** SQL: the revision `r` of a settlement is the one that counts. The same order as `supersedes` in timeline.ts. */
export const isCurrent = `NOT EXISTS (SELECT 1 FROM claim_revision n WHERE n.fixmedins_code = r.fixmedins_code AND n.setl_id = r.setl_id
  AND (n.updt_time, n.content_hash) > (r.updt_time, r.content_hash))`;
