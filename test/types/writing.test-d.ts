/** Writing: what is required is required, what is computed is refused, virtuals are allowed. Checked by tsc. */
import { expectTypeOf } from "bun:test";
import {
  type ChangesOf,
  type ConflictOption,
  type CreateAttributes,
  type InsertAttributes,
  type InsertOf,
  type NewAttributes,
  type PermittedAttributes,
  sql,
  type UpdateAttributes,
  type UpdateOf,
} from "baked-orm";
import type { shares, tags } from "../../db/schema";
import { Comment, type Membership, Order, Post, Share, type Tag, Tagging, User } from "./models";

type Required<T> = { [Key in keyof T]-?: object extends Pick<T, Key> ? never : Key }[keyof T];

expectTypeOf<Required<InsertAttributes<User>>>().toEqualTypeOf<"name" | "email">();
expectTypeOf<Required<CreateAttributes<User>>>().toEqualTypeOf<"name" | "email">();
expectTypeOf<Required<NewAttributes<User>>>().toBeNever();
expectTypeOf<Required<UpdateAttributes<User>>>().toBeNever();
expectTypeOf<Required<InsertAttributes<Membership>>>().toEqualTypeOf<"userId" | "orgId">();
expectTypeOf<keyof InsertAttributes<Share>>().toEqualTypeOf<
  "resourceType" | "resourceId" | "userId" | "sourceShareId" | "level"
>();
expectTypeOf<"following">().toExtend<keyof CreateAttributes<User>>();
expectTypeOf<"following">().not.toExtend<keyof InsertAttributes<User>>();
expectTypeOf<"following">().not.toExtend<keyof NewAttributes<User>>();
expectTypeOf<"badge" | "initials" | "greet" | "save">().not.toExtend<
  keyof UpdateAttributes<User>
>();
expectTypeOf<"posts">().toExtend<keyof UpdateAttributes<User>>();
expectTypeOf<UpdateAttributes<User>["settings"]>().toEqualTypeOf<
  { theme: "light" | "dark" } | undefined
>();
expectTypeOf<keyof UpdateOf<typeof shares>>().toEqualTypeOf<keyof InsertOf<typeof shares>>();
expectTypeOf<InsertOf<typeof tags>["name"]>().toBeString();
expectTypeOf<ConflictOption<"id">>().toExtend<"ignore" | object>();
expectTypeOf<ChangesOf<Tag>["name"]>().toEqualTypeOf<
  { was: string | undefined; now: string } | undefined
>();
expectTypeOf<PermittedAttributes<Tag, "name">>().toEqualTypeOf<{ name?: string | undefined }>();

export async function creating(user: User, post: Post, tag: Tag) {
  expectTypeOf(new User({ name: "x" })).toEqualTypeOf<User>();
  expectTypeOf(new User()).toEqualTypeOf<User>();
  expectTypeOf(User.build()).toEqualTypeOf<User>();
  expectTypeOf(User.build({ name: "x", email: "y", following: true })).toEqualTypeOf<User>();
  expectTypeOf(User.create({ name: "x", email: "y" })).resolves.toEqualTypeOf<User>();
  expectTypeOf(
    User.create({ name: "x", email: "y", age: undefined, settings: { theme: "dark" } }),
  ).resolves.toEqualTypeOf<User>();
  expectTypeOf(
    User.create({ name: "x", email: "y" }, { conflict: { columns: ["email"] } }),
  ).resolves.toEqualTypeOf<User>();
  // A record stands for the key that refers to it.
  expectTypeOf(Post.create({ title: "x", author: user })).resolves.toEqualTypeOf<Post>();
  expectTypeOf(Order.create({ total: "1", user })).resolves.toEqualTypeOf<Order>();
  expectTypeOf(Tagging.create({ post, tag })).resolves.toEqualTypeOf<Tagging>();
  expectTypeOf(Tagging.create({ postId: 1, tag })).resolves.toEqualTypeOf<Tagging>();
  expectTypeOf(Comment.create({ body: "x", commentable: user })).resolves.toEqualTypeOf<Comment>();
  expectTypeOf(
    User.create({ name: "x", email: "y", posts: [post] }),
  ).resolves.toEqualTypeOf<User>();
  expectTypeOf(User.findOrCreateBy({ email: "x" }, { name: "y" })).resolves.toEqualTypeOf<User>();
  expectTypeOf(User.findOrBuildBy({ email: "x" })).resolves.toEqualTypeOf<User>();

  // @ts-expect-error a virtual: a field initialiser would win; build() takes it
  new User({ following: true });
  // @ts-expect-error there is no such column
  new User({ nmae: "x" });
  // @ts-expect-error a record is no column
  new Post({ author: user });
  // @ts-expect-error NOT NULL without a default
  User.build({ name: "x" });
  // @ts-expect-error NOT NULL without a default
  await User.create({ name: "x" });
  // @ts-expect-error nothing at all
  await User.create({});
  // @ts-expect-error of another type
  await User.create({ name: "x", email: 5 });
  // @ts-expect-error not nullable
  await User.create({ name: null, email: "y" });
  // @ts-expect-error what json holds, the class says
  await User.create({ name: "x", email: "y", settings: { theme: "blue" } });
  // @ts-expect-error no label of the enum
  await User.create({ name: "x", email: "y", role: "root" });
  // @ts-expect-error GENERATED ALWAYS
  await Share.create({ resourceType: "x", resourceId: 1, userId: 1, label: "x" });
  // @ts-expect-error GENERATED ALWAYS AS IDENTITY
  await Share.create({ id: 1n, resourceType: "x", resourceId: 1, userId: 1 });
  // @ts-expect-error a getter cannot be assigned
  await User.create({ name: "x", email: "y", initials: "A" });
  // @ts-expect-error a read-only field cannot be assigned
  await User.create({ name: "x", email: "y", badge: "old" });
  // @ts-expect-error a method is no attribute
  await User.create({ name: "x", email: "y", greet: () => "x" });
  // @ts-expect-error neither the key nor the record
  await Order.create({ total: "1" });
  // @ts-expect-error one of the two keys
  await Tagging.create({ post });
  // @ts-expect-error a user is no tag
  await Tagging.create({ post, tag: user });
  // @ts-expect-error half of a polymorphic key
  await Comment.create({ body: "x", commentableType: "Post" });
  // @ts-expect-error neither a post nor a user
  await Comment.create({ body: "x", commentable: tag });
  // @ts-expect-error there is no such action
  await User.create({ name: "x", email: "y" }, { conflict: "skip" });
  // @ts-expect-error findOrCreateBy() takes scalars
  await User.findOrCreateBy({ email: { ne: "x" } });
  // @ts-expect-error there is no such attribute
  await User.findOrBuildBy({ email: "x" }, { nmae: "y" });
}

export async function bulk() {
  const row = { name: "x", email: "y" };
  expectTypeOf(User.createMany([row, { ...row, age: 1 }])).resolves.toEqualTypeOf<User[]>();
  expectTypeOf(User.createMany([row], { conflict: "ignore" })).resolves.toEqualTypeOf<User[]>();
  expectTypeOf(
    User.upsert(row, { conflict: { columns: ["email"], action: "update" } }),
  ).resolves.toEqualTypeOf<User>();
  expectTypeOf(
    User.upsertAll([row], { conflict: { constraint: "users_email_key" } }),
  ).resolves.toEqualTypeOf<User[]>();
  expectTypeOf(
    Share.upsertAll([{ resourceType: "x", resourceId: 1, userId: 1 }], {
      conflict: {
        columns: ["resourceType", "resourceId", "userId"],
        where: { sourceShareId: { ne: null } },
      },
    }),
  ).resolves.toEqualTypeOf<Share[]>();
  expectTypeOf(User.copyFrom([row], { columns: ["name", "email"] })).resolves.toBeNumber();
  expectTypeOf(User.all().updateAll({ visits: sql`visits + 1` })).resolves.toBeNumber();
  expectTypeOf(User.all().updateAll({ age: null }, { returning: true })).resolves.toEqualTypeOf<
    User[]
  >();
  expectTypeOf(
    User.all().updateAll({ age: 1 }, { returning: ["id", "age"] }),
  ).resolves.toEqualTypeOf<Pick<User, "id" | "age">[]>();
  expectTypeOf(User.all().deleteAll()).resolves.toBeNumber();
  expectTypeOf(User.all().deleteAll({ returning: ["name"] })).resolves.toEqualTypeOf<
    Pick<User, "name">[]
  >();

  // @ts-expect-error NOT NULL without a default
  await User.createMany([{ name: "x" }]);
  // @ts-expect-error a bulk insert takes no virtuals
  await User.createMany([{ ...row, following: true }]);
  // @ts-expect-error a list
  await User.createMany(row);
  // @ts-expect-error there is no such column
  await User.upsert(row, { conflict: { columns: ["emial"] } });
  // @ts-expect-error a method is no column
  await User.upsert(row, { conflict: { columns: ["save"] } });
  // @ts-expect-error a constraint has no predicate
  await User.upsert(row, { conflict: { constraint: "x", where: { age: 1 } } });
  // @ts-expect-error upsert() says what it collides on
  await User.upsert(row, { conflict: "ignore" });
  // @ts-expect-error the predicate's column
  await User.upsert(row, { conflict: { columns: ["email"], where: { agee: 1 } } });
  // @ts-expect-error upsert() needs its conflict
  await User.upsert(row);
  // @ts-expect-error there is no such column
  await User.all().updateAll({ nmae: "x" });
  // @ts-expect-error of another type
  await User.all().updateAll({ age: "x" });
  // @ts-expect-error the database computes it
  await Share.all().updateAll({ label: "x" });
  // @ts-expect-error there is no such column
  await User.all().deleteAll({ returning: ["nmae"] });
  // @ts-expect-error there is no such column
  await User.copyFrom([row], { columns: ["nmae"] });
}

export async function changing(user: User, post: Post) {
  expectTypeOf(user.update({ name: "x", following: true, age: null })).resolves.toBeVoid();
  expectTypeOf(user.assignAttributes({ posts: [post] })).toBeVoid();
  expectTypeOf(user.increment("visits", 1n)).resolves.toBeVoid();
  expectTypeOf(user.toggle("active")).resolves.toBeVoid();
  expectTypeOf(user.touch("createdAt")).resolves.toBeVoid();
  expectTypeOf(user.dup()).toEqualTypeOf<User>();
  expectTypeOf(user.destroy()).resolves.toBeVoid();
  expectTypeOf(user.isValid()).resolves.toBeBoolean();
  expectTypeOf(user.changed()).toBeBoolean();
  expectTypeOf(user.changedAttributes()).toEqualTypeOf<ChangesOf<User>>();
  expectTypeOf(user.changedAttributes().age?.now).toEqualTypeOf<number | null | undefined>();
  expectTypeOf(user.previousChanges().name?.was).toEqualTypeOf<string | undefined>();
  expectTypeOf(User.permit("name", "following").assign(user, {})).toBeVoid();

  // @ts-expect-error there is no such attribute
  await user.update({ nmae: "x" });
  // @ts-expect-error of another type
  await user.update({ name: 5 });
  // @ts-expect-error not nullable
  user.assignAttributes({ name: null });
  // @ts-expect-error a getter cannot be assigned
  await user.update({ initials: "A" });
  // @ts-expect-error a record of another class
  await post.update({ author: post });
  // @ts-expect-error there is no such column
  user.changed("nope");
  // @ts-expect-error an association is no column
  user.changed("posts");
  // @ts-expect-error there is no such column
  user.changedAttributes().nope;
  // @ts-expect-error an association is not toggled
  await user.toggle("posts");
  // @ts-expect-error a method is not counted
  await user.increment("save");
  // @ts-expect-error there is no such column
  await user.touch("createdAtt");
  // @ts-expect-error it belongs to the record
  user.isNewRecord = false;
  // @ts-expect-error a getter of the class
  user.initials = "A";
}
