/** An environment that names no database, so that no test can reach a developer's own. */

const databaseVariable =
  /^(POSTGRES_URL|DATABASE_URL|TEST_DATABASE_URL|TLS_.*DATABASE_URL|PG[A-Z]+)$/;

/** A copy of the environment without what names a database or forces colours; `given` is added as it is. */
export function cleanEnvironment(
  environment: Record<string, string | undefined> = process.env,
  given: Record<string, string | undefined> = {},
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const unwanted = databaseVariable.test(name) || name === "FORCE_COLOR";
    if (value !== undefined && !unwanted) result[name] = value;
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) delete result[name];
    else result[name] = value;
  }
  return result;
}

/** Removes the same variables from this process. */
export function forgetDatabases(): void {
  for (const name of Object.keys(process.env)) {
    if (databaseVariable.test(name)) delete process.env[name];
  }
}
