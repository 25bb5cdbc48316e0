-- Uploaded files lie sealed (src/vault/file-store.ts). Those that came before stay as they are until `fundwatch vault rotate` seals them.
-- `bytes` and `sha256` go on speaking of what was uploaded; that hash is compared whenever a file is opened.

ALTER TABLE "stored_file" DROP CONSTRAINT "stored_file_bytes", DROP CONSTRAINT "stored_file_sha256";
ALTER TABLE "stored_file" ADD CONSTRAINT "stored_file_bytes" CHECK ("bytes" BETWEEN 1 AND 20971520);
-- Version byte 1, and as many bytes more as either suite adds. Not valid for what lies there: it holds for everything that comes.
ALTER TABLE "stored_file" ADD CONSTRAINT "stored_file_sealed"
  CHECK (get_byte("content", 0) = 1 AND octet_length("content") - "bytes" IN (33, 37)) NOT VALID;

CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_NARGS = 1 AND TG_ARGV[0] = 'retention' AND current_setting('fundwatch.retention', true) = 'on' THEN
    RAISE LOG 'retention removes rows of %', TG_TABLE_NAME;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND (TG_TABLE_NAME LIKE 'claim_document%' OR TG_TABLE_NAME = 'stored_file')
     AND current_setting('fundwatch.seal_anew', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- Whatever is said, nothing but `content` changes.
CREATE TRIGGER "stored_file_only_content" BEFORE UPDATE ON "stored_file" FOR EACH ROW
  WHEN (NEW."sha256" <> OLD."sha256" OR NEW."kind" <> OLD."kind" OR NEW."bytes" <> OLD."bytes" OR NEW."created_at" <> OLD."created_at")
  EXECUTE FUNCTION "refuse_other_change"();
