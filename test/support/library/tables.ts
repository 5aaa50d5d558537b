/** A schema made for associations: every kind of key, and rows that go astray. */
export const TABLES = `
CREATE EXTENSION IF NOT EXISTS citext;

CREATE TABLE people (
  id serial PRIMARY KEY,
  name text NOT NULL,
  mentor_id int REFERENCES people,
  articles_count int NOT NULL DEFAULT 0,
  seen_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT '2020-01-01Z'
);
-- At most one for each person.
CREATE TABLE passports (
  id serial PRIMARY KEY,
  person_id int UNIQUE REFERENCES people,
  number text NOT NULL
);
-- Some people have several: hasOne takes the first.
CREATE TABLE badges (
  id serial PRIMARY KEY,
  person_id int REFERENCES people,
  title text NOT NULL,
  weight int NOT NULL DEFAULT 0
);
CREATE TABLE articles (
  id bigserial PRIMARY KEY,
  title text NOT NULL,
  person_id int REFERENCES people,
  editor_id int REFERENCES people,
  views int NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  data json,
  discarded_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT '2020-01-01Z'
);
CREATE INDEX ON articles (person_id);
CREATE TABLE notes (
  id serial PRIMARY KEY,
  body text NOT NULL,
  article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
  rank int NOT NULL DEFAULT 0
);
CREATE TABLE labels (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  active boolean NOT NULL DEFAULT true
);
CREATE TABLE article_labels (
  id serial PRIMARY KEY,
  article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
  label_id uuid NOT NULL REFERENCES labels,
  position int NOT NULL DEFAULT 0,
  discarded_at timestamptz
);
-- Polymorphic, with keys of several types in one text column.
CREATE TABLE remarks (
  id serial PRIMARY KEY,
  body text NOT NULL,
  subject_type text,
  subject_id text,
  person_id int REFERENCES people
);
-- Names that need real inflection, and no foreign keys.
CREATE TABLE companies (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE addresses (id serial PRIMARY KEY, city text NOT NULL);
CREATE TABLE statuses (id serial PRIMARY KEY, label text NOT NULL);
CREATE TABLE branches (
  id serial PRIMARY KEY,
  name text NOT NULL,
  company_id int,
  address_id int,
  status_id int
);
-- A composite key.
CREATE TABLE seats (
  floor int NOT NULL,
  number int NOT NULL,
  person_id int REFERENCES people,
  PRIMARY KEY (floor, number)
);
CREATE TABLE bookings (
  id serial PRIMARY KEY,
  day date NOT NULL,
  seat_floor int,
  seat_number int,
  FOREIGN KEY (seat_floor, seat_number) REFERENCES seats (floor, number)
);
-- Keys that are equal in PostgreSQL though they print differently.
CREATE TABLE countries (code citext PRIMARY KEY, name text NOT NULL);
CREATE TABLE cities (
  id serial PRIMARY KEY,
  name text NOT NULL,
  country_code citext,
  area numeric
);
CREATE TABLE areas (size numeric PRIMARY KEY, name text NOT NULL);
CREATE TABLE sections (
  id serial PRIMARY KEY,
  name text NOT NULL,
  parent_id int REFERENCES sections
);
CREATE TABLE groups (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE group_people (
  group_id int NOT NULL REFERENCES groups,
  person_id int NOT NULL REFERENCES people,
  PRIMARY KEY (group_id, person_id)
);
`;
