/** Handing out jobs that take keys by that, or whose keys take turns: one after the other. */
export const TURNS = `
-- Whether something in these queues asks for more than to be taken as it stands.
CREATE FUNCTION takes_keys(p_queues text[]) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM unnest(p_queues) q(name) WHERE
         EXISTS (SELECT FROM job WHERE state = 7 AND queue = q.name)
      OR EXISTS (SELECT FROM job WHERE state = 8 AND queue = q.name)
      OR EXISTS (SELECT FROM key_line WHERE ready AND queue = q.name)
      OR EXISTS (SELECT FROM key k WHERE k.name = 'queue:' || q.name));
END $mandate$;

-- --- Lines of those that are parked ---------------------------------------------------------------

-- Puts a line where its first job stood.
CREATE FUNCTION set_line(p_key text, p_queue text, p_change int) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  UPDATE key_line SET size = key_line.size + p_change, (priority, pos, age) =
         (SELECT p.priority, p.pos, p.age FROM park p WHERE p.key = p_key AND p.queue = p_queue
           ORDER BY p.priority, p.pos, p.age LIMIT 1)
   WHERE key = p_key AND queue = p_queue;
  DELETE FROM key_line WHERE key = p_key AND queue = p_queue AND size <= 0;
END $mandate$;

CREATE FUNCTION park_job(j job, p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM leave_lines(j.jid, p_now);
  INSERT INTO key_line (key, queue, size) VALUES (p_key, j.queue, 0) ON CONFLICT DO NOTHING;
  INSERT INTO park (jid, key, queue, priority, pos, age) VALUES (j.jid, p_key, j.queue, j.priority, j.pos, j.age);
  UPDATE job SET state = 6 WHERE jid = j.jid;
  UPDATE guard SET line = p_key WHERE jid = j.jid;
  PERFORM set_line(p_key, j.queue, 1), waiting_changed(p_key, p_now);
END $mandate$;

CREATE FUNCTION unpark(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE p park;
BEGIN
  DELETE FROM park WHERE jid = p_jid RETURNING * INTO p;
  UPDATE guard SET line = NULL WHERE jid = p_jid;
  PERFORM set_line(p.key, p.queue, -1), waiting_changed(p.key, p_now);
END $mandate$;

-- --- Turns between keys ---------------------------------------------------------------------------

-- A job that comes to the end of its key's jobs gets its round.
CREATE FUNCTION fair_place(j job) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  v_age bigint := nextval('seq');
  r round;
  v_last bigint;
  v_size bigint;
  v_round bigint;
BEGIN
  SELECT * INTO r FROM round WHERE queue = j.queue AND priority = j.priority;
  IF NOT FOUND THEN
    INSERT INTO round (queue, priority, passed, passed_by_others) VALUES (j.queue, j.priority, v_age, v_age) RETURNING * INTO r;
  END IF;
  SELECT count(*) - 1 INTO v_size FROM job WHERE queue = j.queue AND state IN (0, 6, 7, 8);
  SELECT round INTO v_last FROM last_round WHERE queue = j.queue AND priority = j.priority AND key = j.fair_key;
  v_round := least(greatest(coalesce(v_last, 0), r.passed), r.passed + v_size) + 1;
  INSERT INTO last_round (queue, priority, key, round) VALUES (j.queue, j.priority, j.fair_key, v_round)
  ON CONFLICT (queue, priority, key) DO UPDATE SET round = excluded.round;
  UPDATE job SET state = 8, pos = v_round, age = v_age WHERE jid = j.jid;
END $mandate$;

-- One has left that has a key: once none is left, nothing is kept of their rounds.
CREATE FUNCTION fair_left(p_queue text) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  IF NOT EXISTS (SELECT FROM job WHERE queue = p_queue AND state = 8)
     AND NOT EXISTS (SELECT FROM job WHERE queue = p_queue AND state = 6) THEN
    DELETE FROM round WHERE queue = p_queue;
    DELETE FROM last_round WHERE queue = p_queue;
  END IF;
END $mandate$;

CREATE FUNCTION round_of_others(p_queue text, p_priority bigint) RETURNS bigint LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN coalesce((SELECT greatest(passed, passed_by_others) FROM round WHERE queue = p_queue AND priority = p_priority), 0) + 1;
END $mandate$;

CREATE FUNCTION fair_handed_out(j job) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  IF j.pos < 0 THEN
    RETURN;
  ELSIF j.fair_key IS NULL THEN
    UPDATE round SET passed_by_others = round_of_others(j.queue, j.priority) WHERE queue = j.queue AND priority = j.priority;
  ELSE
    UPDATE round SET passed = greatest(passed, j.pos) WHERE queue = j.queue AND priority = j.priority;
    DELETE FROM last_round l USING round r WHERE r.queue = j.queue AND r.priority = j.priority
       AND l.queue = j.queue AND l.priority = j.priority AND l.key = j.fair_key AND l.round <= r.passed;
  END IF;
END $mandate$;

-- --- Handing out ----------------------------------------------------------------------------------

-- The first of a queue that is not parked, or whose line may be served.
CREATE FUNCTION first_of(p_queue text, p_now float8) RETURNS job LANGUAGE plpgsql AS $mandate$
DECLARE
  v_other job;
  v_fair job;
  v_job job;
  l key_line;
  k key;
BEGIN
  SELECT * INTO v_other FROM (
    (SELECT * FROM job WHERE queue = p_queue AND state = 0 ORDER BY priority, pos LIMIT 1)
    UNION ALL
    (SELECT * FROM job WHERE queue = p_queue AND state = 7 ORDER BY priority, pos LIMIT 1)
  ) o ORDER BY priority, pos LIMIT 1;
  SELECT * INTO v_fair FROM job WHERE queue = p_queue AND state = 8 ORDER BY priority, pos, age LIMIT 1;
  v_job := v_other;
  IF v_fair.jid IS NOT NULL AND (v_other.jid IS NULL OR CASE
       WHEN v_fair.priority = v_other.priority
       THEN v_other.pos >= 0 AND v_fair.pos < round_of_others(p_queue, v_fair.priority)
       ELSE v_fair.priority < v_other.priority END) THEN
    v_job := v_fair;
  END IF;
  LOOP
    SELECT * INTO l FROM key_line WHERE ready AND queue = p_queue ORDER BY priority, pos, age LIMIT 1;
    IF NOT FOUND OR (v_job.jid IS NOT NULL AND (v_job.priority, v_job.pos, v_job.age) < (l.priority, l.pos, l.age)) THEN
      RETURN v_job;
    END IF;
    SELECT * INTO k FROM key WHERE name = l.key;
    IF is_free(k, p_now) THEN
      SELECT job.* INTO v_job FROM park JOIN job ON job.jid = park.jid
       WHERE park.key = l.key AND park.queue = p_queue ORDER BY park.priority, park.pos, park.age LIMIT 1;
      RETURN v_job;
    END IF;
    UPDATE key_line SET ready = false WHERE key = l.key;
    PERFORM set_wake(l.key, p_now);
  END LOOP;
END $mandate$;

-- Notes how a job is handed out, and answers the key that it has to wait for instead.
CREATE FUNCTION judge(j job, p_now float8) RETURNS text LANGUAGE plpgsql AS $mandate$
DECLARE
  g guard;
  h jsonb;
  k key;
BEGIN
  SELECT * INTO g FROM guard WHERE jid = j.jid;
  g.refused_by := NULL;
  g.expired := g.expires_at <= p_now AND g.from_fetch <> '[]';
  UPDATE guard SET refused_by = NULL, expired = g.expired WHERE jid = j.jid AND (refused_by IS NOT NULL OR expired <> g.expired);
  IF g.expired THEN
    RETURN NULL;
  END IF;
  FOR h IN SELECT * FROM jsonb_array_elements(g.from_fetch) LOOP
    PERFORM refresh_key(h ->> 'key', p_now);
    SELECT * INTO k FROM key WHERE name = h ->> 'key';
    IF (h -> 'rate' IS NULL AND holds_key(j.jid, k.name)) OR is_free(k, p_now) THEN
      CONTINUE;
    END IF;
    IF h ->> 'whenFull' = 'refuse' THEN
      UPDATE guard SET refused_by = k.name WHERE jid = j.jid;
      RETURN NULL;
    END IF;
    RETURN k.name;
  END LOOP;
  RETURN NULL;
END $mandate$;

CREATE FUNCTION wants_turn(j job, p_limit text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
DECLARE g guard;
BEGIN
  SELECT * INTO g FROM guard WHERE jid = j.jid;
  IF g.expired OR g.refused_by IS NOT NULL THEN
    RETURN false;
  END IF;
  RETURN p_limit IS NOT NULL
    OR EXISTS (SELECT FROM jsonb_array_elements(g.from_fetch) h WHERE h -> 'rate' IS NOT NULL OR NOT holds_key(j.jid, h ->> 'key'))
    OR EXISTS (SELECT FROM grip WHERE jid = j.jid AND ends = 'fetched');
END $mandate$;

CREATE FUNCTION guard_of(p_jid text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  INSERT INTO guard (jid, since) VALUES (p_jid, p_now) ON CONFLICT DO NOTHING;
  UPDATE job SET guarded = true WHERE jid = p_jid AND NOT guarded;
END $mandate$;

-- Takes the job, and all that it needs to run.
CREATE FUNCTION hand_out(p_jid text, p_lease int, p_limit text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  j job;
  g guard;
  h jsonb;
  k key;
  v_spent text[] := '{}';
  v_is_run boolean;
BEGIN
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  v_is_run := g.jid IS NULL OR (NOT g.expired AND g.refused_by IS NULL);
  PERFORM take_out(p_jid, p_now);
  UPDATE job SET state = 1, lease = p_lease, run = nextval('run'), started_at = p_now WHERE jid = p_jid;
  IF g.jid IS NOT NULL THEN
    FOR h IN SELECT * FROM jsonb_array_elements(CASE WHEN v_is_run THEN g.from_fetch ELSE '[]' END) LOOP
      IF h -> 'rate' IS NOT NULL THEN
        PERFORM spend(h ->> 'key', p_now, 1);
        v_spent := v_spent || (h ->> 'key');
      ELSIF NOT holds_key(p_jid, h ->> 'key') THEN
        PERFORM take_hold(p_jid, h, p_now);
      END IF;
    END LOOP;
    PERFORM let_go_all(p_jid, '{fetched}', p_now);
  END IF;
  IF p_limit IS NOT NULL AND v_is_run THEN
    PERFORM guard_of(p_jid, p_now);
    SELECT * INTO k FROM key WHERE name = p_limit;
    IF k.rate IS NOT NULL THEN
      PERFORM spend(p_limit, p_now, 1);
      v_spent := v_spent || p_limit;
    END IF;
    IF k.most <> 'Infinity' THEN
      PERFORM take_key(p_limit, p_jid, p_jid, 'settled', NULL, p_now);
    END IF;
  END IF;
  UPDATE guard SET spent = v_spent WHERE jid = p_jid AND spent <> v_spent;
END $mandate$;
`;
