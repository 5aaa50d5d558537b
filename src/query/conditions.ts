/** where({...}) -> expressions: unknown names are errors, values are bound with their column's type. */
import { didYouMean, QueryError } from "../errors";
import { isArrayType, isJsonType } from "../schema/types";
import { and, column, compare, equals, inQuery, or, TRUE } from "../sql/build";
import type { Expression } from "../sql/nodes";
import { fragmentNode, operandStatement, SqlFragment } from "../sql/raw";
import { associationCondition } from "./association-conditions";
import { equality, inequality, membership } from "./equality";
import { isOperator, OperatorRecord, operatorExpression, operatorNames } from "./operators";
import type { RecordSource, SourceColumn } from "./source";

/**
 * The conditions as a list to be AND-ed, on the table under `alias`. Throws QueryError for names that do not
 * exist, for `undefined`, and for values that do not fit the operator.
 */
export function conditionList(
  source: RecordSource,
  conditions: unknown,
  alias = source.from.alias ?? source.from.name,
): Expression[] {
  if (conditions instanceof SqlFragment) return [fragmentNode(conditions, "where()")];
  if (!isPlainObject(conditions)) {
    throw new QueryError(
      `where() on ${source.name} expects an object of conditions or an sql fragment, got ${kindOf(conditions)}.`,
    );
  }
  const list: Expression[] = [];
  for (const key of Object.keys(conditions)) {
    const expression = condition(source, key, conditions[key], alias);
    if (expression) list.push(expression);
  }
  return list;
}

function condition(
  source: RecordSource,
  key: string,
  value: unknown,
  alias: string,
): Expression | undefined {
  if (key === "or" || key === "and") return group(source, key, value, alias);
  const found = source.columns.get(key);
  if (key === "not" && !found) return negation(source, value, alias);
  if (found) return columnCondition(found, nodeOf(found, alias), value, source.name);
  const association = source.association(key);
  if (association) return associationCondition(source, association, value, alias, conditionList);
  throw unknownColumn(source, "where()", key, [...source.associationNames(), "or", "and", "not"]);
}

/** The error for a name that is no column, with the near ones. */
export function unknownColumn(
  source: RecordSource,
  verb: string,
  name: string,
  more: readonly string[] = [],
): QueryError {
  const known = [...source.columns.keys()];
  return new QueryError(
    `${verb} received unknown column "${name}" on ${source.name}.${didYouMean(name, [...known, ...more])} Known columns: ${known.join(", ")}.`,
  );
}

/** The column of an attribute. Throws QueryError naming `verb` and the near names when there is none. */
export function requireColumn(source: RecordSource, verb: string, name: string): SourceColumn {
  const found = source.columns.get(name);
  if (!found) throw unknownColumn(source, verb, String(name));
  return found;
}

/** The column under the name its table has in the query. */
export function nodeOf(found: SourceColumn, alias: string): Expression {
  return found.node.table === alias ? found.node : column(alias, found.node.name);
}

function group(source: RecordSource, key: "or" | "and", value: unknown, alias: string): Expression {
  if (!Array.isArray(value)) {
    throw new QueryError(`where() "${key}" expects an array of condition objects.`);
  }
  const children: Expression[] = [];
  for (const child of value) {
    if (!isPlainObject(child) && !(child instanceof SqlFragment)) {
      throw new QueryError(`where() "${key}" entries must be condition objects.`);
    }
    const list = conditionList(source, child, alias);
    if (list.length > 0) children.push(and(list));
  }
  return key === "or" ? or(children) : and(children);
}

/** `not: {...}`: not all of it holds. `not: [...]`: none of them holds. */
function negation(source: RecordSource, value: unknown, alias: string): Expression | undefined {
  const children = Array.isArray(value) ? value : [value];
  const list = children
    .map((child) => conditionList(source, child, alias))
    .filter((conditions) => conditions.length > 0)
    .map(and);
  // NOT of an unknown (NULL) would drop the row; a person means "the condition does not hold".
  return list.length === 0 ? undefined : compare(or(list), "IS DISTINCT FROM", TRUE);
}

/** The condition that one value of where() stands for; `left` is what it is compared with. */
export function columnCondition(
  found: SourceColumn,
  left: Expression,
  value: unknown,
  model: string,
): Expression {
  if (value === undefined) {
    throw new QueryError(`where() received undefined for "${found.attribute}" on ${model}.`, {
      hint: "Leave the key out, or pass null for IS NULL.",
    });
  }
  if (typeof value !== "object" || value === null) {
    return equality(found, left, normalized(found, value));
  }
  const subquery = operandStatement(value);
  if (subquery) return inQuery(left, subquery);
  if (value instanceof SqlFragment)
    return equals(left, fragmentNode(value, "where()", found.sensitive));
  if (value instanceof OperatorRecord) return operators(found, left, value.record, model);
  // Values of json, array and composite columns are literals; their operators come through op().
  const { definition } = found;
  if (isJsonType(definition)) return equality(found, left, normalized(found, value));
  if (isPlainObject(value) && !definition.fields) return operators(found, left, value, model);
  if (Array.isArray(value) && !isArrayType(definition)) {
    return membership(found, left, normalizedList(found, value), false);
  }
  return equality(found, left, normalized(found, value));
}

/** As `static normalizes` spells the values of the column; null stays what it is. */
export function normalized({ normalize }: SourceColumn, value: unknown): unknown {
  return normalize && value != null ? normalize(value as never) : value;
}

function normalizedList(found: SourceColumn, values: readonly unknown[]): readonly unknown[] {
  return found.normalize ? values.map((value) => normalized(found, value)) : values;
}

function operators(
  found: SourceColumn,
  left: Expression,
  record: Readonly<Record<string, unknown>>,
  model: string,
): Expression {
  const keys = Object.keys(record);
  if (keys.length === 0) {
    throw new QueryError(`where() received an empty object for "${found.attribute}" on ${model}.`, {
      hint: `Operators: ${operatorNames.join(", ")}.`,
    });
  }
  const conditions: Expression[] = [];
  for (const key of keys) {
    conditions.push(operatorCondition(found, left, key, record[key], model));
  }
  return and(conditions);
}

function operatorCondition(
  found: SourceColumn,
  left: Expression,
  key: string,
  value: unknown,
  model: string,
): Expression {
  if (!isOperator(key)) {
    throw new QueryError(
      `where() received unknown operator "${key}" for "${found.attribute}" on ${model}.${didYouMean(key, operatorNames)} Operators: ${operatorNames.join(", ")}.`,
    );
  }
  if (value === undefined) {
    throw new QueryError(
      `where() received undefined for "${found.attribute}.${key}" on ${model}.`,
      {
        hint: "Leave the key out, or pass null.",
      },
    );
  }
  const query = operandStatement(value, key === "not_in");
  switch (key) {
    case "eq":
      return query
        ? equals(left, { kind: "subquery", query })
        : equality(found, left, normalized(found, value));
    case "ne":
      return query
        ? compare(left, "<>", { kind: "subquery", query })
        : inequality(found, left, normalized(found, value));
    case "in":
    case "not_in":
      if (query) return inQuery(left, query, key === "not_in");
      if (!Array.isArray(value)) {
        throw new QueryError(
          `where() operator "${key}" requires an array or subquery value ("${found.attribute}" on ${model}).`,
        );
      }
      return membership(found, left, normalizedList(found, value), key === "not_in");
    default:
      return operatorExpression(key, found, left, value, query, model);
  }
}

/** A plain `{}`: not an array, Date, class instance or builder. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? `a ${value.constructor?.name ?? "object"}` : typeof value;
}
