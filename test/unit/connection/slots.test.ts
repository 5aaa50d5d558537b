import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { Slots } from "../../../src/connection/slots";
import { TimeoutError } from "../../../src/errors";

test("slots are taken at once while there are any, then in the order of asking", async () => {
  const slots = new Slots(2, 1_000);
  expect(slots.acquire()).toBeUndefined();
  expect(slots.acquire()).toBeUndefined();
  const order: string[] = [];
  const first = slots.acquire()?.then(() => order.push("first"));
  const second = slots.acquire()?.then(() => order.push("second"));
  slots.release();
  slots.release();
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second"]);
});

describe("the time that somebody waits", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test("who waits too long is refused, and the next one still gets the slot", async () => {
    const slots = new Slots(1, 20);
    slots.acquire();
    const late = slots.acquire();
    jest.advanceTimersByTime(21);
    await expect(late).rejects.toThrow(TimeoutError);
    const next = slots.acquire();
    slots.release();
    await next;
    slots.release();
    await slots.idle();
  });

  test("each waits its own time, whoever came before", async () => {
    const slots = new Slots(1, 60);
    slots.acquire();
    const first = slots.acquire();
    jest.advanceTimersByTime(40);
    const second = slots.acquire();
    slots.release();
    await first;
    // The first one's time is over now, the second one's is not.
    jest.advanceTimersByTime(30);
    slots.release();
    await second;
    const third = slots.acquire();
    jest.advanceTimersByTime(61);
    await expect(third).rejects.toThrow(TimeoutError);
  });
});

test("a signal ends the wait of its caller alone", async () => {
  const slots = new Slots(1, 1_000);
  slots.acquire();
  const controller = new AbortController();
  const given = slots.acquire(controller.signal);
  const other = slots.acquire();
  controller.abort(new Error("not needed any more"));
  await expect(given).rejects.toThrow("not needed any more");
  slots.release();
  await other;
});
