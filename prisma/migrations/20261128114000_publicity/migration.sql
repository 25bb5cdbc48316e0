-- What everybody may see (src/publicity): publications and their versions.

CREATE TABLE "publication" (
    "id" BIGSERIAL NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "source" VARCHAR(140) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "publication_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "publication_kind" CHECK ("kind" IN ('penalty', 'grade', 'typical_case', 'statistics'))
);
CREATE UNIQUE INDEX "publication_kind_source_key" ON "publication"("kind", "source");

CREATE TABLE "publication_version" (
    "id" BIGSERIAL NOT NULL,
    "publication_id" BIGINT NOT NULL,
    "action" VARCHAR(8) NOT NULL,
    "title" VARCHAR(300) NOT NULL,
    "document" TEXT,
    "sha256" CHAR(64),
    "reason" VARCHAR(500),
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" VARCHAR(10),
    "decided_by" VARCHAR(120),
    "decided_reason" VARCHAR(500),
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "publication_version_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "publication_version_publication_id_fkey" FOREIGN KEY ("publication_id") REFERENCES "publication"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "publication_version_action" CHECK ("action" IN ('publish', 'correct', 'withdraw')),
    CONSTRAINT "publication_version_document" CHECK (("action" = 'withdraw') = ("document" IS NULL) AND ("document" IS NULL) = ("sha256" IS NULL)),
    -- An approval is of these bytes.
    CONSTRAINT "publication_version_sha256" CHECK ("sha256" = encode(sha256(convert_to("document", 'UTF8')), 'hex')),
    CONSTRAINT "publication_version_reason" CHECK (("action" = 'publish') = ("reason" IS NULL)),
    CONSTRAINT "publication_version_outcome" CHECK ("outcome" IN ('approved', 'rejected', 'taken_back')),
    CONSTRAINT "publication_version_decided" CHECK (
        ("outcome" IS NULL) = ("decided_by" IS NULL) AND ("outcome" IS NULL) = ("decided_at" IS NULL)
        AND ("outcome" IS NULL) = ("decided_reason" IS NULL)
    ),
    -- Nobody publishes alone; only whoever prepared a version takes it back.
    CONSTRAINT "publication_version_by_two" CHECK (("outcome" = 'taken_back') = ("decided_by" = "account"))
);
CREATE INDEX "publication_version_publication_id_id_idx" ON "publication_version"("publication_id", "id");
CREATE UNIQUE INDEX "publication_version_one_waits" ON "publication_version"("publication_id") WHERE "outcome" IS NULL;

CREATE TRIGGER "publication_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "publication"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "publication_version_stays" BEFORE DELETE OR TRUNCATE ON "publication_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- A version is decided about once; what it says never changes.
CREATE FUNCTION "publication_version_decided_once"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome IS NOT NULL
     OR (NEW.id, NEW.publication_id, NEW.action, NEW.title, NEW.document, NEW.sha256, NEW.reason, NEW.account, NEW.at)
        IS DISTINCT FROM (OLD.id, OLD.publication_id, OLD.action, OLD.title, OLD.document, OLD.sha256, OLD.reason, OLD.account, OLD.at)
  THEN RAISE EXCEPTION 'a published version is never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "publication_version_decided_once" BEFORE UPDATE ON "publication_version"
  FOR EACH ROW EXECUTE FUNCTION "publication_version_decided_once"();
