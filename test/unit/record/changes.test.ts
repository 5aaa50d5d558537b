import { describe, expect, test } from "bun:test";
import { ChangeTracker } from "../../../src/record/changes";
import { recordShape } from "../../../src/record/shape";
import { Snapshot } from "../../../src/record/snapshot";
import type { ValueType } from "../../../src/schema/values";
import { shape, users } from "./support";

function loaded() {
  const record = {
    id: 1,
    name: "Old",
    balance: "1.50",
    settings: { theme: "light", list: [1, { deep: true }] },
    tags: ["a", "b"],
    createdAt: new Date("2024-01-01T00:00:00Z"),
    visits: 5n,
    avatar: new Uint8Array([1, 2, 3]),
    email: null as string | null,
  };
  const tracker = new ChangeTracker(shape);
  tracker.capture(record);
  return { record, tracker };
}

describe("a persisted record", () => {
  test("is clean until an attribute differs", () => {
    const { record, tracker } = loaded();
    expect(tracker.changed(record)).toBe(false);
    record.name = "New";
    expect(tracker.changed(record)).toBe(true);
    expect(tracker.changed(record, "name")).toBe(true);
    expect(tracker.changed(record, "email")).toBe(false);
    expect(tracker.changedNames(record)).toEqual(["name"]);
    expect(tracker.changedAttributes(record)).toEqual({ name: { was: "Old", now: "New" } });
    record.name = "Old";
    expect(tracker.changed(record)).toBe(false);
  });

  test("compares by meaning, not by reference", () => {
    const { record, tracker } = loaded();
    Object.assign(record, {
      balance: "1.5",
      settings: { list: [1, { deep: true }], theme: "light" },
      tags: ["a", "b"],
      createdAt: new Date("2024-01-01T00:00:00Z"),
      visits: BigInt(5),
      avatar: new Uint8Array([1, 2, 3]),
    });
    expect(tracker.changedAttributes(record)).toEqual({});
  });

  test.each([
    [
      "json",
      (r: ReturnType<typeof loaded>["record"]) => Object.assign(r.settings, { theme: "dark" }),
      "settings",
    ],
    ["deep json", (r: ReturnType<typeof loaded>["record"]) => r.settings.list.push(2), "settings"],
    ["an array", (r: ReturnType<typeof loaded>["record"]) => r.tags.push("c"), "tags"],
    [
      "a Date",
      (r: ReturnType<typeof loaded>["record"]) => r.createdAt.setUTCFullYear(2000),
      "createdAt",
    ],
    ["bytes", (r: ReturnType<typeof loaded>["record"]) => r.avatar.fill(9), "avatar"],
  ])("sees %s altered in place", (_what, alter, name) => {
    const { record, tracker } = loaded();
    alter(record);
    expect(tracker.changedNames(record)).toEqual([name]);
  });

  test("hands out copies of the baseline", () => {
    const { record, tracker } = loaded();
    const was = tracker.was("settings") as { theme: string };
    was.theme = "broken";
    expect(tracker.changed(record)).toBe(false);
  });

  test("to null and from null are changes; undefined means not given", () => {
    const { record, tracker } = loaded();
    Object.assign(record, { name: null, email: "a@b.c", tags: undefined });
    expect(tracker.changedAttributes(record)).toEqual({
      name: { was: "Old", now: null },
      email: { was: null, now: "a@b.c" },
    });
  });

  test("a column that was not loaded counts only once it is assigned", () => {
    const { record, tracker } = loaded();
    expect(tracker.changed(record, "status")).toBe(false);
    Object.assign(record, { status: null });
    expect(tracker.changedAttributes(record)).toEqual({ status: { was: undefined, now: null } });
  });

  test("the primary key is left out, but noticed", () => {
    const { record, tracker } = loaded();
    record.id = 2;
    expect(tracker.changed(record)).toBe(false);
    expect(tracker.changed(record, "id")).toBe(true);
    expect(tracker.changedAttributes(record)).toEqual({});
  });

  test("unknown names are refused, virtuals are never dirty", () => {
    const { record, tracker } = loaded();
    Object.assign(record, { following: true });
    expect(tracker.changed(record, "following")).toBe(false);
    expect(() => tracker.changed(record, "nmae")).toThrow('unknown attribute "nmae"');
  });

  test("the driver's row can be the baseline", () => {
    const { record, tracker } = loaded();
    record.name = "New";
    tracker.baseline = { id: 1, name: "Newer" };
    expect(tracker.changedAttributes(record).name).toEqual({ was: "Newer", now: "New" });
    expect(tracker.changed(record, "tags")).toBe(true);
  });

  test("a clone has a baseline of its own from then on", () => {
    const { record, tracker } = loaded();
    const copy = new ChangeTracker(shape);
    copy.baseline = tracker.baseline;
    record.name = "New";
    copy.capture(record);
    expect(copy.changed(record)).toBe(false);
    expect(tracker.changed(record)).toBe(true);
  });
});

describe("a new record", () => {
  test("has every set attribute as a change from undefined, its key apart", () => {
    const tracker = new ChangeTracker(shape);
    const record = { id: 7, name: "Ann", email: null };
    expect(tracker.changedAttributes(record)).toEqual({
      name: { was: undefined, now: "Ann" },
      email: { was: undefined, now: null },
    });
  });
});

test("only the given value types read a baseline: raw forms of a driver work", () => {
  const raw: ValueType = {
    equals: (a, b) => a === b,
    snapshot: (value) => `raw:${value}`,
    restore: (snapshot) => Number(String(snapshot).slice(4)),
    toJSON: (value) => value,
    fromJSON: (json) => json,
  };
  const tracker = new ChangeTracker(recordShape(users, () => raw));
  tracker.baseline = { name: "raw:5" };
  expect(tracker.changed({ name: 5 })).toBe(false);
  expect(tracker.changed({ name: "raw:5" })).toBe(true);
  expect(tracker.changedAttributes({ name: 6 })).toEqual({ name: { was: 5, now: 6 } });
});

test("an inherited key of the driver's row is no baseline", () => {
  const table = { ...users, columns: { valueOf: users.columns.name } };
  const tracker = new ChangeTracker(recordShape(table, () => shape.types.name as ValueType));
  tracker.baseline = {};
  expect(tracker.changedNames({ valueOf: "x" })).toEqual(["valueOf"]);
  expect(tracker.was("valueOf")).toBeUndefined();
});

describe("Snapshot", () => {
  test("tracks any object that holds columns", () => {
    const user = { id: 1, name: "Old", visits: 1n };
    const snapshot = new Snapshot(users.columns, "id");
    snapshot.capture(user);
    const copy = snapshot.clone();
    user.name = "New";
    expect(snapshot.changed(user)).toBe(true);
    expect(snapshot.changed(user, "visits")).toBe(false);
    expect(snapshot.changedAttributes(user)).toEqual({ name: { was: "Old", now: "New" } });
    expect(snapshot.dirtyEntries(user)).toEqual([["name", users.columns.name]]);
    snapshot.capture(user);
    expect(snapshot.changed(user)).toBe(false);
    expect(copy.changed(user)).toBe(true);
  });
});
