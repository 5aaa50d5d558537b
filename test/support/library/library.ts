/** The models of the library by name, for tests that go through all of them. */
import { MODELS } from "./models";

/** A record whose class is not known. */
export interface Row {
  readonly [name: string]: unknown;
  load(name: string): Promise<unknown>;
  loadCount(name: string): Promise<number>;
  isLoaded(name: string): boolean;
}

interface Query extends PromiseLike<Row[]> {
  toArray(): Promise<Row[]>;
  count(): Promise<number>;
  autoBatch(on: boolean): Query;
  includes(path: string, options?: object): Query;
  whereAssociated(name: string): Query;
  whereMissing(name: string): Query;
  withCount(name: string, as: string): Query;
  where(conditions: object): Query;
}

/** A model class whose record type is not known. */
export interface LibraryModel {
  all(): Query;
  includes(path: string, options?: object): Query;
  joins(path: string): Query;
  leftJoins(path: string): Query;
}

export interface LibraryEntry {
  readonly table: string;
  /** Names of the key's columns in the database. */
  readonly key: readonly string[];
  readonly model: LibraryModel;
}

const entries = new Map<string, LibraryEntry>(
  Object.entries(MODELS).map(([name, modelClass]) => {
    const { tableName, primaryKey, columns } = modelClass.tableDefinition;
    const entry: LibraryEntry = {
      table: tableName,
      key: primaryKey.map((attribute) => columns[attribute]?.columnName ?? attribute),
      // The statics are typed by the class they are called on, and here it can be any.
      model: modelClass as unknown as LibraryModel,
    };
    return [name, entry];
  }),
);

/** What is known of a model. Throws for a name that is none. */
export function library(name: string): LibraryEntry {
  const found = entries.get(name);
  if (!found) throw new Error(`The library has no model ${name}.`);
  return found;
}

/** The key of a row as it comes from the driver. */
export function rowKey({ key }: LibraryEntry, row: Readonly<Record<string, unknown>>): string {
  return key.map((name) => String(row[name])).join("/");
}

/** The keys of a loaded value: of a list, a record or null. */
export function valueKeys(entry: LibraryEntry, value: unknown): string[] {
  const records = Array.isArray(value) ? value : value === null ? [] : [value];
  const attribute = (name: string) =>
    name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
  return records.map((record: Row) =>
    entry.key.map((name) => String(record[attribute(name)])).join("/"),
  );
}
