/** The diff that `bake db schema --check` prints. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { diffSchema } from "../../../src/introspect/diff";

const lines = (...texts: string[]) => texts.map((line) => `${line}\n`).join("");

/** Applies a unified diff as `patch` does; checks that context and removed lines are there. */
function patch(oldText: string, diff: string): string {
  const old = oldText === "" ? [] : oldText.replace(/\n$/, "").split("\n");
  const result: string[] = [];
  let position = 0;
  for (const hunk of diff.split(/^(?=@@ )/m).filter((part) => part !== "")) {
    const [head = "", ...body] = hunk.replace(/\n$/, "").split("\n");
    const [, start = "", count = ""] = /^@@ -(\d+),(\d+) /.exec(head) ?? [];
    const from = count === "0" ? Number(start) : Number(start) - 1;
    result.push(...old.slice(position, from));
    position = from;
    for (const line of body) {
      if (line[0] !== "+") expect(old[position++]).toBe(line.slice(1));
      if (line[0] !== "-") result.push(line.slice(1));
    }
  }
  return lines(...result, ...old.slice(position));
}

describe("diffSchema", () => {
  test("is empty for equal texts", () => {
    expect(diffSchema("a\n", "a\n")).toBe("");
  });

  test("shows a change with three lines around it", () => {
    const old = lines("1", "2", "3", "4", "5", "6", "7", "8", "9");
    expect(diffSchema(old, old.replace("5", "five"))).toBe(
      lines("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"),
    );
  });

  test("shows a new file and an emptied one", () => {
    expect(diffSchema("", lines("a", "b"))).toBe(lines("@@ -0,0 +1,2 @@", "+a", "+b"));
    expect(diffSchema(lines("a"), "")).toBe(lines("@@ -1,1 +0,0 @@", "-a"));
  });

  test("keeps changes apart that are far from each other", () => {
    const old = lines(...Array.from({ length: 30 }, (_, index) => String(index)));
    const diff = diffSchema(old, old.replace("2\n", "two\n").replace("25\n", ""));
    expect(diff.match(/^@@ .*$/gm)).toEqual(["@@ -1,6 +1,6 @@", "@@ -23,7 +23,6 @@"]);
  });

  test("applied to the old text gives the new one", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "}"), { maxLength: 40 })
      .map((all) => lines(...all));
    fc.assert(
      fc.property(text, text, (old, changed) => {
        expect(patch(old, diffSchema(old, changed))).toBe(changed);
      }),
    );
  });

  test("copes with files that have nothing in common", () => {
    const of = (word: string) => lines(...Array.from({ length: 3000 }, (_, index) => word + index));
    expect(patch(of("a"), diffSchema(of("a"), of("b")))).toBe(of("b"));
  });
});
