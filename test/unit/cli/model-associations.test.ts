import { describe, expect, test } from "bun:test";
import { associationsOf } from "../../../src/cli/model-associations";
import { backendModel, frontendModel } from "../../../src/cli/model-template";
import { camelCase } from "../../../src/schema/naming";
import type { TableDefinition } from "../../../src/schema/table";

/** A table whose columns are named; foreign keys as "column -> table". */
function table(
  tableName: string,
  columns: string[],
  foreignKeys: Record<string, string> = {},
  rest: Partial<TableDefinition> = {},
): TableDefinition {
  return {
    tableName,
    columns: Object.fromEntries(
      ["id", ...columns].map((columnName) => [
        camelCase(columnName),
        { type: "integer", nullable: false, columnName },
      ]),
    ),
    primaryKey: ["id"],
    indexes: {},
    foreignKeys: Object.fromEntries(
      Object.entries(foreignKeys).map(([columnList, referred], index) => {
        const keys = columnList.split(",");
        return [
          `fk_${index}`,
          { columns: keys, references: { table: referred, columns: keys.map(() => "id") } },
        ];
      }),
    ),
    rowClass: class {},
    ...rest,
  };
}

function listed(subject: TableDefinition, tables: TableDefinition[]): string[] {
  return associationsOf(subject, tables).map(
    ({ kind, name, model, foreignKey, through, source }) =>
      `${name}: ${kind} ${model}${foreignKey ? ` by ${foreignKey.join(", ")}` : ""}${through ? ` through ${through}` : ""}${source ? ` from ${source}` : ""}`,
  );
}

describe("associations from foreign keys", () => {
  const users = table("users", []);
  const posts = table("posts", ["user_id"], { userId: "users" });

  test("belongsTo on one side, hasMany on the other", () => {
    expect(listed(posts, [users, posts])).toEqual(["user: belongsTo User"]);
    expect(listed(users, [users, posts])).toEqual(["posts: hasMany Post"]);
  });

  test("a unique foreign key is hasOne, a partly unique one is not", () => {
    const unique = { by_user: { columns: ["user_id"], unique: true } };
    const partial = { by_user: { columns: ["user_id"], unique: true, where: "active" } };
    const profile = (indexes: TableDefinition["indexes"]) =>
      table("profiles", ["user_id"], { userId: "users" }, { indexes });
    expect(listed(users, [profile(unique)])).toEqual(["profile: hasOne Profile"]);
    expect(listed(users, [profile(partial)])).toEqual(["profiles: hasMany Profile"]);
    const shared = table("profiles", [], { id: "users" });
    expect(listed(users, [shared])).toEqual(["profile: hasOne Profile by id"]);
    expect(listed(shared, [users])).toEqual(["user: belongsTo User by id"]);
  });

  test("several foreign keys to one table are told apart by their roles", () => {
    const messages = table("messages", ["user_id", "sender_id"], {
      userId: "users",
      senderId: "users",
    });
    expect(listed(messages, [users])).toEqual(["user: belongsTo User", "sender: belongsTo User"]);
    expect(listed(users, [messages])).toEqual([
      "messages: hasMany Message",
      "senderMessages: hasMany Message by senderId",
    ]);
  });

  test("a tree", () => {
    const pages = table("pages", ["parent_id"], { parentId: "pages" });
    expect(listed(pages, [pages])).toEqual([
      "parent: belongsTo Page",
      "children: hasMany Page by parentId",
    ]);
  });

  test("composite keys, irregular plurals, keys without _id", () => {
    const people = table("people", []);
    const visits = table("visits", ["a", "b", "visitor"], { "a,b": "orgs", visitor: "people" });
    expect(listed(visits, [people, table("orgs", [])])).toEqual([
      "org: belongsTo Org by a, b",
      "person: belongsTo Person by visitor",
    ]);
    expect(listed(people, [visits])).toEqual(["visits: hasMany Visit by visitor"]);
  });

  describe("a table that joins two", () => {
    const tags = table("tags", []);
    const articles = table("articles", []);
    const keys = { articleId: "articles", tagId: "tags" };
    const taggings = (rest: Partial<TableDefinition>, references: Record<string, string> = keys) =>
      table("taggings", ["article_id", "tag_id"], references, rest);
    const pairs = { pair: { columns: ["tag_id", "article_id"], unique: true } };

    test("leads from each to the other", () => {
      const join = taggings({ primaryKey: ["articleId", "tagId"] });
      const all = [articles, tags, join];
      expect(listed(articles, all)).toEqual([
        "taggings: hasMany Tagging",
        "tags: hasManyThrough Tag through taggings",
      ]);
      expect(listed(tags, all)).toEqual([
        "taggings: hasMany Tagging",
        "articles: hasManyThrough Article through taggings",
      ]);
      expect(listed(join, all)).toEqual(["article: belongsTo Article", "tag: belongsTo Tag"]);
      expect(listed(tags, [tags, articles, taggings({ indexes: pairs })])).toHaveLength(2);
    });

    test("is not one whose pairs may repeat, that has a third key, or whose key is another's", () => {
      const plain = ["taggings: hasMany Tagging"];
      expect(listed(tags, [tags, articles, taggings({})])).toEqual(plain);
      const third = taggings({ indexes: pairs }, { ...keys, id: "users" });
      expect(listed(tags, [tags, articles, users, third])).toEqual(plain);
      const one = taggings({ indexes: { ...pairs, one: { columns: ["tag_id"], unique: true } } });
      expect(listed(articles, [tags, articles, one])).toEqual(plain);
      const same = taggings({ indexes: pairs }, { articleId: "tags", tagId: "tags" });
      expect(listed(tags, [tags, same]).join()).not.toContain("Through");
    });

    test("gives way to names that are taken, and is called after the role", () => {
      const join = taggings({ indexes: pairs });
      const labelled = table("articles", ["tags"]);
      expect(listed(labelled, [labelled, tags, join])).toEqual(["taggings: hasMany Tagging"]);
      const media = table("media", []);
      const links = table(
        "links",
        ["tag_id", "news_id"],
        { tagId: "tags", newsId: "media" },
        { indexes: { pair: { columns: ["tag_id", "news_id"], unique: true } } },
      );
      expect(listed(tags, [tags, media, links])[1]).toBe(
        "news: hasManyThrough Media through links",
      );
    });
  });

  test("a name that a column or a model member has is not taken", () => {
    const odd = table("odds", ["user", "user_id", "save_id"], { userId: "users", saveId: "users" });
    expect(listed(odd, [users])).toEqual([
      "userAssociation: belongsTo User by userId",
      "saveAssociation: belongsTo User by saveId",
    ]);
  });

  test("a table of that name in another schema is another table", () => {
    const other = table("users", [], {}, { schema: "billing" });
    expect(listed(other, [posts])).toEqual([]);
    expect(listed(posts, [other])).toEqual([]);
  });
});

describe("the text of a model", () => {
  const source = { className: "Post", table: "posts", schemaPath: "../db/schema" };

  test("without associations", () => {
    expect(backendModel(source, [])).toBe(`import { Model } from "baked-orm";
import { posts } from "../db/schema";

export class Post extends Model(posts) {}
`);
  });

  test("with associations: string references, and imports of types only", () => {
    const text = backendModel(source, [
      { kind: "belongsTo", name: "author", model: "User", foreignKey: ["userId"] },
      { kind: "belongsTo", name: "parent", model: "Post", foreignKey: undefined },
      { kind: "hasMany", name: "lines", model: "OrderLine", foreignKey: ["a", "b"] },
      {
        ...{ kind: "hasManyThrough", name: "data", model: "Fact", foreignKey: undefined },
        ...{ through: "lines", source: "point" },
      },
    ]);
    expect(text).toBe(`import { belongsTo, hasMany, hasManyThrough, Model } from "baked-orm";
import { posts } from "../db/schema";
import type { Fact } from "./fact";
import type { OrderLine } from "./order_line";
import type { User } from "./user";

export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
  parent: belongsTo<Post>("Post"),
  lines: hasMany<OrderLine>("OrderLine", { foreignKey: ["a", "b"] }),
  data: hasManyThrough<Fact>("Fact", { through: "lines", source: "point" }),
}) {}
`);
  });

  test("the frontend's", () => {
    expect(frontendModel(source)).toBe(`import { FrontendModel } from "baked-orm/frontend";
import { posts } from "../db/schema";

export class Post extends FrontendModel(posts) {}
`);
  });
});
