-- Draws of inspections (src/inspection): directories as they were, commitments, evidence, results, replacements, and what the checks found.

CREATE TABLE "draw_directory" (
    "id" BIGSERIAL NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "entries" JSON NOT NULL,
    "rows" INTEGER NOT NULL,
    "file_name" VARCHAR(200) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draw_directory_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "draw_directory_kind" CHECK ("kind" IN ('objects', 'inspectors')),
    CONSTRAINT "draw_directory_rows" CHECK ("rows" > 0)
);
CREATE INDEX "draw_directory_kind_id_idx" ON "draw_directory"("kind", "id" DESC);

CREATE TABLE "draw" (
    "id" BIGSERIAL NOT NULL,
    "commitment" TEXT NOT NULL,
    "commitment_sha256" CHAR(64) NOT NULL,
    "objects_id" BIGINT NOT NULL,
    "inspectors_id" BIGINT,
    "redraw_of" BIGINT,
    "account" VARCHAR(120) NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "draw_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "draw_commitment_sha256" CHECK ("commitment_sha256" = encode(sha256(convert_to("commitment", 'UTF8')), 'hex')),
    CONSTRAINT "draw_objects_id_fkey" FOREIGN KEY ("objects_id") REFERENCES "draw_directory"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "draw_inspectors_id_fkey" FOREIGN KEY ("inspectors_id") REFERENCES "draw_directory"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "draw_redraw_of_fkey" FOREIGN KEY ("redraw_of") REFERENCES "draw"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "draw_commitment_sha256_key" ON "draw"("commitment_sha256");
CREATE UNIQUE INDEX "draw_redraw_of_key" ON "draw"("redraw_of");

CREATE TABLE "draw_secret" (
    "draw_id" BIGINT NOT NULL,
    "salt" CHAR(64) NOT NULL,

    CONSTRAINT "draw_secret_pkey" PRIMARY KEY ("draw_id"),
    CONSTRAINT "draw_secret_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- What two people read or rolled, each for themselves.
CREATE TABLE "draw_reading" (
    "draw_id" BIGINT NOT NULL,
    "place" SMALLINT NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "reading" JSON NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draw_reading_pkey" PRIMARY KEY ("draw_id", "place"),
    CONSTRAINT "draw_reading_place" CHECK ("place" IN (0, 1)),
    CONSTRAINT "draw_reading_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "draw_reading_draw_id_account_key" ON "draw_reading"("draw_id", "account");

-- One result for each draw, for good.
CREATE TABLE "draw_result" (
    "draw_id" BIGINT NOT NULL,
    "evidence" JSON NOT NULL,
    "result" JSON NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draw_result_pkey" PRIMARY KEY ("draw_id"),
    CONSTRAINT "draw_result_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "draw_replacement" (
    "draw_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "replacement" JSON NOT NULL,
    "account" VARCHAR(120) NOT NULL,

    CONSTRAINT "draw_replacement_pkey" PRIMARY KEY ("draw_id", "seq"),
    CONSTRAINT "draw_replacement_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw_result"("draw_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- Two people who agree that a draw is to be drawn again.
CREATE TABLE "draw_redraw_approval" (
    "draw_id" BIGINT NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draw_redraw_approval_pkey" PRIMARY KEY ("draw_id", "account"),
    CONSTRAINT "draw_redraw_approval_reason" CHECK ("reason" <> ''),
    CONSTRAINT "draw_redraw_approval_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- What the check of an object found; a correction is a later entry.
CREATE TABLE "inspection_record" (
    "id" BIGSERIAL NOT NULL,
    "draw_id" BIGINT NOT NULL,
    "object_id" VARCHAR(64) NOT NULL,
    "checked_on" CHAR(10) NOT NULL,
    "result_code" VARCHAR(40) NOT NULL,
    "note" VARCHAR(2000) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inspection_record_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "inspection_record_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw_result"("draw_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "inspection_record_draw_id_object_id_id_idx" ON "inspection_record"("draw_id", "object_id", "id" DESC);

-- From then on everybody can repeat an unannounced draw.
CREATE TABLE "draw_opening" (
    "draw_id" BIGINT NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draw_opening_pkey" PRIMARY KEY ("draw_id"),
    CONSTRAINT "draw_opening_draw_id_fkey" FOREIGN KEY ("draw_id") REFERENCES "draw_result"("draw_id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TRIGGER "draw_directory_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_directory" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_secret_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_secret" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_reading_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_reading" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_result_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_result" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_replacement_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_replacement" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_redraw_approval_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_redraw_approval" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "inspection_record_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inspection_record" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "draw_opening_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "draw_opening" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
