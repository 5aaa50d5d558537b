/**
 * Names of the sensitive columns of all models, so that values in SQL of the application's own are masked beside
 * them too: there no column says what a value is for.
 */

const columns = new Set<string>();
const tables = new Set<string>();
let pattern: RegExp | undefined;

/** Remembers sensitive columns of a table, by their names in the database. */
export function registerSecrets(table: string, names: readonly string[]): void {
  if (names.length === 0) return;
  tables.add(table);
  for (const name of names) columns.add(name);
  const escaped = [...columns].map((name) => name.replace(/[^\w]/g, "\\$&"));
  pattern = new RegExp(`(?<![\\w$])(?:${escaped.join("|")})(?![\\w$])`, "i");
}

/** Whether SQL names a sensitive column. */
export function mentionsSecret(text: string): boolean {
  return pattern?.test(text) ?? false;
}

/** Whether rows of the table hold something sensitive. */
export function isSecretTable(table: string | undefined): boolean {
  return table !== undefined && tables.has(table);
}
