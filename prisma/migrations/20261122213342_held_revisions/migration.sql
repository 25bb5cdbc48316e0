-- AlterTable
ALTER TABLE "intake_batch" ADD COLUMN     "begun" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "in_parts" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "held_revision" (
    "revision_id" BIGINT NOT NULL,
    "batch_id" BIGINT NOT NULL,
    "part" BIGINT NOT NULL,
    "begun" INTEGER NOT NULL DEFAULT 0,
    "error" VARCHAR(200),
    "engine_version" VARCHAR(20),
    "rule_set_version" VARCHAR(12),
    "quarantine_id" BIGINT,
    "held_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "held_revision_pkey" PRIMARY KEY ("revision_id")
);

-- CreateIndex
CREATE INDEX "held_revision_batch_id_idx" ON "held_revision"("batch_id");
