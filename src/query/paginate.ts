/** Keyset pagination with opaque cursors. */
import { QueryError } from "../errors";
import type { SelectStatement } from "../sql/nodes";
import { checkedCount } from "./clauses";
import {
  afterPosition,
  type KeysetColumn,
  keysetColumns,
  keysetItems,
  keysetOrder,
  type Position,
  positionOf,
} from "./keyset";
import { eachRowOnce, repeatsRows } from "./once";
import { checkOptions } from "./options";
import { run } from "./pipeline";
import { checkUngrouped, recordsOf } from "./read";
import type { QueryState } from "./state";

export type PaginateOptions =
  | { first: number; after?: string | null | undefined; last?: never; before?: never }
  | { last: number; before?: string | null | undefined; first?: never; after?: never };

export interface Page<Row> {
  readonly records: Row[];
  /** Pass it as `after` for the next page; null on the last one. */
  readonly next: string | null;
  /** Pass it as `before` for the previous page; null on the first one. */
  readonly previous: string | null;
}

/** One page. Throws QueryError for a cursor that was not made by the same order. */
export async function paginate<Row>(
  state: QueryState<Row>,
  options: PaginateOptions,
): Promise<Page<Row>> {
  const { source, statement, signal, origin } = state;
  const { size, cursor, backwards } = checkedOptions(options);
  if (statement.limit !== undefined || statement.offset !== undefined) {
    throw new QueryError("paginate() sets the limit itself: leave limit() and offset() out.");
  }
  checkUngrouped(state as QueryState, "paginate");
  const columns = keysetColumns(state as QueryState, "paginate()");
  const after = cursor == null ? undefined : decodeCursor(columns, cursor);
  const once = repeatsRows(state as QueryState)
    ? eachRowOnce(state as QueryState, "paginate()")
    : statement;
  if (state.isEmpty || size === 0) return { records: [], next: null, previous: null };
  const page: SelectStatement = {
    ...once,
    columns: [...once.columns, ...keysetItems(columns)],
    where: after ? [...once.where, afterPosition(columns, after, backwards)] : once.where,
    orderBy: keysetOrder(columns, backwards),
    // One more than asked for tells whether there is another page.
    limit: size + 1,
  };
  const rows = await run(source, page, "paginate", { signal, origin }).catch((error: unknown) => {
    throw after && isWrongValue(error) ? foreignCursor(error) : error;
  });
  const hasMore = rows.length > size;
  if (hasMore) rows.length = size;
  if (backwards) rows.reverse();
  const [first, last] = [rows[0], rows.at(-1)];
  const start = first ? encodeCursor(columns, positionOf(columns, first)) : null;
  const end = last ? encodeCursor(columns, positionOf(columns, last)) : null;
  const records = await recordsOf(state, rows);
  const came = cursor != null;
  return backwards
    ? { records, previous: hasMore ? start : null, next: came ? end : null }
    : { records, next: hasMore ? end : null, previous: came ? start : null };
}

/** The number of rows, and where the page begins. Throws QueryError for options that do not belong together. */
function checkedOptions(options: PaginateOptions) {
  checkOptions("paginate()", options, ["first", "after", "last", "before"]);
  const given = new Set(Object.keys(options));
  const backwards = "last" in options;
  if (given.has("first") && (backwards || given.has("before"))) {
    throw new QueryError("paginate() takes { first, after } or { last, before }, not both.");
  }
  if (backwards && given.has("after")) {
    throw new QueryError("paginate() takes { first, after } or { last, before }, not both.");
  }
  return {
    backwards,
    size: checkedCount("paginate", backwards ? options.last : options.first),
    cursor: backwards ? options.before : options.after,
  };
}

/** SQLSTATE of texts that are no value of the column: of a cursor that somebody has written by hand. */
function isWrongValue(error: unknown): boolean {
  return error instanceof QueryError && /^22/.test(error.sqlState ?? "");
}

function foreignCursor(cause?: unknown): QueryError {
  return new QueryError("The cursor does not belong to this query.", {
    cause,
    hint: "Pass a cursor that paginate() gave for the same order.",
  });
}

function signature(columns: readonly KeysetColumn[]): string {
  return columns
    .map(({ node, direction, nulls }) => `${node.name} ${direction} ${nulls}`)
    .join(",");
}

function encodeCursor(columns: readonly KeysetColumn[], position: Position): string {
  return Buffer.from(JSON.stringify([signature(columns), ...position])).toString("base64url");
}

function decodeCursor(columns: readonly KeysetColumn[], cursor: unknown): Position {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(String(cursor), "base64url").toString());
  } catch {
    parts = undefined;
  }
  const isPosition =
    Array.isArray(parts) &&
    parts.length === columns.length + 1 &&
    parts[0] === signature(columns) &&
    parts.slice(1).every((value) => value === null || typeof value === "string");
  if (!isPosition) throw foreignCursor();
  return (parts as unknown[]).slice(1) as Position;
}
