-- What a replay judges again. Those that began before judge everything.
ALTER TABLE "rule_run" ADD COLUMN "scope" VARCHAR(7) NOT NULL DEFAULT 'all'
  CONSTRAINT "rule_run_scope" CHECK ("scope" IN ('persons', 'windows', 'all'));
