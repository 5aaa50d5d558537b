/** Models over the example schema, for tests of queries. */

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
import {
  belongsTo,
  hasMany,
  hasOne,
  Model,
  type QueryBuilder,
  registerModels,
} from "../../src/index";

export class User extends Model(users, {
  posts: hasMany<Post>("Post"),
  profile: hasOne<Profile>("Profile"),
  orders: hasMany<Order>("Order"),
}) {
  static sensitiveFields = ["passwordDigest"];
  static scopes = {
    active: (query: QueryBuilder<User>) => query.where({ active: true }),
    olderThan: (query: QueryBuilder<User>, age: number) => query.where({ age: { gt: age } }),
  };
}

export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
  taggings: hasMany<Tagging>("Tagging"),
}) {}

export class Comment extends Model(comments) {}
export class Tag extends Model(tags) {}
export class Tagging extends Model(taggings, {
  post: belongsTo<Post>("Post"),
  tag: belongsTo<Tag>("Tag"),
}) {}
export class Profile extends Model(profiles, { user: belongsTo<User>("User") }) {}
export class Membership extends Model(memberships, { user: belongsTo<User>("User") }) {}
export class Share extends Model(shares) {}
export class Page extends Model(pages) {}
export class Order extends Model(orders, { user: belongsTo<User>("User") }) {}

/** The registry is shared by all test files of a process: call it where the names are used. */
export function registerTestModels(): void {
  registerModels({ User, Post, Comment, Tag, Tagging, Profile, Membership, Share, Page, Order });
}
