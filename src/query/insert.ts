/** INSERT of one or many rows: one statement for rows with the same keys, whatever their number. */

import { currentDatabase } from "../connection/database";
import type { DriverResult, DriverRow } from "../connection/driver";
import { describe, didYouMean, QueryError } from "../errors";
import { isNestedType } from "../schema/types";
import { and, call, cast, listParameter, parameter, select, selectItem } from "../sql/build";
import type {
  Assignment,
  ConflictClause,
  Expression,
  InsertSource,
  InsertStatement,
  SelectItem,
} from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import { inlineParameters } from "../sql/transform";
import { typeName } from "../sql/type-name";
import { conditionList, isPlainObject, requireColumn } from "./conditions";
import { held, knownRow, knownValues, type WriteShape } from "./known-values";
import { checkOptions } from "./options";
import { run } from "./pipeline";
import type { RecordSource, SourceColumn } from "./source";
import { checkWritable, writableColumn } from "./write";

/** What a conflicting row collides on. */
export type ConflictTarget<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> =
  | {
      columns: readonly Names[];
      /** Predicate of a partial unique index. */
      where?: Conditions;
      constraint?: never;
    }
  | { constraint: string; columns?: never; where?: never };

/** `"ignore"` skips conflicting rows whatever they collide on. */
export type ConflictOption<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> = "ignore" | (ConflictTarget<Names, Conditions> & { action?: "ignore" | "update" });

export interface InsertOptions<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> {
  conflict?: ConflictOption<Names, Conditions>;
}

type Attributes = Readonly<Record<string, unknown>>;

/** The ON CONFLICT clause of the option. `inserted` are the attributes the rows give. */
function conflictClause(
  source: RecordSource,
  verb: string,
  option: unknown,
  inserted: readonly string[],
  fallback: "ignore" | "update",
): ConflictClause | undefined {
  if (option === undefined) return undefined;
  if (option === "ignore") return { action: "nothing" };
  if (!isPlainObject(option)) {
    throw new QueryError(
      `${verb}: conflict must be "ignore", { columns } or { constraint }, got ${describe(option)}.`,
    );
  }
  const action = option.action ?? fallback;
  if (action !== "ignore" && action !== "update") {
    throw new QueryError(
      `${verb}: conflict action must be "ignore" or "update", got ${describe(action)}.`,
    );
  }
  const { target, attributes } = conflictTarget(source, verb, option);
  if (action === "ignore") return { target, action: "nothing" };
  return { target, action: updateSet(source, inserted, attributes) };
}

function conflictTarget(source: RecordSource, verb: string, option: Attributes) {
  checkOptions(`${verb} conflict`, option, ["columns", "constraint", "where", "action"]);
  const { columns, constraint, where } = option;
  if (constraint !== undefined) {
    if (typeof constraint !== "string") {
      throw new QueryError(
        `${verb}: conflict.constraint must be a name, got ${describe(constraint)}.`,
      );
    }
    if (columns !== undefined) {
      throw new QueryError(`${verb}: conflict takes columns or a constraint, not both.`);
    }
    if (where !== undefined) throw new QueryError(`${verb}: a named constraint takes no "where".`);
    return namedTarget(source, constraint);
  }
  if (!Array.isArray(columns) || columns.length === 0) {
    throw new QueryError(`${verb}: conflict.columns needs at least one column.`);
  }
  const attributes = columns.map(String);
  const names = attributes.map(
    (name) => requireColumn(source, `${verb} conflict.columns`, name).node.name,
  );
  if (where === undefined) return { target: { columns: names }, attributes };
  // Printed as constants: an index predicate is not inferred from a bound value under a generic plan.
  const predicate = inlineParameters(and(conditionList(source, where)));
  return { target: { columns: names, where: predicate }, attributes };
}

function namedTarget(source: RecordSource, name: string) {
  const { indexes } = source.table;
  const index = Object.hasOwn(indexes, name) ? indexes[name] : undefined;
  const columns = index?.columns ?? [];
  const found = [...source.columns.values()].filter(({ definition }) =>
    columns.includes(definition.columnName),
  );
  const attributes = found.map(({ attribute }) => attribute);
  if (index?.where === undefined || found.length < columns.length) {
    return { target: { constraint: name }, attributes };
  }
  // A partial unique index is no constraint to PostgreSQL, which infers it from its columns and its predicate.
  const where: Expression = { kind: "raw", pieces: [index.where] };
  return { target: { columns, where }, attributes };
}

/** Everything that was inserted but the keys: neither the primary key nor what collided is rewritten. */
function updateSet(
  source: RecordSource,
  inserted: readonly string[],
  conflicting: readonly string[],
): Assignment[] {
  const kept = new Set([...source.table.primaryKey, ...conflicting]);
  const changed = inserted.filter((name) => !kept.has(name));
  // An empty update still returns the row, which DO NOTHING would not.
  const names = changed.length > 0 ? changed : [conflicting[0] ?? source.table.primaryKey[0] ?? ""];
  return names.map((name) => {
    const { node } = requireColumn(source, "upsert", name);
    return { column: node.name, value: { kind: "excluded", name: node.name } };
  });
}

interface RowGroup {
  readonly columns: readonly SourceColumn[];
  readonly rows: Attributes[];
  /** Where the rows stand among those that were given. */
  readonly places: number[];
}

/** Rows with the same keys share a statement: a missing key means the column's default, not NULL. */
function groupRows(source: RecordSource, verb: string, rows: readonly unknown[]): RowGroup[] {
  const only = uniformGroup(source, verb, rows);
  if (only) return [only];
  const groups = new Map<string, RowGroup>();
  let last: RowGroup | undefined;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (!isPlainObject(row)) {
      throw new QueryError(
        `${verb} on ${source.name} expects objects of attributes, got ${describe(row)}.`,
      );
    }
    if (last && hasKeys(row, last.columns)) {
      last.rows.push(row);
      last.places.push(place);
      continue;
    }
    const names = definedKeys(row);
    // Sorted in table order, so that the same set of keys is one group however it was written.
    const key = names.length === 0 ? "" : [...names].sort().join("\0");
    let group = groups.get(key);
    if (!group) {
      group = { columns: insertedColumns(source, verb, names), rows: [], places: [] };
      groups.set(key, group);
    }
    group.rows.push(row);
    group.places.push(place);
    last = group;
  }
  return [...groups.values()];
}

/** The group of rows that all have the keys of the first, as rows made by one piece of code do: most have. */
function uniformGroup(
  source: RecordSource,
  verb: string,
  rows: readonly unknown[],
): RowGroup | undefined {
  const [first] = rows;
  if (!isPlainObject(first)) return undefined;
  const columns = insertedColumns(source, verb, definedKeys(first));
  const places: number[] = new Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (!isPlainObject(row) || !hasKeys(row, columns)) return undefined;
    places[place] = place;
  }
  return { columns, rows: rows as Attributes[], places };
}

function definedKeys(row: Attributes): string[] {
  return Object.keys(row).filter((name) => row[name] !== undefined);
}

/** The columns of the attributes that rows give. */
function insertedColumns(
  source: RecordSource,
  verb: string,
  names: readonly string[],
): SourceColumn[] {
  return names.map((name) => {
    if (source.columns.has(name)) return writableColumn(source, verb, name);
    throw new QueryError(
      `${verb} received unknown column "${name}" on ${source.name}.${didYouMean(name, source.columns.keys())}`,
    );
  });
}

/** Whether the row gives these columns and no others, in this order: as rows made by one piece of code do. */
function hasKeys(row: Attributes, columns: readonly SourceColumn[]): boolean {
  let index = 0;
  for (const name in row) {
    if (columns[index]?.attribute !== name || row[name] === undefined) return false;
    index++;
  }
  return index === columns.length;
}

const TEXT = { type: "text" } as const;

/** Whether one array parameter can carry the column: its type must have a name to cast to. */
function isListable({ definition }: SourceColumn): boolean {
  return typeName(definition) !== undefined;
}

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

// The protocol counts parameters in 16 bits.
const MAX_PARAMETERS = 65_535;

/** Groups that must stay VALUES lists are cut to what one statement can bind. */
function chunks(group: RowGroup): RowGroup[] {
  const { columns, rows, places } = group;
  if (rows.length === 1) return [group];
  const size =
    columns.length === 0
      ? 1
      : columns.every(isListable)
        ? rows.length
        : Math.floor(MAX_PARAMETERS / columns.length);
  const parts: RowGroup[] = [];
  if (size >= rows.length) return [group];
  for (let start = 0; start < rows.length; start += size) {
    const end = start + size;
    parts.push({ columns, rows: rows.slice(start, end), places: places.slice(start, end) });
  }
  return parts;
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
