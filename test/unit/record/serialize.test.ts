import { describe, expect, test } from "bun:test";
import { BakedError, ConfigurationError, UnknownAttributeError } from "../../../src/errors";
import { DEFINITION } from "../../../src/record/definition";
import { INSPECT, inspectRecord } from "../../../src/record/inspect";
import { recordJSON } from "../../../src/record/json";
import { checkSensitive } from "../../../src/record/sensitive";
import {
  type SerializeOptions,
  serialize,
  serializeRecord,
  serializeRecordAsync,
} from "../../../src/record/serialize";
import { Base, users } from "./support";

class Post extends Base {
  static override associations = ["author", "comments"];
  declare comments: Comment[];
}
class Comment extends Base {
  static override associations = [];
}
class User extends Base {
  static sensitiveFields: readonly string[] = ["passwordDigest", "secret", "token", "leak"];
  following: boolean | null = null;
  secret = "s3cret";
  _cache = "private";
  arrow = () => "arrow";
  count = 5n;
  get initials(): string {
    return this.name.slice(0, 1);
  }
  get token(): string {
    return `token of ${this.id}`;
  }
  get _internal(): string {
    return "private";
  }
  badge(): string {
    return `* ${this.name}`;
  }
  async slowBadge(): Promise<string> {
    await Promise.resolve();
    return "slow";
  }
  leak(): string {
    return "leaked";
  }
}

const ann = () => User.of({ id: 1, name: "Ann", email: null, passwordDigest: "hash" });
const json = (record: Base, options?: SerializeOptions) =>
  serializeRecord(record, record[DEFINITION], options);

describe("toJSON", () => {
  test("gives __typename, columns in table order, computed and settable virtuals", () => {
    const out = recordJSON(ann(), ann()[DEFINITION]);
    expect(Object.entries(out)).toEqual([
      ["__typename", "User"],
      ["id", 1],
      ["name", "Ann"],
      ["email", null],
      ["initials", "A"],
      ["following", null],
      ["count", "5"],
    ]);
  });

  test("each type has its wire form, and JSON.stringify loses nothing", () => {
    const record = User.of({
      id: 1,
      name: "x",
      visits: 9007199254740993n,
      balance: "1.50",
      avatar: new Uint8Array([255, 0, 1]),
      createdAt: new Date("2024-03-10T12:00:00.123Z"),
      tags: ["a"],
    });
    expect(JSON.parse(JSON.stringify(json(record)))).toMatchObject({
      visits: "9007199254740993",
      balance: "1.50",
      avatar: "/wAB",
      createdAt: "2024-03-10T12:00:00.123Z",
      tags: ["a"],
    });
  });

  test("what cannot be written is named", () => {
    const record = User.of({ name: "x", settings: { deep: [1n] } });
    expect(() => json(record)).toThrow(BakedError);
    expect(() => json(record)).toThrow("Cannot serialize User.settings: JSON cannot hold 1n");
    const dated = User.of({ name: "x", createdAt: new Date(Number.NaN) });
    expect(() => json(dated)).toThrow("Cannot serialize User.createdAt:");
  });

  test("data that a virtual holds is written whole: bigint as text, records as payloads, no circles", () => {
    const when = new Date("2024-03-10T12:00:00Z");
    class Report extends User {
      get report(): object {
        return { rows: 5n, when, all: [{ best: [1n, null] }], of: { self: this, nothing: null } };
      }
    }
    const report = json(Report.of({ id: 1, name: "Ann" })).report;
    expect(report).toEqual({
      rows: "5",
      when,
      all: [{ best: ["1", null] }],
      of: { self: undefined, nothing: null },
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual({
      rows: "5",
      when: "2024-03-10T12:00:00.000Z",
      all: [{ best: ["1", null] }],
      of: { nothing: null },
    });
  });

  test("virtuals are inherited through the user's classes; a child's getter replaces its parent's", () => {
    class Admin extends User {
      get rank(): number {
        return 1;
      }
      override get initials(): string {
        return "!";
      }
    }
    const out = json(Admin.of({ id: 1, name: "Ann" }));
    expect(out).toMatchObject({ __typename: "Admin", initials: "!", rank: 1, following: null });
    expect(Object.keys(out)).not.toContain("isNewRecord");
  });

  test("plugin virtuals are given by name", () => {
    class Page extends Base {
      static override pluginVirtuals = ["plugged"];
    }
    Object.defineProperty(Page.prototype, "plugged", { get: () => "in", configurable: true });
    expect(json(Page.of({ name: "x" })).plugged).toBe("in");
  });

  test("a static typename wins over the class name; a class without a name is refused", () => {
    class A extends Base {
      static typename = "Account";
    }
    class B extends A {}
    expect(json(A.of({ name: "x" })).__typename).toBe("Account");
    expect(json(B.of({ name: "x" })).__typename).toBe("Account");
    const anonymous = (() => class extends Base {})();
    Object.defineProperty(anonymous, "name", { value: "" });
    expect(() => json(anonymous.of({ name: "x" }))).toThrow("give it a typename");
  });
});

describe("serialize", () => {
  test("only wins over except, for columns and virtuals alike", () => {
    expect(json(ann(), { only: ["id", "initials"], except: ["id"] })).toEqual({
      __typename: "User",
      id: 1,
      initials: "A",
    });
    expect(Object.keys(json(ann(), { except: ["following", "initials", "count"] }))).toEqual([
      "__typename",
      "id",
      "name",
      "email",
    ]);
  });

  test("sensitive names never leave, however they are asked for", () => {
    const out = json(ann(), {
      only: ["id", "passwordDigest", "secret", "token"],
      methods: ["leak", "token"],
    });
    expect(out).toEqual({ __typename: "User", id: 1 });
  });

  test("a subclass adds to the sensitive names and takes none away", () => {
    class Admin extends User {
      static override sensitiveFields = ["email"];
    }
    const out = json(Admin.of({ id: 1, name: "Ann", email: "a@b.c", passwordDigest: "hash" }));
    expect(Object.keys(out)).not.toContain("passwordDigest");
    expect(Object.keys(out)).not.toContain("email");
  });

  test("methods of the user's classes are called", () => {
    class Admin extends User {}
    const admin = Admin.of({ id: 1, name: "Ann" });
    expect(json(admin, { only: [], methods: ["badge", "arrow", "initials"] })).toEqual({
      __typename: "Admin",
      badge: "* Ann",
      arrow: "arrow",
      initials: "A",
    });
  });

  test.each(["destroy", "toJSON", "constructor", "hasOwnProperty", "toString", "nope"])(
    "methods never calls %s",
    (name) => {
      expect(() => json(ann(), { methods: [name] })).toThrow(UnknownAttributeError);
    },
  );

  test("a misspelt method is answered with a suggestion", () => {
    expect(() => json(ann(), { methods: ["bagde"] })).toThrow('Did you mean "badge"?');
  });

  test("includes loaded associations by paths or by options", () => {
    const user = ann();
    const comment = Comment.of({ id: 9, name: "first", email: "spam" });
    const post = Post.of({ id: 5, name: "Hello", author: null, comments: [comment] });
    user.posts = [post];
    const nested = {
      __typename: "Post",
      id: 5,
      name: "Hello",
      comments: [{ __typename: "Comment", id: 9, name: "first", email: "spam" }],
    };
    expect(json(user, { only: ["id"], include: ["posts", "posts.comments"] })).toEqual({
      __typename: "User",
      id: 1,
      posts: [nested],
    });
    expect(json(user, { only: ["id"], include: ["posts.author"] }).posts).toEqual([
      { __typename: "Post", id: 5, name: "Hello", author: null },
    ]);
    expect(
      json(user, {
        only: ["id"],
        include: {
          posts: { only: ["id"], include: { comments: { except: ["email"] } }, methods: [] },
        },
      }),
    ).toEqual({
      __typename: "User",
      id: 1,
      posts: [
        { __typename: "Post", id: 5, comments: [{ __typename: "Comment", id: 9, name: "first" }] },
      ],
    });
    expect(json(user, { include: { posts: true } }).posts).toHaveLength(1);
    expect(json(user)).not.toHaveProperty("posts");
  });

  test("what is not loaded is left out; what does not exist is an error", () => {
    expect(json(ann(), { include: ["posts"] })).not.toHaveProperty("posts");
    expect(() => json(ann(), { include: ["psots"] })).toThrow(
      'unknown association "psots" of User. Did you mean "posts"?',
    );
    expect(() => json(ann(), { include: ["name"] })).toThrow(UnknownAttributeError);
  });

  test("sensitive fields of included records stay in too", () => {
    const post = Post.of({ id: 5, name: "Hello" });
    post.author = ann();
    expect(JSON.stringify(json(post, { include: ["author"] }))).not.toContain("hash");
  });
});

describe("asynchronous methods", () => {
  test("serialize refuses them, naming serializeAsync", () => {
    expect(() => json(ann(), { methods: ["slowBadge"] })).toThrow(
      "User.slowBadge() is asynchronous. Use `await record.serializeAsync(options)`.",
    );
  });

  test("serializeAsync waits for them, nested ones too, and keeps the order", async () => {
    const post = Post.of({ id: 5, name: "Hello" });
    post.author = ann();
    const out = await serializeRecordAsync(post, post[DEFINITION], {
      include: { author: { only: ["id"], methods: ["slowBadge", "badge"] } },
    });
    expect(Object.entries(out.author as object)).toEqual([
      ["__typename", "User"],
      ["id", 1],
      ["slowBadge", "slow"],
      ["badge", "* Ann"],
    ]);
  });

  test("a failing method rejects", async () => {
    class Broken extends User {
      async fails(): Promise<string> {
        throw new Error("broken");
      }
    }
    const record = Broken.of({ name: "x" });
    const options = { methods: ["fails", "slowBadge"] };
    await expect(serializeRecordAsync(record, record[DEFINITION], options)).rejects.toThrow(
      "broken",
    );
  });
});

describe("the standalone serialize", () => {
  test("writes any object that holds the columns of a table", () => {
    class Row {
      id = 1;
      visits = 5n;
      author = ann();
      passwordDigest = "hash";
      static sensitiveFields = ["passwordDigest"];
    }
    expect(serialize(new Row(), users, { include: { author: { only: ["id"] } } })).toEqual({
      __typename: "Row",
      id: 1,
      visits: "5",
      author: { __typename: "User", id: 1 },
    });
  });

  test("lets a record bring its own definition", () => {
    expect(serialize(ann(), users, { only: ["id"] })).toEqual({ __typename: "User", id: 1 });
  });
});

describe("sensitiveFields", () => {
  const declare = (names: string[]) => {
    class Account extends Base {
      static sensitiveFields = names;
      pin = "1234";
      get token(): string {
        return "";
      }
    }
    return () => checkSensitive(new Account()[DEFINITION], ["pin"]);
  };

  test("may name columns, virtuals and methods", () => {
    expect(declare(["passwordDigest", "token", "pin", "destroy"])).not.toThrow();
  });

  test("the database's name of a column is refused with the right one", () => {
    expect(declare(["password_digest"])).toThrow(ConfigurationError);
    expect(declare(["password_digest"])).toThrow(
      'sensitiveFields of Account names "password_digest", which is no attribute of it. Write "passwordDigest".',
    );
  });

  test("a misspelt name is refused with a suggestion", () => {
    expect(declare(["pasword"])).toThrow(ConfigurationError);
    expect(declare(["passwordDigset"])).toThrow('Did you mean "passwordDigest"?');
    expect(declare(["whatever"])).toThrow("A virtual has to be declared on the class.");
  });
});

describe("console.log", () => {
  class Shown extends User {
    [INSPECT](): object {
      return inspectRecord(this, this[DEFINITION]);
    }
  }

  test("shows class and fields, never a sensitive value, and calls no getter", () => {
    const shown = Bun.inspect(Shown.of({ id: 1, name: "Ann", passwordDigest: "hash" }));
    expect(shown).toStartWith("Shown {");
    expect(shown).toContain('name: "Ann"');
    expect(shown).toContain("[REDACTED]");
    expect(shown).not.toContain("hash");
    expect(shown).not.toContain("s3cret");
    expect(shown).not.toContain("initials");
  });

  test("shows loaded associations", () => {
    const user = Shown.of({ id: 1, name: "Ann" });
    user.posts = [Post.of({ id: 2, name: "Hello" })];
    expect(Bun.inspect(user)).toContain("Hello");
  });
});

test("records that refer to each other are written once around", () => {
  class Node extends Base {
    static override associations = [];
    twin: Node | undefined;
    override toJSON(): object {
      return recordJSON(this, this[DEFINITION]);
    }
  }
  const [a, b] = [Node.of({ id: 1 }), Node.of({ id: 2 })];
  a.twin = b;
  b.twin = a;
  expect(JSON.stringify(a)).toBe(
    '{"__typename":"Node","id":1,"twin":{"__typename":"Node","id":2}}',
  );
});
