-- The tables of the tests about a record's life. `bun test/support/schema/generate.ts` writes life.ts from them.
CREATE TYPE role AS ENUM ('admin', 'member', 'guest');
CREATE DOMAIN percentage AS integer CONSTRAINT percentage_in_range CHECK (VALUE BETWEEN 0 AND 100);

CREATE TABLE users (
  id serial PRIMARY KEY,
  name varchar(40) NOT NULL,
  email text CONSTRAINT users_email_key UNIQUE,
  password_digest text,
  api_token text UNIQUE,
  role role NOT NULL DEFAULT 'member',
  age integer CONSTRAINT users_age_check CHECK (age >= 0),
  balance numeric(12, 2) NOT NULL DEFAULT 0,
  visits bigint NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  progress percentage,
  settings jsonb,
  tags text[],
  avatar bytea,
  birthday date,
  seen_at timestamptz,
  slug text GENERATED ALWAYS AS (lower(name)) STORED,
  manager_id integer CONSTRAINT users_manager_fk REFERENCES users,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE posts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  title text NOT NULL,
  code text,
  starts_on date,
  ends_on date,
  CONSTRAINT posts_title_per_user UNIQUE (user_id, title),
  CONSTRAINT posts_period_check CHECK (ends_on >= starts_on)
);
CREATE UNIQUE INDEX posts_code_folded ON posts (lower(code));

CREATE TABLE accounts (
  id integer PRIMARY KEY,
  owner text NOT NULL,
  balance integer NOT NULL DEFAULT 0,
  lock_version integer NOT NULL DEFAULT 0
);

CREATE TABLE memberships (
  user_id integer,
  org_id integer,
  role text NOT NULL,
  PRIMARY KEY (user_id, org_id)
);

CREATE TABLE documents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL,
  body text
);

CREATE TABLE countries (
  code text PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE events (
  happened_at timestamptz NOT NULL DEFAULT now(),
  message text NOT NULL
);

CREATE TABLE bookings (
  id serial PRIMARY KEY,
  during int4range NOT NULL,
  CONSTRAINT bookings_do_not_overlap EXCLUDE USING gist (during WITH &&)
);

CREATE TABLE readings (
  id integer NOT NULL,
  taken_on date NOT NULL,
  sensor integer NOT NULL CHECK (sensor < 100),
  code text,
  user_id integer REFERENCES users,
  PRIMARY KEY (id, taken_on),
  UNIQUE (sensor, taken_on)
) PARTITION BY RANGE (taken_on);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE readings_2024 ADD CONSTRAINT readings_2024_small CHECK (id < 100);
CREATE UNIQUE INDEX readings_2024_code ON readings_2024 (code);

CREATE VIEW member_names AS SELECT id, upper(name) AS name FROM users GROUP BY id;
