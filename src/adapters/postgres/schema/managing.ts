/**
 * What operators do to jobs that wait. Each job is dealt with by itself, if it is as it was read.
 */
export const MANAGING = `
-- Whether a job is in a place: {queue, parked} or {set}.
CREATE FUNCTION is_in(j job, p_place jsonb) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  IF p_place ? 'queue' THEN
    RETURN j.queue = p_place ->> 'queue' AND CASE (p_place ->> 'parked')::boolean
      WHEN true THEN j.state = 6 WHEN false THEN j.state IN (0, 7, 8) ELSE j.state IN (0, 6, 7, 8) END;
  END IF;
  RETURN j.state = CASE p_place ->> 'set' WHEN 'scheduled' THEN 2 WHEN 'retry' THEN 3 WHEN 'blocked' THEN 4 WHEN 'dead' THEN 5 END;
END $mandate$;

-- Deletes, moves or rewrites: [{jid, pos, before, payload}], where before is what was read.
CREATE FUNCTION manage_1(p_deed text, p_place text, p_items text, p_ended text, p_dead_max int, p_dead_seconds float8) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $mandate$
DECLARE
  d record;
  j job;
  v_place jsonb := p_place::jsonb;
  v_now float8;
  v_count int := 0;
BEGIN
  PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  v_now := epoch();
  FOR d IN SELECT * FROM json_to_recordset(p_items::json) AS x(jid text, pos bigint, before text, payload text) LOOP
    IF v_place ->> 'set' = 'finished' THEN
      v_count := v_count + manage_finished(p_deed, d.jid, d.pos, d.before, d.payload, v_now)::int;
      CONTINUE;
    END IF;
    SELECT * INTO j FROM job WHERE jid = d.jid AND pos = d.pos AND payload = d.before;
    CONTINUE WHEN NOT FOUND OR NOT is_in(j, v_place);
    IF p_deed = 'rewrite' THEN
      UPDATE job SET payload = d.payload, enqueued_at = NULL WHERE jid = d.jid;
    ELSIF p_deed = 'delete' THEN
      PERFORM take_out(d.jid, v_now), finish(d.jid, p_ended, v_now);
    ELSIF p_deed = 'dead' THEN
      PERFORM take_out(d.jid, v_now), bury(d.jid, d.payload, v_now);
    ELSE
      IF j.state = 5 AND j.guarded THEN
        CONTINUE WHEN EXISTS (SELECT obstacles(d.jid));
      END IF;
      PERFORM take_out(d.jid, v_now);
      IF j.state = 5 AND j.guarded THEN
        PERFORM holds_revived(d.jid, v_now);
      END IF;
      UPDATE job SET payload = d.payload WHERE jid = d.jid;
      PERFORM enter(d.jid, v_now);
    END IF;
    v_count := v_count + 1;
  END LOOP;
  RETURN jsonb_build_object('count', v_count) || told();
END $mandate$;

CREATE FUNCTION manage_finished(p_deed text, p_jid text, p_pos bigint, p_before text, p_payload text, p_now float8) RETURNS boolean
LANGUAGE plpgsql AS $mandate$
DECLARE f finished;
BEGIN
  SELECT * INTO f FROM finished WHERE jid = p_jid AND pos = p_pos AND payload = p_before;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF p_deed = 'rewrite' THEN
    UPDATE finished SET payload = p_payload WHERE jid = p_jid;
    RETURN true;
  ELSIF p_deed <> 'delete' THEN
    -- A job anew, unless there is another of its jid.
    INSERT INTO job (jid, queue, state, pos, payload, at) VALUES (p_jid, f.queue, 4, nextval('seq'), p_payload, NULL) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN false;
    END IF;
    DELETE FROM ended WHERE jid = p_jid;
    IF p_deed = 'dead' THEN
      PERFORM bury(p_jid, p_payload, p_now);
    ELSE
      PERFORM enter(p_jid, p_now);
    END IF;
  END IF;
  DELETE FROM finished WHERE jid = p_jid;
  RETURN true;
END $mandate$;

-- Deletes so many of a place at most, the first first.
CREATE FUNCTION clear_1(p_place text, p_most int, p_dead_max int, p_dead_seconds float8) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $mandate$
DECLARE
  v_place jsonb := p_place::jsonb;
  v_jid text;
  v_now float8;
  v_count int := 0;
  v_queue text := v_place ->> 'queue';
BEGIN
  PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  v_now := epoch();
  IF v_place ->> 'set' = 'finished' THEN
    DELETE FROM finished WHERE jid IN (SELECT jid FROM finished ORDER BY pos LIMIT p_most);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN jsonb_build_object('count', v_count, 'isMore', v_count = p_most);
  END IF;
  IF v_queue IS NOT NULL THEN
    FOR v_jid IN
      (SELECT jid FROM job WHERE queue = v_queue AND state = 0 AND (v_place ->> 'parked')::boolean IS NOT TRUE LIMIT p_most)
      UNION ALL
      (SELECT jid FROM job WHERE queue = v_queue AND state = 7 AND (v_place ->> 'parked')::boolean IS NOT TRUE LIMIT p_most)
      UNION ALL
      (SELECT jid FROM job WHERE queue = v_queue AND state = 8 AND (v_place ->> 'parked')::boolean IS NOT TRUE LIMIT p_most)
      UNION ALL
      (SELECT jid FROM job WHERE queue = v_queue AND state = 6 AND (v_place ->> 'parked')::boolean IS NOT FALSE LIMIT p_most)
      LIMIT p_most LOOP
      PERFORM take_out(v_jid, v_now), finish(v_jid, 'deleted', v_now);
      v_count := v_count + 1;
    END LOOP;
    IF v_count < p_most AND v_place ->> 'parked' IS NULL THEN
      DELETE FROM queue WHERE name = v_queue;
      DELETE FROM round WHERE queue = v_queue;
      DELETE FROM last_round WHERE queue = v_queue;
    END IF;
  ELSE
    FOR v_jid IN EXECUTE format('SELECT jid FROM job WHERE state = %s LIMIT %s',
        CASE v_place ->> 'set' WHEN 'scheduled' THEN 2 WHEN 'retry' THEN 3 WHEN 'blocked' THEN 4 ELSE 5 END, p_most) LOOP
      PERFORM take_out(v_jid, v_now), finish(v_jid, 'deleted', v_now);
      v_count := v_count + 1;
    END LOOP;
  END IF;
  RETURN jsonb_build_object('count', v_count, 'isMore', v_count = p_most) || told();
END $mandate$;

CREATE FUNCTION cancel_1(p_jid text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  j job;
  v_now float8;
BEGIN
  PERFORM alone();
  v_now := epoch();
  SELECT * INTO j FROM job WHERE jid = p_jid;
  IF NOT FOUND OR j.state = 5 THEN
    RETURN '{"how":null}';
  ELSIF j.state = 1 THEN
    UPDATE job SET cancelled = true WHERE jid = p_jid;
    RETURN '{"how":"running"}';
  END IF;
  PERFORM take_out(p_jid, v_now), finish(p_jid, 'cancelled', v_now);
  RETURN '{"how":"waiting"}'::jsonb || told();
END $mandate$;

CREATE FUNCTION is_unfinished_1(p_jid text) RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
BEGIN
  RETURN is_unfinished(p_jid);
END $mandate$;

CREATE FUNCTION status_1(p_jid text) RETURNS text LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
DECLARE
  v_state smallint;
  v_how text;
BEGIN
  SELECT state INTO v_state FROM job WHERE jid = p_jid;
  IF FOUND THEN
    RETURN (ARRAY['enqueued','running','scheduled','retrying','blocked','dead','blocked','enqueued','enqueued'])[v_state + 1];
  END IF;
  SELECT how INTO v_how FROM ended WHERE jid = p_jid AND until > epoch();
  IF v_how = 'cancelled' THEN
    RETURN 'cancelled';
  END IF;
  RETURN CASE WHEN v_how IS NOT NULL OR EXISTS (SELECT FROM over_jid WHERE jid = p_jid AND until > epoch())
      OR EXISTS (SELECT FROM result WHERE jid = p_jid AND until > epoch())
      OR EXISTS (SELECT FROM progress WHERE jid = p_jid AND until > epoch())
      OR EXISTS (SELECT FROM finished WHERE jid = p_jid AND until > epoch()) THEN 'finished' ELSE 'unknown' END;
END $mandate$;
`;
