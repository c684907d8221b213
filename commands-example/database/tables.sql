create table users (
  id integer primary key generated always as identity,
  name text not null,
  email text not null unique,
  login_token text,
  bio text
);

create table exercises (
  id integer primary key generated always as identity,
  folder text not null unique,
  solution_count integer not null default 0
);

create table iterations (
  id integer primary key generated always as identity,
  user_id integer not null references users,
  exercise_id integer not null references exercises,
  path text not null,
  code text not null,
  lines_of_code integer,
  counted_at timestamptz,
  snippet text,
  snippet_at timestamptz,
  unique (user_id, path)
);

create table solutions (
  iteration_id integer primary key references iterations,
  exercise_id integer not null references exercises,
  lines_of_code integer not null,
  snippet text not null,
  published_at timestamptz not null default now()
);
