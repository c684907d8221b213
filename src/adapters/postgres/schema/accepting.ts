/** How jobs come in. */
export const ACCEPTING = `
-- Notes that a numbered statement was committed. One that was said not to have been fails here, should a copy of it
-- come all the same. A set of which no number is asked for any more is removed (p_over).
CREATE FUNCTION deliver(p_set text, p_number bigint, p_over text, p_left_out text[]) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  INSERT INTO delivery (set_name, number, left_out, until) VALUES (p_set, p_number, p_left_out, epoch() + 1200);
  IF p_over <> '' THEN
    DELETE FROM delivery WHERE set_name = p_over;
  END IF;
END $mandate$;

-- Finds out whether a statement was committed of which the answer was lost, and has its jids remembered then: whoever
-- sends them again makes no second job, until ten minutes after the first is over. If it was not, it will not be
-- either.
CREATE FUNCTION resolve_delivery_1(p_set text, p_number bigint, p_jids text[]) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  v_now float8 := epoch();
  v_left_out text[];
BEGIN
  -- Whoever asks again, for another of its jobs or since the answer was lost, finds them left out.
  INSERT INTO delivery (set_name, number, left_out, until) VALUES (p_set, p_number, p_jids, v_now + 1200) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN false;
  END IF;
  SELECT left_out INTO v_left_out FROM delivery WHERE set_name = p_set AND number = p_number;
  UPDATE job SET remembered = true WHERE jid = ANY (p_jids) AND jid <> ALL (v_left_out) AND NOT remembered;
  INSERT INTO over_jid (jid, until)
  SELECT u.jid, v_now + 600 FROM unnest(p_jids) AS u(jid)
   WHERE u.jid <> ALL (v_left_out) AND NOT EXISTS (SELECT FROM job WHERE job.jid = u.jid)
     AND NOT EXISTS (SELECT FROM ended WHERE ended.jid = u.jid AND how IN ('cancelled', 'deleted'))
  ON CONFLICT (jid) DO NOTHING;
  RETURN true;
END $mandate$;

-- Jobs that ask for nothing but a queue and a time. It takes no lock, so that it may be part of a transaction
-- of the application's, however long that stays open. There it names no queues either (p_names): whoever had the
-- same name would wait for the end of the transaction.
CREATE FUNCTION enqueue_1(p_entries text, p_names boolean, p_set text, p_number bigint, p_over text)
RETURNS TABLE (accepted int, due float8)
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
DECLARE v_now float8 := epoch();
BEGIN
  IF p_set IS NOT NULL THEN
    PERFORM deliver(p_set, p_number, p_over, '{}');
  END IF;
  RETURN QUERY
  WITH added AS (
    INSERT INTO job (jid, queue, priority, state, at, pos, enqueued_at, payload)
    SELECT e.j, e.q, coalesce(e.p, 0),
           CASE WHEN e.at > v_now THEN 2 ELSE 0 END, CASE WHEN e.at > v_now THEN e.at END, nextval('seq'),
           CASE WHEN e.at > v_now THEN NULL ELSE v_now END, e.t
      FROM (SELECT x.j, x.q, x.p, x.t, coalesce(v_now + x.d, x.a) AS at
              FROM json_to_recordset(p_entries::json) AS x(j text, q text, p bigint, a float8, d float8, t text)) e
    ON CONFLICT (jid) DO NOTHING
    RETURNING queue, state, job.at),
  named AS (
    INSERT INTO queue (name)
    SELECT d.queue FROM (SELECT DISTINCT a.queue FROM added a WHERE p_names AND a.state = 0) d
     WHERE NOT EXISTS (SELECT FROM queue q WHERE q.name = d.queue)
    ON CONFLICT DO NOTHING)
  SELECT count(*)::int, min(a.at) FILTER (WHERE a.state = 2) FROM added a;
END $mandate$;

-- The same where they wait at once in one queue, and differ in jid and payload alone: a line for each. It costs half.
CREATE FUNCTION enqueue_alike_1(p_queue text, p_jids text, p_payloads text, p_set text, p_number bigint, p_over text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
DECLARE
  v_now float8 := epoch();
  v_added int := 0;
BEGIN
  PERFORM deliver(p_set, p_number, p_over, '{}');
  IF position(E'\\n' IN p_jids) > 0 THEN
    BEGIN
      INSERT INTO job (jid, queue, state, pos, enqueued_at, payload)
      SELECT l.jid, p_queue, 0, nextval('seq'), v_now, l.payload
        FROM ROWS FROM (string_to_table(p_jids, E'\\n'), string_to_table(p_payloads, E'\\n')) AS l(jid, payload);
      GET DIAGNOSTICS v_added = ROW_COUNT;
    EXCEPTION WHEN unique_violation THEN
      -- Some are there. To look for each costs more than to insert most.
    END;
  END IF;
  IF v_added = 0 THEN
    INSERT INTO job (jid, queue, state, pos, enqueued_at, payload)
    SELECT l.jid, p_queue, 0, nextval('seq'), v_now, l.payload
      FROM ROWS FROM (string_to_table(p_jids, E'\\n'), string_to_table(p_payloads, E'\\n')) AS l(jid, payload)
    ON CONFLICT (jid) DO NOTHING;
    GET DIAGNOSTICS v_added = ROW_COUNT;
  END IF;
  IF v_added > 0 THEN
    PERFORM register(p_queue);
  END IF;
END $mandate$;

-- Within a transaction of the application's: what asks for more is taken in once that is committed, by whoever
-- releases jobs next. Workers are told at the commit.
CREATE FUNCTION enqueue_within_1(p_plain text, p_guarded text, p_channel text) RETURNS int
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
BEGIN
  IF p_plain IS NOT NULL THEN
    PERFORM enqueue_1(p_plain, false, NULL, NULL, NULL);
  END IF;
  IF p_guarded IS NOT NULL THEN
    INSERT INTO inbox (id, entries) VALUES (nextval('seq'), p_guarded);
  END IF;
  IF p_channel IS NOT NULL THEN
    PERFORM pg_notify(p_channel, '["within",{"missed":true}]');
  END IF;
  RETURN 1;
END $mandate$;

-- Makes a job's end part of a transaction of the application's: says 0 where the run is not the worker's any more.
-- Of two runs of a job one can commit at most.
CREATE FUNCTION complete_within_1(p_jid text, p_run bigint) RETURNS int
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
BEGIN
  IF NOT EXISTS (SELECT FROM job WHERE jid = p_jid AND run = p_run AND state = 1) THEN
    RETURN 0;
  END IF;
  INSERT INTO completed (jid) VALUES (p_jid);
  RETURN 1;
END $mandate$;

-- Whether a job of that jid is there, or was lately, so that this one makes none.
CREATE FUNCTION is_known(p_jid text, p_remembered boolean, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM job WHERE jid = p_jid)
      OR (p_remembered AND EXISTS (SELECT FROM over_jid WHERE jid = p_jid AND until > p_now));
END $mandate$;

CREATE FUNCTION accept(e jsonb, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
DECLARE
  v_jid text := e ->> 'j';
  v_remembered boolean := coalesce((e ->> 'm')::boolean, false);
  v_is_new boolean := NOT is_known(v_jid, v_remembered, p_now);
BEGIN
  IF v_is_new THEN
    INSERT INTO job (jid, queue, priority, state, at, pos, payload, remembered, fair_key)
    VALUES (v_jid, e ->> 'q', coalesce((e ->> 'p')::bigint, 0), 4,
            coalesce(p_now + (e ->> 'd')::float8, (e ->> 'a')::float8), nextval('seq'), e ->> 't', v_remembered, e ->> 'fair');
  END IF;
  IF v_remembered THEN
    UPDATE job SET remembered = true WHERE jid = v_jid AND NOT remembered;
    IF EXISTS (SELECT FROM job WHERE jid = v_jid) THEN
      DELETE FROM ended WHERE jid = v_jid;
    END IF;
  END IF;
  RETURN v_is_new;
END $mandate$;

-- Jobs that ask for more: prerequisites, keys, a batch, turns, a document that is written with them.
CREATE FUNCTION enqueue_guarded_1(p_entries text, p_given text, p_dead_max int, p_dead_seconds float8,
                                  p_set text, p_number bigint, p_over text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $mandate$
DECLARE
  v_now float8;
  v_given jsonb := p_given::jsonb;
  v_written jsonb := '{}';
  v_answer jsonb;
BEGIN
  PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  v_now := epoch();
  IF v_given IS NOT NULL THEN
    v_written := write_document(v_given, v_now);
    IF v_written ? 'conflict' THEN
      PERFORM deliver(p_set, p_number, p_over, ARRAY(SELECT e ->> 'j' FROM jsonb_array_elements(p_entries::jsonb) e));
      RETURN v_written;
    END IF;
  END IF;
  v_answer := admit(p_entries::jsonb, v_now);
  PERFORM deliver(p_set, p_number, p_over, ARRAY(SELECT r ->> 'jid' FROM jsonb_array_elements(v_answer -> 'refused') r));
  RETURN v_answer || v_written || jsonb_build_object('now', v_now) || told();
END $mandate$;
`;
