/** Constraints that the database found violated, as validation messages under the right attribute. */
import { ConstraintViolationError, QueryError } from "../errors";
import { ValidationError, ValidationErrors } from "../record/errors";
import type { ValidationRule } from "../record/rules";
import { fieldsOf } from "../record/shape";
import { inheritedStatic } from "../record/typename";
import type { ModelInfo } from "./info";
import { stateOf } from "./state";

/** Attributes and the message each of them gets. */
type Finding = readonly [attributes: readonly string[], message: string];

/**
 * What the failed statement of a save is to the application: a violated constraint of the record's own table is a
 * ValidationError whose `cause` is the database's error; every other error is what it was.
 */
export function asValidation(info: ModelInfo, record: object, error: unknown): unknown {
  if (!(error instanceof QueryError)) return error;
  const finding = findingOf(info, record, error);
  if (!finding) return error;
  const [attributes, message] = finding;
  const errors = new ValidationErrors();
  for (const name of attributes) errors.add(name, message);
  stateOf(record).errors = errors;
  return new ValidationError(info.name, errors, { cause: error });
}

function findingOf(info: ModelInfo, record: object, error: QueryError): Finding | undefined {
  if (error.sqlState === "22001") return tooLong(info, record);
  if (!(error instanceof ConstraintViolationError)) return undefined;
  const { table } = info;
  const name = error.constraint ?? "";
  switch (error.sqlState) {
    case "23505":
      return uniqueness(info, name, error);
    case "23503":
      return reference(info, name, error);
    case "23502":
      return [attributesNamed(info, [error.column ?? ""]), "can't be blank"];
    case "23P01": {
      const columns = table.exclusions?.[name]?.columns;
      return columns && [rangesAmong(info, columns), "conflicts with another record"];
    }
    default:
      return check(info, record, name, error);
  }
}

/** Whether the error is about the record's table, or a partition of it: those go by names of their own. */
function isOwn({ table }: ModelInfo, error: QueryError): boolean {
  return table.partitioned === true || error.table === table.tableName;
}

function uniqueness(info: ModelInfo, name: string, error: QueryError): Finding | undefined {
  const { table } = info;
  const isKey = name === (table.primaryKeyName ?? `${table.tableName}_pkey`);
  const index = table.indexes[name];
  if (!isKey && !index && !isOwn(info, error)) return undefined;
  const columns = isKey
    ? table.primaryKey
    : attributesNamed(info, index?.columns ?? columnsInDetail(error));
  return [[responsible(info, columns)], "has already been taken"];
}

/**
 * The attribute of a composite key that the message belongs to: the one with a uniqueness rule, else the first
 * that is no reference to another table, for (user_id, title) the title.
 */
function responsible(info: ModelInfo, attributes: readonly string[]): string {
  const references = Object.values(info.table.foreignKeys).flatMap(({ columns }) => columns);
  return (
    attributes.find((name) => rulesOf(info, name).includes("uniqueness")) ??
    attributes.find((name) => !references.includes(name)) ??
    attributes.at(-1) ??
    "base"
  );
}

function rulesOf({ modelClass }: ModelInfo, attribute: string): string[] {
  return inheritedStatic(modelClass, "validations").flatMap((rules) => {
    const declared = Object(rules)[attribute] as ValidationRule | ValidationRule[] | undefined;
    return declared ? [declared].flat().map(({ validator }) => validator) : [];
  });
}

function reference(info: ModelInfo, name: string, error: QueryError): Finding | undefined {
  const named = attributesNamed(info, columnsInDetail(error)).join();
  const key =
    info.table.foreignKeys[name] ??
    (info.table.partitioned
      ? Object.values(info.table.foreignKeys).find(({ columns }) => columns.join() === named)
      : undefined);
  if (key) return [[responsible(info, key.columns)], "must exist"];
  if (error.table === info.table.tableName) {
    return [attributesNamed(info, columnsInDetail(error)), "must exist"];
  }
  // Another table's foreign key: the record's own key cannot be changed while rows refer to it.
  return [["base"], `Rows of ${error.table ?? "another table"} still refer to this record`];
}

function check(
  info: ModelInfo,
  record: object,
  name: string,
  error: QueryError,
): Finding | undefined {
  const found = info.table.checks?.[name];
  if (found) return found.columns.length > 0 ? [found.columns, "is invalid"] : [["base"], name];
  // A domain's own check names the domain, not the column.
  const domain: unknown = Reflect.get(Object(error.cause), "dataType");
  if (typeof domain === "string") {
    const attributes = Object.entries(info.table.columns)
      .filter(([, column]) => column.pgType?.[1] === domain)
      .map(([attribute]) => attribute)
      .filter((attribute) => fieldsOf(record)[attribute] != null);
    return [attributes.length === 1 ? attributes : ["base"], "is invalid"];
  }
  // No name: no partition takes the row.
  if (name === "") return undefined;
  return isOwn(info, error) ? [["base"], `Violates ${name}`] : undefined;
}

/** The server does not say which column a text was too long for; the lengths do. */
function tooLong(info: ModelInfo, record: object): Finding | undefined {
  for (const [attribute, { type }] of Object.entries(info.table.columns)) {
    const value = fieldsOf(record)[attribute];
    const limit = Number(/^(?:character varying|varchar|character|char)\((\d+)\)$/.exec(type)?.[1]);
    if (typeof value !== "string" || !(limit > 0)) continue;
    // Characters, not UTF-16 units.
    if ([...value].length > limit) {
      return [[attribute], `is too long (maximum is ${limit} characters)`];
    }
  }
  return undefined;
}

/** A range overlaps; the columns compared for equality merely say where. */
function rangesAmong(info: ModelInfo, attributes: readonly string[]): readonly string[] {
  const ranges = attributes.filter((name) => /range$/.test(info.table.columns[name]?.type ?? ""));
  return ranges.length > 0 ? ranges : attributes;
}

/** Attributes by the names, or the expressions, of the database. */
function attributesNamed(info: ModelInfo, columns: readonly string[]): string[] {
  const entries = Object.entries(info.table.columns);
  const found = columns.flatMap((text) => {
    const exact = entries.filter(([, column]) => column.columnName === text);
    const words: readonly string[] = text.match(/[\w$]+/g) ?? [];
    return (
      exact.length > 0 ? exact : entries.filter(([, column]) => words.includes(column.columnName))
    ).map(([attribute]) => attribute);
  });
  return found.length > 0 ? [...new Set(found)] : ["base"];
}

/** "Key (user_id, title)=(...)": in any language the server speaks, the columns stand there. */
function columnsInDetail({ detail }: QueryError): string[] {
  return /\((.+?)\)=\(/.exec(detail ?? "")?.[1]?.split(", ") ?? [];
}
