-- What whoever tells sends along, sealed in their browser for the tip office; by the hash of what is sealed, which the sealed tip names.
CREATE TABLE "tip_file" (
    "tip_id" BIGINT NOT NULL,
    "no" SMALLINT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "tip_file_pkey" PRIMARY KEY ("tip_id", "no"),
    CONSTRAINT "tip_file_tip_id_fkey" FOREIGN KEY ("tip_id") REFERENCES "tip"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "tip_file_no" CHECK ("no" BETWEEN 1 AND 5),
    CONSTRAINT "tip_file_sha256" CHECK ("sha256" = encode(sha256("sealed"), 'hex')),
    CONSTRAINT "tip_file_sealed" CHECK (octet_length("sealed") BETWEEN 49 AND 5374016)
);
CREATE UNIQUE INDEX "tip_file_tip_id_sha256_key" ON "tip_file"("tip_id", "sha256");
ALTER TABLE "tip_file" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;
CREATE TRIGGER "tip_file_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "tip_file"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- A reward is proposed by one, approved by another, and paid; or sent back, or not claimed in time.
ALTER TABLE "tip_step" ALTER COLUMN "action" TYPE VARCHAR(14);
ALTER TABLE "tip_step" DROP CONSTRAINT "tip_step_action";
ALTER TABLE "tip_step" ADD CONSTRAINT "tip_step_action" CHECK ("action" IN ('accept', 'decline', 'answer', 'raise', 'refer', 'close',
  'reward', 'return_reward', 'approve_reward', 'pay_reward', 'forgo_reward'));
ALTER TABLE "tip" DROP CONSTRAINT "tip_state";
ALTER TABLE "tip" ADD CONSTRAINT "tip_state" CHECK ("state" IN ('received', 'accepted', 'declined', 'closed', 'proposed', 'approved', 'paid', 'forgone'));
-- One that a former version let a single person fix waits for the approval of another.
ALTER TABLE "tip" DISABLE TRIGGER "tip_moves_on";
UPDATE "tip" SET "state" = 'proposed' WHERE "state" = 'closed' AND EXISTS (SELECT FROM "tip_step" s WHERE s."tip_id" = "tip"."id" AND s."action" = 'reward');
ALTER TABLE "tip" ENABLE TRIGGER "tip_moves_on";
