-- The days of the window that a finding is about, both inclusive; NULL where it is about what one person did.
ALTER TABLE "finding" ADD COLUMN "window_from" INTEGER, ADD COLUMN "window_day" INTEGER;
CREATE INDEX "finding_fixmedins_code_window_day_idx" ON "finding"("fixmedins_code", "window_day") WHERE "window_day" IS NOT NULL;
ALTER TABLE "finding" ADD CONSTRAINT "finding_window" CHECK (("window_from" IS NULL) = ("window_day" IS NULL) AND "window_from" <= "window_day");

-- What came in at an institution on a day, whoever it was.
CREATE INDEX "claim_revision_fixmedins_code_begntime_idx" ON "claim_revision"("fixmedins_code", "begntime");

-- Days on which something changed that rules over windows have not looked at yet. Rows are only ever added, and deleted by whoever has judged
-- the day: one row for many changes would be lost when it is deleted by somebody who has not seen the last of them.
CREATE TABLE "window_mark" (
    "id" BIGSERIAL NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "day" INTEGER NOT NULL,
    "marked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failures" SMALLINT NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),

    CONSTRAINT "window_mark_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "window_mark_fixmedins_code_day_idx" ON "window_mark"("fixmedins_code", "day");

-- Sets of visits that a rule over windows could not judge, by their last claim.
CREATE TABLE "window_undecided" (
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "setl_id" VARCHAR(30) NOT NULL,
    "rule_code" VARCHAR(60) NOT NULL,
    "psn_no" VARCHAR(30) NOT NULL,
    "day" INTEGER NOT NULL,
    "missing" JSONB NOT NULL,

    CONSTRAINT "window_undecided_pkey" PRIMARY KEY ("fixmedins_code", "setl_id", "rule_code")
);
CREATE INDEX "window_undecided_fixmedins_code_day_idx" ON "window_undecided"("fixmedins_code", "day");
