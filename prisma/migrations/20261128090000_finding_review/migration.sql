-- The review of findings (src/cases/review*): what people did with each, and how it stands now.

CREATE TABLE "finding_review" (
    "finding_id" CHAR(32) NOT NULL,
    "seq" INTEGER NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "assignee" VARCHAR(120),
    "outcome" VARCHAR(20),
    "amount" DECIMAL(16,2),
    "finding_revision" INTEGER NOT NULL,
    "rule_version" CHAR(12) NOT NULL,
    "decided_by" VARCHAR(120),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "finding_review_pkey" PRIMARY KEY ("finding_id"),
    CONSTRAINT "finding_review_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_review_seq" CHECK ("seq" > 0),
    CONSTRAINT "finding_review_state" CHECK ("state" IN ('open', 'proposed', 'settled')),
    CONSTRAINT "finding_review_outcome" CHECK ("outcome" IN ('confirmed', 'not_a_violation', 'cannot_decide')),
    -- What was decided stands as long as the decision does; only what is confirmed has an amount.
    CONSTRAINT "finding_review_decided" CHECK (("state" = 'open') = ("outcome" IS NULL) AND ("state" = 'open') = ("decided_by" IS NULL)),
    CONSTRAINT "finding_review_amount" CHECK (("outcome" IS NOT DISTINCT FROM 'confirmed') = ("amount" IS NOT NULL) AND "amount" >= 0),
    CONSTRAINT "finding_review_settled" CHECK (("state" = 'settled') = ("settled_at" IS NOT NULL))
);
CREATE INDEX "finding_review_assignee_state_idx" ON "finding_review"("assignee", "state");
CREATE INDEX "finding_review_state_idx" ON "finding_review"("state");

CREATE TABLE "finding_review_step" (
    "finding_id" CHAR(32) NOT NULL,
    "seq" INTEGER NOT NULL,
    "action" VARCHAR(10) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "finding_revision" INTEGER NOT NULL,
    "assignee" VARCHAR(120),
    "decision" JSON,
    "reason" VARCHAR(500),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_review_step_pkey" PRIMARY KEY ("finding_id", "seq"),
    CONSTRAINT "finding_review_step_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_review_step_action" CHECK ("action" IN ('assign', 'propose', 'settle', 'confirm', 'return', 'reopen', 'outdate')),
    CONSTRAINT "finding_review_step_decision" CHECK (("action" IN ('propose', 'settle')) = ("decision" IS NOT NULL)),
    CONSTRAINT "finding_review_step_reason" CHECK ("action" NOT IN ('return', 'reopen') OR "reason" <> '')
);

CREATE TABLE "review_recusal" (
    "account" VARCHAR(120) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "review_recusal_pkey" PRIMARY KEY ("account", "fixmedins_code")
);

CREATE TRIGGER "finding_review_step_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "finding_review_step"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "review_recusal_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "review_recusal"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
