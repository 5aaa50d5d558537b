import { describe, expect, test } from "bun:test";
import { orders, posts, shares } from "../../../db/schema";
import {
  HydrationError,
  Model,
  StaleRecordError,
  UnknownAttributeError,
  ValidationError,
} from "../../../src/index";

class Post extends Model(posts) {
  static normalizes = { title: (title: string) => title.trim() };
  tagList: string[] = [];
  get slug(): string {
    return this.title.toLowerCase();
  }
  publish(): void {}
}
class Order extends Model(orders) {}
class Share extends Model(shares) {}

const parse = (text: string): unknown => JSON.parse(text);

describe("apply", () => {
  test("gives the permitted attributes that the body has, and nothing else", () => {
    const body = { title: "Hello", body: null, views: 99, admin: true, __typename: "Post" };
    expect(Post.permit("title", "body", "publishedAt").apply(body)).toEqual({
      title: "Hello",
      body: null,
    });
    expect(Post.permit().apply(body)).toEqual({});
  });

  test("makes values of the columns' types out of JSON", () => {
    const order = Order.permit("id", "total", "quantity", "createdAt").apply(
      parse(
        '{"id": "9007199254740993", "total": 1.5, "quantity": 7, "createdAt": "2024-03-10T12:00:00Z"}',
      ),
    );
    expect(order).toEqual({
      id: 9007199254740993n,
      total: "1.5",
      quantity: 7n,
      createdAt: new Date("2024-03-10T12:00:00Z"),
    });
  });

  test("virtuals of the class come as they are", () => {
    expect(Post.permit("tagList").apply({ tagList: ["a", "b"] })).toEqual({ tagList: ["a", "b"] });
  });

  test("names every value that its column cannot hold, for the form that sent it", () => {
    const permit = Post.permit("title", "views", "publishedAt");
    const wrong = { title: "x", views: "many", publishedAt: "soon" };
    let caught: unknown;
    try {
      permit.apply(wrong);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ValidationError);
    expect(parse(JSON.stringify(caught))).toMatchObject({
      modelName: "Post",
      errors: { views: ["is invalid"], publishedAt: ["is invalid"] },
    });
  });

  test.each([
    ["a day that is not in the calendar", { createdAt: "2023-02-29" }],
    ["an hour of such a day", { createdAt: "2023-02-30T12:00:00Z" }],
    ["an integer out of range", { userId: 2 ** 31 }],
    ["a bigint out of range", { quantity: "9223372036854775808" }],
    ["text with a NUL character", { status: "a\0b" }],
  ])("%s is invalid, and not a failure of the save", (_what, body) => {
    const permit = Order.permit("createdAt", "userId", "quantity", "status");
    const [name = ""] = Object.keys(body);
    expect(() => permit.apply(body)).toThrow(ValidationError);
    expect(() => permit.apply(body)).toThrow(/is invalid$/);
    expect(() => permit.apply({ [name]: null })).not.toThrow();
  });

  test("the greatest and the least of a column's values are valid", () => {
    const greatest = { userId: 2 ** 31 - 1, quantity: "9223372036854775807" };
    const least = { userId: -(2 ** 31), quantity: "-9223372036854775808" };
    const permit = Order.permit("userId", "quantity", "createdAt");
    expect(permit.apply(greatest)).toEqual({ userId: 2147483647, quantity: 2n ** 63n - 1n });
    expect(permit.apply(least)).toEqual({ userId: -2147483648, quantity: -(2n ** 63n) });
    expect(permit.apply({ createdAt: "2024-02-29" })).toEqual({
      createdAt: new Date("2024-02-29"),
    });
  });

  test.each([[null], [undefined], ["title"], [5], [[{ title: "x" }]]])(
    "refuses %p as a body",
    (body) => {
      expect(() => Post.permit("title").apply(body)).toThrow(HydrationError);
      expect(() => Post.permit("title").apply(body)).toThrow("must be a JSON object");
    },
  );

  test("keys of a prototype are not the client's", () => {
    expect(Post.permit("title").apply(Object.create({ title: "inherited" }))).toEqual({});
    const body = parse('{"__proto__": {"title": "x"}}');
    expect(Post.permit("title").apply(body)).toEqual({});
  });
});

describe("the names", () => {
  test("must be attributes that can be assigned", () => {
    const permit = (name: string) => () => Post.permit(name as "title");
    expect(permit("titel")).toThrow(UnknownAttributeError);
    expect(permit("titel")).toThrow(
      'permit(): "titel" of Post is unknown and cannot be assigned. Did you mean "title"?',
    );
    expect(permit("slug")).toThrow('"slug" of Post is computed and cannot be assigned.');
    expect(permit("publish")).toThrow('"publish" of Post is a method');
    expect(permit("save")).toThrow('"save" of Post is a member');
    expect(permit("constructor")).toThrow('"constructor" of Post is a member');
    expect(permit("__proto__")).toThrow('"__proto__" of Post is a member');
  });

  test("of columns that the database fills are refused", () => {
    for (const name of ["label", "id"]) {
      expect(() => Share.permit(name as "level")).toThrow(
        `permit(): "${name}" of Share is computed by the database and cannot be assigned.`,
      );
    }
  });
});

describe("assign", () => {
  const stored = (attributes: object) => {
    const order = Order.build(attributes as never);
    order.markPersisted();
    return order;
  };

  test("sets what is permitted, normalized, and leaves the rest", () => {
    const post = Post.build({ title: "Old", views: 5 });
    Post.permit("title", "tagList").assign(post, { title: "  New ", views: 0, tagList: ["a"] });
    expect([post.title, post.views, post.tagList]).toEqual(["New", 5, ["a"]]);
  });

  test("needs the lock version that the client read, when the body carries one", () => {
    const order = stored({ id: 1n, status: "active", lockVersion: 3 });
    const permit = Order.permit("status");
    permit.assign(order, { status: "paid", lockVersion: 3 });
    expect(order.status).toBe("paid");
    for (const lockVersion of [2, 4, "3", null]) {
      expect(() => permit.assign(order, { status: "lost", lockVersion })).toThrow(StaleRecordError);
      expect(() => permit.assign(order, { status: "lost", lockVersion })).toThrow(
        "Order with primary key 1n was changed or deleted by somebody else; nothing was written.",
      );
    }
    expect(order.status).toBe("paid");
    permit.assign(order, { status: "sent" });
    expect(order.status).toBe("sent");
  });

  test("a new record has no version to compare", () => {
    const order = new Order({ status: "active" });
    Order.permit("status").assign(order, { status: "paid", lockVersion: 7 });
    expect(order.status).toBe("paid");
  });

  test("assigns nothing when one value is wrong", () => {
    const order = stored({ id: 1n, status: "active", total: "1.00" });
    const permit = Order.permit("status", "total");
    expect(() => permit.assign(order, { status: "paid", total: "much" })).toThrow(ValidationError);
    expect(order.changed()).toBe(false);
  });
});
