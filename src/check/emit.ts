/** Prints the file that gives named statements their rows. Pure. */
import { keyLiteral } from "../introspect/literal";
import type { TypeFacts } from "./catalog";
import { givenType } from "./values";

/** A column of a named statement. */
export interface ResultColumn {
  readonly name: string;
  readonly type: TypeFacts;
  readonly isNullable: boolean;
}

const header = `// Written by \`bake sql check --write\` from the database itself: changes made here are lost.
// It holds types only, and need not be imported.
export {};
`;

/** The type of a column's values, null included. */
export function columnType({ type, isNullable }: ResultColumn): string {
  const given = givenType(type);
  return isNullable && given !== "unknown" && given !== "null" ? `${given} | null` : given;
}

/** The text of `db/sql.ts`; statements in the order of their names. */
export function emitResults(results: ReadonlyMap<string, readonly ResultColumn[]>): string {
  const names = [...results.keys()].sort();
  const rows = names.map((name) => {
    const columns = (results.get(name) ?? []).map(
      (column) => `      ${keyLiteral(column.name)}: ${columnType(column)};\n`,
    );
    const body = columns.length === 0 ? "Record<never, never>" : `{\n${columns.join("")}    }`;
    return `    ${keyLiteral(name)}: ${body};\n`;
  });
  return `${header}
declare module "baked-orm" {
  interface SqlResults {
${rows.join("")}  }
}
`;
}
