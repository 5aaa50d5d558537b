import { describe, expect, test } from "bun:test";
import { UnknownAttributeError } from "../../../src/errors";
import { assignAttributes } from "../../../src/record/attributes";
import { DEFINITION } from "../../../src/record/definition";
import { Base } from "./support";

class User extends Base {
  following: boolean | null = null;
  callback = () => "kept";
  #nick = "";

  get initials(): string {
    return this.name.slice(0, 1);
  }

  get nick(): string {
    return this.#nick;
  }

  set nick(value: string) {
    this.#nick = value.trim();
  }

  greet(): string {
    return `Hello ${this.name}`;
  }
}
class Admin extends User {}

describe("assignAttributes", () => {
  test("takes columns, declared virtuals, setters and associations, on subclasses too", () => {
    const post = new User();
    const user = Admin.of({ name: "Ann", following: true, nick: " a ", posts: [post] });
    expect(user.name).toBe("Ann");
    expect(user.following).toBe(true);
    expect(user.nick).toBe("a");
    expect(user.posts).toEqual([post]);
  });

  test("undefined means not given, null is a value", () => {
    const user = User.of({ name: "Ann", email: "a@b.c" });
    assignAttributes(user, user[DEFINITION], { name: undefined, email: null });
    expect(user.name).toBe("Ann");
    expect(user.email).toBe(null);
  });

  test("an unknown name is an error with a suggestion, and nothing is assigned", () => {
    const user = User.of({ name: "Ann" });
    const assign = () => assignAttributes(user, user[DEFINITION], { name: "Bob", emial: "x" });
    expect(assign).toThrow(UnknownAttributeError);
    expect(assign).toThrow(
      'Attribute "emial" of User is unknown and cannot be assigned. Did you mean "email"?',
    );
    expect(user.name).toBe("Ann");
  });

  test.each([
    "destroy",
    "toJSON",
    "isNewRecord",
    "greet",
    "callback",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
  ])("the member %s cannot be shadowed", (name) => {
    const user = User.of({ name: "Ann" });
    expect(() => assignAttributes(user, user[DEFINITION], { [name]: "x" })).toThrow(
      /Attribute "\w+" of User is a (member|method) and cannot be assigned/,
    );
    expect(user.destroy()).toBe("destroyed");
    expect(user.greet()).toBe("Hello Ann");
  });

  test("a computed virtual cannot be assigned", () => {
    expect(() => User.of({ initials: "X" })).toThrow(
      'Attribute "initials" of User is computed and cannot be assigned.',
    );
  });

  test("a __proto__ of a request body never becomes the prototype", () => {
    const body: object = JSON.parse('{"__proto__": {"isAdmin": true}}');
    const user = new User();
    expect(() => assignAttributes(user, user[DEFINITION], body)).toThrow(
      '"__proto__" of User is a member',
    );
    expect(user).toBeInstanceOf(User);
    expect("isAdmin" in user).toBe(false);
  });

  test("inherited keys of the given object do not count", () => {
    const user = User.of(Object.create({ name: "inherited" }));
    expect(user.name).toBeUndefined();
  });

  test("only an object will do", () => {
    const user = new User();
    for (const wrong of [null, ["name"], "name"]) {
      expect(() => assignAttributes(user, user[DEFINITION], wrong as object)).toThrow(
        "Attributes of User must be an object",
      );
    }
  });

  test("inside a constructor only columns are taken, and build() is named", () => {
    const user = new User();
    const options = { columnsOnly: true };
    assignAttributes(user, user[DEFINITION], { name: "Ann" }, options);
    expect(() => assignAttributes(user, user[DEFINITION], { following: true }, options)).toThrow(
      "Virtuals go through User.build().",
    );
  });
});
