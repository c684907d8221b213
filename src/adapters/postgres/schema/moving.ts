/**
 * The ways of one job from one place to another, for the functions that adapters call.
 *
 * Whoever changes what others depend on (prerequisites, keys, batches, the dead) does so alone: it
 * takes the lock of the schema in exclusive form, before anything else. An exchange that has to do
 * with nothing but its own jobs takes it in shared form, so that exchanges run side by side. So
 * there is one order of locks, and what one function reads nobody changes until it has ended.
 */
export const MOVING = `
CREATE FUNCTION epoch() RETURNS float8 LANGUAGE sql VOLATILE AS $mandate$
  SELECT extract(epoch FROM clock_timestamp())::float8
$mandate$;

CREATE FUNCTION alone() RETURNS void LANGUAGE sql VOLATILE AS $mandate$
  SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 7362))
$mandate$;

CREATE FUNCTION beside_others() RETURNS void LANGUAGE sql VOLATILE AS $mandate$
  SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 7362))
$mandate$;

-- What workers are to hear of, once this is committed: whoever called tells them.
CREATE FUNCTION tell_work() RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM set_config('mandate.work', '1', true);
END $mandate$;

CREATE FUNCTION tell_due(p_at float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_before text := current_setting('mandate.due', true);
BEGIN
  IF v_before IS NULL OR v_before = '' OR v_before::float8 > p_at THEN
    PERFORM set_config('mandate.due', p_at::text, true);
  END IF;
END $mandate$;

-- The last that a function does.
CREATE FUNCTION told() RETURNS jsonb LANGUAGE plpgsql AS $mandate$
BEGIN
  IF coalesce(current_setting('mandate.buried', true), '') <> '' THEN
    PERFORM set_config('mandate.buried', '', true), trim_dead(epoch());
  END IF;
  RETURN jsonb_build_object(
    'work', coalesce(current_setting('mandate.work', true), '') <> '',
    'due', nullif(current_setting('mandate.due', true), '')::float8);
END $mandate$;

CREATE FUNCTION keep_dead(p_most int, p_seconds float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM set_config('mandate.dead_max', p_most::text, true),
          set_config('mandate.dead_seconds', p_seconds::text, true);
END $mandate$;

CREATE FUNCTION register(p_queue text) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  IF NOT EXISTS (SELECT FROM queue WHERE name = p_queue) THEN
    INSERT INTO queue (name) VALUES (p_queue) ON CONFLICT DO NOTHING;
  END IF;
END $mandate$;

-- To the end of its queue.
CREATE FUNCTION enter(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE j job;
BEGIN
  UPDATE job SET state = CASE WHEN turn THEN 7 ELSE 0 END, pos = nextval('seq'), age = 0, at = NULL,
         enqueued_at = p_now, lease = NULL, run = NULL, started_at = NULL
   WHERE jid = p_jid RETURNING * INTO j;
  PERFORM register(j.queue);
  IF j.fair_key IS NOT NULL THEN
    PERFORM fair_place(j);
  END IF;
  IF j.guarded THEN
    PERFORM batch_waits(p_jid, p_now);
  END IF;
  PERFORM tell_work();
END $mandate$;

-- To the schedule if its time has not come, else to the end of its queue.
CREATE FUNCTION start_waiting(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_at float8;
BEGIN
  UPDATE job SET state = 2, pos = nextval('seq'), age = 0, lease = NULL, run = NULL, started_at = NULL
   WHERE jid = p_jid AND at > p_now RETURNING at INTO v_at;
  IF FOUND THEN
    PERFORM tell_due(v_at);
  ELSE
    PERFORM enter(p_jid, p_now);
  END IF;
END $mandate$;

CREATE FUNCTION is_cancelled(j job) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN j.cancelled OR (j.guarded AND batch_is_cancelled(j.jid));
END $mandate$;

-- Whether it was done as part of a transaction of the application's, which has been committed.
CREATE FUNCTION is_completed(p_jid text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM completed WHERE jid = p_jid);
END $mandate$;

-- Back to the head of its queue, unchanged.
CREATE FUNCTION put_back(p_jid text, p_lost boolean, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE j job;
BEGIN
  SELECT * INTO j FROM job WHERE jid = p_jid;
  IF is_completed(p_jid) THEN
    PERFORM finish(p_jid, NULL, p_now);
    RETURN;
  ELSIF is_cancelled(j) THEN
    PERFORM finish(p_jid, 'cancelled', p_now);
    RETURN;
  END IF;
  IF j.guarded THEN
    PERFORM holds_came_back(p_jid, p_lost, p_now);
  END IF;
  UPDATE job SET state = CASE WHEN turn THEN 7 ELSE 0 END, pos = -nextval('head'), age = 0,
         lease = NULL, run = NULL, started_at = NULL
   WHERE jid = p_jid;
  PERFORM register(j.queue);
  PERFORM tell_work();
END $mandate$;

-- Something that others may wait for has happened.
CREATE FUNCTION free(p_prereq text, p_ended text) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  IF EXISTS (SELECT FROM edge WHERE prereq = p_prereq) THEN
    INSERT INTO freed (id, prereq, ended) VALUES (nextval('seq'), p_prereq, p_ended);
    PERFORM tell_work();
  END IF;
END $mandate$;

CREATE FUNCTION remember_end(p_jid text, p_ended text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  INSERT INTO ended (jid, how, until) VALUES (p_jid, p_ended, p_now + 3600)
  ON CONFLICT (jid) DO UPDATE SET how = excluded.how, until = excluded.until;
END $mandate$;

CREATE FUNCTION remember_jid(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  INSERT INTO over_jid (jid, until) VALUES (p_jid, p_now + 600)
  ON CONFLICT (jid) DO UPDATE SET until = excluded.until;
END $mandate$;

-- It is over, and waits nowhere any more.
CREATE FUNCTION finish(p_jid text, p_ended text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE j job;
BEGIN
  DELETE FROM job WHERE jid = p_jid RETURNING * INTO j;
  IF p_ended IS NOT NULL THEN
    PERFORM remember_end(p_jid, p_ended, p_now);
  END IF;
  -- What a person took away, or cancelled, was not run to its end: its jid is free again.
  IF j.remembered AND coalesce(p_ended, '') NOT IN ('cancelled', 'deleted') THEN
    PERFORM remember_jid(p_jid, p_now);
  END IF;
  IF j.guarded THEN
    PERFORM holds_over(p_jid, p_now), batch_over(p_jid, p_now);
    DELETE FROM guard WHERE jid = p_jid;
  END IF;
  IF j.awaited THEN
    PERFORM free(p_jid, p_ended);
  END IF;
  DELETE FROM completed WHERE jid = p_jid;
END $mandate$;

CREATE FUNCTION bury(p_jid text, p_payload text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE j job;
BEGIN
  SELECT * INTO j FROM job WHERE jid = p_jid;
  IF j.guarded THEN
    PERFORM holds_died(p_jid, p_now);
  END IF;
  UPDATE job SET state = 5, pos = nextval('seq'), age = 0, at = p_now, payload = p_payload, enqueued_at = NULL,
         recoveries = 0, awaited = false, lease = NULL, run = NULL, started_at = NULL
   WHERE jid = p_jid;
  IF j.guarded THEN
    PERFORM batch_died(p_jid, p_payload, p_now);
  END IF;
  IF j.awaited THEN
    PERFORM free(p_jid, 'dead');
  END IF;
  PERFORM set_config('mandate.buried', '1', true);
END $mandate$;

-- The oldest of the dead are forgotten.
CREATE FUNCTION trim_dead(p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  j job;
  v_many bigint := (SELECT count(*) FROM job WHERE state = 5) - current_setting('mandate.dead_max')::bigint;
  v_since float8 := p_now - current_setting('mandate.dead_seconds')::float8;
BEGIN
  FOR j IN SELECT * FROM job WHERE state = 5 ORDER BY at, pos LOOP
    EXIT WHEN v_many <= 0 AND j.at >= v_since;
    v_many := v_many - 1;
    DELETE FROM job WHERE jid = j.jid;
    PERFORM remember_end(j.jid, 'dead', p_now);
    IF j.remembered THEN
      PERFORM remember_jid(j.jid, p_now);
    END IF;
    IF j.guarded THEN
      PERFORM holds_over(j.jid, p_now);
      DELETE FROM guard WHERE jid = j.jid;
    END IF;
  END LOOP;
END $mandate$;

-- Out of wherever it waits, to be put elsewhere or to be over.
CREATE FUNCTION take_out(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE j job;
BEGIN
  SELECT * INTO j FROM job WHERE jid = p_jid;
  IF j.state = 4 THEN
    DELETE FROM edge WHERE dependent = p_jid;
    DELETE FROM blocked WHERE jid = p_jid;
  END IF;
  IF j.guarded THEN
    PERFORM leave_lines(p_jid, p_now);
  END IF;
  IF j.fair_key IS NOT NULL AND j.state IN (6, 8) THEN
    UPDATE job SET state = 1, lease = NULL WHERE jid = p_jid;
    PERFORM fair_left(j.queue);
  END IF;
END $mandate$;
`;
