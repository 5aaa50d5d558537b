/** Two plugins from outside src: their verbs, guards, virtuals and types, alone and beside the built-in ones. */
import { beforeEach, describe, expect, test } from "bun:test";
import {
  Model,
  type ModelStatic,
  PluginError,
  type QueryBuilder,
  RecordNotFoundError,
  sql,
  transaction,
} from "baked-orm";
import { orders, pages, posts } from "../../db/schema";
import { blogDatabase } from "../support/blog";
import "./popularity";
import "./tenancy";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

const blog = blogDatabase();

class Sheet extends Model(pages) {
  static tenantColumn = "orgId";
  static softDelete = true;
}
const viewed: string[] = [];
class Story extends Model(posts) {
  static countsViews = true;
  static beforeView = [
    (story: Story) => {
      viewed.push(story.title);
      if (story.title === "secret") throw new Error("not for you");
    },
  ];
}
class Plain extends Model(posts) {}

beforeEach(async () => {
  viewed.length = 0;
  await blog.clean();
  await blog.sql.unsafe(`
    INSERT INTO pages (id, parent_id, org_id, title) VALUES (1, NULL, 1, 'a'), (2, 1, 1, 'b'), (3, 1, 2, 'c'), (4, NULL, 2, 'd');
    INSERT INTO posts (title, views) VALUES ('one', 1), ('three', 3), ('five', 5), ('secret', 9)`);
});

describe("tenancy", () => {
  test("its verb composes with built-in ones, and is typed", async () => {
    const query = Sheet.forTenant(1).kept().order({ id: "ASC" });
    holds<Equal<typeof query, QueryBuilder<Sheet>>>();
    expect(await query.pluck("title")).toEqual(["a", "b"]);
    expect(await Sheet.kept().forTenant(2).count()).toBe(2);
    expect(await Sheet.forTenant(1).group("orgId").count()).toEqual([{ orgId: 1, count: 2 }]);
    expect(await Sheet.where({ id: 1 }).group("orgId").forTenant(1).sum("id")).toEqual([
      { orgId: 1, sum: 1 },
    ]);
    const ids: number[] = [];
    for await (const sheet of Sheet.forTenant(2).findEach({ batchSize: 1 })) ids.push(sheet.id);
    expect(ids).toEqual([3, 4]);
    expect(await transaction(() => Sheet.forTenant(1).lock().count())).toBe(2);
    expect(await Sheet.forTenant(1).limit(1).count()).toBe(1);
  });

  test("its guard meets every terminal", async () => {
    const message = "Sheet.count() is for no tenant: call forTenant() first.";
    await expect(Sheet.count()).rejects.toThrow(message);
    await expect(Sheet.limit(1).count()).rejects.toThrow(message);
    await expect(Sheet.where({ title: "a" }).toArray()).rejects.toThrow(
      "Sheet.toArray() is for no tenant",
    );
    await expect(Sheet.all().findEach().next()).rejects.toThrow("findEach() is for no tenant");
    await expect(Sheet.sum("id")).rejects.toThrow("sum() is for no tenant");
    await expect(Sheet.where({ title: "a" }).discardAll()).rejects.toThrow(
      "discardAll() is for no tenant",
    );
    await expect(Sheet.all().deleteAll()).rejects.toThrow("deleteAll() is for no tenant");
    await expect(Sheet.where({ or: [{ orgId: 1 }, { id: 3 }] }).pluck("id")).rejects.toThrow(
      "pluck() is for no tenant",
    );
    expect(await Sheet.where({ and: [{ orgId: 1 }] }).pluck("id")).toEqual([1, 2]);
    // Other models are not asked.
    expect(await Plain.count()).toBe(4);
  });

  test("its virtual is serialized, its members are there", async () => {
    const [first, second] = await Sheet.forTenant(1).order({ id: "ASC" });
    expect(first?.serialize({ only: ["title", "tenantLabel"] })).toEqual({
      __typename: "Sheet",
      title: "a",
      tenantLabel: "tenant 1",
    });
    expect(second && first?.isSiblingOf(second)).toBe(true);
    await first?.update({ title: "changed" });
    await first?.discard();
    expect(await Sheet.forTenant(1).kept().pluck("title")).toEqual(["b"]);
  });

  test("is closed to models that have not opted in", () => {
    expect(() => Plain.forTenant(1)).toThrow(
      'Cannot use forTenant on Plain: the plugin "tenancy" does not apply to it.',
    );
    expect(() => Plain.all().forTenant(1)).toThrow(PluginError);
    expect("tenantLabel" in new Plain()).toBe(false);
    class Misspelt extends Model(pages) {
      static tenantColumn = "orgid";
    }
    expect(() => Misspelt.forTenant(1)).toThrow('Did you mean "orgId"?');
  });
});

describe("popularity", () => {
  test("its verbs", async () => {
    expect(await Story.all().popular(3).pluck("title")).toEqual(["secret", "five", "three"]);
    expect(
      await Story.where({ title: { ne: "secret" } })
        .popular(3)
        .limit(1)
        .pluck("views"),
    ).toEqual([5]);
    expect(await Story.all().popularShare(3)).toBe(0.75);
    expect(await Story.order({ id: "ASC" }).limit(2).popularShare(3)).toBe(0.5);
    expect(await Story.where({ id: 0 }).popularShare(3)).toBeNull();
    const shares = await Story.group("title")
      .order({ share: "DESC", title: "ASC" })
      .limit(2)
      .popularShare(5);
    holds<Equal<(typeof shares)[number]["share"], number | null>>();
    expect(shares).toEqual([
      { title: "five", share: 1 },
      { title: "secret", share: 1 },
    ]);
    await expect(Story.all().distinct().popularShare(1)).rejects.toThrow(
      "Cannot call popularShare() with distinct()",
    );
  });

  test("its hooks run around the write, and undo it", async () => {
    const story = await Story.findBy({ title: "one" });
    await story?.view();
    await story?.view();
    expect([story?.views, viewed]).toEqual([3, ["one", "one"]]);
    const secret = await Story.findBy({ title: "secret" });
    await expect(secret?.view()).rejects.toThrow("not for you");
    expect((await Story.findBy({ title: "secret" }))?.views).toBe(9);
    if (story) story.title = "edited";
    await expect(story?.view()).rejects.toThrow("unsaved changes (title)");
    await blog.sql`DELETE FROM posts WHERE title = 'five'`;
    const gone = await Story.findBySql("SELECT 99 AS id, 'gone' AS title, 1 AS views");
    await expect(gone[0]?.view()).rejects.toThrow(RecordNotFoundError);
  });

  test("its virtual can be set, and is no column", async () => {
    const story = await Story.findBy({ title: "five" });
    expect(story?.toJSON().heat).toBe("hot");
    if (story) story.heat = "burning";
    expect(story?.toJSON().heat).toBe("burning");
    expect(story?.changed()).toBe(false);
    const built = Story.build({ title: "new", heat: "warm" });
    expect(built.heat).toBe("warm");
    await built.save();
    expect((await Story.findBy({ title: "new" }))?.heat).toBe("cold");
  });

  test("its guard", async () => {
    await expect(Story.where({ id: 1 }).updateAll({ views: 100 })).rejects.toThrow(
      "Views of Story are counted, not set.",
    );
    expect(await Story.where({ id: 1 }).updateAll({ title: sql`upper(title)` })).toBe(1);
    expect(await Plain.where({ id: 1 }).updateAll({ views: 100 })).toBe(1);
  });
});

test("both on one model, with the built-in ones", async () => {
  class Both extends Model(orders) {
    static tenantColumn = "userId";
    static countsViews = true;
  }
  await blog.sql.unsafe(
    "INSERT INTO users (name, email) VALUES ('a', 'a@x'); INSERT INTO orders (user_id, total) VALUES (1, 5)",
  );
  expect(await Both.forTenant(1).sum("total")).toBe(5);
  await expect(Both.sum("total")).rejects.toThrow("for no tenant");
  expect(() => Both.all().popular(1)).toThrow('unknown column "views"');
  holds<Equal<typeof Both extends ModelStatic<infer Row> ? Row : never, Both>>();
});
