/**
 * What there is, version by version: each text makes of the version before it the next one. They
 * are never changed, but added to.
 */
export const MIGRATIONS: readonly string[] = [
  `
-- A job from the moment it was accepted until it is over. Its state says which of the indexes it is in.
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  jid TEXT NOT NULL UNIQUE,
  queue TEXT NOT NULL,
  state INTEGER NOT NULL,
  rank REAL NOT NULL DEFAULT 0,
  ord INTEGER NOT NULL DEFAULT 0,
  age INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL DEFAULT 0,
  at REAL,
  stamp TEXT,
  payload TEXT NOT NULL,
  recoveries INTEGER NOT NULL DEFAULT 0,
  remembered INTEGER NOT NULL DEFAULT 0,
  fair TEXT,
  lease INTEGER,
  fetched INTEGER,
  started REAL,
  cancelled INTEGER NOT NULL DEFAULT 0,
  batch TEXT,
  member INTEGER NOT NULL DEFAULT 0,
  holds TEXT,
  line INTEGER,
  wait TEXT,
  free INTEGER
);
CREATE INDEX job_ready ON job (queue, rank, ord) WHERE state = 0;
CREATE INDEX job_running ON job (lease, fetched) WHERE state = 1;
CREATE INDEX job_scheduled ON job (rank, ord) WHERE state = 2;
CREATE INDEX job_retry ON job (rank, ord) WHERE state = 3;
CREATE INDEX job_blocked ON job (rank, ord) WHERE state = 4;
CREATE INDEX job_dead ON job (rank, ord) WHERE state = 5;
CREATE INDEX job_parked ON job (queue, rank, ord, age) WHERE state = 6;
CREATE INDEX job_fair ON job (queue, rank, ord, age) WHERE state = 7;
CREATE INDEX job_parked_line ON job (line, queue, rank, ord, age) WHERE state = 6;
CREATE INDEX job_line ON job (line, age) WHERE state = 4 AND line IS NOT NULL;
CREATE INDEX job_free ON job (free) WHERE free IS NOT NULL;
CREATE INDEX job_cancelled ON job (id) WHERE cancelled = 1;

CREATE TABLE queue (name TEXT PRIMARY KEY, size INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0, paused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE prereq (prereq TEXT NOT NULL, ord INTEGER NOT NULL, job INTEGER NOT NULL, PRIMARY KEY (prereq, ord)) WITHOUT ROWID;
CREATE TABLE ended (id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL UNIQUE, ended TEXT NOT NULL, until REAL NOT NULL);
CREATE INDEX ended_until ON ended (until);
CREATE TABLE remembered (jid TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX remembered_until ON remembered (until);

-- Rounds of queues whose keys take turns.
CREATE TABLE fair_round (queue TEXT NOT NULL, priority INTEGER NOT NULL, passed INTEGER NOT NULL, passed_by_others INTEGER NOT NULL, PRIMARY KEY (queue, priority)) WITHOUT ROWID;
CREATE TABLE fair_last (queue TEXT NOT NULL, priority INTEGER NOT NULL, fair TEXT NOT NULL, round INTEGER NOT NULL, PRIMARY KEY (queue, priority, fair)) WITHOUT ROWID;

-- Keys, who holds them, and lines of those that are parked for them.
CREATE TABLE key (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  most REAL NOT NULL DEFAULT 1,
  rate TEXT,
  spent_until REAL,
  is_limited INTEGER NOT NULL DEFAULT 0,
  named INTEGER NOT NULL DEFAULT 0,
  taken INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  has_died INTEGER NOT NULL DEFAULT 0,
  is_awaited INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  lined INTEGER NOT NULL DEFAULT 0,
  watching INTEGER NOT NULL DEFAULT 0,
  parked INTEGER NOT NULL DEFAULT 0,
  next_end REAL,
  freed INTEGER,
  wake_at REAL
);
CREATE INDEX key_freed ON key (freed) WHERE freed IS NOT NULL;
CREATE INDEX key_wake ON key (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX key_idle ON key (id) WHERE named = 0 AND held = 0 AND is_limited = 0;
CREATE TABLE grip (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key INTEGER NOT NULL,
  holder TEXT NOT NULL,
  jid TEXT,
  since REAL NOT NULL,
  ends TEXT NOT NULL,
  until REAL,
  is_dead INTEGER NOT NULL DEFAULT 0,
  UNIQUE (key, holder)
);
CREATE INDEX grip_jid ON grip (jid) WHERE jid IS NOT NULL;
CREATE INDEX grip_until ON grip (until) WHERE until IS NOT NULL;
CREATE INDEX grip_end ON grip (key, until) WHERE until IS NOT NULL;
CREATE TABLE parked_line (key INTEGER NOT NULL, queue TEXT NOT NULL, ready INTEGER NOT NULL, rank REAL NOT NULL, ord INTEGER NOT NULL, age INTEGER NOT NULL, PRIMARY KEY (key, queue)) WITHOUT ROWID;
CREATE INDEX parked_line_ready ON parked_line (queue, rank, ord, age) WHERE ready = 1;

CREATE TABLE batch (
  ord INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  keep REAL NOT NULL,
  parent TEXT,
  created_at REAL NOT NULL,
  open_until REAL,
  total INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  untried INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  children INTEGER NOT NULL DEFAULT 0,
  pending_children INTEGER NOT NULL DEFAULT 0,
  untried_children INTEGER NOT NULL DEFAULT 0,
  is_incomplete INTEGER NOT NULL DEFAULT 0,
  cancelled_at REAL,
  completed_at REAL,
  died_at REAL,
  succeeded_at REAL,
  ended_at REAL,
  due_at REAL
);
CREATE INDEX batch_due ON batch (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX batch_parent ON batch (parent) WHERE parent IS NOT NULL AND ended_at IS NULL;
CREATE INDEX batch_cancelled ON batch (id) WHERE cancelled_at IS NOT NULL AND ended_at IS NULL;
CREATE TABLE batch_failure (batch TEXT NOT NULL, ord INTEGER NOT NULL, failure TEXT NOT NULL, PRIMARY KEY (batch, ord)) WITHOUT ROWID;
CREATE TABLE batch_news (ord INTEGER PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL);
CREATE TABLE batch_note (batch TEXT NOT NULL, ord INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (batch, ord)) WITHOUT ROWID;

CREATE TABLE lease (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  identity TEXT NOT NULL UNIQUE,
  sender TEXT NOT NULL,
  expires_at REAL NOT NULL,
  info TEXT NOT NULL,
  state TEXT NOT NULL,
  seen_at REAL NOT NULL,
  idle INTEGER NOT NULL DEFAULT 0,
  signal TEXT
);

CREATE TABLE counter (day TEXT PRIMARY KEY, processed INTEGER NOT NULL, failed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('last', 0), ('first', 0), ('dead', 0);

CREATE TABLE result (jid TEXT PRIMARY KEY, text TEXT NOT NULL, until REAL NOT NULL);
CREATE INDEX result_until ON result (until);
CREATE TABLE progress (jid TEXT PRIMARY KEY, note TEXT NOT NULL, until REAL NOT NULL);
CREATE INDEX progress_until ON progress (until);
CREATE TABLE finished (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  jid TEXT NOT NULL UNIQUE,
  queue TEXT NOT NULL,
  grp TEXT NOT NULL,
  at REAL NOT NULL,
  until REAL NOT NULL,
  payload TEXT NOT NULL
);
CREATE INDEX finished_group ON finished (grp, id);
CREATE INDEX finished_at ON finished (at, id);
CREATE INDEX finished_until ON finished (until);
CREATE TABLE profile (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, described TEXT NOT NULL, data BLOB NOT NULL, until REAL NOT NULL);
CREATE TABLE document (name TEXT PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL, until REAL) WITHOUT ROWID;
CREATE INDEX document_until ON document (until) WHERE until IS NOT NULL;

-- What processes tell each other, and which there are.
CREATE TABLE post (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, sender TEXT NOT NULL, kind TEXT NOT NULL, about TEXT, note TEXT);
CREATE TABLE member (sender TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
`,
];
