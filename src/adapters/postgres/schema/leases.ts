/** A worker's jobs: opening a lease, renewing it, and what becomes of what it held. */
export const LEASES = `
CREATE FUNCTION open_lease_1(p_identity text, p_ttl float8, p_protocol int, p_info text, p_state text) RETURNS int
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
DECLARE v_id int;
BEGIN
  INSERT INTO lease (identity, expires_at, seen_at, protocol, info, state)
  VALUES (p_identity, epoch() + p_ttl, epoch(), p_protocol, p_info, p_state)
  ON CONFLICT (identity) DO NOTHING RETURNING id INTO v_id;
  RETURN v_id;
END $mandate$;

CREATE FUNCTION is_alive(p_lease int, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM lease WHERE id = p_lease AND expires_at > p_now);
END $mandate$;

CREATE FUNCTION renew_1(p_lease int, p_ttl float8, p_state text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
DECLARE
  v_now float8 := epoch();
  v_signal text;
BEGIN
  SELECT signal INTO v_signal FROM lease WHERE id = p_lease AND expires_at > v_now FOR UPDATE;
  IF NOT FOUND THEN
    RETURN '{"lost":true}';
  END IF;
  UPDATE lease SET expires_at = v_now + p_ttl, seen_at = v_now, state = p_state, signal = NULL WHERE id = p_lease;
  RETURN jsonb_build_object('signal', v_signal);
END $mandate$;

CREATE FUNCTION checkpoint_1(p_lease int, p_jid text, p_run bigint, p_payload text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
BEGIN
  PERFORM beside_others();
  IF NOT is_alive(p_lease, epoch()) THEN
    RETURN 'lost';
  END IF;
  UPDATE job SET payload = p_payload, enqueued_at = NULL, recoveries = 0
   WHERE jid = p_jid AND run = p_run AND lease = p_lease AND state = 1;
  RETURN CASE WHEN FOUND THEN 'held' ELSE 'not held' END;
END $mandate$;

CREATE FUNCTION close_lease_1(p_lease int) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  v_now float8;
  v_jid text;
BEGIN
  PERFORM alone();
  v_now := epoch();
  -- One that ran out before is left to whoever recovers.
  IF is_alive(p_lease, v_now) THEN
    FOR v_jid IN SELECT jid FROM job WHERE lease = p_lease AND state = 1 ORDER BY run DESC LOOP
      PERFORM put_back(v_jid, false, v_now);
    END LOOP;
    DELETE FROM lease WHERE id = p_lease;
  END IF;
  RETURN told();
END $mandate$;

-- Gives back what dead workers held. What was lost too often is answered, to be buried with a payload that says so;
-- until then it stays with the lease.
CREATE FUNCTION recover_1() RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  v_now float8 := epoch();
  v_all jsonb := '[]';
  v_lost jsonb;
  v_kept text[];
  v_recovered int;
  l lease;
  j job;
BEGIN
  PERFORM tidy(v_now);
  IF NOT EXISTS (SELECT FROM lease WHERE expires_at <= v_now) THEN
    RETURN '{"leases":[]}';
  END IF;
  PERFORM alone();
  v_now := epoch();
  FOR l IN SELECT * FROM lease WHERE expires_at <= v_now ORDER BY id LOOP
    v_lost := '[]';
    v_kept := '{}';
    FOR j IN SELECT * FROM job WHERE lease = l.id AND state = 1 ORDER BY run LOOP
      IF is_completed(j.jid) THEN
        PERFORM finish(j.jid, NULL, v_now);
      ELSIF is_cancelled(j) THEN
        PERFORM finish(j.jid, 'cancelled', v_now);
      ELSIF j.recoveries < 2 THEN
        UPDATE job SET recoveries = recoveries + 1 WHERE jid = j.jid;
        v_kept := v_kept || j.jid;
      ELSE
        v_lost := v_lost || jsonb_build_object('jid', j.jid, 'run', j.run, 'queue', j.queue, 'payload', j.payload);
      END IF;
    END LOOP;
    v_recovered := cardinality(v_kept);
    FOR i IN REVERSE v_recovered .. 1 LOOP
      PERFORM put_back(v_kept[i], true, v_now);
    END LOOP;
    IF v_lost = '[]' THEN
      DELETE FROM lease WHERE id = l.id;
    END IF;
    v_all := v_all || jsonb_build_object('id', l.id, 'identity', l.identity, 'recovered', v_recovered, 'lost', v_lost);
  END LOOP;
  RETURN jsonb_build_object('leases', v_all, 'now', v_now) || told();
END $mandate$;

-- Those of a dead worker: [{jid, run, payload}].
CREATE FUNCTION bury_lost_1(p_lease int, p_lost text, p_dead_max int, p_dead_seconds float8) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  d record;
  v_now float8;
  v_buried jsonb := '[]';
BEGIN
  PERFORM alone(), keep_dead(p_dead_max, p_dead_seconds);
  v_now := epoch();
  FOR d IN SELECT * FROM json_to_recordset(p_lost::json) AS x(jid text, run bigint, payload text) LOOP
    IF EXISTS (SELECT FROM job WHERE jid = d.jid AND run = d.run AND lease = p_lease AND state = 1) THEN
      PERFORM bury(d.jid, d.payload, v_now);
      v_buried := v_buried || to_jsonb(d.jid);
    END IF;
  END LOOP;
  DELETE FROM lease WHERE id = p_lease AND expires_at <= v_now
     AND NOT EXISTS (SELECT FROM job WHERE lease = p_lease AND state = 1);
  RETURN jsonb_build_object('buried', v_buried) || told();
END $mandate$;

-- What a lease holds, for a worker of which an answer was lost.
CREATE FUNCTION held_1(p_lease int)
RETURNS TABLE (o_jid text, o_queue text, o_payload text, o_run float8, o_recoveries int, o_enqueued_at float8, o_guarded boolean)
LANGUAGE sql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
  SELECT jid, queue, payload, run::float8, recoveries::int, enqueued_at, guarded
    FROM job WHERE lease = p_lease AND state = 1 ORDER BY run
$mandate$;

-- Forgets what is remembered no longer, and adds up what was counted. One does it at a time.
CREATE FUNCTION tidy(p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema(), 7363)) THEN
    RETURN;
  END IF;
  DELETE FROM ended WHERE until <= p_now;
  DELETE FROM ended WHERE jid IN (SELECT jid FROM ended ORDER BY until DESC OFFSET 100000);
  DELETE FROM over_jid WHERE until <= p_now;
  DELETE FROM delivery WHERE until <= p_now;
  DELETE FROM result WHERE until <= p_now;
  DELETE FROM progress WHERE until <= p_now;
  DELETE FROM finished WHERE until <= p_now;
  DELETE FROM document WHERE until <= p_now;
  DELETE FROM profile WHERE until <= p_now;
  IF (SELECT count(*) FROM (SELECT FROM tally LIMIT 100) t) = 100 THEN
    WITH counted AS (DELETE FROM tally RETURNING day, processed, failed)
    INSERT INTO tally (day, processed, failed) SELECT day, sum(processed), sum(failed) FROM counted GROUP BY day;
  END IF;
  PERFORM name_queues();
END $mandate$;

-- Names queues with jobs of which nobody has: they were deferred within a transaction, or came while their queue was cleared. Looked
-- for between the names that there are, so that nothing has to pass what has been removed from these, and cannot be forgotten yet.
CREATE FUNCTION name_queues() RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_named int := 1;
BEGIN
  WHILE v_named > 0 LOOP
    INSERT INTO queue (name)
    SELECT found.queue
      FROM (SELECT name AS after, lead(name) OVER (ORDER BY name) AS before FROM (SELECT name FROM queue UNION ALL SELECT '') q) gap,
           LATERAL (
             (SELECT queue FROM job WHERE state = 0 AND queue > gap.after AND queue < gap.before ORDER BY queue LIMIT 1)
             UNION ALL
             (SELECT queue FROM job WHERE gap.before IS NULL AND state = 0 AND queue > gap.after ORDER BY queue LIMIT 1)) found
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_named = ROW_COUNT;
  END LOOP;
END $mandate$;

-- The jobs that are cancelled and run, and the batches that are and have not ended.
CREATE FUNCTION cancelled_1() RETURNS TABLE (key text, is_job boolean)
LANGUAGE sql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
  SELECT jid, true FROM job WHERE cancelled
  UNION ALL
  SELECT id, false FROM batch WHERE cancelled_at IS NOT NULL AND ended_at IS NULL
$mandate$;
`;
