import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MigrationError } from "../../../src/errors";
import { createMigration, timestampOf } from "../../../src/migrate/create";
import { discoverMigrations, refuseConflicts } from "../../../src/migrate/files";

const folders: string[] = [];

function folderWith(...files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "baked-migrations-"));
  folders.push(folder);
  for (const file of files) writeFileSync(join(folder, file), "");
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("discoverMigrations", () => {
  test("takes timestamped files in order, and reports the rest", async () => {
    const folder = folderWith(
      "20250102000000.second.ts",
      "20250101000000.first.one.ts",
      "20250103000000.types.d.ts",
      "helper.ts",
      "2025.short.ts",
      "20250104000000.ts",
      "20250105000000.script.sql",
      ".gitkeep",
      "README.md",
    );
    mkdirSync(join(folder, "20250106000000.folder.ts"));
    expect(await discoverMigrations(folder)).toEqual({
      migrations: [
        { version: "20250101000000", name: "first.one", file: "20250101000000.first.one.ts" },
        { version: "20250102000000", name: "second", file: "20250102000000.second.ts" },
      ],
      ignored: [
        "2025.short.ts",
        "20250103000000.types.d.ts",
        "20250104000000.ts",
        "20250105000000.script.sql",
        "helper.ts",
      ],
    });
  });

  test("follows links to files, not to folders or to nothing", async () => {
    const folder = folderWith("20250101000000.a.ts");
    const shared = folderWith("shared.ts");
    symlinkSync(join(shared, "shared.ts"), join(folder, "20250102000000.b.ts"));
    symlinkSync(shared, join(folder, "20250103000000.c.ts"));
    symlinkSync(join(folder, "nowhere"), join(folder, "20250104000000.d.ts"));
    const { migrations, ignored } = await discoverMigrations(folder);
    expect(migrations.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(ignored).toEqual([]);
  });

  test("a missing folder has no migrations; a file in its place is an error", async () => {
    const folder = folderWith("file");
    expect(await discoverMigrations(join(folder, "none"))).toEqual({ migrations: [], ignored: [] });
    await expect(discoverMigrations(join(folder, "file"))).rejects.toBeInstanceOf(MigrationError);
  });
});

test("two files with one timestamp are refused by name", async () => {
  const folder = folderWith("20250101000000.a.ts", "20250101000000.b.ts", "20250102000000.c.ts");
  const { migrations } = await discoverMigrations(folder);
  expect(() => refuseConflicts(migrations)).toThrow(
    `Conflict Multiple migrations share timestamp 20250101000000:
  - 20250101000000.a.ts
  - 20250101000000.b.ts
Migration timestamp conflict detected. Rename one of the conflicting migrations to resolve.`,
  );
  expect(() => refuseConflicts(migrations.slice(1))).not.toThrow();
});

describe("createMigration", () => {
  const now = new Date("2025-12-31T23:59:59.900Z");

  test("writes under the timestamp in UTC", async () => {
    expect(timestampOf(now)).toBe("20251231235959");
    const folder = folderWith();
    expect(await createMigration(folder, "create_users", "text", now)).toEqual({
      version: "20251231235959",
      name: "create_users",
      file: "20251231235959.create_users.ts",
    });
    expect(await Bun.file(join(folder, "20251231235959.create_users.ts")).text()).toBe("text");
  });

  test("never repeats a timestamp, and never overwrites", async () => {
    const folder = folderWith("20251231235959.create_users.ts", "20260101000000.other.ts");
    const { version } = await createMigration(folder, "create_users", "new", now);
    expect(version).toBe("20260101000001");
    expect(await Bun.file(join(folder, "20251231235959.create_users.ts")).text()).toBe("");
  });

  test("many at once get a timestamp each", async () => {
    const folder = folderWith();
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, index) => createMigration(folder, `m${index}`, "", now)),
    );
    expect(new Set(made.map(({ version }) => version)).size).toBe(12);
    expect(readdirSync(folder)).toHaveLength(12);
  });
});
