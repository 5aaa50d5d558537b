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
    ({ kind, name, model, foreignKey }) =>
      `${name}: ${kind} ${model}${foreignKey ? ` by ${foreignKey.join(", ")}` : ""}`,
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
    ]);
    expect(text).toBe(`import { belongsTo, hasMany, Model } from "baked-orm";
import { posts } from "../db/schema";
import type { OrderLine } from "./order_line";
import type { User } from "./user";

export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
  parent: belongsTo<Post>("Post"),
  lines: hasMany<OrderLine>("OrderLine", { foreignKey: ["a", "b"] }),
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
