/** What the examples of the documentation take for granted: the models of the example schema, and a few values. */
import { belongsTo, hasMany, hasOne, Model, query, registerModels } from "baked-orm";
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

export class User extends Model(users, {
  posts: hasMany<Post>("Post"),
  profile: hasOne<Profile>("Profile"),
  orders: hasMany<Order>("Order"),
}) {
  static sensitiveFields = ["passwordDigest"];
}
export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
}) {
  static softDelete = true;
}
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

export const id = 1;
export const email = "alice@example.com";
export const after: string | null = null;

/** The rows that every example finds. */
export async function seed(): Promise<void> {
  registerModels({ User, Post, Comment, Tag, Tagging, Profile, Membership, Share, Page, Order });
  await query(
    "TRUNCATE users, posts, comments, tags, taggings, profiles, memberships, shares, pages, orders RESTART IDENTITY CASCADE",
  );
  await User.createMany([
    { name: "Alice", email: "alice@example.com", age: 30, role: "admin" },
    { name: "Bob", email: "bob@example.com", age: 17, active: false },
  ]);
  await Post.createMany([
    { title: "Hello", userId: 1, views: 3 },
    { title: "World", userId: 1, views: 5 },
    { title: "Draft", userId: 2 },
  ]);
  await Order.createMany([
    { userId: 1, total: "100.50", status: "active" },
    { userId: 1, total: "200", status: "active" },
    { userId: 2, total: "50", status: "cancelled" },
  ]);
  await Page.createMany([
    { title: "root" },
    { title: "child", parentId: 1 },
    { title: "grandchild", parentId: 2 },
  ]);
}
