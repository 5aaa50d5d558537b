/** Connections, transactions, locks, errors, configuration and migrations. Checked by tsc. */
import { expectTypeOf } from "bun:test";
import {
  afterCommit,
  BakedError,
  type ClassOf,
  ConfigurationError,
  type ConnectionError,
  type ConnectOptions,
  connect,
  Database,
  type DatabaseConfig,
  defineConfig,
  disconnect,
  type ForeignKeyViolationError,
  isInTransaction,
  type LockMode,
  type Migration,
  openDatabase,
  type QueryError,
  type QueryLogEntry,
  type QueryLogger,
  type RecordNotFoundError,
  registerModels,
  type SchemaDefinition,
  type TableDefinition,
  type TimeoutError,
  type TransactionOptions,
  transaction,
  UniqueViolationError,
  ValidationError,
} from "baked-orm";
import schema, { users } from "../../db/schema";
import { Post, User } from "./models";

export async function connections(entry: QueryLogEntry) {
  expectTypeOf(connect()).resolves.toBeVoid();
  expectTypeOf(connect("postgres://localhost/x", { max: 5 })).resolves.toBeVoid();
  expectTypeOf(connect({ onQuery: ({ text }) => void text.length })).resolves.toBeVoid();
  expectTypeOf(disconnect()).resolves.toBeVoid();
  expectTypeOf(openDatabase("postgres://localhost/x")).resolves.toEqualTypeOf<Database>();
  expectTypeOf(Database.run(await openDatabase(), () => User.count())).resolves.toBeNumber();
  expectTypeOf(entry.values).toEqualTypeOf<readonly unknown[] | undefined>();
  expectTypeOf(entry.durationMs).toBeNumber();
  expectTypeOf<Parameters<QueryLogger>>().toEqualTypeOf<[QueryLogEntry]>();
  expectTypeOf<ConnectOptions["max"]>().toEqualTypeOf<number | undefined>();

  // @ts-expect-error there is no such option
  await connect({ maxx: 5 });
  // @ts-expect-error a number
  await connect({ max: "5" });
  // @ts-expect-error an entry has no such field
  await connect({ onQuery: ({ sql }) => sql });
  // @ts-expect-error an entry is read
  entry.text = "x";
}

export async function transactions() {
  expectTypeOf(transaction(async () => 1)).resolves.toBeNumber();
  expectTypeOf(transaction(() => "x")).resolves.toBeString();
  expectTypeOf(
    transaction({ isolation: "serializable", retries: 3, readOnly: true }, () => User.first()),
  ).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(isInTransaction()).toBeBoolean();
  expectTypeOf(afterCommit(() => {})).resolves.toBeVoid();
  expectTypeOf<TransactionOptions["isolation"]>().toEqualTypeOf<
    "read committed" | "repeatable read" | "serializable" | undefined
  >();
  // @ts-expect-error there is no such level
  await transaction({ isolation: "chaos" }, () => 1);
  // @ts-expect-error there is no such option
  await transaction({ retry: 3 }, () => 1);
  // @ts-expect-error the callback is missing
  await transaction({ retries: 3 });
}

export async function locks(user: User, post: Post) {
  expectTypeOf(user.lock()).resolves.toBeVoid();
  expectTypeOf(user.lock("FOR UPDATE NOWAIT")).resolves.toBeVoid();
  expectTypeOf(user.withLock((locked) => locked.greet())).resolves.toBeString();
  expectTypeOf(user.withLock(async (locked) => locked, "FOR SHARE")).resolves.toEqualTypeOf<User>();
  expectTypeOf(
    User.where({ id: 1 }).lock("FOR KEY SHARE SKIP LOCKED").first(),
  ).resolves.toEqualTypeOf<User | null>();
  expectTypeOf<"FOR NO KEY UPDATE">().toExtend<LockMode>();
  expectTypeOf(post.discard()).resolves.toBeVoid();
  expectTypeOf(post.isKept).toBeBoolean();
  expectTypeOf(Post.discarded().undiscardAll()).resolves.toBeNumber();
  // @ts-expect-error there is no such mode
  await user.lock("FOR READING");
  // @ts-expect-error SQL is no mode
  User.all().lock("FOR UPDATE; DROP TABLE users");
  // @ts-expect-error there is no such mode
  await user.withLock(() => 1, "NOWAIT");
  // @ts-expect-error a getter of the plugin
  post.isDiscarded = true;
  // @ts-expect-error a query says which rows
  await Post.discardAll();
}

export function failures(error: unknown) {
  if (error instanceof ValidationError) {
    expectTypeOf(error.errors.get("email")).toEqualTypeOf<string[]>();
    expectTypeOf(error.errors.toJSON()).toExtend<Record<string, string[]>>();
  } else if (error instanceof UniqueViolationError) {
    expectTypeOf(error.constraint).toEqualTypeOf<string | undefined>();
    expectTypeOf(error.values).toEqualTypeOf<readonly unknown[] | undefined>();
  } else if (error instanceof BakedError) {
    expectTypeOf(error.code).toBeString();
    expectTypeOf(error.hint).toEqualTypeOf<string | undefined>();
    // @ts-expect-error only errors of statements have it
    error.sql;
    // @ts-expect-error a code is read
    error.code = "X";
  }
  expectTypeOf<UniqueViolationError>().toExtend<QueryError>();
  expectTypeOf<ForeignKeyViolationError>().toExtend<QueryError>();
  expectTypeOf<TimeoutError>().toExtend<ConnectionError>();
  expectTypeOf<RecordNotFoundError>().toExtend<BakedError>();
  expectTypeOf<TimeoutError["code"]>().toEqualTypeOf<"TIMEOUT">();
  expectTypeOf(new ConfigurationError("x", { hint: "y" })).toExtend<Error>();
  // @ts-expect-error a message is text
  new ConfigurationError(1);
}

export const config = defineConfig({
  database: { hostname: "localhost", max: 20, idleTimeout: 30 },
  schemas: ["public"],
  onQuery: (entry) => expectTypeOf(entry).toEqualTypeOf<QueryLogEntry>(),
});
expectTypeOf<DatabaseConfig["pooler"]>().toEqualTypeOf<"transaction" | undefined>();
// @ts-expect-error there is no such entry
defineConfig({ modelPath: "x" });
// @ts-expect-error a list
defineConfig({ schemas: "public" });
// @ts-expect-error there is no such pooler
defineConfig({ database: { pooler: "session" } });

expectTypeOf(schema).toExtend<SchemaDefinition>();
expectTypeOf(users).toExtend<TableDefinition>();
expectTypeOf(users.primaryKey).toEqualTypeOf<readonly ["id"]>();
expectTypeOf(users.columns.email.type).toEqualTypeOf<"text">();
expectTypeOf<keyof Migration>().toEqualTypeOf<"version" | "name" | "file">();
expectTypeOf(User.tableName).toBeString();
expectTypeOf(User.primaryKeyField).toBeString();
expectTypeOf(User).toExtend<ClassOf<User>>();
expectTypeOf(registerModels({ User, Post })).toBeVoid();
// @ts-expect-error an object of classes
registerModels([User]);
// @ts-expect-error a model, not a function
registerModels({ User: () => User });
// @ts-expect-error the name of a table is read
User.tableName = "x";
