-- Checks on the spot (src/inspection/on-site-*): tasks, what is looked at, answers, photos, records, signatures, and the clues they lead to.

-- By which account an inspector of the directory signs in.
CREATE TABLE "inspector_account" (
    "inspector_id" VARCHAR(64) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "linked_by" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspector_account_pkey" PRIMARY KEY ("inspector_id")
);
CREATE UNIQUE INDEX "inspector_account_account_key" ON "inspector_account"("account");

CREATE TABLE "inspection_task" (
    "id" BIGSERIAL NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "draw_id" BIGINT,
    "recheck_of" BIGINT,
    "object_id" VARCHAR(64) NOT NULL,
    "object" JSON NOT NULL,
    "team" JSON NOT NULL,
    "from_day" CHAR(10) NOT NULL,
    "due_day" CHAR(10) NOT NULL,
    "reason" VARCHAR(2000) NOT NULL,
    "state" VARCHAR(9) NOT NULL DEFAULT 'planned',
    "account" VARCHAR(120) NOT NULL,
    "cancelled_reason" VARCHAR(500),
    "reopened_reason" VARCHAR(500),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_task_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "inspection_task_kind" CHECK ("kind" IN ('drawn', 'daily', 'special', 'flight', 'key', 'expert', 'recheck')),
    CONSTRAINT "inspection_task_source" CHECK (("kind" = 'drawn') = ("draw_id" IS NOT NULL) AND ("kind" = 'recheck') = ("recheck_of" IS NOT NULL)),
    CONSTRAINT "inspection_task_state" CHECK ("state" IN ('planned', 'open', 'concluded', 'signed', 'recorded', 'cancelled')),
    CONSTRAINT "inspection_task_days" CHECK ("from_day" <= "due_day"),
    CONSTRAINT "inspection_task_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw_result"("draw_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "inspection_task_recheck_of_fkey" FOREIGN KEY ("recheck_of") REFERENCES "inspection_task"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
-- An object is drawn once, and an order is followed by one re-check.
CREATE UNIQUE INDEX "inspection_task_draw_id_object_id_key" ON "inspection_task"("draw_id", "object_id");
CREATE UNIQUE INDEX "inspection_task_recheck_of_key" ON "inspection_task"("recheck_of");
CREATE INDEX "inspection_task_state_due_day_id_idx" ON "inspection_task"("state", "due_day", "id");

-- What a task is about stays; it moves along the table of src/inspection/task-states-contract.ts, and only what is planned gets another team.
CREATE FUNCTION "inspection_task_moves_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.draw_id, NEW.recheck_of, NEW.object_id, NEW.object::text, NEW.from_day, NEW.due_day, NEW.reason, NEW.account, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.draw_id, OLD.recheck_of, OLD.object_id, OLD.object::text, OLD.from_day, OLD.due_day, OLD.reason, OLD.account, OLD.created_at)
     OR (NEW.team::text <> OLD.team::text AND OLD.state <> 'planned')
     OR NOT (OLD.state = NEW.state OR (OLD.state || ' ' || NEW.state) IN
       ('planned cancelled', 'planned open', 'planned recorded', 'open concluded', 'concluded open', 'concluded signed'))
  THEN RAISE EXCEPTION 'inspection_task does not move from % to %', OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "inspection_task_moves_on" BEFORE UPDATE ON "inspection_task" FOR EACH ROW EXECUTE FUNCTION "inspection_task_moves_on"();
CREATE TRIGGER "inspection_task_stays" BEFORE DELETE OR TRUNCATE ON "inspection_task" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Frozen when the check begins.
CREATE TABLE "inspection_checklist" (
    "task_id" BIGINT NOT NULL,
    "checklist" JSON NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_checklist_pkey" PRIMARY KEY ("task_id"),
    CONSTRAINT "inspection_checklist_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "inspection_task"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- The last of each item counts.
CREATE TABLE "inspection_answer" (
    "seq" BIGSERIAL NOT NULL,
    "task_id" BIGINT NOT NULL,
    "item" VARCHAR(120) NOT NULL,
    "verdict" VARCHAR(14) NOT NULL,
    "fen" BIGINT,
    "note" VARCHAR(2000) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_answer_pkey" PRIMARY KEY ("seq"),
    CONSTRAINT "inspection_answer_verdict" CHECK ("verdict" IN ('conform', 'problem', 'not_applicable')),
    CONSTRAINT "inspection_answer_fen" CHECK ("fen" >= 0 AND "verdict" = 'problem' OR "fen" IS NULL),
    CONSTRAINT "inspection_answer_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "inspection_checklist"("task_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "inspection_answer_task_id_item_seq_idx" ON "inspection_answer"("task_id", "item", "seq" DESC);

CREATE TABLE "inspection_photo" (
    "task_id" BIGINT NOT NULL,
    "no" INTEGER NOT NULL,
    "item" VARCHAR(120) NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "sent_sha256" CHAR(64) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_by" VARCHAR(120),

    CONSTRAINT "inspection_photo_pkey" PRIMARY KEY ("task_id", "no"),
    CONSTRAINT "inspection_photo_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "inspection_checklist"("task_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "inspection_photo_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "stored_file"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- The record as it was concluded; one that was opened again is followed by another.
CREATE TABLE "inspection_protocol" (
    "task_id" BIGINT NOT NULL,
    "no" INTEGER NOT NULL,
    "record" TEXT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_protocol_pkey" PRIMARY KEY ("task_id", "no"),
    CONSTRAINT "inspection_protocol_no" CHECK ("no" > 0),
    CONSTRAINT "inspection_protocol_sha256" CHECK ("sha256" = encode(sha256(convert_to("record", 'UTF8')), 'hex')),
    CONSTRAINT "inspection_protocol_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "inspection_checklist"("task_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "inspection_signature" (
    "task_id" BIGINT NOT NULL,
    "no" INTEGER NOT NULL,
    "place" INTEGER NOT NULL,
    "signature" JSON NOT NULL,
    "drawing_sha256" CHAR(64),

    CONSTRAINT "inspection_signature_pkey" PRIMARY KEY ("task_id", "no", "place"),
    CONSTRAINT "inspection_signature_task_id_no_fkey" FOREIGN KEY ("task_id", "no") REFERENCES "inspection_protocol"("task_id", "no") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "inspection_signature_drawing_sha256_fkey" FOREIGN KEY ("drawing_sha256") REFERENCES "stored_file"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- The last signature is there: from now on nothing of it changes.
CREATE TABLE "inspection_signed" (
    "task_id" BIGINT NOT NULL,
    "no" INTEGER NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_signed_pkey" PRIMARY KEY ("task_id"),
    CONSTRAINT "inspection_signed_task_id_no_fkey" FOREIGN KEY ("task_id", "no") REFERENCES "inspection_protocol"("task_id", "no") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "inspection_clue" (
    "task_id" BIGINT NOT NULL,
    "case_id" BIGINT NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_clue_pkey" PRIMARY KEY ("task_id"),
    CONSTRAINT "inspection_clue_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "inspection_signed"("task_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "inspection_clue_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "case_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "inspection_clue_case_id_key" ON "inspection_clue"("case_id");

-- Results of checks beside the draw stand in the same list.
ALTER TABLE "inspection_record" ALTER COLUMN "draw_id" DROP NOT NULL,
  ADD COLUMN "task_id" BIGINT,
  ADD CONSTRAINT "inspection_record_of" CHECK ("draw_id" IS NOT NULL OR "task_id" IS NOT NULL),
  ADD CONSTRAINT "inspection_record_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "inspection_task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER "inspection_checklist_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_checklist" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_answer_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_answer" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_photo_stays" BEFORE DELETE OR TRUNCATE ON "inspection_photo" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_protocol_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_protocol" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_signature_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_signature" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_signed_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_signed" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_clue_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_clue" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
