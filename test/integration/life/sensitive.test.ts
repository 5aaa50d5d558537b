/** sensitiveFields: a secret reaches no log, no console, no error and no JSON. */
import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import {
  type BakedError,
  ConfigurationError,
  hasMany,
  Model,
  query,
  type SensitiveFields,
  sql,
  validates,
} from "../../../src/index";
import { lifeDatabase } from "../../support/life";
import * as schema from "../../support/schema/life";

class Post extends Model(schema.posts) {}
class User extends Model(schema.users, { posts: hasMany<Post>("Post") }) {
  pin: string | null = null;
  static sensitiveFields = ["passwordDigest", "pin"];
  get token(): string {
    return `t-${this.apiToken}`;
  }
  badge(): string {
    return `b-${this.passwordDigest}`;
  }
}
class Admin extends User {
  static override sensitiveFields = ["apiToken", "token", "badge"] satisfies SensitiveFields<Admin>;
}

const db = lifeDatabase();
const SECRET = "s3cr3t-value";

/** Everything an error says of itself, causes included. */
function told(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error);
}

async function failing(work: Promise<unknown>): Promise<BakedError> {
  return await work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: BakedError) => error,
  );
}

const ann = () =>
  Admin.create({ name: "Ann", passwordDigest: SECRET, apiToken: SECRET, pin: SECRET });

describe("JSON", () => {
  test("leaves them out, whatever is asked for", async () => {
    const user = await ann();
    expect(JSON.stringify(user)).not.toContain(SECRET);
    expect(user.toJSON()).not.toHaveProperty("passwordDigest");
    expect(
      JSON.stringify(
        user.serialize({ only: ["id", "passwordDigest", "apiToken"], methods: ["badge", "token"] }),
      ),
    ).toBe(JSON.stringify({ __typename: "Admin", id: user.id }));
    expect(user.passwordDigest).toBe(SECRET);
  });

  test("methods cannot reach the members of the library", async () => {
    const user = await ann();
    // @ts-expect-error: no method of the class
    expect(() => user.serialize({ methods: ["destroy"] })).toThrow('cannot call "destroy"');
    expect(await User.count()).toBe(1);
  });

  test("nested records too", async () => {
    const user = await User.create({ name: "Ann", passwordDigest: SECRET });
    await new Post({ userId: user.id, title: "T" }).save();
    const [found] = await User.where({ id: user.id }).includes("posts");
    expect(JSON.stringify(found?.serialize({ include: ["posts"] }))).not.toContain(SECRET);
  });
});

describe("the console, copies and changes", () => {
  test("mask them or do without", async () => {
    const user = await ann();
    user.passwordDigest = `${SECRET}2`;
    expect(Bun.inspect(user)).toContain("[REDACTED]");
    for (const shown of [
      Bun.inspect(user),
      inspect(user, { depth: 9 }),
      inspect([{ user }], { depth: 9 }),
      JSON.stringify({ ...user, pin: null, visits: 0 }),
      inspect({ ...user, pin: null, visits: 0 }, { depth: 9 }),
      Bun.inspect(Object.assign({}, user, { pin: null })),
      inspect(user.changedAttributes(), { depth: 9 }),
      Bun.inspect(user.changedAttributes()),
      JSON.stringify(user.changedAttributes()),
    ]) {
      expect(shown).not.toContain(SECRET);
    }
    expect(user.changedAttributes().passwordDigest).toEqual({ was: SECRET, now: `${SECRET}2` });
    await user.save();
    expect(JSON.stringify(user.previousChanges())).not.toContain(SECRET);
    expect((await User.find(user.id)).passwordDigest).toBe(`${SECRET}2`);
  });

  test("a record stays one in every other way", async () => {
    const user = await ann();
    const [loaded] = await Admin.all();
    expect([loaded?.passwordDigest, loaded?.apiToken]).toEqual([SECRET, SECRET]);
    expect(loaded?.changed()).toBe(false);
    expect(user.dup().passwordDigest).toBe(SECRET);
    const [part] = await Admin.select("id", "apiToken");
    expect(part?.apiToken).toBe(SECRET);
    await user.reload();
    expect(user.apiToken).toBe(SECRET);
    const work = Admin.create({ name: "x".repeat(50), apiToken: "other" });
    await expect(work).rejects.toThrow("too long");
  });
});

describe("logs", () => {
  test("mask the values of reads and writes, by column", async () => {
    const user = await ann();
    await user.update({ passwordDigest: `${SECRET}2` });
    await Admin.createMany([
      { name: "B", apiToken: `${SECRET}b` },
      { name: "C", apiToken: SECRET + 3 },
    ]);
    await Admin.where({ name: "B" }).updateAll({ passwordDigest: SECRET });
    await Admin.where({ name: "B" }).updateAll({ passwordDigest: sql`upper(${SECRET})` });
    await Admin.upsert({ name: "D", apiToken: SECRET }, { conflict: { columns: ["apiToken"] } });
    for (const condition of [
      { apiToken: SECRET },
      { apiToken: { ne: SECRET } },
      { apiToken: { gt: SECRET } },
      { apiToken: { between: [SECRET, SECRET] as [string, string] } },
      { apiToken: [SECRET, "x"] },
      { apiToken: { not_in: [SECRET] } },
      { apiToken: { like: `%${SECRET}%` } },
      { apiToken: { contains: SECRET } },
      { apiToken: sql`lower(${SECRET})` as never },
      { id: Admin.where({ passwordDigest: SECRET }).select("id") },
      { or: [{ apiToken: SECRET }, { passwordDigest: SECRET }] },
    ]) {
      await Admin.where(condition).toArray();
    }
    await Admin.findBy({ apiToken: SECRET });
    await Admin.whereRaw("api_token = $1", [SECRET]).count();
    await Admin.whereRaw('lower("api_token") = lower($1)', [SECRET]).count();
    await Admin.where(sql`${sql.id("api_token")} = ${SECRET}`).count();
    await Admin.findBySql("SELECT * FROM users WHERE Password_Digest = $1", [SECRET]);
    await query("SELECT 1 FROM users WHERE password_digest = $1 OR api_token = $1", [SECRET]);
    await query(sql`SELECT 1 FROM users WHERE password_digest = ${SECRET}`);
    expect(db.log.length).toBeGreaterThan(20);
    for (const entry of db.log) {
      expect(JSON.stringify([entry.text, entry.values])).not.toContain(SECRET);
    }
    expect(db.log.every(({ values = [] }) => values.includes("[REDACTED]"))).toBe(true);
  });

  test("other values are shown", async () => {
    await Admin.where({ name: "Ann", apiToken: SECRET }).toArray();
    expect(db.log[0]?.values).toEqual(["Ann", "[REDACTED]"]);
  });
});

describe("errors", () => {
  test("of a constraint: not the row, not the key", async () => {
    await ann();
    const taken = await failing(Admin.create({ name: "Bob", apiToken: SECRET }));
    expect(taken.message).toContain("Api token has already been taken");
    const invalid = await failing(Admin.create({ name: "Bob", passwordDigest: SECRET, age: -1 }));
    expect(invalid.message).toContain("Age is invalid");
    const nameless = new Admin({ passwordDigest: SECRET });
    const blank = await failing(nameless.save());
    const bulk = await failing(Admin.createMany([{ name: "x", apiToken: SECRET, age: -1 }]));
    const raw = await failing(
      query("insert into users (name, password_digest, age) values ('x', $1, -1)", [SECRET]),
    );
    const inline = await failing(
      query(`insert into users (name, password_digest, age) values ('x', upper('${SECRET}'), -1)`),
    );
    for (const error of [taken, invalid, blank, bulk, raw]) {
      expect(told(error)).not.toContain(SECRET);
    }
    expect(told(Reflect.get(inline, "detail"))).not.toContain(SECRET.toUpperCase());
    expect(told(raw)).toContain("[REDACTED]");
  });

  test("whatever language the server speaks", async () => {
    await db.sql.unsafe(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'Wert verletzt Bedingung' USING errcode = '23514', table = 'users',
          constraint = 'users_age_check', detail = 'Fehlgeschlagene Zeile enthält (' || NEW || ')';
        END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse()`);
    try {
      expect(told(await failing(ann()))).not.toContain(SECRET);
    } finally {
      await db.sql.unsafe("DROP TRIGGER refuse ON users; DROP FUNCTION refuse");
    }
  });

  test("of a value that does not fit, and of a validation", async () => {
    class Strict extends Model(schema.users) {
      static sensitiveFields = ["visits", "passwordDigest"];
      static validations = { passwordDigest: validates("format", { pattern: /^\$2/ }) };
    }
    const wrong = new Strict({ name: "Ann", visits: SECRET as never });
    expect(told(await failing(wrong.save()))).not.toContain(SECRET);
    const weak = await failing(Strict.create({ name: "Ann", passwordDigest: SECRET }));
    expect(told(weak)).not.toContain(SECRET);
    const cast = await failing(Strict.whereRaw("visits = $1::int8", [SECRET]).count());
    expect(told(cast)).not.toContain(SECRET);
  });

  test("of a COPY", async () => {
    class Copied extends Model(schema.users) {
      static sensitiveFields = ["birthday"];
    }
    const rows = [{ name: "Ann", birthday: SECRET as never }];
    const error = await failing(Copied.copyFrom(rows));
    expect(told(error)).not.toContain(SECRET);
    expect(error.message).toContain("[REDACTED]");
  });

  test("of a record that is not found by a sensitive key", async () => {
    class Keyed extends Model(schema.countries) {
      static sensitiveFields = ["code"];
    }
    const record = await Keyed.create({ code: SECRET, name: "x" });
    await db.sql`delete from countries`;
    expect(told(await failing(record.reload()))).not.toContain(SECRET);
    expect(told(await failing(Keyed.find(SECRET)))).not.toContain(SECRET);
  });
});

describe("columns that the schema file does not know", () => {
  test("are never read by a model, and stay off records of own SQL under a sensitive alias", async () => {
    await ann();
    await db.sql.unsafe("ALTER TABLE users ADD COLUMN hidden_token text DEFAULT 'undeclared'");
    try {
      const user = await Admin.create({ name: "Bob" });
      const [loaded] = await Admin.all();
      expect(JSON.stringify([user, loaded])).not.toContain("undeclared");
    } finally {
      await db.sql.unsafe("ALTER TABLE users DROP COLUMN hidden_token");
    }
    const [found] = await Admin.findBySql(
      'SELECT u.*, u.password_digest AS pd, "api_token" "tok", 1 AS one FROM users u',
    );
    expect(Reflect.get(found ?? {}, "pd")).toBe(SECRET);
    expect(JSON.stringify(found)).not.toContain(SECRET);
    expect(Bun.inspect(found)).not.toContain(SECRET);
    expect(found?.toJSON()).toHaveProperty("one", 1);
  });
});

describe("a virtual", () => {
  test("that is sensitive is left behind by a spread, and keeps its value", async () => {
    const built = User.build({ name: "Ann", pin: SECRET });
    const made = new User({ name: "Bob" });
    await Bun.sleep(0);
    made.pin = SECRET;
    await made.save();
    const [found] = await User.where({ name: "Bob" });
    if (!found) throw new Error("not found");
    found.pin = SECRET;
    for (const user of [built, made, found]) {
      expect(user.pin).toBe(SECRET);
      expect(Object.values({ ...user })).not.toContain(SECRET);
      expect(Object.keys(user)).not.toContain("pin");
      expect(user.changed("pin" as never)).toBe(false);
    }
  });

  test("made of a secret by SQL is one, too", async () => {
    class Holder extends User {
      hasPassword: boolean | null = null;
    }
    await ann();
    const secret = [
      "SELECT id, upper(password_digest) AS x FROM users",
      "SELECT id, 'pre' || substr(u.password_digest, 2) \"x\" FROM users u",
      "WITH t AS (SELECT id, lower(password_digest) AS q FROM users) SELECT id, q || '' AS x FROM t",
      "SELECT id, x FROM (SELECT id, password_digest AS x FROM users) t",
      "SELECT id, (SELECT max(password_digest) FROM users) x FROM users -- , name AS x",
      "SELECT id, upper(password_digest) FROM users",
    ];
    for (const text of secret) {
      const [user] = await Holder.findBySql(text);
      const shown = JSON.stringify([user, { ...user }]) + Bun.inspect(user);
      expect(shown.toLowerCase()).not.toContain(SECRET.slice(2));
    }
    const [user] = await Holder.findBySql(
      `SELECT u.*, p.title, u.name AS nick, password_digest IS NOT NULL AS "hasPassword"
       FROM users u LEFT JOIN posts p ON p.user_id = u.id WHERE u.password_digest = $1`,
      [SECRET],
    );
    expect(user?.toJSON()).toMatchObject({ nick: "Ann", title: null, hasPassword: true });
  });
});

describe("the declaration", () => {
  test("a subclass can add, never take away", async () => {
    class Open extends User {
      static override sensitiveFields: string[] = [];
    }
    const user = await Open.create({ name: "Ann", passwordDigest: SECRET });
    expect(JSON.stringify(user)).not.toContain(SECRET);
    const plain = await User.create({ name: "Bob", apiToken: SECRET });
    expect(plain.toJSON()).toHaveProperty("apiToken", SECRET);
  });

  test("a name that protects nothing is an error at the first use", () => {
    class Database extends Model(schema.users) {
      static sensitiveFields = ["password_digest"];
    }
    expect(() => new Database()).toThrow(ConfigurationError);
    expect(() => new Database()).toThrow('Write "passwordDigest".');
    class Misspelt extends Model(schema.users) {
      static sensitiveFields = ["passwordDigst"];
    }
    expect(() => Misspelt.where({ id: 1 })).toThrow('Did you mean "passwordDigest"?');
    class Typed extends Model(schema.users) {
      // @ts-expect-error no such attribute
      static sensitiveFields = ["passwordDigst"] satisfies SensitiveFields<Typed>;
    }
    expect(() => new Typed()).toThrow("is no attribute");
  });
});
