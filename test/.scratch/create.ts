import { belongsTo, hasMany, Model } from "baked-orm";
import { comments, posts, taggings, tags, users } from "../../db/schema";
class User extends Model(users, { posts: hasMany<Post>("Post") }) {}
class Post extends Model(posts, { author: belongsTo<User>("User", { foreignKey: "userId" }) }) { tagList: string[] = []; }
class Tag extends Model(tags) {}
class Tagging extends Model(taggings, { post: belongsTo<Post>("Post"), tag: belongsTo<Tag>("Tag") }) {}
class Comment extends Model(comments, { commentable: belongsTo<Post | User>({ polymorphic: true }) }) {}
export async function f(user: User, post: Post, tag: Tag) {
  await Post.create({ title: "x", author: user });
  await Post.create({ title: "x", userId: 1 });
  await Post.create({ title: "x", userId: 1, tagList: [] });
  await Tagging.create({ post, tag });
  await Tagging.create({ postId: 1, tag });
  await Comment.create({ body: "x", commentable: post });
  await Comment.create({ body: "x", commentableType: "Post", commentableId: "1" });
  await User.create({ name: "a", email: "b", posts: [post] });
  await user.update({ posts: [post] });
  post.assignAttributes({ author: user });
  // @ts-expect-error
  await Post.create({ title: "x" });
  // @ts-expect-error
  await Tagging.create({ post });
  // @ts-expect-error
  await Post.create({ title: "x", author: post });
  // @ts-expect-error
  await Post.create({ title: "x", athor: user });
  // @ts-expect-error
  await Comment.create({ body: "x", commentable: tag });
  // @ts-expect-error
  await Comment.create({ body: "x", commentableType: "Post" });
}
