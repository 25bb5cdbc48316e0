-- Answers of institutions to findings (src/cases/answer*): the notices, how each answer stands, everything that was done with it, its files.

CREATE TABLE "answer_notice" (
    "id" BIGSERIAL NOT NULL,
    "notice_no" VARCHAR(40) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "period_workdays" INTEGER NOT NULL,
    "last_day" DATE NOT NULL,
    "sample" BOOLEAN NOT NULL,
    "provisional" BOOLEAN NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "answer_notice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "answer_notice_period" CHECK ("period_workdays" > 0)
);
CREATE UNIQUE INDEX "answer_notice_notice_no_key" ON "answer_notice"("notice_no");

CREATE TABLE "finding_answer" (
    "finding_id" CHAR(32) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "notice_id" BIGINT,
    "last_day" DATE,
    "revision" INTEGER,
    "stance" VARCHAR(8),
    "answer" JSON,
    "accepted_fen" BIGINT,
    "refund_fen" BIGINT,
    "answered_by" VARCHAR(120),
    "answered_at" TIMESTAMPTZ(3),
    "late" BOOLEAN NOT NULL DEFAULT false,
    "refund_confirmed_by" VARCHAR(120),
    "refund_confirmed_at" TIMESTAMPTZ(3),
    "seq" INTEGER NOT NULL,

    CONSTRAINT "finding_answer_pkey" PRIMARY KEY ("finding_id"),
    CONSTRAINT "finding_answer_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_answer_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "answer_notice"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_answer_state" CHECK ("state" IN ('none', 'waiting', 'answered', 'recalled')),
    CONSTRAINT "finding_answer_notice" CHECK (("notice_id" IS NULL) = ("last_day" IS NULL)
      AND ("state" NOT IN ('waiting', 'recalled') OR "notice_id" IS NOT NULL)),
    -- An answer is there as a whole, or not at all.
    CONSTRAINT "finding_answer_answer" CHECK (
      num_nonnulls("revision", "stance", "answer", "accepted_fen", "answered_by", "answered_at") = CASE "state" WHEN 'answered' THEN 6 ELSE 0 END),
    CONSTRAINT "finding_answer_stance" CHECK ("stance" IN ('accepted', 'partly', 'objected')),
    -- Nobody pays back what was not accepted.
    CONSTRAINT "finding_answer_refund" CHECK ("refund_fen" IS NULL OR "refund_fen" > 0 AND coalesce("refund_fen" <= "accepted_fen", false)),
    CONSTRAINT "finding_answer_refund_confirmed" CHECK (("refund_confirmed_by" IS NULL) = ("refund_confirmed_at" IS NULL)
      AND ("refund_confirmed_by" IS NULL OR "refund_fen" IS NOT NULL AND "refund_confirmed_by" <> "answered_by")),
    CONSTRAINT "finding_answer_seq" CHECK ("seq" > 0)
);
CREATE INDEX "finding_answer_fixmedins_code_state_last_day_idx" ON "finding_answer"("fixmedins_code", "state", "last_day");

CREATE TABLE "finding_answer_event" (
    "finding_id" CHAR(32) NOT NULL,
    "seq" INTEGER NOT NULL,
    "action" VARCHAR(14) NOT NULL,
    "from_state" VARCHAR(9) NOT NULL,
    "to_state" VARCHAR(8) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "revision" INTEGER NOT NULL,
    "notice_id" BIGINT,
    "answer" JSON,
    "files" JSON,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_answer_event_pkey" PRIMARY KEY ("finding_id", "seq"),
    CONSTRAINT "finding_answer_event_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_answer_event_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "answer_notice"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    -- The table of src/cases/answer-states-contract.ts.
    CONSTRAINT "finding_answer_event_step" CHECK ("from_state" || ' ' || "action" || ' ' || "to_state" IN (
      'none send waiting',
      'none come_forward answered',
      'waiting give answered',
      'waiting recall recalled',
      'silent give answered',
      'silent recall recalled',
      'silent send waiting',
      'answered send waiting',
      'answered take_back waiting',
      'answered take_back none',
      'answered confirm_refund answered',
      'recalled send waiting',
      'outdated send waiting',
      'outdated confirm_refund answered',
      'withdrawn confirm_refund answered')),
    CONSTRAINT "finding_answer_event_notice" CHECK ("action" <> 'send' OR "notice_id" IS NOT NULL),
    -- What was answered, with the hashes of the files that stood with it.
    CONSTRAINT "finding_answer_event_answer" CHECK (
      num_nonnulls("answer", "files") = CASE WHEN "action" IN ('give', 'come_forward') THEN 2 ELSE 0 END)
);

CREATE TABLE "finding_answer_file" (
    "finding_id" CHAR(32) NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_answer_file_pkey" PRIMARY KEY ("finding_id", "sha256"),
    CONSTRAINT "finding_answer_file_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("finding_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "finding_answer_file_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "stored_file"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TRIGGER "answer_notice_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "answer_notice"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "finding_answer_event_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "finding_answer_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
