/** db/schema.ts is replaced whole, only when it changed. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSchemaFile, writeSchemaFile } from "../../../src/introspect/write";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "baked-write-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeSchemaFile", () => {
  test("makes the folder and the file, and leaves nothing else", async () => {
    const path = join(folder, "db/deep/schema.ts");
    expect(await readSchemaFile(path)).toBeUndefined();
    expect(await writeSchemaFile(path, "one")).toBe("written");
    expect(await readFile(path, "utf8")).toBe("one");
    expect(await readdir(join(folder, "db/deep"))).toEqual(["schema.ts"]);
  });

  test("does not touch a file that is current", async () => {
    const path = join(folder, "schema.ts");
    await writeSchemaFile(path, "one");
    const before = await stat(path);
    expect(await writeSchemaFile(path, "one")).toBe("unchanged");
    const after = await stat(path);
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(await writeSchemaFile(path, "two")).toBe("written");
    expect(await readSchemaFile(path)).toBe("two");
  });

  test("writers at the same moment leave one whole text", async () => {
    const path = join(folder, "schema.ts");
    const texts = Array.from({ length: 20 }, (_, index) => `${index}\n`.repeat(10_000));
    await Promise.all(texts.map((text) => writeSchemaFile(path, text)));
    expect(texts).toContain((await readSchemaFile(path)) ?? "");
    expect(await readdir(folder)).toEqual(["schema.ts"]);
  });

  test("leaves no draft behind when the place is taken by a folder", async () => {
    await mkdir(join(folder, "schema.ts/inside"), { recursive: true });
    await expect(writeSchemaFile(join(folder, "schema.ts"), "one")).rejects.toThrow(/EISDIR/);
    expect(await readdir(folder)).toEqual(["schema.ts"]);
  });
});
