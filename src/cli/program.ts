/** The words of `bake`. Each command loads its code only when it runs, so that every command starts fast. */
import { type Command, createCommand } from "commander";
import packageJson from "../../package.json";
import { parseCount } from "./arguments";
import { describeCommand, describeGroup, inheritVoice, listEverything } from "./usage";

/** Told the exit code of a command that ran to its end. */
type Finish = (exitCode: number) => void;

/** The whole command line. */
export function createProgram(finish: Finish): Command {
  const program = inheritVoice(createCommand("bake"))
    .description("Migrations, typed schema and models for PostgreSQL")
    .version(packageJson.version, "-v, --version", "print the version");
  const db = program.command("db").description("the database, its migrations and db/schema.ts");
  addDatabase(db, finish);
  addMigrations(db, finish);
  addLocal(db, finish);
  const sql = program.command("sql").description("the SQL that the application writes itself");
  addSql(sql, finish);
  addModels(program, finish);
  program.addHelpText(
    "after",
    "\nExit codes: 0 done; 1 refused, failed, or the answer of a check is no; 2 a defect of bake.",
  );
  listEverything(program);
  describeGroup(program, "<namespace> <command> [options]");
  describeGroup(db, "<command> [options]");
  describeGroup(sql, "<command> [options]");
  return program;
}

function addDatabase(db: Command, finish: Finish): void {
  describeCommand(db.command("init"), "", "bake db init")
    .description("write baked.config.ts")
    .action(async () => finish(await (await import("./commands/init")).init()));
  describeCommand(
    db.command("create"),
    "[database_name]",
    "bake db create",
    "bake db create myapp_test",
  )
    .argument("[database_name]", "default: the configured database")
    .description("create the database")
    .action(async (name) => finish(await (await import("./commands/create")).create(name)));
  describeCommand(
    db.command("drop"),
    "[database_name] [--yes] [--force]",
    "bake db drop",
    "bake db drop myapp_test --force",
  )
    .argument("[database_name]", "default: the configured database, after a question")
    .option("-y, --yes", "do not ask; needed in production")
    .option("--force", "end other sessions on the database")
    .description("drop the database")
    .action(async (name, options) =>
      finish(await (await import("./commands/drop")).drop(name, options)),
    );
  describeCommand(db.command("reset"), "[--yes] [--force]", "bake db reset --yes")
    .option("-y, --yes", "do not ask; needed in production")
    .option("--force", "end other sessions on the database")
    .description("drop, create, migrate and seed the database")
    .action(async (options) => finish(await (await import("./commands/reset")).reset(options)));
  describeCommand(db.command("seed"), "", "bake db seed")
    .description("run db/seeds.ts")
    .action(async () => finish(await (await import("./commands/seed")).seed()));
}

function addMigrations(db: Command, finish: Finish): void {
  describeCommand(
    db.command("generate"),
    "<migration_name>",
    "bake db generate create_users",
    "bake db generate create_enum_status",
    "bake db generate soft_delete_posts",
  )
    .argument("<migration_name>", "its prefix chooses the template")
    .description("write a new migration")
    .action(async (name) => finish(await (await import("./commands/generate")).generate(name)));
  describeCommand(
    db.command("migrate"),
    "<up|down> [--count=N]",
    "bake db migrate up",
    "bake db migrate up --count=1",
    "bake db migrate down --count=3",
  )
    .argument("<up|down>", "apply pending migrations, or roll back the last")
    .option("--count <N>", "how many (default: up all, down 1)", parseCount)
    .description("apply or roll back migrations")
    .action(async (direction, options) =>
      finish(await (await import("./commands/migrate")).migrate(direction, options)),
    );
  describeCommand(
    db.command("rollback"),
    "[--count=N]",
    "bake db rollback",
    "bake db rollback --count=2",
  )
    .option("--count <N>", "how many (default: 1)", parseCount)
    .description("the same as migrate down")
    .action(async (options) =>
      finish(await (await import("./commands/migrate")).migrate("down", options)),
    );
  describeCommand(db.command("redo"), "[--count=N]", "bake db redo", "bake db redo --count=2")
    .option("--count <N>", "how many (default: 1)", parseCount)
    .description("roll back the last migrations and apply them again")
    .action(async (options) =>
      finish(await (await import("./commands/migrate")).migrate("redo", options)),
    );
  describeCommand(db.command("status"), "[--json]", "bake db status", "bake db status --json")
    .option("--json", "print JSON")
    .description("list applied and pending migrations")
    .action(async (options) => finish(await (await import("./commands/status")).status(options)));
  describeCommand(db.command("schema"), "[--check]", "bake db schema", "bake db schema --check")
    .option("--check", "write nothing; exit 1 with a diff when the file is out of date")
    .description("write db/schema.ts from the database")
    .action(async (options) => finish(await (await import("./commands/schema")).schema(options)));
}

function addLocal(db: Command, finish: Finish): void {
  describeCommand(db.command("start"), "", "bake db start")
    .description("start the embedded PostgreSQL of this project")
    .action(async () => finish(await (await import("./commands/local")).start()));
  describeCommand(db.command("stop"), "", "bake db stop")
    .description("stop the embedded PostgreSQL of this project")
    .action(async () => finish(await (await import("./commands/local")).stop()));
  describeCommand(db.command("url"), "", "psql $(bake db url)")
    .description("print the URL of the database, with its password")
    .action(async () => finish(await (await import("./commands/local")).url()));
}

function addSql(sql: Command, finish: Finish): void {
  describeCommand(
    sql.command("check"),
    "[--write] [--json]",
    "bake sql check",
    "bake sql check --write",
    "bake sql check --project apps/api/tsconfig.json --json",
  )
    .option("--write", "write the rows of sql.typed() statements (default: fail when out of date)")
    .option("--json", "print JSON")
    .option("--verbose", "list what is right, and every fragment that is not checked")
    .option("--project <tsconfig>", "the files to check (default: tsconfig.json)")
    .description("check every sql`...` statement against the database, without running it")
    .action(async (options) =>
      finish(await (await import("./commands/sql-check")).sqlCheck(options)),
    );
}

function addModels(program: Command, finish: Finish): void {
  describeCommand(
    program.command("model"),
    "<Name> [options]",
    "bake model BlogPost",
    "bake model User --table user_accounts --no-frontend",
  )
    .argument("<Name>", "the class, in the singular")
    .option("--table <name>", "its table (default: the plural of the name)")
    .option("--backend <path>", "folder of the backend model")
    .option("--frontend <path>", "folder of the frontend model")
    .option("--no-backend", "write no backend model")
    .option("--no-frontend", "write no frontend model")
    .option("--force", "overwrite existing files")
    .description("write a model, with the associations that its foreign keys tell")
    .action(async (name, options) =>
      finish(await (await import("./commands/model")).model(name, options)),
    );
  describeCommand(program.command("console"), "", "bake console")
    .description("a prompt with the models loaded and the database connected")
    .action(async () => finish(await (await import("./commands/console")).runConsole()));
}
