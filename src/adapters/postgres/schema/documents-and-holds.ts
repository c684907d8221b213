/** Documents, and what operators do to jobs and keys. */
export const DOCUMENTS = `
-- {version}, or {conflict}: what was there instead.
CREATE FUNCTION write_document(d jsonb, p_now float8) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
DECLARE
  v_there document;
  v_version bigint;
BEGIN
  -- Two of a name that is not there yet: one comes after the other.
  PERFORM pg_advisory_xact_lock(hashtextextended(current_schema(), 7364));
  SELECT * INTO v_there FROM document WHERE name = d ->> 'name' AND (until IS NULL OR until > p_now) FOR UPDATE;
  IF (CASE d ->> 'version' WHEN 'any' THEN false WHEN 'none' THEN FOUND
           ELSE coalesce(v_there.version, -1) <> (d ->> 'version')::bigint END) THEN
    RETURN jsonb_build_object('conflict', jsonb_build_object('version', v_there.version, 'text', v_there.body));
  END IF;
  v_version := nextval('version');
  INSERT INTO document (name, body, version, until)
  VALUES (d ->> 'name', d ->> 'text', v_version, p_now + (d ->> 'seconds')::float8)
  ON CONFLICT (name) DO UPDATE SET body = excluded.body, version = excluded.version, until = excluded.until;
  RETURN jsonb_build_object('version', v_version);
END $mandate$;

CREATE FUNCTION write_document_1(p_document text) RETURNS text LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
BEGIN
  RETURN write_document(p_document::jsonb, epoch());
END $mandate$;

CREATE FUNCTION delete_document_1(p_name text, p_version bigint) RETURNS text LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off AS $mandate$
BEGIN
  DELETE FROM document WHERE name = p_name AND (p_version IS NULL OR version = p_version) AND (until IS NULL OR until > epoch());
  RETURN CASE WHEN FOUND THEN 'deleted' ELSE 'none' END;
END $mandate$;

-- --- Keys, for code and operators -----------------------------------------------------------------

CREATE FUNCTION take_1(p_key text, p_holder text, p_options text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  o jsonb := p_options::jsonb;
  k key;
  v_now float8;
  v_retry_at float8;
  v_run text := o ->> 'run';
BEGIN
  PERFORM alone();
  v_now := epoch();
  PERFORM declare_key(p_key, (o ->> 'to')::float8, o -> 'rate', v_now);
  SELECT * INTO k FROM key WHERE name = p_key;
  IF NOT holds_key(p_holder, p_key) THEN
    IF k.held >= k.most OR EXISTS (SELECT FROM guard WHERE waiting = p_key) OR EXISTS (SELECT FROM key_line WHERE key = p_key) THEN
      v_retry_at := (SELECT min(until) FROM grip WHERE key = p_key AND until < 'Infinity');
      RETURN jsonb_build_object('taken', false, 'retryAt', v_retry_at) || told();
    END IF;
    IF k.rate IS NOT NULL THEN
      v_retry_at := rate_due(k, v_now, coalesce((o ->> 'tokens')::float8, 1));
      IF v_retry_at > v_now THEN
        RETURN jsonb_build_object('taken', false, 'retryAt', v_retry_at) || told();
      END IF;
    END IF;
  END IF;
  IF k.rate IS NOT NULL THEN
    PERFORM spend(p_key, v_now, coalesce((o ->> 'tokens')::float8, 1));
  ELSE
    IF v_run IS NOT NULL AND EXISTS (SELECT FROM job WHERE jid = v_run) THEN
      PERFORM guard_of(v_run, v_now);
    END IF;
    PERFORM take_key(p_key, p_holder, (SELECT jid FROM job WHERE jid = v_run),
                     CASE WHEN v_run IS NULL THEN 'time' ELSE 'settled' END, (o ->> 'seconds')::float8, v_now);
  END IF;
  RETURN jsonb_build_object('taken', true) || told();
END $mandate$;

CREATE FUNCTION give_back_1(p_key text, p_holder text, p_tokens float8) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  v_now float8;
  v_done boolean;
BEGIN
  PERFORM alone();
  v_now := epoch();
  PERFORM refresh_key(p_key, v_now);
  IF p_tokens IS NULL THEN
    v_done := let_go(p_key, p_holder, v_now);
  ELSE
    v_done := EXISTS (SELECT FROM key WHERE name = p_key AND rate IS NOT NULL);
    IF p_tokens < 0 THEN
      PERFORM spend(p_key, v_now, -p_tokens);
    ELSE
      PERFORM unspend(p_key, p_tokens);
    END IF;
    IF EXISTS (SELECT FROM key WHERE name = p_key) THEN
      PERFORM key_changed(p_key, v_now);
    END IF;
  END IF;
  RETURN jsonb_build_object('done', v_done) || told();
END $mandate$;

CREATE FUNCTION limit_1(p_key text, p_limit text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  o jsonb := p_limit::jsonb;
  v_now float8;
BEGIN
  PERFORM alone();
  v_now := epoch();
  PERFORM declare_key(p_key, (o ->> 'to')::float8, o -> 'rate', v_now);
  UPDATE key SET is_limited = most <> 'Infinity' OR rate IS NOT NULL WHERE name = p_key;
  PERFORM key_changed(p_key, v_now);
  RETURN told();
END $mandate$;

CREATE FUNCTION key_state(k key, p_now float8) RETURNS jsonb LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN jsonb_build_object('key', k.name, 'to', CASE WHEN k.most = 'Infinity' THEN NULL ELSE k.most END, 'held', k.held,
    'waiting', (SELECT count(*) FROM guard WHERE waiting = k.name) + (SELECT coalesce(sum(size), 0) FROM key_line WHERE key = k.name),
    'taken', k.taken, 'dead', (SELECT count(*) FROM grip WHERE key = k.name AND is_dead))
    || CASE WHEN k.rate IS NULL THEN '{}' ELSE jsonb_build_object('rate', k.rate, 'left', rate_left(k, p_now)) END;
END $mandate$;

CREATE FUNCTION read_keys_1(p_keys text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  v_key text;
  v_now float8 := epoch();
  v_all jsonb := '[]';
BEGIN
  FOR v_key IN SELECT json_array_elements_text(p_keys::json) LOOP
    IF EXISTS (SELECT FROM grip WHERE key = v_key AND until <= v_now) THEN
      PERFORM alone();
      v_now := epoch();
      PERFORM refresh_key(v_key, v_now);
    END IF;
    v_all := v_all || jsonb_build_array((SELECT key_state(k, v_now) FROM key k WHERE name = v_key));
  END LOOP;
  RETURN v_all;
END $mandate$;

CREATE FUNCTION in_the_way_1(p_jid text) RETURNS text
LANGUAGE plpgsql SET search_path FROM CURRENT SET jit = off SET enable_seqscan = off AS $mandate$
DECLARE
  g guard;
  v_keys text[];
BEGIN
  SELECT * INTO g FROM guard WHERE jid = p_jid;
  v_keys := CASE WHEN g.jid IS NOT NULL AND EXISTS (SELECT FROM job WHERE jid = p_jid AND state = 5)
                 THEN ARRAY(SELECT obstacles(p_jid))
                 ELSE array_remove(ARRAY[coalesce(g.line, g.waiting)], NULL) END;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('key', k.name, 'holder',
            (SELECT holder FROM grip WHERE key = k.name ORDER BY ord LIMIT 1)) ORDER BY k.n), '[]')
            FROM unnest(v_keys) WITH ORDINALITY k(name, n));
END $mandate$;
`;
