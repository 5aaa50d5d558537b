/** Names of the whole generated file: none twice, schemas qualified where they clash. */
import { describe, expect, test } from "bun:test";
import { planNames } from "../../../src/introspect/names-plan";
import type { CatalogEnum } from "../../../src/introspect/structure";
import { catalog, column, table } from "../../support/catalog";

const anEnum = (name: string, schema = "public"): CatalogEnum => ({ schema, name, labels: [] });

describe("tables", () => {
  test("the row class is the table in Pascal case, never in the singular", () => {
    const names = planNames(catalog({ tables: [table("user_accounts")] }));
    expect(names.table({ schema: "public", name: "user_accounts" })).toEqual({
      constant: { name: "user_accounts" },
      rowClass: "UserAccountsRow",
    });
  });

  test("a table of a later schema is qualified only where the name is taken", () => {
    const tables = [
      table("users"),
      table("users", { schema: "auth" }),
      table("tokens", { schema: "auth" }),
    ];
    const names = planNames(catalog({ schemas: ["public", "auth"], tables }));
    expect(names.table({ schema: "auth", name: "users" })).toEqual({
      constant: { name: "auth_users", reason: '"users" is public.users' },
      rowClass: "AuthUsersRow",
    });
    expect(names.table({ schema: "auth", name: "tokens" }).constant).toEqual({ name: "tokens" });
  });

  test("an ordinary table keeps its name though a strange one comes first", () => {
    const tables = [table("order items"), table("order_items")];
    const names = planNames(catalog({ tables }));
    expect(names.table({ schema: "public", name: "order_items" }).constant.name).toBe(
      "order_items",
    );
    expect(names.table({ schema: "public", name: "order items" }).constant).toEqual({
      name: "order_items2",
      reason: '"order_items" is public.order_items',
    });
  });

  test("reserved words and odd names say why they changed", () => {
    const names = planNames(catalog({ tables: [table("class"), table("a-b")] }));
    expect(names.table({ schema: "public", name: "class" }).constant.reason).toBe(
      "a reserved word",
    );
    expect(names.table({ schema: "public", name: "a-b" }).constant.reason).toBe(
      "not an identifier",
    );
  });
});

describe("types", () => {
  test("an enum gives way to a row class, and takes its values along", () => {
    const names = planNames(
      catalog({ tables: [table("users")], enums: [anEnum("users_row"), anEnum("status")] }),
    );
    expect(names.enum({ schema: "public", name: "users_row" })).toEqual({
      type: { name: "UsersRow2", reason: '"UsersRow" is public.users' },
      values: "UsersRow2Values",
    });
    expect(names.enum({ schema: "public", name: "status" })).toEqual({
      type: { name: "Status" },
      values: "StatusValues",
    });
  });

  test("an enum gives way when only its values clash", () => {
    const names = planNames(catalog({ tables: [table("FooValues")], enums: [anEnum("foo")] }));
    expect(names.enum({ schema: "public", name: "foo" }).values).toBe("Foo2Values");
  });

  test("an enum called date does not hide the Date of the columns", () => {
    const names = planNames(catalog({ enums: [anEnum("date")] }));
    expect(names.enum({ schema: "public", name: "date" }).type.name).toBe("Date2");
  });

  test("enums of two schemas are told apart by the schema", () => {
    const names = planNames(
      catalog({ schemas: ["public", "auth"], enums: [anEnum("status"), anEnum("status", "auth")] }),
    );
    expect(names.enum({ schema: "auth", name: "status" }).type.name).toBe("AuthStatus");
  });
});

describe("attributes of a referenced table", () => {
  test("follow its own renamings, or the plain rule when it is not in the file", () => {
    const tables = [
      table("users", { columns: [column("fooBar", "int4"), column("foo_bar", "int4")] }),
    ];
    const names = planNames(catalog({ tables }));
    expect(names.attribute({ schema: "public", name: "users" }, "foo_bar")).toBe("fooBar2");
    expect(names.attribute({ schema: "elsewhere", name: "users" }, "foo_bar")).toBe("fooBar");
  });
});
