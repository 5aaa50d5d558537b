/** COUNT, SUM, AVG, MIN and MAX: their nodes, the rows of groups, and what they cannot be combined with. */
import { type DriverRow, plainRows } from "../connection/driver";
import { didYouMean, QueryError } from "../errors";
import { codecOf } from "../schema/codecs";
import type { ColumnDefinition, ColumnType } from "../schema/table";
import { isJsonType, isNumericType, shortTypeName } from "../schema/types";
import { and, cast, select, selectItem } from "../sql/build";
import { checkSelect } from "../sql/check";
import type { Expression, FunctionNode, OrderItem, SelectStatement } from "../sql/nodes";
import { conditionList, requireColumn } from "./conditions";
import { checkOptions } from "./options";
import { run } from "./pipeline";
import type { RecordSource } from "./source";
import { aliasOf, pathOf, type QueryState } from "./state";
import { afterSteps, type TextPath } from "./text-path";

export type AggregateName = "count" | "sum" | "avg" | "min" | "max";

/** What an aggregate takes besides its column. */
export interface AggregateOptions<Conditions = unknown> {
  /** Only rows that match: `FILTER (WHERE ...)`. */
  filter?: Conditions;
  /** Each different value once. */
  distinct?: boolean;
  /** sum() and avg() without rounding: a bigint for integers, a string for numeric. */
  exact?: boolean;
}

/** One computed column of the result, and how its value is read. */
export interface AggregateOutput {
  readonly alias: string;
  readonly expression: Expression;
  /** What its text depends on; absent where that holds values, or SQL of which nothing is known. */
  readonly steps?: readonly unknown[] | undefined;
  /** Makes the value of what the driver gives; absent where that is the value. Never given null. */
  readonly read?: (raw: unknown) => unknown;
}

const TEXT: ColumnType = { type: "text" };
const NUMERIC: ColumnType = { type: "numeric" };
const knownOptions = ["filter", "distinct", "exact"];
const integers: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);
const floats: ReadonlySet<string> = new Set(["float4", "float8"]);

/** The call as a node, without any conversion of its result; for conditions and for aggregateOutput(). */
export function aggregateCall(
  source: RecordSource,
  name: AggregateName,
  column: string | undefined,
  options: AggregateOptions = {},
): FunctionNode {
  const { filter, distinct } = options;
  checkOptions(`${name}()`, options, knownOptions);
  if (column === undefined && (name !== "count" || distinct)) {
    throw new QueryError(`${name}()${distinct ? " with distinct" : ""} requires a column.`);
  }
  const matching = filter === undefined ? [] : conditionList(source, filter);
  return {
    kind: "function",
    name,
    arguments: [column === undefined ? { kind: "star" } : argument(source, name, column)],
    ...(distinct ? { distinct: true } : undefined),
    ...(matching.length > 0 ? { filter: and(matching) } : undefined),
  };
}

function argument(source: RecordSource, name: AggregateName, column: string): Expression {
  const { node, definition } = requireColumn(source, `${name}()`, column);
  if (name === "count") return node;
  const type = shortTypeName(definition.type);
  const isNumeric = isNumericType(definition) && definition.element === undefined;
  if (name === "sum" || name === "avg") {
    if (!isNumeric) {
      throw new QueryError(
        `${name}("${column}") requires a numeric column, got type "${definition.type}" on ${source.name}.`,
      );
    }
    // money is text to the driver, with a currency in it.
    return type === "money" ? cast(node, NUMERIC) : node;
  }
  if (type === "bool" || isJsonType(definition)) {
    throw new QueryError(
      `${name}("${column}") requires a column whose values have an order, got type "${definition.type}" on ${source.name}.`,
    );
  }
  return node;
}

/** An aggregate as an output column: sums and averages are numbers, or exact; min and max are as on a record. */
export function aggregateOutput(
  source: RecordSource,
  name: AggregateName,
  column: string | undefined,
  options: AggregateOptions = {},
  alias: string = name,
): AggregateOutput {
  const expression = aggregateCall(source, name, column, options);
  const steps =
    options.filter === undefined ? [name, column, options.distinct === true] : undefined;
  if (column === undefined || name === "count") return { alias, expression, steps, read: Number };
  const { definition } = requireColumn(source, `${name}()`, column);
  if (name === "min" || name === "max") {
    const codec = codecOf(definition);
    return {
      alias,
      expression: codec.asText ? cast(expression, TEXT) : expression,
      steps,
      ...(codec.direct ? undefined : { read: codec.decode }),
    };
  }
  return { alias, expression, steps, read: numberReader(name, definition, options.exact === true) };
}

function numberReader(
  name: "sum" | "avg",
  definition: ColumnDefinition,
  exact: boolean,
): (raw: unknown) => unknown {
  const type = shortTypeName(definition.type);
  // A sum of float4 is a float4, an average of them a float8.
  if (floats.has(type)) {
    const codec = codecOf({ type: name === "sum" ? type : "float8" });
    return (raw) => codec.decode(raw);
  }
  if (!exact) return Number;
  return name === "sum" && integers.has(type) ? (raw) => BigInt(String(raw)) : String;
}

/** The type an aggregate's value is compared as, in HAVING. */
export function aggregateType(
  source: RecordSource,
  name: AggregateName,
  column: string | undefined,
): ColumnDefinition {
  const plain = { nullable: false, columnName: name };
  if (name === "count" || column === undefined) return { ...plain, type: "bigint" };
  const { definition } = requireColumn(source, `${name}()`, column);
  if (name === "min" || name === "max") return definition;
  const isFloat = floats.has(shortTypeName(definition.type));
  return { ...plain, type: isFloat ? "double precision" : "numeric" };
}

/** Refuses verbs that an aggregate would have to ignore. */
function checkAggregate({ statement, shape, plan }: QueryState, terminal: string): void {
  const refuse = (verb: string, reason: string) => {
    throw new QueryError(`Cannot call ${terminal}() with ${verb} — ${reason}`);
  };
  if (statement.lock) refuse("lock()", "PostgreSQL does not lock the rows behind an aggregate.");
  if (statement.distinct) {
    refuse(
      "distinct()",
      'it is ambiguous: use count("column", { distinct: true }) or aggregate({ ct: "COUNT(DISTINCT col)" }).',
    );
  }
  for (const _association in plan) {
    refuse("includes()", "eager loading on aggregated rows is meaningless.");
  }
  const selects = shape.attributes !== "all" || shape.extras.length > 0;
  if (selects && statement.groupBy.length > 0) {
    refuse("select() and group()", "the group columns are what is selected.");
  }
}

/**
 * The rows of the aggregates: one for each group, keyed by the group's columns and the aliases, or a single one
 * when nothing groups. Throws QueryError for verbs that do not go with aggregates.
 */
export async function aggregateRows(
  state: QueryState,
  terminal: string,
  outputs: readonly AggregateOutput[],
): Promise<Record<string, unknown>[]> {
  const { source, signal, origin } = state;
  checkAggregate(state, terminal);
  checkSelect(state.statement);
  const statement = aggregateStatement(state, terminal, outputs);
  if (state.isEmpty) return [];
  const template = textPath(state, outputs);
  const rows = await run(source, statement, terminal, { signal, origin, template });
  for (const { alias, type } of state.statement.groupBy) {
    const codec = type && codecOf(type);
    if (codec && !codec.direct) readColumn(rows, alias, codec.decode);
  }
  for (const { alias, read } of outputs) if (read) readColumn(rows, alias, read);
  return plainRows(rows);
}

/** Where the text of these aggregates is kept; undefined where one of them may have another the next time. */
function textPath(state: QueryState, outputs: readonly AggregateOutput[]): TextPath | undefined {
  let path = pathOf(state)?.next("aggregate");
  for (const { alias, steps } of outputs) {
    path = path && steps && afterSteps(path.next(alias), steps);
  }
  return path;
}

/** In place: the rows are nobody else's, and hold these columns and no others. */
function readColumn(
  rows: readonly DriverRow[],
  name: string,
  read: (raw: unknown) => unknown,
): void {
  for (const row of rows) if (row[name] !== null) row[name] = read(row[name]);
}

function aggregateStatement(
  { source, statement }: QueryState,
  terminal: string,
  outputs: readonly AggregateOutput[],
): SelectStatement {
  const { groupBy } = statement;
  const items = outputs.map(({ alias, expression }) => selectItem(expression, alias));
  if (groupBy.length === 0) {
    const limited = statement.limit !== undefined || statement.offset !== undefined;
    if (!limited) return { ...statement, columns: items, orderBy: [] };
    // The rows first, then what is made of them; under the table's own name the columns stay what they are.
    const columns = [...source.columns.values()].map(({ node }) => selectItem(node));
    const query = { ...statement, columns };
    return select(items, { kind: "derived", alias: aliasOf(source), query });
  }
  const taken = outputs.find(({ alias }) => groupBy.some((group) => group.alias === alias));
  if (taken) {
    throw new QueryError(`${terminal}(): "${taken.alias}" is a group column already.`, {
      hint: "Choose another alias.",
    });
  }
  const groups = groupBy.map(({ expression, alias, type }) =>
    selectItem(type && codecOf(type).asText ? cast(expression, TEXT) : expression, alias),
  );
  return {
    ...statement,
    columns: [...groups, ...items],
    orderBy: groupOrder(source, statement, terminal, outputs),
  };
}

/** ORDER BY of groups: their columns as they are, aggregates by their aliases, nothing else. */
export function groupOrder(
  source: RecordSource,
  { groupBy, orderBy }: SelectStatement,
  terminal: string,
  outputs: readonly AggregateOutput[],
): OrderItem[] {
  const aliases = [...groupBy, ...outputs].map(({ alias }) => alias);
  const attributeOf = (column: string) =>
    [...source.columns.values()].find(({ node }) => node.name === column)?.attribute;
  return orderBy.map((item) => {
    const { expression } = item;
    let name: string;
    if (expression.kind === "output") name = expression.name;
    else if (expression.kind === "column" && expression.table === aliasOf(source)) {
      const grouped = groupBy.some(
        (group) => group.expression.kind === "column" && group.expression.name === expression.name,
      );
      if (grouped) return item;
      name = attributeOf(expression.name) ?? expression.name;
    } else return item;
    if (!aliases.includes(name)) {
      throw new QueryError(
        `order() by "${name}" with group(): it is neither a group column nor a result of ${terminal}().${didYouMean(name, aliases)} Known: ${aliases.join(", ")}.`,
      );
    }
    return { ...item, expression: { kind: "output", name } };
  });
}
