/** Wire: the payload is what serialize() gives and what the client gets. Checked by tsc. */
import { expectTypeOf } from "bun:test";
import type { Loaded, Serialized, SerializeOptions } from "baked-orm";
import type { Order, Page, Post, Section, Share, Tag, User } from "./models";

export async function payloads(user: User, order: Order, tag: Tag, loaded: Loaded<User, "posts">) {
  const json = user.toJSON();
  expectTypeOf(json.__typename).toBeString();
  expectTypeOf(json.id).toBeNumber();
  expectTypeOf(json.visits).toBeString();
  expectTypeOf(json.createdAt).toBeString();
  expectTypeOf(json.role).toEqualTypeOf<User["role"]>();
  expectTypeOf(json.settings).toEqualTypeOf<{ theme: "light" | "dark" }>();
  expectTypeOf(json.following).toEqualTypeOf<boolean | null>();
  expectTypeOf(json.initials).toBeString();
  expectTypeOf(tag.toJSON().active).toBeBoolean();
  // A plugin's virtual is there when the plugin is for this class, which the checker cannot know.
  expectTypeOf(tag.toJSON().isDiscarded).toEqualTypeOf<boolean | undefined>();
  expectTypeOf(order.toJSON().quantity).toBeString();
  expectTypeOf(order.toJSON().lockVersion).toBeNumber();

  const only = user.serialize({ only: ["id", "name", "initials"] });
  expectTypeOf(only.id).toBeNumber();
  expectTypeOf(only.initials).toBeString();
  const except = user.serialize({ except: ["email", "following"] });
  expectTypeOf(except.name).toBeString();
  const methods = user.serialize({ methods: ["greet"] });
  expectTypeOf(methods.greet).toBeString();
  const awaited = await user.serializeAsync({ methods: ["rank", "greet"] });
  expectTypeOf(awaited.rank).toBeNumber();
  const included = loaded.serialize({ include: ["posts"] });
  expectTypeOf(included.posts[0]?.title).toEqualTypeOf<string | undefined>();
  expectTypeOf(included.posts[0]?.publishedAt).toEqualTypeOf<string | null | undefined>();
  // What may not be loaded may be left out.
  expectTypeOf(user.serialize({ include: ["posts"] }).posts?.[0]?.views).toEqualTypeOf<
    number | undefined
  >();
  const nested = loaded.serialize({
    only: ["id"],
    include: { posts: { only: ["id", "title"], include: { comments: { except: ["body"] } } } },
  });
  expectTypeOf(nested.posts[0]?.id).toEqualTypeOf<number | undefined>();
  expectTypeOf(nested.posts[0]?.comments?.[0]?.createdAt).toEqualTypeOf<string | undefined>();
  expectTypeOf<SerializeOptions>().toHaveProperty("only");

  // @ts-expect-error sensitive
  json.passwordDigest;
  // @ts-expect-error a name with an underscore is nobody's business
  json._cache;
  // @ts-expect-error an association, unless included
  json.posts;
  // @ts-expect-error it was not asked for
  only.email;
  // @ts-expect-error it was left out
  except.email;
  // @ts-expect-error nor here
  except.following;
  // @ts-expect-error there is no such field
  user.serialize({ only: ["nope"] });
  // @ts-expect-error there is no such field
  user.serialize({ except: ["emial"] });
  // @ts-expect-error there is no such association
  user.serialize({ include: ["psots"] });
  // @ts-expect-error not below posts
  user.serialize({ include: ["posts", "posts.nope"] });
  // @ts-expect-error there is no such association
  user.serialize({ include: { psots: true } });
  // @ts-expect-error the associated record has no such field
  user.serialize({ include: { posts: { only: ["titel"] } } });
  // @ts-expect-error two levels down
  user.serialize({ include: { posts: { include: { comments: { only: ["text"] } } } } });
  // @ts-expect-error a method of every record is not called
  user.serialize({ methods: ["destroy"] });
  // @ts-expect-error it needs an argument
  user.serialize({ methods: ["pay"] });
  // @ts-expect-error it is asynchronous
  user.serialize({ methods: ["rank"] });
  // @ts-expect-error there is no such option
  user.serialize({ onyl: ["id"] });
  // @ts-expect-error only these were asked for
  nested.posts[0]?.body;
  // @ts-expect-error left out two levels down
  nested.posts[0]?.comments?.[0]?.body;
}

// --- What arrives at the client

type Card = Serialized<User, { only: ["id", "name", "createdAt"]; include: ["posts"] }>;
expectTypeOf<Card["id"]>().toBeNumber();
expectTypeOf<Card["createdAt"]>().toBeString();
expectTypeOf<Card["posts"][number]["title"]>().toBeString();
expectTypeOf<Card["posts"][number]["publishedAt"]>().toEqualTypeOf<string | null>();
expectTypeOf<Serialized<Order>["id"]>().toBeString();
expectTypeOf<Serialized<Order>["total"]>().toBeString();
expectTypeOf<Serialized<Page>["meta"]>().toBeUnknown();
expectTypeOf<Serialized<Share>["sourceShareId"]>().toEqualTypeOf<string | null>();
expectTypeOf<Serialized<User, { methods: ["rank"] }>["rank"]>().toBeNumber();
expectTypeOf<
  Serialized<Section, { include: ["children"] }>["children"][number]["title"]
>().toBeString();
expectTypeOf<Serialized<Post, { include: { author: { only: ["name"] } } }>["author"]>().toExtend<{
  name: string;
} | null>();
expectTypeOf<"email">().not.toExtend<keyof Card>();
expectTypeOf<"passwordDigest">().not.toExtend<keyof Serialized<User>>();

// @ts-expect-error there is no such field
export type WrongField = Serialized<User, { only: ["nope"] }>;
// @ts-expect-error there is no such association
export type WrongInclude = Serialized<User, { include: ["psots"] }>;
// @ts-expect-error the associated record has no such field
export type WrongNested = Serialized<User, { include: { posts: { only: ["titel"] } } }>;
