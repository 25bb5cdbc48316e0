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

-- Tips: sealed for the tip office, which alone has the key. No address, no agent, and no time but the day.
ALTER TABLE "account" DROP CONSTRAINT "account_role";
ALTER TABLE "account" ADD CONSTRAINT "account_role" CHECK ("role" IN ('rule_author', 'rule_approver', 'inspector', 'case_officer',
  'legal_reviewer', 'leader', 'draw_organiser', 'credit_officer', 'tip_office', 'auditor', 'administrator', 'institution'));

CREATE TABLE "tip_key" (
    "id" BIGSERIAL NOT NULL,
    "public_key" CHAR(64) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tip_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "tip_key_public_key" CHECK ("public_key" ~ '^[0-9a-f]{64}$')
);
CREATE UNIQUE INDEX "tip_key_public_key_key" ON "tip_key"("public_key");

CREATE TABLE "tip" (
    "id" BIGSERIAL NOT NULL,
    "tip_no" VARCHAR(20) NOT NULL,
    "key_id" BIGINT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "receipt_sha256" CHAR(64) NOT NULL,
    "reply_key" CHAR(64) NOT NULL,
    "received_on" CHAR(10) NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "tip_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "tip_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "tip_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "tip_state" CHECK ("state" IN ('received', 'accepted', 'declined', 'closed')),
    CONSTRAINT "tip_begins" CHECK ("revision" > 0 OR ("revision" = 0 AND "state" = 'received')),
    CONSTRAINT "tip_sealed" CHECK (octet_length("sealed") BETWEEN 49 AND 32768)
);
CREATE UNIQUE INDEX "tip_tip_no_key" ON "tip"("tip_no");
CREATE UNIQUE INDEX "tip_receipt_sha256_key" ON "tip"("receipt_sha256");
CREATE INDEX "tip_state_id_idx" ON "tip"("state", "id" DESC);

CREATE TABLE "tip_step" (
    "tip_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "action" VARCHAR(8) NOT NULL,
    "detail" JSON NOT NULL,
    "answer" BYTEA,
    "account" VARCHAR(120) NOT NULL,
    "taken_on" CHAR(10) NOT NULL,

    CONSTRAINT "tip_step_pkey" PRIMARY KEY ("tip_id", "seq"),
    CONSTRAINT "tip_step_tip_id_fkey" FOREIGN KEY ("tip_id") REFERENCES "tip"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "tip_step_seq" CHECK ("seq" BETWEEN 1 AND 200),
    CONSTRAINT "tip_step_action" CHECK ("action" IN ('accept', 'decline', 'answer', 'raise', 'refer', 'close', 'reward')),
    CONSTRAINT "tip_step_answer" CHECK ("answer" IS NOT NULL OR "action" NOT IN ('decline', 'answer')),
    CONSTRAINT "tip_step_answer_bytes" CHECK (octet_length("answer") BETWEEN 49 AND 32768)
);

-- A case that was opened of what the office referred.
CREATE TABLE "tip_case" (
    "tip_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "case_id" BIGINT NOT NULL,

    CONSTRAINT "tip_case_pkey" PRIMARY KEY ("tip_id", "seq"),
    CONSTRAINT "tip_case_step_fkey" FOREIGN KEY ("tip_id", "seq") REFERENCES "tip_step"("tip_id", "seq") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "tip_case_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "case_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "tip_case_case_id_key" ON "tip_case"("case_id");

-- A tip moves on by one step at a time; what was told never changes.
CREATE FUNCTION "tip_moves_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revision <> OLD.revision + 1
     OR (NEW.id, NEW.tip_no, NEW.key_id, NEW.sealed, NEW.receipt_sha256, NEW.reply_key, NEW.received_on)
        IS DISTINCT FROM (OLD.id, OLD.tip_no, OLD.key_id, OLD.sealed, OLD.receipt_sha256, OLD.reply_key, OLD.received_on)
     OR NOT EXISTS (SELECT FROM tip_step s WHERE s.tip_id = NEW.id AND s.seq = NEW.revision)
  THEN RAISE EXCEPTION 'a tip moves on by one step at a time' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "tip_moves_on" BEFORE UPDATE ON "tip" FOR EACH ROW EXECUTE FUNCTION "tip_moves_on"();
CREATE TRIGGER "tip_stays" BEFORE DELETE OR TRUNCATE ON "tip" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "tip_key_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "tip_key"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "tip_step_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "tip_step"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "tip_case_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "tip_case"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
