-- CreateTable
CREATE TABLE "audit_anchor_timestamp" (
    "anchor_id" BIGINT NOT NULL,
    "token" BYTEA NOT NULL,

    CONSTRAINT "audit_anchor_timestamp_pkey" PRIMARY KEY ("anchor_id")
);

CREATE TRIGGER "audit_anchor_timestamp_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_anchor_timestamp"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
