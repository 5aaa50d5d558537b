import { belongsTo, hasMany, Model, validate, validates } from "baked-orm";
import { comments, posts, users } from "../../db/schema";

export class User extends Model(users, {
  posts: hasMany<Post>("Post", { defaultScope: (query) => query.kept().order({ createdAt: "DESC" }) }),
}, {
  sensitiveFields: ["passwordDigest"],
  defaults: { name: "Ann" },
  normalizes: { email: (email) => email.trim().toLowerCase() },
  validations: { name: validates("presence", { if: (user) => user.active }), email: [validates("email"), validates("length", { maximum: 255 })] },
  customValidations: [validate((user) => (user.name === user.email ? { name: "x" } : undefined))],
  scopes: {
    active: (query) => query.where({ active: true }),
    olderThan: (query, age: number) => query.where({ age: { gt: age } }),
  },
  beforeSave: (user) => { user.email = user.email.toLowerCase(); },
  afterCreate: [async (user) => { const list = await user.load("posts"); list[0]?.title; await list[0]?.load("author"); }],
  afterCommit: async (user) => { await Post.create({ title: user.name, userId: user.id }); },
}) {}
export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId", defaultScope: (query) => query.where({ active: true }) }),
}) {
  note = "";
  shout() { return this.title + "!"; }
  static {
    this.declare({
      softDelete: true,
      beforeSave: (post) => { post.title = post.shout(); post.note.length; },
      validations: { title: validates("presence", { if: (post) => post.note === "" }), note: validates("presence") },
      customValidations: [validate((post) => (post.shout() ? { title: "x" } : undefined))],
      normalizes: { title: (title) => title.trim() },
      sensitiveFields: ["note"],
    });
  }
}
export async function f(user: User) {
  const u = await User.create({ email: "x" });
  const json = user.toJSON();
  // @ts-expect-error
  json.passwordDigest;
  json.name;
  User.scope("olderThan", 3).scope("active");
  User.where({}).scope("olderThan", 3).limit(1);
  // @ts-expect-error
  User.scope("olderThan", "x");
  // @ts-expect-error
  User.all().scope("olderThen", 3);
  // @ts-expect-error
  Model(users, {}, { sensitiveFields: ["passwordDigst"] });
  // @ts-expect-error
  Model(users, {}, { beforeSav: () => {} });
  // @ts-expect-error
  Model(users, {}, { validations: { save: validates("presence") } });
  // @ts-expect-error
  Model(users, {}, { defaults: { nam: "x" } });
  // @ts-expect-error
  Model(users, {}, { defaults: { name: 5 } });
}
