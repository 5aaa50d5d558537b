/** What "equal" and "one of" mean for each kind of column. */
import { QueryError } from "../errors";
import { codecOf } from "../schema/codecs";
import type { ColumnType } from "../schema/table";
import { isJsonType, isNestedType, isTimestampType, shortTypeName } from "../schema/types";
import {
  and,
  anyOf,
  call,
  cast,
  column,
  constant,
  equals,
  FALSE,
  inQuery,
  isNull,
  listParameter,
  not,
  or,
  parameter,
  select,
  selectItem,
  TRUE,
} from "../sql/build";
import type { Expression } from "../sql/nodes";
import { operandStatement } from "../sql/raw";
import type { SourceColumn } from "./source";

const JSONB = { type: "jsonb" } as const;
const TEXT = { type: "text" } as const;

/** `=`, by the meaning of the type: NULL, milliseconds of a timestamp, jsonb for json. */
export function equality(found: SourceColumn, left: Expression, value: unknown): Expression {
  if (value === null) return isNull(left);
  const { definition, sensitive } = found;
  // json has no equality of its own.
  if (definition.type === "json")
    return equals(cast(left, JSONB), parameter(value, JSONB, sensitive));
  const bound = parameter(value, definition, sensitive);
  if (value instanceof Date && isTimestampType(definition)) {
    return { kind: "millisecond", left, moment: bound, negated: false };
  }
  // A row value has no input function of its own until it is told its type.
  return equals(left, definition.fields ? cast(bound, definition) : bound);
}

export function inequality(found: SourceColumn, left: Expression, value: unknown): Expression {
  if (value === null) return isNull(left, true);
  const equal = equality(found, left, value);
  if (equal.kind === "millisecond") return { ...equal, negated: true };
  return equal.kind === "comparison" ? { ...equal, operator: "<>" } : not(equal);
}

/**
 * IN and NOT IN over a list, sent as one array, so that the text does not depend on the length.
 * null in the list means what a person expects: `IN (...) OR IS NULL`, `NOT IN (...) AND IS NOT NULL`.
 */
export function membership(
  found: SourceColumn,
  left: Expression,
  values: readonly unknown[],
  negated: boolean,
): Expression {
  const items: unknown[] = [];
  for (const value of values) {
    if (value === undefined) {
      throw new QueryError(`where() received undefined in the list for "${found.attribute}".`);
    }
    if (operandStatement(value)) {
      throw new QueryError(`where() received a query inside the list for "${found.attribute}".`, {
        hint: "A query stands for the whole list: { id: query }, { id: { in: query } }.",
      });
    }
    if (value !== null) items.push(value);
  }
  const parts: Expression[] = [];
  if (items.length > 0) parts.push(listCondition(found, left, items, negated));
  if (items.length < values.length) parts.push(isNull(left, negated));
  if (parts.length === 0) return negated ? TRUE : FALSE;
  return negated ? and(parts) : or(parts);
}

function listCondition(
  { definition, sensitive }: SourceColumn,
  left: Expression,
  items: readonly unknown[],
  negated: boolean,
): Expression {
  if (isJsonType(definition)) {
    const list = cast(listParameter(items, JSONB, sensitive), JSONB, true);
    return anyOf(definition.type === "json" ? cast(left, JSONB) : left, list, negated);
  }
  const list = listParameter(items, definition, sensitive);
  if (isNestedType(definition)) {
    const item = selectItem(cast(column("item", "value"), definition));
    const lists = [cast(list, TEXT, true)];
    const items = select([item], { kind: "unnest", lists, alias: "item", columns: ["value"] });
    return inQuery(left, items, negated);
  }
  if (isTimestampType(definition) && items.some((item) => item instanceof Date)) {
    return anyOf(call("date_trunc", constant("milliseconds"), left), list, negated);
  }
  return anyOf(left, list, negated);
}

/** A key as PostgreSQL prints it: "1" and 1, or two spellings of a uuid, are the same; other text keeps its case. */
export function keyText(definition: ColumnType, value: unknown): string {
  const codec = codecOf(definition);
  const text = codec.encode(codec.decode(codec.encode(value)));
  return shortTypeName(definition.type) === "uuid" ? text.toLowerCase() : text;
}
