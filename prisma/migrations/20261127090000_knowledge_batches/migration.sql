-- The life of knowledge tables: batches as they were sent, what was done with them, and which version of a table is in force (src/rulebook/table-*).

CREATE TABLE "knowledge_batch" (
    "id" BIGSERIAL NOT NULL,
    "table_name" VARCHAR(80) NOT NULL,
    "origin" VARCHAR(8) NOT NULL,
    "extent" VARCHAR(10) NOT NULL,
    "source" VARCHAR(500) NOT NULL,
    "batch" VARCHAR(120) NOT NULL,
    "published_at" CHAR(10) NOT NULL,
    "effective_from" CHAR(10),
    "effective_to" CHAR(10),
    "supersedes" VARCHAR(120),
    "file_name" VARCHAR(200),
    "file_sha256" CHAR(64) NOT NULL,
    "file" BYTEA,
    "format" VARCHAR(4) NOT NULL,
    "encoding" VARCHAR(10),
    "rows" INTEGER NOT NULL,
    "bad_rows" INTEGER NOT NULL,
    "issues" JSON NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_batch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "knowledge_batch_origin" CHECK ("origin" IN ('shipped', 'uploaded')),
    CONSTRAINT "knowledge_batch_extent" CHECK ("extent" IN ('whole', 'supplement')),
    CONSTRAINT "knowledge_batch_days" CHECK ("effective_from" < "effective_to"),
    -- What was sent is kept as it was sent; what came with files is kept as the version of the table.
    CONSTRAINT "knowledge_batch_file" CHECK (("origin" = 'shipped') = ("file" IS NULL)),
    CONSTRAINT "knowledge_batch_file_sha256" CHECK ("file" IS NULL OR "file_sha256" = encode(sha256("file"), 'hex'))
);
CREATE INDEX "knowledge_batch_table_name_id_idx" ON "knowledge_batch"("table_name", "id" DESC);

CREATE TABLE "knowledge_step" (
    "id" BIGSERIAL NOT NULL,
    "batch_id" BIGINT NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "reason" VARCHAR(500),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_step_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "knowledge_step_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "knowledge_batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "knowledge_step_batch_id_id_idx" ON "knowledge_step"("batch_id", "id");

-- Numbers are taken from the sequence of rule_activation: the greatest of both is the number of what is in force.
CREATE TABLE "knowledge_activation" (
    "id" BIGINT NOT NULL,
    "table_name" VARCHAR(80) NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "batch_id" BIGINT NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_activation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "knowledge_activation_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "knowledge_batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "knowledge_activation_table_name_sha256_fkey" FOREIGN KEY ("table_name", "sha256") REFERENCES "knowledge_version"("table_name", "sha256") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "knowledge_activation_table_name_id_idx" ON "knowledge_activation"("table_name", "id" DESC);

CREATE TRIGGER "knowledge_batch_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "knowledge_batch"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "knowledge_step_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "knowledge_step"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "knowledge_activation_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "knowledge_activation"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Runs of tables beside those of rules; a replay may begin with the first day that a change of a table touches.
ALTER TABLE "rule_run" ALTER COLUMN "code" TYPE VARCHAR(80),
  ADD COLUMN "subject" VARCHAR(5) NOT NULL DEFAULT 'rule',
  ADD COLUMN "from_day" INTEGER,
  ADD COLUMN "generation" BIGINT,
  ADD CONSTRAINT "rule_run_subject" CHECK ("subject" IN ('rule', 'table'));
ALTER TABLE "backtest_cell" ADD COLUMN "changed_findings" INTEGER NOT NULL DEFAULT 0;

CREATE FUNCTION "rules_generation"() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT greatest((SELECT coalesce(max(id), 0) FROM rule_activation), (SELECT coalesce(max(id), 0) FROM knowledge_activation))
$$;
CREATE OR REPLACE FUNCTION "hold_rules"() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(x'72756c65'::bigint);
  RETURN rules_generation();
END
$$;
