/** Lifecycle callbacks: their order, their inheritance, and what they stand or fall with. */
import { describe, expect, test } from "bun:test";
import {
  afterCommit,
  afterRollback,
  ConfigurationError,
  isInTransaction,
  Model,
  query,
  TransactionError,
  transaction,
  ValidationError,
  validate,
} from "../../../src/index";
import { lifeDatabase } from "../../support/life";
import * as schema from "../../support/schema/life";

const db = lifeDatabase();

const hooks = [
  "beforeValidation",
  "afterValidation",
  "beforeSave",
  "beforeCreate",
  "beforeUpdate",
  "afterCreate",
  "afterUpdate",
  "afterSave",
  "beforeDestroy",
  "afterDestroy",
  "afterCommit",
  "afterRollback",
] as const;

/** A class that writes down each of its callbacks, and a second one below it. */
function watched() {
  const seen: string[] = [];
  class Parent extends Model(schema.users) {
    static customValidations = [
      validate(() => {
        seen.push("validations");
        return undefined;
      }),
    ];
    static {
      for (const hook of hooks) this.on(hook, () => seen.push(hook));
    }
  }
  class Child extends Parent {
    static beforeSave = [async () => seen.push("child beforeSave")];
    static {
      this.on("beforeSave", () => seen.push("child's second"));
    }
  }
  return { seen, Parent, Child };
}

describe("order", () => {
  test("of a create, an update and a destroy", async () => {
    const { seen, Parent } = watched();
    const user = await Parent.create({ name: "Ann" });
    expect(seen.splice(0)).toEqual([
      "beforeValidation",
      "validations",
      "afterValidation",
      "beforeSave",
      "beforeCreate",
      "afterCreate",
      "afterSave",
      "afterCommit",
    ]);
    await user.update({ name: "Anna" });
    expect(seen.splice(0)).toEqual([
      "beforeValidation",
      "validations",
      "afterValidation",
      "beforeSave",
      "beforeUpdate",
      "afterUpdate",
      "afterSave",
      "afterCommit",
    ]);
    await user.destroy();
    expect(seen.splice(0)).toEqual(["beforeDestroy", "afterDestroy", "afterCommit"]);
  });

  test("the parent's run first, then the child's, arrays before on()", async () => {
    const { seen, Child, Parent } = watched();
    await Child.create({ name: "Ann" });
    expect(seen.slice(3, 7)).toEqual([
      "beforeSave",
      "child beforeSave",
      "child's second",
      "beforeCreate",
    ]);
    seen.length = 0;
    await Parent.create({ name: "Bob" });
    expect(seen).not.toContain("child beforeSave");
  });

  test("isValid() runs the part around the validations", async () => {
    const { seen, Parent } = watched();
    await new Parent({ name: "Ann" }).isValid();
    expect(seen).toEqual(["beforeValidation", "validations", "afterValidation"]);
  });

  test("a save without changes runs them, and sends nothing", async () => {
    const { seen, Parent } = watched();
    const user = await Parent.create({ name: "Ann" });
    seen.length = 0;
    expect(await db.texts(() => user.save())).toEqual([]);
    expect(seen).toContain("afterSave");
    expect(seen).not.toContain("afterCommit");
  });
});

describe("a callback", () => {
  test("gets the record, is awaited, and may change it", async () => {
    class User extends Model(schema.users) {
      static {
        this.on("beforeSave", async (user) => {
          await Bun.sleep(1);
          user.email = user.email?.toLowerCase() ?? null;
        });
      }
    }
    const user = await User.create({ name: "Ann", email: "ANN@EXAMPLE.COM" });
    expect(user.email).toBe("ann@example.com");
  });

  test("that throws before the SQL aborts it; after it, undoes it", async () => {
    for (const hook of ["beforeSave", "beforeCreate", "afterCreate", "afterSave"] as const) {
      class User extends Model(schema.users) {
        static {
          this.on(hook, () => {
            throw new Error(`no, said ${hook}`);
          });
        }
      }
      const user = new User({ name: "Ann" });
      await expect(user.save()).rejects.toThrow(`no, said ${hook}`);
      expect(user.isNewRecord).toBe(true);
      expect(user.id).toBeUndefined();
      expect(await User.count()).toBe(0);
    }
  });

  test("that throws after a destroy leaves the row and the record", async () => {
    class User extends Model(schema.users) {
      static afterDestroy = [
        () => {
          throw new Error("kept");
        },
      ];
    }
    const user = await User.create({ name: "Ann" });
    await expect(user.destroy()).rejects.toThrow("kept");
    expect([user.isDestroyed, user.isNewRecord]).toEqual([false, false]);
    expect(await User.count()).toBe(1);
    await user.update({ name: "still here" });
  });

  test("returning false does nothing", async () => {
    class User extends Model(schema.users) {
      static beforeSave = [() => false];
    }
    await User.create({ name: "Ann" });
    expect(await User.count()).toBe(1);
  });

  test("its own writes share the fate of the save", async () => {
    class Country extends Model(schema.countries) {}
    class User extends Model(schema.users) {
      static afterCreate = [() => Country.create({ code: "NL", name: "x" })];
      static afterSave = [
        () => {
          throw new Error("no");
        },
      ];
    }
    await expect(User.create({ name: "Ann" })).rejects.toThrow("no");
    expect([await User.count(), await Country.count()]).toEqual([0, 0]);
  });

  test("errors added by hand count, before and after the validations", async () => {
    for (const hook of ["beforeValidation", "afterValidation"] as const) {
      class User extends Model(schema.users) {
        static {
          this.on(hook, (user) => user.errors.add("name", "is not liked"));
        }
      }
      await expect(User.create({ name: "Ann" })).rejects.toThrow(ValidationError);
      await expect(User.create({ name: "Ann" })).rejects.toThrow("Name is not liked");
    }
  });

  test("may save the record again", async () => {
    class User extends Model(schema.users) {
      static {
        this.on("afterCreate", (user) => user.update({ email: `${user.id}@example.com` }));
      }
    }
    const user = await User.create({ name: "Ann" });
    expect(user.changed()).toBe(false);
    expect(await User.pluck("name", "email")).toEqual([["Ann", `${user.id}@example.com`]]);
  });

  test("does not run for a row that a conflict skipped", async () => {
    const seen: string[] = [];
    class User extends Model(schema.users) {
      static afterCreate = [() => seen.push("afterCreate")];
      static afterSave = [() => seen.push("afterSave")];
      static afterCommit = [() => seen.push("afterCommit")];
    }
    await User.createMany([{ name: "Ann", email: "a@example.com" }]);
    await User.create({ name: "Bob", email: "a@example.com" }, { conflict: "ignore" });
    expect(seen).toEqual([]);
  });

  test("of an unknown name, or that is no function, is a clear error", async () => {
    class Single extends Model(schema.users) {
      static beforeSave = () => undefined;
    }
    await expect(Single.create({ name: "Ann" })).rejects.toThrow(
      "static beforeSave must be an array of functions",
    );
    class Wrong extends Model(schema.users) {
      static beforeSave = ["normalize"];
    }
    await expect(Wrong.create({ name: "Ann" })).rejects.toThrow(ConfigurationError);
    class Misspelt extends Model(schema.users) {}
    // @ts-expect-error there is no such callback
    expect(() => Misspelt.on("beforeSav", () => undefined)).toThrow('Did you mean "beforeSave"?');
  });
});

describe("around a save, by composition", () => {
  test("an overridden save() wraps it", async () => {
    const seen: string[] = [];
    class User extends Model(schema.users) {
      override async save(): Promise<void> {
        seen.push("before");
        await transaction(() => super.save());
        seen.push("after");
      }
    }
    const user = new User({ name: "Ann" });
    await user.save();
    await user.update({ name: "Anna" });
    expect(seen).toEqual(["before", "after", "before", "after"]);
    expect(await User.pluck("name")).toEqual(["Anna"]);
  });
});

describe("previousChanges", () => {
  test("are visible in after callbacks, when nothing is dirty any more", async () => {
    const seen: unknown[] = [];
    class User extends Model(schema.users) {
      static {
        this.on("afterSave", (user) => seen.push([user.changed(), user.previousChanges().name]));
        this.on("afterCommit", (user) => seen.push(user.previousChanges().name));
      }
    }
    const user = await User.create({ name: "Ann" });
    await user.update({ name: "Anna" });
    expect(seen).toEqual([
      [false, { was: undefined, now: "Ann" }],
      { was: undefined, now: "Ann" },
      [false, { was: "Ann", now: "Anna" }],
      { was: "Ann", now: "Anna" },
    ]);
    await user.save();
    expect(user.previousChanges()).toEqual({});
  });
});

describe("afterCommit and afterRollback of a class", () => {
  function committing() {
    const seen: string[] = [];
    class User extends Model(schema.users) {
      static {
        this.on("afterCommit", (user) => seen.push(`committed ${user.name} ${isInTransaction()}`));
        this.on("afterRollback", (user) => seen.push(`rolled back ${user.name}`));
      }
    }
    return { seen, User };
  }

  test("run after the outermost commit, once for each record", async () => {
    const { seen, User } = committing();
    await transaction(async () => {
      const user = await User.create({ name: "Ann" });
      await transaction(() => user.update({ name: "Anna" }));
      await User.create({ name: "Bob" });
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(["committed Anna false", "committed Bob false"]);
  });

  test("a rolled-back savepoint takes its own with it", async () => {
    const { seen, User } = committing();
    await transaction(async () => {
      await User.create({ name: "Ann" });
      await transaction(async () => {
        await User.create({ name: "Bob" });
        throw new Error("inner");
      }).catch(() => undefined);
      expect(seen).toEqual(["rolled back Bob"]);
    });
    expect(seen).toEqual(["rolled back Bob", "committed Ann false"]);
  });

  test("a failing statement is a rollback, an invalid record is none", async () => {
    const { seen, User } = committing();
    await expect(User.create({ name: "x".repeat(41) })).rejects.toThrow(ValidationError);
    expect(seen).toEqual([`rolled back ${"x".repeat(41)}`]);
    await expect(User.create({ name: "Ann", role: "boss" as never })).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  test("an error in afterCommit is told, though the row is kept, and the others run", async () => {
    const seen: string[] = [];
    class User extends Model(schema.users) {
      static {
        this.on("afterCommit", (user) => {
          if (user.name === "Ann") throw new Error("mail server down");
          seen.push(user.name);
        });
      }
    }
    const work = transaction(async () => {
      await User.create({ name: "Ann" });
      await User.create({ name: "Bob" });
    });
    await expect(work).rejects.toThrow("mail server down");
    expect(seen).toEqual(["Bob"]);
    expect(await User.count()).toBe(2);
  });

  test("may save again", async () => {
    class User extends Model(schema.users) {
      static {
        this.on("afterCommit", async (user) => {
          if (user.email === null) await user.update({ email: "set@example.com" });
        });
      }
    }
    const user = await User.create({ name: "Ann" });
    expect(user.email).toBe("set@example.com");
    expect(await User.pluck("email")).toEqual(["set@example.com"]);
  });
});

describe("the functions afterCommit and afterRollback", () => {
  test("outside a transaction: at once, and never", async () => {
    const seen: string[] = [];
    afterRollback(() => seen.push("never"));
    await afterCommit(() => seen.push("now"));
    expect(seen).toEqual(["now"]);
  });

  test("inside: after the outermost commit, in the order of their calls, with a free connection", async () => {
    const seen: string[] = [];
    const all = Array.from({ length: 4 }, (_, index) =>
      transaction(async () => {
        await afterCommit(async () => {
          // As many transactions as connections: a hook that needs one gets one.
          await query("select 1");
          seen.push(`${index}`);
        });
        await transaction(async () => {
          await afterCommit(() => seen.push(`${index} inner`));
        });
        afterRollback(() => seen.push("never"));
        await query("select pg_sleep(0.01)");
      }),
    );
    await Promise.all(all);
    expect(seen.toSorted()).toEqual([
      "0",
      "0 inner",
      "1",
      "1 inner",
      "2",
      "2 inner",
      "3",
      "3 inner",
    ]);
    expect(seen.indexOf("0")).toBeLessThan(seen.indexOf("0 inner"));
  });

  test("a rollback runs the one and drops the other; a hook may query", async () => {
    const seen: unknown[] = [];
    const outer = transaction(async () => {
      await transaction(async () => {
        afterRollback(async () => seen.push((await query("select 1 as n"))[0]));
        await afterCommit(() => seen.push("dropped"));
        throw new Error("inner");
      }).catch(() => undefined);
      expect(seen).toEqual([{ n: 1 }]);
      afterRollback(() => seen.push("outer"));
      throw new Error("outer");
    });
    await expect(outer).rejects.toThrow("outer");
    expect(seen).toEqual([{ n: 1 }, "outer"]);
  });
});

describe("saves of records that save each other", () => {
  test("inside one transaction they take turns", async () => {
    class User extends Model(schema.users) {
      friend: User | undefined = undefined;
      static {
        this.on("afterCreate", async (user) => {
          if (user.friend) await user.friend.save();
        });
      }
    }
    class Quiet extends Model(schema.users) {}
    await transaction(async () => {
      const [ann, bob] = [User.build({ name: "Ann" }), User.build({ name: "Bob" })];
      ann.friend = bob;
      bob.friend = ann;
      const quiet = new Quiet({ name: "Quiet" });
      await Promise.all([quiet.save(), ann.save(), bob.save(), quiet.save(), bob.save()]);
    });
    expect(await User.order({ name: "ASC" }).pluck("name")).toEqual(["Ann", "Bob", "Quiet"]);
  });

  test("in different ones they say that they wait for each other, and never hang", async () => {
    class User extends Model(schema.users) {
      friend: User | undefined = undefined;
      static {
        this.on("beforeSave", async (user) => {
          const { friend } = user;
          user.friend = undefined;
          await query("select pg_sleep(0.02)");
          await friend?.save();
        });
      }
    }
    const [ann, bob] = [User.build({ name: "Ann" }), User.build({ name: "Bob" })];
    ann.friend = bob;
    bob.friend = ann;
    const results = await Promise.allSettled([ann.save(), bob.save()]);
    const failures = results.filter((result) => result.status === "rejected");
    expect(failures.map(({ reason }) => reason)).toEqual([expect.any(TransactionError)]);
    expect(String(failures[0]?.reason)).toContain("wait for each other");
  });
});
