/** Allots every top-level name of the generated file, none of them twice. Pure; rules in `names.ts`. */
import {
  type AllottedName,
  attributeName,
  attributeNames,
  className,
  constantName,
  firstFree,
  isReservedWord,
} from "./names";
import type { Catalog, QualifiedName } from "./structure";

interface TableNames {
  /** The constant, which is also the key in `schema.tables`. */
  readonly constant: AllottedName;
  readonly rowClass: string;
}

interface EnumNames {
  readonly type: AllottedName;
  readonly values: string;
}

interface CompositeNames {
  readonly type: AllottedName;
  readonly fields: string;
}

export interface NamesPlan {
  table(name: QualifiedName): TableNames;
  enum(name: QualifiedName): EnumNames;
  composite(name: QualifiedName): CompositeNames;
  /** The attributes of a table that is in the catalog, or by the plain rule of one that is not. */
  attribute(table: QualifiedName, column: string): string;
  attributes(table: QualifiedName): ReadonlyMap<string, AllottedName>;
}

/** A schema and name as one key. */
export const keyOf = (name: QualifiedName) => JSON.stringify([name.schema, name.name]);

const display = (name: QualifiedName) => `${name.schema}.${name.name}`;

/** Plans all names: tables first, since their constants are what applications import. */
export function planNames(catalog: Catalog): NamesPlan {
  const owners = new Map<string, QualifiedName>();
  const isTaken = (name: string) => owners.has(name) || isReservedWord(name);
  const claim = (name: string, owner: QualifiedName) => {
    owners.set(name, owner);
    return name;
  };
  /** The first of `names` (plain, qualified, then numbered) of which all `parts` are free. */
  const allot = (
    owner: QualifiedName,
    names: readonly [plain: string, qualified: string],
    parts: (name: string) => readonly string[],
    strange?: string,
  ): AllottedName => {
    const [plain, qualified] = names;
    const isBlocked = (name: string) => parts(name).some(isTaken);
    const rival = parts(plain)
      .map((part) => owners.get(part))
      .find((found) => found !== undefined);
    const elsewhere = rival !== undefined && rival.schema !== owner.schema;
    const name = isBlocked(plain) ? firstFree(elsewhere ? qualified : plain, isBlocked) : plain;
    for (const part of parts(name)) claim(part, owner);
    const reason = rival ? `"${plain}" is ${display(rival)}` : strange;
    return reason === undefined ? { name } : { name, reason };
  };

  const constants = new Map<string, AllottedName>();
  const isPlain = (table: QualifiedName) => constantName(table.name) === table.name;
  const tablesFirst = [
    ...catalog.tables.filter(isPlain),
    ...catalog.tables.filter((table) => !isPlain(table)),
  ];
  for (const table of tablesFirst) {
    const constant = constantName(table.name);
    const qualified = constantName(`${table.schema}_${table.name}`);
    const strange = isPlain(table)
      ? undefined
      : constant === `${table.name}_`
        ? "a reserved word"
        : "not an identifier";
    constants.set(
      keyOf(table),
      allot(table, [constant, qualified], (name) => [name], strange),
    );
  }
  const tables = new Map<string, TableNames>();
  for (const table of catalog.tables) {
    const constant = constants.get(keyOf(table)) ?? { name: table.name };
    const rowClass = firstFree(`${className(constant.name, "Table")}Row`, isTaken);
    tables.set(keyOf(table), { constant, rowClass: claim(rowClass, table) });
  }
  const typeNames = (type: QualifiedName, ending: string): [string, string] => [
    className(type.name, "Type") + ending,
    className(`${type.schema}_${type.name}`, "Type") + ending,
  ];
  const enums = new Map<string, EnumNames>();
  for (const type of catalog.enums) {
    const name = allot(type, typeNames(type, ""), (name) => [name, `${name}Values`]);
    enums.set(keyOf(type), { type: name, values: `${name.name}Values` });
  }
  const composites = new Map<string, CompositeNames>();
  for (const type of catalog.composites) {
    const name = allot(type, typeNames(type, "Composite"), (name) => [name, `${name}Fields`]);
    composites.set(keyOf(type), { type: name, fields: `${name.name}Fields` });
  }
  const attributes = new Map(
    catalog.tables.map((table) => [
      keyOf(table),
      attributeNames(table.columns.map((column) => column.name)),
    ]),
  );

  return {
    table: (name) => found(tables, name),
    enum: (name) => found(enums, name),
    composite: (name) => found(composites, name),
    attributes: (table) => found(attributes, table),
    attribute: (table, column) =>
      attributes.get(keyOf(table))?.get(column)?.name ?? attributeName(column).name,
  };
}

function found<T>(map: ReadonlyMap<string, T>, name: QualifiedName): T {
  const value = map.get(keyOf(name));
  if (value === undefined) throw new TypeError(`${display(name)} is not part of the catalog`);
  return value;
}
