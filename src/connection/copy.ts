/** COPY ... FROM STDIN: text that is produced while it is sent. */
import { ConnectionError, TransactionError } from "../errors";
import type { CompiledQuery } from "../sql/nodes";
import type { DriverQuery } from "./driver";
import { type QueryLogger, tell } from "./execute";
import { type QueryInfo, translateError } from "./translate-error";

/** Sends the chunks as the input of the statement; an error of either side ends both. */
export async function copyIn(
  send: (text: string) => DriverQuery,
  query: CompiledQuery,
  chunks: AsyncIterable<string>,
  info: QueryInfo,
  logger: QueryLogger | undefined,
): Promise<void> {
  const start = performance.now();
  const pending = send(query.text);
  const writable = pending.writable?.();
  if (!writable) throw new ConnectionError("This driver cannot COPY.");
  const writer = writable.getWriter();
  let error: unknown;
  let thrown: { readonly error: unknown } | undefined;
  async function* produced(): AsyncGenerator<string, void> {
    try {
      yield* chunks;
    } catch (caught) {
      thrown = { error: caught };
      throw caught;
    }
  }
  try {
    for await (const chunk of produced()) await writer.write(chunk);
    await writer.close();
    await pending;
  } catch (cause) {
    // What the application throws while it makes rows is its own, and comes back to it as it is.
    error = thrown ? thrown.error : translateError(cause, query, info);
    await writer.abort(cause).catch(() => {});
    throw error;
  } finally {
    if (logger) {
      tell(logger, {
        text: query.text,
        durationMs: performance.now() - start,
        ...(info.model === undefined ? undefined : { model: info.model }),
        ...(error === undefined ? undefined : { error }),
      });
    }
  }
}

/** What a statement is refused with that the rows of a COPY ask for on the COPY's own connection. */
export function copying(): TransactionError {
  return new TransactionError(
    "The rows of copyFrom() ask for something on the connection of the transaction, which the COPY is using.",
    { hint: "Read it before copyFrom(), or run copyFrom() outside of the transaction." },
  );
}

/** The items, each of them produced inside `around`. */
export function eachStep<Item>(
  items: AsyncIterable<Item>,
  around: <Result>(step: () => Result) => Result,
): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]();
      return {
        next: () => around(() => iterator.next()),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
