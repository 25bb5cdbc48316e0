-- Personal data is sealed before it gets here (src/vault/). What lay here in the clear stays, as bytes, until `fundwatch vault rotate` seals it.

CREATE TABLE "data_key" (
    "id" SERIAL NOT NULL,
    "purpose" VARCHAR(8) NOT NULL,
    "suite" VARCHAR(8) NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "master" CHAR(16) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "data_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "data_key_purpose" CHECK ("purpose" IN ('seal', 'index')),
    CONSTRAINT "data_key_suite" CHECK ("suite" IN ('aes', 'sm'))
);

CREATE TABLE "identity_index" (
    "blind" BYTEA NOT NULL,
    "psn_no" VARCHAR(30) NOT NULL,
    "key_id" INTEGER NOT NULL,

    CONSTRAINT "identity_index_pkey" PRIMARY KEY ("blind", "psn_no"),
    CONSTRAINT "identity_index_blind" CHECK (octet_length("blind") = 16)
);

ALTER TABLE "claim_document" ALTER COLUMN "personal" TYPE BYTEA USING convert_to("personal", 'UTF8');

-- Statement triggers cannot see which columns change, so this one names them: sealing anew changes `personal` alone, and says so.
CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_NARGS = 1 AND TG_ARGV[0] = 'retention' AND current_setting('fundwatch.retention', true) = 'on' THEN
    RAISE LOG 'retention removes rows of %', TG_TABLE_NAME;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME LIKE 'claim_document%' AND current_setting('fundwatch.seal_anew', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- Whatever is said, nothing but `personal` changes.
CREATE FUNCTION "refuse_other_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER "claim_document_only_personal" BEFORE UPDATE ON "claim_document" FOR EACH ROW
  WHEN (NEW."doc" IS DISTINCT FROM OLD."doc" OR NEW."revision_id" <> OLD."revision_id" OR NEW."last_day" <> OLD."last_day")
  EXECUTE FUNCTION "refuse_other_change"();
