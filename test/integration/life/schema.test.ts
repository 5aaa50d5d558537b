/** The schema file that the tests of this folder are typed by is what introspection writes. */
import { expect, test } from "bun:test";
import { generated, schemaFiles } from "../../support/schema/generate";

test("test/support/schema/life.ts is current", async () => {
  expect(await Bun.file(schemaFiles("life").file).text()).toBe(await generated("life"));
});
