/** Soft deletion, by record and in bulk. */
import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { posts } from "../../../db/schema";
import {
  ConfigurationError,
  Model,
  QueryError,
  RecordNotFoundError,
  sql,
  transaction,
} from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Page, Post, registerPluginModels, User } from "./models";

const blog = blogDatabase();
beforeAll(registerPluginModels);

const log: string[] = [];
class Watched extends Model(posts) {
  static softDelete = true;
  static beforeDiscard = [(post: Watched) => void log.push(`before ${post.isDiscarded}`)];
  static afterDiscard = [
    (post: Watched) => {
      log.push(`after ${post.isDiscarded}`);
      if (post.title === "refused") throw new Error("not this one");
    },
  ];
  static beforeUndiscard = [() => void log.push("before undiscard")];
  static afterUndiscard = [() => void log.push("after undiscard")];
  static beforeSave = [() => void log.push("save")];
}

beforeEach(async () => {
  log.length = 0;
  await blog.clean();
  await blog.sql.unsafe(`INSERT INTO users (name, email) VALUES ('ann', 'a@x'), ('bob', 'b@x');
    INSERT INTO posts (title, user_id) SELECT 'p' || n, 1 + n % 2 FROM generate_series(1, 6) n`);
});

const discardedIds = async () =>
  (await blog.sql`SELECT id FROM posts WHERE discarded_at IS NOT NULL ORDER BY id`).map(
    ({ id }: { id: number }) => id,
  );

describe("a record", () => {
  test("is discarded and taken back; its row stays", async () => {
    const post = await Post.find(1);
    expect([post.isDiscarded, post.isKept]).toEqual([false, true]);
    expect(await post.discard()).toBeUndefined();
    expect([post.isDiscarded, post.isKept]).toEqual([true, false]);
    expect(post.discardedAt).toBeInstanceOf(Date);
    expect(post.changed()).toBe(false);
    expect(await discardedIds()).toEqual([1]);
    const first = post.discardedAt;
    await Bun.sleep(2);
    await post.discard();
    expect(Number(post.discardedAt)).toBeGreaterThan(Number(first));
    expect(await post.undiscard()).toBeUndefined();
    expect(post.isKept).toBe(true);
    expect(await discardedIds()).toEqual([]);
    await post.destroy();
    expect(await Post.count()).toBe(5);
  });

  test("takes over what a trigger wrote", async () => {
    await blog.sql.unsafe(`CREATE OR REPLACE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.views = 77; RETURN NEW; END $$;
      CREATE TRIGGER mark BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION mark()`);
    const post = await Post.find(1);
    await post.discard();
    expect(post.views).toBe(77);
    expect(post.changed()).toBe(false);
    const some = await Post.select("id", "discardedAt").first();
    await some?.discard();
    expect(some?.toJSON()).toEqual({ __typename: "Post", id: 1, discardedAt: expect.any(String) });
    await blog.sql.unsafe("DROP TRIGGER mark ON posts");
  });

  test("unsaved changes are refused, and stay", async () => {
    const post = await Post.find(1);
    post.title = "edited";
    await expect(post.discard()).rejects.toThrow(
      "Cannot discard this Post: it has unsaved changes (title), which would be lost.",
    );
    await expect(post.undiscard()).rejects.toThrow(QueryError);
    expect(post.title).toBe("edited");
    await post.save();
    await post.discard();
    expect((await Post.find(1)).title).toBe("edited");
  });

  test("what a callback changes is neither written nor lost", async () => {
    class Editing extends Model(posts) {
      static softDelete = true;
      static beforeDiscard = [
        (post: Editing) => {
          post.title = "by callback";
        },
      ];
    }
    const post = await Editing.find(1);
    await post.discard();
    expect([post.title, post.changed("title"), post.isDiscarded]).toEqual([
      "by callback",
      true,
      true,
    ]);
    expect((await Post.find(1)).title).toBe("p1");
    await post.save();
    expect((await Post.find(1)).title).toBe("by callback");
  });

  test("new, vanished, and of a model that has not opted in", async () => {
    await expect(new Post({ title: "x" }).discard()).rejects.toThrow(
      "Cannot discard a new record. Save it first.",
    );
    const post = await Post.find(1);
    await blog.sql`DELETE FROM posts WHERE id = 1`;
    await expect(post.discard()).rejects.toThrow(RecordNotFoundError);
    class Plain extends Model(posts) {}
    const plain = await Plain.find(2);
    await expect(plain.discard()).rejects.toThrow(
      "Cannot discard Plain: softDelete is not enabled on this model",
    );
    await expect(plain.undiscard()).rejects.toThrow(ConfigurationError);
    expect(plain.isKept).toBe(true);
  });

  test("is not in JSON by its state", async () => {
    const post = await Post.find(1);
    expect(Object.keys(post.toJSON())).not.toContain("isDiscarded");
  });
});

describe("callbacks", () => {
  test("run in order, without those of save()", async () => {
    const post = await Watched.find(1);
    await post.discard();
    await post.undiscard();
    expect(log).toEqual(["before false", "after true", "before undiscard", "after undiscard"]);
  });

  test("one that throws undoes all of it", async () => {
    await blog.sql`UPDATE posts SET title = 'refused' WHERE id = 1`;
    const post = await Watched.find(1);
    await expect(post.discard()).rejects.toThrow("not this one");
    expect(await discardedIds()).toEqual([]);
    expect(post.isDiscarded).toBe(false);
  });

  test("a rollback around it gives the record back its state", async () => {
    const post = await Post.find(1);
    const rolledBack = transaction(async () => {
      await post.discard();
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect(post.isDiscarded).toBe(false);
    expect(await discardedIds()).toEqual([]);
  });

  test("are known only as far as the plugin says", () => {
    expect(() => Watched.on("beforeDiscrad" as "beforeDiscard", () => {})).toThrow(
      'Did you mean "beforeDiscard"?',
    );
  });
});

describe("queries", () => {
  test("say which rows they want", async () => {
    await Post.where({ id: [2, 3] }).discardAll();
    expect(await Post.kept().count()).toBe(4);
    expect(await Post.discarded().order({ id: "DESC" }).pluck("id")).toEqual([3, 2]);
    expect(await Post.all().count()).toBe(6);
    expect(await Post.where({ userId: 1 }).kept().pluck("id")).toEqual([4, 6]);
    expect(await Post.joins("author").kept().where(sql`users.name = 'ann'`).count()).toBe(2);
    expect(await User.where({ posts: { some: { id: 2 } } }).count()).toBe(1);
    // A raw OR cannot get round it.
    expect(await Post.kept().whereRaw("id = 2 OR id = 1").pluck("id")).toEqual([1]);
  });

  test("discardAll and undiscardAll give the number of rows, honour every clause, skip callbacks", async () => {
    expect(await Post.where({ userId: 1 }).discardAll()).toBe(3);
    expect(await Post.discarded().undiscardAll()).toBe(3);
    expect(await Post.order({ id: "DESC" }).limit(2).discardAll()).toBe(2);
    expect(await discardedIds()).toEqual([5, 6]);
    expect(await Post.discarded().order({ id: "ASC" }).offset(1).limit(1).undiscardAll()).toBe(1);
    expect(await discardedIds()).toEqual([5]);
    expect(await Post.joins("author").where(sql`users.name = 'bob'`).discardAll()).toBe(3);
    expect(await discardedIds()).toEqual([1, 3, 5]);
    expect(await Watched.where({ id: 2 }).discardAll()).toBe(1);
    expect(await Post.all().none().discardAll()).toBe(0);
    expect(log).toEqual([]);
  });

  test("need the opt-in, and the column", async () => {
    class Plain extends Model(posts) {}
    expect(() => Plain.kept()).toThrow(
      "Cannot call kept() on Plain: softDelete is not enabled on this model",
    );
    expect(() => Plain.all().discarded()).toThrow(
      "Cannot call discarded() on a query builder for Plain: softDelete is not enabled",
    );
    expect(await Plain.where({ id: 1 }).discardAll()).toBe(1);
    await expect(User.where({ id: 1 }).discardAll()).rejects.toThrow(
      'table "users" does not have a "discarded_at" column',
    );
    class Wrong extends User {
      static softDelete = true;
    }
    expect(() => Wrong.kept()).toThrow(
      'softDelete is enabled but table "users" does not have a "discarded_at" column. Run: bun bake db generate soft_delete_users',
    );
    await expect(Post.group("title").kept().count()).resolves.toHaveLength(5);
    await expect(
      Page.where({ id: 1 }).descendants({ via: "parentId" }).discardAll(),
    ).rejects.toThrow("recursive query");
  });
});
