-- Reviews of findings (src/cases/review*): how each stands, and everything that was done with it.

CREATE TABLE "finding_review" (
    "finding_id" CHAR(32) NOT NULL,
    "rule_code" VARCHAR(60) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "assignee" VARCHAR(120),
    "outcome" VARCHAR(13),
    "exclusion" VARCHAR(40),
    "flagged_fen" BIGINT,
    "confirmed_fen" BIGINT,
    "decision" JSON,
    "decided_revision" INTEGER,
    "rule_version" CHAR(12),
    "decided_by" VARCHAR(120),
    "decided_at" TIMESTAMPTZ(3),
    "confirmed_by" VARCHAR(120),
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "finding_review_pkey" PRIMARY KEY ("finding_id"),
    CONSTRAINT "finding_review_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_review_state" CHECK ("state" IN ('open', 'assigned', 'to_confirm', 'decided')),
    CONSTRAINT "finding_review_assignee" CHECK (("state" = 'open') = ("assignee" IS NULL)),
    CONSTRAINT "finding_review_outcome" CHECK ("outcome" IN ('confirmed', 'not_violation', 'cannot_decide')),
    -- A decision is there as a whole, or not at all.
    CONSTRAINT "finding_review_decision" CHECK (
      num_nonnulls("outcome", "flagged_fen", "decision", "decided_revision", "rule_version", "decided_by", "decided_at")
        = CASE WHEN "state" IN ('to_confirm', 'decided') THEN 7 ELSE 0 END),
    CONSTRAINT "finding_review_exclusion" CHECK (coalesce("outcome" = 'not_violation', false) = ("exclusion" IS NOT NULL)),
    -- Never more than the finding says.
    CONSTRAINT "finding_review_confirmed_fen" CHECK (
      coalesce("outcome" = 'confirmed', false) = ("confirmed_fen" IS NOT NULL) AND coalesce("confirmed_fen" BETWEEN 0 AND "flagged_fen", true)),
    -- Nobody confirms a review of their own.
    CONSTRAINT "finding_review_confirmed_by" CHECK ("confirmed_by" IS NULL OR "state" = 'decided' AND "confirmed_by" <> "decided_by"),
    CONSTRAINT "finding_review_seq" CHECK ("seq" > 0)
);
CREATE INDEX "finding_review_assignee_state_idx" ON "finding_review"("assignee", "state");
CREATE INDEX "finding_review_rule_code_fixmedins_code_idx" ON "finding_review"("rule_code", "fixmedins_code");

CREATE TABLE "finding_review_event" (
    "finding_id" CHAR(32) NOT NULL,
    "seq" INTEGER NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "action" VARCHAR(8) NOT NULL,
    "from_state" VARCHAR(10) NOT NULL,
    "to_state" VARCHAR(10) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "revision" INTEGER NOT NULL,
    "reason" VARCHAR(500),
    "scope" VARCHAR(11),
    "assignee" VARCHAR(120),
    "decision" JSON,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_review_event_pkey" PRIMARY KEY ("finding_id", "seq"),
    CONSTRAINT "finding_review_event_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    -- The table of src/cases/review-states-contract.ts.
    CONSTRAINT "finding_review_event_step" CHECK ("from_state" || ' ' || "action" || ' ' || "to_state" IN (
      'open take assigned',
      'open assign assigned',
      'open recuse open',
      'open decide decided',
      'open decide to_confirm',
      'assigned assign assigned',
      'assigned release open',
      'assigned recuse open',
      'assigned decide decided',
      'assigned decide to_confirm',
      'to_confirm confirm decided',
      'to_confirm return assigned',
      'to_confirm reopen assigned',
      'decided reopen assigned',
      'outdated assign assigned',
      'outdated release open',
      'outdated recuse open',
      'outdated decide decided',
      'outdated decide to_confirm')),
    CONSTRAINT "finding_review_event_reason" CHECK ("action" NOT IN ('recuse', 'return', 'reopen') OR "reason" IS NOT NULL),
    CONSTRAINT "finding_review_event_scope" CHECK (("action" = 'recuse') = ("scope" IS NOT NULL) AND coalesce("scope", 'finding') IN ('finding', 'institution')),
    CONSTRAINT "finding_review_event_decision" CHECK (("action" = 'decide') = ("decision" IS NOT NULL))
);
CREATE INDEX "finding_review_event_recused_idx" ON "finding_review_event"("account", "fixmedins_code") WHERE "action" = 'recuse';

CREATE TRIGGER "finding_review_event_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "finding_review_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
