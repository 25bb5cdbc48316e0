-- What batches changed, by revision. Whoever judges windows turns many of these into marked days at once: a batch has a claim or two of a day,
-- and a row for each of them cost more than all else that windows do.
CREATE TABLE "window_change" (
    "id" BIGSERIAL NOT NULL,
    "revision_ids" BIGINT[] NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "window_change_pkey" PRIMARY KEY ("id")
);
-- Numbers that rise by one are not worth compressing for the minute that they live.
ALTER TABLE "window_change" ALTER COLUMN "revision_ids" SET STORAGE EXTERNAL;
