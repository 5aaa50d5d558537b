/** A small application, written as the README tells: what it consists of, and what it says. */

export const migrations = {
  create_users:
    "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, visits bigint NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now())",
  create_posts:
    "CREATE TABLE posts (id serial PRIMARY KEY, title text NOT NULL, user_id int NOT NULL REFERENCES users)",
};

/** What `bake` does not write. */
export const files = {
  "app.ts": `
import { connect, disconnect, transaction } from "baked-orm";
import { Post } from "./models/post";
import { User } from "./models/user";

await connect();
const ann = await User.create({ name: "Ann" });
await transaction(async () => {
  await Post.createMany([{ title: "Hello", userId: ann.id }, { title: "World", userId: ann.id }]);
  await ann.update({ visits: 9007199254740993n });
});
const found = await User.where({ name: { starts_with: "A" } }).includes("posts").sole();
const payload = found.serialize({ except: ["createdAt"], include: { posts: { only: ["title"] } } });
await Bun.write("frontend/payload.json", JSON.stringify(payload));
console.log(JSON.stringify(payload));
await disconnect();
`,
  "frontend/app.ts": `
import { registerModels } from "baked-orm/frontend";
import { Post } from "./models/post";
import { User } from "./models/user";
import payload from "./payload.json";

registerModels({ User, Post });
const user = User.fromJSON(payload);
user.name = "";
const { visits } = user;
console.log(JSON.stringify({ type: typeof visits, visits: String(visits), changed: user.changed() }));
`,
};

/** A statement that `bake sql check` types, and who reads its rows. */
export const report = {
  "report.ts": `
import { connect, disconnect, query, sql } from "baked-orm";

await connect();
const rows = await query(sql.typed("postsOfUsers")\`
  SELECT name, count(*)::int AS posts FROM users JOIN posts ON user_id = users.id GROUP BY name\`);
const lines: string[] = rows.map(({ name, posts }) => name.toUpperCase() + posts.toFixed(1));
console.log(lines.join());
await disconnect();
`,
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      ...{ target: "ESNext", module: "Preserve", strict: true, noEmit: true, skipLibCheck: true },
      ...{ lib: ["ESNext", "DOM"], types: ["bun"] },
    },
    include: ["report.ts", "db/*.ts"],
  }),
};

export const output = {
  __typename: "User",
  id: 1,
  name: "Ann",
  visits: "9007199254740993",
  posts: [
    { __typename: "Post", title: "Hello" },
    { __typename: "Post", title: "World" },
  ],
};

export const shown = { type: "bigint", visits: "9007199254740993", changed: true };
