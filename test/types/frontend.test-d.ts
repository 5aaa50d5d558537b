/** What the frontend's types promise, and what they refuse. Checked by tsc; nothing here runs. */
import { expectTypeOf } from "bun:test";
import {
  type Changes,
  defineValidator,
  FrontendModel,
  hydrate,
  registerModels,
  type Temporal,
  type ValidationConfig,
  validate,
  validates,
} from "../../src/frontend";
import type { ValidationErrors } from "../../src/record/errors";
import type { TableDefinition } from "../../src/schema/table";
import { Post, User, type UsersRow, users } from "../unit/frontend/support";

export function rows(user: User) {
  expectTypeOf(user.id).toEqualTypeOf<bigint>();
  expectTypeOf(user.name).toEqualTypeOf<string>();
  expectTypeOf(user.balance).toEqualTypeOf<string | null>();
  expectTypeOf(user.createdAt).toEqualTypeOf<Temporal.Instant>();
  expectTypeOf(user.birthday).toEqualTypeOf<Temporal.PlainDate | null>();
  expectTypeOf(user.seenAt).toEqualTypeOf<Temporal.PlainDateTime | null>();
  expectTypeOf(user.alarm).toEqualTypeOf<Temporal.PlainTime | null>();
  expectTypeOf(user.moments).toEqualTypeOf<(Temporal.Instant | null)[] | null>();
  expectTypeOf(user.status).toEqualTypeOf<"active" | "archived">();
  expectTypeOf(user.settings).toEqualTypeOf<unknown>();
  expectTypeOf(user.following).toEqualTypeOf<boolean | null>();
  expectTypeOf(user.initials).toEqualTypeOf<string>();
  expectTypeOf(user.posts).toEqualTypeOf<Post[]>();
  expectTypeOf(user.posts[0]?.author).toEqualTypeOf<User | undefined>();
  expectTypeOf(user.whateverTheServerSent).toEqualTypeOf<unknown>();
}

export function receivers() {
  expectTypeOf(User.fromJSON({})).toEqualTypeOf<User>();
  expectTypeOf(User.fromJSON({}).posts).toEqualTypeOf<Post[]>();
  expectTypeOf(User.build({ following: true })).toEqualTypeOf<User>();
  expectTypeOf(hydrate<Post>({})).toEqualTypeOf<Post>();
  expectTypeOf(hydrate({})).toEqualTypeOf<unknown>();
  expectTypeOf(User.tableDefinition).toExtend<TableDefinition>();
}

export function attributes(user: User, native: typeof globalThis.Temporal) {
  new User({ name: "Ann", email: null, birthday: native.PlainDate.from("2000-01-01") });
  expectTypeOf(user.createdAt).toExtend<ReturnType<typeof native.Now.instant>>();
  // @ts-expect-error: no such column
  new User({ nmae: "Ann" });
  // @ts-expect-error: wrong type
  new User({ name: 5 });
  // @ts-expect-error: a Date is not what this column holds here
  new User({ createdAt: new Date() });
  // @ts-expect-error: virtuals go through build()
  new User({ following: true });

  user.assignAttributes({ name: "Ann", following: true, posts: [] });
  // @ts-expect-error: no such attribute
  user.assignAttributes({ nmae: "Ann" });
  // @ts-expect-error: wrong type
  user.assignAttributes({ following: "yes" });
  // @ts-expect-error: a method is no attribute
  user.assignAttributes({ isValid: () => true });
  // @ts-expect-error: neither is one of the class
  User.build({ computeBadge: () => "x" });

  expectTypeOf(user.clone({ name: "Ann" })).toEqualTypeOf<User>();
  // @ts-expect-error: no such attribute
  user.clone({ nmae: "Ann" });
}

export function tracking(user: User, errors: ValidationErrors) {
  expectTypeOf(user.changed()).toEqualTypeOf<boolean>();
  user.changed("name");
  user.posts[0]?.changed("title");
  // @ts-expect-error: no such attribute
  user.changed("nmae");
  expectTypeOf(user.changedAttributes()).toExtend<Changes>();
  expectTypeOf(user.isValid()).toEqualTypeOf<boolean>();
  expectTypeOf(user.validate("create")).toEqualTypeOf<Promise<boolean>>();
  // @ts-expect-error: a context is "create" or "update"
  user.isValid("destroy");
  // @ts-expect-error: errors are read, not replaced
  user.errors = errors;
}

export class Declared extends FrontendModel(users) {
  declare settings: { theme: "light" | "dark" };
  static validations = {
    name: validates("presence", { if: (record) => record.status === "active" }),
    email: [validates("presence"), validates("length", { maximum: 255, on: "create" })],
    settings: validates("custom", { validate: (value) => (value ? undefined : "is empty") }),
  } satisfies ValidationConfig<Declared>;
  static customValidations = [
    validate((record) => {
      if (record.name === record.email) return { name: "must be different from email" };
    }),
    validate<Declared>((record) =>
      record.settings.theme === "dark" ? { base: ["is dark"] } : undefined,
    ),
    validate((record: User) => (record.name.length > 5 ? { name: "is long" } : undefined)),
    validate(async () => undefined),
  ];
}
expectTypeOf<Declared["settings"]["theme"]>().toEqualTypeOf<"light" | "dark">();

export const rules = [
  validates("numericality", { greaterThanOrEqualTo: 0, integer: true }),
  validates("inclusion", { in: ["admin", "user"] }),
  validates("format", { pattern: /x/, message: "is odd" }),
  validates("confirmation"),
  validates("comparison", { greaterThan: (record) => record.startsAt }),
  validates("presence", { if: (record: User) => record.name.length > 5 }),
  validates("companyEmail", { domain: "company.com", message: "no" }),
  // @ts-expect-error: format needs a pattern
  validates("format"),
  // @ts-expect-error: no such option
  validates("length", { max: 255 }),
  // @ts-expect-error: a context is "create" or "update"
  validates("presence", { on: "save" }),
];

// @ts-expect-error: "nmae" is no attribute of User
export const misspelt = { nmae: validates("presence") } satisfies ValidationConfig<User>;

defineValidator("typedCompanyEmail", (value, record, options) => {
  if (typeof value !== "string" || record.name === value) {
    return options.message ?? "must be a company email address";
  }
});

registerModels({ User, Post });
// @ts-expect-error: not a frontend model
registerModels({ Date });

/** As the published package generated it: no literal types, Dates become instants. */
const legacy: TableDefinition<UsersRow> = { ...users };
export class Legacy extends FrontendModel(legacy) {
  declare posts: Post[];
}
expectTypeOf<Legacy["createdAt"]>().toEqualTypeOf<Temporal.Instant>();
expectTypeOf<Legacy["name"]>().toEqualTypeOf<string>();
expectTypeOf<Legacy["alarm"]>().toEqualTypeOf<string | null>();

/** Generated with `temporal: true`: the row's types are Temporal already, and stay what they are. */
class EventsRow {
  declare at: Temporal.Instant;
  declare span: Temporal.Duration | null;
}
const events = {
  tableName: "events",
  columns: {
    at: { type: "timestamp with time zone", nullable: false, columnName: "at", temporal: true },
    span: { type: "interval", nullable: true, columnName: "span", temporal: true },
  },
  primaryKey: [],
  indexes: {},
  foreignKeys: {},
  rowClass: EventsRow,
} as const satisfies TableDefinition<EventsRow>;
export class Event extends FrontendModel(events) {}
expectTypeOf<Event["at"]>().toEqualTypeOf<Temporal.Instant>();
expectTypeOf<Event["span"]>().toEqualTypeOf<Temporal.Duration | null>();
