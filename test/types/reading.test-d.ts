/** Reading: conditions, orders and columns accept exactly what exists. Checked by tsc; nothing here runs. */
import { expectTypeOf } from "bun:test";
import {
  type ColumnName,
  type Order as OrderBy,
  op,
  type PlainConditions,
  type QueryBuilder,
  type SqlFragment,
  sql,
  type Where,
  type WhereOperators,
  type WhereValue,
} from "baked-orm";
import type { UserRole } from "../../db/schema";
import { type Comment, Membership, Order, Page, Post, Section, Share, Tag, User } from "./models";

// --- Names: columns, never methods, getters, virtuals or associations

expectTypeOf<ColumnName<Tag>>().toEqualTypeOf<"id" | "name" | "active">();
expectTypeOf<ColumnName<Membership>>().toEqualTypeOf<"userId" | "orgId" | "title">();
expectTypeOf<Extract<ColumnName<User>, "posts" | "save" | "initials" | "following">>().toBeNever();
expectTypeOf<keyof OrderBy<Tag>>().toEqualTypeOf<"id" | "name" | "active">();
type Direction = "ASC" | "DESC";
expectTypeOf<NonNullable<OrderBy<Tag>["name"]>>().toEqualTypeOf<
  Direction | `${Direction} NULLS ${"FIRST" | "LAST"}`
>();
expectTypeOf<PlainConditions<Tag>>().toEqualTypeOf<{
  id?: string | readonly string[];
  name?: string | readonly string[];
  active?: boolean | readonly boolean[];
}>();

// --- Operators by the type of the column

type Operators<Value> = keyof WhereOperators<Value>;
type Equality = "eq" | "ne" | "in" | "not_in";
type Ordering = "gt" | "gte" | "lt" | "lte" | "between";
type Matching =
  | "like"
  | "ilike"
  | "contains"
  | "starts_with"
  | "ends_with"
  | "matches"
  | "contained_by"
  | "overlaps";
expectTypeOf<Operators<boolean>>().toEqualTypeOf<Equality>();
expectTypeOf<Operators<number>>().toEqualTypeOf<Equality | Ordering>();
expectTypeOf<Operators<bigint>>().toEqualTypeOf<Equality | Ordering>();
expectTypeOf<Operators<Date>>().toEqualTypeOf<Equality | Ordering>();
expectTypeOf<Operators<string>>().toEqualTypeOf<Equality | Ordering | Matching>();
expectTypeOf<Operators<UserRole>>().toEqualTypeOf<Equality | Ordering | Matching>();
expectTypeOf<Operators<Uint8Array>>().toEqualTypeOf<Equality | Ordering>();
expectTypeOf<Operators<string[]>>().toEqualTypeOf<
  Equality | Ordering | "contains" | "contained_by" | "overlaps"
>();
expectTypeOf<Operators<unknown>>().toEqualTypeOf<
  Equality | "contains" | "contained_by" | "matches"
>();
expectTypeOf<WhereOperators<number | null>["gt"]>().toExtend<number | object | undefined>();
expectTypeOf<null>().not.toExtend<WhereOperators<number | null>["gt"]>();
expectTypeOf<null>().toExtend<WhereOperators<number | null>["eq"]>();
expectTypeOf<(string | null)[]>().toExtend<WhereValue<string | null>>();
expectTypeOf<null>().not.toExtend<WhereValue<string>>();
expectTypeOf<QueryBuilder<User>>().toExtend<WhereValue<number>>();

export async function conditions(query: QueryBuilder<User>, fragment: SqlFragment<boolean>) {
  expectTypeOf(User.where({ name: "x" })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where({ age: null })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where({ age: [18, null] })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where({ role: ["admin", "member"] })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where({ visits: { between: [1n, 2n] } })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where({ settings: { theme: "dark" } })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(Page.where({ meta: { anything: [1] } })).toEqualTypeOf<QueryBuilder<Page>>();
  expectTypeOf(Page.where({ meta: op({ contains: { a: 1 } }) })).toEqualTypeOf<
    QueryBuilder<Page>
  >();
  expectTypeOf(query.where({ not: { name: "x" } })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where({ or: [{ name: "x" }, { and: [{ age: 1 }] }] })).toEqualTypeOf<
    QueryBuilder<User>
  >();
  expectTypeOf(query.where(sql`age > ${1}`)).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.where(fragment)).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(Post.where({ userId: query.select("id") })).toEqualTypeOf<QueryBuilder<Post>>();
  expectTypeOf(Post.where({ userId: { not_in: query } })).toEqualTypeOf<QueryBuilder<Post>>();
  expectTypeOf(query.where({ posts: { some: { views: { gt: 1 } } } })).toEqualTypeOf<
    QueryBuilder<User>
  >();
  expectTypeOf(query.where({ profile: { is: null } })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(
    Post.where({ author: { isNot: { posts: { every: { title: "x" } } } } }),
  ).toEqualTypeOf<QueryBuilder<Post>>();
  expectTypeOf(query.whereNot({ age: { lt: 18 } })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.whereRaw("age > $1", [18])).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.whereMissing("posts")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.whereAssociated("profile")).toEqualTypeOf<QueryBuilder<User>>();
  // An association declared on the class body is one, too.
  expectTypeOf(Section.whereMissing("children")).toEqualTypeOf<QueryBuilder<Section>>();
  expectTypeOf(query.exists({ active: true })).resolves.toEqualTypeOf<boolean>();
  expectTypeOf<Where<Comment>>().toHaveProperty("commentable");

  // @ts-expect-error there is no such column
  query.where({ nmae: "x" });
  // @ts-expect-error of another type
  query.where({ name: 5 });
  // @ts-expect-error not nullable
  query.where({ name: null });
  // @ts-expect-error undefined is no condition
  query.where({ name: undefined });
  // @ts-expect-error no label of the enum
  query.where({ role: "root" });
  // @ts-expect-error a method is no column
  query.where({ save: true });
  // @ts-expect-error a virtual is no column
  query.where({ following: true });
  // @ts-expect-error a getter is no column
  query.where({ initials: "A" });
  // @ts-expect-error a boolean has no LIKE
  query.where({ active: { ilike: "x" } });
  // @ts-expect-error a boolean has no order
  query.where({ active: { gt: false } });
  // @ts-expect-error a number is not matched
  query.where({ age: { contains: "1" } });
  // @ts-expect-error there is no such operator
  query.where({ name: { contians: "x" } });
  // @ts-expect-error nothing is greater than null
  query.where({ age: { gt: null } });
  // @ts-expect-error two ends
  query.where({ age: { between: [1] } });
  // @ts-expect-error a list of the column's type
  query.where({ id: ["1"] });
  // @ts-expect-error a list of conditions
  query.where({ or: { name: "x" } });
  // @ts-expect-error the nested name
  query.where({ or: [{ nmae: "x" }] });
  // @ts-expect-error the negated name
  query.whereNot({ nmae: "x" });
  // @ts-expect-error a to-many association has no `is`
  query.where({ posts: { is: { title: "x" } } });
  // @ts-expect-error a to-one association has no `every`
  query.where({ profile: { every: { bio: "x" } } });
  // @ts-expect-error a column of the associated record
  query.where({ posts: { some: { titel: "x" } } });
  // @ts-expect-error an association is no value
  query.where({ posts: 1 });
  // @ts-expect-error bigint, not number
  Order.where({ quantity: 1 });
  // @ts-expect-error numeric is text
  Order.where({ total: 1.5 });
  // @ts-expect-error there is no such association
  query.whereMissing("psots");
  // @ts-expect-error a column is no association
  query.whereAssociated("name");
  // @ts-expect-error values come as a list
  query.whereRaw("age > $1", 18);
  // @ts-expect-error exists() takes conditions
  query.exists({ nmae: "x" });
  // @ts-expect-error there is no such operator for op()
  op({ contians: 1 });
  // @ts-expect-error SQL is a fragment or conditions, not text
  query.where("age > 18");
}

export function shape(query: QueryBuilder<User>) {
  expectTypeOf(query.order({ createdAt: "DESC", id: "ASC" })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.order(sql`random()`)).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.reorder({ age: "DESC NULLS LAST" })).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.limit(1).offset(2).distinct()).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.distinctOn("role", "active")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.joins("posts")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.leftJoins("profile")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.unscope("order", "limit")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.merge(User.where({ id: 1 }))).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.union(User.all(), User.none())).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.scope("olderThan", 18).scope("active")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(User.scope("active")).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(Section.scope("named", "x")).toEqualTypeOf<QueryBuilder<Section>>();
  // Model() was not told of these scopes: the query takes any name.
  expectTypeOf(Section.all().scope("named", "x")).toEqualTypeOf<QueryBuilder<Section>>();
  expectTypeOf(query.strictLoading().autoBatch(false)).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.abortable(AbortSignal.timeout(1))).toEqualTypeOf<QueryBuilder<User>>();
  expectTypeOf(query.toSQL()).toEqualTypeOf<{ text: string; values: unknown[] }>();
  expectTypeOf(query.tableDefinition.tableName).toBeString();
  expectTypeOf(query.includedAssociationNames).toEqualTypeOf<readonly string[]>();
  for (const verb of [User.order, User.limit, User.offset, User.distinct, User.none]) {
    expectTypeOf(verb).toBeFunction();
  }

  // @ts-expect-error there is no such column
  query.order({ createdAtt: "DESC" });
  // @ts-expect-error a direction is a word
  query.order({ createdAt: "down" });
  // @ts-expect-error a method is no column
  query.order({ save: "ASC" });
  // @ts-expect-error names stand in an object
  query.order("name");
  // @ts-expect-error there is no such column
  User.order({ nmae: "ASC" });
  // @ts-expect-error a number
  query.limit("10");
  // @ts-expect-error there is no such column
  query.distinctOn("roel");
  // @ts-expect-error there is no such part
  query.unscope("having");
  // @ts-expect-error of another table
  query.merge(Post.all());
  // @ts-expect-error of another table
  query.union(Post.all());
  // @ts-expect-error there is no such scope
  query.scope("actve");
  // @ts-expect-error the scope's argument is a number
  query.scope("olderThan", "18");
  // @ts-expect-error the scope has an argument
  User.scope("olderThan");
  // @ts-expect-error there is no such scope
  User.scope("older");
  // @ts-expect-error there is no such scope
  Section.scope("nmaed", "x");
  // @ts-expect-error no scopes were declared
  Tag.scope("any");
  // @ts-expect-error a signal
  query.abortable(1);
}

export async function keys() {
  expectTypeOf(User.find(1)).resolves.toEqualTypeOf<User>();
  expectTypeOf(User.find("1")).resolves.toEqualTypeOf<User>();
  expectTypeOf(Order.find(1n)).resolves.toEqualTypeOf<Order>();
  expectTypeOf(User.find([1, 2])).resolves.toEqualTypeOf<User[]>();
  expectTypeOf(Membership.find([1, 2])).resolves.toEqualTypeOf<Membership>();
  expectTypeOf(Membership.find({ userId: 1, orgId: 2 })).resolves.toEqualTypeOf<Membership>();
  expectTypeOf(
    Membership.find([
      [1, 2],
      [3, 4],
    ]),
  ).resolves.toEqualTypeOf<Membership[]>();
  expectTypeOf(User.findBy({ email: "x" })).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(User.all().findBy({ id: [1, 2] })).resolves.toEqualTypeOf<User | null>();
  expectTypeOf(User.ids()).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(Share.all().ids()).resolves.toEqualTypeOf<bigint[]>();
  expectTypeOf(Membership.ids()).resolves.toEqualTypeOf<[number, number][]>();

  // @ts-expect-error no key
  await User.find(undefined);
  // @ts-expect-error no key
  await User.find(null);
  // @ts-expect-error no operators
  await User.find({ ne: 1 });
  // @ts-expect-error a part of the key
  await Membership.find(1);
  // @ts-expect-error a part of the key
  await Membership.find([1]);
  // @ts-expect-error a part of the key
  await Membership.find({ userId: 1 });
  // @ts-expect-error findBy() takes no operators
  await User.findBy({ email: { ne: "x" } });
  // @ts-expect-error findBy() takes columns
  await User.findBy({ emial: "x" });
  // @ts-expect-error a subquery is no plain value
  await Post.findBy({ userId: User.all() });
  // @ts-expect-error undefined would match anything
  await User.findBy({ email: undefined });
}
