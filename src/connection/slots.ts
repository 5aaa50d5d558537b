/** Keeps no more statements in flight than there are connections: Bun would queue them behind slow ones. */
import { TimeoutError } from "../errors";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Slots {
  #free: number;
  readonly #size: number;
  readonly #timeout: number;
  readonly #waiting: Waiter[] = [];
  #next = 0;

  /** `size` connections; a wait longer than `timeout` milliseconds (0: for ever) ends with TimeoutError. */
  constructor(size: number, timeout: number) {
    this.#size = size;
    this.#free = size;
    this.#timeout = timeout;
  }

  /** Takes a slot at once and returns undefined, or returns a promise of one. */
  acquire(): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, timer: undefined };
      if (this.#timeout > 0) {
        waiter.timer = setTimeout(() => this.#expire(waiter), this.#timeout);
      }
      this.#waiting.push(waiter);
    });
  }

  release(): void {
    const waiter = this.#waiting[this.#next];
    if (!waiter) {
      this.#free++;
      return;
    }
    // A moving head instead of shift(): thousands of callers may wait.
    if (++this.#next > 1_000 || this.#next === this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    clearTimeout(waiter.timer);
    waiter.resolve();
  }

  #expire(waiter: Waiter): void {
    const index = this.#waiting.indexOf(waiter, this.#next);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    waiter.reject(
      new TimeoutError(
        `No connection became free within ${this.#timeout} ms: all ${this.#size} of the pool are busy.`,
        { hint: "Raise `max`, or look for transactions that wait for something slow." },
      ),
    );
  }
}
