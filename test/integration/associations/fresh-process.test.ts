/** The README's project in a process of its own: models in files that only name each other. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createBlogDatabase } from "../../support/blog";
import { repository, runBun, temporaryProject } from "../../support/cli";
import type { TestDatabase } from "../../support/database";

const FILES = {
  "db/schema.ts": readFileSync(join(repository, "db/schema.ts"), "utf8"),
  "models/user.ts": `
import { Model, hasMany } from "baked-orm";
import { users } from "../db/schema";
import type { Post } from "./post";
import type { Comment } from "./comment";

export class User extends Model(users, {
  posts: hasMany<Post>("Post"),
  comments: hasMany<Comment>("Comment", { as: "commentable" }),
}) {
  static sensitiveFields = ["passwordDigest"];
}`,
  "models/post.ts": `
import { Model, belongsTo, hasMany, hasManyThrough } from "baked-orm";
import { posts } from "../db/schema";
import type { User } from "./user";
import type { Comment } from "./comment";
import type { Tag } from "./tag";

export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
  comments: hasMany<Comment>("Comment", { as: "commentable" }),
  taggings: hasMany("Tagging"),
  tags: hasManyThrough<Tag>("Tag", { through: "taggings" }),
}) {}`,
  "models/comment.ts": `
import { Model, belongsTo } from "baked-orm";
import { comments } from "../db/schema";
import type { Post } from "./post";
import type { User } from "./user";

export class Comment extends Model(comments, {
  commentable: belongsTo<Post | User>({ polymorphic: true }),
}) {}`,
  // The records in between declare nothing: their foreign keys tell.
  "models/tag.ts": `
import { Model } from "baked-orm";
import { tags } from "../db/schema";
export class Tag extends Model(tags) {}`,
  "models/tagging.ts": `
import { Model } from "baked-orm";
import { taggings } from "../db/schema";
export default class Tagging extends Model(taggings) {}`,
  "models/helper.ts": "export class Helper {}",
  "models/profile.ts": `
import { Model } from "baked-orm";
import { profiles } from "../db/schema";
await Bun.sleep(1);
export class Profile extends Model(profiles) {}`,
};

let database: TestDatabase;

beforeAll(async () => {
  database = await createBlogDatabase();
  await database.sql.unsafe(`
    INSERT INTO users (name, email) VALUES ('Ann', 'ann@example.com');
    INSERT INTO posts (title, user_id) VALUES ('one', 1), ('two', 1);
    INSERT INTO comments (body, commentable_type, commentable_id)
      VALUES ('on a post', 'Post', '1'), ('on a user', 'User', '1'),
        ('on a helper', 'Helper', '1'), ('on nothing', 'Nothing', '1'), ('on a path', '../models/helper', '1');
    INSERT INTO tags (name) VALUES ('t');
    INSERT INTO taggings (post_id, tag_id) SELECT 1, id FROM tags`);
}, 60_000);
afterAll(() => database.drop());

async function run(app: string): Promise<unknown> {
  await using project = temporaryProject({ ...FILES, "app.ts": app });
  const { stdout, stderr, exitCode } = await runBun(["app.ts"], {
    cwd: project.directory,
    env: { DATABASE_URL: database.url },
  });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return JSON.parse(stdout);
}

test("includes() of a model that nobody has imported", async () => {
  const result = await run(`
    import { connect, disconnect } from "baked-orm";
    import { User } from "./models/user";
    await connect();
    const user = await User.where({ id: 1 }).includes("posts", "posts.tags", "posts.comments").first();
    console.log(JSON.stringify(user?.serialize({
      only: ["name"],
      include: { posts: { only: ["title"], include: { tags: { only: ["name"] }, comments: { only: ["body"] } } } },
    })));
    await disconnect();`);
  expect(result).toEqual({
    __typename: "User",
    name: "Ann",
    posts: [
      {
        __typename: "Post",
        title: "one",
        tags: [{ __typename: "Tag", name: "t" }],
        comments: [{ __typename: "Comment", body: "on a post" }],
      },
      { __typename: "Post", title: "two", tags: [], comments: [] },
    ],
  });
}, 30_000);

test("load() of a belongsTo, and a polymorphic one, of models that nobody has imported", async () => {
  const result = await run(`
    import { connect, disconnect } from "baked-orm";
    import { Comment } from "./models/comment";
    await connect();
    const found = [];
    for (const comment of await Comment.order({ id: "ASC" }).limit(2)) {
      const target = await comment.load("commentable");
      found.push([target?.constructor.name, target?.id]);
    }
    for (const comment of await Comment.order({ id: "ASC" }).offset(2)) {
      found.push(await comment.load("commentable").catch((error) => error.message.split(".").slice(0, 2).join(".")));
    }
    console.log(JSON.stringify(found));
    await disconnect();`);
  expect(result).toEqual([
    ["Post", 1],
    ["User", 1],
    'Comment.commentable: Polymorphic type "Helper" not found in model registry',
    'Comment.commentable: Polymorphic type "Nothing" not found in model registry',
    expect.stringContaining('Comment.commentable: Polymorphic type "'),
  ]);
}, 30_000);

test("thunks, and statics with declare, in one file", async () => {
  const result = await run(`
    import { connect, disconnect, Model, belongsTo, hasMany } from "baked-orm";
    import { posts, users } from "./db/schema";
    class Post extends Model(posts) {
      static author = Post.belongsTo(() => User, { foreignKey: "userId" });
      declare author: User;
    }
    class User extends Model(users) {
      static posts = User.hasMany(() => Post, { defaultScope: (query) => query.order({ id: "DESC" }) });
      declare posts: Post[];
    }
    await connect();
    const [user] = await User.all().includes("posts");
    const post = await Post.first();
    const author = await post?.load("author");
    console.log(JSON.stringify([user?.posts.map(({ title }) => title), author?.name]));
    await disconnect();`);
  expect(result).toEqual([["two", "one"], "Ann"]);
}, 30_000);

test("a model file with top-level await is told of, and found once it was imported", async () => {
  const result = await run(`
    import { connect, disconnect, Model, hasOne } from "baked-orm";
    import { users } from "./db/schema";
    class User extends Model(users, { profile: hasOne("Profile") }) {}
    await connect();
    const [user] = await User.all();
    const failed = await user?.load("profile").catch((error) => error);
    await import("./models/profile");
    console.log(JSON.stringify([failed?.name, failed?.message, await user?.load("profile")]));
    await disconnect();`);
  expect(result).toEqual([
    "AssociationError",
    expect.stringMatching(
      /profile\.ts uses top-level await, .* Import it where the program starts, or call registerModels\(\{ Profile \}\) there\.$/,
    ),
    null,
  ]);
}, 30_000);
