-- Case files by Order No. 4 (src/cases): the events of each, the evidence as it was, and how the case stands.

CREATE TABLE "case_file" (
    "id" BIGSERIAL NOT NULL,
    "case_no" VARCHAR(60) NOT NULL,
    "subject_kind" VARCHAR(11) NOT NULL,
    "subject_key" VARCHAR(30) NOT NULL,
    "area" CHAR(6) NOT NULL,
    "state" VARCHAR(13) NOT NULL,
    "revision" INTEGER NOT NULL,
    "head" CHAR(64) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_file_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "case_file_subject_kind" CHECK ("subject_kind" IN ('agency', 'institution', 'person', 'other')),
    CONSTRAINT "case_file_state" CHECK ("state" IN ('clue', 'not_filed', 'investigating', 'suspended', 'reported', 'in_review', 'reviewed',
      'notified', 'hearing', 'decided', 'served', 'closed', 'terminated', 'transferred')),
    CONSTRAINT "case_file_revision" CHECK ("revision" > 0),
    CONSTRAINT "case_file_begins" CHECK ("revision" > 1 OR "state" = 'clue')
);
CREATE UNIQUE INDEX "case_file_case_no_key" ON "case_file"("case_no");
CREATE INDEX "case_file_state_id_idx" ON "case_file"("state", "id" DESC);
CREATE INDEX "case_file_area_id_idx" ON "case_file"("area", "id" DESC);

CREATE TABLE "case_event" (
    "case_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "action" VARCHAR(30) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "role" VARCHAR(14) NOT NULL,
    "at" CHAR(19) NOT NULL,
    "detail" JSON NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_event_pkey" PRIMARY KEY ("case_id", "seq"),
    CONSTRAINT "case_event_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "case_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "case_event_begins" CHECK (("seq" = 1) = ("action" = 'open') AND "seq" > 0),
    CONSTRAINT "case_event_role" CHECK ("role" IN ('case_officer', 'legal_reviewer', 'leader')),
    CONSTRAINT "case_event_at" CHECK ("at" ~ '^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$')
);

CREATE TABLE "case_evidence" (
    "case_id" BIGINT NOT NULL,
    "no" INTEGER NOT NULL,
    "finding_id" CHAR(32),
    "sha256" CHAR(64) NOT NULL,
    "content" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_evidence_pkey" PRIMARY KEY ("case_id", "no"),
    CONSTRAINT "case_evidence_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "case_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "case_evidence_no" CHECK ("no" > 0),
    -- It is kept as it was, and the hash that events name is of these bytes.
    CONSTRAINT "case_evidence_sha256" CHECK ("sha256" = encode(sha256("content"), 'hex'))
);
-- A finding is a piece of one case only.
CREATE UNIQUE INDEX "case_evidence_finding_id_key" ON "case_evidence"("finding_id");

-- A case moves on by one event at a time, and never back; what it is about does not change.
CREATE FUNCTION "case_file_moves_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revision <> OLD.revision + 1
     OR (NEW.id, NEW.case_no, NEW.subject_kind, NEW.subject_key, NEW.area, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.case_no, OLD.subject_kind, OLD.subject_key, OLD.area, OLD.created_at)
     OR OLD.state IN ('not_filed')
  THEN RAISE EXCEPTION 'case_file moves on by one event at a time';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "case_file_moves_on" BEFORE UPDATE ON "case_file" FOR EACH ROW EXECUTE FUNCTION "case_file_moves_on"();
CREATE TRIGGER "case_file_stays" BEFORE DELETE OR TRUNCATE ON "case_file"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "case_event_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "case_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "case_evidence_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "case_evidence"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- When a case moves, the event that moved it is there.
CREATE FUNCTION "case_event_is_there"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM case_event e WHERE e.case_id = NEW.id AND e.seq = NEW.revision AND e.hash = NEW.head)
  THEN RAISE EXCEPTION 'case_file without the event that moved it';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER "case_event_is_there" AFTER INSERT OR UPDATE ON "case_file"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "case_event_is_there"();
