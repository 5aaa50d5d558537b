/** Constructors of nodes; each returns a plain frozen object. */
import { describe, QueryError } from "../errors";
import type { ColumnType, TableDefinition } from "../schema/table";
import type {
  AnyNode,
  CastNode,
  ColumnNode,
  ComparisonNode,
  ComparisonOperator,
  ConstantNode,
  ExistsNode,
  Expression,
  FunctionNode,
  InNode,
  NestedQuery,
  NotNode,
  NullTestNode,
  OrderItem,
  Parameter,
  SelectItem,
  SelectStatement,
  TableSource,
  TupleNode,
} from "./nodes";

/** `"table"."name"`; printed without the table where only one is in scope. */
export function column(table: string, name: string): ColumnNode {
  return { kind: "column", table, name };
}

/** A bound value. `type` decides its encoding. */
export function parameter(value: unknown, type?: ColumnType, sensitive?: boolean): Parameter {
  // Nearly all: an object that is made at once, not property by property.
  if (type && !sensitive) return { kind: "parameter", value, type };
  const node: { -readonly [K in keyof Parameter]: Parameter[K] } = { kind: "parameter", value };
  if (type) node.type = type;
  if (sensitive) node.sensitive = true;
  return node;
}

const INT8: ColumnType = { type: "bigint" };

/** The value of LIMIT or OFFSET. */
export function countParameter(value: number): Parameter {
  return { kind: "parameter", value, type: INT8 };
}

/** A list of values of one type, bound as one array. */
export function listParameter(
  values: readonly unknown[],
  type: ColumnType | undefined,
  sensitive?: boolean,
): Parameter {
  return { ...parameter(values, type, sensitive), list: true };
}

export function constant(value: ConstantNode["value"]): ConstantNode {
  return { kind: "constant", value };
}

export const TRUE: ConstantNode = constant(true);
export const FALSE: ConstantNode = constant(false);

export function compare(
  left: Expression,
  operator: ComparisonOperator,
  right: Expression,
): ComparisonNode {
  return { kind: "comparison", operator, left, right };
}

export function equals(left: Expression, right: Expression): ComparisonNode {
  return compare(left, "=", right);
}

/** AND of all operands: none is TRUE, one is itself. */
export function and(operands: readonly Expression[]): Expression {
  const [first] = operands;
  if (first === undefined) return TRUE;
  return operands.length === 1 ? first : { kind: "and", operands };
}

/** OR of all operands: none is FALSE, one is itself. */
export function or(operands: readonly Expression[]): Expression {
  const [first] = operands;
  if (first === undefined) return FALSE;
  return operands.length === 1 ? first : { kind: "or", operands };
}

export function not(operand: Expression): NotNode {
  return { kind: "not", operand };
}

export function isNull(operand: Expression, negated = false): NullTestNode {
  return { kind: "null-test", operand, negated };
}

export function anyOf(left: Expression, list: Expression, negated = false): AnyNode {
  return { kind: "any", left, list, negated };
}

export function inQuery(left: Expression, query: NestedQuery, negated = false): InNode {
  return { kind: "in", left, query, negated };
}

export function exists(query: NestedQuery, negated = false): ExistsNode {
  return { kind: "exists", query, negated };
}

const functionName = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i;

/** `name(arguments)`; the name stands in the text as it is. Throws QueryError for what is no plain name. */
export function call(name: string, ...args: readonly Expression[]): FunctionNode {
  if (!functionName.test(name)) {
    throw new QueryError(`${describe(name)} is not the name of a function.`);
  }
  return { kind: "function", name, arguments: args };
}

export function cast(operand: Expression, type: ColumnType, list?: true): CastNode {
  return list ? { kind: "cast", operand, type, list } : { kind: "cast", operand, type };
}

export function tuple(items: readonly Expression[]): TupleNode {
  return { kind: "tuple", items };
}

export function orderBy(
  expression: Expression,
  direction: "ASC" | "DESC" = "ASC",
  nulls?: "FIRST" | "LAST",
): OrderItem {
  return nulls ? { expression, direction, nulls } : { expression, direction };
}

export function selectItem(expression: Expression, alias?: string): SelectItem {
  return alias === undefined ? { expression } : { expression, alias };
}

/** The table as a source, optionally under another name. */
export function tableSource(table: TableDefinition, alias?: string): TableSource {
  const source: { -readonly [K in keyof TableSource]: TableSource[K] } = {
    kind: "table",
    name: table.tableName,
  };
  if (table.schema !== undefined) source.schema = table.schema;
  if (alias !== undefined && alias !== table.tableName) source.alias = alias;
  return source;
}

const EMPTY: readonly never[] = [];

/** An empty SELECT over `from`, to be completed by spreading. */
export function select(
  columns: readonly SelectItem[],
  from?: SelectStatement["from"],
): SelectStatement {
  const statement: { -readonly [K in keyof SelectStatement]: SelectStatement[K] } = {
    kind: "select",
    columns,
    joins: EMPTY,
    where: EMPTY,
    groupBy: EMPTY,
    having: EMPTY,
    orderBy: EMPTY,
  };
  if (from) statement.from = from;
  return statement;
}
