-- CreateTable
CREATE TABLE "audit_event" (
    "seq" BIGINT NOT NULL,
    "prev_hash" CHAR(64) NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "kind" VARCHAR(60) NOT NULL,
    "account" VARCHAR(120) NOT NULL,
    "subject" VARCHAR(260) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_anchor" (
    "id" BIGSERIAL NOT NULL,
    "day" DATE NOT NULL,
    "seq" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "signature" TEXT NOT NULL,

    CONSTRAINT "audit_anchor_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_event_kind_seq_idx" ON "audit_event"("kind", "seq");

-- CreateIndex
CREATE INDEX "audit_event_account_seq_idx" ON "audit_event"("account", "seq");

-- CreateIndex
CREATE INDEX "audit_event_subject_seq_idx" ON "audit_event"("subject", "seq");

-- CreateIndex
CREATE INDEX "audit_event_recorded_at_idx" ON "audit_event"("recorded_at");

-- CreateIndex
CREATE INDEX "audit_anchor_day_idx" ON "audit_anchor"("day");

-- The database repeats what the verifier checks. None of it stops whoever owns the database; the chain and its anchors tell afterwards.
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_seq" CHECK ("seq" >= 1);
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_hash" CHECK ("hash" = encode(sha256(convert_to("text", 'UTF8')), 'hex'));

CREATE TRIGGER "audit_event_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_anchor_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_anchor"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Appends events to the chain. The caller writes the canonical text (audit/event.ts) around three gaps that only the holder of the lock can
-- fill: the hash before, the time, and the sequence number. One call is one round trip, and the lock is held from here to the end of the
-- commit.
--
-- It is the LAST statement of its transaction. Then nobody deadlocks by it: whoever holds the lock waits for nothing any more but the disk,
-- so no ring of waiting transactions can pass through it. Called earlier, the rest of the transaction would run while everybody queues.
--
-- Under READ COMMITTED each statement in here sees what was committed before it began, and the lock is given back only after its holder's
-- commit can be seen: the last row read is the head. Under any stricter isolation the head may be an old one; then the primary key refuses.
CREATE FUNCTION "audit_append"(
  "kinds" TEXT[], "account" TEXT, "subjects" TEXT[], "starts" TEXT[], "middle" TEXT, "late" TEXT, "ends" TEXT[]
) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  head_seq BIGINT;
  head_hash TEXT;
  at TIMESTAMPTZ;
  at_text TEXT;
  event RECORD;
  event_text TEXT;
  event_hash TEXT;
BEGIN
  -- 'audt'
  PERFORM pg_advisory_xact_lock(1635083380);
  SELECT e.seq, e.hash INTO head_seq, head_hash FROM audit_event e ORDER BY e.seq DESC LIMIT 1;
  head_seq := coalesce(head_seq, 0);
  head_hash := coalesce(head_hash, repeat('0', 64));
  -- The time of recording, not of the transaction's beginning: it grows along the chain.
  at := clock_timestamp();
  at_text := to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  FOR event IN
    SELECT * FROM unnest(kinds, subjects, starts, ends) WITH ORDINALITY AS given(kind, subject, start, ending, place) ORDER BY place
  LOOP
    head_seq := head_seq + 1;
    event_text := event.start || head_hash || middle || at_text || late || head_seq || event.ending;
    event_hash := encode(sha256(convert_to(event_text, 'UTF8')), 'hex');
    INSERT INTO audit_event (seq, prev_hash, hash, kind, account, subject, recorded_at, text)
      VALUES (head_seq, head_hash, event_hash, event.kind, account, event.subject, at, event_text);
    head_hash := event_hash;
  END LOOP;
  RETURN head_seq;
END
$$;

-- The first event makes every chain another one: its hash is the name of the chain.
SELECT audit_append(
  '{audit.chain_started}', 'system:migration', '{audit_event/1}',
  ARRAY['{"actor":{"account":"system:migration","address":null,"area":"*","role":"system"},"after":null,"before":null,"detail":{"chain":"'
    || gen_random_uuid() || '"},"kind":"audit.chain_started","prev_hash":"'],
  '","purpose":null,"recorded_at":"', '","request_id":null,"seq":', ARRAY[',"subject":{"key":"1","type":"audit_event"},"v":1}']
);
