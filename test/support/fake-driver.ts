/** A driver without a server: it notes each statement and answers what the test prepared. */
import { Database, type DatabaseOptions } from "../../src/connection/database";
import type {
  Driver,
  DriverConnection,
  DriverQuery,
  DriverResult,
  DriverRow,
  DriverValue,
} from "../../src/connection/driver";

/** One statement as it was sent; `connection` is 0 for the pool, else the number of the reserved one. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly DriverValue[];
  readonly connection: number;
}

/** A number is that of the rows written, of which none comes back. */
type Rows = readonly DriverRow[] | number;
type Answer = Rows | Error | Promise<Rows>;

/** Gives the rows of a statement, or an error to reject with; undefined for no rows. */
export type Answering = (statement: SentStatement) => Answer | undefined;

export class FakeDriver implements Driver {
  readonly sent: SentStatement[] = [];
  /** How many reserved connections have not been released. */
  reserved = 0;
  closed = false;
  #connections = 0;
  answer: Answering;

  constructor(answer: Answering = () => undefined) {
    this.answer = answer;
  }

  /** The texts sent so far, without those of the transaction itself when `bare` is set. */
  texts(bare = false): string[] {
    const control = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)/;
    return this.sent.map(({ text }) => text).filter((text) => !bare || !control.test(text));
  }

  query(text: string, values: readonly DriverValue[]): DriverQuery {
    return this.#send(text, values, 0);
  }

  async reserve(): Promise<DriverConnection> {
    const connection = ++this.#connections;
    this.reserved++;
    return {
      query: (text, values) => this.#send(text, values, connection),
      release: () => {
        this.reserved--;
      },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #send(text: string, values: readonly DriverValue[], connection: number): DriverQuery {
    const statement = { text, values, connection };
    this.sent.push(statement);
    const result = this.#result(statement);
    return Object.assign(result, { cancel: () => undefined });
  }

  async #result(statement: SentStatement): Promise<DriverResult> {
    const answer = await this.answer(statement);
    if (answer instanceof Error) throw answer;
    const command = statement.text.split(" ")[0] ?? "";
    const rows = typeof answer === "number" ? [] : [...(answer ?? [])];
    const count = typeof answer === "number" ? answer : rows.length;
    return Object.assign(rows, { count, command });
  }
}

/** An error as the server sends it. */
export function serverError(sqlState: string, fields: Record<string, string> = {}): Error {
  const { message = "something is wrong", ...rest } = fields;
  return Object.assign(new Error(message), {
    name: "PostgresError",
    code: "ERR_POSTGRES_SERVER_ERROR",
    errno: sqlState,
    ...rest,
  });
}

/** The error of a connection that broke. */
export function lostConnection(): Error {
  return Object.assign(new Error("Connection closed"), {
    code: "ERR_POSTGRES_CONNECTION_CLOSED",
  });
}

/** A database over a fake driver; run code in it with `Database.run(database, ...)`. */
export function fakeDatabase(answer?: Answering, options: DatabaseOptions = {}) {
  const driver = new FakeDriver(answer);
  return { database: new Database(driver, options), driver, sent: driver.sent };
}
