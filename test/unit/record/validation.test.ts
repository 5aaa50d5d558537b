import { describe, expect, test } from "bun:test";
import { ConfigurationError, HydrationError } from "../../../src/errors";
import { DEFINITION } from "../../../src/record/definition";
import { mergeErrors, ValidationError, ValidationErrors } from "../../../src/record/errors";
import type { CustomValidation, ValidationRule } from "../../../src/record/rules";
import { runValidations, runValidationsSync } from "../../../src/record/validate";
import { validate, validates } from "../../../src/record/validation";
import { defineValidator } from "../../../src/record/validators";
import { Base } from "./support";

type Rules = Record<string, ValidationRule | readonly ValidationRule[]>;

function check(
  attributes: object,
  validations: Rules,
  customValidations: CustomValidation[] = [],
  context: "create" | "update" = "create",
) {
  class User extends Base {
    static validations = validations;
    static customValidations = customValidations;
    passwordDigestConfirmation: unknown = undefined;
    virtual: unknown = undefined;
  }
  const user = User.of(attributes);
  return runValidationsSync(user, user[DEFINITION], context).toJSON();
}

/** Messages of one rule on one value of a field without further meaning. */
const messages = (value: unknown, rule: ValidationRule) =>
  check({ virtual: value }, { virtual: rule }).virtual ?? [];

describe("built-in validators", () => {
  test.each([[null], [undefined], [""], ["   "], ["\n\t"], [[]]])(
    "presence refuses %j",
    (value) => {
      expect(messages(value, validates("presence"))).toEqual(["can't be blank"]);
    },
  );

  test.each([[0], [false], ["x"], [["a"]], [{}], [0n]])("presence accepts %p", (value) => {
    expect(messages(value, validates("presence"))).toEqual([]);
  });

  test("length counts characters and elements", () => {
    const range = validates("length", { minimum: 2, maximum: 3 });
    expect(messages("a", range)).toEqual(["is too short (minimum is 2 characters)"]);
    expect(messages("abcd", range)).toEqual(["is too long (maximum is 3 characters)"]);
    expect(messages("abc", range)).toEqual([]);
    expect(messages(["a", "b", "c", "d"], range)).toEqual([
      "is too long (maximum is 3 characters)",
    ]);
    expect(messages(12345, range)).toEqual(["is too long (maximum is 3 characters)"]);
    expect(messages("ab", validates("length", { is: 3 }))).toEqual([
      "is the wrong length (should be 3 characters)",
    ]);
    expect(messages("", validates("length", { maximum: 0 }))).toEqual([]);
    expect(messages("a", validates("length", { maximum: 0 }))).toHaveLength(1);
  });

  test.each([
    [""],
    ["  "],
    [true],
    [[]],
    ["0x10"],
    ["1,5"],
    ["abc"],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [{}],
    ["1e"],
  ])("numericality refuses %p", (value) => {
    expect(messages(value, validates("numericality"))).toEqual(["is not a number"]);
  });

  test.each([[0], [-1.5], ["42"], [" 4.2 "], ["-1e3"], [".5"], [10n]])(
    "numericality accepts %p",
    (value) => {
      expect(messages(value, validates("numericality"))).toEqual([]);
    },
  );

  test("numericality has bounds, and reports the first that fails", () => {
    expect(messages(5, validates("numericality", { greaterThan: 5 }))).toEqual([
      "must be greater than 5",
    ]);
    expect(messages(4, validates("numericality", { greaterThanOrEqualTo: 5 }))).toEqual([
      "must be greater than or equal to 5",
    ]);
    expect(messages(5, validates("numericality", { lessThan: 5 }))).toEqual([
      "must be less than 5",
    ]);
    expect(messages(6, validates("numericality", { lessThanOrEqualTo: 5 }))).toEqual([
      "must be less than or equal to 5",
    ]);
    expect(messages("4", validates("numericality", { equalTo: 5, greaterThan: 10 }))).toEqual([
      "must be greater than 10",
    ]);
    expect(messages("4", validates("numericality", { equalTo: 5 }))).toEqual([
      "must be equal to 5",
    ]);
    expect(
      messages(5, validates("numericality", { greaterThan: 4, lessThan: 6, equalTo: 5 })),
    ).toEqual([]);
  });

  test("numericality is exact for bigint", () => {
    const rule = validates("numericality", { lessThanOrEqualTo: 9007199254740993n, integer: true });
    expect(messages(9007199254740994n, rule)).toHaveLength(1);
    expect(messages(9007199254740993n, rule)).toEqual([]);
  });

  test("numericality has messages of its own for what is no number and no integer", () => {
    expect(messages(1.5, validates("numericality", { integer: true }))).toEqual([
      "must be an integer",
    ]);
    expect(messages("1.0", validates("numericality", { integer: true }))).toEqual([]);
    const rule = validates("numericality", {
      integer: true,
      notANumberMessage: "digits, please",
      notAnIntegerMessage: "whole, please",
    });
    expect(messages("x", rule)).toEqual(["digits, please"]);
    expect(messages(1.5, rule)).toEqual(["whole, please"]);
  });

  test("format is the same on every call, with a /g pattern too", () => {
    const rule = validates("format", { pattern: /^[a-z]+$/g });
    expect([1, 2, 3].map(() => messages("abc", rule))).toEqual([[], [], []]);
    expect(messages("ABC", rule)).toEqual(["is invalid"]);
  });

  test("inclusion and exclusion", () => {
    expect(messages("x", validates("inclusion", { in: ["a", "b"] }))).toEqual([
      "is not included in the list",
    ]);
    expect(messages("a", validates("inclusion", { in: ["a", "b"] }))).toEqual([]);
    expect(messages("admin", validates("exclusion", { in: ["admin"] }))).toEqual(["is reserved"]);
    expect(messages("ann", validates("exclusion", { in: ["admin"] }))).toEqual([]);
  });

  test.each(["a@b", "a b@c.d", "@c.d", "a@", "a@.d", "a@b..c", "a@b.c@d.e", ""])(
    "email refuses %p",
    (value) => {
      expect(messages(value, validates("email"))).toEqual(["is not a valid email address"]);
    },
  );

  test.each(["a@b.c", "first.last+tag@sub.example.com", "ü@exämple.de"])(
    "email accepts %p",
    (value) => {
      expect(messages(value, validates("email"))).toEqual([]);
    },
  );

  test("confirmation compares with the field of that name, when it is given", () => {
    const rules = { passwordDigest: validates("confirmation") };
    expect(check({ passwordDigest: "a", passwordDigestConfirmation: "b" }, rules)).toEqual({
      passwordDigestConfirmation: ["doesn't match Password digest"],
    });
    expect(check({ passwordDigest: "a", passwordDigestConfirmation: "a" }, rules)).toEqual({});
    expect(check({ passwordDigest: "a" }, rules)).toEqual({});
  });

  test("acceptance", () => {
    expect(messages(false, validates("acceptance"))).toEqual(["must be accepted"]);
    expect(messages(true, validates("acceptance"))).toEqual([]);
    expect(messages("1", validates("acceptance"))).toEqual([]);
    expect(messages("yes", validates("acceptance", { accept: ["yes"] }))).toEqual([]);
  });

  test("comparison works on dates, Temporal values, strings and other attributes", () => {
    const early = new Date("2024-01-01");
    const late = new Date("2025-01-01");
    expect(messages(early, validates("comparison", { greaterThan: late }))[0]).toStartWith(
      "must be greater than Wed Jan 01 2025",
    );
    expect(messages(late, validates("comparison", { equalTo: new Date(late) }))).toEqual([]);
    const day = Temporal.PlainDate.from("2024-03-10");
    expect(messages(day, validates("comparison", { lessThan: day }))).toEqual([
      "must be less than 2024-03-10",
    ]);
    expect(messages(day, validates("comparison", { lessThanOrEqualTo: day }))).toEqual([]);
    expect(messages("a", validates("comparison", { otherThan: "a" }))).toEqual([
      "must be other than a",
    ]);
    expect(
      check(
        { name: "b", email: "a" },
        { email: validates("comparison", { greaterThan: (record) => record.name }) },
      ),
    ).toEqual({ email: ["must be greater than b"] });
  });

  test("all but presence let null and undefined pass", () => {
    const rules = [
      validates("length", { minimum: 1 }),
      validates("numericality"),
      validates("format", { pattern: /x/ }),
      validates("inclusion", { in: [] }),
      validates("email"),
      validates("acceptance"),
      validates("comparison", { equalTo: 1 }),
    ];
    for (const value of [null, undefined]) {
      expect(check({ virtual: value }, { virtual: rules })).toEqual({});
    }
  });

  test("custom sees value and record", () => {
    const rule = validates("custom", {
      validate: (value, record) =>
        value === record.name ? "must differ from the name" : undefined,
    });
    expect(check({ name: "a", email: "a" }, { email: rule })).toEqual({
      email: ["must differ from the name"],
    });
  });

  test("message replaces each message", () => {
    expect(messages("", validates("presence", { message: "is needed" }))).toEqual(["is needed"]);
    expect(messages("a", validates("length", { is: 2, message: "is odd" }))).toEqual(["is odd"]);
    expect(messages(1, validates("numericality", { greaterThan: 1, message: "is low" }))).toEqual([
      "is low",
    ]);
    expect(messages("x", validates("email", { message: "is odd" }))).toEqual(["is odd"]);
  });
});

describe("rules", () => {
  test("on and if decide whether a rule runs", () => {
    const rules = {
      name: validates("presence", { on: "create" }),
      email: validates("presence", { if: (record) => record.status === "active" }),
    };
    expect(check({}, rules)).toEqual({ name: ["can't be blank"] });
    expect(check({}, rules, [], "update")).toEqual({});
    expect(check({ status: "active" }, rules, [], "update")).toEqual({ email: ["can't be blank"] });
  });

  test("a field can have several", () => {
    expect(check({ email: "" }, { email: [validates("presence"), validates("email")] })).toEqual({
      email: ["can't be blank", "is not a valid email address"],
    });
  });

  test("parents' rules run first and stay in force", () => {
    class Parent extends Base {
      static validations: Rules = { name: validates("presence") };
      static customValidations = [validate(() => ({ base: "parent" }))];
    }
    class Child extends Parent {
      static override validations = {
        name: validates("length", { minimum: 2 }),
        email: validates("presence"),
      };
      static override customValidations = [validate(() => ({ base: "child" }))];
    }
    const child = Child.of({ name: "" });
    expect(runValidationsSync(child, child[DEFINITION], "create").toJSON()).toEqual({
      name: ["can't be blank", "is too short (minimum is 2 characters)"],
      email: ["can't be blank"],
      base: ["parent", "child"],
    });
  });

  test("an enum column is checked beside other rules, and first", () => {
    expect(check({ status: "deleted" }, { status: validates("length", { maximum: 3 }) })).toEqual({
      status: [
        "is not a valid value (must be one of: active, archived)",
        "is too long (maximum is 3 characters)",
      ],
    });
    expect(check({ status: "active" }, {})).toEqual({});
    expect(check({ status: null }, {})).toEqual({});
  });

  test("an unknown validator is an error when it runs, naming those there are", () => {
    const rule = validates("presense");
    expect(() => messages("x", rule)).toThrow(ConfigurationError);
    expect(() => messages("x", rule)).toThrow(
      "Unknown validator: presense. Known are presence, length,",
    );
  });
});

describe("defineValidator", () => {
  test("gets value, record, options and the attribute", () => {
    defineValidator("companyEmail", (value, record, options, field) => {
      if (typeof value !== "string" || !value.endsWith("@company.com")) {
        return (
          options.message ??
          `must be a company address (${field} of ${record.name}, ${options.extra})`
        );
      }
    });
    const rules = { email: validates("companyEmail", { extra: 7 }) };
    expect(check({ name: "Ann", email: "x" }, rules)).toEqual({
      email: ["must be a company address (email of Ann, 7)"],
    });
    expect(check({ email: "a@company.com" }, rules)).toEqual({});
    expect(check({ email: null }, { email: validates("companyEmail", { message: "no" }) })).toEqual(
      { email: ["no"] },
    );
  });

  test("may answer for other attributes, nested ones too", () => {
    defineValidator("nested", () => {
      const post = new ValidationErrors();
      post.add("title", "can't be blank");
      post.add("base", "is odd");
      const errors = new ValidationErrors();
      mergeErrors(errors, "posts[0]", post);
      return errors;
    });
    expect(check({}, { virtual: validates("nested") })).toEqual({
      "posts[0].title": ["can't be blank"],
      "posts[0]": ["is odd"],
    });
  });

  test("asynchronous validators are awaited, in the order of declaration", async () => {
    defineValidator("slow", async (value) => {
      await Promise.resolve();
      return `slow ${value}`;
    });
    class User extends Base {
      static validations = { name: [validates("slow"), validates("length", { is: 1 })] };
      static customValidations = [validate(async () => ({ base: ["one", "two"] }))];
    }
    const user = User.of({ name: "Ann" });
    const errors = await runValidations(user, user[DEFINITION], "create");
    expect(errors.toJSON()).toEqual({
      name: ["slow Ann", "is the wrong length (should be 1 characters)"],
      base: ["one", "two"],
    });
    expect(() => runValidationsSync(user, user[DEFINITION], "create")).toThrow(
      "Validation of User (name) is asynchronous: await record.validate().",
    );
  });

  test("a rejecting validator fails the validation, and nothing goes unhandled", async () => {
    defineValidator("broken", () => Promise.reject(new Error("no connection")));
    class User extends Base {
      static validations = { name: [validates("broken"), validates("broken"), validates("nope")] };
    }
    const user = User.of({ name: "Ann" });
    await expect(runValidations(user, user[DEFINITION], "create")).rejects.toThrow(
      "Unknown validator: nope",
    );
    User.validations.name.pop();
    await expect(runValidations(user, user[DEFINITION], "create")).rejects.toThrow("no connection");
    expect(() => runValidationsSync(user, user[DEFINITION], "create")).toThrow("asynchronous");
    await new Promise((done) => setTimeout(done));
  });
});

describe("validate", () => {
  test("checks the whole record", () => {
    const custom = validate((record) => {
      if (record.name === record.email) return { name: "must be different from email" };
    });
    expect(check({ name: "a", email: "a" }, {}, [custom])).toEqual({
      name: ["must be different from email"],
    });
    expect(check({ name: "a", email: "b" }, {}, [custom])).toEqual({});
  });

  test("takes message, on and if", () => {
    const failing = () => ({ name: ["one", "two"], base: "three" });
    expect(check({}, {}, [validate(failing, { message: "is odd" })])).toEqual({
      name: ["is odd", "is odd"],
      base: ["is odd"],
    });
    expect(check({}, {}, [validate(failing, { on: "update" })])).toEqual({});
    expect(check({}, {}, [validate(failing, { if: () => false })])).toEqual({});
  });
});

describe("ValidationErrors", () => {
  const errors = new ValidationErrors();
  errors.add("firstName", "can't be blank");
  errors.add("firstName", "is odd");
  errors.add("base", "Nothing works");
  errors.add("posts[0].createdAt", "is late");

  test("answers by field and as full sentences", () => {
    expect(errors.get("firstName")).toEqual(["can't be blank", "is odd"]);
    expect(errors.get("none")).toEqual([]);
    expect(errors.has("base")).toBe(true);
    expect(errors.has("none")).toBe(false);
    expect(errors.size).toBe(3);
    expect(errors.isEmpty).toBe(false);
    expect(new ValidationErrors().isEmpty).toBe(true);
    expect(errors.fullMessages()).toEqual([
      "First name can't be blank",
      "First name is odd",
      "Nothing works",
      "Posts[0] created at is late",
    ]);
    expect(errors.fullMessagesFor("base")).toEqual(["Nothing works"]);
    expect([...errors][0]).toEqual(["firstName", ["can't be blank", "is odd"]]);
  });

  test("what it hands out cannot alter it", () => {
    errors.get("firstName").push("x");
    expect(errors.get("firstName")).toHaveLength(2);
  });

  test("goes to JSON and back, alone or inside a ValidationError", () => {
    const json: unknown = JSON.parse(JSON.stringify(errors));
    expect(ValidationErrors.fromJSON(json).toJSON()).toEqual(errors.toJSON());
    const error = new ValidationError("User", errors, { cause: new Error("secret") });
    const whole = JSON.stringify(error);
    expect(ValidationErrors.fromJSON(JSON.parse(whole)).toJSON()).toEqual(errors.toJSON());
    expect(whole).not.toContain("secret");
    expect(ValidationErrors.fromJSON({ name: "is odd" }).get("name")).toEqual(["is odd"]);
    expect(ValidationErrors.fromJSON({ errors: ["is a field"] }).get("errors")).toEqual([
      "is a field",
    ]);
    expect(ValidationErrors.fromJSON({}).isEmpty).toBe(true);
  });

  test.each([null, undefined, "x", 5, ["x"], { name: 5 }, { name: [{}] }, { errors: { name: 1 } }])(
    "refuses %j as JSON",
    (json) => {
      expect(() => ValidationErrors.fromJSON(json)).toThrow(HydrationError);
    },
  );

  test("hostile keys are only text", () => {
    const back = ValidationErrors.fromJSON(JSON.parse('{"__proto__": ["x"], "constructor": "y"}'));
    expect(back.get("__proto__")).toEqual(["x"]);
    expect(Object.getPrototypeOf(back.toJSON())).toBe(Object.prototype);
  });
});

test("ValidationError says what is wrong with which model", () => {
  const errors = new ValidationErrors();
  errors.add("name", "can't be blank");
  errors.add("email", "is invalid");
  const error = new ValidationError("User", errors);
  expect(error.message).toBe("Validation failed for User: Name can't be blank, Email is invalid");
  expect(error.name).toBe("ValidationError");
  expect(error.code).toBe("VALIDATION");
  expect(error.errors).toBe(errors);
  expect(error.modelName).toBe("User");
});
