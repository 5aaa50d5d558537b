/** Declarations in one object: given to Model(), or in a static block; they are the statics of the class. */
import { describe, expect, test } from "bun:test";
import {
  ConfigurationError,
  Database,
  Model,
  ValidationError,
  validate,
  validates,
} from "../../../src/index";
import { fakeDatabase } from "../../support/fake-driver";
import * as schema from "../../support/schema/life";

class Country extends Model(
  schema.countries,
  {},
  {
    defaults: { name: "Nowhere" },
    normalizes: { code: (code) => code.toUpperCase() },
    validations: { name: validates("presence", { if: (country) => country.code !== "XX" }) },
    customValidations: [
      validate((country) => (country.code === country.name ? { base: "is odd" } : undefined)),
    ],
    scopes: { coded: (query, code: string) => query.where({ code }) },
    beforeValidation: (country) => {
      seen.push(`given ${country.code}`);
    },
  },
) {
  static {
    this.declare({
      validations: { code: validates("length", { maximum: 2 }) },
      beforeValidation: [
        (country) => {
          seen.push(`own ${country.label}`);
        },
      ],
    });
    this.declare({ validations: { name: validates("length", { minimum: 3 }) } });
  }
  get label() {
    return `<${this.code}>`;
  }
}
const seen: string[] = [];

describe("declarations", () => {
  test("given to Model() and in static blocks all count, in this order", async () => {
    const country = new Country({ code: "nl" });
    expect([country.code, country.name]).toEqual(["NL", "Nowhere"]);
    expect(await country.isValid()).toBe(true);
    expect(seen.splice(0)).toEqual(["given NL", "own <NL>"]);
    const wrong = new Country({ code: "abc", name: "ab" });
    expect(await wrong.isValid()).toBe(false);
    expect(wrong.errors.toJSON()).toEqual({
      code: ["is too long (maximum is 2 characters)"],
      name: ["is too short (minimum is 3 characters)"],
    });
    expect(await new Country({ code: "xx", name: "XX" }).isValid()).toBe(false);
  });

  test("scopes narrow queries, by name and arguments", () => {
    expect(Country.scope("coded", "NL").toSQL()).toEqual({
      text: 'SELECT "code", "name" FROM "countries" WHERE "code" = $1',
      values: ["NL"],
    });
    expect(Country.all().scope("coded", "NL").toSQL().values).toEqual(["NL"]);
  });

  test("a default stands in for a required column", async () => {
    const { database, sent } = fakeDatabase(({ text }) =>
      text.startsWith("INSERT") ? [{ code: "NL", name: "Nowhere" }] : undefined,
    );
    await Database.run(database, () => Country.create({ code: "nl" }));
    const insert = sent.find(({ text }) => text.startsWith("INSERT"));
    expect(insert?.values).toEqual(["NL", "Nowhere"]);
    await expect(
      Database.run(database, () => Country.create({ code: "much too long" })),
    ).rejects.toThrow(ValidationError);
  });

  test("options of plugins are declared as well, and concern this class alone", () => {
    class Draft extends Model(schema.countries, {}, { softDelete: true }) {}
    class Other extends Model(schema.countries) {}
    const read = (model: object) => Reflect.get(model, "softDelete") as unknown;
    expect([read(Draft), read(Other)]).toEqual([true, false]);
  });

  test("a subclass adds to what it inherits, and leaves the parent alone", async () => {
    class Parent extends Model(schema.countries) {
      static {
        this.declare({ validations: { code: validates("presence") }, sensitiveFields: ["name"] });
      }
    }
    class Child extends Parent {
      static {
        this.declare({ validations: { name: validates("presence") }, sensitiveFields: ["code"] });
      }
    }
    const child = new Child({});
    expect(await child.isValid()).toBe(false);
    expect(child.errors.toJSON()).toEqual({ code: ["can't be blank"], name: ["can't be blank"] });
    expect(new Parent({ code: "NL", name: "x" }).toJSON()).toEqual({
      __typename: "Parent",
      code: "NL",
    } as never);
    expect(new Child({ code: "NL", name: "x" }).toJSON()).toEqual({ __typename: "Child" } as never);
  });

  test("a name that cannot be declared is refused with a suggestion, and nothing is declared", () => {
    class Plain extends Model(schema.countries) {}
    const wrong = { validations: { name: validates("presence") }, beforeSav: () => {} };
    expect(() => Plain.declare(wrong as never)).toThrow(ConfigurationError);
    expect(() => Plain.declare(wrong as never)).toThrow('Did you mean "beforeSave"?');
    expect("validations" in Plain).toBe(false);
    expect(() => Plain.declare({ where: 1 } as never)).toThrow('by the name "where"');
    expect(() => Plain.declare(null as never)).toThrow("Declarations are an object, got null");
    expect(() => Model(schema.countries, {}, { beforeSave: "x" } as never)).toThrow(
      "beforeSave expects functions",
    );
  });
});
