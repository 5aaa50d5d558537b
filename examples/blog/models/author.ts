import { hasMany, Model, validates } from "baked-orm";
import { authors } from "../db/schema";
import type { Post } from "./post";

export class Author extends Model(authors, { posts: hasMany<Post>("Post") }) {
  // Never in JSON, masked in logs.
  static sensitiveFields = ["email"];
  static validations = { name: validates("presence"), email: validates("email") };
}
