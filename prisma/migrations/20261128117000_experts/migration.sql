-- Experts and third parties: a directory like the others. They go along to checks, and sign nothing (src/inspection/).

ALTER TABLE "draw_directory" DROP CONSTRAINT "draw_directory_kind",
  ADD CONSTRAINT "draw_directory_kind" CHECK ("kind" IN ('objects', 'inspectors', 'experts'));

ALTER TABLE "inspection_task" ADD COLUMN "advisers" JSON NOT NULL DEFAULT '[]';

-- Only what is planned gets another team or other experts.
CREATE OR REPLACE FUNCTION "inspection_task_moves_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.draw_id, NEW.recheck_of, NEW.object_id, NEW.object::text, NEW.from_day, NEW.due_day, NEW.reason, NEW.account, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.draw_id, OLD.recheck_of, OLD.object_id, OLD.object::text, OLD.from_day, OLD.due_day, OLD.reason, OLD.account, OLD.created_at)
     OR ((NEW.team::text, NEW.advisers::text) IS DISTINCT FROM (OLD.team::text, OLD.advisers::text) AND OLD.state <> 'planned')
     OR NOT (OLD.state = NEW.state OR (OLD.state || ' ' || NEW.state) IN
       ('planned cancelled', 'planned open', 'planned recorded', 'open concluded', 'concluded open', 'concluded signed'))
  THEN RAISE EXCEPTION 'inspection_task does not move from % to %', OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
