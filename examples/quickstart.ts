/**
 * The README's quick start, done for real: `bun run demo`. In a temporary folder and on the embedded server it
 * writes two migrations, runs them, reads db/schema.ts, queries models, and hydrates the JSON in a frontend model.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import pc from "picocolors";
import { linkSources } from "../bin/link-sources";

const repository = resolve(import.meta.dir, "..");
const bake = join(repository, "bin/bake");

/** Neither a configured database nor colours of ours may get into the demonstration. */
function environment(): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...process.env, NODE_ENV: "development" };
  for (const name of Object.keys(env)) {
    if (/^(POSTGRES_URL|DATABASE_URL|PGURL|PG[A-Z]+)$/.test(name)) delete env[name];
  }
  return env;
}

const migrations: Readonly<Record<string, string>> = {
  create_users: `import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn\`
    CREATE TABLE users (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name text NOT NULL,
      email text NOT NULL UNIQUE,
      password_digest text,
      created_at timestamptz NOT NULL DEFAULT now()
    )
  \`;
}

export async function down(txn: TransactionSQL) {
  await txn\`DROP TABLE users\`;
}
`,
  create_posts: `import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn\`
    CREATE TABLE posts (
      id serial PRIMARY KEY,
      title text NOT NULL,
      user_id uuid NOT NULL REFERENCES users (id)
    )
  \`;
}

export async function down(txn: TransactionSQL) {
  await txn\`DROP TABLE posts\`;
}
`,
};

const backend: Readonly<Record<string, string>> = {
  "models/user.ts": `import { hasMany, Model } from "baked-orm";
import { users } from "../db/schema";
import type { Post } from "./post";

export class User extends Model(users, { posts: hasMany<Post>("Post") }) {
  static sensitiveFields = ["passwordDigest"];
}
`,
  "models/post.ts": `import { belongsTo, Model } from "baked-orm";
import { posts } from "../db/schema";
import type { User } from "./user";

export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
}) {}
`,
  "app.ts": `import { connect, disconnect } from "baked-orm";
import { Post } from "./models/post";
import { User } from "./models/user";

await connect({ onQuery: ({ text }) => console.error(text) });
const ann = await User.create({ name: "Ann", email: "ann@example.com", passwordDigest: "secret" });
await Post.createMany([
  { title: "Hello", userId: ann.id },
  { title: "World", userId: ann.id },
]);

const user = await User.where({ id: ann.id }).includes("posts").first();
console.log(JSON.stringify(user?.serialize({ include: { posts: { only: ["id", "title"] } } }), null, 2));
await disconnect();
`,
  "frontend/app.ts": `import { FrontendModel, registerModels, validates } from "baked-orm/frontend";
import { posts, users } from "../db/schema";

class User extends FrontendModel(users) {
  static validations = { name: validates("presence") };
  declare posts: Post[];
}
class Post extends FrontendModel(posts) {}
registerModels({ User, Post });

const user = User.fromJSON(JSON.parse(await Bun.stdin.text()));
console.log("user.createdAt        ", user.createdAt.toString());
console.log("user.posts[0]         ", user.posts[0] instanceof Post, user.posts[0]?.title);
user.name = "";
console.log("user.changedAttributes", JSON.stringify(user.changedAttributes()));
console.log("user.isValid()        ", user.isValid(), user.errors.fullMessages());
`,
};

let step = 0;

function heading(text: string): void {
  console.log(`\n${pc.bold(pc.cyan(`${++step}. ${text}`))}`);
}

function show(text: string): void {
  const trimmed = text.trimEnd();
  if (trimmed !== "") console.log(trimmed.replace(/^/gm, "   "));
}

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the project and throws, with all it printed, when it fails. */
async function run(project: string, args: readonly string[], input = ""): Promise<Finished> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: project,
    env: environment(),
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exitCode !== 0)
    throw new Error(`${args.join(" ")} failed (${exitCode}):\n${stdout}${stderr}`);
  return { stdout, stderr };
}

async function runBake(project: string, ...args: readonly string[]): Promise<void> {
  console.log(pc.dim(`   $ bun bake ${args.join(" ")}`));
  const { stdout, stderr } = await run(project, [bake, ...args]);
  show(stderr);
  show(stdout);
}

async function write(project: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
    console.log(pc.dim(`   wrote ${name}`));
  }
}

async function demonstrate(project: string): Promise<void> {
  heading("Two migrations");
  for (const [name, text] of Object.entries(migrations)) {
    await runBake(project, "db", "generate", name);
    const folder = join(project, "db/migrations");
    const file = (await readdir(folder)).find((entry) => entry.endsWith(`.${name}.ts`));
    if (!file) throw new Error(`bake wrote no migration for ${name}.`);
    await writeFile(join(folder, file), text);
  }

  heading("Migrate: PostgreSQL starts by itself, db/schema.ts is written");
  await runBake(project, "db", "migrate", "up");
  await runBake(project, "db", "status");
  const schema = await readFile(join(project, "db/schema.ts"), "utf8");
  show(/export class UsersRow \{[^}]*\}/.exec(schema)?.[0] ?? "");

  heading("Models, as `bake model` writes them, then with their associations");
  await runBake(project, "model", "User");
  await write(project, backend);

  heading("A query with an include: the SQL, and the JSON without the password");
  const { stdout: json, stderr: sql } = await run(project, ["app.ts"]);
  show(pc.dim(sql));
  show(json);

  heading("The same JSON in a frontend model: hydrated, edited, validated");
  const { stdout: frontend } = await run(project, ["frontend/app.ts"], json);
  show(frontend);
}

const started = performance.now();
const project = await mkdtemp(join(tmpdir(), "baked-orm-demo-"));
try {
  // The server's account must be able to reach its data.
  await chmod(project, 0o755);
  linkSources(project);
  await writeFile(join(project, "package.json"), '{ "name": "demo", "type": "module" }\n');
  await demonstrate(project);
} catch (error) {
  console.error(pc.red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
} finally {
  await run(project, [bake, "db", "stop"]).catch(() => {});
  await rm(project, { recursive: true, force: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`\nDone in ${seconds} s; the server is stopped and ${project} is removed.`);
