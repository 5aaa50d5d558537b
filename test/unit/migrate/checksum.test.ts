import { describe, expect, test } from "bun:test";
import { isEdited, migrationChecksum, normalizeSource } from "../../../src/migrate/checksum";

const source = `
import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn\`CREATE TABLE users (id int, name text DEFAULT 'a  b')\`;
}
`;

describe("the checksum of a migration", () => {
  test.each([
    ["white space between words", source.replaceAll("async function", "async  \n function")],
    ["layout of the code", source.replaceAll("\n", "\n\n   ").replace("{\n", "\n{\n\t")],
    ["line comments", source.replace("export", "// why `not`\nexport")],
    ["block comments", source.replace("await txn", "await /* it's */ txn")],
    ["layout of the SQL", source.replace("CREATE TABLE users (", "\n    CREATE   TABLE\n users (")],
    ["comments in the SQL", source.replace("id int,", "id int, -- the key's\n /* a */")],
    ["an end of file without newline", source.trimEnd()],
    ["other line ends", source.replaceAll("\n", "\r\n")],
  ])("does not change with %s", (_name, edited) => {
    expect(normalizeSource(edited)).toBe(normalizeSource(source));
    expect(isEdited(migrationChecksum(source), edited)).toBe(false);
  });

  test.each([
    ["a column", source.replace("id int", "id bigint")],
    ["a string in the SQL", source.replace("'a  b'", "'a b'")],
    ["a statement", source.replace("await txn", "await txn`SELECT 1`; await txn")],
    ["a word", source.replace("async function", "asyncfunction")],
  ])("changes with %s", (_name, edited) => {
    expect(isEdited(migrationChecksum(source), edited)).toBe(true);
  });

  test("code in the holes of a template counts, its layout does not", () => {
    const hole = (code: string) => `txn\`SELECT \${${code}} -- x\n\``;
    expect(normalizeSource(hole(` a + { b: \`c\${ d }\` }.b `))).toBe(
      normalizeSource(hole(`a+{b:\`c\${d}\`}.b`)),
    );
    expect(normalizeSource(hole("a"))).not.toBe(normalizeSource(hole("b")));
  });

  test("rows without a checksum, or of another method, are not reported", () => {
    expect(isEdited(null, source)).toBe(false);
    expect(isEdited("2:abc", source)).toBe(false);
  });
});
