/** How a type is spelled in a cast. */
import type { ColumnType } from "../schema/table";
import { shortTypeName } from "../schema/types";
import { quoteIdentifier } from "./writer";

/** The SQL spelling of a type for a cast; undefined where the schema does not tell it. */
export function typeName(type: ColumnType): string | undefined {
  if (type.pgType) return `${quoteIdentifier(type.pgType[0])}.${quoteIdentifier(type.pgType[1])}`;
  if (type.element) {
    const element = typeName(type.element);
    return element && (element.endsWith("[]") ? element : `${element}[]`);
  }
  if (type.type === "ARRAY" || type.type === "USER-DEFINED") return undefined;
  const name = shortTypeName(type.type);
  // Without quotes these two are bpchar and bit(1), whatever the length of the column.
  return name !== "char" && name !== "bit" && /^[a-z][a-z0-9_ ]*$/.test(name)
    ? name
    : quoteIdentifier(name);
}
