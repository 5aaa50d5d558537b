import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "../../../src/errors";
import { withLock } from "../../../src/local/lock";

const folder = mkdtempSync(join(tmpdir(), "baked-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("one caller works at a time, in one process as in many", async () => {
  const file = join(folder, "many");
  let inside = 0;
  let most = 0;
  const visit = () =>
    withLock(file, async () => {
      most = Math.max(most, ++inside);
      await Bun.sleep(2);
      inside--;
    });
  await Promise.all([visit(), visit(), visit(), visit()]);
  expect(most).toBe(1);
});

test("a failing owner gives the lock back and its error through", async () => {
  const file = join(folder, "failing");
  const failing = withLock(file, async () => {
    throw new RangeError("mine");
  });
  expect(failing).rejects.toThrow(new RangeError("mine"));
  expect(await withLock(file, async () => "free")).toBe("free");
});

test("the lock of a killed process is free again", async () => {
  const file = join(folder, "killed");
  const lock = join(import.meta.dir, "../../../src/local/lock");
  const code = `import { withLock } from ${JSON.stringify(lock)};
    await withLock(${JSON.stringify(file)}, async () => {
      console.log("held");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const owner = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe" });
  const { value } = await owner.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toContain("held");
  let free = false;
  const waiting = withLock(file, async () => {
    free = true;
  });
  await Bun.sleep(80);
  expect(free).toBe(false);
  owner.kill("SIGKILL");
  await waiting;
  expect(free).toBe(true);
});

test("a lock that cannot be made is explained", async () => {
  const file = join(folder, "no", "such", "folder");
  const refused = withLock(file, async () => {});
  await expect(refused).rejects.toThrow(ConfigurationError);
  await expect(refused).rejects.toThrow(`${file} cannot be locked`);
});
