import { belongsTo, hasMany, Model, validates } from "baked-orm";
import { posts } from "../db/schema";
import { postRules } from "../shared/post-rules";
import type { Author } from "./author";
import type { Comment } from "./comment";

export class Post extends Model(posts, {
  author: belongsTo<Author>("Author"),
  comments: hasMany<Comment>("Comment"),
}) {
  // The rules that the browser checks too, and one that needs the database.
  static validations = {
    ...postRules,
    title: [...postRules.title, validates("uniqueness")],
  };
}
