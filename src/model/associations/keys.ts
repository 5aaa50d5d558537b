/** Which columns tie two tables together: by option, by the schema's foreign keys, else by names. */
import { AssociationError, didYouMean } from "../../errors";
import { camelCase, singular } from "../../schema/naming";
import type { ForeignKeyDefinition, TableDefinition } from "../../schema/table";

/** Attribute names on both sides, pair by pair. */
export interface KeyPair {
  /** On the table that holds the foreign key. */
  readonly foreign: readonly string[];
  /** On the table it refers to. */
  readonly primary: readonly string[];
}

interface KeyOptions {
  readonly foreignKey?: string | readonly string[] | undefined;
  readonly primaryKey?: string | readonly string[] | undefined;
}

function list(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value;
}

function checked(
  table: TableDefinition,
  names: readonly string[],
  place: string,
): readonly string[] {
  for (const name of names) {
    if (!Object.hasOwn(table.columns, name)) {
      throw new AssociationError(
        `${place}: table "${table.tableName}" has no column "${name}".${didYouMean(name, Object.keys(table.columns))}`,
      );
    }
  }
  return names;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** Foreign keys of `holder` that refer to `referred`. */
function foreignKeysTo(holder: TableDefinition, referred: TableDefinition): ForeignKeyDefinition[] {
  return Object.values(holder.foreignKeys).filter(
    ({ references }) =>
      references.table === referred.tableName &&
      (references.schema ?? "public") === (referred.schema ?? "public"),
  );
}

/**
 * The columns by which `holder` refers to `referred`.
 * @param hint the association's name: it settles which of several foreign keys is meant
 * @param place for messages: "User.posts"
 */
export function keyPair(
  holder: TableDefinition,
  referred: TableDefinition,
  options: KeyOptions,
  hint: string,
  place: string,
): KeyPair {
  const foreign = list(options.foreignKey);
  const primary = list(options.primaryKey);
  const candidates = foreignKeysTo(holder, referred);
  if (foreign) {
    const declared = candidates.find(({ columns }) => sameNames(columns, foreign));
    return pair(foreign, primary ?? declared?.references.columns ?? referred.primaryKey);
  }
  const named = `${camelCase(hint)}Id`;
  const chosen =
    candidates.length > 1
      ? (candidates.find(({ columns }) => columns.includes(named)) ??
        candidates.find(({ columns }) => columns.includes(conventional(referred))))
      : candidates[0];
  if (chosen) return pair(chosen.columns, primary ?? chosen.references.columns);
  if (candidates.length > 1) {
    throw new AssociationError(
      `${place}: "${holder.tableName}" refers to "${referred.tableName}" by ${candidates.map(({ columns }) => columns.join(", ")).join(" and by ")}.`,
      { hint: "Choose one with { foreignKey }." },
    );
  }
  const guess = conventional(referred);
  return pair([guess], primary ?? referred.primaryKey);

  function pair(foreignNames: readonly string[], primaryNames: readonly string[]): KeyPair {
    checked(holder, foreignNames, place);
    checked(referred, primaryNames, place);
    if (foreignNames.length !== primaryNames.length || foreignNames.length === 0) {
      throw new AssociationError(
        `${place}: the foreign key (${foreignNames.join(", ")}) does not match the key it refers to (${primaryNames.join(", ")}).`,
        { hint: "Give both { foreignKey, primaryKey }." },
      );
    }
    return { foreign: foreignNames, primary: primaryNames };
  }
}

/** "companies" -> "companyId". */
function conventional(referred: TableDefinition): string {
  const words = referred.tableName.split("_");
  words.push(singular(words.pop() ?? ""));
  return `${camelCase(words.join("_"))}Id`;
}
