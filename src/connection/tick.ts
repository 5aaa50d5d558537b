/** The end of the tick: calls that are made together are served together. */

/** After the callbacks that are due now. */
export function endOfTick(): Promise<void> {
  return atEndOfTick(() => {});
}

/** Runs `callback` after the callbacks that are due now; resolves when it has run. */
export function atEndOfTick(callback: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      callback();
      resolve();
    };
    queueMicrotask(() => process.nextTick(end));
  });
}
