/** Results: what was not selected is not there, and what may be missing says so. Checked by tsc. */
import { expectTypeOf } from "bun:test";
import { type Attributes, type QueryBuilder, query, sql } from "baked-orm";
import type { UserRole } from "../../db/schema";
import { Membership, Order, type Page, Post, Section, type Tag, User } from "./models";

export async function records(all: QueryBuilder<User>, user: User) {
  expectTypeOf(await all).toEqualTypeOf<User[]>();
  expectTypeOf(all.toArray()).resolves.toEqualTypeOf<User[]>();
  expectTypeOf(User.first()).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(all.last()).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(all.take()).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(all.sole()).resolves.toEqualTypeOf<User>();
  expectTypeOf(all.find(1)).resolves.toEqualTypeOf<User>();
  expectTypeOf(User.findBySql("SELECT 1")).resolves.toEqualTypeOf<User[]>();
  expectTypeOf(all.then((users) => users.length)).resolves.toBeNumber();
  expectTypeOf(all.catch(() => "failed" as const)).resolves.toEqualTypeOf<User[] | "failed">();
  expectTypeOf(all.finally(() => {})).resolves.toEqualTypeOf<User[]>();
  for await (const each of all) expectTypeOf(each).toEqualTypeOf<User>();
  const page = await all.paginate({ first: 10, after: null });
  expectTypeOf(page.records).toEqualTypeOf<User[]>();
  expectTypeOf(page.next).toEqualTypeOf<string | null>();
  expectTypeOf(all.explain({ analyze: true })).resolves.toBeString();

  // The columns have the types of the schema, and what the class narrows.
  expectTypeOf(user.id).toBeNumber();
  expectTypeOf(user.role).toEqualTypeOf<UserRole>();
  expectTypeOf(user.visits).toBeBigInt();
  expectTypeOf(user.score).toEqualTypeOf<string | null>();
  expectTypeOf(user.createdAt).toEqualTypeOf<Date>();
  expectTypeOf(user.settings.theme).toEqualTypeOf<"light" | "dark">();
  expectTypeOf<Attributes<Tag>>().toEqualTypeOf<{ id: string; name: string; active: boolean }>();
  expectTypeOf<Attributes<User>["settings"]>().toEqualTypeOf<{ theme: "light" | "dark" }>();
  expectTypeOf<Page["meta"]>().toBeUnknown();

  // @ts-expect-error first() may find nothing
  (await User.first()).name;
  // @ts-expect-error so may findBy()
  (await User.findBy({ id: 1 })).name;
  // @ts-expect-error there is no such option
  await all.paginate({ size: 10 });
  // @ts-expect-error one direction at a time
  await all.paginate({ first: 1, before: "x" });
  // @ts-expect-error an option that explain() does not have
  await all.explain({ anlyze: true });
  // @ts-expect-error there is no such column
  user.nmae;
  // @ts-expect-error there is no such method
  user.sav();
  // @ts-expect-error a query is no list
  all.map((each: User) => each);
  // @ts-expect-error nor has it a length
  all.length;
}

export async function selected() {
  const [some] = await User.select("id", "name");
  if (!some) return;
  expectTypeOf(some.id).toBeNumber();
  expectTypeOf(some.name).toBeString();
  expectTypeOf(some.greet()).toBeString();
  expectTypeOf(some.initials).toBeString();
  expectTypeOf(some.following).toEqualTypeOf<boolean | null>();
  expectTypeOf(some.isNewRecord).toBeBoolean();
  expectTypeOf(some.save()).resolves.toBeVoid();
  expectTypeOf(some.load("posts")).resolves.toEqualTypeOf<Post[]>();
  // What was not read can be written.
  expectTypeOf(some.update({ email: "x" })).resolves.toBeVoid();
  const counted = await User.select("id", { letters: sql<number>`length(name)` }).sole();
  expectTypeOf(counted.letters).toBeNumber();
  expectTypeOf(counted.id).toBeNumber();
  const both = await User.all().select("name").where({ email: "x" }).order({ age: "ASC" }).first();
  expectTypeOf(both?.name).toEqualTypeOf<string | undefined>();
  const posts = await User.withCount("posts").sole();
  expectTypeOf(posts.postsCount).toBeNumber();
  const named = await User.all().withCount("comments", "remarks").sole();
  expectTypeOf(named.remarks).toBeNumber();
  const sections = await Section.withCount("children").sole();
  expectTypeOf(sections.childrenCount).toBeNumber();

  // @ts-expect-error it was not selected
  some.email;
  // @ts-expect-error it was not selected
  some.changedAttributes().email;
  // @ts-expect-error it was not selected
  some.changed("email");
  // @ts-expect-error it was not selected
  some.toJSON().email;
  // @ts-expect-error nothing but the count was selected
  counted.name;
  // @ts-expect-error it is read-only
  posts.postsCount = 1;
  // @ts-expect-error it is named otherwise
  named.commentsCount;
  // @ts-expect-error there is no such column
  User.select("nmae");
  // @ts-expect-error a method is no column
  User.all().select("save");
  // @ts-expect-error an association is no column
  User.select("posts");
  // @ts-expect-error an expression is a fragment
  User.select({ letters: "length(name)" });
  // @ts-expect-error there is no such association
  User.withCount("psots");
}

export async function plucked() {
  expectTypeOf(User.pluck("email")).resolves.toEqualTypeOf<string[]>();
  expectTypeOf(User.pluck("id", "role")).resolves.toEqualTypeOf<[number, UserRole][]>();
  expectTypeOf(User.all().pluck("age")).resolves.toEqualTypeOf<(number | null)[]>();
  expectTypeOf(Post.distinct().pluck("userId")).resolves.toEqualTypeOf<(number | null)[]>();
  expectTypeOf(User.pluck("id", "name", "visits")).resolves.toEqualTypeOf<
    [number, string, bigint][]
  >();
  expectTypeOf(User.pluck("settings")).resolves.toEqualTypeOf<{ theme: "light" | "dark" }[]>();
  expectTypeOf(User.pick("name")).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(User.all().pick("id", "name")).resolves.toEqualTypeOf<[number, string] | null>();
  expectTypeOf(User.count()).resolves.toBeNumber();
  expectTypeOf(Membership.all().count("title", { distinct: true })).resolves.toBeNumber();
  expectTypeOf(User.exists()).resolves.toBeBoolean();

  // @ts-expect-error there is no such column
  await User.pluck("emial");
  // @ts-expect-error a method is no column
  await User.pluck("save");
  // @ts-expect-error an association is no column
  await Order.pluck("user");
  // @ts-expect-error there is no such column
  await User.pick("nmae");
  // @ts-expect-error there is no such column
  await User.count("nmae");
}

export async function raw() {
  expectTypeOf(query("SELECT 1")).resolves.toEqualTypeOf<Record<string, unknown>[]>();
  expectTypeOf(query<{ n: number }>("SELECT 1 AS n", [])).resolves.toEqualTypeOf<{ n: number }[]>();
  expectTypeOf(query(sql`SELECT ${1}`)).resolves.toEqualTypeOf<Record<string, unknown>[]>();
  expectTypeOf(sql`x`.value).toBeUnknown();
  expectTypeOf(sql<bigint>`x`.value).toEqualTypeOf<bigint | undefined>();
  expectTypeOf(sql.id("users")).toEqualTypeOf<ReturnType<typeof sql.id>>();

  // @ts-expect-error values come as a list
  await query("SELECT $1", 1);
  // @ts-expect-error a row has the type it was said to have
  (await query<{ n: number }>("SELECT 1 AS n"))[0]?.m;
  // @ts-expect-error the statement comes first
  await query([1]);
}
