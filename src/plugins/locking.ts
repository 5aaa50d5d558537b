/** Pessimistic locking: row locks for queries and records, only where a transaction holds them. */
import {
  definePlugin,
  didYouMean,
  type LockClause,
  QueryError,
  readAgain,
  recursiveError,
  requireClean,
  TransactionError,
  transaction,
} from "../plugin";

/** What lock() takes: how strong, and what to do when somebody else holds the row. */
export type LockMode =
  | `FOR ${LockClause["strength"]}`
  | `FOR ${LockClause["strength"]} ${NonNullable<LockClause["wait"]>}`;

declare module "../plugin" {
  interface QueryBuilder<Row> {
    /**
     * Locks the rows until the transaction ends. Throws QueryError for an unknown mode; running the query
     * outside transaction() throws TransactionError.
     * @example
     * Job.where({ status: "pending" }).lock("FOR UPDATE SKIP LOCKED").limit(10)
     */
    lock(mode?: LockMode): this;
  }
  interface BaseModel {
    /**
     * Locks the record's row until the transaction ends, and reads it again. Throws QueryError for unsaved
     * changes, RecordNotFoundError when the row is gone, TransactionError outside transaction().
     */
    lock(mode?: LockMode): Promise<void>;
    /**
     * Opens a transaction, locks the record's row and runs the callback; gives its result.
     * @example
     * await account.withLock(async (account) => { account.balance -= 100; await account.save(); })
     */
    withLock<Result>(
      callback: (record: this) => Promise<Result> | Result,
      mode?: LockMode,
    ): Promise<Result>;
  }
}

const strengths = ["UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"] as const;
const waits = ["NOWAIT", "SKIP LOCKED"] as const;

/** The twelve modes, each with its clause: no text of the application reaches the statement. */
const modes: ReadonlyMap<unknown, LockClause> = new Map(
  strengths.flatMap((strength): [string, LockClause][] => [
    [`FOR ${strength}`, { strength }],
    ...waits.map((wait): [string, LockClause] => [`FOR ${strength} ${wait}`, { strength, wait }]),
  ]),
);

function parseMode(mode: unknown): LockClause {
  const clause = modes.get(mode);
  if (clause) return clause;
  const known = [...modes.keys()].map(String);
  throw new QueryError(
    `lock() does not know the mode ${JSON.stringify(mode)}.${didYouMean(String(mode), known)} Modes: ${known.join(", ")}.`,
  );
}

function lockRecord(record: object, mode: LockMode): Promise<void> {
  requireClean(record, "lock");
  const lock = parseMode(mode);
  return readAgain(record, (select) => ({ ...select, lock }), "lock");
}

/** Terminals that only look at the statement. */
const dry: ReadonlySet<string> = new Set(["toSQL", "explain", "subquery"]);

definePlugin({
  name: "locking",
  queryBuilder: {
    lock(mode: LockMode = "FOR UPDATE") {
      const clause = parseMode(mode);
      const { source, statement } = this.state;
      if (statement.with?.recursive) throw recursiveError("lock()");
      const { name, alias } = source.from;
      return this.with((select) => ({ ...select, lock: { ...clause, of: [alias ?? name] } }));
    },
  },
  instance: {
    async lock(mode: LockMode = "FOR UPDATE") {
      await lockRecord(this, mode);
    },
    async withLock(
      callback: (record: object) => unknown,
      mode: LockMode = "FOR UPDATE",
    ): Promise<unknown> {
      requireClean(this, "lock");
      parseMode(mode);
      return await transaction(async () => {
        await lockRecord(this, mode);
        return await callback(this);
      });
    },
  },
  guard(_statement, { locks, inTransaction, terminal }) {
    if (!locks || inTransaction || dry.has(terminal)) return;
    throw new TransactionError(
      "lock() requires a transaction — a locked row without a transaction boundary releases immediately. Wrap your query in transaction()",
    );
  },
});
