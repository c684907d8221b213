/** Keys: who holds them, who waits for them, and what they have left. */
export const KEYS = `
-- Tokens, by the generic cell rate algorithm: what is kept is when the last one spent would have been due.
CREATE FUNCTION rate_step(r jsonb) RETURNS float8 LANGUAGE sql IMMUTABLE AS $mandate$
  SELECT (r ->> 'seconds')::float8 / (r ->> 'to')::float8
$mandate$;

CREATE FUNCTION rate_from(r jsonb, p_now float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $mandate$
  SELECT CASE WHEN (r ->> 'aligned')::boolean
         THEN floor((p_now + 1e-6) / (r ->> 'seconds')::float8) * (r ->> 'seconds')::float8 ELSE p_now END
$mandate$;

CREATE FUNCTION rate_spent(k key, p_now float8) RETURNS float8 LANGUAGE plpgsql AS $mandate$
DECLARE v_spent float8;
BEGIN
  v_spent := greatest(k.spent_until - rate_from(k.rate, p_now), 0) / rate_step(k.rate);
  RETURN CASE WHEN (k.rate ->> 'aligned')::boolean THEN round(v_spent) ELSE v_spent END;
END $mandate$;

CREATE FUNCTION rate_left(k key, p_now float8) RETURNS float8 LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN (k.rate ->> CASE WHEN (k.rate ->> 'aligned')::boolean THEN 'to' ELSE 'burst' END)::float8 - rate_spent(k, p_now);
END $mandate$;

-- When so many may be spent: now or later.
CREATE FUNCTION rate_due(k key, p_now float8, p_count float8) RETURNS float8 LANGUAGE plpgsql AS $mandate$
DECLARE v_wait float8;
BEGIN
  IF (k.rate ->> 'aligned')::boolean THEN
    RETURN CASE WHEN rate_left(k, p_now) >= p_count THEN p_now
                ELSE rate_from(k.rate, p_now) + (k.rate ->> 'seconds')::float8 END;
  END IF;
  v_wait := greatest(k.spent_until - p_now, 0) + (p_count - (k.rate ->> 'burst')::float8) * rate_step(k.rate);
  RETURN CASE WHEN v_wait <= 1e-6 THEN p_now ELSE p_now + v_wait END;
END $mandate$;

CREATE FUNCTION spend(p_key text, p_now float8, p_count float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  UPDATE key k SET spent_until = rate_from(rate, p_now) + (rate_spent(k, p_now) + p_count) * rate_step(rate)
   WHERE name = p_key AND rate IS NOT NULL;
END $mandate$;

CREATE FUNCTION unspend(p_key text, p_count float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  UPDATE key SET spent_until = spent_until - p_count * rate_step(rate) WHERE name = p_key AND rate IS NOT NULL;
END $mandate$;

-- Whether a job can be handed out that needs a token of it, or a turn.
CREATE FUNCTION is_free(k key, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN k.held < k.most AND (k.rate IS NULL OR rate_due(k, p_now, 1) <= p_now);
END $mandate$;

CREATE FUNCTION has_line(p_key text) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN EXISTS (SELECT FROM guard WHERE waiting = p_key AND NOT watches);
END $mandate$;

-- When it is to be looked at because of the time.
CREATE FUNCTION set_wake(p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  k key;
  v_at float8;
  v_due float8;
  v_is_for_turn boolean;
BEGIN
  SELECT * INTO k FROM key WHERE name = p_key;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  v_is_for_turn := k.is_awaited OR EXISTS (SELECT FROM key_line WHERE key = p_key);
  IF v_is_for_turn OR EXISTS (SELECT FROM guard WHERE waiting = p_key) THEN
    v_at := (SELECT min(until) FROM grip WHERE key = p_key AND until < 'Infinity');
    IF v_is_for_turn AND k.rate IS NOT NULL THEN
      v_due := rate_due(k, p_now, 1);
      v_at := least(v_at, CASE WHEN v_due > p_now THEN v_due END);
    END IF;
  END IF;
  IF v_at IS DISTINCT FROM k.wake_at THEN
    UPDATE key SET wake_at = v_at WHERE name = p_key;
    IF v_at IS NOT NULL THEN
      PERFORM tell_due(v_at);
    END IF;
  END IF;
END $mandate$;

CREATE FUNCTION forget_all_idle(p_keys text[], p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  DELETE FROM key k WHERE name = ANY (p_keys) AND named = 0 AND held = 0 AND NOT is_limited AND NOT is_awaited
     AND (rate IS NULL OR spent_until <= rate_from(rate, p_now))
     AND NOT EXISTS (SELECT FROM guard WHERE waiting = k.name) AND NOT EXISTS (SELECT FROM key_line WHERE key = k.name);
END $mandate$;

CREATE FUNCTION forget_idle(p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM forget_all_idle(ARRAY[p_key], p_now);
END $mandate$;

-- Somebody let go, a limit was raised, or a token is due: whoever waits may go on.
CREATE FUNCTION tell_key(p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE k key;
BEGIN
  SELECT * INTO k FROM key WHERE name = p_key;
  IF (k.is_awaited OR EXISTS (SELECT FROM key_line WHERE key = p_key)) AND is_free(k, p_now) THEN
    UPDATE key_line SET ready = true WHERE key = p_key AND NOT ready;
    UPDATE key SET is_awaited = false WHERE name = p_key AND is_awaited;
    PERFORM tell_work();
  END IF;
  IF NOT k.freed AND ((k.held < k.most AND has_line(p_key))
      OR ((k.held = 0 OR k.has_died) AND EXISTS (SELECT FROM guard WHERE waiting = p_key AND watches))) THEN
    UPDATE key SET freed = true WHERE name = p_key;
    PERFORM tell_work();
  END IF;
  PERFORM set_wake(p_key, p_now);
END $mandate$;

CREATE FUNCTION key_changed(p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM tell_key(p_key, p_now), forget_idle(p_key, p_now);
END $mandate$;

CREATE FUNCTION waiting_changed(p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
BEGIN
  PERFORM set_wake(p_key, p_now), forget_idle(p_key, p_now);
END $mandate$;

-- Looks whether time has ended any of its holds.
CREATE FUNCTION refresh_key(p_key text, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_count int;
BEGIN
  -- That it is below infinity too is what lets the index be used that has none but such.
  DELETE FROM grip WHERE key = p_key AND until <= p_now AND until < 'Infinity';
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count > 0 THEN
    UPDATE key SET held = held - v_count WHERE name = p_key;
    PERFORM key_changed(p_key, p_now);
  END IF;
END $mandate$;

-- The key, which is there from now on, as it is declared here: the latest declaration counts.
CREATE FUNCTION declare_key(p_key text, p_most float8, p_rate jsonb, p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE
  k key;
  v_most float8 := coalesce(p_most, CASE WHEN nullif(p_rate, 'null') IS NULL THEN 1::float8 ELSE 'Infinity' END);
  v_rate jsonb := nullif(p_rate, 'null');
BEGIN
  PERFORM refresh_key(p_key, p_now);
  SELECT * INTO k FROM key WHERE name = p_key;
  IF NOT FOUND THEN
    INSERT INTO key (name, ord, most, rate) VALUES (p_key, nextval('seq'), v_most, v_rate);
    RETURN;
  END IF;
  IF k.most = v_most AND k.rate IS NOT DISTINCT FROM v_rate THEN
    RETURN;
  END IF;
  -- What is spent counts for as many tokens as before.
  UPDATE key SET most = v_most, rate = v_rate,
         spent_until = CASE WHEN v_rate IS NULL THEN '-Infinity'
                            WHEN k.rate IS NULL OR k.rate = v_rate THEN spent_until
                            ELSE rate_from(v_rate, p_now) + rate_spent(k, p_now) * rate_step(v_rate) END
   WHERE name = p_key;
  IF v_most > k.most OR (k.rate IS NOT NULL AND k.rate IS DISTINCT FROM v_rate) THEN
    PERFORM tell_key(p_key, p_now);
  END IF;
END $mandate$;

CREATE FUNCTION take_key(p_key text, p_holder text, p_jid text, p_ends text, p_seconds float8, p_now float8) RETURNS void
LANGUAGE plpgsql AS $mandate$
DECLARE v_count int;
BEGIN
  DELETE FROM grip WHERE key = p_key AND holder = p_holder;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  INSERT INTO grip (key, holder, jid, ends, since, until, ord)
  VALUES (p_key, p_holder, p_jid, p_ends, p_now, coalesce(p_now + p_seconds, 'Infinity'), nextval('seq'));
  UPDATE key SET held = held + 1 - v_count, taken = taken + 1 WHERE name = p_key;
  IF p_seconds IS NOT NULL THEN
    PERFORM set_wake(p_key, p_now);
  END IF;
END $mandate$;

CREATE FUNCTION let_go(p_key text, p_holder text, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $mandate$
BEGIN
  DELETE FROM grip WHERE key = p_key AND holder = p_holder;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE key SET held = held - 1 WHERE name = p_key;
  PERFORM key_changed(p_key, p_now);
  RETURN true;
END $mandate$;

-- The one that has held it longest, or is first in line.
CREATE FUNCTION holder_of(p_key text) RETURNS text LANGUAGE plpgsql AS $mandate$
BEGIN
  RETURN coalesce((SELECT holder FROM grip WHERE key = p_key ORDER BY ord LIMIT 1),
                  (SELECT jid FROM guard WHERE waiting = p_key AND NOT watches ORDER BY wait_order LIMIT 1));
END $mandate$;

CREATE FUNCTION next_wake() RETURNS float8 LANGUAGE sql AS $mandate$
  SELECT least((SELECT min(wake_at) FROM key WHERE wake_at IS NOT NULL),
               (SELECT min(wake_at) FROM batch WHERE wake_at IS NOT NULL))
$mandate$;

-- Looks at keys and batches whose time has come.
CREATE FUNCTION wake(p_now float8) RETURNS void LANGUAGE plpgsql AS $mandate$
DECLARE v_key text;
BEGIN
  FOR v_key IN SELECT name FROM key WHERE wake_at <= p_now ORDER BY wake_at, ord LOOP
    UPDATE key SET wake_at = NULL WHERE name = v_key;
    PERFORM refresh_key(v_key, p_now), key_changed(v_key, p_now);
  END LOOP;
  PERFORM batches_wake(p_now);
END $mandate$;
`;
