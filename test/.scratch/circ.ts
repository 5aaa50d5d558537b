import { belongsTo, hasMany, hasManyThrough, Model } from "baked-orm";
import { comments, posts, users } from "../../db/schema";

export class User extends Model(users, {
  posts: hasMany<Post>("Post", { defaultScope: (query) => query.kept().order({ createdAt: "DESC" }) }),
  comments: hasMany<Comment>("Comment", { as: "commentable" }),
}) {}
export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId", defaultScope: (query) => query.where({ active: true }) }),
  comments: hasMany<Comment>("Comment", { as: "commentable", defaultScope: (query, target) => target.softDelete ? query.kept() : query }),
}) {}
export class Comment extends Model(comments, {
  commentable: belongsTo<Post | User>({ polymorphic: true, defaultScope: (query, target) => (target.softDelete ? query.kept() : query) }),
}) {}
