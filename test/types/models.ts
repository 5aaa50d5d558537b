/** The models that the type tests ask: every kind of association and member, over the example schema. */
import {
  belongsTo,
  hasMany,
  hasManyThrough,
  hasOne,
  Model,
  type ValidationConfig,
  validates,
} from "baked-orm";
import {
  comments,
  memberships,
  orders,
  pages,
  posts,
  profiles,
  shares,
  taggings,
  tags,
  users,
} from "../../db/schema";

export interface Settings {
  theme: "light" | "dark";
}

export class User extends Model(
  users,
  {
    posts: hasMany<Post>("Post"),
    profile: hasOne<Profile>("Profile"),
    comments: hasMany<Comment>("Comment", { as: "commentable" }),
  },
  {
    sensitiveFields: ["passwordDigest"],
    scopes: {
      active: (query) => query.where({ active: true }),
      olderThan: (query, age: number) => query.where({ age: { gt: age } }),
    },
  },
) {
  declare settings: Settings;
  following: boolean | null = null;
  readonly badge: string = "new";
  _cache: string[] = [];
  get initials(): string {
    return this.name.slice(0, 1);
  }
  greet(): string {
    return `Hello ${this.name}`;
  }
  async rank(): Promise<number> {
    return 1;
  }
  pay(amount: number): void {
    void amount;
  }
}

export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
  comments: hasMany<Comment>("Comment", { as: "commentable" }),
  taggings: hasMany<Tagging>("Tagging"),
  tags: hasManyThrough<Tag>("Tag", {
    through: "taggings",
    defaultScope: (query) => query.order({ name: "ASC" }),
  }),
}) {
  tagList: string[] = [];
}

export class Comment extends Model(comments, {
  commentable: belongsTo<Post | User>({ polymorphic: true }),
}) {}
export class Tag extends Model(tags) {}
export class Tagging extends Model(taggings, {
  post: belongsTo<Post>("Post"),
  tag: belongsTo<Tag>("Tag"),
}) {}
export class Profile extends Model(profiles, { user: belongsTo<User>("User") }) {}
export class Membership extends Model(memberships) {}
export class Share extends Model(shares) {}
export class Page extends Model(pages) {}
export class Order extends Model(orders, { user: belongsTo<User>("User") }) {}

/** The README's style: a static and a declared property. */
export class Section extends Model(pages) {
  static children = Section.hasMany<Section>("Section", { foreignKey: "parentId" });
  declare children: Section[];
  static parent = Section.belongsTo(() => Section, { foreignKey: "parentId" });
  declare parent: Section | null;
  static scopes = {
    named: (query: import("baked-orm").QueryBuilder<Section>, title: string) =>
      query.where({ title }),
  };
  static validations = { title: validates("presence") } satisfies ValidationConfig<Section>;
}
