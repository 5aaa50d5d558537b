/** The tables of the server, as the browser sees them. */
import { FrontendModel, registerModels } from "baked-orm/frontend";
import { authors, comments, posts } from "../db/schema";
import { postRules } from "../shared/post-rules";

export class Author extends FrontendModel(authors) {}

export class Comment extends FrontendModel(comments) {}

export class Post extends FrontendModel(posts) {
  static validations = postRules;
  declare author: Author;
  declare comments: Comment[];

  get byline(): string {
    const day = this.publishedOn?.toLocaleString("en", { dateStyle: "long" });
    return `${this.author.name}, ${day ?? "not published"}`;
  }
}

// The keys are the names on the wire; they survive the minifier, the names of classes do not.
registerModels({ Author, Comment, Post });
