-- Whose work a visit is (claims/practitioners.ts): of the visits of a day only those are read that may stand in one practitioner's day together.
-- NULL: it may be anybody's. So are the revisions that are there already: to fill them in would write the largest table anew, and windows of
-- days that are long past are rarely judged again.
ALTER TABLE "claim_revision" ADD COLUMN "practitioners" TEXT;

-- What versions over windows find in shadow is replaced by the day that was judged; NULL: it is about what one person did.
ALTER TABLE "shadow_finding" ADD COLUMN "window_day" INTEGER;
CREATE INDEX "shadow_finding_fixmedins_code_window_day_idx" ON "shadow_finding"("fixmedins_code", "window_day") WHERE "window_day" IS NOT NULL;

-- What written versions over windows showed of a day of an institution when it was last judged: their rates grow by the difference.
CREATE TABLE "rule_rate_day" (
    "content_hash" CHAR(64) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "day" INTEGER NOT NULL,
    "claims" INTEGER NOT NULL,
    "hits" INTEGER NOT NULL,

    CONSTRAINT "rule_rate_day_pkey" PRIMARY KEY ("content_hash", "fixmedins_code", "day"),
    CONSTRAINT "rule_rate_day_content_hash_fkey" FOREIGN KEY ("content_hash") REFERENCES "rule_version"("content_hash") ON DELETE RESTRICT ON UPDATE CASCADE
);
