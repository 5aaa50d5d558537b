/** The connection of a transaction whose BEGIN may still be under way: statements follow it at once. */
import {
  type Driver,
  type DriverConnection,
  type DriverQuery,
  type DriverResult,
  type DriverValue,
  resultOf,
} from "./driver";
import { isConnectionLoss, translateError } from "./translate-error";

/**
 * BEGIN and the first statements travel together, which saves a round trip. Where BEGIN fails because the pooled
 * connection had died unnoticed, none of them ran, so all are sent again on another connection.
 */
export class TransactionConnection implements DriverConnection {
  readonly #driver: Driver;
  readonly #begin: string;
  #connection: DriverConnection;
  /** BEGIN was answered: statements are sent straight away. */
  #hasBegun = false;
  #beginning: Promise<void>;

  /** Takes over a reserved connection, and sends `begin` on it. */
  constructor(driver: Driver, connection: DriverConnection, begin: string) {
    this.#driver = driver;
    this.#begin = begin;
    this.#connection = connection;
    this.#beginning = this.#start();
    // Whoever awaits the first statement, or the end of the transaction, is told.
    this.#beginning.catch(ignore);
  }

  /** Resolves when BEGIN was answered. */
  async begun(): Promise<void> {
    if (!this.#hasBegun) await this.#beginning;
  }

  query(text: string, values: readonly DriverValue[]): DriverQuery {
    const query = this.#connection.query(text, values);
    return this.#hasBegun ? query : this.#behindBegin(query, text, values);
  }

  release(): void {
    this.#connection.release();
  }

  #behindBegin(query: DriverQuery, text: string, values: readonly DriverValue[]): DriverQuery {
    const first = this.#connection;
    let answer: Promise<DriverResult> | undefined;
    const answered = async () => {
      const outcome = await resultOf(query).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      await this.begun();
      if ("result" in outcome) return outcome.result;
      if (first !== this.#connection) return await resultOf(this.#connection.query(text, values));
      throw outcome.error;
    };
    return {
      // biome-ignore lint/suspicious/noThenProperty: a query of a driver is awaited
      then: (onFulfilled, onRejected) => {
        answer ??= answered();
        return answer.then(onFulfilled, onRejected);
      },
      cancel: () => query.cancel(),
      values: () => query.values?.(),
      writable: () => query.writable?.() as WritableStream<string>,
    };
  }

  async #start(): Promise<void> {
    try {
      await resultOf(this.#connection.query(this.#begin, []));
    } catch (error) {
      if (!isConnectionLoss(error)) throw this.#failure(error);
      await this.#startElsewhere();
    }
    this.#hasBegun = true;
  }

  async #startElsewhere(): Promise<void> {
    const connection = await reserve(this.#driver, this.#begin);
    this.#connection.release();
    this.#connection = connection;
    try {
      await resultOf(connection.query(this.#begin, []));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    return translateError(error, { text: this.#begin, parameters: [] }, {});
  }
}

/** Reserves a connection and begins a transaction on it, without waiting for the answer. */
export async function beginOn(driver: Driver, begin: string): Promise<TransactionConnection> {
  return new TransactionConnection(driver, await reserve(driver, begin), begin);
}

async function reserve(driver: Driver, begin: string): Promise<DriverConnection> {
  try {
    return await driver.reserve();
  } catch (error) {
    throw translateError(error, { text: begin, parameters: [] }, {});
  }
}

function ignore(): void {}
