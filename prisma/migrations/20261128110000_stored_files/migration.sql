-- Files that were uploaded and checked, by the hash of their content (src/platform/content/).

CREATE TABLE "stored_file" (
    "sha256" CHAR(64) NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "bytes" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stored_file_pkey" PRIMARY KEY ("sha256"),
    CONSTRAINT "stored_file_kind" CHECK ("kind" IN ('jpeg', 'png', 'pdf')),
    CONSTRAINT "stored_file_bytes" CHECK ("bytes" = octet_length("content") AND "bytes" BETWEEN 1 AND 20971520),
    CONSTRAINT "stored_file_sha256" CHECK ("sha256" = encode(sha256("content"), 'hex'))
);
-- They are compressed already.
ALTER TABLE "stored_file" ALTER COLUMN "content" SET STORAGE EXTERNAL;

CREATE TRIGGER "stored_file_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "stored_file"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
