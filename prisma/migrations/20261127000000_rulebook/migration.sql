-- The life of rules: versions that never change, what was done with them, what is in force, and what trials said (src/rulebook/).

CREATE TABLE "rule_version" (
    "content_hash" CHAR(64) NOT NULL,
    "code" VARCHAR(60) NOT NULL,
    "version" CHAR(12) NOT NULL,
    "document" TEXT NOT NULL,
    "examples" TEXT,
    "origin" VARCHAR(8) NOT NULL,
    "author" VARCHAR(120) NOT NULL,
    "based_on" CHAR(64),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_version_pkey" PRIMARY KEY ("content_hash"),
    CONSTRAINT "rule_version_origin" CHECK ("origin" IN ('shipped', 'written'))
);
CREATE INDEX "rule_version_code_created_at_idx" ON "rule_version"("code", "created_at");

CREATE TABLE "rule_step" (
    "id" BIGSERIAL NOT NULL,
    "content_hash" CHAR(64) NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "reason" VARCHAR(500),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_step_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "rule_step_content_hash_fkey" FOREIGN KEY ("content_hash") REFERENCES "rule_version"("content_hash") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "rule_step_content_hash_id_idx" ON "rule_step"("content_hash", "id");

CREATE TABLE "rule_draft" (
    "code" VARCHAR(60) NOT NULL,
    "author" VARCHAR(120) NOT NULL,
    "document" TEXT NOT NULL,
    "examples" TEXT NOT NULL,
    "based_on" CHAR(64),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_draft_pkey" PRIMARY KEY ("code", "author")
);

CREATE TABLE "rule_activation" (
    "id" BIGSERIAL NOT NULL,
    "code" VARCHAR(60) NOT NULL,
    "mode" VARCHAR(6) NOT NULL,
    "content_hash" CHAR(64),
    "ramp" JSON,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_activation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "rule_activation_content_hash_fkey" FOREIGN KEY ("content_hash") REFERENCES "rule_version"("content_hash") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "rule_activation_mode" CHECK ("mode" IN ('active', 'shadow'))
);
CREATE INDEX "rule_activation_mode_code_id_idx" ON "rule_activation"("mode", "code", "id" DESC);

CREATE TABLE "knowledge_version" (
    "table_name" VARCHAR(80) NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "spec" JSON NOT NULL,
    "content" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_version_pkey" PRIMARY KEY ("table_name", "sha256"),
    CONSTRAINT "knowledge_version_sha256" CHECK ("sha256" = encode(sha256("content"), 'hex'))
);

CREATE TABLE "rule_run" (
    "id" BIGSERIAL NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "code" VARCHAR(60) NOT NULL,
    "content_hash" CHAR(64),
    "base_hash" CHAR(64),
    "state" VARCHAR(10) NOT NULL DEFAULT 'waiting',
    "persons_total" INTEGER NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "error" VARCHAR(200),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "rule_run_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "rule_run_kind" CHECK ("kind" IN ('backtest', 'replay')),
    CONSTRAINT "rule_run_state" CHECK ("state" IN ('waiting', 'done', 'cancelled', 'failed'))
);
CREATE INDEX "rule_run_state_idx" ON "rule_run"("state");
CREATE INDEX "rule_run_code_id_idx" ON "rule_run"("code", "id");

CREATE TABLE "rule_run_slice" (
    "run_id" BIGINT NOT NULL,
    "slice" SMALLINT NOT NULL,
    "done_up_to" VARCHAR(30) NOT NULL,
    "last" VARCHAR(30),
    "done" BOOLEAN NOT NULL DEFAULT false,
    "persons" INTEGER NOT NULL DEFAULT 0,
    "claims" BIGINT NOT NULL DEFAULT 0,
    "undecided" BIGINT NOT NULL DEFAULT 0,
    "alarms" BIGINT NOT NULL DEFAULT 0,
    "created" BIGINT NOT NULL DEFAULT 0,
    "changed" BIGINT NOT NULL DEFAULT 0,
    "withdrawn" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "rule_run_slice_pkey" PRIMARY KEY ("run_id", "slice"),
    CONSTRAINT "rule_run_slice_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "rule_run"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "backtest_cell" (
    "run_id" BIGINT NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "month" CHAR(7) NOT NULL,
    "claims" INTEGER NOT NULL DEFAULT 0,
    "new_findings" INTEGER NOT NULL DEFAULT 0,
    "new_amount" DECIMAL(18,2) NOT NULL DEFAULT 0,
    "lost_findings" INTEGER NOT NULL DEFAULT 0,
    "lost_amount" DECIMAL(18,2) NOT NULL DEFAULT 0,
    "same_findings" INTEGER NOT NULL DEFAULT 0,
    "same_amount" DECIMAL(18,2) NOT NULL DEFAULT 0,
    "same_amount_before" DECIMAL(18,2) NOT NULL DEFAULT 0,

    CONSTRAINT "backtest_cell_pkey" PRIMARY KEY ("run_id", "fixmedins_code", "month"),
    CONSTRAINT "backtest_cell_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "rule_run"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "backtest_sample" (
    "run_id" BIGINT NOT NULL,
    "kind" VARCHAR(4) NOT NULL,
    "finding_id" CHAR(32) NOT NULL,
    "body" JSON NOT NULL,

    CONSTRAINT "backtest_sample_pkey" PRIMARY KEY ("run_id", "kind", "finding_id"),
    CONSTRAINT "backtest_sample_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "rule_run"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "backtest_sample_kind" CHECK ("kind" IN ('new', 'lost', 'same'))
);

CREATE TABLE "shadow_finding" (
    "content_hash" CHAR(64) NOT NULL,
    "finding_id" CHAR(32) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "setl_id" VARCHAR(30) NOT NULL,
    "amount" DECIMAL(16,2) NOT NULL,
    "body" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shadow_finding_pkey" PRIMARY KEY ("content_hash", "finding_id"),
    CONSTRAINT "shadow_finding_content_hash_fkey" FOREIGN KEY ("content_hash") REFERENCES "rule_version"("content_hash") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "shadow_finding_fixmedins_code_setl_id_idx" ON "shadow_finding"("fixmedins_code", "setl_id");

CREATE TABLE "rule_rate" (
    "content_hash" CHAR(64) NOT NULL,
    "low" DOUBLE PRECISION,
    "high" DOUBLE PRECISION,
    "claims" BIGINT NOT NULL DEFAULT 0,
    "hits" BIGINT NOT NULL DEFAULT 0,
    "window_claims" BIGINT NOT NULL DEFAULT 0,
    "window_hits" BIGINT NOT NULL DEFAULT 0,
    "last_rate" DOUBLE PRECISION,
    "skipped_batches" BIGINT NOT NULL DEFAULT 0,
    "skipped_claims" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_rate_pkey" PRIMARY KEY ("content_hash"),
    CONSTRAINT "rule_rate_content_hash_fkey" FOREIGN KEY ("content_hash") REFERENCES "rule_version"("content_hash") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "rule_notice" (
    "id" BIGSERIAL NOT NULL,
    "code" VARCHAR(60) NOT NULL,
    "content_hash" CHAR(64) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "detail" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_by" VARCHAR(120),
    "seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "rule_notice_pkey" PRIMARY KEY ("id")
);

CREATE TRIGGER "rule_version_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "rule_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "rule_step_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "rule_step"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "rule_activation_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "rule_activation"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "knowledge_version_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "knowledge_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Whoever judges claims holds the rules as they are until the commit; whoever changes them waits for all of those, and they for him. So when
-- a change is committed, nobody judges by the former rules any more, and a replay that begins afterwards comes last for every person.
-- Each statement of a volatile function sees what was committed before it began: the number is read after the lock was given.
CREATE FUNCTION "hold_rules"() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(x'72756c65'::bigint);
  RETURN (SELECT coalesce(max(id), 0) FROM rule_activation);
END
$$;
CREATE FUNCTION "change_rules"() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(x'72756c65'::bigint);
END
$$;
