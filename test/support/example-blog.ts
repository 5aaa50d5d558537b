/** The example application as a test runs it: its API on a database of its own, its page bundled by Bun. */
import { afterAll, beforeAll, beforeEach } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { answerError, api } from "../../examples/blog/api";
import seeds from "../../examples/blog/db/seeds";
import { Author } from "../../examples/blog/models/author";
import { Comment } from "../../examples/blog/models/comment";
import { Post } from "../../examples/blog/models/post";
import { connect, disconnect, registerModels } from "../../src/index";
import { asset } from "./browser";
import { createDatabase, type TestDatabase } from "./database";

const folder = join(import.meta.dir, "../../examples/blog");

/** Its page as files by path, minified, with the page itself at "/". */
async function buildPage(): Promise<Map<string, Response>> {
  const built = await Bun.build({
    entrypoints: [join(folder, "frontend/index.html")],
    target: "browser",
    minify: true,
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return new Map(
    built.outputs.map((file) => {
      const name = basename(file.path);
      return [name === "index.html" ? "/" : `/${name}`, asset(file, file.type)];
    }),
  );
}

/** Registers hooks; gives the address of the running blog. The posts are as the seeds made them in each test. */
export function exampleBlog() {
  let database: TestDatabase;
  let server: Bun.Server<undefined>;
  beforeAll(async () => {
    database = await createDatabase();
    const migrations = join(folder, "db/migrations");
    for (const file of readdirSync(migrations).sort()) {
      const { up } = await import(join(migrations, file));
      await database.sql.begin(up);
    }
    await connect(database.url);
    // The registry is shared by all test files of a process.
    registerModels({ Author, Post, Comment });
    const page = await buildPage();
    server = Bun.serve({
      port: 0,
      routes: api,
      error: answerError,
      fetch: ({ url }) =>
        page.get(new URL(url).pathname)?.clone() ?? new Response("Not found", { status: 404 }),
    });
  });
  beforeEach(async () => {
    await database.sql`TRUNCATE authors, posts, comments RESTART IDENTITY`;
    await seeds();
  });
  afterAll(async () => {
    await server.stop(true);
    await disconnect();
    await database.drop();
  });
  return {
    get url() {
      return server.url.href;
    },
  };
}
