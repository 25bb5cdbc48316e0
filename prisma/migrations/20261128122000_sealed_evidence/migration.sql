-- Evidence of cases and the names of files that came with answers lie sealed (src/cases/store.ts, answer-store.ts). What came before stays as
-- it is until `fundwatch vault rotate` seals it. `sha256` goes on speaking of the content of the evidence; it is compared whenever it is opened.

ALTER TABLE "case_evidence" DROP CONSTRAINT "case_evidence_sha256";
ALTER TABLE "finding_answer_file" ALTER COLUMN "name" TYPE BYTEA USING convert_to("name", 'UTF8');
-- Version byte 1, and more bytes than the suites add. Not valid for what lies there: it holds for everything that comes.
ALTER TABLE "case_evidence" ADD CONSTRAINT "case_evidence_sealed"
  CHECK (get_byte("content", 0) = 1 AND octet_length("content") > 33) NOT VALID;
ALTER TABLE "finding_answer_file" ADD CONSTRAINT "finding_answer_file_sealed"
  CHECK (get_byte("name", 0) = 1 AND octet_length("name") > 33) NOT VALID;

CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_NARGS = 1 AND TG_ARGV[0] = 'retention' AND current_setting('fundwatch.retention', true) = 'on' THEN
    RAISE LOG 'retention removes rows of %', TG_TABLE_NAME;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND (TG_TABLE_NAME LIKE 'claim_document%' OR TG_TABLE_NAME IN ('stored_file', 'case_evidence'))
     AND current_setting('fundwatch.seal_anew', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- Whatever is said, nothing but `content` changes.
CREATE TRIGGER "case_evidence_only_content" BEFORE UPDATE ON "case_evidence" FOR EACH ROW
  WHEN (NEW."case_id" <> OLD."case_id" OR NEW."no" <> OLD."no" OR NEW."finding_id" IS DISTINCT FROM OLD."finding_id"
     OR NEW."sha256" <> OLD."sha256" OR NEW."created_at" <> OLD."created_at")
  EXECUTE FUNCTION "refuse_other_change"();
