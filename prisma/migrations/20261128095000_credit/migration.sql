-- The credit ledger, and the way of a grade to its publication (src/credit).

-- One chain for all subjects. The text is what is hashed and exported; the columns repeat of it what is searched.
CREATE TABLE "credit_entry" (
    "seq" BIGINT NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "prev_hash" CHAR(64) NOT NULL,
    "entry" VARCHAR(10) NOT NULL,
    "subject_kind" VARCHAR(20) NOT NULL,
    "subject_key" VARCHAR(64) NOT NULL,
    "day" CHAR(10) NOT NULL,
    "target" BIGINT,
    "text" TEXT NOT NULL,
    "account" VARCHAR(120) NOT NULL,

    CONSTRAINT "credit_entry_pkey" PRIMARY KEY ("seq"),
    CONSTRAINT "credit_entry_seq" CHECK ("seq" >= 1),
    CONSTRAINT "credit_entry_entry" CHECK ("entry" IN ('fact', 'repair', 'revocation')),
    CONSTRAINT "credit_entry_kind" CHECK ("subject_kind" IN ('institution', 'doctor', 'pharmacist_nurse', 'insured_person', 'company')),
    CONSTRAINT "credit_entry_target" CHECK (("entry" = 'fact') = ("target" IS NULL) AND "target" < "seq"),
    CONSTRAINT "credit_entry_hash" CHECK ("hash" = encode(sha256(convert_to("text", 'UTF8')), 'hex')),
    CONSTRAINT "credit_entry_columns" CHECK (
        ("text"::json ->> 'seq')::bigint = "seq"
        AND "text"::json ->> 'prev_hash' = "prev_hash"
        AND "text"::json ->> 'entry' = "entry"
        AND "text"::json ->> 'day' = "day"
        AND "text"::json -> 'subject' ->> 'kind' = "subject_kind"
        AND "text"::json -> 'subject' ->> 'key' = "subject_key"
        AND coalesce("text"::json ->> 'revokes', "text"::json ->> 'repairs')::bigint IS NOT DISTINCT FROM "target"
    ),
    CONSTRAINT "credit_entry_target_fkey" FOREIGN KEY ("target") REFERENCES "credit_entry"("seq") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "credit_entry_hash_key" ON "credit_entry"("hash");
-- A chain has no branches.
CREATE UNIQUE INDEX "credit_entry_prev_hash_key" ON "credit_entry"("prev_hash");
-- What is revoked is revoked once.
CREATE UNIQUE INDEX "credit_entry_revoked_once" ON "credit_entry"("target") WHERE "entry" = 'revocation';
CREATE INDEX "credit_entry_subject_kind_subject_key_seq_idx" ON "credit_entry"("subject_kind", "subject_key", "seq");

CREATE TRIGGER "credit_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "credit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- A grade of which the subject was told, up to its publication.
CREATE TABLE "credit_publication" (
    "id" BIGSERIAL NOT NULL,
    "subject_kind" VARCHAR(20) NOT NULL,
    "subject_key" VARCHAR(64) NOT NULL,
    "scheme_code" VARCHAR(32) NOT NULL,
    "as_of" CHAR(10) NOT NULL,
    "last_seq" BIGINT NOT NULL,
    "grade" VARCHAR(32) NOT NULL,
    "points_hundredths" INTEGER,
    "score" JSON NOT NULL,
    "state" VARCHAR(10) NOT NULL DEFAULT 'noticed',
    "objection_until" CHAR(10) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "published_by" VARCHAR(120),
    "published_at" TIMESTAMPTZ(3),
    "withdrawn_by" VARCHAR(120),
    "withdrawn_at" TIMESTAMPTZ(3),
    "withdrawn_reason" VARCHAR(2000),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_publication_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "credit_publication_state" CHECK ("state" IN ('noticed', 'objected', 'published', 'withdrawn')),
    CONSTRAINT "credit_publication_days" CHECK ("objection_until" > "as_of"),
    -- What was published stays known as published, also when it is withdrawn.
    CONSTRAINT "credit_publication_published" CHECK (
        ("published_by" IS NULL) = ("published_at" IS NULL)
        AND ("state" <> 'published' OR "published_by" IS NOT NULL)
        AND ("state" NOT IN ('noticed', 'objected') OR "published_by" IS NULL)
    ),
    CONSTRAINT "credit_publication_withdrawn" CHECK (
        ("state" = 'withdrawn') = ("withdrawn_by" IS NOT NULL)
        AND ("withdrawn_by" IS NULL) = ("withdrawn_at" IS NULL)
        AND ("withdrawn_by" IS NULL) = ("withdrawn_reason" IS NULL)
    ),
    CONSTRAINT "credit_publication_last_seq_fkey" FOREIGN KEY ("last_seq") REFERENCES "credit_entry"("seq") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "credit_publication_id_account_key" ON "credit_publication"("id", "account");
CREATE INDEX "credit_publication_subject_kind_subject_key_id_idx" ON "credit_publication"("subject_kind", "subject_key", "id");
-- One at a time waits for objections.
CREATE UNIQUE INDEX "credit_publication_one_open" ON "credit_publication"("subject_kind", "subject_key", "scheme_code")
  WHERE "state" IN ('noticed', 'objected');

CREATE TABLE "credit_objection" (
    "id" BIGSERIAL NOT NULL,
    "publication_id" BIGINT NOT NULL,
    "scored_by" VARCHAR(120) NOT NULL,
    "reference" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(2000) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" VARCHAR(8),
    "decision_reference" VARCHAR(200),
    "decision_reason" VARCHAR(2000),
    "decided_by" VARCHAR(120),
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "credit_objection_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "credit_objection_outcome" CHECK ("outcome" IN ('upheld', 'rejected')),
    CONSTRAINT "credit_objection_decided" CHECK (
        ("outcome" IS NULL) = ("decided_by" IS NULL)
        AND ("outcome" IS NULL) = ("decided_at" IS NULL)
        AND ("outcome" IS NULL) = ("decision_reference" IS NULL)
        AND ("outcome" IS NULL) = ("decision_reason" IS NULL)
    ),
    -- Nobody decides an objection to a score of their own.
    CONSTRAINT "credit_objection_by_somebody_else" CHECK ("decided_by" <> "scored_by"),
    CONSTRAINT "credit_objection_publication_fkey" FOREIGN KEY ("publication_id", "scored_by") REFERENCES "credit_publication"("id", "account") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "credit_objection_one_open" ON "credit_objection"("publication_id") WHERE "outcome" IS NULL;
CREATE INDEX "credit_objection_publication_id_id_idx" ON "credit_objection"("publication_id", "id");

-- What was decided stays decided.
CREATE FUNCTION "refuse_second_decision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome IS NOT NULL THEN
    RAISE EXCEPTION 'an objection is decided once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "credit_objection_decided_once" BEFORE UPDATE ON "credit_objection"
  FOR EACH ROW EXECUTE FUNCTION "refuse_second_decision"();
