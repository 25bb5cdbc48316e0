-- CreateTable
CREATE TABLE "audit_warning" (
    "jr_id" CHAR(32) NOT NULL,
    "rule_code" VARCHAR(60) NOT NULL,
    "rule_version" CHAR(12) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,
    "mdtrt_id" VARCHAR(30) NOT NULL,
    "doctor" VARCHAR(30),
    "department" VARCHAR(30),
    "warn_type" CHAR(1) NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_warning_pkey" PRIMARY KEY ("jr_id")
);

-- CreateTable
CREATE TABLE "audit_feedback" (
    "jr_id" CHAR(32) NOT NULL,
    "warn_type" CHAR(1) NOT NULL,
    "dspo_way" CHAR(1) NOT NULL,
    "dspo_way_rea" VARCHAR(500),
    "revision" INTEGER NOT NULL DEFAULT 1,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_feedback_pkey" PRIMARY KEY ("jr_id")
);

-- CreateIndex
CREATE INDEX "audit_warning_given_at_idx" ON "audit_warning"("given_at");

-- CreateIndex
CREATE INDEX "audit_warning_fixmedins_code_given_at_idx" ON "audit_warning"("fixmedins_code", "given_at");

-- AddForeignKey
ALTER TABLE "audit_feedback" ADD CONSTRAINT "audit_feedback_jr_id_fkey" FOREIGN KEY ("jr_id") REFERENCES "audit_warning"("jr_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the contract demands of every answer, whatever program writes it
ALTER TABLE "audit_warning" ADD CONSTRAINT "audit_warning_type" CHECK ("warn_type" IN ('1', '2'));
ALTER TABLE "audit_feedback" ADD CONSTRAINT "audit_feedback_type" CHECK ("warn_type" IN ('1', '2'));
ALTER TABLE "audit_feedback" ADD CONSTRAINT "audit_feedback_way"
  CHECK ("dspo_way" = '2' OR ("dspo_way" = '1' AND "dspo_way_rea" IS NOT NULL));
