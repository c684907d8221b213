/** Prerequisites: who waits for whom, and who goes on. */
export const WAITING = `
-- Whether somebody who waits for this waits for something that may still come.
CREATE FUNCTION is_unfinished(p_jid text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
DECLARE v_state smallint;
BEGIN
  SELECT state INTO v_state FROM job WHERE jid = p_jid;
  IF FOUND THEN
    RETURN v_state <> 5 AND NOT (v_state = 4 AND EXISTS (SELECT FROM blocked WHERE jid = p_jid AND as_dead));
  END IF;
  RETURN p_jid LIKE 'batch:%' AND batch_is_awaited(p_jid);
END $mandate$;

-- Blocked as long as one of these is unfinished, or until it is handed on where one has failed.
CREATE FUNCTION block(p_jid text, p_prereqs text[], p_failure text, p_now float8) RETURNS void
LANGUAGE plpgsql AS $mandate$
DECLARE
  v_failed record;
  v_open int;
BEGIN
  IF p_failure <> 'release' THEN
    SELECT p.jid, CASE WHEN j.jid IS NULL THEN e.how ELSE 'dead' END AS how INTO v_failed
      FROM unnest(p_prereqs) WITH ORDINALITY p(jid, n)
      LEFT JOIN job j ON j.jid = p.jid
      LEFT JOIN ended e ON e.jid = p.jid AND j.jid IS NULL AND e.until > p_now
      LEFT JOIN blocked b ON b.jid = p.jid AND b.as_dead
     WHERE j.state = 5 OR b.jid IS NOT NULL OR e.jid IS NOT NULL
     ORDER BY p.n LIMIT 1;
    IF NOT FOUND THEN
      SELECT p.jid, 'cancelled' AS how INTO v_failed FROM unnest(p_prereqs) WITH ORDINALITY p(jid, n)
       WHERE p.jid LIKE 'batch:%' AND batch_fate(p.jid) = 'missed' ORDER BY p.n LIMIT 1;
    END IF;
    IF FOUND THEN
      UPDATE job SET state = 4, pos = nextval('seq'), age = 0, lease = NULL, run = NULL, started_at = NULL WHERE jid = p_jid;
      INSERT INTO blocked (jid, failure, open, prereqs, failed_jid, failed_how, free_order, free_rank)
      VALUES (p_jid, p_failure, 0, '{}', v_failed.jid, v_failed.how, nextval('seq'), 0);
      PERFORM tell_work();
      RETURN;
    END IF;
  END IF;
  INSERT INTO edge (prereq, ord, dependent)
  SELECT p.jid, nextval('seq'), p_jid
    FROM (SELECT jid, min(n) AS n FROM unnest(p_prereqs) WITH ORDINALITY u(jid, n) GROUP BY jid ORDER BY 2) p
   WHERE is_unfinished(p.jid);
  GET DIAGNOSTICS v_open = ROW_COUNT;
  IF v_open = 0 THEN
    PERFORM start_waiting(p_jid, p_now);
    RETURN;
  END IF;
  UPDATE job SET awaited = true
   WHERE jid IN (SELECT prereq FROM edge WHERE dependent = p_jid) AND NOT awaited;
  UPDATE job SET state = 4, pos = nextval('seq'), age = 0, lease = NULL, run = NULL, started_at = NULL WHERE jid = p_jid;
  INSERT INTO blocked (jid, failure, open, prereqs)
  SELECT p_jid, p_failure, v_open, array_agg(prereq ORDER BY ord) FROM edge WHERE dependent = p_jid;
END $mandate$;

-- A job that comes in. One that is to be buried since a prerequisite has failed is left to whoever asked.
CREATE FUNCTION place(p_jid text, p_prereqs text[], p_failure text, p_now float8) RETURNS void
LANGUAGE plpgsql AS $mandate$
BEGIN
  IF p_prereqs IS NULL THEN
    PERFORM start_waiting(p_jid, p_now);
    RETURN;
  END IF;
  PERFORM block(p_jid, p_prereqs, coalesce(p_failure, 'release'), p_now);
  IF p_failure = 'cancel' AND EXISTS (SELECT FROM blocked WHERE jid = p_jid AND failed_jid IS NOT NULL) THEN
    PERFORM take_out(p_jid, p_now), finish(p_jid, 'cancelled', p_now);
  END IF;
END $mandate$;

-- One that came in, and is to be buried: [] or [{…}]. What comes after it finds it dead.
CREATE FUNCTION doomed_at_entry(p_jid text) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE b blocked;
BEGIN
  UPDATE blocked SET as_dead = true WHERE jid = p_jid AND failed_jid IS NOT NULL AND failure = 'bury' RETURNING * INTO b;
  RETURN CASE WHEN FOUND THEN jsonb_build_array(doomed(b)) ELSE '[]' END;
END $mandate$;

CREATE FUNCTION is_releasable() RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM freed) OR EXISTS (SELECT FROM blocked WHERE free_order IS NOT NULL)
      OR EXISTS (SELECT FROM key WHERE freed) OR EXISTS (SELECT FROM inbox) OR EXISTS (SELECT FROM batch_news);
END $mandate$;

-- What has ended is told to those that wait for it, until so many may go on.
CREATE FUNCTION spread_freed(p_most int) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  f freed;
  e edge;
  v_told int;
  v_free int := 0;
BEGIN
  FOR f IN SELECT * FROM freed ORDER BY id LOOP
    v_told := 0;
    FOR e IN SELECT * FROM edge WHERE prereq = f.prereq AND ord < f.id ORDER BY ord LIMIT p_most LOOP
      v_told := v_told + 1;
      DELETE FROM edge WHERE prereq = e.prereq AND ord = e.ord;
      UPDATE blocked SET open = open - 1,
             failed_jid = CASE WHEN f.ended IS NOT NULL AND failure <> 'release' THEN f.prereq ELSE failed_jid END,
             failed_how = CASE WHEN f.ended IS NOT NULL AND failure <> 'release' THEN f.ended ELSE failed_how END,
             free_order = CASE WHEN open = 1 OR (f.ended IS NOT NULL AND failure <> 'release') THEN f.id END,
             free_rank = e.ord
       WHERE jid = e.dependent AND free_order IS NULL;
      v_free := v_free + (SELECT count(*) FROM blocked WHERE jid = e.dependent AND free_order = f.id);
    END LOOP;
    IF v_told < p_most THEN
      DELETE FROM freed WHERE id = f.id;
    END IF;
    EXIT WHEN v_free >= p_most OR v_told = p_most;
  END LOOP;
END $mandate$;

-- Hands on what is free. Those that are to be buried are answered, since a payload says why.
CREATE FUNCTION release_1(p_most int, p_dead_max int, p_dead_seconds float8) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $mandate$
DECLARE
  b blocked;
  v_now float8 := epoch();
  v_released int := 0;
  v_bury jsonb := '[]';
  v_news jsonb;
BEGIN
  IF NOT is_releasable() THEN
    RETURN '{"released":0,"bury":[],"news":[]}';
  END IF;
  PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  PERFORM admit_inbox(v_now);
  WITH told AS (DELETE FROM batch_news RETURNING *)
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'event', n.event) ORDER BY n.ord), '[]') INTO v_news FROM told n;
  LOOP
    PERFORM spread_freed(p_most);
    FOR b IN SELECT * FROM blocked WHERE free_order IS NOT NULL ORDER BY free_order, free_rank LIMIT p_most LOOP
      IF b.failed_jid IS NULL THEN
        PERFORM take_out(b.jid, v_now), start_waiting(b.jid, v_now);
        v_released := v_released + 1;
      ELSIF b.failure = 'bury' THEN
        v_bury := v_bury || doomed(b);
      ELSE
        PERFORM take_out(b.jid, v_now), finish(b.jid, 'cancelled', v_now);
        v_released := v_released + 1;
      END IF;
    END LOOP;
    EXIT WHEN v_released > 0 OR v_bury <> '[]' OR NOT EXISTS (SELECT FROM freed);
  END LOOP;
  IF v_released + jsonb_array_length(v_bury) < p_most THEN
    v_released := v_released + release_lines(p_most - v_released, v_now);
  END IF;
  RETURN jsonb_build_object('released', v_released, 'bury', v_bury, 'news', v_news, 'now', v_now) || told();
END $mandate$;

CREATE FUNCTION doomed(b blocked) RETURNS jsonb LANGUAGE sql AS $mandate$
  SELECT jsonb_build_object('jid', j.jid, 'queue', j.queue, 'payload', j.payload,
                            'failed', b.failed_jid, 'how', b.failed_how)
    FROM job j WHERE j.jid = b.jid
$mandate$;

-- Buries those: [{jid, payload}].
CREATE FUNCTION bury_doomed_1(p_doomed text, p_dead_max int, p_dead_seconds float8) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $mandate$
DECLARE
  d record;
  v_now float8 := epoch();
  v_buried int := 0;
BEGIN
  PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  FOR d IN SELECT * FROM json_to_recordset(p_doomed::json) AS x(jid text, payload text) LOOP
    IF EXISTS (SELECT FROM blocked WHERE jid = d.jid AND failed_jid IS NOT NULL AND failure = 'bury') THEN
      PERFORM take_out(d.jid, v_now), bury(d.jid, d.payload, v_now);
      v_buried := v_buried + 1;
    END IF;
  END LOOP;
  RETURN jsonb_build_object('buried', v_buried) || told();
END $mandate$;

-- Moves what is due to the ends of its queues.
CREATE FUNCTION promote_1(p_most int) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $mandate$
DECLARE
  v_now float8 := epoch();
  v_jid text;
  v_promoted int := 0;
  v_next float8;
BEGIN
  SELECT least((SELECT at FROM job WHERE state = 2 ORDER BY at LIMIT 1),
               (SELECT at FROM job WHERE state = 3 ORDER BY at LIMIT 1), next_wake()) INTO v_next;
  IF v_next <= v_now THEN
    PERFORM alone();
    FOR v_jid IN
      SELECT d.jid FROM (
        (SELECT jid, at, state, pos FROM job WHERE state = 2 AND at <= v_now ORDER BY at, pos LIMIT p_most)
        UNION ALL
        (SELECT jid, at, state, pos FROM job WHERE state = 3 AND at <= v_now ORDER BY at, pos LIMIT p_most)
      ) d ORDER BY at, state, pos LIMIT p_most
    LOOP
      PERFORM take_out(v_jid, v_now), enter(v_jid, v_now);
      v_promoted := v_promoted + 1;
    END LOOP;
    PERFORM wake(v_now);
    SELECT least((SELECT at FROM job WHERE state = 2 ORDER BY at LIMIT 1),
                 (SELECT at FROM job WHERE state = 3 ORDER BY at LIMIT 1), next_wake()) INTO v_next;
  END IF;
  RETURN jsonb_build_object('promoted', v_promoted, 'nextAt', v_next) || told();
END $mandate$;
`;
