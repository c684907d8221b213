/** What a fetch hands out where jobs take keys by that, or keys take turns. */
export const FETCHING = `
CREATE FUNCTION fetch_with_keys(p_lease int, p_queues text[], p_limit int, p_turns int, p_now float8)
RETURNS TABLE (o_jid text, o_queue text, o_payload text, o_run float8, o_recoveries int, o_enqueued_at float8, o_guarded boolean)
LANGUAGE plpgsql AS $mandate$
DECLARE
  v_queue text;
  v_limit text;
  v_full text;
  j job;
  k key;
  v_wanted int := p_limit;
  v_turns int := p_turns;
  v_parked jsonb := '[]';
  v_unparked jsonb := '[]';
  v_how jsonb := '{}';
  v_is_over boolean := false;
  v_wants_turn boolean := false;
  v_is_usual boolean;
  v_line text;
  v_some jsonb;
  v_size int := 16;
  v_park_size int := 4;
  v_count int;
  v_together boolean;
  t record;
BEGIN
  FOREACH v_queue IN ARRAY p_queues LOOP
    PERFORM refresh_key('queue:' || v_queue, p_now);
    v_is_usual := NOT EXISTS (SELECT FROM round WHERE queue = v_queue);
    LOOP
      EXIT WHEN v_wanted <= 0 OR v_is_over;
      SELECT * INTO k FROM key WHERE name = 'queue:' || v_queue;
      v_limit := k.name;
      IF v_limit IS NOT NULL AND NOT is_free(k, p_now) THEN
        UPDATE key SET is_awaited = true WHERE name = v_limit;
        PERFORM waiting_changed(v_limit, p_now);
        EXIT;
      END IF;
      j := first_of(v_queue, p_now);
      EXIT WHEN j.jid IS NULL;
      v_full := CASE WHEN j.guarded THEN judge(j, p_now) END;
      IF v_full IS NOT NULL THEN
        v_some := CASE WHEN v_is_usual AND j.state <> 6
                  THEN park_together(v_queue, least(v_park_size, 100 - jsonb_array_length(v_parked)), p_now) ELSE '[]' END;
        v_park_size := CASE WHEN jsonb_array_length(v_some) = v_park_size THEN 4 * v_park_size ELSE 4 END;
        IF v_some = '[]' THEN
          PERFORM park_job(j, v_full, p_now);
          v_some := jsonb_build_array(jsonb_build_object('jid', j.jid, 'queue', v_queue, 'key', v_full));
        END IF;
        v_parked := v_parked || v_some;
        v_is_over := jsonb_array_length(v_parked) >= 100;
        CONTINUE;
      END IF;
      v_line := CASE WHEN j.state = 6 THEN (SELECT line FROM guard WHERE guard.jid = j.jid) END;
      -- A few of a line are faster one by one.
      v_together := v_is_usual AND v_limit IS NULL AND v_size > 0
        AND (v_line IS NULL OR (SELECT least(most - held, v_turns) >= 20 FROM key WHERE name = v_line));
      IF v_together THEN
        -- Each time more, so that few are looked at in vain.
        v_size := least(v_size, v_wanted);
        SELECT * INTO t FROM hand_out_together(p_lease, v_queue, v_line, v_size, v_turns, p_now);
        v_count := cardinality(t.o_jids);
        v_turns := v_turns - t.o_turns;
        v_wanted := v_wanted - v_count;
        v_size := CASE WHEN v_count = v_size THEN 4 * v_size ELSE least(4 * v_count, 16) END;
        IF v_count > 0 THEN
          IF v_line IS NOT NULL THEN
            v_unparked := v_unparked || (SELECT jsonb_agg(jsonb_build_object('jid', u.jid, 'queue', v_queue, 'key', v_line) ORDER BY u.n)
              FROM unnest(t.o_jids) WITH ORDINALITY u(jid, n));
          END IF;
          RETURN QUERY SELECT a.jid, a.queue, a.payload, a.run::float8, a.recoveries::int, a.enqueued_at, a.guarded
            FROM job a WHERE a.jid = ANY (t.o_jids) ORDER BY a.run;
          CONTINUE;
        END IF;
      END IF;
      IF (v_limit IS NOT NULL OR j.guarded) AND wants_turn(j, v_limit) THEN
        IF v_turns <= 0 THEN
          v_wants_turn := true;
          v_is_over := true;
          EXIT;
        END IF;
        v_turns := v_turns - 1;
      END IF;
      IF v_line IS NOT NULL THEN
        v_unparked := v_unparked || jsonb_build_object('jid', j.jid, 'queue', v_queue, 'key', v_line);
      END IF;
      PERFORM fair_handed_out(j), hand_out(j.jid, p_lease, v_limit, p_now);
      v_wanted := v_wanted - 1;
      v_how := v_how || coalesce((
        SELECT jsonb_build_object(g.jid, jsonb_build_object('refusedBy', g.refused_by, 'expired', g.expired))
          FROM guard g WHERE g.jid = j.jid AND (g.expired OR g.refused_by IS NOT NULL)), '{}');
      RETURN QUERY SELECT a.jid, a.queue, a.payload, a.run::float8, a.recoveries::int, a.enqueued_at, a.guarded
        FROM job a WHERE a.jid = j.jid;
    END LOOP;
  END LOOP;
  PERFORM set_config('mandate.fetch', jsonb_build_object('isMore', jsonb_array_length(v_parked) >= 100,
    'wantsTurn', v_wants_turn, 'parked', v_parked, 'unparked', v_unparked, 'how', v_how)::text, true);
END $mandate$;
`;
