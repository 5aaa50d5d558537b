/** A driver that only remembers: for tests of the exact SQL, without a server. */
import { Database, type DatabaseOptions } from "../../src/connection/database";
import type { Driver, DriverQuery, DriverResult, DriverRow } from "../../src/connection/driver";

export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Answer = (sent: Sent) => readonly DriverRow[];

/** Records every statement; `answer` gives the rows, none by default. */
export function fakeDriver(answer: Answer = () => []): Driver & { readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const query = (text: string, values: readonly unknown[]): DriverQuery => {
    const statement = { text, values };
    sent.push(statement);
    const rows = [...answer(statement)];
    const command = /^\w+/.exec(text)?.[0] ?? "";
    const result: DriverResult = Object.assign(rows, { count: rows.length, command });
    return Object.assign(Promise.resolve(result), { cancel: () => {} });
  };
  return {
    sent,
    query,
    reserve: async () => ({ query, release: () => {} }),
    close: async () => {},
  };
}

/** A database over a fake driver; run code in it with `Database.run(database, ...)`. */
export function fakeDatabase(answer?: Answer, options: DatabaseOptions = {}) {
  const driver = fakeDriver(answer);
  return { database: new Database(driver, options), sent: driver.sent };
}
