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

/** What is known of an association besides its options. */
interface Hints {
  /** "User.posts", for messages. */
  readonly place: string;
  /** Attributes that the association's own name suggests, before all others. */
  readonly names: readonly string[];
  /** The class that is referred to: Author over the table "users" is referred to by authorId, too. */
  readonly model: string;
}

/**
 * The columns by which `holder` refers to `referred`: those given, else a foreign key of the schema, else
 * columns with a telling name. Throws AssociationError when there is none, or more than one that could be meant.
 */
export function keyPair(
  holder: TableDefinition,
  referred: TableDefinition,
  options: KeyOptions,
  { place, names, model }: Hints,
): KeyPair {
  const given = list(options.foreignKey);
  const primary = list(options.primaryKey);
  const candidates = foreignKeysTo(holder, referred);
  const declaredBy = (columns: readonly string[]) =>
    candidates.find((candidate) => sameNames(candidate.columns, columns))?.references.columns;
  if (given) return checkedPair(given, primary ?? declaredBy(given) ?? referred.primaryKey);
  const exists = (name: string) => Object.hasOwn(holder.columns, name);
  // The association's name says more than a foreign key that is called otherwise.
  const named = names.find(exists);
  if (named !== undefined) {
    const declared = candidates.find(({ columns }) => columns.includes(named));
    if (declared) return checkedPair(declared.columns, primary ?? declared.references.columns);
    return checkedPair([named], primary ?? referred.primaryKey);
  }
  const conventional = [conventionalName(referred), `${camelCase(lowerFirst(model))}Id`];
  const chosen =
    candidates.length > 1
      ? candidates.find(({ columns }) => columns.some((name) => conventional.includes(name)))
      : candidates[0];
  if (chosen) return checkedPair(chosen.columns, primary ?? chosen.references.columns);
  if (candidates.length > 1) {
    const found = candidates.map(({ columns }) => columns.join(", ")).join(" and by ");
    throw new AssociationError(
      `${place}: "${holder.tableName}" refers to "${referred.tableName}" by ${found}.`,
      { hint: "Choose one with { foreignKey }." },
    );
  }
  const guess = conventional.find(exists) ?? conventional[0] ?? "";
  return checkedPair([guess], primary ?? referred.primaryKey);

  function checkedPair(foreign: readonly string[], referredTo: readonly string[]): KeyPair {
    checked(holder, foreign, place);
    checked(referred, referredTo, place);
    if (foreign.length !== referredTo.length || foreign.length === 0) {
      throw new AssociationError(
        `${place}: the foreign key (${foreign.join(", ")}) does not match the key it refers to (${referredTo.join(", ")}).`,
        { hint: "Give both { foreignKey, primaryKey }." },
      );
    }
    return { foreign, primary: referredTo };
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** "companies" -> "companyId". */
function conventionalName(referred: TableDefinition): string {
  const words = referred.tableName.split("_");
  words.push(singular(words.pop() ?? ""));
  return `${camelCase(words.join("_"))}Id`;
}
