/**
 * The tables of what jobs may ask for beside a queue and a time: keys, turns between keys, batches,
 * and the entrance of what was deferred within a transaction of the application's.
 *
 * A job that asks for any of it has a row in `guard`, and `guarded` says so in its own. What is
 * counted here changes only in the step in which a job moves, and whoever does that is alone.
 */
export const GUARD_TABLES = `
CREATE TABLE guard (
  jid text COLLATE "C" PRIMARY KEY,
  since float8 NOT NULL,
  from_enqueue jsonb NOT NULL DEFAULT '[]',
  from_fetch jsonb NOT NULL DEFAULT '[]',
  expires_at float8 NOT NULL DEFAULT 'Infinity',
  spent text[] NOT NULL DEFAULT '{}',
  refused_by text,
  expired boolean NOT NULL DEFAULT false,
  line text COLLATE "C",
  waiting text COLLATE "C",
  watches boolean NOT NULL DEFAULT false,
  wait_order bigint,
  next_prereqs text[],
  next_failure text,
  batch text COLLATE "C",
  tried boolean NOT NULL DEFAULT false,
  counted_dead boolean NOT NULL DEFAULT false
);
CREATE INDEX guard_waiting ON guard (waiting, watches, wait_order) WHERE waiting IS NOT NULL;

CREATE TABLE key (
  name text COLLATE "C" PRIMARY KEY,
  ord bigint NOT NULL,
  most float8 NOT NULL DEFAULT 1,
  rate jsonb,
  spent_until float8 NOT NULL DEFAULT '-Infinity',
  held int NOT NULL DEFAULT 0,
  named int NOT NULL DEFAULT 0,
  taken bigint NOT NULL DEFAULT 0,
  has_died boolean NOT NULL DEFAULT false,
  is_limited boolean NOT NULL DEFAULT false,
  is_awaited boolean NOT NULL DEFAULT false,
  freed boolean NOT NULL DEFAULT false,
  wake_at float8
);
CREATE INDEX key_freed ON key (ord) WHERE freed;
CREATE INDEX key_wake ON key (wake_at, ord) WHERE wake_at IS NOT NULL;
CREATE INDEX key_ord ON key (ord);

CREATE TABLE grip (
  key text COLLATE "C" NOT NULL,
  holder text COLLATE "C" NOT NULL,
  jid text COLLATE "C",
  ends text NOT NULL,
  since float8 NOT NULL,
  until float8 NOT NULL,
  ord bigint NOT NULL,
  is_dead boolean NOT NULL DEFAULT false,
  PRIMARY KEY (key, holder)
);
CREATE INDEX grip_ord ON grip (key, ord);
CREATE INDEX grip_until ON grip (key, until) WHERE until < 'Infinity';
CREATE INDEX grip_jid ON grip (jid) WHERE jid IS NOT NULL;

-- Jobs of one queue that wait for one key, as they stood in the queue; and where the first of each such line stood.
CREATE TABLE park (
  jid text COLLATE "C" PRIMARY KEY,
  key text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  priority bigint NOT NULL,
  pos bigint NOT NULL,
  age bigint NOT NULL
);
CREATE INDEX park_line ON park (key, queue, priority, pos, age);
CREATE TABLE key_line (
  key text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  size int NOT NULL,
  ready boolean NOT NULL DEFAULT false,
  priority bigint,
  pos bigint,
  age bigint,
  PRIMARY KEY (key, queue)
);
CREATE INDEX key_line_ready ON key_line (queue, priority, pos, age) WHERE ready;

-- Which rounds have been given in a queue, of one priority, and the last one of each key that is not over.
CREATE TABLE round (
  queue text COLLATE "C" NOT NULL,
  priority bigint NOT NULL,
  passed bigint NOT NULL,
  passed_by_others bigint NOT NULL,
  PRIMARY KEY (queue, priority)
);
CREATE TABLE last_round (
  queue text COLLATE "C" NOT NULL,
  priority bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  round bigint NOT NULL,
  PRIMARY KEY (queue, priority, key)
);

-- What has happened to batches, until somebody is told.
CREATE TABLE batch_news (
  ord bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL,
  event text COLLATE "C" NOT NULL
);
CREATE TABLE batch (
  id text COLLATE "C" PRIMARY KEY,
  ord bigint NOT NULL,
  body text NOT NULL,
  keep float8 NOT NULL,
  parent text COLLATE "C",
  created_at float8 NOT NULL,
  open_until float8,
  wake_at float8,
  total bigint NOT NULL DEFAULT 0,
  pending bigint NOT NULL DEFAULT 0,
  untried bigint NOT NULL DEFAULT 0,
  dead bigint NOT NULL DEFAULT 0,
  children bigint NOT NULL DEFAULT 0,
  pending_children bigint NOT NULL DEFAULT 0,
  untried_children bigint NOT NULL DEFAULT 0,
  in_parent_pending boolean NOT NULL DEFAULT false,
  in_parent_untried boolean NOT NULL DEFAULT false,
  is_incomplete boolean NOT NULL DEFAULT false,
  cancelled_at float8,
  completed_at float8,
  died_at float8,
  succeeded_at float8,
  ended_at float8,
  failures jsonb NOT NULL DEFAULT '[]',
  notes text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX batch_ord ON batch (ord);
CREATE INDEX batch_wake ON batch (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX batch_parent ON batch (parent) WHERE parent IS NOT NULL;
CREATE INDEX batch_cancelled ON batch (id) WHERE cancelled_at IS NOT NULL;

-- What was deferred within a transaction of the application's and asks for more than a queue and a time.
CREATE TABLE inbox (id bigint PRIMARY KEY, entries text NOT NULL);
`;
