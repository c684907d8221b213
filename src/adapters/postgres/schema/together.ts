/**
 * The usual, for many jobs in a few statements: handing out those that need nothing but turns that
 * are free, and forgetting those that are done. What is not usual is left to the functions for one
 * job.
 */
export const TOGETHER = `
-- How many turns of a key may be taken in all by jobs that do so ahead, and wait for their run in a worker: a quarter
-- of them is left, and many, for whoever comes meanwhile.
CREATE FUNCTION most_ahead(p_most float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $mandate$
  SELECT least(floor(p_most * 3 / 4), p_most - 100)
$mandate$;

-- Those that come first in a queue, before any line of it that may be served.
CREATE FUNCTION first_together(p_queue text, p_most int) RETURNS TABLE (jid text, n bigint) LANGUAGE plpgsql AS $mandate$
#variable_conflict use_column
DECLARE l key_line;
BEGIN
  SELECT * INTO l FROM key_line WHERE ready AND queue = p_queue ORDER BY priority, pos, age LIMIT 1;
  RETURN QUERY SELECT o.jid, row_number() OVER (ORDER BY o.priority, o.pos) FROM (
    (SELECT jid, priority, pos, age FROM job WHERE queue = p_queue AND state = 0 ORDER BY priority, pos LIMIT p_most)
    UNION ALL
    (SELECT jid, priority, pos, age FROM job WHERE queue = p_queue AND state = 7 ORDER BY priority, pos LIMIT p_most)
  ) o WHERE l.key IS NULL OR (o.priority, o.pos, o.age) < (l.priority, l.pos, l.age)
  ORDER BY o.priority, o.pos LIMIT p_most;
END $mandate$;

-- Those of a line that come before all others of its queue, at most as many as there are turns for.
CREATE FUNCTION first_of_line(p_queue text, p_line text, p_most int) RETURNS TABLE (jid text, n bigint) LANGUAGE plpgsql AS $mandate$
#variable_conflict use_column
DECLARE
  o record;
  v_most float8 := (SELECT least(p_most, most - held) FROM key WHERE name = p_line);
BEGIN
  SELECT x.priority, x.pos, x.age INTO o FROM (
    (SELECT priority, pos, age FROM job WHERE queue = p_queue AND state = 0 ORDER BY priority, pos LIMIT 1)
    UNION ALL
    (SELECT priority, pos, age FROM job WHERE queue = p_queue AND state = 7 ORDER BY priority, pos LIMIT 1)
    UNION ALL
    (SELECT priority, pos, age FROM key_line WHERE ready AND queue = p_queue AND key <> p_line ORDER BY priority, pos, age LIMIT 1)
  ) x ORDER BY priority, pos, age LIMIT 1;
  RETURN QUERY SELECT p.jid, row_number() OVER (ORDER BY p.priority, p.pos, p.age) FROM (
    SELECT jid, priority, pos, age FROM park WHERE key = p_line AND queue = p_queue
     ORDER BY priority, pos, age LIMIT greatest(v_most::int, 0)) p
   WHERE o.pos IS NULL OR (p.priority, p.pos, p.age) < (o.priority, o.pos, o.age);
END $mandate$;

-- Hands out the first jobs of a queue that has no limit and no keys that take turns, or of one of its lines, up to the
-- first for which more is to be done. Answers them in their order, and how many took one of the turns that are asked
-- for (p_turns): the others took theirs ahead, or need none.
CREATE FUNCTION hand_out_together(p_lease int, p_queue text, p_line text, p_most int, p_turns int, p_now float8,
                                  OUT o_jids text[], OUT o_turns int) LANGUAGE plpgsql AS $mandate$
DECLARE
  v_key text;
  v_timed text[];
BEGIN
  WITH first AS MATERIALIZED (
    SELECT jid, n FROM first_together(p_queue, p_most) WHERE p_line IS NULL
    UNION ALL
    SELECT jid, n FROM first_of_line(p_queue, p_line, p_most) WHERE p_line IS NOT NULL),
  wanted AS (
    SELECT f.n, f.jid, h.hold ->> 'key' AS key, count(*) OVER (PARTITION BY h.hold ->> 'key' ORDER BY f.n, h.at) AS nth,
           g.spent <> '{}' OR g.refused_by IS NOT NULL OR g.expired OR (g.expires_at <= p_now AND g.from_fetch <> '[]')
             OR h.hold -> 'rate' IS NOT NULL OR count(*) OVER (PARTITION BY f.n, h.hold ->> 'key') > 1
             OR EXISTS (SELECT FROM grip WHERE grip.key = h.hold ->> 'key' AND grip.holder = f.jid)
             OR EXISTS (SELECT FROM grip WHERE grip.jid = f.jid AND grip.ends = 'fetched') AS is_odd
      FROM first f LEFT JOIN guard g ON g.jid = f.jid
      LEFT JOIN LATERAL jsonb_array_elements(g.from_fetch) WITH ORDINALITY h(hold, at) ON true),
  judged AS (
    SELECT w.n, w.jid, bool_or(w.key IS NOT NULL AND k.held + w.nth > most_ahead(k.most)) AS is_counted,
           bool_or(w.is_odd OR (w.key IS NOT NULL AND (k.name IS NULL OR k.rate IS NOT NULL OR k.held + w.nth > k.most
                   OR EXISTS (SELECT FROM key_line l WHERE l.key = w.key AND l.key IS DISTINCT FROM p_line)))) AS is_odd
      FROM wanted w LEFT JOIN key k ON k.name = w.key GROUP BY w.n, w.jid),
  so_far AS (
    SELECT n, jid, coalesce(bool_or(is_odd) OVER (ORDER BY n), false) AS is_over,
           count(*) FILTER (WHERE is_counted) OVER (ORDER BY n) AS turns
      FROM judged)
  SELECT array_agg(jid ORDER BY n), max(turns) INTO o_jids, o_turns
    FROM so_far WHERE NOT is_over AND turns <= greatest(p_turns, 0);
  IF o_jids IS NULL THEN
    o_jids := '{}';
    o_turns := 0;
    RETURN;
  END IF;
  IF p_line IS NOT NULL THEN
    DELETE FROM park WHERE jid = ANY (o_jids);
    UPDATE guard SET line = NULL WHERE jid = ANY (o_jids);
    PERFORM set_line(p_line, p_queue, -cardinality(o_jids)), waiting_changed(p_line, p_now);
  END IF;
  WITH numbered AS MATERIALIZED (SELECT jid, nextval('run') AS run FROM unnest(o_jids) u(jid))
  UPDATE job j SET state = 1, lease = p_lease, run = n.run, started_at = p_now FROM numbered n WHERE j.jid = n.jid COLLATE "C";
  WITH wanted AS (
    SELECT h.hold, g.jid FROM unnest(o_jids) WITH ORDINALITY u(jid, n) JOIN guard g ON g.jid = u.jid COLLATE "C"
     CROSS JOIN LATERAL jsonb_array_elements(g.from_fetch) WITH ORDINALITY h(hold, at) ORDER BY u.n, h.at),
  taken AS (
    INSERT INTO grip (key, holder, jid, ends, since, until, ord)
    SELECT hold ->> 'key', jid, jid, hold ->> 'until', p_now, coalesce(p_now + (hold ->> 'seconds')::float8, 'Infinity'), nextval('seq')
      FROM wanted RETURNING key, until),
  counted AS (
    UPDATE key k SET held = held + t.many, taken = taken + t.many
      FROM (SELECT key, count(*)::int AS many, min(until) < 'Infinity' AS is_timed FROM taken GROUP BY key) t
     WHERE k.name = t.key RETURNING k.name, t.is_timed)
  SELECT array_agg(name) FILTER (WHERE is_timed) INTO v_timed FROM counted;
  FOREACH v_key IN ARRAY coalesce(v_timed, '{}') LOOP
    PERFORM set_wake(v_key, p_now);
  END LOOP;
END $mandate$;

-- Parks the first jobs of a queue that has no keys that take turns, up to the first that need not wait, or for which
-- more is to be looked at.
CREATE FUNCTION park_together(p_queue text, p_most int, p_now float8) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE
  v_jids text[];
  v_keys text[];
  v_line record;
BEGIN
  WITH judged AS (
    SELECT f.n, f.jid, k.name AS key, coalesce(jsonb_array_length(g.from_fetch) = 1 AND g.line IS NULL AND g.waiting IS NULL
             AND g.refused_by IS NULL AND NOT g.expired AND g.expires_at > p_now AND k.rate IS NULL AND k.held >= k.most
             AND g.from_fetch -> 0 -> 'rate' IS NULL AND g.from_fetch -> 0 ->> 'whenFull' IS DISTINCT FROM 'refuse'
             AND NOT EXISTS (SELECT FROM grip WHERE grip.key = k.name AND grip.holder = f.jid)
             AND NOT EXISTS (SELECT FROM grip WHERE grip.key = k.name AND until <= p_now AND until < 'Infinity'), false) AS waits
      FROM first_together(p_queue, p_most) f LEFT JOIN guard g ON g.jid = f.jid COLLATE "C"
      LEFT JOIN key k ON k.name = g.from_fetch -> 0 ->> 'key'),
  so_far AS (SELECT n, jid, key, bool_and(waits) OVER (ORDER BY n) AS waits FROM judged)
  SELECT array_agg(jid ORDER BY n), array_agg(key ORDER BY n) INTO v_jids, v_keys FROM so_far WHERE waits;
  IF v_jids IS NULL THEN
    RETURN '[]';
  END IF;
  INSERT INTO key_line (key, queue, size) SELECT DISTINCT u.key, p_queue, 0 FROM unnest(v_keys) u(key) ON CONFLICT DO NOTHING;
  INSERT INTO park (jid, key, queue, priority, pos, age)
  SELECT j.jid, u.key, j.queue, j.priority, j.pos, j.age FROM unnest(v_jids, v_keys) u(jid, key) JOIN job j ON j.jid = u.jid COLLATE "C";
  UPDATE job SET state = 6 WHERE jid = ANY (v_jids);
  UPDATE guard g SET line = u.key FROM unnest(v_jids, v_keys) u(jid, key) WHERE g.jid = u.jid COLLATE "C";
  FOR v_line IN SELECT u.key AS name, count(*)::int AS many FROM unnest(v_keys) u(key) GROUP BY 1 LOOP
    PERFORM set_line(v_line.name, p_queue, v_line.many), waiting_changed(v_line.name, p_now);
  END LOOP;
  RETURN (SELECT jsonb_agg(jsonb_build_object('jid', u.jid, 'queue', p_queue, 'key', u.key) ORDER BY u.n)
            FROM unnest(v_jids, v_keys) WITH ORDINALITY u(jid, key, n));
END $mandate$;

-- Of a worker's outcomes settles those that are done and leave nothing, of jobs that nobody waits for and that are of
-- no batch. Answers their runs.
CREATE FUNCTION finish_together(p_lease int, p_rest text, p_now float8) RETURNS bigint[] LANGUAGE plpgsql AS $mandate$
DECLARE
  v_jids text[];
  v_runs bigint[];
  v_freed text[];
  v_unnamed text[];
  v_key text;
BEGIN
  SELECT array_agg(j.jid), array_agg(j.run) INTO v_jids, v_runs
    FROM json_to_recordset(p_rest::json) AS x(j text, r bigint, k text, f boolean, e text, res text, fin json)
    JOIN job j ON j.jid = x.j COLLATE "C"
    LEFT JOIN guard g ON g.jid = j.jid
   WHERE x.k = 'done' AND x.f IS NOT TRUE AND x.e IS NULL AND x.res IS NULL AND x.fin IS NULL
     AND j.run = x.r AND j.lease = p_lease AND j.state = 1 AND NOT j.awaited AND g.batch IS NULL;
  IF v_jids IS NULL THEN
    RETURN '{}';
  END IF;
  WITH gone AS (DELETE FROM job WHERE jid = ANY (v_jids) RETURNING jid, remembered)
  INSERT INTO over_jid (jid, until) SELECT jid, p_now + 600 FROM gone WHERE remembered
  ON CONFLICT (jid) DO UPDATE SET until = excluded.until;
  DELETE FROM completed WHERE jid = ANY (v_jids);
  WITH gone AS (
    DELETE FROM grip WHERE jid = ANY (v_jids) AND (ends IN ('settled', 'attempted') OR (ends <> 'time' AND NOT is_dead)) RETURNING key),
  changed AS (
    UPDATE key k SET held = held - g.many FROM (SELECT key, count(*)::int AS many FROM gone GROUP BY key) g
     WHERE k.name = g.key RETURNING k.name)
  SELECT array_agg(name) INTO v_freed FROM changed;
  UPDATE grip SET jid = NULL WHERE jid = ANY (v_jids);
  WITH gone AS (DELETE FROM guard WHERE jid = ANY (v_jids) RETURNING from_enqueue || from_fetch AS holds),
  changed AS (
    UPDATE key k SET named = named - g.many
      FROM (SELECT h ->> 'key' AS key, count(*)::int AS many FROM gone, jsonb_array_elements(holds) h GROUP BY 1) g
     WHERE k.name = g.key RETURNING k.name)
  SELECT array_agg(name) INTO v_unnamed FROM changed;
  -- Of most unique jobs nothing is left.
  PERFORM forget_all_idle(v_freed || v_unnamed, p_now);
  FOR v_key IN SELECT name FROM key WHERE name = ANY (v_freed) ORDER BY ord LOOP
    PERFORM tell_key(v_key, p_now);
  END LOOP;
  FOR v_key IN SELECT name FROM key WHERE name = ANY (v_freed || v_unnamed) LOOP
    PERFORM waiting_changed(v_key, p_now);
  END LOOP;
  RETURN v_runs;
END $mandate$;
`;
