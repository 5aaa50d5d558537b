/** Keeps no more statements in flight than there are connections: Bun would queue them behind slow ones. */
import { TimeoutError } from "../errors";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** When it gives up, by performance.now(). */
  readonly deadline: number;
  /** Ends listening to the signal. */
  unlisten: (() => void) | undefined;
}

export class Slots {
  #free: number;
  readonly #size: number;
  readonly #timeout: number;
  readonly #waiting: Waiter[] = [];
  #next = 0;
  readonly #onIdle: (() => void)[] = [];
  /** One for all who wait, set for the first of them: hundreds may come and go in a millisecond. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `size` connections; a wait longer than `timeout` milliseconds (0: for ever) ends with TimeoutError. */
  constructor(size: number, timeout: number) {
    this.#size = size;
    this.#free = size;
    this.#timeout = timeout;
  }

  /** Takes a slot at once and returns undefined, or returns a promise of one; it rejects with the signal's reason. */
  acquire(signal?: AbortSignal): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const deadline = this.#timeout > 0 ? performance.now() + this.#timeout : Infinity;
      const waiter: Waiter = { resolve, reject, deadline, unlisten: undefined };
      if (signal) {
        const leave = () => this.#leave(waiter, signal.reason);
        signal.addEventListener("abort", leave, { once: true });
        waiter.unlisten = () => signal.removeEventListener("abort", leave);
      }
      this.#waiting.push(waiter);
      this.#watch();
    });
  }

  release(): void {
    const waiter = this.#waiting[this.#next];
    if (!waiter) {
      this.#free++;
      if (this.#onIdle.length > 0 && this.#free === this.#size) {
        for (const resolve of this.#onIdle.splice(0)) resolve();
      }
      return;
    }
    // A moving head instead of shift(): thousands of callers may wait.
    if (++this.#next > 1_000 || this.#next === this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    if (this.#waiting.length === 0) this.#unwatch();
    waiter.unlisten?.();
    waiter.resolve();
  }

  /** Resolves when nobody holds a slot or waits for one. */
  async idle(): Promise<void> {
    if (this.#free === this.#size) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Sets the timer for the first in line: whoever came later waits longer. */
  #watch(): void {
    const first = this.#waiting[this.#next];
    if (this.#timer !== undefined || this.#timeout <= 0 || !first) return;
    const wait = Math.ceil(first.deadline - performance.now());
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        for (let late = this.#late(); late; late = this.#late()) this.#leave(late, this.#expired());
        this.#watch();
      },
      Math.max(0, wait),
    );
  }

  #unwatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #late(): Waiter | undefined {
    const first = this.#waiting[this.#next];
    return first && first.deadline <= performance.now() ? first : undefined;
  }

  #expired(): TimeoutError {
    return new TimeoutError(
      `No connection became free within ${this.#timeout} ms: all ${this.#size} of the pool are busy.`,
      { hint: "Raise `max`, or look for transactions that wait for something slow." },
    );
  }

  #leave(waiter: Waiter, reason: unknown): void {
    const index = this.#waiting.indexOf(waiter, this.#next);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    if (this.#waiting.length === this.#next) this.#unwatch();
    waiter.unlisten?.();
    waiter.reject(reason);
  }
}
