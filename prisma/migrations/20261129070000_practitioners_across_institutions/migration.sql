-- At which institutions anybody with a national code has worked (screening/window-store.ts). Rows are only ever added, by whoever marks a day: two
-- that add the same one at once do not wait for each other, so a row may stand twice.
CREATE TABLE "practitioner_place" (
    "id" BIGSERIAL NOT NULL,
    "practitioner" VARCHAR(30) NOT NULL,
    "fixmedins_code" VARCHAR(30) NOT NULL,

    CONSTRAINT "practitioner_place_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "practitioner_place_practitioner_fixmedins_code_idx" ON "practitioner_place"("practitioner", "fixmedins_code");

-- Whose work changed on the day, by national codes; '' among them: it may be anybody's. Of marks that are there already nothing else is known.
ALTER TABLE "window_mark" ADD COLUMN "practitioners" TEXT[] NOT NULL DEFAULT '{""}';
ALTER TABLE "window_mark" ALTER COLUMN "practitioners" DROP DEFAULT;

-- Whose day it is, where it is one person's wherever the visits were.
ALTER TABLE "window_undecided" ADD COLUMN "practitioner" VARCHAR(30) NOT NULL DEFAULT '';
ALTER TABLE "window_undecided" DROP CONSTRAINT "window_undecided_pkey";
ALTER TABLE "window_undecided" ADD CONSTRAINT "window_undecided_pkey" PRIMARY KEY ("fixmedins_code", "setl_id", "rule_code", "practitioner");
ALTER TABLE "window_undecided" ALTER COLUMN "practitioner" DROP DEFAULT;
