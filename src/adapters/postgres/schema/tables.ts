/**
 * The tables of the jobs themselves. Times are epoch seconds. What is text is compared byte by
 * byte, so that no upgrade of the system's locales puts an index out of order.
 *
 * A job is one row from its enqueueing to its end, in one of these states:
 *
 * 0 waits in its queue · 1 runs · 2 scheduled · 3 to be retried · 4 blocked · 5 dead · 6 parked
 * beside its queue, since a key is full · 7 waits in its queue, and takes a key as it is handed out
 * · 8 waits in its queue, where keys take turns
 *
 * `pos` is its place: counted upwards from `seq`, and downwards from `head` for what comes back to
 * the head of its queue. `run` is a number of each time that it was handed out, and with it the
 * receipt.
 */
export const TABLES = `
CREATE SEQUENCE seq;
CREATE SEQUENCE head;
CREATE SEQUENCE run;

CREATE TABLE job (
  pos bigint NOT NULL,
  age bigint NOT NULL DEFAULT 0,
  run bigint,
  priority bigint NOT NULL DEFAULT 0,
  at float8,
  enqueued_at float8,
  started_at float8,
  lease int,
  state smallint NOT NULL,
  recoveries smallint NOT NULL DEFAULT 0,
  remembered boolean NOT NULL DEFAULT false,
  awaited boolean NOT NULL DEFAULT false,
  cancelled boolean NOT NULL DEFAULT false,
  guarded boolean NOT NULL DEFAULT false,
  turn boolean NOT NULL DEFAULT false,
  jid text COLLATE "C" PRIMARY KEY,
  queue text COLLATE "C" NOT NULL,
  payload text NOT NULL,
  fair_key text COLLATE "C"
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000
);
CREATE INDEX job_ready ON job (queue, priority, pos) WHERE state = 0;
CREATE INDEX job_held ON job (run, lease) WHERE state = 1;
CREATE INDEX job_scheduled ON job (at, pos) WHERE state = 2;
CREATE INDEX job_retry ON job (at, pos) WHERE state = 3;
CREATE INDEX job_blocked ON job (pos) WHERE state = 4;
CREATE INDEX job_dead ON job (at, pos) WHERE state = 5;
CREATE INDEX job_parked ON job (queue, priority, pos, age) WHERE state = 6;
CREATE INDEX job_turn ON job (queue, priority, pos) WHERE state = 7;
CREATE INDEX job_fair ON job (queue, priority, pos, age) WHERE state = 8;
CREATE INDEX job_cancelled ON job (jid) WHERE cancelled;

CREATE TABLE queue (name text COLLATE "C" PRIMARY KEY);
CREATE TABLE paused (name text COLLATE "C" PRIMARY KEY);

CREATE TABLE lease (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text COLLATE "C" NOT NULL UNIQUE,
  expires_at float8 NOT NULL,
  seen_at float8 NOT NULL,
  protocol int NOT NULL,
  info text NOT NULL,
  state text NOT NULL,
  signal text
) WITH (fillfactor = 50);

-- Who waits for whom. What has ended is noted in freed, and spread to those that wait for it afterwards.
CREATE TABLE edge (
  prereq text COLLATE "C" NOT NULL,
  ord bigint NOT NULL,
  dependent text COLLATE "C" NOT NULL,
  PRIMARY KEY (prereq, ord)
);
CREATE INDEX edge_dependent ON edge (dependent);
CREATE TABLE freed (id bigint PRIMARY KEY, prereq text COLLATE "C" NOT NULL, ended text);
CREATE INDEX freed_prereq ON freed (prereq);
CREATE TABLE blocked (
  jid text COLLATE "C" PRIMARY KEY,
  failure text NOT NULL,
  open int NOT NULL,
  prereqs text[] NOT NULL,
  failed_jid text,
  failed_how text,
  free_order bigint,
  free_rank bigint,
  -- It came with a prerequisite that had failed, and is being buried: to others it is dead.
  as_dead boolean NOT NULL DEFAULT false
);
CREATE INDEX blocked_free ON blocked (free_order, free_rank) WHERE free_order IS NOT NULL;

-- What is remembered of jobs that are over.
CREATE TABLE ended (jid text COLLATE "C" PRIMARY KEY, how text NOT NULL, until float8 NOT NULL);
CREATE INDEX ended_until ON ended (until);
CREATE TABLE over_jid (jid text COLLATE "C" PRIMARY KEY, until float8 NOT NULL);
CREATE INDEX over_jid_until ON over_jid (until);

-- Which statements that enqueue were committed, as long as their senders may have to ask: a row for each, removed
-- by the set. Jobs of theirs that were left out were refused.
CREATE TABLE delivery (
  set_name text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  left_out text[] NOT NULL,
  until float8 NOT NULL,
  PRIMARY KEY (set_name, number)
);

-- Runs that ended: a row for each exchange, added up now and then.
CREATE TABLE tally (day int NOT NULL, processed bigint NOT NULL, failed bigint NOT NULL);

-- Jobs that were done as part of a transaction of the application's, until their worker has settled them.
CREATE TABLE completed (jid text COLLATE "C" PRIMARY KEY);

CREATE TABLE result (jid text COLLATE "C" PRIMARY KEY, body text NOT NULL, until float8 NOT NULL);
CREATE INDEX result_until ON result (until);
CREATE TABLE progress (jid text COLLATE "C" PRIMARY KEY, note text NOT NULL, until float8 NOT NULL);
CREATE INDEX progress_until ON progress (until);
CREATE TABLE finished (
  jid text COLLATE "C" PRIMARY KEY,
  pos bigint NOT NULL,
  at float8 NOT NULL,
  until float8 NOT NULL,
  queue text NOT NULL,
  grp text COLLATE "C" NOT NULL,
  payload text NOT NULL
);
CREATE INDEX finished_at ON finished (at, pos);
CREATE INDEX finished_grp ON finished (grp, pos);
CREATE INDEX finished_until ON finished (until);
CREATE TABLE profile (
  key text COLLATE "C" PRIMARY KEY,
  pos bigint NOT NULL,
  until float8 NOT NULL,
  about text NOT NULL,
  data text NOT NULL
);

CREATE SEQUENCE version;
CREATE TABLE document (
  name text COLLATE "C" PRIMARY KEY,
  body text NOT NULL,
  version bigint NOT NULL,
  until float8
);
CREATE INDEX document_until ON document (until) WHERE until IS NOT NULL;
`;
