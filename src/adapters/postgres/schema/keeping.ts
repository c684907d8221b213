/** When a job takes its keys, and when it lets go of them. */
export const KEEPING = `
CREATE FUNCTION take_hold(p_jid text, p_hold jsonb, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM take_key(p_hold ->> 'key', p_jid, p_jid, p_hold ->> 'until', (p_hold ->> 'seconds')::float8, p_now);
END $mandate$;

CREATE FUNCTION let_go_all(p_jid text, p_ends text[], p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE g grip;
BEGIN
  FOR g IN SELECT * FROM grip WHERE jid = p_jid AND ends = ANY (p_ends) ORDER BY ord LOOP
    PERFORM let_go(g.key, g.holder, p_now);
  END LOOP;
END $mandate$;

CREATE FUNCTION holds_key(p_jid text, p_key text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM grip WHERE key = p_key AND holder = p_jid);
END $mandate$;

-- Whether a fetch has to look at its keys.
CREATE FUNCTION set_turn(p_jid text) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  UPDATE job SET turn = (
    SELECT from_fetch <> '[]' OR EXISTS (SELECT FROM jsonb_array_elements(from_enqueue) h WHERE h ->> 'until' = 'fetched')
      FROM guard WHERE guard.jid = p_jid)
   WHERE job.jid = p_jid;
END $mandate$;

CREATE FUNCTION holds_run_ended(p_jid text, p_kind text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM let_go_all(p_jid, CASE WHEN p_kind IN ('done', 'retry', 'dead') THEN '{settled,attempted}'::text[]
                                 ELSE '{settled}'::text[] END, p_now);
END $mandate$;

-- It was handed out, and comes back without having ended. Where its worker died it may have run.
CREATE FUNCTION holds_came_back(p_jid text, p_lost boolean, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  g guard;
  h jsonb;
  v_key text;
BEGIN
  PERFORM let_go_all(p_jid, '{settled}', p_now);
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  UPDATE guard SET spent = '{}' WHERE jid = p_jid AND spent <> '{}';
  IF NOT p_lost THEN
    FOREACH v_key IN ARRAY coalesce(g.spent, '{}') LOOP
      PERFORM unspend(v_key, 1), key_changed(v_key, p_now);
    END LOOP;
  END IF;
  FOR h IN SELECT * FROM jsonb_array_elements(g.from_enqueue) LOOP
    IF h ->> 'until' = 'fetched' AND NOT holds_key(p_jid, h ->> 'key')
       AND EXISTS (SELECT FROM key WHERE name = h ->> 'key' AND held < most) THEN
      PERFORM take_hold(p_jid, h, p_now);
    END IF;
  END LOOP;
END $mandate$;

CREATE FUNCTION holds_died(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE g grip;
BEGIN
  FOR g IN SELECT * FROM grip WHERE jid = p_jid AND holder = p_jid AND ends IN ('finished', 'over') ORDER BY ord LOOP
    UPDATE key SET has_died = true WHERE name = g.key;
    IF g.ends = 'over' AND NOT g.is_dead THEN
      UPDATE grip SET is_dead = true WHERE key = g.key AND holder = g.holder;
      PERFORM key_changed(g.key, p_now);
    END IF;
  END LOOP;
  PERFORM let_go_all(p_jid, '{fetched,settled,attempted,finished}', p_now);
END $mandate$;

-- What a dead job takes again where it comes back.
CREATE FUNCTION coming_back(p_jid text) RETURNS SETOF jsonb LANGUAGE sql AS $mandate$
  SELECT h.hold FROM guard g, jsonb_array_elements(g.from_enqueue) WITH ORDINALITY h(hold, n)
   WHERE g.jid = p_jid AND coalesce(h.hold ->> 'waitsFor', 'free') = 'free'
     AND h.hold ->> 'until' IN ('finished', 'fetched', 'settled') AND NOT holds_key(p_jid, h.hold ->> 'key')
   ORDER BY h.n
$mandate$;

-- Those that keep a dead job from coming back.
CREATE FUNCTION obstacles(p_jid text) RETURNS SETOF text LANGUAGE sql AS $mandate$
  SELECT h ->> 'key' FROM coming_back(p_jid) h
   WHERE EXISTS (SELECT FROM key k WHERE k.name = h ->> 'key' AND k.held >= k.most) OR has_line(h ->> 'key')
$mandate$;

CREATE FUNCTION holds_revived(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE h jsonb;
BEGIN
  UPDATE grip SET is_dead = false WHERE jid = p_jid AND is_dead;
  FOR h IN SELECT * FROM coming_back(p_jid) LOOP
    PERFORM take_hold(p_jid, h, p_now);
  END LOOP;
END $mandate$;

CREATE FUNCTION unname(p_holds jsonb, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_key text;
BEGIN
  FOR v_key IN SELECT h ->> 'key' FROM jsonb_array_elements(p_holds) h LOOP
    UPDATE key SET named = named - 1 WHERE name = v_key;
    PERFORM waiting_changed(v_key, p_now);
  END LOOP;
END $mandate$;

-- The job is over. One that was dead was no success, and what it held is held against it.
CREATE FUNCTION holds_over(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  g guard;
  v_grip grip;
BEGIN
  FOR v_grip IN SELECT * FROM grip WHERE jid = p_jid AND ends <> 'time' AND NOT is_dead ORDER BY ord LOOP
    PERFORM let_go(v_grip.key, v_grip.holder, p_now);
  END LOOP;
  UPDATE grip SET jid = NULL WHERE jid = p_jid;
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  PERFORM unname(g.from_enqueue, p_now), unname(g.from_fetch, p_now);
END $mandate$;

-- Of what a job needs from its enqueueing on, and may wait for, the first that it cannot have.
CREATE FUNCTION in_the_way(p_jid text, p_holds jsonb) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE
  h jsonb;
  k key;
  v_first text;
BEGIN
  FOR h IN SELECT * FROM jsonb_array_elements(p_holds) LOOP
    CONTINUE WHEN h ->> 'whenFull' = 'refuse';
    SELECT * INTO k FROM key WHERE name = h ->> 'key';
    IF h ->> 'waitsFor' = 'empty' THEN
      IF k.held > 0 THEN RETURN h; END IF;
    ELSIF h ->> 'waitsFor' = 'death' THEN
      IF NOT k.has_died THEN RETURN h; END IF;
    ELSE
      SELECT jid INTO v_first FROM guard WHERE waiting = k.name AND NOT watches ORDER BY wait_order LIMIT 1;
      IF k.held >= k.most OR coalesce(v_first, p_jid) <> p_jid THEN RETURN h; END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END $mandate$;

-- Takes all that such a job needs; where one of it is full it waits in that one's line, and takes nothing.
CREATE FUNCTION join_lines(p_jid text, p_holds jsonb, p_in_the_way jsonb, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE h jsonb;
BEGIN
  IF p_in_the_way IS NOT NULL THEN
    UPDATE guard SET waiting = p_in_the_way ->> 'key', wait_order = nextval('seq'),
           watches = coalesce(p_in_the_way ->> 'waitsFor', 'free') <> 'free'
     WHERE jid = p_jid;
    PERFORM waiting_changed(p_in_the_way ->> 'key', p_now);
    RETURN;
  END IF;
  FOR h IN SELECT * FROM jsonb_array_elements(p_holds) LOOP
    IF h ->> 'whenFull' <> 'refuse' AND coalesce(h ->> 'waitsFor', 'free') = 'free' THEN
      PERFORM take_hold(p_jid, h, p_now);
    END IF;
  END LOOP;
END $mandate$;

-- A job leaves every line that it stands in.
CREATE FUNCTION leave_lines(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE g guard;
BEGIN
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  IF g.line IS NOT NULL THEN
    PERFORM unpark(p_jid, p_now);
  END IF;
  IF g.waiting IS NOT NULL THEN
    UPDATE guard SET waiting = NULL WHERE jid = p_jid;
    PERFORM waiting_changed(g.waiting, p_now);
  END IF;
END $mandate$;

-- Lets one of a key's line go on. Says whether it has left the line.
CREATE FUNCTION release_from_line(p_jid text, p_key text, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
DECLARE
  g guard;
  h jsonb;
BEGIN
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  h := in_the_way(p_jid, g.from_enqueue);
  IF h ->> 'key' = p_key THEN
    RETURN false;
  END IF;
  PERFORM leave_lines(p_jid, p_now), join_lines(p_jid, g.from_enqueue, h, p_now);
  IF h IS NULL THEN
    PERFORM place(p_jid, g.next_prereqs, g.next_failure, p_now);
  END IF;
  RETURN true;
END $mandate$;

CREATE FUNCTION release_lines(p_most int, p_now float8) RETURNS int LANGUAGE plpgsql AS $mandate$
DECLARE
  k key;
  v_key text;
  v_jid text;
  v_count int := 0;
BEGIN
  FOR v_key IN SELECT name FROM key WHERE freed ORDER BY ord LOOP
    PERFORM refresh_key(v_key, p_now);
    FOR v_jid IN SELECT jid FROM guard WHERE waiting = v_key AND watches ORDER BY wait_order LOOP
      EXIT WHEN v_count >= p_most;
      v_count := v_count + release_from_line(v_jid, v_key, p_now)::int;
    END LOOP;
    LOOP
      SELECT * INTO k FROM key WHERE name = v_key;
      EXIT WHEN v_count >= p_most OR NOT FOUND OR k.held >= k.most;
      SELECT jid INTO v_jid FROM guard WHERE waiting = v_key AND NOT watches ORDER BY wait_order LIMIT 1;
      EXIT WHEN NOT FOUND OR NOT release_from_line(v_jid, v_key, p_now);
      v_count := v_count + 1;
    END LOOP;
    EXIT WHEN v_count >= p_most;
    UPDATE key SET freed = false WHERE name = v_key;
  END LOOP;
  RETURN v_count;
END $mandate$;
`;
