/** Batches: what is counted of their jobs, and what happens to them. */
export const BATCHES = `
CREATE FUNCTION batch_takes(p_id text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM batch WHERE id = p_id AND ended_at IS NULL AND cancelled_at IS NULL);
END $mandate$;

CREATE FUNCTION batch_join(p_id text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  UPDATE batch SET total = total + 1, pending = pending + 1, untried = untried + 1 WHERE id = p_id;
  PERFORM batch_schedule(p_id, p_now);
END $mandate$;

-- Whether an event has come, may still come (open), or cannot any more (missed). NULL: it is no batch's.
CREATE FUNCTION batch_fate(p_prereq text) RETURNS text LANGUAGE plpgsql AS $mandate$
DECLARE
  b batch;
  v_parts text[] := regexp_match(p_prereq, '^batch:(\\w+):(complete|success|death)$');
BEGIN
  IF v_parts IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT * INTO b FROM batch WHERE id = v_parts[1];
  RETURN CASE WHEN b.id IS NULL THEN 'missed'
    WHEN (CASE v_parts[2] WHEN 'complete' THEN b.completed_at WHEN 'success' THEN b.succeeded_at ELSE b.died_at END) IS NOT NULL THEN 'come'
    WHEN v_parts[2] <> 'complete' AND b.ended_at IS NOT NULL THEN 'missed' ELSE 'open' END;
END $mandate$;

CREATE FUNCTION batch_is_awaited(p_prereq text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN coalesce(batch_fate(p_prereq) = 'open', false);
END $mandate$;

CREATE FUNCTION batch_is_cancelled(p_jid text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM guard g JOIN batch b ON b.id = g.batch WHERE g.jid = p_jid AND b.cancelled_at IS NOT NULL);
END $mandate$;

CREATE FUNCTION batch_tell(p_id text, p_event text, p_ended text) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_prereq text := 'batch:' || p_id || ':' || p_event;
BEGIN
  PERFORM free(v_prereq, p_ended);
  IF p_ended IS NULL THEN
    INSERT INTO batch_news (id, event) VALUES (p_id, p_event);
    DELETE FROM batch_news WHERE ord <= (SELECT max(ord) - 1000 FROM batch_news);
    PERFORM tell_work();
  END IF;
END $mandate$;

-- When it is to be looked at next: its opening runs out, or it is forgotten.
CREATE FUNCTION batch_schedule(p_id text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  b batch;
  v_at float8;
BEGIN
  SELECT * INTO b FROM batch WHERE id = p_id;
  v_at := coalesce(b.open_until,
    CASE WHEN b.pending = b.dead AND b.pending_children = 0 THEN coalesce(b.ended_at, p_now) + b.keep END);
  IF v_at IS DISTINCT FROM b.wake_at THEN
    UPDATE batch SET wake_at = v_at WHERE id = p_id;
    IF v_at IS NOT NULL THEN
      PERFORM tell_due(v_at);
    END IF;
  END IF;
END $mandate$;

-- Its counts have changed.
CREATE FUNCTION batch_changed(p_id text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  b batch;
  v_is_success boolean;
BEGIN
  SELECT * INTO b FROM batch WHERE id = p_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF b.open_until IS NULL AND b.untried = 0 AND b.untried_children = 0 AND b.completed_at IS NULL THEN
    UPDATE batch SET completed_at = p_now WHERE id = p_id;
    PERFORM batch_tell(p_id, 'complete', NULL), batch_leave_untried(p_id, p_now), tell_work();
  END IF;
  SELECT * INTO b FROM batch WHERE id = p_id;
  IF b.open_until IS NULL AND b.pending = 0 AND b.pending_children = 0 AND b.ended_at IS NULL THEN
    v_is_success := NOT b.is_incomplete AND b.cancelled_at IS NULL;
    UPDATE batch SET ended_at = p_now, succeeded_at = CASE WHEN v_is_success THEN p_now END WHERE id = p_id;
    PERFORM batch_tell(p_id, 'success', CASE WHEN v_is_success THEN NULL ELSE 'cancelled' END),
            batch_tell(p_id, 'death', 'cancelled'), batch_leave_pending(p_id, p_now);
  END IF;
  PERFORM batch_schedule(p_id, p_now);
END $mandate$;

CREATE FUNCTION batch_leave_untried(p_id text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_parent text;
BEGIN
  UPDATE batch SET in_parent_untried = false WHERE id = p_id AND in_parent_untried RETURNING parent INTO v_parent;
  IF FOUND THEN
    UPDATE batch SET untried_children = untried_children - 1 WHERE id = v_parent;
    PERFORM batch_changed(v_parent, p_now);
  END IF;
END $mandate$;

CREATE FUNCTION batch_leave_pending(p_id text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_parent text;
BEGIN
  UPDATE batch SET in_parent_pending = false WHERE id = p_id AND in_parent_pending RETURNING parent INTO v_parent;
  IF FOUND THEN
    UPDATE batch SET pending_children = pending_children - 1 WHERE id = v_parent;
    PERFORM batch_changed(v_parent, p_now);
  END IF;
END $mandate$;

-- --- What happens to its jobs ---------------------------------------------------------------------

-- The first attempt has ended, and not well. The payload says how: it may be anything.
CREATE FUNCTION batch_try(p_jid text, p_payload text, p_now float8) RETURNS text LANGUAGE plpgsql AS $mandate$
DECLARE
  g guard;
  v_name text := 'Error';
  v_message text := '';
BEGIN
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  IF g.batch IS NULL OR g.tried THEN
    RETURN g.batch;
  END IF;
  UPDATE guard SET tried = true WHERE jid = p_jid;
  BEGIN
    v_name := coalesce(p_payload::json ->> 'error_class', 'Error');
    v_message := left(coalesce(p_payload::json ->> 'error_message', ''), 500);
  EXCEPTION WHEN data_exception THEN
    NULL;
  END;
  UPDATE batch SET untried = untried - 1,
         failures = CASE WHEN jsonb_array_length(failures) < 100
           THEN failures || jsonb_build_object('jid', p_jid, 'errorClass', v_name, 'errorMessage', v_message) ELSE failures END
   WHERE id = g.batch;
  RETURN g.batch;
END $mandate$;

CREATE FUNCTION batch_failed(p_jid text, p_payload text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM batch_changed(batch_try(p_jid, p_payload, p_now), p_now);
END $mandate$;

CREATE FUNCTION batch_died(p_jid text, p_payload text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  v_id text := batch_try(p_jid, p_payload, p_now);
  v_each text := v_id;
BEGIN
  IF v_id IS NULL THEN
    RETURN;
  END IF;
  UPDATE guard SET counted_dead = true WHERE jid = p_jid AND NOT counted_dead;
  IF FOUND THEN
    UPDATE batch SET dead = dead + 1 WHERE id = v_id;
  END IF;
  WHILE v_each IS NOT NULL LOOP
    UPDATE batch SET died_at = p_now WHERE id = v_each AND died_at IS NULL;
    EXIT WHEN NOT FOUND;
    PERFORM batch_tell(v_each, 'death', NULL);
    SELECT parent INTO v_each FROM batch WHERE id = v_each;
  END LOOP;
  PERFORM batch_changed(v_id, p_now);
END $mandate$;

-- A job waits again, which may have been dead.
CREATE FUNCTION batch_waits(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_id text;
BEGIN
  UPDATE guard SET counted_dead = false WHERE jid = p_jid AND counted_dead RETURNING batch INTO v_id;
  IF FOUND THEN
    UPDATE batch SET dead = dead - 1 WHERE id = v_id;
    PERFORM batch_changed(v_id, p_now);
  END IF;
END $mandate$;

-- A job is over. One that was dead was no success, and is held against the batch.
CREATE FUNCTION batch_over(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE g guard;
BEGIN
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  IF g.batch IS NOT NULL AND NOT g.counted_dead THEN
    UPDATE batch SET pending = pending - 1, untried = untried - CASE WHEN g.tried THEN 0 ELSE 1 END WHERE id = g.batch;
    PERFORM batch_changed(g.batch, p_now);
  END IF;
END $mandate$;

-- --- For whoever makes them -----------------------------------------------------------------------

-- Closes those whose opening has run out, and forgets those that ended long ago.
CREATE FUNCTION batches_wake(p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  b batch;
  v_event text;
BEGIN
  LOOP
    SELECT * INTO b FROM batch WHERE wake_at <= p_now ORDER BY wake_at, ord LIMIT 1;
    EXIT WHEN NOT FOUND;
    IF b.open_until IS NOT NULL THEN
      UPDATE batch SET open_until = NULL, is_incomplete = true WHERE id = b.id;
      PERFORM batch_changed(b.id, p_now);
      CONTINUE;
    END IF;
    FOREACH v_event IN ARRAY '{complete,success,death}'::text[] LOOP
      PERFORM batch_tell(b.id, v_event, 'cancelled');
    END LOOP;
    UPDATE batch SET wake_at = NULL WHERE id = b.id;
    PERFORM batch_leave_untried(b.id, p_now), batch_leave_pending(b.id, p_now);
    DELETE FROM batch WHERE id = b.id;
  END LOOP;
END $mandate$;

-- What is to be done to a batch: open, renew, close, cancel.
CREATE FUNCTION change_batch_1(p_deed text, p_batch text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  v_batch jsonb := p_batch::jsonb;
  v_id text := v_batch ->> 'id';
  v_parent text := v_batch ->> 'parent';
  v_now float8;
  v_done boolean := false;
  v_cancelled text[] := '{}';
  v_open text[] := ARRAY[v_id];
  v_each text;
  i int := 1;
BEGIN
  PERFORM alone();
  v_now := epoch();
  PERFORM batches_wake(v_now);
  IF p_deed = 'open' THEN
    v_done := v_parent IS NULL OR EXISTS (SELECT FROM batch WHERE id = v_id) OR batch_takes(v_parent);
    IF v_done AND NOT EXISTS (SELECT FROM batch WHERE id = v_id) THEN
      INSERT INTO batch (id, ord, body, keep, parent, created_at, open_until, in_parent_pending, in_parent_untried)
      VALUES (v_id, nextval('seq'), v_batch ->> 'text', (v_batch ->> 'keep')::float8, v_parent, v_now,
              v_now + (v_batch ->> 'seconds')::float8, v_parent IS NOT NULL, v_parent IS NOT NULL);
      UPDATE batch SET children = children + 1, pending_children = pending_children + 1, untried_children = untried_children + 1
       WHERE id = v_parent;
      PERFORM batch_schedule(v_parent, v_now), batch_schedule(v_id, v_now);
    END IF;
  ELSIF p_deed = 'renew' THEN
    UPDATE batch SET open_until = v_now + (v_batch ->> 'seconds')::float8 WHERE id = v_id AND open_until IS NOT NULL;
    v_done := FOUND;
    PERFORM batch_schedule(v_id, v_now);
  ELSIF p_deed = 'close' THEN
    UPDATE batch SET open_until = NULL, is_incomplete = (v_batch ->> 'isIncomplete')::boolean WHERE id = v_id AND open_until IS NOT NULL;
    v_done := FOUND;
    IF v_done THEN
      PERFORM batch_changed(v_id, v_now);
    END IF;
  ELSE
    WHILE i <= cardinality(v_open) LOOP
      v_each := v_open[i];
      i := i + 1;
      UPDATE batch SET cancelled_at = coalesce(cancelled_at, v_now), open_until = NULL WHERE id = v_each AND ended_at IS NULL;
      IF FOUND THEN
        v_cancelled := v_cancelled || v_each;
        v_open := v_open || ARRAY(SELECT id FROM batch WHERE parent = v_each AND in_parent_pending ORDER BY ord);
      END IF;
    END LOOP;
    FOR i IN REVERSE cardinality(v_open) .. 1 LOOP
      PERFORM batch_changed(v_open[i], v_now);
    END LOOP;
  END IF;
  RETURN jsonb_build_object('done', v_done, 'cancelled', to_jsonb(v_cancelled)) || told();
END $mandate$;
`;
