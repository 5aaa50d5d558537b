/** definePlugin(): what it adds, to which models, and what it refuses. */
import { describe, expect, test } from "bun:test";
import { pages, posts, users } from "../../../db/schema";
import {
  belongsTo,
  definePlugin,
  Model,
  type ModelPlugin,
  PluginError,
  type TableDefinition,
} from "../../../src/index";
import { blogDatabase } from "../../support/blog";

const blog = blogDatabase();

/** Plugins are for the whole process: each test has names of its own. */
let counter = 0;
const unique = () => `test${++counter}`;

/** `then() {}`, which no object literal should have. */
// biome-ignore lint/suspicious/noThenProperty: that plugins cannot add one is what is tested
const thenable = Object.fromEntries([["then", () => {}]]);

/** Members that types know nothing of: a plugin of a test does not merge any. */
const member = (of: object, name: string) =>
  Reflect.get(of, name) as (...args: unknown[]) => unknown;
const call = (of: object, name: string, ...args: unknown[]) => member(of, name).apply(of, args);

describe("members", () => {
  test("reach models and queries that exist, and those that come", async () => {
    class Before extends Model(posts) {}
    await blog.sql.unsafe("INSERT INTO posts (title) VALUES ('here')");
    const record = await Before.first();
    const query = Before.all();
    const name = unique();
    definePlugin({
      name,
      queryBuilder: {
        [`${name}Query`]() {
          return this.state.source.name;
        },
      },
      instance: {
        [`${name}Record`]() {
          return this.title;
        },
        [`${name}Getter`]: {
          get() {
            return `got ${String(this.title)}`;
          },
        },
      },
      static: {
        [`${name}Static`]() {
          return this.tableName;
        },
      },
      options: { [`${name}Option`]: "default" },
    });
    class After extends Model(posts) {
      static override get name() {
        return "After";
      }
    }
    expect(call(query, `${name}Query`)).toBe("Before");
    expect(call(After.all(), `${name}Query`)).toBe("After");
    expect(record && call(record, `${name}Record`)).toBe("here");
    expect(Reflect.get(record ?? {}, `${name}Getter`)).toBe("got here");
    expect(call(Before, `${name}Static`)).toBe("posts");
    expect(call(After, `${name}Static`)).toBe("posts");
    expect(Reflect.get(Before, `${name}Option`)).toBe("default");
    // None of it is a field.
    expect(Object.keys(record ?? {})).not.toContain(`${name}Record`);
    expect(Object.keys(record?.toJSON() ?? {})).not.toContain(`${name}Getter`);
    expect(() => new Before({ [`${name}Record`]: 1 } as object)).toThrow("cannot be assigned");
  });

  test("that are neither functions nor descriptors are refused, and nothing is added", () => {
    const name = unique();
    const define = () =>
      definePlugin({ name, instance: { [`${name}Good`]() {}, [`${name}Bad`]: 42 } });
    expect(define).toThrow(
      `Plugin property "${name}Bad" is neither a function nor a PropertyDescriptor`,
    );
    expect(define).toThrow(PluginError);
    class Later extends Model(posts) {}
    expect(`${name}Good` in Later.prototype).toBe(false);
    // The name is free again.
    definePlugin({ name });
  });

  test.each<[string, Omit<ModelPlugin, "name">]>([
    ["a verb of queries", { queryBuilder: { where() {} } }],
    ["what makes a query a promise", { queryBuilder: thenable }],
    ["what would make a record a promise", { instance: thenable }],
    ["a member of records", { instance: { save() {} } }],
    ["a getter of records", { instance: { isNewRecord: { get: () => true } } }],
    ["a member of every object", { instance: { toString() {} } }],
    ["a static", { static: { create() {} } }],
    ["a static that models declare", { options: { validations: {} } }],
    ["a static of classes", { static: { prototype() {} } }],
    ["a verb of a built-in plugin", { queryBuilder: { kept() {} } }],
    ["a member of a built-in plugin", { instance: { withLock() {} } }],
    ["a static of a built-in plugin", { static: { group() {} } }],
    ["an option of a built-in plugin", { options: { softDelete: true } }],
    ["a callback there is", { callbacks: ["beforeSave"] }],
    ["a callback of a built-in plugin", { callbacks: ["beforeDiscard"] }],
    ["a name twice", { static: { twice() {} }, options: { twice: 1 } }],
  ])("a clash of names is an error: %s", (_what, plugin) => {
    const name = unique();
    expect(() => definePlugin({ ...plugin, name })).toThrow(PluginError);
    expect(() => definePlugin({ ...plugin, name })).toThrow(`Plugin "${name}"`);
  });

  test("two plugins with one member, and two with one name", () => {
    const name = unique();
    definePlugin({ name, queryBuilder: { [`${name}Verb`]() {} } });
    expect(() => definePlugin({ name: unique(), queryBuilder: { [`${name}Verb`]() {} } })).toThrow(
      `cannot add the queryBuilder member "${name}Verb": plugin "${name}" has added it.`,
    );
    expect(() => definePlugin({ name })).toThrow(`Plugin "${name}" is already defined.`);
    expect(() => definePlugin({ name: "" })).toThrow("A plugin needs a name");
    // The same name in another place is no clash.
    definePlugin({ name: unique(), instance: { [`${name}Verb`]() {} } });
  });
});

describe("columns and associations with the name of a verb", () => {
  class TeamsRow {
    declare id: number;
    declare group: string;
    declare sum: number | null;
    declare discard: string | null;
    declare lock: string | null;
  }
  const text = { type: "text", nullable: true } as const;
  const teams = {
    tableName: "teams",
    columns: {
      id: { type: "integer", nullable: false, default: "1", columnName: "id" },
      group: { ...text, columnName: "group" },
      sum: { type: "integer", nullable: true, columnName: "sum" },
      discard: { ...text, columnName: "discard" },
      lock: { ...text, columnName: "lock" },
    },
    primaryKey: ["id"],
    indexes: {},
    foreignKeys: {},
    rowClass: TeamsRow,
  } as const satisfies TableDefinition<TeamsRow>;

  test("work as columns and associations; verbs of queries and statics as verbs", async () => {
    await blog.sql.unsafe(`CREATE TABLE teams (id serial PRIMARY KEY, "group" text, sum integer, discard text, lock text);
      INSERT INTO teams ("group", sum, discard, lock) VALUES ('a', 1, 'x', 'y'), ('a', 2, 'x', 'y')`);
    class Team extends Model(teams) {}
    const team = await Team.find(1);
    const seen: unknown[] = [team.group, team.sum, team.discard, team.lock];
    expect(seen).toEqual(["a", 1, "x", "y"]);
    expect(await Team.group("group").sum("sum")).toEqual([{ group: "a", sum: 3 }]);
    expect(await Team.sum("sum")).toBe(3);
    await team.update({ group: "b" });
    expect(await Team.where({ group: "b" }).pluck("id")).toEqual([1]);
    expect(await team.withLock(() => "held")).toBe("held");
  });

  test("an association", async () => {
    await blog.sql.unsafe("INSERT INTO users (name, email) VALUES ('ann', 'a@x')");
    class Person extends Model(users) {}
    // @ts-expect-error Types hold statics to be the verbs: as a second argument of Model() it has no such clash.
    class Piece extends Model(posts, {
      group: belongsTo(() => Person, { foreignKey: "userId" }),
      min: belongsTo(() => Person, { foreignKey: "userId" }),
      discard: belongsTo(() => Person, { foreignKey: "userId" }),
    }) {
      static override max = Piece.belongsTo(() => Person, { foreignKey: "userId" });
    }
    await Piece.createMany([{ title: "p", userId: 1 }]);
    const [piece] = await Piece.where({ title: "p" }).includes("group", "discard");
    expect(piece?.group?.name).toBe("ann");
    expect(Reflect.get(piece ?? {}, "discard")).toBeInstanceOf(Person);
    expect(await Piece.where({ userId: 1 }).group("userId").count()).toEqual([
      { userId: 1, count: 1 },
    ]);
    expect(await Piece.where({ userId: 1 }).max("title")).toBe("p");
    expect(await piece?.load("min")).toBeInstanceOf(Person);
  });
});

describe("virtuals", () => {
  test("are asked once for each class, and reach models in use", async () => {
    class Early extends Model(posts) {}
    class Child extends Early {}
    const early = new Early({ title: "a" });
    new Child();
    const asked: string[] = [];
    const name = unique();
    definePlugin({
      name,
      appliesTo: (model) => model === Early || model.prototype instanceof Early,
      virtuals: (model) => {
        asked.push(model.name);
        return {
          [`${name}Loud`]: {
            get() {
              return `${String(this.title)}! (${model.name})`;
            },
          },
        };
      },
    });
    class Late extends Early {}
    const late = new Late({ title: "b" });
    new Late();
    expect(asked).toEqual(["Early", "Child", "Late"]);
    expect(early.toJSON()).toMatchObject({ [`${name}Loud`]: "a! (Early)" });
    expect(late.toJSON()).toMatchObject({ [`${name}Loud`]: "b! (Late)" });
    // @ts-expect-error: the name is made up at run time
    expect(late.serialize({ except: [`${name}Loud`] })).not.toHaveProperty(`${name}Loud`);
    expect(() => Reflect.set(early, `${name}Loud`, 1)).not.toThrow();
    expect(() => Object.assign(early, { [`${name}Loud`]: 1 })).toThrow(TypeError);
    expect(() => Early.build({ [`${name}Loud`]: 1 } as never)).toThrow(
      "computed and cannot be assigned",
    );
    class Other extends Model(posts) {}
    expect(`${name}Loud` in new Other()).toBe(false);
  });

  test("columns, associations and the class's own members win", () => {
    const name = unique();
    class Guarded extends Model(posts, { author: belongsTo("User", { foreignKey: "userId" }) }) {
      get shout() {
        return "mine";
      }
    }
    definePlugin({
      name,
      appliesTo: (model) => model.name === "Guarded",
      virtuals: () => ({
        title: { get: () => "theirs" },
        author: { get: () => "theirs" },
        shout: { get: () => "theirs" },
        save: { get: () => "theirs" },
        [name]: { get: () => "theirs" },
      }),
    });
    const record = new Guarded({ title: "mine" });
    expect([record.title, record.shout, typeof record.save]).toEqual(["mine", "mine", "function"]);
    expect(record.toJSON()).toMatchObject({ title: "mine", shout: "mine", [name]: "theirs" });
  });

  test("of two plugins with one name are an error", () => {
    class Contested extends Model(posts) {}
    const [first, second] = [unique(), unique()];
    const appliesTo = (model: object) => model === Contested;
    definePlugin({ name: first, appliesTo, virtuals: () => ({ contested: { get: () => 1 } }) });
    definePlugin({ name: second, appliesTo, virtuals: () => ({ contested: { get: () => 2 } }) });
    expect(() => new Contested()).toThrow(
      `Plugin "${second}" tried to contribute virtual "contested" on Contested, but plugin "${first}" already registered it. Each plugin virtual name must be unique per model.`,
    );
    expect(() => Contested.all()).toThrow(PluginError);
  });

  test("need a getter", () => {
    class Wrong extends Model(posts) {}
    definePlugin({
      name: unique(),
      appliesTo: (model) => model === Wrong,
      virtuals: () => ({ bad: 1 as never }),
    });
    expect(() => new Wrong()).toThrow('The virtual "bad"');
  });
});

describe("hooks and guards", () => {
  test("meet every statement of a model, in the order of their plugins", async () => {
    class Heard extends Model(pages) {}
    const heard: string[] = [];
    const appliesTo = (model: object) => model === Heard;
    for (const letter of ["a", "b"]) {
      definePlugin({
        name: unique(),
        appliesTo,
        statement(statement, { terminal }) {
          heard.push(`${letter}:${statement.kind}:${terminal}`);
          return statement;
        },
        guard(_statement, { terminal, inTransaction, locks }) {
          heard.push(`${letter}!${terminal}${inTransaction ? "+tx" : ""}${locks ? "+lock" : ""}`);
        },
      });
    }
    const take = () => heard.splice(0);
    const both = (kind: string, terminal: string) => [
      `a:${kind}:${terminal}`,
      `b:${kind}:${terminal}`,
      `a!${terminal}`,
      `b!${terminal}`,
    ];
    const page = await Heard.create({ title: "x" });
    expect(take()).toEqual(both("insert", "save"));
    await Heard.all();
    expect(take()).toEqual(both("select", "toArray"));
    await Heard.count();
    expect(take()).toEqual(both("select", "count"));
    await Heard.where({ title: "x" }).updateAll({ title: "y" });
    expect(take()).toEqual(both("update", "updateAll"));
    await page.reload();
    expect(take()).toEqual(both("select", "reload"));
    await page.update({ title: "z" });
    expect(take()).toEqual(both("update", "save"));
    await page.withLock(() => {});
    expect(take()).toEqual(["a:select:lock", "b:select:lock", "a!lock+tx+lock", "b!lock+tx+lock"]);
    await page.destroy();
    expect(take()).toEqual(both("delete", "destroy"));
    await Heard.createMany([{ title: "1" }, { title: "2" }]);
    expect(take()).toEqual(both("insert", "createMany"));
    Heard.all().toSQL();
    expect(take()).toEqual(both("select", "toSQL"));
  });

  test("a rewrite is what is sent; a wrong one is named", async () => {
    class Rewritten extends Model(pages) {}
    let kind: "select" | "delete" = "select";
    const name = unique();
    definePlugin({
      name,
      appliesTo: (model) => model === Rewritten,
      statement(statement) {
        if (statement.kind !== "select") return statement;
        if (kind === "delete") {
          return { kind, table: { kind: "table", name: "pages" }, where: [], returning: [] };
        }
        return { ...statement, limit: 1 };
      },
    });
    expect(await Rewritten.all()).toHaveLength(1);
    kind = "delete";
    await expect(Rewritten.all().toArray()).rejects.toThrow(
      `The statement hook of plugin "${name}" must return a statement of the kind it was given ("select"), got delete.`,
    );
    expect(await blog.sql`SELECT 1 FROM pages`).toHaveLength(2);
  });
});

describe("on", () => {
  test("runs before the model's own callbacks, where the plugin applies, also on models that exist", async () => {
    const log: string[] = [];
    class Before extends Model(posts) {
      static listens = true;
      static beforeSave = [() => void log.push("own")];
    }
    class Other extends Model(posts) {}
    await Before.create({ title: "not yet" });
    log.length = 0;
    definePlugin({
      name: unique(),
      appliesTo: (model) => Reflect.get(model, "listens") === true,
      on: {
        beforeSave(record) {
          log.push(`plugin: ${String(record.title)}`);
          record.title = `${String(record.title)}!`;
        },
        async afterCreate() {
          await Promise.resolve();
          log.push("created");
        },
      },
    });
    class Child extends Before {}
    expect((await Before.create({ title: "a" })).title).toBe("a!");
    expect((await Child.create({ title: "b" })).title).toBe("b!");
    expect((await Other.create({ title: "c" })).title).toBe("c");
    expect(log).toEqual(["plugin: a", "own", "created", "plugin: b", "own", "created"]);
  });

  test("what it throws keeps the row from being written", async () => {
    class Guarded extends Model(posts) {
      static isGuarded = true;
    }
    definePlugin({
      name: unique(),
      appliesTo: (model) => Reflect.get(model, "isGuarded") === true,
      on: {
        afterSave() {
          throw new Error("no more");
        },
      },
    });
    const before = await Guarded.count();
    await expect(Guarded.create({ title: "x" })).rejects.toThrow("no more");
    expect(await Guarded.count()).toBe(before);
  });

  test("refuses hooks that there are not, and what is no function", () => {
    expect(() => definePlugin({ name: unique(), on: { beforSave() {} } as never })).toThrow(
      /listens on "beforSave", which is no callback. Did you mean "beforeSave"\?/,
    );
    expect(() => definePlugin({ name: unique(), on: { beforeSave: [] as never } })).toThrow(
      /needs a function for "beforeSave"/,
    );
  });
});
