/** A built-in plugin and one of an application merge their members into the same types. Checked by tsc. */
import { definePlugin, Model, type QueryBuilder } from "baked-orm";
import { posts, users } from "../../db/schema";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when its argument is `true`. */
function holds<_T extends true>(): void {}

declare module "baked-orm" {
  interface QueryBuilder<Row> {
    archived(): this;
    sample(count: number): Promise<Row[]>;
  }
  interface BaseModel {
    archive(): Promise<void>;
    readonly archiveLabel: string;
  }
  interface ModelStatic<Row> {
    archived<Record>(this: ClassOf<Record>): QueryBuilder<Record>;
  }
  interface ModelClass<Row> {
    readonly archivable?: boolean;
  }
  interface CallbackHooks {
    beforeArchive: true;
  }
}
type ClassOf<Row> = abstract new (...args: never[]) => Row;

class User extends Model(users) {}
class Post extends Model(posts) {
  static softDelete = true;
  static archivable = true;
  static {
    this.on("beforeArchive", (post) => void post.archive());
    this.on("beforeDiscard", (post) => void post.discard());
    // @ts-expect-error There is no such hook.
    this.on("beforeArchived", () => {});
  }
}

export async function check(user: User, post: Post): Promise<void> {
  // Both plugins on one query, and core around them.
  const query = Post.archived().kept().archived().where({ title: "x" }).lock("FOR SHARE");
  holds<Equal<typeof query, QueryBuilder<Post>>>();
  const sampled = await Post.kept().sample(2);
  holds<Equal<typeof sampled, Post[]>>();
  // Both on one record, whatever its class.
  holds<Equal<typeof user.archiveLabel, string>>();
  holds<Equal<typeof post.isDiscarded, boolean>>();
  await post.archive();
  const title = await post.withLock((locked) => locked.title);
  holds<Equal<typeof title, string>>();

  // @ts-expect-error Lock modes are a closed set.
  Post.all().lock("FOR UPDATE; DROP TABLE posts");
  // @ts-expect-error No plugin adds this.
  Post.all().archivd();
  // @ts-expect-error No plugin adds this.
  await post.archived();
}

definePlugin({
  name: "types",
  queryBuilder: {
    archived() {
      // `this` is a query whose columns are not known.
      return this.where({ archivedAt: { ne: null } }).kept();
    },
  },
  instance: {
    async archive() {
      this.archivedAt = new Date();
      await this.save();
    },
    archiveLabel: {
      get() {
        return String(this.title);
      },
    },
  },
  static: {
    archived() {
      return this.all().archived();
    },
  },
  callbacks: ["beforeArchive"],
  appliesTo: (model) => model.archivable === true && model.softDelete === true,
});
