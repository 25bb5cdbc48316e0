-- CreateEnum
CREATE TYPE "BatchState" AS ENUM ('waiting', 'screened', 'failed');

-- CreateEnum
CREATE TYPE "QuarantineState" AS ENUM ('open', 'corrected', 'dismissed');

-- CreateEnum
CREATE TYPE "ImportState" AS ENUM ('running', 'done', 'failed');

-- CreateEnum
CREATE TYPE "FindingState" AS ENUM ('active', 'withdrawn');

-- CreateTable
CREATE TABLE "intake_batch" (
    "id" BIGSERIAL NOT NULL,
    "source" VARCHAR(80) NOT NULL,
    "state" "BatchState" NOT NULL DEFAULT 'waiting',
    "claims" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "screened_at" TIMESTAMPTZ(3),
    "error" VARCHAR(500),

    CONSTRAINT "intake_batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claim_revision" (
    "id" BIGSERIAL NOT NULL,
    "batch_id" BIGINT NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "setl_id" VARCHAR(30) NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "psn_no" VARCHAR(30) NOT NULL,
    "mdtrt_id" VARCHAR(30) NOT NULL,
    "med_type" VARCHAR(6) NOT NULL,
    "setl_time" TIMESTAMP(0) NOT NULL,
    "begntime" TIMESTAMP(0) NOT NULL,
    "endtime" TIMESTAMP(0),
    "updt_time" TIMESTAMP(0) NOT NULL,
    "refd_setl_id" VARCHAR(30),
    "medfee_sumamt" DECIMAL(16,2) NOT NULL,
    "fund_pay_sumamt" DECIMAL(16,2),
    "lines" INTEGER NOT NULL,
    "first_day" INTEGER NOT NULL,
    "last_day" INTEGER NOT NULL,
    "states_death" BOOLEAN NOT NULL,
    "traced" BOOLEAN NOT NULL,

    CONSTRAINT "claim_revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claim_document" (
    "revision_id" BIGINT NOT NULL,
    "last_day" INTEGER NOT NULL,
    "doc" TEXT NOT NULL,
    "personal" TEXT,

    CONSTRAINT "claim_document_pkey" PRIMARY KEY ("revision_id","last_day")
) PARTITION BY RANGE ("last_day");

-- CreateTable
CREATE TABLE "person" (
    "psn_no" VARCHAR(30) NOT NULL,

    CONSTRAINT "person_pkey" PRIMARY KEY ("psn_no")
);

-- CreateTable
CREATE TABLE "trace_sale" (
    "drug_trac_codg" VARCHAR(100) NOT NULL,
    "revision_id" BIGINT NOT NULL,

    CONSTRAINT "trace_sale_pkey" PRIMARY KEY ("drug_trac_codg","revision_id")
);

-- CreateTable
CREATE TABLE "quarantine" (
    "id" BIGSERIAL NOT NULL,
    "source" VARCHAR(80) NOT NULL,
    "position" INTEGER NOT NULL,
    "raw" BYTEA NOT NULL,
    "raw_hash" BYTEA NOT NULL,
    "issues" JSONB NOT NULL,
    "fixmedins_code" VARCHAR(30),
    "setl_id" VARCHAR(30),
    "state" "QuarantineState" NOT NULL DEFAULT 'open',
    "note" VARCHAR(500),
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_run" (
    "id" BIGSERIAL NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "mapping" VARCHAR(120) NOT NULL,
    "files" JSONB NOT NULL,
    "state" "ImportState" NOT NULL DEFAULT 'running',
    "position" INTEGER NOT NULL DEFAULT 0,
    "received" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "duplicate" INTEGER NOT NULL DEFAULT 0,
    "revised" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "finding" (
    "finding_id" CHAR(32) NOT NULL,
    "rule_code" VARCHAR(60) NOT NULL,
    "rule_version" CHAR(12) NOT NULL,
    "verdict" VARCHAR(12) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "setl_id" VARCHAR(30) NOT NULL,
    "psn_no" VARCHAR(30) NOT NULL,
    "mdtrt_id" VARCHAR(30) NOT NULL,
    "occurred_at" TIMESTAMP(0) NOT NULL,
    "amount" DECIMAL(16,2) NOT NULL,
    "message_zh" TEXT NOT NULL,
    "message_en" TEXT NOT NULL,
    "body" JSON NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "state" "FindingState" NOT NULL DEFAULT 'active',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "reason" VARCHAR(40),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_pkey" PRIMARY KEY ("finding_id")
);

-- CreateTable
CREATE TABLE "finding_revision" (
    "finding_id" CHAR(32) NOT NULL,
    "revision" INTEGER NOT NULL,
    "state" "FindingState" NOT NULL,
    "reason" VARCHAR(40),
    "body" JSON NOT NULL,
    "replaced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_revision_pkey" PRIMARY KEY ("finding_id","revision")
);

-- CreateTable
CREATE TABLE "undecided" (
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "setl_id" VARCHAR(30) NOT NULL,
    "psn_no" VARCHAR(30) NOT NULL,
    "items" JSONB NOT NULL,

    CONSTRAINT "undecided_pkey" PRIMARY KEY ("fixmedins_code","setl_id")
);

-- CreateIndex
CREATE INDEX "intake_batch_state_id_idx" ON "intake_batch"("state", "id");

-- CreateIndex
CREATE INDEX "claim_revision_psn_no_last_day_first_day_idx" ON "claim_revision"("psn_no", "last_day", "first_day");

-- CreateIndex
CREATE INDEX "claim_revision_fixmedins_code_refd_setl_id_idx" ON "claim_revision"("fixmedins_code", "refd_setl_id") WHERE "refd_setl_id" IS NOT NULL;

-- CreateIndex
CREATE INDEX "claim_revision_batch_id_idx" ON "claim_revision"("batch_id");

-- CreateIndex
CREATE INDEX "claim_revision_setl_time_idx" ON "claim_revision"("setl_time");

-- CreateIndex
CREATE UNIQUE INDEX "claim_revision_fixmedins_code_setl_id_content_hash_key" ON "claim_revision"("fixmedins_code", "setl_id", "content_hash");

-- CreateIndex
CREATE INDEX "quarantine_state_id_idx" ON "quarantine"("state", "id");

-- CreateIndex
CREATE UNIQUE INDEX "quarantine_source_position_raw_hash_key" ON "quarantine"("source", "position", "raw_hash");

-- CreateIndex
CREATE UNIQUE INDEX "import_run_fingerprint_key" ON "import_run"("fingerprint");

-- CreateIndex
CREATE INDEX "finding_fixmedins_code_setl_id_idx" ON "finding"("fixmedins_code", "setl_id");

-- CreateIndex
CREATE INDEX "finding_state_occurred_at_finding_id_idx" ON "finding"("state", "occurred_at" DESC, "finding_id");

-- CreateIndex
CREATE INDEX "finding_rule_code_state_idx" ON "finding"("rule_code", "state");

-- CreateIndex
CREATE INDEX "finding_fixmedins_code_state_idx" ON "finding"("fixmedins_code", "state");


-- The few claims that say something about a death are looked for with every claim of their person.
CREATE INDEX "claim_revision_states_death_idx" ON "claim_revision"("psn_no") WHERE "states_death";

-- What was received and what was said is never changed or taken away, not even by a bug. Only where the trigger says so may rows go, and
-- only in a transaction that says that it is retention; the server's log has it.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_NARGS = 1 AND TG_ARGV[0] = 'retention' AND current_setting('fundwatch.retention', true) = 'on' THEN
    RAISE LOG 'retention removes rows of %', TG_TABLE_NAME;
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER "claim_revision_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "claim_revision"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('retention');
CREATE TRIGGER "claim_document_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "claim_document"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "finding_revision_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "finding_revision"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- A partition that is not part of the table yet: the same columns, keys and trigger. Statements on a partition do not fire the parent's.
CREATE FUNCTION "make_document_table"("name" TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE claim_document INCLUDING ALL)', name);
  EXECUTE format('CREATE TRIGGER claim_document_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
END
$$;

-- Days before 2000-01-01 (10957) share a partition, and so do stays without an end (2000000 and later; claims/timeline.ts `openDay`):
-- with these limits, whatever days claims state, there are no more partitions than months that have passed since.
SELECT make_document_table('claim_document_early'), make_document_table('claim_document_open');
ALTER TABLE "claim_document" ATTACH PARTITION "claim_document_early" FOR VALUES FROM (MINVALUE) TO (10957);
ALTER TABLE "claim_document" ATTACH PARTITION "claim_document_open" FOR VALUES FROM (2000000) TO (MAXVALUE);

-- Makes sure, until the end of the transaction, that documents with these last days have a partition: it is made where there is none, and
-- whoever rewrites or drops partitions (screening/retention-store.ts) waits. Any number of transactions may call it at once. Attaching a
-- partition made before stops neither readers nor writers; CREATE TABLE … PARTITION OF would.
CREATE FUNCTION "hold_document_months"("days" INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first_day INTEGER;
  next_day INTEGER;
  name TEXT;
BEGIN
  FOR first_day IN
    SELECT DISTINCT CASE WHEN day < 10957 THEN -2147483648 ELSE date_trunc('month', date '1970-01-01' + day)::date - date '1970-01-01' END
      FROM unnest(days) AS day WHERE day < 2000000 ORDER BY 1
  LOOP
    -- 'mont'
    PERFORM pg_advisory_xact_lock_shared(1836019316, first_day);
    CONTINUE WHEN first_day = -2147483648;
    name := 'claim_document_' || to_char(date '1970-01-01' + first_day, 'YYYY_MM');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    LOCK TABLE claim_document IN SHARE UPDATE EXCLUSIVE MODE;
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    next_day := least(2000000, (date '1970-01-01' + first_day + interval '1 month')::date - date '1970-01-01');
    PERFORM make_document_table(name);
    EXECUTE format('ALTER TABLE claim_document ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', name, first_day, next_day);
  END LOOP;
END
$$;
