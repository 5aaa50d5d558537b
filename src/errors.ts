/**
 * Every error of the library, grouped by what the caller can do about it.
 * Imports nothing; safe in the browser.
 */

/** Options shared by all errors: `cause` is what was caught, `hint` is one sentence on the remedy. */
export interface BakedErrorOptions {
  cause?: unknown;
  hint?: string | undefined;
}

/** Root of all errors thrown by baked-orm; `code` is stable across releases. */
export class BakedError extends Error {
  readonly code: string = "BAKED";
  declare readonly hint: string | undefined;

  constructor(message: string, options: BakedErrorOptions = {}) {
    super(options.hint ? `${message} ${options.hint}` : message, options);
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The config file, an environment variable or a model declaration is wrong. */
export class ConfigurationError extends BakedError {
  override readonly code: string = "CONFIGURATION";
}

/** A migration, or the folder of migrations, is wrong; nothing of the named migration was kept. */
export class MigrationError extends BakedError {
  override readonly code = "MIGRATION";
}

/** The server could not be reached, refused the login, or the connection was lost. */
export class ConnectionError extends BakedError {
  override readonly code: string = "CONNECTION";
}

/** No connection became free, or no answer came, within the time allowed. */
export class TimeoutError extends ConnectionError {
  override readonly code = "TIMEOUT";
}

/** The connection broke while COMMIT was unanswered: the transaction may or may not have been kept. */
export class CommitOutcomeUnknownError extends ConnectionError {
  override readonly code = "COMMIT_OUTCOME_UNKNOWN";
}

/** A transaction was used wrongly, for example after its scope had closed. */
export class TransactionError extends BakedError {
  override readonly code: string = "TRANSACTION";
}

/** What is known of the statement that failed. `values` are already masked by column. */
export interface QueryErrorDetails extends BakedErrorOptions {
  sql?: string | undefined;
  values?: readonly unknown[] | undefined;
  sqlState?: string | undefined;
  detail?: string | undefined;
  constraint?: string | undefined;
  table?: string | undefined;
  column?: string | undefined;
}

/** A query could not be built, or the server refused it. */
export class QueryError extends BakedError {
  override readonly code: string = "QUERY";
  /** The statement as it was sent; undefined when it was refused before compilation. */
  readonly sql: string | undefined;
  /** The bound values, those of sensitive columns masked. */
  readonly values: readonly unknown[] | undefined;
  /** PostgreSQL's five-character error code. */
  readonly sqlState: string | undefined;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;

  constructor(message: string, details: QueryErrorDetails = {}) {
    super(message, details);
    this.sql = details.sql;
    this.values = details.values;
    this.sqlState = details.sqlState;
    this.detail = details.detail;
    this.constraint = details.constraint;
    this.table = details.table;
    this.column = details.column;
  }
}

/** A constraint of the database refused the row; subclasses say which kind. */
export class ConstraintViolationError extends QueryError {
  override readonly code: string = "CONSTRAINT_VIOLATION";
}

/** SQLSTATE 23505: another row has the same key. */
export class UniqueViolationError extends ConstraintViolationError {
  override readonly code = "UNIQUE_VIOLATION";
}

/** SQLSTATE 23503: the row refers to one that is missing, or is still referred to. */
export class ForeignKeyViolationError extends ConstraintViolationError {
  override readonly code = "FOREIGN_KEY_VIOLATION";
}

/** SQLSTATE 23514: a CHECK constraint is false. */
export class CheckViolationError extends ConstraintViolationError {
  override readonly code = "CHECK_VIOLATION";
}

/** SQLSTATE 23502: NULL in a NOT NULL column. */
export class NotNullViolationError extends ConstraintViolationError {
  override readonly code = "NOT_NULL_VIOLATION";
}

/** SQLSTATE 23P01: an EXCLUDE constraint is violated. */
export class ExclusionViolationError extends ConstraintViolationError {
  override readonly code = "EXCLUSION_VIOLATION";
}

/** SQLSTATE 40001 or 40P01: the transaction may succeed when it is tried again. */
export class SerializationFailureError extends QueryError {
  override readonly code = "SERIALIZATION_FAILURE";
}

/** SQLSTATE 55P03: a lock was not available (NOWAIT or lock_timeout). */
export class LockNotAvailableError extends QueryError {
  override readonly code = "LOCK_NOT_AVAILABLE";
}

/** SQLSTATE 57014: the statement was cancelled, by its timeout or by an AbortSignal. */
export class QueryCanceledError extends QueryError {
  override readonly code = "QUERY_CANCELED";
}

/** No row has the given primary key. */
export class RecordNotFoundError extends BakedError {
  override readonly code = "RECORD_NOT_FOUND";
  readonly modelName: string;
  readonly primaryKey: unknown;

  constructor(modelName: string, primaryKey: unknown, options: BakedErrorOptions = {}) {
    super(`${modelName} with primary key ${describe(primaryKey)} not found`, options);
    this.modelName = modelName;
    this.primaryKey = primaryKey;
  }
}

/** The row changed or vanished since the record was loaded; nothing was written. */
export class StaleRecordError extends BakedError {
  override readonly code = "STALE_RECORD";
  readonly modelName: string;
  readonly primaryKey: unknown;

  constructor(
    modelName: string,
    primaryKey: unknown,
    message: string,
    options?: BakedErrorOptions,
  ) {
    super(`${modelName} with primary key ${describe(primaryKey)} ${message}`, options);
    this.modelName = modelName;
    this.primaryKey = primaryKey;
  }
}

/** The model, its table or the record does not allow writing. */
export class ReadOnlyRecordError extends BakedError {
  override readonly code = "READ_ONLY_RECORD";
}

/** An attribute, association or option was named that does not exist, or may not be set. */
export class UnknownAttributeError extends BakedError {
  override readonly code = "UNKNOWN_ATTRIBUTE";
}

/** A model or association could not be found. */
export class AssociationError extends BakedError {
  override readonly code: string = "ASSOCIATION";
}

/** An association was loaded lazily although strict loading forbids it. */
export class StrictLoadingError extends AssociationError {
  override readonly code = "STRICT_LOADING";
}

/** A plugin is defined wrongly or its names clash. */
export class PluginError extends BakedError {
  override readonly code = "PLUGIN";
}

/** A JSON payload cannot be turned into a record. */
export class HydrationError extends BakedError {
  override readonly code = "HYDRATION";
}

/** Prints a key or value for a message: short, JSON-like, bigint-safe. */
export function describe(value: unknown): string {
  const print = (_key: string, item: unknown) => (typeof item === "bigint" ? `${item}n` : item);
  try {
    const text =
      typeof value === "object" && value ? JSON.stringify(value, print) : String(print("", value));
    return text.length > 200 ? `${text.slice(0, 197)}...` : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Edit distance with transpositions, for `didYouMean`; small strings only. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  let beforePrevious: number[] = [];
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** ` Did you mean "x"?`, or an empty string when no candidate is near. Starts with a space. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const wanted = name.toLowerCase().replaceAll("_", "");
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const found = distance(wanted, candidate.toLowerCase().replaceAll("_", ""));
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best === undefined ? "" : ` Did you mean "${best}"?`;
}
