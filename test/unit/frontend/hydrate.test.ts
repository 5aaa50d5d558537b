import { describe, expect, test } from "bun:test";
import { ConfigurationError, HydrationError } from "../../../src/errors";
import { FrontendModel, hydrate, registerModels } from "../../../src/frontend";
import { Admin, Post, payload, posts, User } from "./support";

describe("fromJSON", () => {
  test("revives each column by its type", () => {
    const user = User.fromJSON(JSON.parse(JSON.stringify(payload)));
    expect(user).toBeInstanceOf(User);
    expect(user.isNewRecord).toBe(false);
    expect(user.id).toBe(9007199254740993n);
    expect(user.balance).toBe("1.50");
    expect(user.createdAt).toBeInstanceOf(Temporal.Instant);
    expect(String(user.createdAt)).toBe("2024-03-10T12:00:00.123456Z");
    expect(user.birthday).toBeInstanceOf(Temporal.PlainDate);
    expect(user.seenAt).toBeInstanceOf(Temporal.PlainDateTime);
    expect(user.alarm).toBeInstanceOf(Temporal.PlainTime);
    expect(user.moments?.map(String)).toEqual(["2024-03-10T12:00:00Z", "null"]);
    expect(user.email).toBe(null);
    expect(user.initials).toBe("A");
  });

  test("fields that were not sent are absent, and never count as changed", () => {
    const user = User.fromJSON({ __typename: "User", id: "1", name: "Ann" });
    expect(Object.keys(user).sort()).toEqual(["following", "id", "name"]);
    expect("email" in user).toBe(false);
    expect(user.changed()).toBe(false);
    expect(user.changed("email")).toBe(false);
    user.email = "a@b.c";
    expect(user.patch()).toEqual({ id: "1", email: "a@b.c" });
  });

  test("virtuals: settable ones are filled, computed ones are computed here", () => {
    const user = User.fromJSON({
      ...payload,
      following: true,
      initials: "server",
      computeBadge: "* server",
    });
    expect(user.following).toBe(true);
    expect(user.initials).toBe("A");
    expect(user.computeBadge()).toBe("* Ann");
  });

  test("other fields of the payload are kept and written back", () => {
    const user = User.fromJSON({ ...payload, score: 5, stats: { best: [1] } });
    expect(user.score).toBe(5);
    expect(user.toJSON()).toMatchObject({ score: 5, stats: { best: [1] } });
    expect(user.changed()).toBe(false);
  });

  test("nested records are hydrated, polymorphic ones by their own type", () => {
    const user = User.fromJSON({
      ...payload,
      posts: [
        {
          __typename: "Post",
          id: 5,
          title: "Hello",
          author: { __typename: "Admin", id: "2", name: "B" },
        },
      ],
      favorites: [{ __typename: "Post", id: 6 }, { __typename: "User", id: "3" }, { plain: true }],
    });
    expect(user.posts[0]).toBeInstanceOf(Post);
    expect(user.posts[0]?.author).toBeInstanceOf(Admin);
    expect(user.posts[0]?.changed("title")).toBe(false);
    const favorites = user.favorites as unknown[];
    expect(favorites[0]).toBeInstanceOf(Post);
    expect(favorites[1]).toBeInstanceOf(User);
    expect(favorites[2]).toEqual({ plain: true });
  });

  test("json columns are data, whatever they look like", () => {
    const settings = { __typename: "Post", id: 5 };
    expect(User.fromJSON({ ...payload, settings }).settings).toEqual(settings);
  });

  test("the payload must be of the receiver's class or a subclass", () => {
    expect(User.fromJSON({ ...payload, __typename: "Admin" })).toBeInstanceOf(Admin);
    expect(() => Admin.fromJSON(payload)).toThrow(HydrationError);
    expect(() => Admin.fromJSON(payload)).toThrow("Cannot hydrate User as Admin");
    expect(() => Post.fromJSON(payload)).toThrow(HydrationError);
  });

  test("a getter that misses a field is named when it is written", () => {
    const user = User.fromJSON({ __typename: "User", id: "1" });
    expect(() => user.toJSON()).toThrow("Cannot serialize User.initials:");
  });

  test("errors name class, column and value", () => {
    expect(() => User.fromJSON({ ...payload, createdAt: "yesterday" })).toThrow(
      "Cannot hydrate User.createdAt: expected timestamp with time zone, got yesterday",
    );
    expect(() => User.fromJSON({ ...payload, name: { toString: "x" } })).toThrow(
      "Cannot hydrate User.name",
    );
  });
});

describe("hydrate", () => {
  test("chooses the class by __typename, and takes lists", () => {
    const [user, post] = hydrate<[User, Post]>([
      payload,
      { __typename: "Post", id: 5, title: "x" },
    ]);
    expect(user).toBeInstanceOf(User);
    expect(post).toBeInstanceOf(Post);
    expect(hydrate<Post>({ __typename: "Post", id: 5 }).id).toBe(5);
  });

  test.each([
    [null],
    [undefined],
    ["User"],
    [5],
    [{}],
    [{ __typename: 5 }],
    [[{}]],
    [Object.create(payload)],
  ])("refuses %p", (json) => {
    expect(() => hydrate(json)).toThrow(HydrationError);
    expect(() => hydrate(json)).toThrow("Cannot hydrate: missing __typename");
  });

  test("an unknown type is named with the remedy", () => {
    const unknown = { __typename: "Ghost" };
    expect(() => hydrate(unknown)).toThrow(
      'Unknown model type: "Ghost". Register it via registerModels({ Ghost }) before calling hydrate().',
    );
    expect(() => User.fromJSON({ ...payload, ghost: unknown })).toThrow(HydrationError);
    for (const name of ["constructor", "__proto__", "toString", ""]) {
      expect(() => hydrate({ __typename: name })).toThrow(HydrationError);
    }
  });
});

describe("hostile payloads", () => {
  test.each([
    "toJSON",
    "isValid",
    "errors",
    "isNewRecord",
    "clone",
    "constructor",
    "prototype",
    "__proto__",
    "toString",
    "valueOf",
  ])("cannot shadow %s", (name) => {
    const json: unknown = JSON.parse(
      `{"__typename": "User", "id": "1", "${name}": {"isAdmin": true}}`,
    );
    expect(() => User.fromJSON(json)).toThrow(HydrationError);
    expect(() => User.fromJSON(json)).toThrow(`"${name}" is a member of the class`);
  });

  test("nesting without end is refused, and does not end the stack", () => {
    const post: Record<string, unknown> = { __typename: "Post", id: 1, title: "x" };
    const nest = (times: number, wrap: (inner: unknown) => unknown) => {
      let json: unknown = { ...post };
      for (let time = 0; time < times; time++) json = wrap(json);
      return json;
    };
    const records = (times: number) => nest(times, (next) => ({ ...post, next }));
    const lists = (times: number) => nest(times, (inner) => [inner]);
    expect(hydrate(records(900))).toBeInstanceOf(Post);
    const circle = { ...post, self: post };
    post.self = circle;
    for (const json of [records(100_000), lists(100_000), { ...post, stuff: lists(100_000) }]) {
      expect(() => hydrate(json)).toThrow(HydrationError);
    }
    expect(() => Post.fromJSON(circle)).toThrow("Cannot hydrate: nested too deeply.");
    const settings = lists(100_000);
    expect(() => hydrate({ ...payload, settings })).toThrow("Cannot hydrate User.settings");
  });

  test("an object with a toString() is no text", () => {
    const text = { toString: () => "07:30:00" };
    for (const name of ["balance", "alarm", "birthday", "createdAt", "id", "name"]) {
      expect(() => hydrate({ ...payload, [name]: text })).toThrow(`Cannot hydrate User.${name}`);
      expect(() => hydrate({ ...payload, [name]: ["07:30:00"] })).toThrow(HydrationError);
    }
  });

  test("nothing reaches a prototype through nested data", () => {
    const user = User.fromJSON(
      JSON.parse(
        '{"__typename":"User","id":"1","name":"x","settings":{"__proto__":{"polluted":1}},"extra":{"__proto__":{"polluted":1}}}',
      ),
    );
    expect("polluted" in {}).toBe(false);
    expect(Object.getPrototypeOf(user)).toBe(User.prototype);
    user.clone();
    user.changed();
    JSON.stringify(user);
    expect("polluted" in {}).toBe(false);
  });
});

describe("registerModels", () => {
  const make = () => class extends FrontendModel(posts) {};

  test("gives a stable typename, idempotently, and lets subclasses have their own", () => {
    const Base = make();
    class Special extends Base {}
    registerModels({ Base1: Base });
    registerModels({ Base1: Base, Special1: Special });
    expect(Base.typename).toBe("Base1");
    expect(Special.typename).toBe("Special1");
    expect(new Special().toJSON().__typename).toBe("Special1");
    expect(Object.keys(Base)).not.toContain("typename");
  });

  test("a second name for one class is refused", () => {
    const Twice = make();
    registerModels({ Once: Twice });
    expect(() => registerModels({ Again: Twice })).toThrow(ConfigurationError);
    expect(() => registerModels({ Again: Twice })).toThrow(
      'Cannot register class under typename "Again": already registered as "Once".',
    );
  });

  test("a typename that the class declares counts", () => {
    class Declared extends FrontendModel(posts) {
      static override typename = "Named";
    }
    expect(() => registerModels({ Declared })).toThrow('already registered as "Named"');
    registerModels({ Named: Declared });
    expect(hydrate({ __typename: "Named", id: 1 })).toBeInstanceOf(Declared);
  });

  test("the last class under a name wins, for hot reloading", () => {
    const [Old, New] = [make(), make()];
    registerModels({ Reloaded: Old });
    registerModels({ Reloaded: New });
    expect(hydrate({ __typename: "Reloaded", id: 1 })).toBeInstanceOf(New);
  });

  test("only frontend models can be registered", () => {
    for (const wrong of [undefined, null, {}, Date, "User"]) {
      const models: object = { Wrong: wrong };
      expect(() => registerModels(models as Parameters<typeof registerModels>[0])).toThrow(
        'registerModels(): "Wrong" is not a frontend model.',
      );
    }
  });
});
