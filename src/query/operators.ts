/** The operators of where() besides equality: their names, the types they fit, and their SQL. */
import { QueryError } from "../errors";
import type { ColumnType } from "../schema/table";
import { isArrayType, isJsonType, isTextType, shortTypeName } from "../schema/types";
import { and, call, cast, compare, parameter } from "../sql/build";
import type { ComparisonOperator, Expression, NestedQuery } from "../sql/nodes";
import type { SourceColumn } from "./source";

export const operatorNames = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "not_in",
  "between",
  "like",
  "ilike",
  "contains",
  "starts_with",
  "ends_with",
  "contained_by",
  "overlaps",
  "matches",
] as const;

export type OperatorName = (typeof operatorNames)[number];

const known: ReadonlySet<string> = new Set(operatorNames);

export function isOperator(name: string): name is OperatorName {
  return known.has(name);
}

/** Operators for a column whose values may be objects themselves; made by `op()`. */
export class OperatorRecord {
  readonly record: Readonly<Record<string, unknown>>;
  constructor(record: Readonly<Record<string, unknown>>) {
    this.record = record;
  }
}

/**
 * Marks an object as operators where a plain object would be a literal: on json and composite columns.
 * @example
 * User.where({ settings: op({ contains: { theme: "dark" } }) }) // "settings" @> $1::text::jsonb
 */
export function op(operators: { readonly [Name in OperatorName]?: unknown }): OperatorRecord {
  return new OperatorRecord(operators);
}

const orderings: ReadonlyMap<OperatorName, ComparisonOperator> = new Map([
  ["gt", ">"],
  ["gte", ">="],
  ["lt", "<"],
  ["lte", "<="],
]);

const sets: Readonly<Partial<Record<OperatorName, ComparisonOperator>>> = {
  contains: "@>",
  contained_by: "<@",
  overlaps: "&&",
};

const rangeElements: Readonly<Record<string, string>> = {
  int4range: "integer",
  int8range: "bigint",
  numrange: "numeric",
  daterange: "date",
  tsrange: "timestamp without time zone",
  tstzrange: "timestamp with time zone",
};

/** The condition of one operator. Throws QueryError when the column's type does not have it. */
export function operatorExpression(
  name: OperatorName,
  found: SourceColumn,
  left: Expression,
  value: unknown,
  query: NestedQuery | undefined,
  model: string,
): Expression {
  const { definition, sensitive } = found;
  const refuse = (reason: string): never => {
    throw new QueryError(
      `where() operator "${name}" ${reason} ("${found.attribute}" on ${model}, type ${definition.type}).`,
    );
  };
  if (value === null) refuse("cannot be given null");
  const bind = (item: unknown, type: ColumnType = definition) => parameter(item, type, sensitive);
  const ordering = orderings.get(name);
  if (ordering || name === "between") {
    if (isJsonType(definition) || shortTypeName(definition.type) === "bool") {
      refuse("needs a column whose values have an order");
    }
    if (ordering) return compare(left, ordering, query ? { kind: "subquery", query } : bind(value));
    if (!Array.isArray(value) || value.length !== 2 || value.some((end) => end == null)) {
      refuse("expects [from, to]");
    }
    const [from, to] = value as [unknown, unknown];
    return and([compare(left, ">=", bind(from)), compare(left, "<=", bind(to))]);
  }
  if (query) refuse("does not take a subquery");
  if (name === "matches") return matches(definition, left, value, bind, refuse);
  const set = sets[name];
  if (set && !isTextType(definition)) {
    if (isJsonType(definition)) {
      if (name === "overlaps" || definition.type === "json") refuse("needs a jsonb column");
      return compare(left, set, bind(value));
    }
    if (isArrayType(definition)) return compare(left, set, bind(value));
    const element = rangeElements[shortTypeName(definition.type)];
    if (!element) refuse("needs a text, array, range or jsonb column");
    const isRange = typeof value === "string" && /^\s*([[(]|empty\s*$)/i.test(value);
    if (isRange || !element) return compare(left, set, bind(value));
    const type = { type: element };
    return compare(left, set, cast(bind(value, type), type));
  }
  if (!isTextType(definition)) refuse("needs a text column");
  if (typeof value !== "string") refuse("expects a string");
  const text = value as string;
  switch (name) {
    case "like":
      return compare(left, "LIKE", bind(text));
    case "ilike":
      return compare(left, "ILIKE", bind(text));
    case "contains":
      return compare(left, "LIKE", bind(`%${escapeLike(text)}%`));
    case "starts_with":
      return compare(left, "LIKE", bind(`${escapeLike(text)}%`));
    case "ends_with":
      return compare(left, "LIKE", bind(`%${escapeLike(text)}`));
    default:
      return refuse("does not fit the column");
  }
}

/** `%`, `_` and `\` stand for themselves. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

function matches(
  definition: ColumnType,
  left: Expression,
  value: unknown,
  bind: (value: unknown, type?: ColumnType) => Expression,
  refuse: (reason: string) => never,
): Expression {
  if (typeof value !== "string") refuse("expects a string");
  const text = { type: "text" };
  if (shortTypeName(definition.type) === "jsonb") {
    return compare(left, "@?", cast(cast(bind(value, text), text), { type: "jsonpath" }));
  }
  const words = call("websearch_to_tsquery", bind(value, text));
  if (shortTypeName(definition.type) === "tsvector") return compare(left, "@@", words);
  if (!isTextType(definition)) refuse("needs a text, tsvector or jsonb column");
  return compare(call("to_tsvector", left), "@@", words);
}
