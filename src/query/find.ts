/** find() and findBy(): by whole primary keys and by plain values, safe for input from a request. */
import { describe, didYouMean, QueryError, RecordNotFoundError } from "../errors";
import { codecOf } from "../schema/codecs";
import { isArrayType, isJsonType } from "../schema/types";
import {
  and,
  cast,
  column,
  inQuery,
  listParameter,
  or,
  select,
  selectItem,
  tuple,
} from "../sql/build";
import type { Expression, SelectStatement } from "../sql/nodes";
import { typeName } from "../sql/type-name";
import { conditionList, isPlainObject, requireColumn } from "./conditions";
import { equality, keyText, membership } from "./equality";
import { findTogether, joinBatch } from "./find-batch";
import { run } from "./pipeline";
import { checkUngrouped, fetchRecords, recordsOf } from "./read";
import type { RecordSource, SourceColumn } from "./source";
import { initialState, keyOf, type QueryState, withStatement } from "./state";
import { templateOf } from "./templates";
import { keysAmong } from "./write";

type Key = readonly unknown[];

/** One record for one key, a list in the order of the keys for a list. Throws RecordNotFoundError. */
export async function find<Row>(state: QueryState<Row>, given: unknown): Promise<Row | Row[]> {
  const { source } = state;
  const columns = keyColumns(source);
  if (isKeyList(given, columns)) {
    const keys = given.map((key) => keyValues(source, columns, key));
    return await findMany(state, columns, keys, given);
  }
  const key = keyValues(source, columns, given);
  const [only] = columns;
  const place =
    only && columns.length === 1 ? joinBatch(state as QueryState, only, key[0]) : undefined;
  if (only && place) {
    await place.batch.closed;
    if (place.batch.keys.length > 1) {
      const together = await findTogether(place, source, only);
      if (together?.record) return together.record as Row;
      if (together) throw notFound(source, columns, given);
    }
  }
  const matching = columns.map((found, index) => equality(found, found.node, key[index]));
  const statement = settled(state as QueryState);
  const where = statement.where.length === 0 ? matching : [...statement.where, ...matching];
  const [record] = await fetchRecords(
    withStatement(state, { ...statement, where }),
    "find",
    // Of every row of the table: the most frequent statement of all, always with the same text.
    statement === initialState(source).statement ? templateOf(source, "find") : undefined,
  );
  if (record === undefined) throw notFound(source, columns, given);
  return record;
}

const TEXT = { type: "text" } as const;

/** limit() and the like choose their rows first; the key is looked for among those. */
function settled(state: QueryState): SelectStatement {
  const { statement } = state;
  const chooses =
    statement.limit !== undefined ||
    statement.offset !== undefined ||
    Array.isArray(statement.distinct);
  // Nearly every find() ends here, before anything is copied.
  if (!chooses) return statement;
  const { lock, ...unlocked } = statement;
  const { limit: _limit, offset: _offset, distinct, ...rest } = unlocked;
  const chosen = keysAmong({ ...state, statement: unlocked }, "find");
  return {
    ...rest,
    ...(distinct === true ? { distinct } : undefined),
    ...(lock ? { lock } : undefined),
    where: [...rest.where, chosen],
    orderBy: [],
  };
}

const keys = new WeakMap<RecordSource, readonly SourceColumn[]>();

/** The columns of the primary key. Throws QueryError when the table has none. */
function keyColumns(source: RecordSource): readonly SourceColumn[] {
  let columns = keys.get(source);
  if (!columns) {
    columns = keyOf(source, "find()").map((name) => requireColumn(source, "find()", name));
    keys.set(source, columns);
  }
  return columns;
}

function notFound(
  source: RecordSource,
  columns: readonly SourceColumn[],
  key: unknown,
): RecordNotFoundError {
  const isSecret = columns.some(({ sensitive }) => sensitive);
  return new RecordNotFoundError(source.name, isSecret ? "[REDACTED]" : key);
}

/** An array is a list of keys for a single key; for a composite one it is a key, unless it holds keys. */
function isKeyList(given: unknown, columns: readonly SourceColumn[]): given is readonly unknown[] {
  if (!Array.isArray(given)) return false;
  const [first] = columns;
  if (columns.length === 1)
    return !(first && isArrayType(first.definition)) || Array.isArray(given[0]);
  return given.every((item) => Array.isArray(item) || isPlainObject(item));
}

/** The values of one key in the order of the key's columns. Throws QueryError for a partial key. */
export function keyValues(
  source: RecordSource,
  columns: readonly SourceColumn[],
  given: unknown,
): Key {
  // What nearly every call gives: one value for one column.
  if (columns.length === 1 && given !== undefined && typeof given !== "object") return [given];
  const names = columns.map(({ attribute }) => attribute);
  const expected =
    names.length === 1
      ? `a value for "${names[0]}"`
      : `all of ${names.map((name) => `"${name}"`).join(", ")}`;
  const refuse = (): never => {
    throw new QueryError(`find() on ${source.name} expects ${expected}, got ${describe(given)}.`);
  };
  let values: Key;
  if (isPlainObject(given)) {
    const keys = Object.keys(given);
    const unknown = keys.find((key) => !names.includes(key));
    if (unknown !== undefined || keys.length !== names.length) refuse();
    values = names.map((name) => given[name]);
  } else if (names.length === 1) values = [given];
  else values = Array.isArray(given) && given.length === names.length ? given : refuse();
  values.forEach((value, index) => {
    if (value === undefined) {
      throw new QueryError(`find() on ${source.name} received undefined for "${names[index]}".`);
    }
    const isScalar = typeof value !== "object" || value === null || !isPlainObject(value);
    if (
      !isScalar ||
      (Array.isArray(value) && columns[index] && !isArrayType(columns[index].definition))
    ) {
      refuse();
    }
  });
  return values;
}

/** `key = ANY(list)`, or `(a, b) IN (unnest of lists)` for composite keys. */
export function keysCondition(columns: readonly SourceColumn[], keys: readonly Key[]): Expression {
  const [only] = columns;
  if (only && columns.length === 1) {
    return membership(
      only,
      only.node,
      keys.map(([value]) => value),
      false,
    );
  }
  if (columns.every(({ definition }) => typeName(definition) !== undefined)) {
    const lists = columns.map(({ definition, sensitive }, index) =>
      cast(
        listParameter(
          keys.map((key) => key[index]),
          definition,
          sensitive,
        ),
        definition,
        true,
      ),
    );
    const names = columns.map(({ node }) => node.name);
    const query = select(
      names.map((name) => selectItem(column("key", name))),
      { kind: "unnest", lists, alias: "key", columns: names },
    );
    return inQuery(tuple(columns.map(({ node }) => node)), query);
  }
  return or(
    keys.map((key) => and(columns.map((found, index) => equality(found, found.node, key[index])))),
  );
}

function printed(columns: readonly SourceColumn[], values: readonly unknown[]): string {
  const texts = columns.map(({ definition }, index) => {
    const value = values[index];
    return value === null ? null : keyText(definition, value);
  });
  return JSON.stringify(texts);
}

async function findMany<Row>(
  state: QueryState<Row>,
  columns: readonly SourceColumn[],
  keys: readonly Key[],
  given: readonly unknown[],
): Promise<Row[]> {
  checkUngrouped(state as QueryState, "find");
  if (keys.length === 0) return [];
  const { source, shape, signal, origin } = state;
  if (state.isEmpty) throw notFound(source, columns, given[0]);
  const statement = settled(state as QueryState);
  const { attributes } = shape;
  const isShown = columns.every(
    ({ attribute }) => attributes === "all" || attributes.includes(attribute),
  );
  // Under names of their own when select() has not chosen them.
  const names = columns.map(({ attribute }, index) => (isShown ? attribute : `key_${index}`));
  const hidden = isShown
    ? []
    : columns.map(({ node }, index) => selectItem(cast(node, TEXT), names[index]));
  const matching = {
    ...statement,
    columns: [...statement.columns, ...hidden],
    where: [...statement.where, keysCondition(columns, keys)],
  };
  const rows = await run(source, matching, "find", { signal, origin });
  const texts = rows.map((row) =>
    printed(
      columns,
      columns.map(({ definition }, index) => codecOf(definition).decode(row[names[index] ?? ""])),
    ),
  );
  const records = await recordsOf(state, rows);
  const byKey = new Map(records.map((record, index) => [texts[index], record]));
  return keys.map((key, index) => {
    const record = byKey.get(printed(columns, key));
    if (record === undefined) throw notFound(source, columns, given[index]);
    return record;
  });
}

/** The first record with these values. Throws QueryError when a value is an object of operators. */
export async function findBy<Row>(
  state: QueryState<Row>,
  conditions: unknown,
): Promise<Row | null> {
  const { source } = state;
  checkPlain(source, conditions);
  const where = [...state.statement.where, ...conditionList(source, conditions)];
  const limit = Math.min(1, state.statement.limit ?? 1);
  const [record] = await fetchRecords(
    { ...state, statement: { ...state.statement, where, limit } },
    "findBy",
  );
  return record ?? null;
}

/** Refuses what could change the meaning of a condition: operators, groups, subqueries. */
export function checkPlain(source: RecordSource, conditions: unknown): void {
  if (!isPlainObject(conditions)) {
    throw new QueryError(`findBy() on ${source.name} expects an object of values.`);
  }
  for (const [name, value] of Object.entries(conditions)) {
    const found = source.columns.get(name);
    if (!found) {
      throw new QueryError(
        `findBy() received unknown column "${name}" on ${source.name}.${didYouMean(name, source.columns.keys())}`,
      );
    }
    const { definition } = found;
    if (!isPlainObject(value) || isJsonType(definition) || definition.fields) continue;
    throw new QueryError(
      `findBy() on ${source.name} takes values, not operators ("${name}" is an object).`,
      { hint: "Use where() for operators; never pass it objects from a request unchecked." },
    );
  }
}
