/** An application that visits every part of the package: what is loaded late, and what is loaded at once. */

export const migrations = {
  create_users:
    "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL UNIQUE, visits int NOT NULL DEFAULT 0)",
  create_nodes:
    "CREATE TABLE nodes (id serial PRIMARY KEY, title text NOT NULL, user_id int REFERENCES users, parent_id int REFERENCES nodes)",
};

const text = `
import {
  belongsTo, connect, definePlugin, disconnect, hasMany, Model, query, QueryError, sql, transaction, validates, ValidationErrors,
} from "baked-orm";
import * as frontend from "baked-orm/frontend";
import * as react from "baked-orm/react";
import { nodes, users } from "./db/schema";

class User extends Model(users, { nodes: hasMany(() => Node) }) {
  static validations = { name: [validates("presence"), validates("uniqueness")] };
}
class Node extends Model(nodes, { user: belongsTo(() => User) }) {}

definePlugin({
  name: "loud",
  queryBuilder: { loud() { return this.where({ visits: { gte: 2 } }); } },
});

const PLACE = "tour.ts:LINE:";
await connect();
const told = {};
const ann = await User.create({ name: "Ann" });
await User.createMany([{ name: "Ben", visits: 2 }, { name: "Cem", visits: 3 }]);
await User.upsertAll([{ name: "Ben", visits: 4 }], { conflict: { columns: ["name"] } });
await transaction(() => ann.update({ visits: 1 }));
told.twin = await User.create({ name: "Ann" }).catch((error) => error.errors.toJSON());
const root = await ann.create("nodes", { title: "root" });
const leaf = await Node.create({ title: "leaf", userId: ann.id, parentId: root.id });
told.loaded = (await ann.load("nodes")).map(({ title }) => title);
told.found = (await User.where({ nodes: { some: { title: "leaf" } } }).includes("nodes").sole()).nodes.length;
told.page = (await User.order({ id: "ASC" }).paginate({ first: 2 })).records.length;
told.sum = await User.joins("nodes").sum("visits");
told.groups = await User.group("visits").order({ visits: "ASC" }).count();
told.both = (await User.where({ visits: 1 }).union(User.where({ visits: 3 }))).length;
told.loud = (await User.all().loud()).length;
told.walked = 0;
for await (const user of User.all().findEach({ batchSize: 2 })) told.walked += user.visits;
told.tree = (await Node.where({ id: leaf.id }).ancestors({ via: "parentId" })).map(({ title }) => title);
told.shown = ann.serialize({ only: ["name"] });
await ann.update(User.permit("visits").apply({ visits: 7, name: "Eve" }));
told.permitted = [ann.name, ann.visits];
told.raw = (await query(sql\`SELECT \${1}::int AS one\`))[0].one;
told.copied = await User.copyFrom([{ name: "Dan" }]);
await leaf.destroy();
await Node.all().deleteAll();
told.left = await Node.count();
told.sameErrors = frontend.ValidationErrors === ValidationErrors;
told.react = Object.keys(react).length > 0;
try {
  await User.where({ nam: "Ann" });
} catch (error) {
  told.refused = [error instanceof QueryError, error.message];
}
async function lose() {
  await User.find(0); // PLACE
}
const lost = await lose().catch((error) => error);
told.lost = lost.name;
if (!Bun.main.endsWith("tour.ts")) lost.stack = PLACE;
told.place = lost.stack.includes(PLACE);
await disconnect();
console.log(JSON.stringify(told));
`;

const line = text.split("\n").findIndex((each) => each.includes("// PLACE")) + 1;
export const program = text.replace("LINE", String(line));

export const output = {
  twin: { name: ["has already been taken"] },
  loaded: ["root", "leaf"],
  found: 2,
  page: 2,
  sum: 2,
  groups: [
    { visits: 1, count: 1 },
    { visits: 3, count: 1 },
    { visits: 4, count: 1 },
  ],
  both: 2,
  loud: 2,
  walked: 8,
  tree: ["root", "leaf"],
  shown: { __typename: "User", name: "Ann" },
  permitted: ["Ann", 7],
  raw: 1,
  copied: 1,
  left: 0,
  sameErrors: true,
  react: true,
  refused: [
    true,
    'where() received unknown column "nam" on User. Did you mean "name"? Known columns: id, name, visits.',
  ],
  lost: "RecordNotFoundError",
  place: true,
};
