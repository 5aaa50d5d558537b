/** What a class declares is checked when it is made or first used, and read along the chain of classes. */
import { describe, expect, test } from "bun:test";
import { belongsTo, ConfigurationError, Database, Model, validates } from "../../../src/index";
import { fakeDatabase } from "../../support/fake-driver";
import * as schema from "../../support/schema/life";

describe("names", () => {
  test("a column that would hide a member of every record is refused, with the remedy", () => {
    const { code, name } = schema.countries.columns;
    for (const hidden of ["errors", "isNewRecord", "save", "load", "toJSON", "update", "reload"]) {
      const table = { ...schema.countries, columns: { code, name, [hidden]: name } };
      expect(() => Model(table)).toThrow(ConfigurationError);
      expect(() => Model(table)).toThrow(`The column "${hidden}" of "countries"`);
    }
  });

  test("of two classes with one name the later one is meant, as after a reload of its module", async () => {
    const empty = (columns: object) =>
      Object.fromEntries(Object.keys(columns).map((key) => [key, null]));
    const { database } = fakeDatabase(({ text }) =>
      text.includes('"users"')
        ? [{ ...empty(schema.users.columns), id: 1, name: "x" }]
        : [{ ...empty(schema.posts.columns), id: "1", userId: 1, title: "T" }],
    );
    const former = class Writer extends Model(schema.users) {};
    const later = class Writer extends Model(schema.users) {};
    expect([former.where({ id: 1 }), later.where({ id: 1 })]).toHaveLength(2);
    class Text extends Model(schema.posts, {
      author: belongsTo<InstanceType<typeof later>>("Writer", { foreignKey: "userId" }),
    }) {}
    await Database.run(database, async () => {
      const text = await Text.take();
      expect(await text?.load("author")).toBeInstanceOf(later);
    });
  });

  test("a class without a name works, and says what it lacks when it is serialized", () => {
    const Anonymous = (() => class extends Model(schema.countries) {})();
    const record = new Anonymous({ code: "NL", name: "x" });
    expect(record.changed()).toBe(true);
    expect(() => record.toJSON()).toThrow("give it a typename");
    const Named = (() =>
      class extends Model(schema.countries) {
        static typename = "Country";
      })();
    expect(new Named({ code: "NL" }).toJSON()).toMatchObject({ __typename: "Country" });
  });

  test("what is inherited by an object of attributes is not assigned", () => {
    class Country extends Model(schema.countries) {}
    const attributes = Object.assign(Object.create({ name: "inherited" }), { code: "NL" });
    const record = new Country(attributes);
    expect([record.code, record.name]).toEqual(["NL", undefined] as never);
  });
});

describe("what is added to a parent class", () => {
  test("concerns its children, whenever it is added", async () => {
    const seen: string[] = [];
    class Parent extends Model(schema.countries) {}
    class Child extends Parent {}
    const { database } = fakeDatabase(() => [{ code: "NL", name: "x" }]);
    await Database.run(database, () => Child.create({ code: "NL", name: "x" }));
    Parent.on("afterCreate", () => seen.push("parent"));
    Child.on("afterCreate", () => seen.push("child"));
    await Database.run(database, () => Child.create({ code: "NL", name: "x" }));
    expect(seen).toEqual(["parent", "child"]);
  });

  test("validations of parent and child both run", async () => {
    class Parent extends Model(schema.countries) {
      static validations: object = { name: validates("presence") };
    }
    class Child extends Parent {
      static override validations = { code: validates("length", { is: 2 }) };
    }
    const child = new Child({ code: "NLD", name: "" });
    expect(await child.isValid()).toBe(false);
    expect(child.errors.fullMessages()).toEqual([
      "Name can't be blank",
      "Code is the wrong length (should be 2 characters)",
    ]);
  });
});
