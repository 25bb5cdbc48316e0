-- AlterTable
ALTER TABLE "intake_batch" ADD COLUMN     "share" SMALLINT;
