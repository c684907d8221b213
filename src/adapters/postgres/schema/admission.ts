/** Takes in jobs that ask for prerequisites, keys, a batch or turns, where their keys allow it. */
export const ADMISSION = `
CREATE FUNCTION is_guarded(e jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $mandate$
  SELECT e ? 'h' OR e ? 'x' OR e ? 'b'
$mandate$;

-- Nobody takes it who comes now, but goes behind those that wait.
CREATE FUNCTION is_taken(p_key text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM key WHERE name = p_key AND held >= most) OR has_line(p_key);
END $mandate$;

-- Whether it may become another's: it neither runs, nor is it dead, nor to be ended.
CREATE FUNCTION may_become_another(p_jid text, p_fresh text[]) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN p_jid = ANY (p_fresh) OR (
    EXISTS (SELECT FROM job WHERE jid = p_jid AND state NOT IN (1, 5))
    AND NOT EXISTS (SELECT FROM blocked WHERE jid = p_jid AND failed_jid IS NOT NULL));
END $mandate$;

-- One that another may take the place of.
CREATE FUNCTION waiting_holder(p_key text, p_fresh text[]) RETURNS text LANGUAGE plpgsql AS $mandate$
DECLARE v_jid text;
BEGIN
  SELECT jid INTO v_jid FROM guard WHERE waiting = p_key AND NOT watches ORDER BY wait_order LIMIT 1;
  IF FOUND THEN
    RETURN v_jid;
  END IF;
  SELECT holder INTO v_jid FROM grip WHERE key = p_key AND may_become_another(holder, p_fresh) ORDER BY ord LIMIT 1;
  RETURN v_jid;
END $mandate$;

-- Accepts a job, or says who is in its way: {jid, key, holder, how}, and of one that is replaced what replaces it.
CREATE FUNCTION decide(e jsonb, p_fresh text[], p_now float8) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE
  v_jid text := e ->> 'j';
  v_key text;
  v_holder text;
  h jsonb;
BEGIN
  IF is_known(v_jid, coalesce((e ->> 'm')::boolean, false), p_now) THEN
    PERFORM accept(e, p_now);
    RETURN NULL;
  END IF;
  IF e ? 'b' AND NOT batch_takes(e ->> 'b') THEN
    RETURN jsonb_build_object('jid', v_jid, 'key', 'batch:' || (e ->> 'b'), 'how', 'refused');
  END IF;
  FOR h IN SELECT * FROM jsonb_array_elements(coalesce(e -> 'h', '[]')) LOOP
    PERFORM declare_key(h ->> 'key', (h ->> 'to')::float8, h -> 'rate', p_now);
  END LOOP;
  SELECT x ->> 'key' INTO v_key FROM jsonb_array_elements(coalesce(e -> 'h', '[]')) WITH ORDINALITY a(x, n)
   WHERE x ->> 'from' = 'enqueue' AND x ->> 'whenFull' = 'refuse' AND is_taken(x ->> 'key') ORDER BY n LIMIT 1;
  IF FOUND THEN
    RETURN jsonb_build_object('jid', v_jid, 'key', v_key, 'holder', holder_of(v_key), 'how', 'refused');
  END IF;
  FOR h IN SELECT x FROM jsonb_array_elements(coalesce(e -> 'h', '[]')) WITH ORDINALITY a(x, n)
            WHERE x ->> 'from' = 'enqueue' AND x ->> 'whenFull' = 'replace' AND is_taken(x ->> 'key') ORDER BY n LOOP
    v_holder := waiting_holder(h ->> 'key', p_fresh);
    IF v_holder IS NOT NULL THEN
      RETURN jsonb_build_object('jid', v_jid, 'key', h ->> 'key', 'holder', v_holder, 'how', 'replaced', 'by', h);
    END IF;
  END LOOP;
  PERFORM accept(e, p_now);
  IF is_guarded(e) THEN
    PERFORM put_on_guard(e, p_now);
  END IF;
  RETURN '"fresh"';
END $mandate$;

CREATE FUNCTION put_on_guard(e jsonb, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  v_jid text := e ->> 'j';
  v_from_enqueue jsonb;
  v_from_fetch jsonb;
  h jsonb;
BEGIN
  SELECT coalesce(jsonb_agg(x ORDER BY n) FILTER (WHERE x ->> 'from' = 'enqueue'), '[]'),
         coalesce(jsonb_agg(x ORDER BY n) FILTER (WHERE x ->> 'from' = 'fetch'), '[]')
    INTO v_from_enqueue, v_from_fetch
    FROM jsonb_array_elements(coalesce(e -> 'h', '[]')) WITH ORDINALITY a(x, n);
  PERFORM guard_of(v_jid, p_now);
  UPDATE guard SET from_enqueue = v_from_enqueue, from_fetch = v_from_fetch, batch = e ->> 'b',
         expires_at = coalesce((e ->> 'x')::float8, 'Infinity')
   WHERE jid = v_jid;
  PERFORM set_turn(v_jid);
  IF e ? 'b' THEN
    PERFORM batch_join(e ->> 'b', p_now);
  END IF;
  FOR h IN SELECT * FROM jsonb_array_elements(coalesce(e -> 'h', '[]')) LOOP
    UPDATE key SET named = named + 1 WHERE name = h ->> 'key';
  END LOOP;
  FOR h IN SELECT * FROM jsonb_array_elements(v_from_enqueue) LOOP
    IF h ->> 'whenFull' = 'refuse' THEN
      PERFORM take_hold(v_jid, h, p_now);
    END IF;
  END LOOP;
  PERFORM join_lines(v_jid, v_from_enqueue, in_the_way(v_jid, v_from_enqueue), p_now);
END $mandate$;

-- What waits for a job that was refused waits for the one that is in its way; for itself nobody does.
CREATE FUNCTION redirected(e jsonb, p_refused jsonb) RETURNS text[] LANGUAGE sql AS $mandate$
  SELECT CASE WHEN e ? 'w' THEN ARRAY(
    SELECT r.to_ FROM (
      SELECT coalesce((SELECT x ->> 'holder' FROM jsonb_array_elements(p_refused) x WHERE x ->> 'jid' = p.jid LIMIT 1), p.jid) AS to_, p.n
        FROM jsonb_array_elements_text(e -> 'w') WITH ORDINALITY p(jid, n)) r
     WHERE p_refused = '[]' OR r.to_ <> e ->> 'j' ORDER BY r.n) END
$mandate$;

CREATE FUNCTION admit(p_entries jsonb, p_now float8) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE
  e jsonb;
  d jsonb;
  v_jid text;
  v_fresh text[] := '{}';
  v_admitted jsonb[] := '{}';
  v_replacements jsonb[] := '{}';
  v_refused jsonb := '[]';
  v_bury jsonb := '[]';
BEGIN
  FOR e IN SELECT * FROM jsonb_array_elements(p_entries) LOOP
    d := decide(e, v_fresh, p_now);
    IF d = '"fresh"' THEN
      v_fresh := v_fresh || (e ->> 'j');
      v_admitted := v_admitted || e;
    ELSIF d IS NOT NULL THEN
      v_refused := (SELECT coalesce(jsonb_agg(x), '[]') FROM jsonb_array_elements(v_refused) x WHERE x ->> 'jid' <> e ->> 'j') || (d - 'by');
      IF d ->> 'how' = 'replaced' THEN
        v_replacements := v_replacements || jsonb_build_object('entry', e, 'decision', d);
      END IF;
    END IF;
  END LOOP;
  FOREACH e IN ARRAY v_admitted LOOP
    v_jid := e ->> 'j';
    IF EXISTS (SELECT FROM guard WHERE jid = v_jid AND waiting IS NOT NULL) THEN
      UPDATE guard SET next_prereqs = redirected(e, v_refused), next_failure = e ->> 'wf' WHERE jid = v_jid;
      UPDATE job SET pos = nextval('seq') WHERE jid = v_jid;
    ELSE
      PERFORM place(v_jid, redirected(e, v_refused), e ->> 'wf', p_now);
      v_bury := v_bury || doomed_at_entry(v_jid);
    END IF;
  END LOOP;
  FOREACH d IN ARRAY v_replacements LOOP
    IF NOT replace_job(d #>> '{decision,holder}', d -> 'entry', d #> '{decision,by}', redirected(d -> 'entry', v_refused), p_now) THEN
      v_refused := (SELECT jsonb_agg(CASE WHEN x ->> 'jid' = d #>> '{entry,j}' THEN jsonb_set(x, '{how}', '"refused"') ELSE x END)
                      FROM jsonb_array_elements(v_refused) x);
    END IF;
    v_jid := d #>> '{decision,holder}';
    v_bury := v_bury || doomed_at_entry(v_jid);
  END LOOP;
  RETURN jsonb_build_object('refused', v_refused, 'bury', v_bury);
END $mandate$;

-- What was deferred within transactions that have been committed since.
CREATE FUNCTION admit_inbox(p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE i inbox;
BEGIN
  FOR i IN SELECT * FROM inbox ORDER BY id LIMIT 500 LOOP
    PERFORM admit(i.entries::jsonb, p_now);
    DELETE FROM inbox WHERE id = i.id;
  END LOOP;
END $mandate$;

-- Whether one of these is that job, or waits for it.
CREATE FUNCTION waits_for(p_jids text[], p_jid text) RETURNS boolean LANGUAGE sql AS $mandate$
  WITH RECURSIVE seen(jid) AS (
    SELECT unnest(p_jids) COLLATE "C"
    UNION
    SELECT p.prereq COLLATE "C" FROM seen s, LATERAL (
      SELECT unnest(b.prereqs) AS prereq FROM blocked b WHERE b.jid = s.jid
      UNION ALL
      SELECT unnest(g.next_prereqs) FROM guard g WHERE g.jid = s.jid AND g.waiting IS NOT NULL) p)
  SELECT EXISTS (SELECT FROM seen WHERE jid = p_jid)
$mandate$;

-- Makes another of a job that waits. Says false where it would wait for itself then.
CREATE FUNCTION replace_job(p_jid text, e jsonb, p_hold jsonb, p_prereqs text[], p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
DECLARE
  j job;
  g guard;
  b blocked;
  h jsonb;
  v_prereqs text[];
  v_failure text;
  v_at float8 := coalesce(p_now + (e ->> 'd')::float8, (e ->> 'a')::float8);
  v_priority bigint := coalesce((e ->> 'p')::bigint, 0);
  v_is_in_place boolean;
  v_from_fetch jsonb;
BEGIN
  SELECT * INTO j FROM job WHERE jid = p_jid;
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  SELECT * INTO b FROM blocked WHERE jid = p_jid;
  IF g.jid IS NULL OR (p_prereqs IS NOT NULL AND waits_for(p_prereqs, p_jid)) THEN
    RETURN false;
  END IF;
  v_is_in_place := j.queue = e ->> 'q' AND j.priority = v_priority AND j.fair_key IS NOT DISTINCT FROM e ->> 'fair';
  v_prereqs := CASE WHEN g.waiting IS NULL THEN b.prereqs ELSE g.next_prereqs END;
  v_failure := coalesce(e ->> 'wf', CASE WHEN g.waiting IS NULL THEN b.failure ELSE g.next_failure END, 'release');
  v_prereqs := CASE WHEN v_prereqs IS NOT NULL AND p_prereqs IS NOT NULL THEN v_prereqs || p_prereqs ELSE coalesce(v_prereqs, p_prereqs) END;
  SELECT coalesce(jsonb_agg(x ORDER BY n), '[]') INTO v_from_fetch
    FROM jsonb_array_elements(coalesce(e -> 'h', '[]')) WITH ORDINALITY a(x, n) WHERE x ->> 'from' = 'fetch';
  FOR h IN SELECT * FROM jsonb_array_elements(v_from_fetch) LOOP
    UPDATE key SET named = named + 1 WHERE name = h ->> 'key';
  END LOOP;
  UPDATE guard SET from_fetch = v_from_fetch, expires_at = coalesce((e ->> 'x')::float8, 'Infinity') WHERE jid = p_jid;
  PERFORM unname(g.from_fetch, p_now);
  -- However often it is replaced, it is due in time.
  v_at := CASE WHEN v_at IS NULL THEN NULL ELSE least(v_at, g.since + (p_hold ->> 'dueWithin')::float8) END;
  IF g.waiting IS NOT NULL THEN
    UPDATE guard SET next_prereqs = v_prereqs, next_failure = v_failure WHERE jid = p_jid;
  ELSIF v_is_in_place AND (v_at IS NULL OR v_at <= p_now) AND v_prereqs IS NULL AND j.state IN (0, 6, 7, 8) THEN
    IF j.state = 6 THEN
      PERFORM leave_lines(p_jid, p_now);
    END IF;
    PERFORM become(p_jid, e, NULL), set_turn(p_jid);
    UPDATE job SET enqueued_at = p_now, state = CASE
      WHEN j.state = 8 OR (j.state = 6 AND fair_key IS NOT NULL AND pos >= 0) THEN 8 WHEN turn THEN 7 ELSE 0 END
     WHERE jid = p_jid;
    PERFORM tell_work();
    RETURN true;
  ELSE
    PERFORM take_out(p_jid, p_now), become(p_jid, e, v_at), set_turn(p_jid), place(p_jid, v_prereqs, v_failure, p_now);
    RETURN true;
  END IF;
  PERFORM become(p_jid, e, v_at), set_turn(p_jid);
  RETURN true;
END $mandate$;

CREATE FUNCTION become(p_jid text, e jsonb, p_at float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  UPDATE job SET payload = CASE WHEN e ? 'tr'
           THEN (e ->> 'tr') || CASE WHEN e ->> 'tr' = '{' THEN '' ELSE ',' END || '"jid":' || to_json(p_jid)::text || '}'
           ELSE e ->> 't' END,
         enqueued_at = NULL, at = p_at, recoveries = 0, queue = e ->> 'q',
         priority = coalesce((e ->> 'p')::bigint, 0), fair_key = e ->> 'fair'
   WHERE jid = p_jid;
END $mandate$;
`;
