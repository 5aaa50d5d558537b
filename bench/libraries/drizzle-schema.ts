/** The tables as drizzle wants them told. */
import { relations, sql } from "drizzle-orm";
import { boolean, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

const id = () => uuid().primaryKey().default(sql`gen_random_uuid()`);
const moment = (name: string) => timestamp(name, { withTimezone: true }).notNull().defaultNow();

export const users = pgTable("users", {
  id: id(),
  name: text().notNull(),
  email: text().notNull().unique(),
  age: integer(),
  active: boolean().notNull().default(true),
  bio: text(),
  createdAt: moment("created_at"),
  updatedAt: moment("updated_at"),
});

export const posts = pgTable("posts", {
  id: id(),
  userId: uuid("user_id").notNull(),
  title: text().notNull(),
  body: text().notNull(),
  views: integer().notNull().default(0),
  published: boolean().notNull().default(false),
  createdAt: moment("created_at"),
});

export const comments = pgTable("comments", {
  id: id(),
  postId: uuid("post_id").notNull(),
  authorName: text("author_name").notNull(),
  body: text().notNull(),
  createdAt: moment("created_at"),
});

export const events = pgTable("events", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  kind: text().notNull(),
  userId: uuid("user_id").notNull(),
  amount: integer().notNull(),
  createdAt: moment("created_at"),
});

export const items = pgTable("items", {
  id: id(),
  name: text().notNull(),
  quantity: integer().notNull(),
  active: boolean().notNull().default(true),
  note: text(),
  createdAt: moment("created_at"),
});

export const products = pgTable("products", {
  id: id(),
  code: text().notNull().unique(),
  name: text().notNull(),
  quantity: integer().notNull(),
  updatedAt: moment("updated_at"),
});

export const accounts = pgTable("accounts", {
  id: id(),
  owner: text().notNull(),
  visits: integer().notNull().default(0),
  balance: integer().notNull().default(0),
  createdAt: moment("created_at"),
});

export const ledger = pgTable("ledger", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  accountId: uuid("account_id").notNull(),
  amount: integer().notNull(),
  createdAt: moment("created_at"),
});

export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }));
export const postsRelations = relations(posts, ({ one, many }) => ({
  author: one(users, { fields: [posts.userId], references: [users.id] }),
  comments: many(comments),
}));
export const commentsRelations = relations(comments, ({ one }) => ({
  post: one(posts, { fields: [comments.postId], references: [posts.id] }),
}));
