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
import { run } from "./pipeline";
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
  const { source, statement, shape, signal } = state;
  const backwards = "last" in options;
  const size = checkedCount("paginate", backwards ? options.last : options.first);
  const cursor = backwards ? options.before : options.after;
  if (statement.limit !== undefined || statement.offset !== undefined) {
    throw new QueryError("paginate() sets the limit itself: leave limit() and offset() out.");
  }
  if (statement.distinct || statement.groupBy.length > 0) {
    throw new QueryError("paginate() cannot be combined with distinct() or group().");
  }
  if (state.isEmpty || size === 0) return { records: [], next: null, previous: null };
  const columns = keysetColumns(state, "paginate()");
  const after = cursor == null ? undefined : decodeCursor(columns, cursor);
  const page: SelectStatement = {
    ...statement,
    columns: [...statement.columns, ...keysetItems(columns)],
    where: after ? [...statement.where, afterPosition(columns, after, backwards)] : statement.where,
    orderBy: keysetOrder(columns, backwards),
    // One more than asked for tells whether there is another page.
    limit: size + 1,
  };
  const rows = await run(source, page, "paginate", { signal });
  const hasMore = rows.length > size;
  if (hasMore) rows.length = size;
  if (backwards) rows.reverse();
  const [first, last] = [rows[0], rows.at(-1)];
  const start = first ? encodeCursor(columns, positionOf(columns, first)) : null;
  const end = last ? encodeCursor(columns, positionOf(columns, last)) : null;
  const records = source.hydrate(rows, shape, state);
  if (Object.keys(state.plan).length > 0) await source.preload(records, state.plan, state);
  const came = cursor != null;
  return backwards
    ? { records, previous: hasMore ? start : null, next: came ? end : null }
    : { records, next: hasMore ? end : null, previous: came ? start : null };
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
  if (!isPosition) {
    throw new QueryError("The cursor does not belong to this query.", {
      hint: "Pass a cursor that paginate() gave for the same order.",
    });
  }
  return (parts as unknown[]).slice(1) as Position;
}
