/** `bake model` and `bake console`, as processes. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { repository, runBake, runBun, temporaryProject } from "../support/cli";
import { createDatabase } from "../support/database";

const tables = `
export async function up(txn) {
  await txn\`
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE profiles (id int PRIMARY KEY, user_id int NOT NULL UNIQUE REFERENCES users);
    CREATE TABLE categories (id int PRIMARY KEY, parent_id int REFERENCES categories);
    CREATE TABLE blog_posts (
      id int PRIMARY KEY, author_id int NOT NULL REFERENCES users, editor_id int REFERENCES users,
      category_id int REFERENCES categories);
    CREATE TABLE people (id int PRIMARY KEY);
    CREATE TABLE tag (id int PRIMARY KEY, label text NOT NULL);
    CREATE TABLE blog_post_tags (
      blog_post_id int REFERENCES blog_posts, tag_id int REFERENCES tag, PRIMARY KEY (tag_id, blog_post_id));
    CREATE TABLE "odd table" (id int PRIMARY KEY);
    INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob');
    INSERT INTO blog_posts VALUES (10, 1, 2, NULL), (11, 1, NULL, NULL);
    INSERT INTO tag VALUES (5, 'blue');
    INSERT INTO blog_post_tags VALUES (10, 5)\`;
}
export async function down() {}
`;

test("models with associations: they type-check, load, and answer in the console", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject({
    "db/migrations/20250101000001.tables.ts": tables,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        target: "ESNext",
        module: "Preserve",
        moduleResolution: "bundler",
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: true,
        noEmit: true,
        types: ["bun"],
        typeRoots: [join(repository, "node_modules/@types")],
        paths: {
          "baked-orm": [join(repository, "src/index.ts")],
          "baked-orm/frontend": [join(repository, "src/frontend/index.ts")],
        },
      },
      include: ["models", "frontend", "use.ts"],
    }),
    "use.ts": `import { User } from "./models/user";
const [post] = await (await User.find(1)).load("authorBlogPosts");
const author: User | null | undefined = await post?.load("author");
const tags: { label: string }[] | undefined = await post?.load("tags");
export default [author, tags];`,
  });
  const cwd = project.directory;
  const env = { DATABASE_URL: database.url };
  const bake = (...words: string[]) => runBake(words, { cwd, env });
  expect(await bake("db", "migrate", "up")).toMatchObject({ exitCode: 0 });

  const user = await bake("model", "User");
  expect(user).toMatchObject({
    exitCode: 0,
    stdout: "Created models/user.ts\nCreated frontend/models/user.ts\n",
  });
  expect(user.stderr).toContain("models/blog_post.ts does not exist yet: bake model BlogPost");
  expect(project.read("models/user.ts")).toBe(`import { hasMany, hasOne, Model } from "baked-orm";
import { users } from "../db/schema";
import type { BlogPost } from "./blog_post";
import type { Profile } from "./profile";

export class User extends Model(users, {
  authorBlogPosts: hasMany<BlogPost>("BlogPost", { foreignKey: "authorId" }),
  editorBlogPosts: hasMany<BlogPost>("BlogPost", { foreignKey: "editorId" }),
  profile: hasOne<Profile>("Profile"),
}) {}
`);
  expect(
    project.read("frontend/models/user.ts"),
  ).toBe(`import { FrontendModel } from "baked-orm/frontend";
import { users } from "../../db/schema";

export class User extends FrontendModel(users) {}
`);
  const others = ["Category", "profile", "Person", "BlogPost", "BlogPostTag", "Tag"];
  const written = await Promise.all(others.map((name) => bake("model", name)));
  expect(written.map(({ exitCode }) => exitCode)).toEqual(others.map(() => 0));
  expect(await bake("model", "Odd", "--table", "odd table", "--no-frontend")).toMatchObject({
    exitCode: 0,
    stdout: "Created models/odd.ts\n",
  });
  expect(project.read("models/blog_post.ts")).toContain(
    'tags: hasManyThrough<Tag>("Tag", { through: "blogPostTags" }),',
  );
  // There is no table "tags", but one in the singular.
  expect(project.read("models/tag.ts")).toContain("extends Model(tag, {");
  expect(project.read("models/person.ts")).toContain("extends Model(people)");
  expect(project.read("models/category.ts")).toContain(
    `parent: belongsTo<Category>("Category"),\n  blogPosts: hasMany<BlogPost>("BlogPost"),\n  children: hasMany<Category>("Category", { foreignKey: "parentId" }),`,
  );

  const tsc = join(repository, "node_modules/.bin/tsc");
  const [checked, answers, script] = await Promise.all([
    runBun([tsc, "-p", cwd], { cwd }),
    runBake(["console"], {
      cwd,
      env,
      stdin: `const ann = await User.find(1)
ann.name
const posts = await ann.load("authorBlogPosts")
posts.map((post) => post.id)
(await posts[0]!.load("editor"))?.name
(await posts[0]!.load("tags")).map((tag) => tag.label)
await User.find(99)
await transaction(async () => (
  await User.count()
))
.exit
1 + 1
`,
    }),
    runBake(["console"], { cwd, env, stdin: "await BlogPost.count()" }),
  ]);
  expect(checked).toMatchObject({ stdout: "", exitCode: 0 });
  expect(answers.exitCode).toBe(0);
  expect(answers.stderr).toContain(`Connected to ${database.name} (DATABASE_URL).`);
  expect(answers.stderr).toContain(
    "Models: BlogPost, BlogPostTag, Category, Odd, Person, Profile, Tag, User",
  );
  expect(answers.stderr).toContain("Uncaught RecordNotFoundError: User with primary key 99");
  const lines = answers.stdout.split("\n");
  for (const line of ['"Ann"', "[ 10, 11 ]", '"Bob"', '[ "blue" ]', "2"])
    expect(lines).toContain(line);
  expect(script).toMatchObject({ exitCode: 0, stdout: "2\n" });
});

describe("bake model", () => {
  test("never overwrites without --force, and writes all or nothing", async () => {
    await using project = temporaryProject({ "models/user.ts": "// mine" });
    const cwd = project.directory;
    const refused = await runBake(["model", "User"], { cwd });
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("models/user.ts already exists; nothing was written.");
    expect(project.read("models/user.ts")).toBe("// mine");
    expect(existsSync(join(cwd, "frontend"))).toBe(false);
    expect(await runBake(["model", "User", "--force"], { cwd })).toMatchObject({ exitCode: 0 });
    expect(project.read("models/user.ts")).toContain("class User");
  });

  test("folders, one side only, and a table of another name", async () => {
    await using project = temporaryProject({
      "baked.config.ts": `export default { modelsPath: "app/models", schemaPath: "app/schema.ts" };`,
    });
    const cwd = project.directory;
    const only = await runBake(["model", "HTMLParser", "--no-frontend", "--table", "parsers"], {
      cwd,
    });
    expect(only).toMatchObject({ exitCode: 0, stdout: "Created app/models/html_parser.ts\n" });
    expect(only.stderr).toContain("app/schema.ts does not exist yet");
    expect(project.read("app/models/html_parser.ts")).toContain(
      `import { parsers } from "../schema";`,
    );
    const elsewhere = ["--backend", "server", "--frontend", "client/deep"];
    const both = await runBake(["model", "Status", ...elsewhere], { cwd });
    expect(both.stdout).toBe("Created server/status.ts\nCreated client/deep/status.ts\n");
    expect(project.read("client/deep/status.ts")).toContain(
      `import { statuses } from "../../app/schema";`,
    );
    const neither = await runBake(["model", "X", "--no-frontend", "--no-backend"], { cwd });
    expect(neither).toMatchObject({ exitCode: 1 });
    expect(neither.stderr).toContain("Cannot use both --no-backend and --no-frontend");
  });

  test("names that are paths or code are refused, and write nothing", async () => {
    await using project = temporaryProject();
    const cwd = project.directory;
    const attempts = [
      ["../evil"],
      ["a/b"],
      ["User;drop"],
      ["1User"],
      ["Model"],
      ["User", "--table", "x } from 'y'; //"],
    ];
    for (const words of attempts) {
      const { exitCode, stdout, stderr } = await runBake(["model", ...words], { cwd });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(/cannot/);
    }
    expect(readdirSync(cwd)).toEqual(["node_modules"]);
    expect(existsSync(join(cwd, "..", "evil.ts"))).toBe(false);
  });
});
