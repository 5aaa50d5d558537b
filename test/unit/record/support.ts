/** A hand-written schema and a model base as small as can be, to test the room without the others. */

import { assignAttributes } from "../../../src/record/attributes";
import { defineRecord } from "../../../src/record/define";
import { DEFINITION, type RecordDefinition } from "../../../src/record/definition";
import { recordShape } from "../../../src/record/shape";
import type { ColumnDefinition, TableDefinition } from "../../../src/schema/table";
import { valueTypeOf } from "../../../src/schema/values";

function column(
  type: string,
  columnName: string,
  more: Partial<ColumnDefinition> = {},
): ColumnDefinition {
  return { type, columnName, nullable: true, ...more };
}

export class UsersRow {
  declare id: number;
  declare name: string;
  declare email: string | null;
  declare passwordDigest: string | null;
  declare balance: string | null;
  declare settings: unknown;
  declare tags: string[] | null;
  declare createdAt: Date | null;
  declare status: "active" | "archived" | null;
  declare visits: bigint | null;
  declare avatar: Uint8Array | null;
}

export const users = {
  tableName: "users",
  columns: {
    id: column("integer", "id", { nullable: false }),
    name: column("text", "name", { nullable: false }),
    email: column("character varying(255)", "email"),
    passwordDigest: column("text", "password_digest"),
    balance: column("numeric(10,2)", "balance"),
    settings: column("jsonb", "settings"),
    tags: column("ARRAY", "tags", { element: { type: "text" } }),
    createdAt: column("timestamp with time zone", "created_at"),
    status: column("USER-DEFINED", "status", {
      pgType: ["public", "status"],
      enumValues: ["active", "archived"],
    }),
    visits: column("bigint", "visits"),
    avatar: column("bytea", "avatar"),
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: UsersRow,
} satisfies TableDefinition<UsersRow>;

export const shape = recordShape(users, (definition) => valueTypeOf(definition));

/** What stands for `Model(users)`: members that must not be shadowed, and the definition. */
export class Base extends UsersRow {
  static associations: readonly string[] = ["posts", "author"];
  static pluginVirtuals: readonly string[] = [];
  declare posts: Base[];
  declare author: Base | null;

  static of<Instance extends Base>(this: new () => Instance, attributes: object): Instance {
    const record = new this();
    assignAttributes(record, record[DEFINITION], attributes);
    return record;
  }

  get [DEFINITION](): RecordDefinition {
    const modelClass = this.constructor as typeof Base;
    const { associations, pluginVirtuals } = modelClass;
    return defineRecord({
      modelClass,
      shape,
      base: Base.prototype,
      associations,
      pluginVirtuals,
    });
  }

  get isNewRecord(): boolean {
    return true;
  }

  destroy(): string {
    return "destroyed";
  }

  toJSON(): object {
    return { base: true };
  }
}
