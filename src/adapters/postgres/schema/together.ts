/**
 * The usual, for many jobs in a few statements: handing out those that need nothing but turns that are
 * free, and forgetting those that are done. What is not usual is left to the functions for one job.
 */
export const TOGETHER = `
-- How many turns of a key may be taken in all by jobs that do so ahead, and wait for their run in a worker: half of
-- them are left, and many, for whoever comes meanwhile.
CREATE FUNCTION most_ahead(p_most float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $mandate$
  SELECT least(floor(p_most / 2), p_most - 100)
$mandate$;

-- Whether a queue has no limit, no keys that take turns, and no line to be served.
CREATE FUNCTION is_usual(p_queue text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN NOT EXISTS (SELECT FROM key WHERE name = 'queue:' || p_queue)
     AND NOT EXISTS (SELECT FROM round WHERE queue = p_queue)
     AND NOT EXISTS (SELECT FROM key_line WHERE ready AND queue = p_queue);
END $mandate$;

-- Hands out the first jobs of such a queue, up to the first for which more is to be done. Answers them in their order, and how many took one of the turns that are asked
-- for (p_turns): the others took theirs ahead, or need none.
CREATE FUNCTION hand_out_together(p_lease int, p_queue text, p_most int, p_turns int, p_now float8, OUT o_jids text[], OUT o_turns int)
LANGUAGE plpgsql AS $mandate$
DECLARE
  v_key text;
  v_timed text[];
BEGIN
  WITH first AS MATERIALIZED (
    SELECT o.jid, row_number() OVER (ORDER BY o.priority, o.pos) AS n FROM (
      (SELECT jid, priority, pos FROM job WHERE queue = p_queue AND state = 0 ORDER BY priority, pos LIMIT p_most)
      UNION ALL
      (SELECT jid, priority, pos FROM job WHERE queue = p_queue AND state = 7 ORDER BY priority, pos LIMIT p_most)
    ) o ORDER BY o.priority, o.pos LIMIT p_most),
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
                   OR EXISTS (SELECT FROM key_line l WHERE l.key = w.key)))) AS is_odd
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
