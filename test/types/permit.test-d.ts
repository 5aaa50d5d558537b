/** What `permit()` promises: names are attributes, values have their columns' types. Checked by tsc. */
import { expectTypeOf } from "bun:test";
import { posts } from "../../db/schema";
import { Model } from "../../src/index";

class Post extends Model(posts) {
  tagList: string[] = [];
  publish(): void {}
}

export function names(post: Post, body: unknown) {
  const attributes = Post.permit("title", "publishedAt", "tagList").apply(body);
  expectTypeOf(attributes).toEqualTypeOf<{
    title?: string | undefined;
    publishedAt?: Date | null | undefined;
    tagList?: string[] | undefined;
  }>();
  // @ts-expect-error: what a request has may lack the title, which build() requires
  Post.build(attributes);
  Post.build({ ...attributes, title: attributes.title ?? "Untitled" });
  post.assignAttributes(attributes);
  Post.permit("title").assign(post, body);
  // @ts-expect-error: no such attribute
  Post.permit("titel");
  // @ts-expect-error: a method is no attribute
  Post.permit("publish");
  // @ts-expect-error: a member of every record is none either
  Post.permit("save");
  // @ts-expect-error: that was not permitted
  attributes.body;
}
