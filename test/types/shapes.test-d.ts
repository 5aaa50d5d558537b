/** Insert, update and read shapes, derived from a generated table by types alone. Checked by tsc. */
import type {
  InsertOf,
  RequiredColumns,
  RowOf,
  UpdateOf,
  WritableColumns,
} from "../../src/schema/shapes";
import type { TableDefinition } from "../../src/schema/table";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = { [K in keyof T]: T[K] };

/** Compiles only when its argument is `true`. */
function holds<_T extends true>(): void {}

class UsersRow {
  declare id: string;
  declare email: string;
  declare nickname: string | null;
  declare number: bigint;
  declare position: number;
  declare shout: string | null;
  declare total: number;
  declare settings: unknown;
}

const users = {
  tableName: "users",
  columns: {
    id: { type: "uuid", nullable: false, default: "gen_random_uuid()", columnName: "id" },
    email: { type: "text", nullable: false, columnName: "email" },
    nickname: { type: "text", nullable: true, columnName: "nickname" },
    number: { type: "bigint", nullable: false, identity: "always", columnName: "number" },
    position: { type: "integer", nullable: false, identity: "by default", columnName: "position" },
    shout: { type: "text", nullable: true, generated: "stored", columnName: "shout" },
    total: { type: "integer", nullable: false, readOnly: true, columnName: "total" },
    settings: { type: "jsonb", nullable: false, columnName: "settings" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: UsersRow,
} as const satisfies TableDefinition<UsersRow>;

type Users = typeof users;

holds<Equal<RowOf<Users>, UsersRow>>();
holds<Equal<RequiredColumns<Users>, "email" | "settings">>();
holds<Equal<WritableColumns<Users>, "id" | "email" | "nickname" | "position" | "settings">>();
holds<
  Equal<
    Flat<InsertOf<Users>>,
    {
      email: string;
      settings: unknown;
      id?: string | undefined;
      nickname?: string | null | undefined;
      position?: number | undefined;
    }
  >
>();
holds<
  Equal<
    Flat<UpdateOf<Users>>,
    {
      id?: string | undefined;
      email?: string | undefined;
      nickname?: string | null | undefined;
      position?: number | undefined;
      settings?: unknown;
    }
  >
>();

export const least: InsertOf<Users> = { email: "a@b.c", settings: {} };
export const most: InsertOf<Users> = { ...least, id: "1", nickname: null, position: 1 };
export const unset: InsertOf<Users> = { ...least, id: undefined };
// @ts-expect-error email is NOT NULL without a default
export const incomplete: InsertOf<Users> = { settings: {} };
// @ts-expect-error email is not nullable
export const nullish: InsertOf<Users> = { email: null, settings: {} };
// @ts-expect-error generated columns are never written
export const generated: InsertOf<Users> = { email: "a@b.c", settings: {}, shout: "A" };
// @ts-expect-error neither are GENERATED ALWAYS AS IDENTITY columns
export const identity: UpdateOf<Users> = { number: 1n };
// @ts-expect-error neither are the read-only columns of a view
export const readOnly: UpdateOf<Users> = { total: 1 };
// @ts-expect-error there is no such column
export const unknown: UpdateOf<Users> = { emial: "a@b.c" };

// A schema written by the published package: no facts, so everything is optional.
declare const published: TableDefinition<UsersRow>;
type Published = typeof published;

holds<Equal<RowOf<Published>, UsersRow>>();
holds<Equal<RequiredColumns<Published>, never>>();
holds<Equal<WritableColumns<Published>, keyof UsersRow>>();
export const anything: InsertOf<Published> = { number: 1n, shout: "A" };
export const nothing: InsertOf<Published> = {};
// @ts-expect-error the row is known even so
export const stranger: InsertOf<Published> = { emial: "a@b.c" };

/** A table without columns is allowed in PostgreSQL. */
class EmptyRow {}
const empty = {
  tableName: "empty",
  columns: {},
  primaryKey: [],
  indexes: {},
  foreignKeys: {},
  rowClass: EmptyRow,
} as const satisfies TableDefinition<EmptyRow>;
holds<Equal<RequiredColumns<typeof empty>, never>>();
export const emptyRow: InsertOf<typeof empty> = {};

export { users };
