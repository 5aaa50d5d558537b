/** Loading: an association is data only where it was loaded. Checked by tsc; nothing here runs. */
import { expectTypeOf } from "bun:test";
import type { IncludePath, Loaded, QueryBuilder, With } from "baked-orm";
import {
  Comment,
  Order,
  type Post,
  type Profile,
  Section,
  type Tag,
  Tagging,
  User,
} from "./models";

expectTypeOf<IncludePath<Profile>>().toExtend<string>();
expectTypeOf<"user">().toExtend<IncludePath<Profile>>();
expectTypeOf<"user.posts">().toExtend<IncludePath<Profile>>();
expectTypeOf<"user.posts.tags">().toExtend<IncludePath<Profile>>();
expectTypeOf<"user.psots">().not.toExtend<IncludePath<Profile>>();
expectTypeOf<"bio">().not.toExtend<IncludePath<Profile>>();
expectTypeOf<Loaded<User, "posts">["posts"]>().toEqualTypeOf<Post[]>();
expectTypeOf<Loaded<User, "posts">>().toExtend<User>();
expectTypeOf<User>().not.toExtend<Loaded<User, "posts">>();
expectTypeOf<Loaded<User, "posts" | "posts.comments">["posts"][number]["comments"]>().toEqualTypeOf<
  Comment[]
>();
expectTypeOf<Loaded<User, never>>().toEqualTypeOf<User>();
expectTypeOf<Loaded<User, "posts" | "profile">>().toExtend<With<User, "posts">>();
expectTypeOf<With<Post, "author">["author"]>().toEqualTypeOf<User | null>();

export async function eager() {
  const [user] = await User.includes("posts");
  if (!user) return;
  expectTypeOf(user.posts).toEqualTypeOf<Post[]>();
  expectTypeOf(user).toExtend<User>();
  expectTypeOf(user.greet()).toBeString();
  const deep = await User.all().includes("posts.comments", "posts.author", "profile").first();
  if (!deep) return;
  expectTypeOf(deep.posts[0]?.comments).toEqualTypeOf<Comment[] | undefined>();
  expectTypeOf(deep.posts[0]?.author?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(deep.profile?.bio).toEqualTypeOf<string | null | undefined>();
  const four = await Tagging.includes("post.author.posts.tags").sole();
  expectTypeOf(four.post?.author?.posts[0]?.tags).toEqualTypeOf<Tag[] | undefined>();
  const [subject] = await Comment.includes("commentable");
  expectTypeOf(subject?.commentable).toEqualTypeOf<Post | User | null | undefined>();
  const [section] = await Section.includes("children.children");
  expectTypeOf(section?.children[0]?.children).toEqualTypeOf<Section[] | undefined>();
  expectTypeOf(User.where({ id: 1 }).includes("posts").find(1)).resolves.toExtend<
    With<User, "posts">
  >();
  for await (const each of User.includes("posts").findEach()) {
    expectTypeOf(each.posts).toEqualTypeOf<Post[]>();
  }
  const kept = await User.includes("posts")
    .where({ posts: { some: { title: "x" } } })
    .first();
  expectTypeOf(kept?.posts).toEqualTypeOf<Post[] | undefined>();
  expectTypeOf(User.includes("posts", { scope: false })).toEqualTypeOf<
    QueryBuilder<Loaded<User, "posts">>
  >();
  User.includes("posts", {
    scope: (query, target) => {
      expectTypeOf(query).toEqualTypeOf<QueryBuilder<Post>>();
      expectTypeOf(target.softDelete).toEqualTypeOf<boolean | undefined>();
      return query.where({ views: { gt: 1 } });
    },
  });
  const some = await User.select("id", "name").includes("posts").first();
  expectTypeOf(some?.posts).toEqualTypeOf<Post[] | undefined>();

  // @ts-expect-error there is no such association
  User.includes("psots");
  // @ts-expect-error not below posts
  User.includes("posts.profile");
  // @ts-expect-error a column is no association
  User.all().includes("name");
  // @ts-expect-error the wrong one is found among several
  User.includes("posts", "profil");
  // @ts-expect-error one level further
  User.includes("posts.author.psots");
  // @ts-expect-error options belong to one path
  User.includes("posts", "profile", { scope: false });
  // @ts-expect-error there is no scope that is true
  User.includes("posts", { scope: true });
  // @ts-expect-error the target has no such column
  User.includes("posts", { scope: (query) => query.where({ titel: "x" }) });
  // @ts-expect-error comments of these posts were not loaded
  user.posts[0]?.comments;
  // @ts-expect-error the profile was not loaded
  user.profile;
  // @ts-expect-error it was not selected, though something was loaded
  some?.email;
}

export async function lazy(user: User, post: Post, comment: Comment, section: Section) {
  expectTypeOf(user.load("posts")).resolves.toEqualTypeOf<Post[]>();
  expectTypeOf(user.load("profile")).resolves.toEqualTypeOf<Profile | null>();
  expectTypeOf(post.load("author")).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(post.load("tags")).resolves.toEqualTypeOf<Tag[]>();
  expectTypeOf(comment.load("commentable")).resolves.toEqualTypeOf<Post | User | null>();
  expectTypeOf(section.load("children")).resolves.toEqualTypeOf<Section[]>();
  expectTypeOf(section.children).toEqualTypeOf<Section[]>();
  expectTypeOf(section.parent).toEqualTypeOf<Section | null>();
  expectTypeOf(user.loadCount("posts")).resolves.toBeNumber();
  expectTypeOf(user.reload("posts")).resolves.toBeVoid();
  expectTypeOf(user.isLoaded("posts")).toBeBoolean();
  if (user.isLoaded("posts")) {
    expectTypeOf(user.posts).toEqualTypeOf<Post[]>();
    expectTypeOf(user.name).toBeString();
    if (user.isLoaded("profile")) {
      expectTypeOf(user.profile).toEqualTypeOf<Profile | null>();
      expectTypeOf(user.posts).toEqualTypeOf<Post[]>();
    }
    // @ts-expect-error nobody asked for the profile
    user.profile;
  }
  card(await User.includes("posts").sole());

  // @ts-expect-error it is not loaded
  user.posts;
  // @ts-expect-error nor here
  post.author;
  // @ts-expect-error a plain record is not enough
  card(user);
  // @ts-expect-error another association is not, either
  card(await User.includes("profile").sole());
  // @ts-expect-error there is no such association
  await user.load("psots");
  // @ts-expect-error a method is no association
  await user.load("save");
  // @ts-expect-error a column is no association
  await user.load("name");
  // @ts-expect-error a virtual is no association
  await user.load("following");
  // @ts-expect-error there is no such association
  user.isLoaded("psots");
  // @ts-expect-error there is no such association
  await user.loadCount("psots");
  // @ts-expect-error a column is not reloaded alone
  await user.reload("name");
}

function card(user: With<User, "posts">): number {
  return user.posts.length;
}
// @ts-expect-error there is no such association
export type Wrong = With<User, "psots">;

export async function collections(user: User, post: Post, tag: Tag, comment: Comment) {
  expectTypeOf(user.build("posts")).toEqualTypeOf<Post>();
  expectTypeOf(user.build("posts", { title: "x", tagList: ["a"] })).toEqualTypeOf<Post>();
  expectTypeOf(user.create("posts", { title: "x" })).resolves.toEqualTypeOf<Post>();
  expectTypeOf(user.create("profile", {})).resolves.toEqualTypeOf<Profile>();
  // The keys are the association's business.
  expectTypeOf(post.create("comments", { body: "x" })).resolves.toEqualTypeOf<Comment>();
  expectTypeOf(post.add("tags", tag, tag)).resolves.toBeVoid();
  expectTypeOf(post.remove("tags", tag)).resolves.toBeVoid();
  expectTypeOf(post.set("tags", [tag])).resolves.toBeVoid();
  expectTypeOf(post.set("author", null)).resolves.toBeVoid();
  expectTypeOf(comment.set("commentable", post)).resolves.toBeVoid();
  expectTypeOf(new Order().build("user", { name: "x", email: "y" })).toEqualTypeOf<User>();

  // @ts-expect-error NOT NULL without a default
  user.build("posts", { body: "x" });
  // @ts-expect-error NOT NULL without a default
  await post.create("comments", {});
  // @ts-expect-error there is no such column
  user.build("posts", { titel: "x" });
  // @ts-expect-error of another type
  await user.create("posts", { title: 5 });
  // @ts-expect-error there is no such association
  user.build("psots");
  // @ts-expect-error of another class
  await post.add("tags", post);
  // @ts-expect-error of another class
  await post.remove("tags", user);
  // @ts-expect-error a list
  await post.set("tags", tag);
  // @ts-expect-error one record
  await post.set("author", [user]);
  // @ts-expect-error neither a post nor a user
  await comment.set("commentable", tag);
}
