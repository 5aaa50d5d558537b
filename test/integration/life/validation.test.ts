/** Validations that need the server, and constraints of the database told as validation messages. */
import { describe, expect, test } from "bun:test";
import {
  belongsTo,
  CheckViolationError,
  ForeignKeyViolationError,
  hasMany,
  Model,
  transaction,
  UniqueViolationError,
  ValidationError,
  validate,
  validates,
} from "../../../src/index";
import { lifeDatabase } from "../../support/life";
import * as schema from "../../support/schema/life";

class Plain extends Model(schema.users) {}
class Post extends Model(schema.posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
}) {
  declare author: User;
  static validations = {
    title: [validates("presence"), validates("uniqueness", { scope: "userId" })],
    code: validates("uniqueness", { caseSensitive: false }),
    author: validates("associated"),
  };
}
class User extends Model(schema.users, { posts: hasMany<Post>("Post") }) {
  declare posts: Post[];
  emailConfirmation: string | null = null;
  terms: boolean | null = null;
  static validations = {
    name: validates("presence"),
    email: [validates("confirmation"), validates("uniqueness", { message: "is in use" })],
    terms: validates("acceptance"),
    age: validates("comparison", { greaterThan: 17 }),
    role: validates("exclusion", { in: ["guest"] }),
    posts: validates("associated"),
    birthday: validates("presence", { on: "update" }),
  };
  static customValidations = [
    validate<User>(async (user) => {
      await Bun.sleep(1);
      return user.name === user.email ? { name: "must be different from email" } : undefined;
    }),
  ];
}
class Country extends Model(schema.countries) {}
class Membership extends Model(schema.memberships) {}
class Booking extends Model(schema.bookings) {}

const db = lifeDatabase();

/** The messages of the ValidationError that `work` ends with. */
async function failure(work: Promise<unknown>): Promise<ValidationError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ValidationError)) throw new Error(`not a ValidationError: ${error}`);
  return error;
}

describe("a save", () => {
  test("is refused with all messages, and nothing is sent", async () => {
    const user = new User({ name: " ", age: 17 });
    const texts = await db.texts(async () => {
      const error = await failure(user.save());
      expect(error.message).toBe(
        "Validation failed for User: Name can't be blank, Age must be greater than 17",
      );
      expect(error.errors).toBe(user.errors);
    });
    expect(texts.filter((text) => text.startsWith("INSERT"))).toEqual([]);
    expect(user.isNewRecord).toBe(true);
  });

  test("awaits asynchronous validations, everywhere", async () => {
    const user = User.build({ name: "x", email: "x", emailConfirmation: "x" });
    expect(await user.isValid()).toBe(false);
    expect(user.errors.get("name")).toEqual(["must be different from email"]);
    await failure(User.create({ name: "x", email: "x", emailConfirmation: "x" }));
    expect(await User.count()).toBe(0);
  });

  test("knows the context", async () => {
    const user = await User.create({ name: "Ann" });
    user.name = "Anna";
    expect((await failure(user.save())).errors.toJSON()).toEqual({ birthday: ["can't be blank"] });
    await user.update({ birthday: new Date("2000-01-01") });
    expect(await User.pluck("name")).toEqual(["Anna"]);
  });

  test("confirmation and acceptance look at virtuals", async () => {
    const user = User.build({
      name: "Ann",
      email: "a@b.nl",
      emailConfirmation: "c@d.nl",
      terms: false,
    });
    expect(await user.isValid()).toBe(false);
    expect(user.errors.toJSON()).toEqual({
      emailConfirmation: ["doesn't match Email"],
      terms: ["must be accepted"],
    });
  });

  test("checks enums beside the other rules", async () => {
    const user = new User({ name: "Ann", role: "boss" as never });
    expect(await user.isValid()).toBe(false);
    expect(user.errors.get("role")).toEqual([
      "is not a valid value (must be one of: admin, member, guest)",
    ]);
    user.role = "guest";
    expect(await user.isValid()).toBe(false);
    expect(user.errors.get("role")).toEqual(["is reserved"]);
  });

  test("errors of an earlier try are gone", async () => {
    const user = new User({ name: "" });
    await failure(user.save());
    user.name = "Ann";
    await user.save();
    expect(user.errors.isEmpty).toBe(true);
  });

  test("bulk writes validate nothing", async () => {
    await User.createMany([{ name: "" }]);
    await User.where({ name: "" }).updateAll({ age: 3 });
    expect(await User.pluck("name", "age")).toEqual([["", 3]]);
  });
});

describe("uniqueness", () => {
  test("compares with other rows, within the scope", async () => {
    const [ann, bob] = [
      await Plain.create({ name: "Ann", email: "a@example.com" }),
      await Plain.create({ name: "Bob" }),
    ];
    const taken = new User({ name: "Cid", email: "a@example.com" });
    expect((await failure(taken.save())).errors.toJSON()).toEqual({ email: ["is in use"] });

    const post = await Post.create({ userId: ann.id, title: "T", code: "Abc" });
    await Post.create({ userId: bob.id, title: "T" });
    const again = new Post({ userId: ann.id, title: "T", code: "aBC" });
    expect(await again.isValid()).toBe(false);
    expect(again.errors.toJSON()).toEqual({
      title: ["has already been taken"],
      code: ["has already been taken"],
    });
    await post.update({ title: "U" });
    await post.update({ title: "T" });
  });

  test("asks nothing while the value is unchanged, and does not count the record itself", async () => {
    const ann = await Plain.create({ name: "Ann" });
    const post = await Post.create({ userId: ann.id, title: "T" });
    expect(await db.texts(() => post.save())).toEqual([]);
    post.code = "new";
    const texts = await db.texts(() => post.save());
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('lower("code") = lower($1)');
    expect(texts[0]).toContain('NOT ("id" = $2)');
  });

  test("a misspelt scope is an error", async () => {
    class Wrong extends Model(schema.posts) {
      static validations = { title: validates("uniqueness", { scope: "usrId" }) };
    }
    const record = new Wrong({ userId: 1, title: "T" });
    await expect(record.isValid()).rejects.toThrow('Did you mean "userId"?');
  });
});

describe("associated", () => {
  test("messages of loaded records stand under their place", async () => {
    const user = new User({ name: "Ann" });
    user.posts = [new Post({ title: "fine" }), new Post({ title: "" })];
    expect(await user.isValid()).toBe(false);
    expect(user.errors.toJSON()).toEqual({ "posts[1].title": ["can't be blank"] });
    expect(user.errors.fullMessages()).toEqual(["Posts[1] title can't be blank"]);
  });

  test("a to-one record too, and records that name each other are no endless loop", async () => {
    const user = new User({ name: "" });
    const post = new Post({ title: "T" });
    post.author = user;
    user.posts = [post];
    expect(await post.isValid()).toBe(false);
    expect(post.errors.toJSON()).toEqual({ "author.name": ["can't be blank"] });
  });

  test("what is not loaded is not asked for", async () => {
    const user = await User.create({ name: "Ann", birthday: new Date() });
    expect(await db.texts(() => user.isValid())).toEqual([]);
  });
});

describe("a constraint of the database", () => {
  async function refused(work: Promise<unknown>): Promise<[object, unknown]> {
    const error = await failure(work);
    return [error.errors.toJSON(), error.cause];
  }

  test("unique: under the column, for a composite one under the column that is no reference", async () => {
    const ann = await Plain.create({ name: "Ann", email: "a@example.com" });
    const user = new Plain({ name: "Bob", email: "a@example.com" });
    const [messages, cause] = await refused(user.save());
    expect(messages).toEqual({ email: ["has already been taken"] });
    expect(cause).toBeInstanceOf(UniqueViolationError);
    expect(user.errors.toJSON()).toEqual(messages as never);
    expect(user.isNewRecord).toBe(true);
    user.email = "b@example.com";
    await user.save();

    class Unchecked extends Model(schema.posts) {}
    await Unchecked.create({ userId: ann.id, title: "T", code: "c" });
    const title = Unchecked.create({ userId: ann.id, title: "T" });
    expect((await refused(title))[0]).toEqual({ title: ["has already been taken"] });
    const code = Unchecked.create({ userId: ann.id, title: "U", code: "C" });
    expect((await refused(code))[0]).toEqual({ code: ["has already been taken"] });

    class Ruled extends Model(schema.posts) {
      // The rule never finds anything here; it says whose message it is.
      static validations = { userId: validates("uniqueness", { if: () => false }) };
    }
    const ruled = Ruled.create({ userId: ann.id, title: "T" });
    expect((await refused(ruled))[0]).toEqual({ userId: ["has already been taken"] });
  });

  test("primary key", async () => {
    await Country.create({ code: "NL", name: "x" });
    expect((await refused(Country.create({ code: "NL", name: "y" })))[0]).toEqual({
      code: ["has already been taken"],
    });
    await Membership.create({ userId: 1, orgId: 1, role: "x" });
    expect((await refused(Membership.create({ userId: 1, orgId: 1, role: "y" })))[0]).toEqual({
      userId: ["has already been taken"],
    });
  });

  test("foreign key", async () => {
    class Unchecked extends Model(schema.posts) {}
    const [messages, cause] = await refused(Unchecked.create({ userId: 99, title: "T" }));
    expect(messages).toEqual({ userId: ["must exist"] });
    expect(cause).toBeInstanceOf(ForeignKeyViolationError);

    const ann = await Plain.create({ name: "Ann" });
    await Unchecked.create({ userId: ann.id, title: "T" });
    ann.id = 50;
    expect((await refused(ann.save()))[0]).toEqual({
      base: ["Rows of posts still refer to this record"],
    });
    await ann.reload();
    await expect(ann.destroy()).rejects.toThrow(ForeignKeyViolationError);
    expect(ann.isDestroyed).toBe(false);
  });

  test("check: under its column, under each of several, and of a domain", async () => {
    const [messages, cause] = await refused(Plain.create({ name: "Ann", age: -1 }));
    expect(messages).toEqual({ age: ["is invalid"] });
    expect(cause).toBeInstanceOf(CheckViolationError);
    expect((await refused(Plain.create({ name: "Ann", progress: 101 })))[0]).toEqual({
      progress: ["is invalid"],
    });
    const ann = await Plain.create({ name: "Ann" });
    const [startsOn, endsOn] = [new Date("2024-02-01"), new Date("2024-01-01")];
    class Unchecked extends Model(schema.posts) {}
    const period = Unchecked.create({ userId: ann.id, title: "T", startsOn, endsOn });
    expect((await refused(period))[0]).toEqual({
      endsOn: ["is invalid"],
      startsOn: ["is invalid"],
    });
  });

  test("not null, exclusion, and too long a text", async () => {
    const nameless = new Plain({ email: "x" });
    expect((await refused(nameless.save()))[0]).toEqual({ name: ["can't be blank"] });
    await Booking.create({ during: "[1,5)" });
    expect((await refused(Booking.create({ during: "[4,6)" })))[0]).toEqual({
      during: ["conflicts with another record"],
    });
    expect((await refused(Plain.create({ name: "é".repeat(41) })))[0]).toEqual({
      name: ["is too long (maximum is 40 characters)"],
    });
    await Plain.create({ name: "💡".repeat(40) });
  });

  test("of an update", async () => {
    const ann = await Plain.create({ name: "Ann", email: "a@example.com" });
    const bob = await Plain.create({ name: "Bob" });
    bob.email = ann.email;
    expect((await refused(bob.save()))[0]).toEqual({ email: ["has already been taken"] });
    expect(bob.changed("email")).toBe(true);
    expect(await Plain.where({ email: null }).count()).toBe(1);
  });

  test("of another table, by a trigger, stays the database's error", async () => {
    await db.sql.unsafe(`
      CREATE FUNCTION enrol() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO memberships VALUES (1, 1, 'x'); RETURN NEW; END $$;
      CREATE TRIGGER enrol AFTER INSERT ON countries FOR EACH ROW EXECUTE FUNCTION enrol()`);
    try {
      await Country.create({ code: "A", name: "a" });
      await expect(Country.create({ code: "B", name: "b" })).rejects.toThrow(UniqueViolationError);
    } finally {
      await db.sql.unsafe("DROP TRIGGER enrol ON countries; DROP FUNCTION enrol");
    }
  });

  test("a bulk write and a query give the database's error", async () => {
    await Plain.create({ name: "Ann", email: "a@example.com" });
    await expect(Plain.createMany([{ name: "B", email: "a@example.com" }])).rejects.toThrow(
      UniqueViolationError,
    );
  });

  test("the rest of a transaction goes on when the save had a savepoint", async () => {
    class Careful extends Model(schema.users) {
      static beforeSave = [() => undefined];
    }
    await transaction(async () => {
      await Careful.create({ name: "Ann", email: "a@example.com" });
      await failure(Careful.create({ name: "Bob", email: "a@example.com" }));
      await Careful.create({ name: "Cid" });
    });
    expect(await Careful.order({ id: "ASC" }).pluck("name")).toEqual(["Ann", "Cid"]);
  });
});

describe("a condition that is asynchronous", () => {
  test("is awaited", async () => {
    class Member extends Model(schema.users) {
      static validations = {
        email: validates<"presence", Member>("presence", { if: async ({ age }) => age === 18 }),
      };
    }
    expect(await Member.build({ name: "a", age: 17 }).isValid()).toBe(true);
    expect(await Member.build({ name: "a", age: 18 }).isValid()).toBe(false);
  });
});

describe("a partitioned table", () => {
  class Reading extends Model(schema.readings) {}
  const failure = async (attributes: Partial<Parameters<typeof Reading.create>[0]>) => {
    const reading = Reading.build({
      id: 1,
      sensor: 1,
      takenOn: new Date("2024-05-05"),
      ...attributes,
    });
    const error: unknown = await reading.save().catch((reason: unknown) => reason);
    return error instanceof ValidationError ? error.errors.toJSON() : error;
  };

  test("has constraints under the names of its partitions, told as its own", async () => {
    await Reading.create({ id: 1, sensor: 1, takenOn: new Date("2024-05-05"), code: "a" });
    expect(await failure({ id: 1, sensor: 2 })).toEqual({ id: ["has already been taken"] });
    expect(await failure({ id: 2 })).toEqual({ sensor: ["has already been taken"] });
    expect(await failure({ id: 3, sensor: 3, code: "a" })).toEqual({
      code: ["has already been taken"],
    });
    expect(await failure({ id: 4, sensor: 400 })).toEqual({ sensor: ["is invalid"] });
    expect(await failure({ id: 500, sensor: 5 })).toEqual({
      base: ["Violates readings_2024_small"],
    });
    expect(await failure({ id: 6, sensor: 6, userId: 99 })).toEqual({ userId: ["must exist"] });
    expect(await failure({ id: 7, takenOn: new Date("1999-01-01") })).toBeInstanceOf(
      CheckViolationError,
    );
  });
});
