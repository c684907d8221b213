/**
 * The hot path of a worker: what has ended is settled, and what is next handed out, in one round
 * trip.
 */
export const EXCHANGE = `
-- The queues that a list of names and prefixes stands for, in its order; those of one prefix in random order.
CREATE FUNCTION served(p_listed text[]) RETURNS SETOF text LANGUAGE plpgsql AS $mandate$
DECLARE v_all boolean := EXISTS (SELECT FROM unnest(p_listed) AS u(entry) WHERE right(entry, 1) = '*');
BEGIN
  IF NOT v_all THEN
    RETURN QUERY SELECT s.name FROM (SELECT u.name, min(u.n) AS n FROM unnest(p_listed) WITH ORDINALITY u(name, n) GROUP BY 1) s
      WHERE NOT EXISTS (SELECT FROM paused WHERE paused.name = s.name COLLATE "C") ORDER BY s.n;
    RETURN;
  END IF;
  RETURN QUERY SELECT s.name FROM (
    SELECT u.entry AS name, min(u.n) AS n, 0::float8 AS r FROM unnest(p_listed) WITH ORDINALITY u(entry, n)
     WHERE right(u.entry, 1) <> '*' GROUP BY 1
    UNION ALL
    SELECT q.name, (SELECT u.n FROM unnest(p_listed) WITH ORDINALITY u(entry, n)
                     WHERE right(u.entry, 1) = '*' AND starts_with(q.name, left(u.entry, -1))
                     ORDER BY length(u.entry) DESC, u.n LIMIT 1), random()
      FROM queue q WHERE NOT q.name = ANY (p_listed) OR right(q.name, 1) = '*') s
   WHERE s.n IS NOT NULL AND NOT EXISTS (SELECT FROM paused WHERE paused.name = s.name COLLATE "C")
   ORDER BY s.n, s.r;
END $mandate$;

CREATE FUNCTION leave_result(p_jid text, p_text text, p_seconds float8, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  INSERT INTO result (jid, body, until) VALUES (p_jid, p_text, p_now + p_seconds)
  ON CONFLICT (jid) DO UPDATE SET body = excluded.body, until = excluded.until;
END $mandate$;

CREATE FUNCTION keep_finished(p_jid text, p_queue text, p_kept json, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  INSERT INTO finished (jid, pos, at, until, queue, grp, payload)
  VALUES (p_jid, nextval('seq'), p_now, p_now + (p_kept ->> 'seconds')::float8, p_queue, p_kept ->> 'group', p_kept ->> 'payload')
  ON CONFLICT (jid) DO UPDATE SET pos = excluded.pos, at = excluded.at, until = excluded.until,
         queue = excluded.queue, grp = excluded.grp, payload = excluded.payload;
END $mandate$;

CREATE FUNCTION trim_finished(p_group text, p_count int) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  DELETE FROM finished WHERE jid IN (
    SELECT jid FROM finished WHERE grp = p_group
       AND pos <= (SELECT pos FROM finished WHERE grp = p_group ORDER BY pos DESC OFFSET p_count LIMIT 1)
       FOR UPDATE SKIP LOCKED);
END $mandate$;

-- Settles one that is held and asks for more than to be forgotten.
CREATE FUNCTION settle(j job, p_kind text, p_ended text, p_payload text, p_queue text, p_at float8,
                       p_prereqs text[], p_failure text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  IF j.guarded THEN
    PERFORM holds_run_ended(j.jid, p_kind, p_now);
  END IF;
  IF p_kind = 'done' OR is_completed(j.jid) THEN
    PERFORM finish(j.jid, CASE WHEN p_kind = 'done' THEN p_ended END, p_now);
  ELSIF is_cancelled(j) THEN
    PERFORM finish(j.jid, 'cancelled', p_now);
  ELSIF p_kind = 'dead' THEN
    PERFORM bury(j.jid, p_payload, p_now);
  ELSE
    UPDATE job SET payload = p_payload, queue = p_queue, at = p_at, enqueued_at = NULL, recoveries = 0 WHERE jid = j.jid;
    IF p_kind = 'retry' THEN
      IF j.guarded THEN
        PERFORM batch_failed(j.jid, p_payload, p_now);
      END IF;
      UPDATE job SET state = 3, pos = nextval('seq'), age = 0, lease = NULL, run = NULL, started_at = NULL WHERE jid = j.jid;
      PERFORM tell_due(p_at);
    ELSIF p_kind = 'requeue' THEN
      PERFORM start_waiting(j.jid, p_now);
    ELSE
      UPDATE job SET at = NULL WHERE jid = j.jid;
      PERFORM block(j.jid, p_prereqs, p_failure, p_now);
    END IF;
  END IF;
END $mandate$;

CREATE FUNCTION settle_rest(p_lease int, p_rest text, p_now float8) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE
  o record;
  j job;
  g record;
  v_refused jsonb := '[]';
  v_released text[] := '{}';
  v_done bigint[] := CASE WHEN json_array_length(p_rest::json) > 2 THEN finish_together(p_lease, p_rest, p_now) ELSE '{}' END;
  v_processed int := cardinality(v_done);
  v_failed int := 0;
BEGIN
  FOR o IN SELECT * FROM json_to_recordset(p_rest::json) AS x(
      j text, r bigint, k text, f boolean, e text, t text, q text, a float8, d float8, p json, pf text,
      res text, secs float8, fin json) WHERE x.r NOT IN (SELECT unnest(v_done)) LOOP
    SELECT * INTO j FROM job WHERE jid = o.j AND run = o.r AND lease = p_lease AND state = 1;
    IF NOT FOUND THEN
      v_refused := v_refused || to_jsonb(o.r);
      CONTINUE;
    END IF;
    IF o.k = 'release' THEN
      IF o.t IS NOT NULL THEN
        UPDATE job SET payload = o.t, enqueued_at = NULL, recoveries = 0 WHERE jid = o.j;
      END IF;
      v_released := v_released || o.j;
      CONTINUE;
    END IF;
    v_processed := v_processed + CASE WHEN o.k = 'block' THEN 0 ELSE 1 END;
    v_failed := v_failed + CASE WHEN o.k IN ('retry', 'dead') OR coalesce(o.f, false) THEN 1 ELSE 0 END;
    PERFORM settle(j, o.k, o.e, o.t, o.q, CASE WHEN o.k = 'retry' THEN coalesce(p_now + o.d, o.a, p_now) ELSE coalesce(p_now + o.d, o.a) END,
                   ARRAY(SELECT json_array_elements_text(o.p)), o.pf, p_now);
    IF o.res IS NOT NULL AND (o.k = 'done' OR EXISTS (SELECT FROM job WHERE jid = o.j)) THEN
      PERFORM leave_result(o.j, o.res, o.secs, p_now);
    END IF;
    IF o.k = 'done' AND o.fin IS NOT NULL THEN
      PERFORM keep_finished(o.j, j.queue, o.fin, p_now);
    END IF;
  END LOOP;
  FOR o IN SELECT jid FROM job WHERE jid = ANY (v_released) ORDER BY run DESC LOOP
    PERFORM put_back(o.jid, false, p_now);
  END LOOP;
  FOR g IN SELECT x.fin ->> 'group' AS grp, min((x.fin ->> 'count')::int) AS most
             FROM json_to_recordset(p_rest::json) AS x(fin json) WHERE x.fin IS NOT NULL GROUP BY 1 LOOP
    PERFORM trim_finished(g.grp, g.most);
  END LOOP;
  IF v_processed > 0 THEN
    INSERT INTO tally (day, processed, failed) VALUES (floor(p_now / 86400), v_processed, v_failed);
  END IF;
  RETURN v_refused;
END $mandate$;

-- The first that wait in a queue, locked, and how long it took to come to them. Postgres passes whatever stood before them until
-- it has forgotten it, and it forgets nothing that a transaction that is open may ask for: so they may be looked for behind a place
-- (p_floor: priority and pos) up to which all were taken. Others may have come there since: where nothing is behind it, they are found.
CREATE FUNCTION first_waiting(p_queue text, p_limit int, p_floor jsonb,
                              OUT o_places tid[], OUT o_last jsonb, OUT o_is_behind boolean, OUT o_took float8)
LANGUAGE plpgsql AS $mandate$
DECLARE
  v_began timestamptz := clock_timestamp();
  v_priority bigint := coalesce((p_floor ->> 0)::bigint, -9223372036854775808);
  v_pos bigint := coalesce((p_floor ->> 1)::bigint, -9223372036854775808);
  v_priorities bigint[];
  v_poses bigint[];
BEGIN
  o_is_behind := p_floor IS NOT NULL;
  LOOP
    SELECT array_agg(n.place), array_agg(n.priority), array_agg(n.pos) INTO o_places, v_priorities, v_poses FROM (
      SELECT j.ctid AS place, j.priority, j.pos FROM job j
       WHERE j.queue = p_queue AND j.state = 0 AND (j.priority, j.pos) > (v_priority, v_pos)
       ORDER BY j.priority, j.pos LIMIT p_limit FOR UPDATE SKIP LOCKED) n;
    EXIT WHEN o_places IS NOT NULL OR NOT o_is_behind;
    o_is_behind := false;
    v_priority := -9223372036854775808;
    v_pos := -9223372036854775808;
  END LOOP;
  o_last := jsonb_build_array(v_priorities[cardinality(o_places)]::text, v_poses[cardinality(o_places)]::text);
  o_took := extract(epoch FROM clock_timestamp() - v_began)::float8;
END $mandate$;

CREATE FUNCTION exchange_1(p_lease int, p_runs bigint[], p_rest text, p_alone boolean, p_queues text[], p_floors text,
                           p_limit int, p_turns int, p_dead_max int, p_dead_seconds float8)
RETURNS TABLE (o_jid text, o_queue text, o_payload text, o_run float8, o_recoveries int, o_enqueued_at float8,
               o_guarded boolean, o_extra text)
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $mandate$
#variable_conflict use_column
DECLARE
  v_now float8;
  v_queues text[];
  v_is_slow boolean := false;
  v_queue text;
  v_wanted int := p_limit;
  v_count int;
  v_done bigint[] := '{}';
  v_refused jsonb := '[]';
  v_meta jsonb := '{}';
  v_floors jsonb := p_floors::jsonb;
  v_walks jsonb := '{}';
  w record;
BEGIN
  IF p_limit > 0 THEN
    v_queues := ARRAY(SELECT served(p_queues));
    v_is_slow := takes_keys(v_queues);
  END IF;
  IF p_alone OR v_is_slow THEN
    PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  ELSE
    PERFORM beside_others();
  END IF;
  v_now := epoch();
  IF NOT is_alive(p_lease, v_now) THEN
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::text, NULL::float8, NULL::int, NULL::float8, NULL::boolean, '{"lost":true}'::text;
    RETURN;
  END IF;
  IF cardinality(p_runs) > 0 THEN
    WITH ended AS (
      DELETE FROM job j WHERE j.lease = p_lease AND j.run = ANY (p_runs) AND j.state = 1 AND NOT j.guarded
      RETURNING j.jid, j.run, j.awaited, j.remembered),
    freed AS (INSERT INTO freed (id, prereq) SELECT nextval('seq'), jid FROM ended
               WHERE awaited AND EXISTS (SELECT FROM edge WHERE edge.prereq = ended.jid) RETURNING 1),
    known AS (INSERT INTO over_jid (jid, until) SELECT jid, v_now + 600 FROM ended WHERE remembered
              ON CONFLICT (jid) DO UPDATE SET until = excluded.until),
    counted AS (INSERT INTO tally (day, processed, failed)
                SELECT floor(v_now / 86400), count(*), 0 FROM ended HAVING count(*) > 0)
    SELECT array_agg(run), CASE WHEN EXISTS (SELECT FROM freed) THEN 1 ELSE 0 END INTO v_done, v_count FROM ended;
    IF v_count > 0 THEN
      PERFORM tell_work();
    END IF;
    v_meta := CASE WHEN coalesce(cardinality(v_done), 0) < cardinality(p_runs)
                   THEN jsonb_build_object('done', coalesce(v_done, '{}')) ELSE v_meta END;
  END IF;
  IF p_rest IS NOT NULL THEN
    v_refused := settle_rest(p_lease, p_rest, v_now);
    v_meta := v_meta || jsonb_build_object('refused', v_refused);
  END IF;
  -- What was settled may have let go of a key.
  IF (p_alone AND p_limit > 0 AND takes_keys(v_queues)) OR v_is_slow THEN
    RETURN QUERY SELECT f.*, NULL::text FROM fetch_with_keys(p_lease, v_queues, p_limit, p_turns, v_now) f;
    v_meta := v_meta || current_setting('mandate.fetch')::jsonb;
  ELSE
    FOREACH v_queue IN ARRAY coalesce(v_queues, '{}') LOOP
      EXIT WHEN v_wanted <= 0;
      SELECT * INTO w FROM first_waiting(v_queue, v_wanted, v_floors -> v_queue);
      CONTINUE WHEN w.o_places IS NULL;
      RETURN QUERY
      WITH numbered AS MATERIALIZED (SELECT n.place, nextval('run') AS run FROM unnest(w.o_places) n(place)),
      taken AS (
        UPDATE job j SET state = 1, lease = p_lease, run = n.run, started_at = v_now
          FROM numbered n WHERE j.ctid = n.place
        RETURNING j.jid, j.queue, j.payload, j.run, j.recoveries, j.enqueued_at, j.guarded)
      SELECT t.jid, t.queue, t.payload, t.run::float8, t.recoveries::int, t.enqueued_at, t.guarded, NULL::text
        FROM taken t ORDER BY t.run;
      GET DIAGNOSTICS v_count = ROW_COUNT;
      v_wanted := v_wanted - v_count;
      IF w.o_is_behind OR w.o_took > 0.0005 + 0.000005 * v_count THEN
        v_walks := v_walks || jsonb_build_object(v_queue, jsonb_build_array(w.o_last, w.o_is_behind, w.o_took));
      END IF;
    END LOOP;
    v_meta := v_meta || jsonb_build_object('walks', v_walks);
  END IF;
  RETURN QUERY SELECT NULL::text, NULL::text, NULL::text, NULL::float8, NULL::int, NULL::float8, NULL::boolean,
    (v_meta || jsonb_build_object('releasable', is_releasable()) || told())::text;
END $mandate$;
`;
