/** The associations of a model, read off the foreign keys of db/schema.ts. Pure. */
import { camelCase, modelNameOf, plural, singular } from "../schema/naming";
import { reservedAttributes } from "../schema/reserved";
import type { ForeignKeyDefinition, TableDefinition } from "../schema/table";

/** One line of the model. */
export interface GeneratedAssociation {
  readonly kind: "belongsTo" | "hasMany" | "hasOne" | "hasManyThrough";
  readonly name: string;
  /** The class it leads to. */
  readonly model: string;
  /** Given where the name of the association does not tell it. */
  readonly foreignKey: readonly string[] | undefined;
  /** Of hasManyThrough: the association to the records in between. */
  readonly through?: string;
  /** The association that leads on from there, where the name does not tell it. */
  readonly source?: string;
}

/**
 * belongsTo for the table's own foreign keys, hasMany and hasOne for those of other tables that refer to it,
 * hasManyThrough for what lies behind a table that joins two.
 */
export function associationsOf(
  table: TableDefinition,
  tables: readonly TableDefinition[],
): GeneratedAssociation[] {
  const taken = new Set([...Object.keys(table.columns), ...reservedAttributes]);
  const found: GeneratedAssociation[] = [];
  const throughs: GeneratedAssociation[] = [];
  const add = (association: GeneratedAssociation, { columns }: ForeignKeyDefinition): string => {
    const name = freeName(association.name, taken);
    taken.add(name);
    // Another name no longer tells the key.
    found.push(
      name === association.name ? association : { ...association, name, foreignKey: columns },
    );
    return name;
  };
  for (const key of Object.values(table.foreignKeys)) {
    const referred = tables.find((other) => isReferred(other, key));
    if (referred) add(belongsTo(key, referred), key);
  }
  for (const other of tables) {
    const keys = Object.values(other.foreignKeys).filter((key) => isReferred(table, key));
    for (const key of keys) {
      const through = add(has(key, table, other, keys.length > 1), key);
      const onward = behind(key, table, other, tables);
      if (onward) throughs.push({ ...onward, through });
    }
  }
  // Last, and only where the name is free: they are a convenience on top of the others.
  for (const association of throughs) {
    if (taken.has(association.name)) continue;
    taken.add(association.name);
    found.push(association);
  }
  return found;
}

/** What a table that joins two leads to: it has two foreign keys, and each pair at most once. */
function behind(
  near: ForeignKeyDefinition,
  table: TableDefinition,
  join: TableDefinition,
  tables: readonly TableDefinition[],
): GeneratedAssociation | undefined {
  const [far, ...others] = Object.values(join.foreignKeys).filter((key) => key !== near);
  if (far === undefined || others.length > 0 || join === table) return undefined;
  const target = tables.find((other) => isReferred(other, far));
  if (target === undefined || target === table || target === join) return undefined;
  if (isUnique(near.columns, join) || isUnique(far.columns, join)) return undefined;
  if (!isUnique([...near.columns, ...far.columns], join)) return undefined;
  const { name: source, model } = belongsTo(far, target);
  const name = plural(source);
  return {
    ...{ kind: "hasManyThrough", name, model, foreignKey: undefined },
    ...(singular(name) === source ? undefined : { source }),
  };
}

function isReferred(table: TableDefinition, { references }: ForeignKeyDefinition): boolean {
  return (
    references.table === table.tableName &&
    (references.schema ?? "public") === (table.schema ?? "public")
  );
}

/** "authorId" -> "author"; undefined for keys that are not called after what they refer to. */
function roleOf({ columns }: ForeignKeyDefinition): string | undefined {
  const [column, ...others] = columns;
  if (column === undefined || others.length > 0) return undefined;
  return /^(.+)I[dD]$/.exec(column)?.[1];
}

function belongsTo(key: ForeignKeyDefinition, referred: TableDefinition): GeneratedAssociation {
  const role = roleOf(key);
  return {
    kind: "belongsTo",
    name: role ?? camelCase(singular(referred.tableName)),
    model: modelNameOf(referred.tableName),
    foreignKey: role === undefined || key.columns[0] !== `${role}Id` ? key.columns : undefined,
  };
}

function has(
  key: ForeignKeyDefinition,
  table: TableDefinition,
  other: TableDefinition,
  isOneOfSeveral: boolean,
): GeneratedAssociation {
  const kind = isUnique(key.columns, other) ? "hasOne" : "hasMany";
  const inflect = kind === "hasOne" ? singular : plural;
  const plain = camelCase(inflect(other.tableName));
  const role = roleOf(key);
  const conventional = camelCase(singular(table.tableName));
  // A table that refers to itself, or refers here twice: the role tells which way is meant.
  const isPlain =
    role === undefined || (role === conventional && other !== table) || !isOneOfSeveral;
  const name =
    other === table && role === "parent"
      ? inflect("child")
      : isPlain && other !== table
        ? plain
        : `${role ?? "other"}${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
  return {
    kind,
    name,
    model: modelNameOf(other.tableName),
    foreignKey: key.columns.join() === `${conventional}Id` ? undefined : key.columns,
  };
}

/** Whether at most one row can hold a given key. */
function isUnique(columns: readonly string[], table: TableDefinition): boolean {
  const names = columns.map((column) => table.columns[column]?.columnName ?? column);
  const within = (unique: readonly string[], given: readonly string[]) =>
    unique.length > 0 && unique.every((column) => given.includes(column));
  return (
    within(table.primaryKey, columns) ||
    Object.values(table.indexes).some(
      (index) => index.unique === true && index.where === undefined && within(index.columns, names),
    )
  );
}

/** A column or a member of every model may have the name already. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 1; taken.has(free); count++) {
    free = count === 1 ? `${name}Association` : `${name}Association${count}`;
  }
  return free;
}
