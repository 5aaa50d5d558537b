/** The `txn` that a migration gets: Bun's, with every query remembered, so that a forgotten `await` is noticed. */
import type { TransactionSQL } from "bun";
import { MigrationError } from "../errors";
import { normalizeSql, splitStatements } from "../sql/split";

/** Lazy, as Bun's queries are: nothing runs before it is awaited. */
interface TrackedQuery {
  readonly text: string;
  /** Undefined while it has not finished. */
  outcome(): { error: unknown } | "done" | undefined;
}

/** What `wrap` may be given to run statements itself, for files without a transaction. */
export type StatementRunner = (text: string) => PromiseLike<unknown> | undefined;

/** Remembers the queries of one migration. */
export class QueryTracker {
  #queries = new Map<unknown, TrackedQuery>();
  #rows = 0;
  // Bun prepares each text once; after DDL the server refuses an old plan whose columns have changed, and in a
  // transaction that is fatal. A comment makes it another text.
  #generation = 0;

  /** A stand-in for `client` whose queries are remembered, those of its savepoints included. */
  wrap<T extends TransactionSQL | Bun.ReservedSQL>(client: T, run?: StatementRunner): T {
    return new Proxy(client, {
      apply: (target, _self, parameters: unknown[]) => this.#tagged(target, parameters, run),
      get: (target, property) => this.#member(target, property, run),
    });
  }

  /** The texts of queries that never ran or have not finished. */
  pending(): string[] {
    return [...this.#queries.values()]
      .filter((query) => query.outcome() === undefined)
      .map(({ text }) => text);
  }

  /** The text of the query that failed with `error`; without an argument, of any that failed. */
  failed(error?: unknown): string | undefined {
    for (const query of this.#queries.values()) {
      const outcome = query.outcome();
      if (typeof outcome !== "object") continue;
      if (error === undefined || outcome.error === error) return query.text;
    }
    return undefined;
  }

  #tagged(client: TransactionSQL | Bun.ReservedSQL, parameters: unknown[], run?: StatementRunner) {
    const [strings, ...values] = parameters;
    // txn(rows) and txn("name") are helpers that stand inside a query.
    if (!isTemplate(strings)) return Reflect.apply(client, undefined, parameters);
    const text = strings.reduce((sql, part, index) => `${sql}$${index}${part}`);
    // A query that stands inside another one is a fragment and runs with it.
    for (const value of values) this.#queries.delete(value);
    if (values.length === 0) {
      const own = this.#script(client, text, run);
      if (own) return own;
    }
    return this.#remember(client(this.#fresh(strings, text), ...values), text);
  }

  /** Several statements in one text, which the prepared protocol refuses, or a text the runner takes over. */
  #script(client: TransactionSQL | Bun.ReservedSQL, text: string, run?: StatementRunner) {
    this.#check(text);
    const own = run?.(text);
    if (own) return this.#remember(own, text);
    if (splitStatements(text).length < 2) return undefined;
    this.#generation++;
    return this.#remember(client.unsafe(text), text);
  }

  #member(
    client: TransactionSQL | Bun.ReservedSQL,
    property: string | symbol,
    run?: StatementRunner,
  ) {
    const value: unknown = Reflect.get(client, property, client);
    if (typeof value !== "function") return value;
    if (property === "unsafe") {
      return (text: string, values?: unknown[]) => {
        const own = values?.length ? undefined : this.#script(client, text, run);
        return own ?? this.#remember(Reflect.apply(value, client, [text, values]), text);
      };
    }
    if (property === "file") {
      return (path: string, values?: unknown[]) =>
        this.#remember(Reflect.apply(value, client, [path, values]), `file ${path}`);
    }
    if (property === "savepoint" || property === "begin" || property === "transaction") {
      return (...parameters: unknown[]) =>
        Reflect.apply(
          value,
          client,
          parameters.map((item) => this.#inner(item)),
        );
    }
    return value.bind(client);
  }

  /** Callbacks of savepoint() and begin() get a tracked client as well. */
  #inner(parameter: unknown): unknown {
    if (typeof parameter !== "function") return parameter;
    return (client: TransactionSQL) => parameter(this.wrap(client));
  }

  #fresh(strings: TemplateStringsArray, text: string): TemplateStringsArray {
    this.#check(text);
    const isQuery = /^\s*(select|with|values|table|insert|update|delete|merge)\b/i.test(text);
    if (!isQuery) this.#generation++;
    if (!isQuery || this.#generation === 0) return strings;
    const parts = [...strings];
    parts.push(`${parts.pop()}\n/* ${this.#generation} */`);
    // Bun takes only what looks like a real template object: `raw` must not be enumerable.
    const template: unknown = Object.defineProperty(parts, "raw", { value: parts });
    return isTemplate(template) ? template : strings;
  }

  /** Ending the transaction by hand would separate the migration from its row in schema_migrations. */
  #check(text: string): void {
    const [verb] = /^(begin|start transaction|commit|end|abort|rollback(?! to))\b/i.exec(
      normalizeSql(text),
    ) ?? [undefined];
    if (verb === undefined) return;
    throw new MigrationError(`A migration must not send ${verb.toUpperCase()} itself.`, {
      hint: "Each migration has a transaction; `export const transaction = false` runs a file without one, and txn.begin() opens one there.",
    });
  }

  #remember(query: unknown, text: string): unknown {
    // Loops may run thousands; those that are done need no memory of their rows.
    if (++this.#rows % 500 === 0) {
      for (const [key, known] of this.#queries) {
        if (known.outcome() === "done") this.#queries.delete(key);
      }
    }
    if (query instanceof Promise) {
      this.#queries.set(query, { text: shorten(text), outcome: () => outcomeOf(query) });
    } else if (query instanceof LazyRun) {
      this.#queries.set(query, { text: shorten(text), outcome: () => query.outcome });
    }
    return query;
  }
}

function outcomeOf(query: Promise<unknown>): ReturnType<TrackedQuery["outcome"]> {
  const status = Bun.peek.status(query);
  if (status === "pending") return undefined;
  return status === "rejected" ? { error: Bun.peek(query) } : "done";
}

/** A query of ours that behaves like Bun's: it runs when it is awaited, and once. */
export class LazyRun implements PromiseLike<unknown> {
  outcome: ReturnType<TrackedQuery["outcome"]>;
  #promise: Promise<unknown> | undefined;
  readonly #run: () => Promise<unknown>;

  constructor(run: () => Promise<unknown>) {
    this.#run = run;
  }

  execute(): this {
    this.#promise ??= this.#start();
    // Whoever awaits it gets the error; until then it must not count as unhandled.
    this.#promise.catch(() => {});
    return this;
  }

  simple(): this {
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: a query is awaited.
  then<A, B>(
    done?: ((value: unknown) => A | PromiseLike<A>) | null,
    failed?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??= this.#start();
    return this.#promise.then(done, failed);
  }

  catch<B>(failed: (error: unknown) => B | PromiseLike<B>): Promise<unknown> {
    return this.then(undefined, failed);
  }

  finally(done: () => void): Promise<unknown> {
    this.#promise ??= this.#start();
    return this.#promise.finally(done);
  }

  async #start(): Promise<unknown> {
    try {
      const result = await this.#run();
      this.outcome = "done";
      return result;
    } catch (error) {
      this.outcome = { error };
      throw error;
    }
  }
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && "raw" in value;
}

function shorten(text: string): string {
  const short = normalizeSql(text);
  return short.length > 200 ? `${short.slice(0, 197)}...` : short;
}
