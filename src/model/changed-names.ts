/** Which attributes an UPDATE has to write: asked for each column of each record that is saved. */
import type { DriverRow } from "../connection/driver";
import { codecOf } from "../schema/codecs";
import type { ColumnDefinition, TableDefinition } from "../schema/table";
import type { RecordState } from "./state";

/** The names of the attributes that are not what the row has, those of the key first. */
export type ChangedNames = (record: object, row: DriverRow, state: RecordState) => string[];

/** What says without a call that the attribute is as the driver gave it; see isAsGiven(). */
function isAsGiven(column: ColumnDefinition): string {
  const { direct, givesDate } = codecOf(column);
  if (direct) return "value === raw";
  return givesDate
    ? "value instanceof Date ? (raw instanceof Date ? raw.getTime() : raw) === value.getTime() : value === null && raw === null"
    : "value === null && raw === null";
}

/**
 * Written for one model and compiled, as its constructor is: by a loop over the names each access would be to a name
 * that the compiler does not know. What is not the same at a glance is compared by its type.
 */
export function compileChangedNames({ columns, primaryKey }: TableDefinition): ChangedNames {
  const others = Object.keys(columns).filter((name) => !primaryKey.includes(name));
  const lines = [...primaryKey, ...others].map((name) => {
    const key = JSON.stringify(name);
    const column = columns[name];
    return `value = record[${key}]; raw = row[${key}];
      if (!(${column ? isAsGiven(column) : "false"}) && state.differs(record, ${key})) found.push(${key});`;
  });
  return new Function(
    "record",
    "row",
    "state",
    `let value, raw; const found = []; ${lines.join("\n")} return found;`,
  ) as ChangedNames;
}
