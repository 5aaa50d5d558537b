/** What an INSERT asks back, and what its records know without asking. */
import { describe, expect, test } from "bun:test";
import { Database, definePlugin, Model, QueryError } from "../../../src/index";
import { stateOf } from "../../../src/model/state";
import type { IndexDefinition, TableDefinition } from "../../../src/schema/table";
import { fakeDatabase } from "../../support/fake-driver";
import * as schema from "../../support/schema/life";

class Account extends Model(schema.accounts) {}
class Country extends Model(schema.countries) {}
class User extends Model(schema.users) {}
class Triggered extends Model({ ...schema.accounts, rowTriggers: ["stamp"] } as const) {}
const { rowTriggers: _none, ...unstated } = schema.accounts;
/** As files of older versions are. */
class Unstated extends Model(unstated) {}

/** Runs a write whose statements give these rows; gives its result, and what each asked back. */
async function writing<R>(rows: readonly object[], write: () => Promise<R>) {
  const { database, driver } = fakeDatabase(() => rows.map((row) => ({ ...row })));
  const result = await Database.run(database, write);
  const returning = driver.texts(true).map((text) => /RETURNING (.*)$/.exec(text)?.[1] ?? "");
  return { result, returning };
}

const told = [
  { id: 1, lockVersion: 0 },
  { id: 2, lockVersion: 0 },
];
const whole = '"id", "owner", "balance", "lock_version" AS "lockVersion"';
const given = [
  { owner: "Ann", balance: 5 },
  { owner: "Ben", balance: 6 },
];
const owners = (records: readonly { owner: string; balance: number }[]) =>
  records.map(({ owner, balance }) => [owner, balance]);

describe("RETURNING of createMany", () => {
  test("names what the database fills in; the rest is known", async () => {
    const { result, returning } = await writing(told, () => Account.createMany(given as never));
    expect(returning).toEqual(['"id", "lock_version" AS "lockVersion"']);
    expect(result.map((each) => each.toJSON())).toEqual([
      { __typename: "Account", id: 1, owner: "Ann", balance: 5, lockVersion: 0 },
      { __typename: "Account", id: 2, owner: "Ben", balance: 6, lockVersion: 0 },
    ] as never);
    const [first] = result;
    if (!first) throw new Error("none");
    expect([first.changed(), stateOf(first).was("owner")]).toEqual([false, "Ann"]);
    first.owner = "Eve";
    expect(first.changedAttributes()).toEqual({ owner: { was: "Ann", now: "Eve" } });
  });

  test("names the key at least, so that a row comes back for each", async () => {
    const rows = [
      { code: "de", name: "Germany" },
      { code: "fr", name: "France" },
    ];
    const { result, returning } = await writing([{ code: "de" }, { code: "fr" }], () =>
      Country.createMany(rows),
    );
    expect(returning).toEqual(['"code"']);
    expect(result.map(({ code, name }) => ({ code, name }))).toEqual(rows);
  });

  test("is the whole row when one value may be stored as another", async () => {
    const answer = [
      { id: 1, owner: "Ann", balance: 5, lockVersion: 0 },
      { id: 2, owner: "Ben", balance: 7, lockVersion: 0 },
    ];
    const { result, returning } = await writing(answer, () =>
      Account.createMany([given[0], { owner: "Ben", balance: "7" }] as never),
    );
    expect(returning).toEqual([whole]);
    expect(owners(result)).toEqual([
      ["Ann", 5],
      ["Ben", 7],
    ]);
  });

  test("is the whole row where a trigger may change it, and where the file does not say", async () => {
    const answer = told.map((row) => ({ ...row, owner: "x", balance: 0 }));
    for (const model of [Triggered, Unstated]) {
      const { result, returning } = await writing(answer, () => model.createMany(given as never));
      expect(returning).toEqual([whole]);
      expect(result.map(({ owner }) => owner)).toEqual(["x", "x"]);
    }
  });

  test("is the whole row when rows may be left out", async () => {
    const answer = [{ id: 2, owner: "Ben", balance: 6, lockVersion: 0 }];
    const { result, returning } = await writing(answer, () =>
      Account.createMany(given as never, { conflict: "ignore" }),
    );
    expect(returning).toEqual([whole]);
    expect(owners(result)).toEqual([["Ben", 6]]);
  });

  test("of rows with other keys each has what it gave", async () => {
    const { result } = await writing([{ id: 1, balance: 0, lockVersion: 0 }], () =>
      Account.createMany([{ owner: "Ann" }, { owner: "Ben", balance: 6 }] as never),
    );
    expect(owners(result)).toEqual([
      ["Ann", 0],
      ["Ben", 6],
    ]);
  });

  test("a Date that is changed while the rows are on their way is the one that was sent", async () => {
    const seenAt = new Date("2026-01-01T00:00:00Z");
    const columns = Object.keys(schema.users.columns).filter(
      (name) => !["name", "seenAt"].includes(name),
    );
    const row = Object.fromEntries(columns.map((name) => [name, null]));
    const { result } = await writing([{ ...row, id: 1 }], () => {
      const write = User.createMany([{ name: "Ann", seenAt }]);
      seenAt.setFullYear(1999);
      return write;
    });
    expect(result[0]?.seenAt?.getUTCFullYear()).toBe(2026);
    expect(result[0]?.changed()).toBe(false);
  });

  test("fewer rows than were given are an error that names the remedy", async () => {
    const { database } = fakeDatabase(() => [{ id: 2, lockVersion: 0 }]);
    const failing = Database.run(database, () => Account.createMany(given as never));
    expect(failing).rejects.toThrow(QueryError);
    expect(failing).rejects.toThrow("1 of 2 rows of Account were stored");
  });
});

describe("RETURNING of create", () => {
  test("names what the database fills in; the rest is known", async () => {
    const { result, returning } = await writing([{ id: 1, lockVersion: 0 }], () =>
      Account.create(given[0] as never),
    );
    expect(returning).toEqual(['"id", "lock_version" AS "lockVersion"']);
    expect(owners([result])).toEqual([["Ann", 5]]);
    expect([result.id, result.changed(), stateOf(result).was("owner")]).toEqual([1, false, "Ann"]);
    expect(result.previousChanges()).toHaveProperty("owner", { was: undefined, now: "Ann" });
  });

  test("is the whole row when a value may be stored as another, or a trigger may change it", async () => {
    const answer = { id: 1, owner: "x", balance: 7, lockVersion: 0 };
    const loose = await writing([answer], () =>
      Account.create({ owner: "x", balance: "7" } as never),
    );
    expect(loose.returning).toEqual([whole]);
    expect(loose.result.balance).toBe(7);
    const triggered = await writing([answer], () => Triggered.create(given[0] as never));
    expect(triggered.returning).toEqual([whole]);
    expect(owners([triggered.result])).toEqual([["x", 7]]);
  });

  test("a Date that is changed on its way is dirty, and the one that was sent is stored", async () => {
    const row = Object.fromEntries(Object.keys(schema.users.columns).map((name) => [name, null]));
    const { name: _name, seenAt: _seen, ...rest } = row;
    const seenAt = new Date("2026-01-01T00:00:00Z");
    const { database, driver } = fakeDatabase(() => {
      seenAt.setFullYear(1999);
      return [{ ...rest, id: 1 }];
    });
    const user = await Database.run(database, () => User.create({ name: "Ann", seenAt }));
    const sent = "2026-01-01T00:00:00.000Z";
    expect(driver.sent[0]?.values).toEqual(["Ann", sent]);
    expect(user.changedAttributes()).toEqual({
      seenAt: { was: new Date(sent), now: seenAt },
    } as never);
  });
});

describe("RETURNING of upsertAll", () => {
  test("names the columns of the conflict, which may be equal and yet written differently", async () => {
    const { result, returning } = await writing(
      [
        { code: "DE", name: "?" },
        { code: "fr", name: "?" },
      ].map(({ code }) => ({ code })),
      () =>
        Country.upsertAll(
          [
            { code: "de", name: "Germany" },
            { code: "fr", name: "France" },
          ],
          { conflict: { columns: ["code"] } },
        ),
    );
    expect(returning).toEqual(['"code"']);
    expect(result.map(({ code, name }) => [code, name])).toEqual([
      ["DE", "Germany"],
      ["fr", "France"],
    ]);
  });

  test("leaves them out where each index over them tells apart what is written differently", async () => {
    const exact: IndexDefinition = { columns: ["owner"], unique: true };
    const inexact: IndexDefinition = { ...exact, inexact: true };
    const returned = async (indexes: TableDefinition["indexes"], constraint?: string) => {
      class Person extends Model({ ...schema.accounts, indexes } as TableDefinition) {}
      const conflict = constraint === undefined ? { columns: ["owner"] } : { constraint };
      const { returning } = await writing([told[0] ?? {}], () =>
        Person.upsertAll([given[0]] as never, { conflict } as never),
      );
      return returning[0];
    };
    const known = '"id", "lock_version" AS "lockVersion"';
    const read = '"id", "owner", "lock_version" AS "lockVersion"';
    expect(await returned({ exact })).toBe(known);
    expect(await returned({ exact, wider: { ...inexact, columns: ["owner", "id"] } })).toBe(known);
    expect(await returned({ exact, inexact }, "exact")).toBe(known);
    expect(await returned({ exact, inexact }, "inexact")).toBe(read);
    expect(await returned({ exact, inexact })).toBe(read);
    expect(await returned({ inexact })).toBe(read);
    expect(await returned({ plain: { columns: ["owner"] } })).toBe(read);
    expect(await returned({})).toBe(read);
  });
});

test("a hook that writes something else gets the whole row", async () => {
  class Doubling extends Model(schema.accounts) {
    static readonly doubles = true;
  }
  definePlugin({
    name: "doubling",
    options: { doubles: false },
    statement(statement, { source }) {
      return statement.kind === "insert" && source.name === "Doubling"
        ? { ...statement, columns: [...statement.columns] }
        : statement;
    },
  });
  const answer = told.map((row) => ({ ...row, owner: "x", balance: 10 }));
  const { result, returning } = await writing(answer, () => Doubling.createMany(given as never));
  expect(returning).toEqual([whole]);
  expect(owners(result)).toEqual([
    ["x", 10],
    ["x", 10],
  ]);
});
