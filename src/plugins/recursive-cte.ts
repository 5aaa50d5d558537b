/** descendants(), ancestors() and recursiveOn(): the rows that can be reached from those of the query. */
import {
  type AnyQuery,
  aliasOf,
  type ColumnName,
  type ColumnType,
  checkOptions,
  columnOf,
  definePlugin,
  keyOf,
  type PluginRecord,
  type PrimaryKey,
  type QueryBuilder,
  QueryError,
  type QueryState,
  recursiveError,
} from "../plugin";
import { reached, type Walk } from "./recursive-walk";

/** What every walk takes. */
export interface TraversalOptions {
  /** Adds each record's distance from the start as `depth`, or under a name of yours. */
  depth?: boolean | string;
  /** Adds the keys from the start to each record as `path`, or under a name of yours. */
  path?: boolean | string;
  /** How far to walk; 0 is the start itself. */
  maxDepth?: number;
}

/** A walk along a column that refers to the parent. */
export interface TreeOptions<Row> extends TraversalOptions {
  via: ColumnName<Row>;
}

/** A walk along any two columns. */
export interface RecursiveOptions<Row> extends TraversalOptions {
  /** The column of the next row that equals... */
  from: ColumnName<Row>;
  /** ...this column of the row before. */
  to: ColumnName<Row>;
  /** `false`: UNION ALL. Saves comparing rows; ends only where there is no cycle. */
  setSemantics?: boolean;
}

type Named<Options, Key extends string, Value> = Options extends {
  readonly [Option in Key]: infer Given;
}
  ? Given extends true
    ? { readonly [Name in Key]: Value }
    : Given extends string
      ? { readonly [Name in Given]: Value }
      : unknown
  : unknown;

/** A record with the values that depth and path add. */
export type Traversed<Row, Options> = Row &
  Named<Options, "depth", number> &
  Named<Options, "path", PrimaryKey<Row>[]>;

declare module "../plugin" {
  interface QueryBuilder<Row> {
    /**
     * The rows of the query and everything below them. Conditions so far hold at every level, except on the
     * columns of the edge; later ones filter the result. Throws QueryError after order(), limit() and other
     * verbs that cannot hold at every level.
     * @example
     * Page.kept().where({ orgId, id: rootId }).descendants({ via: "parentId", depth: true })
     */
    descendants<const Options extends TreeOptions<Row>>(
      options: Options,
    ): QueryBuilder<Traversed<Row, Options>>;
    /** The rows of the query and everything above them; see descendants(). */
    ancestors<const Options extends TreeOptions<Row>>(
      options: Options,
    ): QueryBuilder<Traversed<Row, Options>>;
    /**
     * Walks along any edge of the table: `from` of the next row equals `to` of the row before.
     * @example
     * Station.where({ id }).recursiveOn({ from: "id", to: "nextId" })
     */
    recursiveOn<const Options extends RecursiveOptions<Row>>(
      options: Options,
    ): QueryBuilder<Traversed<Row, Options>>;
  }
}

type Options = RecursiveOptions<PluginRecord>;

function checkSeed({ statement }: QueryState, verb: string): void {
  if (statement.with?.recursive) throw recursiveError(verb);
  const refused: [verb: string, isPresent: boolean][] = [
    ["order()", statement.orderBy.length > 0],
    ["limit()", statement.limit !== undefined],
    ["offset()", statement.offset !== undefined],
    ["joins()", statement.joins.length > 0],
    ["distinctOn()", Array.isArray(statement.distinct)],
    ["group()", statement.groupBy.length > 0],
    ["lock()", statement.lock !== undefined],
    ["union()", statement.from?.kind !== "table"],
  ];
  const found = refused.find(([, isPresent]) => isPresent);
  if (found) {
    throw new QueryError(
      `Cannot call ${verb} on a query with ${found[0]}: the rows a walk starts from are told by conditions alone.`,
      { hint: "Other verbs follow the walk, where they can." },
    );
  }
}

function nameOf(option: boolean | string | undefined, name: string): string | undefined {
  return option === true ? name : option || undefined;
}

const known = ["via", "from", "to", "depth", "path", "maxDepth", "setSemantics"];

function planned(query: AnyQuery, verb: string, options: Options): Walk {
  const { source, shape } = query.state;
  checkOptions(verb, options, known);
  const { maxDepth, setSemantics = true } = options;
  if (maxDepth !== undefined && (!Number.isSafeInteger(maxDepth) || maxDepth < 0)) {
    throw new QueryError(`${verb}: maxDepth must be a non-negative integer, got ${maxDepth}.`);
  }
  const depth = nameOf(options.depth, "depth");
  const path = nameOf(options.path, "path");
  for (const name of [depth, path]) {
    if (name === undefined) continue;
    if (source.columns.has(name) || shape.extras.includes(name) || (depth === path && path)) {
      throw new QueryError(`${verb}: records of ${source.name} have a value "${name}" already.`, {
        hint: 'Give this one another name: { depth: "level" }.',
      });
    }
  }
  const keys = keyOf(source, verb).map((name) => columnOf(query, verb, name));
  if (path !== undefined && keys.length > 1) {
    throw new QueryError(`${verb}: path needs a single-column primary key (${source.name}).`);
  }
  return {
    alias: aliasOf(source),
    keys,
    from: columnOf(query, verb, options.from),
    to: columnOf(query, verb, options.to),
    union: setSemantics ? "UNION" : "UNION ALL",
    depth,
    path,
    maxDepth,
  };
}

function traverse(
  query: QueryBuilder<PluginRecord>,
  verb: string,
  options: Options,
): QueryBuilder<PluginRecord> {
  const { statement, shape } = query.state;
  checkSeed(query.state, verb);
  const walk = planned(query, verb, options);
  const { depth, path, keys } = walk;
  const added = [depth, path].filter((name) => name !== undefined);
  const types: Record<string, ColumnType> = { ...shape.types };
  if (path !== undefined && keys[0]) types[path] = { type: "ARRAY", element: keys[0].definition };
  return query.withState({
    statement: reached(statement, walk),
    shape: { ...shape, extras: [...shape.extras, ...added], types },
  });
}

/** descendants() and ancestors(): between `via` and the primary key. */
function alongTree(
  query: QueryBuilder<PluginRecord>,
  verb: string,
  options: TreeOptions<PluginRecord>,
  direction: "down" | "up",
): QueryBuilder<PluginRecord> {
  const { via, ...rest } = options;
  const [key, ...more] = keyOf(query.state.source, verb);
  if (more.length > 0) {
    throw new QueryError(
      `${verb} requires a single-column primary key; that of ${query.state.source.name} has ${more.length + 1} columns.`,
      { hint: "Use recursiveOn({ from, to })." },
    );
  }
  const edge = direction === "down" ? { from: via, to: key } : { from: key, to: via };
  return traverse(query, verb, { ...rest, ...edge });
}

definePlugin({
  name: "recursive-cte",
  queryBuilder: {
    descendants(options: TreeOptions<PluginRecord>) {
      return alongTree(this, "descendants()", options, "down");
    },
    ancestors(options: TreeOptions<PluginRecord>) {
      return alongTree(this, "ancestors()", options, "up");
    },
    recursiveOn(options: Options) {
      return traverse(this, "recursiveOn()", options);
    },
  },
});
