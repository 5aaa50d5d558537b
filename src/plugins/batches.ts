/** findEach(), findInBatches() and inBatches(): large tables piece by piece, by keyset. */
import {
  checkOptions,
  definePlugin,
  type Order,
  type PluginRecord,
  type QueryBuilder,
  QueryError,
  recordsOf,
} from "../plugin";
import { keyPages, narrowedTo } from "./keyset-pages";

/** What walks in batches take. */
export interface BatchOptions<Row> {
  /** Rows per statement; 1000 by default. */
  batchSize?: number;
  /** Sorts, after what order() said; the primary key decides between equals. */
  order?: Order<Row>;
}

/** A query that is no promise, because a loop over promises would run it: call toArray() for its records. */
export type BatchQuery<Row> = Omit<QueryBuilder<Row>, "then" | "catch" | "finally">;

declare module "../plugin" {
  interface QueryBuilder<Row> {
    /**
     * The records one by one, fetched in batches; in the query's order, else by primary key. Each row is seen
     * once, whatever is inserted or deleted meanwhile. An order that no index serves is sorted again for every
     * batch. Throws QueryError for a batchSize that is not positive.
     * @example
     * for await (const user of User.where({ active: true }).findEach()) await sendEmail(user.email);
     */
    findEach(options?: BatchOptions<Row>): AsyncGenerator<Row, void, void>;
    /** The records in arrays of up to batchSize; see findEach(). */
    findInBatches(options?: BatchOptions<Row>): AsyncGenerator<Row[], void, void>;
    /**
     * Queries for up to batchSize rows each, for bulk writes.
     * @example
     * for await (const batch of Post.where({ views: 0 }).inBatches()) await batch.deleteAll();
     */
    inBatches(options?: BatchOptions<Row>): AsyncGenerator<BatchQuery<Row>, void, void>;
  }
}

type Query = QueryBuilder<PluginRecord>;
type Options = BatchOptions<PluginRecord>;

const DEFAULT_SIZE = 1000;

function checkedSize(verb: string, size: unknown): number {
  if (typeof size === "number" && Number.isSafeInteger(size) && size > 0) return size;
  throw new QueryError(`${verb}: batchSize must be a positive integer, got ${String(size)}.`);
}

/** The query as it can be walked: with an order, and each row once. */
function prepared(query: Query, verb: string, options: Options) {
  checkOptions(verb, options, ["batchSize", "order"]);
  const { batchSize = DEFAULT_SIZE, order } = options;
  const size = checkedSize(verb, batchSize);
  const { source, statement } = query.state;
  if (statement.groupBy.length > 0) {
    throw new QueryError(`Cannot call ${verb} with group(): a group is no ${source.name}.`);
  }
  if (source.table.primaryKey.length === 0) {
    throw new QueryError(
      `Cannot call findEach()/findInBatches() on a table without a primary key (${source.name}): its rows cannot be told apart.`,
    );
  }
  return { query: order ? query.order(order) : query, size };
}

async function* records(query: Query, verb: string, options: Options = {}) {
  const { query: ordered, size } = prepared(query, verb, options);
  for await (const rows of keyPages(ordered, size, verb, "records")) {
    yield await recordsOf(ordered.state, rows);
  }
}

async function* each(query: Query, options: Options = {}) {
  for await (const batch of records(query, "findEach()", options)) yield* batch;
}

async function* relations(query: Query, options: Options = {}) {
  const { query: ordered, size } = prepared(query, "inBatches()", options);
  for await (const rows of keyPages(ordered, size, "inBatches()", "keys")) {
    const batch = narrowedTo(ordered, rows, "inBatches()");
    // biome-ignore lint/suspicious/noThenProperty: it takes one away, or the loop would get the rows
    Object.defineProperty(batch, "then", { value: undefined });
    yield batch as BatchQuery<PluginRecord>;
  }
}

definePlugin({
  name: "batches",
  queryBuilder: {
    findEach(options?: Options) {
      return each(this, options);
    },
    findInBatches(options?: Options) {
      return records(this, "findInBatches()", options);
    },
    inBatches(options?: Options) {
      return relations(this, options);
    },
  },
});
