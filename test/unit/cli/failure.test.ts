import { afterAll, afterEach, describe, expect, spyOn, test } from "bun:test";
import { CommandError, report } from "../../../src/cli/failure";
import { main } from "../../../src/cli/main";

let text = "";
const write = (part: string) => {
  text += part;
};
const sink = { write, flush: () => 0 };
const writer = spyOn(Bun.stderr, "writer").mockImplementation(
  () => sink as unknown as Bun.FileSink,
);
afterEach(() => {
  text = "";
});
afterAll(() => writer.mockRestore());
const said = () => text;

describe("exit codes", () => {
  test("1 for what a command refuses, in its own words", () => {
    expect(report(new CommandError("No.", { hint: "Say please." }))).toBe(1);
    expect(said()).toBe("No. Say please.\n");
    text = "";
    report(new CommandError("No.", { hint: "\n  Say please." }));
    expect(said()).toBe("No.\n  Say please.\n");
  });

  test("2 for a defect, with the way to its stack, never the stack", () => {
    expect(report(new TypeError("x is not a function"))).toBe(2);
    expect(said()).toContain("TypeError: x is not a function\nThis was not expected.");
    expect(said()).not.toMatch(/^\s+at /m);
  });

  test("main never throws", async () => {
    expect(await main(["nonsense"])).toBe(1);
    expect(said()).toContain('Unknown command "nonsense".');
  });
});
