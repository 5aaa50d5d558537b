import { describe, expect, test } from "bun:test";
import { ConfigurationError, UnknownAttributeError } from "../../../src/errors";
import { defineValidator, FrontendModel, registerModels, validates } from "../../../src/frontend";
import { ValidationError, ValidationErrors } from "../../../src/record/errors";
import { reservedAttributes } from "../../../src/schema/reserved";
import { Admin, Post, payload, posts, User, users } from "./support";

const ann = () => User.fromJSON(payload);

describe("a new record", () => {
  test("takes columns, and is new", () => {
    const user = new User({ name: "Ann", status: "active" });
    expect(user.isNewRecord).toBe(true);
    expect(user.changedAttributes()).toEqual({
      name: { was: undefined, now: "Ann" },
      status: { was: undefined, now: "active" },
    });
  });

  test("refuses what is no column, naming build", () => {
    const wrong: object = { following: true };
    expect(() => new User(wrong)).toThrow(UnknownAttributeError);
    expect(() => new User(wrong)).toThrow("Virtuals go through User.build().");
  });

  test("build() sets virtuals after the field initialisers", () => {
    const admin = Admin.build({ name: "Ann", following: true, level: 2 });
    expect(admin).toBeInstanceOf(Admin);
    expect(admin.following).toBe(true);
    expect(admin.level).toBe(2);
    expect(User.build().following).toBe(null);
  });

  test("assignAttributes refuses members and unknown names", () => {
    const user = new User();
    user.assignAttributes({ name: "Ann", following: true });
    expect(user.following).toBe(true);
    for (const name of ["isValid", "errors", "initials", "computeBadge", "nope", "__proto__"]) {
      const body: object = JSON.parse(`{"${name}": 1}`);
      expect(() => user.assignAttributes(body)).toThrow(UnknownAttributeError);
    }
  });

  test("markPersisted makes it clean", () => {
    const user = new User({ name: "Ann" });
    user.markPersisted();
    expect(user.isNewRecord).toBe(false);
    expect(user.changed()).toBe(false);
  });
});

describe("dirty tracking", () => {
  test("works on a hydrated record", () => {
    const user = ann();
    expect(user.changed()).toBe(false);
    user.name = "Updated";
    expect(user.changed("name")).toBe(true);
    expect(user.changedAttributes()).toEqual({ name: { was: "Ann", now: "Updated" } });
  });

  test("sees json altered in place, and equal values as equal", () => {
    const user = ann();
    user.balance = "1.5";
    user.createdAt = Temporal.Instant.from("2024-03-10T13:00:00.123456+01:00");
    expect(user.changed()).toBe(false);
    Object.assign(Object(user.settings), { theme: "dark" });
    expect(user.changedAttributes()).toEqual({
      settings: { was: { theme: "light" }, now: { theme: "dark" } },
    });
  });
});

describe("validation", () => {
  test("is synchronous and fills errors", () => {
    const user = ann();
    user.name = "";
    expect(user.isValid()).toBe(false);
    expect(user.errors.fullMessages()).toEqual(["Name can't be blank"]);
    user.name = "Bob";
    expect(user.isValid()).toBe(true);
    expect(user.errors.isEmpty).toBe(true);
  });

  test("the context follows isNewRecord unless it is given", () => {
    class Account extends FrontendModel(posts) {
      static validations = {
        title: [
          validates("presence", { on: "create", message: "create" }),
          validates("presence", { on: "update", message: "update" }),
        ],
      };
    }
    const account = new Account();
    const contexts = (context?: "create" | "update") => {
      account.isValid(context);
      return account.errors.get("title");
    };
    expect(contexts()).toEqual(["create"]);
    account.markPersisted();
    expect(contexts()).toEqual(["update"]);
    expect(contexts("create")).toEqual(["create"]);
  });

  test("asynchronous validators need validate()", async () => {
    defineValidator("frontendSlow", async () => "is slow");
    class Account extends FrontendModel(posts) {
      static validations = { title: validates("frontendSlow") };
    }
    const account = new Account();
    expect(() => account.isValid()).toThrow(ConfigurationError);
    expect(await account.validate()).toBe(false);
    expect(account.errors.get("title")).toEqual(["is slow"]);
  });

  test("enum columns are checked without a rule", () => {
    const user = ann();
    Object.assign(user, { status: "deleted" });
    expect(user.isValid()).toBe(false);
    expect(user.errors.get("status")).toEqual([
      "is not a valid value (must be one of: active, archived)",
    ]);
  });

  test("applyErrors shows what the server found", () => {
    const errors = new ValidationErrors();
    errors.add("email", "has already been taken");
    const answer: unknown = JSON.parse(JSON.stringify(new ValidationError("User", errors)));
    const user = ann();
    user.applyErrors(answer);
    expect(user.errors.fullMessages()).toEqual(["Email has already been taken"]);
    user.applyErrors({ name: ["is odd"] });
    expect(user.errors.toJSON()).toEqual({ name: ["is odd"] });
  });
});

describe("toJSON", () => {
  test("goes back to the server as it came, Temporal values kept", () => {
    const user = ann();
    expect(user.toJSON().createdAt).toBe(user.createdAt);
    expect(JSON.parse(JSON.stringify(user))).toEqual({
      ...payload,
      seenAt: "2024-03-10T12:00:00.123",
      initials: "A",
      following: null,
    });
  });

  test("a subclass goes under its own name", () => {
    expect(Admin.fromJSON({ __typename: "Admin", id: "1", name: "x" }).toJSON()).toEqual({
      __typename: "Admin",
      id: "1",
      name: "x",
      initials: "x",
      following: null,
      level: 1,
    });
  });

  test("nested records are written, a way back is not", () => {
    const user = User.fromJSON({
      __typename: "User",
      id: "1",
      name: "A",
      posts: [{ __typename: "Post", id: 5 }],
    });
    const [post] = user.posts;
    if (post) post.author = user;
    expect(JSON.parse(JSON.stringify(user))).toMatchObject({
      __typename: "User",
      posts: [{ __typename: "Post", id: 5 }],
    });
  });
});

describe("clone", () => {
  test("has the same persisted and dirty state, and overrides on top", () => {
    const user = ann();
    user.isValid();
    user.email = "a@b.c";
    const next = user.clone({ name: "Renamed", following: true });
    expect(next).not.toBe(user);
    expect(next).toBeInstanceOf(User);
    expect(next.isNewRecord).toBe(false);
    expect(next.following).toBe(true);
    expect(next.changedAttributes()).toEqual({
      name: { was: "Ann", now: "Renamed" },
      email: { was: null, now: "a@b.c" },
    });
    expect(user.name).toBe("Ann");
    expect(next.settings).toBe(user.settings);
  });

  test("leaves the source alone afterwards", () => {
    const user = ann();
    const next = user.clone({ name: "" });
    next.isValid();
    expect(user.errors.isEmpty).toBe(true);
    next.markPersisted();
    expect(user.changed()).toBe(false);
    expect(user.clone().changed()).toBe(false);
    expect(new User({ name: "x" }).clone().isNewRecord).toBe(true);
  });

  test("refuses unknown overrides", () => {
    const wrong: object = { nmae: "x" };
    expect(() => ann().clone(wrong)).toThrow(UnknownAttributeError);
  });
});

describe("patch", () => {
  test("is the changes with key and lock version, ready for JSON.stringify", () => {
    const user = ann();
    user.name = "Updated";
    user.createdAt = Temporal.Instant.from("2025-01-01T00:00:00Z");
    user.lockVersion = 99;
    expect(JSON.parse(JSON.stringify(user.patch()))).toEqual({
      id: "9007199254740993",
      name: "Updated",
      createdAt: "2025-01-01T00:00:00Z",
      lockVersion: 3,
    });
  });

  test("of an unchanged record is only its key and lock version", () => {
    expect(ann().patch()).toEqual({ id: "9007199254740993", lockVersion: 3 });
    expect(Post.fromJSON({ __typename: "Post", id: 5 }).patch()).toEqual({ id: 5 });
  });

  test("of a new record is all that was set", () => {
    expect(new User({ name: "Ann", email: null }).patch()).toEqual({ name: "Ann", email: null });
  });
});

test("a column with the name of a member cannot shadow it", () => {
  const { title } = posts.columns;
  class Odd extends FrontendModel({ ...posts, columns: { clone: title } }) {}
  const attributes: object = { clone: "x" };
  expect(() => new Odd(attributes)).toThrow('"clone" of Odd is a member and cannot be assigned');
  registerModels({ Odd });
  expect(() => Odd.fromJSON({ __typename: "Odd", clone: "x" })).toThrow(
    '"clone" is a member of the class',
  );
});

test("bake gives no column the name of a member", () => {
  let prototype: object = Object.getPrototypeOf(User.prototype);
  while (prototype !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      expect([...reservedAttributes]).toContain(name);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
});

test("the class knows its table", () => {
  expect(User.tableDefinition).toBe(users);
  expect(Admin.tableDefinition).toBe(users);
});
