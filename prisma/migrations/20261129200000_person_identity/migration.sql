-- Of which numbers of a person `identity_index` has rows, so that a claim which states the same again writes nothing. NULL: not known.
ALTER TABLE "person" ADD COLUMN "identity" BYTEA;
