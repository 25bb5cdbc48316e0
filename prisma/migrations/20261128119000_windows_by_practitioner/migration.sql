-- Whose work a visit is (claims/practitioners.ts): of the visits of a day only those are read that may stand in one practitioner's day together.
-- NULL: it may be anybody's. So are the revisions that are there already: to fill them in would write the largest table anew, and windows of
-- days that are long past are rarely judged again.
ALTER TABLE "claim_revision" ADD COLUMN "practitioners" TEXT;
