/** A driver error becomes the error of ours that tells what to do, with the statement and without secrets. */
import {
  BakedError,
  CheckViolationError,
  ConnectionError,
  ExclusionViolationError,
  ForeignKeyViolationError,
  LockNotAvailableError,
  NotNullViolationError,
  QueryCanceledError,
  QueryError,
  type QueryErrorDetails,
  SerializationFailureError,
  UniqueViolationError,
} from "../errors";
import type { CompiledQuery } from "../sql/nodes";
import { isSecretTable, mentionsSecret } from "../sql/secrets";
import { REDACTED, shownValues } from "./encode";

/** What is known of a statement besides its text. */
export interface QueryInfo {
  /** The model it belongs to. */
  readonly model?: string | undefined;
  /** Whether the model has sensitive columns: then the server's quotations of rows are dropped. */
  readonly hasSensitive?: boolean | undefined;
  /** The values are lists, one for each column; logs show them row by row. */
  readonly bulk?: boolean | undefined;
  /** Nothing is written, so the statement may be sent again when a pooled connection turns out to be dead. */
  readonly isRead?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Made where the query was built, when its own stack will not lead there. */
  readonly origin?: Error | undefined;
  /** Called when the server has answered, before whoever awaits the answer goes on. */
  readonly onSuccess?: (() => void) | undefined;
}

interface ServerError extends Error {
  errno?: string;
  code?: string;
  detail?: string;
  hint?: string;
  /** The context: the line of a COPY, the function that was running. */
  where?: string;
  constraint?: string;
  table?: string;
  column?: string;
}

const classes: Readonly<
  Record<string, new (message: string, details: QueryErrorDetails) => QueryError>
> = {
  "23505": UniqueViolationError,
  "23503": ForeignKeyViolationError,
  "23514": CheckViolationError,
  "23502": NotNullViolationError,
  "23P01": ExclusionViolationError,
  "40001": SerializationFailureError,
  "40P01": SerializationFailureError,
  "55P03": LockNotAvailableError,
  "57014": QueryCanceledError,
};

const hints: Readonly<Record<string, string>> = {
  "42P01": "Run the pending migrations (`bake db migrate up`)?",
  "42703": "Run `bake db migrate up` if db/schema.ts is older than the database.",
  "25P02":
    "An earlier statement of this transaction failed; wrap what may fail in a nested transaction().",
};

/** Whether the connection broke, so that nothing more can be sent on it. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as ServerError;
  if (typeof errno === "string" && /^(57P0[1-5]|08...)$/.test(errno)) return true;
  return (
    typeof code === "string" &&
    /^ERR_POSTGRES_(CONNECTION_|IDLE_TIMEOUT|LIFETIME_TIMEOUT)/.test(code)
  );
}

/** Wraps what the driver threw. Errors of ours pass unchanged. */
export function translateError(error: unknown, query: CompiledQuery, info: QueryInfo): unknown {
  if (error instanceof BakedError) return error;
  if (!(error instanceof Error)) return error;
  const secrets = query.parameters
    .filter((parameter) => parameter.sensitive)
    .flatMap(({ value }) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== null && value !== undefined && String(value).length > 0)
    .map(String);
  const hasSensitive = info.hasSensitive === true || isSecretTable((error as ServerError).table);
  const server = mask(error as ServerError, secrets, hasSensitive);
  const sqlState = typeof server.errno === "string" ? server.errno : undefined;
  const where = info.model ? ` (${info.model})` : "";
  const text = query.text.length > 600 ? `${query.text.slice(0, 597)}...` : query.text;
  if (isConnectionLoss(server)) {
    return new ConnectionError(
      `The connection was lost${where}: ${server.message}.\n  SQL: ${text}`,
      {
        cause: server,
      },
    );
  }
  const state = sqlState ? ` [${sqlState}]` : "";
  const detail = server.detail ? ` ${server.detail}` : "";
  const hint = server.hint ?? (sqlState ? hints[sqlState] : undefined);
  const ErrorClass = (sqlState && classes[sqlState]) || QueryError;
  return new ErrorClass(`${server.message}${state}${where}.${detail}\n  SQL: ${text}`, {
    cause: server,
    hint: hint ? `\n  Hint: ${hint}` : undefined,
    sql: query.text,
    values: shownValues(query.parameters),
    sqlState,
    detail: server.detail,
    constraint: server.constraint,
    table: server.table,
    // Every Error of this runtime has a numeric `column` of its own.
    column: typeof server.column === "string" ? server.column : undefined,
  });
}

/** The server quotes values in its messages; those of sensitive columns must not get through. */
function mask(error: ServerError, secrets: readonly string[], hasSensitive: boolean): ServerError {
  if (secrets.length === 0 && !hasSensitive) return error;
  const clean = (text: string): string =>
    secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, REDACTED), text);
  // COPY names its column in the context, and quotes the value both there and in the message.
  const isQuoted = hasSensitive && mentionsSecret(error.where ?? "");
  const message = isQuoted ? error.message.replace(/"[^"]*"/g, REDACTED) : error.message;
  // The stack begins with the message, so it is not copied either.
  const copy = Object.assign(new Error(clean(message)), { name: error.name }) as ServerError;
  for (const key of Object.keys(error) as (keyof ServerError)[]) {
    const value = error[key];
    if (typeof value === "string" && key !== "stack") copy[key] = clean(value);
  }
  if (error.errno !== undefined) copy.errno = error.errno;
  if (error.code !== undefined) copy.code = error.code;
  if (isQuoted) copy.where = REDACTED;
  if (copy.detail !== undefined && hasSensitive) copy.detail = withoutRow(copy.detail, copy.errno);
  return copy;
}

/** "Failing row contains (1, Ann, ...)" and "Key (token)=(...)", in whatever language the server speaks. */
function withoutRow(detail: string, sqlState: string | undefined): string {
  if (sqlState === "23502" || sqlState === "23514") {
    return detail.replace(/\(.*\)/s, `(${REDACTED})`);
  }
  const [whole, start = "", columns = ""] = /^(.*?\((.+?)\)=)\(.*$/s.exec(detail) ?? [];
  return whole !== undefined && mentionsSecret(columns) ? `${start}(${REDACTED})` : detail;
}
