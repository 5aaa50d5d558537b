/** Declarations: callbacks, validations, scopes and the rest know the record of their class. Checked by tsc. */
import { expectTypeOf } from "bun:test";
import {
  belongsTo,
  type CallbackHook,
  type Callbacks,
  type Declarations,
  type DefaultValues,
  defineValidator,
  hasMany,
  hasManyThrough,
  hasOne,
  hasOneThrough,
  Model,
  type Normalizers,
  type QueryBuilder,
  type SensitiveFields,
  type ValidationConfig,
  type ValidationErrors,
  validate,
  validates,
} from "baked-orm";
import { validate as check, FrontendModel, validates as rule } from "baked-orm/frontend";
import { comments, orders, posts, shares, users } from "../../db/schema";

export class Account extends Model(
  users,
  { posts: hasMany<Entry>("Entry", { defaultScope: (query) => query.kept() }) },
  {
    sensitiveFields: ["passwordDigest"],
    defaults: { name: "Ann", role: () => "admin" },
    normalizes: {
      email: (email) => {
        expectTypeOf(email).toBeString();
        return email.trim();
      },
      age: (age) => {
        expectTypeOf(age).toBeNumber();
        return age > 0 ? age : null;
      },
    },
    validations: {
      name: validates("presence", {
        if: (account) => {
          expectTypeOf(account.age).toEqualTypeOf<number | null>();
          return account.active;
        },
      }),
      email: [validates("email"), validates("length", { maximum: 255 })],
      posts: validates("associated"),
    },
    customValidations: [
      validate((account) => {
        expectTypeOf(account.name).toBeString();
        return account.name === account.email ? { name: "is the address" } : undefined;
      }),
    ],
    scopes: {
      adults: (query, least?: number) => {
        expectTypeOf(query.limit(1)).toEqualTypeOf<typeof query>();
        return query.where({ age: { gte: least ?? 18 } });
      },
      named: (query, name: string, exact?: boolean) =>
        exact ? query.where({ name }) : query.where({ name: { contains: name } }),
    },
    beforeSave: (account) => {
      expectTypeOf(account.email).toBeString();
      expectTypeOf(account.isNewRecord).toBeBoolean();
    },
    afterCreate: [
      async (account) => {
        expectTypeOf(account.load("posts")).resolves.toEqualTypeOf<Entry[]>();
        await Entry.create({ title: account.name });
      },
    ],
    strictLoadingByDefault: true,
  },
) {}

export class Entry extends Model(posts, {
  author: belongsTo<Account>("Account", {
    foreignKey: "userId",
    defaultScope: (query) => query.where({ active: true }),
  }),
}) {
  note = "";
  shout() {
    return `${this.title}!`;
  }
  static {
    this.declare({
      softDelete: true,
      beforeSave: (entry) => {
        expectTypeOf(entry).toEqualTypeOf<Entry>();
        entry.title = entry.shout();
      },
      afterDiscard: [(entry) => expectTypeOf(entry.note).toBeString()],
      validations: {
        title: validates("custom", {
          validate: (value, entry) => {
            expectTypeOf(value).toBeUnknown();
            expectTypeOf(entry).toEqualTypeOf<Entry>();
          },
        }),
        note: validates("presence", { if: (entry) => entry.shout() !== "" }),
        views: validates("comparison", { greaterThan: (entry) => entry.userId }),
      },
      customValidations: [
        validate((entry) => {
          expectTypeOf(entry.shout()).toBeString();
        }),
      ],
      normalizes: { title: (title) => title.trim(), note: (note) => note.toLowerCase() },
      sensitiveFields: ["note", "body", "shout"],
      defaults: { views: () => 1 },
      scopes: {
        popular: (query) => {
          expectTypeOf(query).toEqualTypeOf<QueryBuilder<Entry>>();
          return query.where({ views: { gt: 10 } });
        },
      },
    });
    this.on("afterCommit", (entry) => expectTypeOf(entry).toEqualTypeOf<Entry>());

    // @ts-expect-error there is no such hook
    this.declare({ beforeSav: () => {} });
    // @ts-expect-error there is no such attribute
    this.declare({ validations: { titel: validates("presence") } });
    // @ts-expect-error a method is not validated
    this.declare({ validations: { save: validates("presence") } });
    // @ts-expect-error a rule is made by validates()
    this.declare({ validations: { title: "presence" } });
    // @ts-expect-error there is no such attribute
    this.declare({ sensitiveFields: ["titel"] });
    // @ts-expect-error a member of every record is not hidden
    this.declare({ sensitiveFields: ["save"] });
    // @ts-expect-error there is no such attribute
    this.declare({ normalizes: { titel: (value: string) => value } });
    // @ts-expect-error a title stays text
    this.declare({ normalizes: { title: (title) => title.length } });
    // @ts-expect-error of another type
    this.declare({ defaults: { views: "1" } });
    // @ts-expect-error a virtual has its field
    this.declare({ defaults: { note: "x" } });
    // @ts-expect-error the entry has no such member
    this.declare({ beforeSave: (entry) => entry.whisper() });
    // @ts-expect-error of another type
    this.declare({ softDelete: "yes" });
    // @ts-expect-error the column of the scope
    this.declare({ scopes: { odd: (query) => query.where({ viewz: 1 }) } });
    // @ts-expect-error there is no such hook
    this.on("beforeSav", () => {});
    // @ts-expect-error the entry has no such member
    this.on("beforeSave", (entry) => entry.whisper());
  }
}

// A subclass has its own members.
export class Special extends Entry {
  extra = 1;
  static {
    this.declare({
      beforeSave: (special) => expectTypeOf(special.extra).toBeNumber(),
      validations: { extra: validates("numericality") },
    });
  }
}

export async function consequences(account: Account) {
  // A default is not required, a secret not on the wire.
  expectTypeOf(Account.create({ email: "x" })).resolves.toEqualTypeOf<Account>();
  expectTypeOf(account.toJSON().name).toBeString();
  expectTypeOf(Account.scope("adults")).toEqualTypeOf<QueryBuilder<Account>>();
  expectTypeOf(Account.scope("adults", 21)).toEqualTypeOf<QueryBuilder<Account>>();
  expectTypeOf(Account.all().scope("named", "x", true)).toEqualTypeOf<QueryBuilder<Account>>();
  // @ts-expect-error sensitive
  account.toJSON().passwordDigest;
  // @ts-expect-error the address has no default
  await Account.create({ name: "x" });
  // @ts-expect-error the name is text
  Account.scope("named", 1);
  // @ts-expect-error it has no third argument
  Account.scope("named", "x", true, 1);
}

// --- The same given to Model() wrongly

// @ts-expect-error there is no such column
Model(users, {}, { sensitiveFields: ["passwordDigst"] });
// @ts-expect-error there is no such hook
Model(users, {}, { beforeSav: () => {} });
// @ts-expect-error a method is not validated
Model(users, {}, { validations: { save: validates("presence") } });
// @ts-expect-error there is no such column
Model(users, {}, { defaults: { nmae: "x" } });
// @ts-expect-error of another type
Model(users, {}, { defaults: { name: 5 } });
// @ts-expect-error GENERATED ALWAYS
Model(shares, {}, { defaults: { label: "x" } });
// @ts-expect-error there is no such column
Model(users, {}, { normalizes: { nmae: (value: string) => value } });
// @ts-expect-error a callback is a function
Model(users, {}, { beforeSave: "trim" });
// @ts-expect-error the column of the scope
Model(users, {}, { scopes: { odd: (query) => query.where({ nmae: "x" }) } });
// @ts-expect-error a table comes first
Model({});
// @ts-expect-error an association is made by hasMany() and its like
Model(users, { posts: "Post" });

// --- Associations

expectTypeOf(hasMany<Entry>("Entry").cardinality).toEqualTypeOf<"many">();
expectTypeOf(hasOne<Entry>("Entry").cardinality).toEqualTypeOf<"one">();
expectTypeOf(belongsTo(() => Account).target).toEqualTypeOf<Account | undefined>();
expectTypeOf(belongsTo<Entry | Account>({ polymorphic: true }).kind).toEqualTypeOf<"polymorphic">();
expectTypeOf(
  hasManyThrough<Entry>("Entry", {
    through: "x",
    defaultThroughScope: (query) => query.kept().where({ anything: 1 }),
  }).kind,
).toEqualTypeOf<"hasManyThrough">();
expectTypeOf(hasOneThrough<Entry>("Entry", { through: "x" }).kind).toEqualTypeOf<"hasOneThrough">();
// @ts-expect-error a through association needs one
hasManyThrough<Entry>("Entry", {});
// @ts-expect-error there is no such effect
hasMany<Entry>("Entry", { dependent: "drop" });
// @ts-expect-error polymorphic needs to be said
belongsTo<Entry>({});
// @ts-expect-error the target has no such column
hasMany<Entry>("Entry", { defaultScope: (query) => query.order({ titel: "ASC" }) });
// @ts-expect-error there is no such option
hasOne<Entry>("Entry", { foreinKey: "x" });
class Grouped extends Model(orders, { group: belongsTo<Account>("Account") }) {}
expectTypeOf(new Grouped().load("group")).resolves.toEqualTypeOf<Account | null>();
// @ts-expect-error a static named like a verb: give the association to Model()
export class Clash extends Model(orders) {
  static override group = Clash.belongsTo<Account>("Account");
}

// --- The forms of the README keep their types

expectTypeOf<CallbackHook>().toExtend<string>();
expectTypeOf<"beforeDiscard">().toExtend<CallbackHook>();
expectTypeOf<keyof Callbacks<Entry>>().toEqualTypeOf<CallbackHook>();
expectTypeOf<Declarations<Entry>["softDelete"]>().toEqualTypeOf<boolean | undefined>();
expectTypeOf<SensitiveFields<Entry>[number]>().toExtend<string>();
expectTypeOf<keyof DefaultValues<Entry>>().not.toExtend<"note">();
expectTypeOf<"note">().toExtend<keyof Normalizers<Entry>>();
export class Readme extends Model(comments) {
  static softDelete = true;
  static sensitiveFields = ["body"] satisfies SensitiveFields<Readme>;
  static validations = {
    body: validates("presence", { if: (comment) => comment.commentableId !== "" }),
  } satisfies ValidationConfig<Readme>;
  // @ts-expect-error TypeScript gives a static initialiser no contextual type
  static beforeSave = [(record) => void record];
  static afterSave = [(record: Readme) => void record.body];
}
export class Typed extends Model(comments) {
  static sensitiveFields = [
    // @ts-expect-error there is no such attribute
    "bdoy",
  ] satisfies SensitiveFields<Typed>;
}

// --- Validators

validates("uniqueness", { scope: ["role"], caseSensitive: false });
validates("own", { any: 1, message: "no" });
defineValidator("own", (value, record, options, field) => {
  expectTypeOf(value).toBeUnknown();
  expectTypeOf(record).toEqualTypeOf<Record<string, unknown>>();
  expectTypeOf(options.message).toEqualTypeOf<string | undefined>();
  expectTypeOf(field).toBeString();
  return options.message ?? "is wrong";
});
// @ts-expect-error inclusion needs its list
validates("inclusion");
// @ts-expect-error a number
validates("length", { maximum: "255" });
// @ts-expect-error there is no such option
validates("numericality", { whole: true });
// @ts-expect-error a pattern, not text
validates("format", { pattern: "x" });
// @ts-expect-error a validator answers messages
defineValidator("odd", () => 1);
// @ts-expect-error messages by attribute
validate(() => "wrong");

export function errors(found: ValidationErrors) {
  expectTypeOf(found.get("name")).toEqualTypeOf<string[]>();
  expectTypeOf(found.fullMessages()).toEqualTypeOf<string[]>();
  expectTypeOf(found.isEmpty).toBeBoolean();
  expectTypeOf(found.add("name", "is wrong")).toBeVoid();
  // @ts-expect-error a message is text
  found.add("name", 1);
}

// --- The frontend

export class Client extends FrontendModel(users) {
  following = false;
  static {
    this.declare({
      validations: {
        name: rule("presence", {
          if: (client) => {
            expectTypeOf(client.following).toBeBoolean();
            expectTypeOf(client.age).toEqualTypeOf<number | null>();
            return true;
          },
        }),
      },
      customValidations: [
        check((client) => {
          expectTypeOf(client).toEqualTypeOf<Client>();
        }),
      ],
      sensitiveFields: ["passwordDigest"],
    });
    // @ts-expect-error there is no such attribute
    this.declare({ validations: { nmae: rule("presence") } });
    // @ts-expect-error callbacks are the server's
    this.declare({ beforeSave: () => {} });
    // @ts-expect-error there is no such attribute
    this.declare({ sensitiveFields: ["pasword"] });
  }
}
