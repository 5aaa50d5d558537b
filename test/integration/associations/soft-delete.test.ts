/** Scopes of the README: soft-deleted records, of the target, in between, and of polymorphic targets. */
import { beforeAll, expect, test } from "bun:test";
import { belongsTo, hasMany, Model, registerModels } from "../../../src/index";
import { libraryDatabase } from "../../support/library/database";
import {
  article_labels as articleLabels,
  articles,
  labels,
  people,
  remarks,
} from "../../support/library/schema";

const db = libraryDatabase();

class Thread extends Model(people) {
  static replies = Thread.hasMany(() => Reply, {
    foreignKey: "personId",
    defaultScope: (query) => query.kept().order({ id: "ASC" }),
  });
  declare replies: Reply[];
}
class Reply extends Model(articles, {
  marks: hasMany<Mark>("Mark", { foreignKey: "articleId" }),
}) {
  static softDelete = true;
  static thread = Reply.belongsTo(() => Thread, { foreignKey: "personId" });
  declare thread: Thread | null;
  static keywords = Reply.hasManyThrough(() => Keyword, {
    through: "marks",
    source: "keyword",
    defaultThroughScope: (query) => query.kept(),
    defaultScope: (query) => query.where({ active: true }).order({ name: "ASC" }),
  });
  declare keywords: Keyword[];
}
class Mark extends Model(articleLabels, {
  keyword: belongsTo<Keyword>("Keyword", { foreignKey: "labelId" }),
}) {
  static softDelete = true;
}
class Keyword extends Model(labels) {}
class Answer extends Model(remarks) {
  static subject = Answer.belongsTo<Reply | Thread>({
    polymorphic: true,
    defaultScope: (query, target) => (target.softDelete ? query.kept() : query),
  });
  declare subject: Reply | Thread | null;
}

beforeAll(async () => {
  registerModels({ Mark, Keyword, Article: Reply, Person: Thread });
  await db.select("UPDATE articles SET discarded_at = now() WHERE id % 3 = 0");
});

const ids = (records: readonly { readonly id: unknown }[]) => records.map(({ id }) => String(id));

test("discarded targets are left out, or in, or alone", async () => {
  const want = async (person: Thread, condition: string) =>
    (
      await db.select(`SELECT id FROM articles WHERE person_id = $1 AND ${condition} ORDER BY id`, [
        person.id,
      ])
    ).map(({ id }) => String(id));
  for (const thread of await Thread.all().includes("replies")) {
    expect(ids(thread.replies)).toEqual(await want(thread, "discarded_at IS NULL"));
  }
  for (const thread of await Thread.all()) {
    expect(ids(await thread.load("replies"))).toEqual(await want(thread, "discarded_at IS NULL"));
  }
  for (const thread of await Thread.all().includes("replies", { scope: false })) {
    expect(ids(thread.replies).sort()).toEqual((await want(thread, "true")).sort());
  }
  const discarded = await Thread.all().includes("replies", {
    scope: (query) => query.discarded() as never,
  });
  for (const thread of discarded) {
    expect(ids(thread.replies).sort()).toEqual(
      (await want(thread, "discarded_at IS NOT NULL")).sort(),
    );
  }
});

test("records in between that were discarded do not lead on", async () => {
  for (const reply of await Reply.all().includes("keywords")) {
    const want = await db.select(
      `SELECT name FROM labels WHERE active AND id IN (
        SELECT label_id FROM article_labels WHERE article_id = $1 AND discarded_at IS NULL) ORDER BY name`,
      [String(reply.id)],
    );
    expect(reply.keywords.map(({ name }) => name)).toEqual(want.map(({ name }) => String(name)));
  }
});

test("a polymorphic scope branches on the class it is about", async () => {
  const answers = await Answer.where({ subjectType: ["Article", "Person"] }).includes("subject");
  for (const answer of answers) {
    const [row] = await db.select(
      `SELECT count(*)::int AS count FROM (
        SELECT id::text FROM articles WHERE $1 = 'Article' AND discarded_at IS NULL
        UNION ALL SELECT id::text FROM people WHERE $1 = 'Person') s WHERE id = $2`,
      [answer.subjectType, answer.subjectId],
    );
    expect(Number(answer.subject !== null)).toBe(Number(row?.count));
  }
});

test("discarding in a loop is seen by the records that ask later", async () => {
  for (const thread of await Thread.order({ id: "ASC" })) {
    const [reply] = await Reply.where({ personId: thread.id }).kept().limit(1);
    await reply?.discard();
    const want = await db.select(
      "SELECT id FROM articles WHERE person_id = $1 AND discarded_at IS NULL ORDER BY id",
      [thread.id],
    );
    expect(ids(await thread.load("replies"))).toEqual(want.map(({ id }) => String(id)));
  }
});
