/** INSERT of one or many rows: one statement for rows with the same keys, whatever their number. */

import { currentDatabase } from "../connection/database";
import type { DriverResult, DriverRow } from "../connection/driver";
import { isNestedType } from "../schema/types";
import { call, cast, listParameter, parameter, select, selectItem } from "../sql/build";
import type { Expression, InsertSource, InsertStatement, SelectItem } from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import { type ConflictOption, conflictClause } from "./conflict";
import { held, knownRow, knownValues, type WriteShape } from "./known-values";
import { run } from "./pipeline";
import { chunks, groupRows, isListable, type RowGroup } from "./row-groups";
import type { RecordSource, SourceColumn } from "./source";
import { checkWritable } from "./write";

export interface InsertOptions<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> {
  conflict?: ConflictOption<Names, Conditions>;
}

type Attributes = Readonly<Record<string, unknown>>;

const TEXT = { type: "text" } as const;

interface GroupValues {
  /** For each column, those of all rows. */
  readonly lists: readonly (readonly unknown[])[];
  /** Whether SQL is among them. */
  readonly hasFragment: boolean;
}

function valuesOf({ columns, rows }: RowGroup): GroupValues {
  let hasFragment = false;
  const lists = columns.map(({ attribute }) => {
    const list: unknown[] = new Array(rows.length);
    for (let place = 0; place < rows.length; place++) {
      const value = rows[place]?.[attribute];
      if (value instanceof SqlFragment) hasFragment = true;
      list[place] = held(value);
    }
    return list;
  });
  return { lists, hasFragment };
}

function insertSource(
  { columns, rows }: RowGroup,
  { lists: values, hasFragment }: GroupValues,
): InsertSource {
  if (columns.length === 0) return { kind: "default-values" };
  if (rows.length === 1 || hasFragment || !columns.every(isListable)) {
    return {
      kind: "values",
      rows: rows.map((_row, place) =>
        columns.map((found, index) => valueNode(found, values[index]?.[place])),
      ),
    };
  }
  // In the list of columns, not as a table: PostgreSQL would store that first, and read it again.
  const items = columns.map(({ definition, sensitive }, index) => {
    const bound = listParameter(values[index] ?? [], definition, sensitive);
    const isNested = isNestedType(definition);
    const value = call("unnest", cast(bound, isNested ? TEXT : definition, true));
    return selectItem(isNested ? cast(value, definition) : value);
  });
  return { kind: "query", query: select(items) };
}

function valueNode({ definition, sensitive }: SourceColumn, value: unknown): Expression {
  if (value instanceof SqlFragment) return fragmentNode(value, "insert", sensitive);
  return parameter(value, definition, sensitive);
}

export interface InsertRequest {
  readonly verb: string;
  readonly rows: readonly unknown[];
  readonly conflict?: unknown;
  /** What a conflict does when the option does not say. */
  readonly fallback: "ignore" | "update";
  readonly returning: readonly SelectItem[];
}

/**
 * Inserts the rows and gives what RETURNING gave, in the order of the rows. Several statements run in one
 * transaction; rows with other keys may be written in another order than given.
 */
export async function insertRows(
  source: RecordSource,
  request: InsertRequest,
): Promise<DriverResult> {
  const { verb, rows, conflict, fallback, returning } = request;
  checkWritable(source, verb);
  const parts = groupRows(source, verb, rows).flatMap(chunks);
  const writes = parts.map((part) => {
    const { columns } = part;
    const attributes = columns.map(({ attribute }) => attribute);
    const clause = conflictClause(source, verb, conflict, attributes, fallback);
    const values = valuesOf(part);
    const known =
      returning === source.items ? knownValues(source, columns, values.lists, clause) : undefined;
    const statement: InsertStatement = {
      kind: "insert",
      table: source.from,
      columns: columns.map(({ node }) => node.name),
      source: insertSource(part, values),
      returning: known?.returning ?? returning,
      ...(clause ? { conflict: clause } : undefined),
    };
    return { statement, known };
  });
  const send = async () => {
    const results: DriverResult[] = [];
    for (const { statement, known } of writes) {
      const bulk = statement.source.kind === "query";
      const result = await run(source, statement, verb, { bulk, whole: () => returning });
      known?.complete(result);
      results.push(result);
    }
    return results;
  };
  const several = writes.length > 1;
  const results = several ? await currentDatabase().transaction({}, send) : await send();
  return inGivenOrder(parts, results);
}

/** The rows of several statements as one result. Where a conflict was skipped it cannot be told which row it was. */
function inGivenOrder(parts: readonly RowGroup[], results: readonly DriverResult[]): DriverResult {
  const [only, ...more] = results;
  if (only && more.length === 0) return only;
  const isWhole = parts.every(({ places }, index) => places.length === results[index]?.length);
  const rows: DriverRow[] = [];
  results.forEach((result, index) => {
    const places = parts[index]?.places ?? [];
    for (const [at, row] of result.entries()) rows[isWhole ? (places[at] ?? 0) : rows.length] = row;
  });
  return Object.assign(rows, { count: rows.length, command: "INSERT" });
}

/** The INSERT of records that give the same attributes: everything about it but the values. */
export interface InsertShape extends WriteShape {
  /** For each column of the table that may be written, in its order. */
  readonly given: readonly boolean[];
  readonly attributes: readonly string[];
  /** The database's names. */
  readonly names: readonly string[];
  /** The attributes of which it cannot be told what will be stored. */
  readonly uncertain: readonly string[];
}

/** An INSERT that was sent; what is `known` of the row does not come back. */
export interface SentInsert {
  readonly answer: Promise<DriverResult>;
  readonly known: Readonly<Record<string, unknown>> | undefined;
}

/** One row, all of its columns writable: the INSERT of a record. */
export function insertRow(
  source: RecordSource,
  verb: string,
  shape: InsertShape,
  values: Attributes,
): SentInsert {
  checkWritable(source, verb);
  const { columns, names, rest, unsure } = shape;
  const row: Expression[] = [];
  const { row: stored, isCertain } = knownRow(
    shape,
    (attribute) => values[attribute],
    (found, value) => row.push(valueNode(found, value)),
  );
  const known = isCertain && rest !== unsure ? stored : undefined;
  const { items, template } = known ? rest : unsure;
  const statement: InsertStatement = {
    kind: "insert",
    table: source.from,
    columns: names,
    source: columns.length === 0 ? { kind: "default-values" } : { kind: "values", rows: [row] },
    returning: items,
  };
  const answer = run(source, statement, verb, { template, whole: () => source.items });
  return { answer, known };
}
