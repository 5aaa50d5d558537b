/** Sends one compiled query: encode, wait, log, translate errors. */
import { QueryCanceledError, type QueryError } from "../errors";
import type { CompiledQuery } from "../sql/nodes";
import { callerOf } from "./caller";
import { type DriverQuery, type DriverResult, type DriverValue, resultOf } from "./driver";
import { encodeParameter, shownRows, shownValues } from "./encode";
import type { Slots } from "./slots";
import { isConnectionLoss, type QueryInfo, translateError } from "./translate-error";

/** What `onQuery` is told of each statement of a model or of query(). */
export interface QueryLogEntry {
  readonly text: string;
  /** As the application gave them, sensitive ones masked; those of a bulk write row by row. */
  readonly values?: readonly unknown[];
  readonly durationMs: number;
  /** Rows returned or written; absent when the statement failed. */
  readonly rows?: number;
  readonly model?: string;
  readonly error?: unknown;
  /** The line of the application that asked, for example "/app/users.ts:12:5". */
  readonly caller?: string;
}

/** Called after each statement; what it throws is ignored. */
export type QueryLogger = (entry: QueryLogEntry) => unknown;

/** Where a statement is sent: the pool, or one connection. */
export interface Sender {
  query(text: string, values: readonly DriverValue[]): DriverQuery;
}

/**
 * Runs `query` over `sender`, waiting for one of `slots` when it is a pool. Rejects with a QueryError or
 * ConnectionError whose stack holds the caller's frames. One async function on purpose: each further one between
 * the application and the driver costs as much as printing a statement.
 */
export async function execute(
  sender: Sender,
  query: CompiledQuery,
  info: QueryInfo,
  logger: QueryLogger | undefined,
  slots?: Slots,
): Promise<DriverResult> {
  const { text, parameters } = query;
  const values: DriverValue[] = [];
  for (const parameter of parameters) values.push(encodeParameter(parameter));
  const { signal } = info;
  if (signal?.aborted) throw aborted(signal, query);
  const waiting = slots?.acquire(signal);
  if (waiting) await waiting.catch((reason) => refuse(reason, query, signal));
  const origin = logger ? deepError() : undefined;
  let start = logger ? performance.now() : 0;
  let stop: (() => void) | undefined;
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        const pending = sender.query(text, values);
        if (query.asArrays) pending.values?.();
        if (signal) stop = cancelOn(signal, pending);
        const result = await resultOf(pending);
        info.onSuccess?.();
        if (logger)
          log(logger, query, info, start, origin, { rows: result.count ?? result.length });
        return result;
      } catch (cause) {
        const error =
          signal?.aborted && cause instanceof Error
            ? aborted(signal, query)
            : translateError(cause, query, info);
        if (logger) log(logger, query, info, start, origin, { error });
        // A pooled connection had died unnoticed, or its plans were outdated by DDL: a read may be sent again.
        if (!slots || attempt > 0 || !info.isRead || !isStale(cause)) throw error;
        if (logger) start = performance.now();
        stop?.();
      }
    }
  } finally {
    stop?.();
    slots?.release();
  }
}

/** Ends the wait for a connection: by the caller's own signal, or by the timeout of the pool. */
function refuse(reason: unknown, query: CompiledQuery, signal: AbortSignal | undefined): never {
  throw signal?.aborted ? aborted(signal, query) : reason;
}

function isStale(cause: unknown): boolean {
  return isConnectionLoss(cause) || (cause as { errno?: unknown } | null)?.errno === "0A000";
}

/** The error of a statement that its signal cancelled. */
export function aborted(signal: AbortSignal, query: CompiledQuery): QueryError {
  return new QueryCanceledError("The query was aborted by its signal.", {
    cause: signal.reason,
    sql: query.text,
  });
}

function cancelOn(signal: AbortSignal, pending: DriverQuery): () => void {
  const cancel = () => {
    pending.cancel();
  };
  signal.addEventListener("abort", cancel, { once: true });
  return () => signal.removeEventListener("abort", cancel);
}

/** Between the application and the driver lie more frames than an Error keeps by default. */
function deepError(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const error = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

function log(
  logger: QueryLogger,
  query: CompiledQuery,
  info: QueryInfo,
  start: number,
  origin: Error | undefined,
  outcome: { rows?: number; error?: unknown },
): void {
  const { parameters } = query;
  const entry: QueryLogEntry = {
    text: query.text,
    durationMs: performance.now() - start,
    ...(info.model === undefined ? undefined : { model: info.model }),
    ...outcome,
    // Both are work that most loggers never ask for.
    get values() {
      return info.bulk ? shownRows(parameters) : shownValues(parameters);
    },
    get caller() {
      return callerOf(origin) || callerOf(info.origin);
    },
  };
  tell(logger, entry);
}

/** A logger that throws or rejects must not turn a statement that ran into one that failed. */
export function tell(logger: QueryLogger, entry: QueryLogEntry): void {
  try {
    const returned = logger(entry);
    if (returned instanceof Promise) returned.catch(ignore);
  } catch {
    // Its own fault.
  }
}

function ignore(): void {}
