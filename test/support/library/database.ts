/** A database of the library's tables for a test file, with rows enough for every case. */
import { afterAll, beforeAll } from "bun:test";
import { type ConnectOptions, connect, disconnect, type QueryLogEntry } from "../../../src/index";
import { createDatabase, type TestDatabase } from "../database";
import { registerLibrary } from "./models";
import { TABLES } from "./tables";

/** Generated rows: some without a key, some that share one, ties in every order. */
const ROWS = `
SELECT setseed(0.42);
INSERT INTO people (name, mentor_id, seen_at)
  SELECT 'person ' || n, CASE WHEN n > 3 AND n % 4 > 0 THEN n / 3 END,
    CASE WHEN n % 2 = 0 THEN now() END
  FROM generate_series(1, 14) n;
INSERT INTO passports (person_id, number)
  SELECT CASE WHEN n % 5 > 0 THEN n END, 'P' || n FROM generate_series(1, 10) n;
INSERT INTO badges (person_id, title, weight)
  SELECT CASE WHEN n % 7 > 0 THEN 1 + n % 6 END, 'badge ' || n, (random() * 3)::int
  FROM generate_series(1, 20) n;
INSERT INTO articles (title, person_id, editor_id, views, active, data)
  SELECT 'article ' || n, CASE WHEN n % 9 > 0 THEN 1 + (random() * 9)::int END,
    CASE WHEN n % 3 > 0 THEN 1 + n % 4 END, (random() * 5)::int, n % 3 > 0, '{"a": 1}'
  FROM generate_series(1, 40) n;
INSERT INTO notes (body, article_id, rank)
  SELECT 'note ' || n, 1 + n % 30, (random() * 3)::int FROM generate_series(1, 90) n;
INSERT INTO labels (name, active) SELECT 'label ' || n, n % 4 > 0 FROM generate_series(1, 12) n;
INSERT INTO article_labels (article_id, label_id, position, discarded_at)
  SELECT 1 + (random() * 25)::int, id, (random() * 3)::int, CASE WHEN random() < 0.3 THEN now() END
  FROM labels, generate_series(1, 8);
INSERT INTO remarks (body, subject_type, subject_id, person_id)
  SELECT 'on article ' || n, 'Article', 1 + n % 20, 1 + n % 5 FROM generate_series(1, 40) n;
INSERT INTO remarks (body, subject_type, subject_id, person_id)
  SELECT 'on person ' || n, 'Person', 1 + n % 6, CASE WHEN n % 2 = 0 THEN n % 7 + 1 END
  FROM generate_series(1, 15) n;
INSERT INTO remarks (body, subject_type, subject_id)
  SELECT 'on label ' || name, 'Label', id::text FROM labels WHERE active;
INSERT INTO remarks (body, subject_type, subject_id) VALUES
  ('nothing', NULL, NULL), ('no such row', 'Article', '99999'), ('no number', 'Article', 'abc'),
  ('too large', 'Person', '99999999999'), ('odd spelling', 'Article', '007');
INSERT INTO companies (name) SELECT 'company ' || n FROM generate_series(1, 3) n;
INSERT INTO addresses (city) SELECT 'city ' || n FROM generate_series(1, 3) n;
INSERT INTO statuses (label) SELECT 'status ' || n FROM generate_series(1, 3) n;
INSERT INTO branches (name, company_id, address_id, status_id)
  SELECT 'branch ' || n, n % 4, 1 + n % 3, CASE WHEN n % 2 = 0 THEN 1 + n % 3 END
  FROM generate_series(1, 12) n;
INSERT INTO seats (floor, number, person_id)
  SELECT f, n, CASE WHEN (f + n) % 3 > 0 THEN f + n END FROM generate_series(1, 3) f, generate_series(1, 4) n;
INSERT INTO bookings (day, seat_floor, seat_number)
  SELECT date '2024-01-01' + n, CASE WHEN n % 6 > 0 THEN 1 + n % 3 END, CASE WHEN n % 6 > 0 THEN 1 + n % 4 END
  FROM generate_series(1, 30) n;
INSERT INTO countries VALUES ('de', 'Germany'), ('AT', 'Austria'), ('xx', 'Nowhere');
INSERT INTO cities (name, country_code, area) VALUES
  ('Berlin', 'DE', 10.0), ('Bonn', 'de', 10), ('Wien', 'at', 4.50), ('Graz', 'AT', 4.5),
  ('Atlantis', NULL, NULL), ('Bern', 'ch', 7);
INSERT INTO areas VALUES (10, 'large'), (4.500, 'small');
INSERT INTO sections (name, parent_id)
  SELECT 'section ' || n % 5, CASE WHEN n > 2 THEN 1 + (n * 7) % (n - 1) END FROM generate_series(1, 20) n;
INSERT INTO groups (name) SELECT 'group ' || n FROM generate_series(1, 4) n;
INSERT INTO group_people SELECT g, p FROM generate_series(1, 3) g, generate_series(1, 8) p WHERE (g + p) % 3 > 0;
`;

/** Registers hooks; gives the database, and the statements that models send while something is counted. */
export function libraryDatabase(options: ConnectOptions & { readonly rows?: boolean } = {}) {
  const { rows = true, ...connection } = options;
  let database: TestDatabase;
  const log: QueryLogEntry[] = [];
  const record = (entry: QueryLogEntry) => {
    log.push(entry);
  };
  beforeAll(async () => {
    database = await createDatabase();
    await database.sql.unsafe(TABLES);
    if (rows) await database.sql.unsafe(ROWS);
    await connect(database.url, { ...connection, onQuery: record });
    registerLibrary();
  }, 60_000);
  afterAll(async () => {
    await disconnect();
    await database.drop();
  });
  return {
    /** For connections that a test makes itself. */
    record,
    /** SQL behind the library's back. */
    get sql() {
      return database.sql;
    },
    get url() {
      return database.url;
    },
    /** What the statement gives, column by column. */
    async select(
      text: string,
      values: readonly unknown[] = [],
    ): Promise<Record<string, unknown>[]> {
      return await database.sql.unsafe(text, [...values]);
    },
    /** The texts of the statements sent by `work`. */
    async statements(work: () => Promise<unknown>): Promise<string[]> {
      const start = log.length;
      await work();
      return log.slice(start).map(({ text }) => text);
    },
    /** Empties the tables and starts their numbers again. */
    async clean() {
      await database.sql.unsafe(
        "TRUNCATE people, labels, remarks, companies, addresses, statuses, branches, countries, cities, areas, sections, groups RESTART IDENTITY CASCADE",
      );
    },
  };
}
