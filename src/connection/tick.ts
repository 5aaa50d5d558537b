/** The end of the tick: calls that are made together are served together. */

/** After the callbacks that are due now. */
export function endOfTick(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}
