/** Writing through associations: what is sent, what is kept together, what the records know afterwards. */
import { beforeEach, describe, expect, test } from "bun:test";
import {
  AssociationError,
  belongsTo,
  ForeignKeyViolationError,
  hasMany,
  hasManyThrough,
  hasOne,
  Model,
  registerModels,
  transaction,
  UnknownAttributeError,
  ValidationError,
  validates,
} from "../../../src/index";
import { libraryDatabase } from "../../support/library/database";
import {
  article_labels as articleLabels,
  articles,
  badges,
  labels,
  notes,
  passports,
  people,
  remarks,
} from "../../support/library/schema";

const db = libraryDatabase({ rows: false });

class Writer extends Model(people, {
  works: hasMany<Work>("Work", { dependent: "destroy" }),
  passport: hasOne<Papers>("Papers", { dependent: "nullify" }),
  medals: hasMany<Medal>("Medal", { dependent: "nullify" }),
  received: hasMany<Opinion>("Opinion", { as: "subject", dependent: "delete" }),
}) {
  static validations = { name: validates("presence") };
}
class Work extends Model(articles, {
  writer: belongsTo<Writer>("Writer", { counterCache: "articlesCount", touch: true }),
  pages: hasMany<Page>("WorkPage", { dependent: "destroy" }),
  links: hasMany<Link>("Link", { dependent: "delete" }),
  topics: hasManyThrough<Topic>("Topic", { through: "links" }),
  received: hasMany<Opinion>("Opinion", { as: "subject" }),
}) {
  static validations = { title: validates("presence") };
  declare writer?: Writer | null;
}
class Page extends Model(notes, {
  work: belongsTo<Work>("Work", { touch: true }),
}) {
  static validations = { body: validates("presence") };
}
class Link extends Model(articleLabels, {
  work: belongsTo<Work>("Work"),
  topic: belongsTo<Topic>("Topic"),
}) {}
class Topic extends Model(labels, {
  links: hasMany<Link>("Link", { dependent: "restrict" }),
}) {}
class Papers extends Model(passports, { writer: belongsTo<Writer>("Writer") }) {}
class Medal extends Model(badges, { writer: belongsTo<Writer>("Writer") }) {}
class Opinion extends Model(remarks, {
  subject: belongsTo<Work | Writer>({ polymorphic: true, touch: true }),
}) {}

beforeEach(async () => {
  registerModels({ Writer, Work, WorkPage: Page, Link, Topic, Papers, Medal, Opinion });
  await db.clean();
}, 30_000);

const writer = () => Writer.create({ name: "Ann" });
const count = async (table: string, condition = "true") => {
  const [row] = await db.select(`SELECT count(*)::int AS count FROM ${table} WHERE ${condition}`);
  return Number(row?.count);
};

describe("build()", () => {
  test("sets the key and the other side, and writes nothing", async () => {
    const ann = await writer();
    const statements = await db.statements(async () => {
      const work = ann.build("works", { title: "one" });
      expect(work).toBeInstanceOf(Work);
      expect([work.title, work.personId, work.isNewRecord]).toEqual(["one", ann.id, true]);
      expect(await work.load("writer")).toBe(ann);
    });
    expect(statements).toEqual([]);
  });

  test("of an `as` association sets the type", async () => {
    const ann = await writer();
    const opinion = ann.build("received", { body: "good" });
    expect([opinion.subjectType, opinion.subjectId]).toEqual(["Writer", String(ann.id)]);
  });

  test("appears in what is loaded, before and after loading", async () => {
    const ann = await writer();
    await ann.create("works", { title: "first" });
    ann.build("works", { title: "second" });
    const works = await ann.load("works");
    expect(works.map(({ title }) => title)).toEqual(["first", "second"]);
    ann.build("works", { title: "third" });
    expect(works.map(({ title }) => title)).toEqual(["first", "second", "third"]);
  });

  test("refuses wrong attributes and polymorphic targets", async () => {
    const ann = await writer();
    expect(() => ann.build("works", { titel: "x" } as never)).toThrow(UnknownAttributeError);
    expect(() => Opinion.build().build("subject" as never)).toThrow(
      "Opinion.subject is polymorphic: build the record by its own class and assign it.",
    );
  });
});

describe("saving the owner", () => {
  test("saves new records of every level in one transaction", async () => {
    const ann = Writer.build({ name: "Ann" });
    const work = ann.build("works", { title: "one" });
    work.build("pages", { body: "p1" });
    work.build("pages", { body: "p2" });
    work.build("topics", { name: "t" });
    ann.build("passport", { number: "1" });
    await ann.save();
    expect([work.personId, work.isNewRecord]).toEqual([ann.id, false]);
    expect(await count("notes", `article_id = ${work.id}`)).toBe(2);
    expect(await count("article_labels", `article_id = ${work.id}`)).toBe(1);
    expect(await count("passports", `person_id = ${ann.id}`)).toBe(1);
    expect(ann.isLoaded("works")).toBe(true);
    expect(await ann.load("works")).toEqual([work]);
    // Saving again has nothing to do.
    expect((await db.statements(() => ann.save())).length).toBe(0);
  });

  test("saves what it refers to first, and takes its key", async () => {
    const work = Work.build({ title: "one" });
    work.writer = Writer.build({ name: "Ann" });
    expect(work.personId).toBeNull();
    await work.save();
    expect(work.personId).toBe(work.writer?.id as number);
    expect(await count("people")).toBe(1);
  });

  test("saving a child of a new owner saves the owner, once", async () => {
    const ann = Writer.build({ name: "Ann" });
    const [one, two] = [ann.build("works", { title: "1" }), ann.build("works", { title: "2" })];
    await one.save();
    expect(await count("people")).toBe(1);
    expect(await count("articles", `person_id = ${ann.id}`)).toBe(2);
    expect(two.isNewRecord).toBe(false);
  });

  test("reports nested messages under their path and writes nothing", async () => {
    const ann = Writer.build({ name: "Ann" });
    ann.build("works", { title: "fine" });
    const work = ann.build("works", { title: "" });
    work.build("pages", { body: "" });
    const error = await ann.save().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).errors.toJSON()).toEqual({
      "works[1].title": ["can't be blank"],
      "works[1].pages[0].body": ["can't be blank"],
    });
    expect(await count("people")).toBe(0);
    work.title = "fine too";
    const [page] = await work.load("pages");
    Object.assign(page as Page, { body: "text" });
    await ann.save();
    expect(await count("notes")).toBe(1);
  });

  test("an invalid record that is referred to is reported under its name", async () => {
    const work = Work.build({ title: "x" });
    work.writer = Writer.build({ name: "" });
    expect(await work.isValid()).toBe(false);
    expect(work.errors.toJSON()).toEqual({ "writer.name": ["can't be blank"] });
  });

  test("that fails in the database leaves nothing, and can be tried again", async () => {
    const ann = Writer.build({ name: "Ann" });
    const work = ann.build("works", { title: "one" });
    const page = work.build("pages", { body: "p" });
    const topic = await Topic.create({ name: "t" });
    await topic.destroy();
    const link = work.build("links", { labelId: topic.id });
    const error = await ann.save().catch((thrown: unknown) => thrown);
    expect((error as ValidationError).errors.toJSON()).toEqual({
      "works[0].links[0].labelId": ["must exist"],
    });
    expect([await count("people"), await count("articles"), await count("notes")]).toEqual([
      0, 0, 0,
    ]);
    expect([ann.isNewRecord, work.isNewRecord, page.isNewRecord]).toEqual([true, true, true]);
    link.labelId = (await Topic.create({ name: "again" })).id;
    await ann.save();
    expect([await count("people"), await count("articles"), await count("notes")]).toEqual([
      1, 1, 1,
    ]);
    expect(await count("article_labels")).toBe(1);
  });

  test("autosave: true saves changes, false saves nothing, the default saves new ones only", async () => {
    class Careful extends Model(people, {
      all: hasMany(() => Medal, { foreignKey: "personId", autosave: true, inverseOf: false }),
      none: hasMany(() => Medal, { foreignKey: "personId", autosave: false, inverseOf: false }),
      some: hasMany(() => Medal, { foreignKey: "personId", inverseOf: false }),
    }) {}
    const careful = await Careful.create({ name: "C" });
    await careful.create("all", { title: "old" });
    for (const [name, saved] of [
      ["all", true],
      ["none", false],
      ["some", false],
    ] as const) {
      const owner = await Careful.find(careful.id);
      const [medal] = await owner.load(name);
      Object.assign(medal as Medal, { title: `by ${name}` });
      await owner.save();
      expect(await count("badges", `title = 'by ${name}'`)).toBe(saved ? 1 : 0);
    }
    const owner = await Careful.find(careful.id);
    owner.build("none", { title: "never" });
    await owner.save();
    expect(await count("badges", "title = 'never'")).toBe(0);
  });
});

describe("a hasOne that is replaced by its owner's save", () => {
  test("lets go of the one before, by build() and by assignment", async () => {
    const ann = await writer();
    const first = await ann.create("passport", { number: "1" });
    ann.build("passport", { number: "2" });
    await ann.save();
    expect(await db.select("SELECT number, person_id FROM passports ORDER BY number")).toEqual([
      { number: "1", person_id: null },
      { number: "2", person_id: ann.id },
    ]);
    await first.reload();
    Object.assign(ann, { passport: first });
    await ann.save();
    await ann.reload();
    expect((await ann.load("passport"))?.number).toBe("1");
    expect(await count("passports", "person_id IS NULL")).toBe(1);
  });
});

describe("assigning", () => {
  test("a belongsTo sets the key; null takes it away; another class is refused", async () => {
    const ann = await writer();
    const work = Work.build({ title: "one" });
    work.writer = ann;
    expect(work.personId).toBe(ann.id);
    expect(await work.load("writer")).toBe(ann);
    await work.save();
    expect(await count("articles", `person_id = ${ann.id}`)).toBe(1);
    work.writer = null;
    expect(work.personId).toBeNull();
    expect(() => Object.assign(work, { writer: work })).toThrow(
      "Work.writer expects Writer, got a Work.",
    );
    expect(() => Object.assign(work, { writer: { id: 1 } })).toThrow(AssociationError);
    expect(() => Object.assign(work, { writer: undefined })).toThrow(AssociationError);
  });

  test("a polymorphic belongsTo sets type and key", async () => {
    const ann = await writer();
    const opinion = Opinion.build({ body: "x" });
    Object.assign(opinion, { subject: ann });
    await opinion.save();
    expect(await count("remarks", `subject_type = 'Writer' AND subject_id = '${ann.id}'`)).toBe(1);
    expect(await (await Opinion.find(opinion.id)).load("subject")).toMatchObject({ id: ann.id });
  });

  test("a list in memory moves its records with the next save", async () => {
    const [ann, bob] = [await writer(), await Writer.create({ name: "Bob" })];
    const work = await ann.create("works", { title: "one" });
    Object.assign(bob, { works: [work, Work.build({ title: "two" })] });
    expect(await count("articles", `person_id = ${bob.id}`)).toBe(0);
    await bob.save();
    expect(await count("articles", `person_id = ${bob.id}`)).toBe(2);
    expect(() => Object.assign(bob, { works: work })).toThrow("Writer.works expects an array");
  });

  test("at construction", async () => {
    const ann = await writer();
    const work = await Work.create({ title: "one", writer: ann } as never);
    expect(work.personId).toBe(ann.id);
  });
});

describe("create()", () => {
  test("saves at once, with the scope of callbacks and validations, and joins what is loaded", async () => {
    const ann = await writer();
    const works = await ann.load("works");
    const work = await ann.create("works", { title: "one" });
    expect(work.isNewRecord).toBe(false);
    expect(works).toEqual([work]);
    await expect(ann.create("works", { title: "" })).rejects.toBeInstanceOf(ValidationError);
    expect(works.length).toBe(1);
  });

  test("through another association writes the record in between", async () => {
    const work = await Work.create({ title: "one" });
    const topic = await work.create("topics", { name: "t" });
    expect(
      await count("article_labels", `label_id = '${topic.id}' AND article_id = ${work.id}`),
    ).toBe(1);
  });

  test("needs a saved owner", async () => {
    await expect(Writer.build({ name: "x" }).create("works", { title: "y" })).rejects.toThrow(
      "Writer.works: create() needs a saved Writer. Save it first, or use build(), which is saved with it.",
    );
  });

  test("of a hasOne lets go of the one before", async () => {
    const ann = await writer();
    await ann.create("passport", { number: "1" });
    const second = await ann.create("passport", { number: "2" });
    expect((await (await Writer.find(ann.id)).load("passport"))?.id).toBe(second.id);
    expect(await count("passports", "person_id IS NULL")).toBe(1);
  });

  test("of a belongsTo refers to it", async () => {
    const work = await Work.create({ title: "one" });
    const ann = await work.create("writer", { name: "Ann" });
    expect([work.personId, ann.isNewRecord]).toEqual([ann.id, false]);
  });
});

describe("add(), remove(), set()", () => {
  test("move records of a hasMany", async () => {
    const [ann, bob] = [await writer(), await Writer.create({ name: "Bob" })];
    const medal = await bob.create("medals", { title: "m" });
    const mine = await ann.load("medals");
    await ann.add("medals", medal, Medal.build({ title: "new" }));
    expect(mine.map(({ title }) => title)).toEqual(["m", "new"]);
    expect(await count("badges", `person_id = ${ann.id}`)).toBe(2);
    await ann.remove("medals", medal);
    expect(mine.map(({ title }) => title)).toEqual(["new"]);
    expect(await count("badges", "person_id IS NULL AND title = 'm'")).toBe(1);
  });

  test("remove() destroys where the association says so, and leaves other owners' records", async () => {
    const [ann, bob] = [await writer(), await Writer.create({ name: "Bob" })];
    const [mine, his] = [
      await ann.create("works", { title: "mine" }),
      await bob.create("works", { title: "his" }),
    ];
    await ann.remove("works", mine, his);
    expect(await count("articles")).toBe(1);
    expect(his.isDestroyed).toBe(false);
  });

  test("through another association they write and destroy what is in between", async () => {
    const work = await Work.create({ title: "one" });
    const [a, b, c] = await Topic.createMany([{ name: "a" }, { name: "b" }, { name: "c" }]);
    if (!a || !b || !c) throw new Error("no topics");
    await work.load("topics");
    await work.add("topics", a, b);
    await work.add("topics", b);
    expect(await count("article_labels")).toBe(2);
    await work.remove("topics", a);
    expect((await work.load("topics")).map(({ name }) => name)).toEqual(["b"]);
    await work.set("topics", [c, b]);
    expect((await work.load("topics")).map(({ name }) => name)).toEqual(["c", "b"]);
    const fresh = await Work.find(work.id);
    expect((await fresh.load("topics")).map(({ name }) => name).sort()).toEqual(["b", "c"]);
    expect(await count("labels")).toBe(3);
  });

  test("set() makes a list exactly that, in one transaction", async () => {
    const ann = await writer();
    const [a, b] = [
      await ann.create("medals", { title: "a" }),
      await ann.create("medals", { title: "b" }),
    ];
    await ann.set("medals", [b, Medal.build({ title: "c" })]);
    expect((await ann.load("medals")).map(({ title }) => title)).toEqual(["b", "c"]);
    expect(await count("badges", `person_id = ${ann.id}`)).toBe(2);
    const broken = Medal.build({ title: null as never });
    await expect(ann.set("medals", [a, broken])).rejects.toThrow();
    expect(await count("badges", `person_id = ${ann.id}`)).toBe(2);
  });

  test("set() of a to-one association", async () => {
    const ann = await writer();
    const first = await ann.create("passport", { number: "1" });
    await ann.set("passport", await Papers.create({ number: "2" }));
    expect((await Papers.find(first.id)).personId).toBeNull();
    await ann.set("passport", null);
    expect(await count("passports", "person_id IS NOT NULL")).toBe(0);
    const work = await Work.create({ title: "x" });
    await work.set("writer", ann);
    expect(await count("articles", `person_id = ${ann.id}`)).toBe(1);
  });

  test("to a new owner they wait for its save", async () => {
    const work = Work.build({ title: "one" });
    const topic = await Topic.create({ name: "t" });
    await work.add("topics", topic);
    expect(await count("article_labels")).toBe(0);
    await work.save();
    expect(await count("article_labels")).toBe(1);
  });

  test("set() with a record given twice keeps it once, in memory too", async () => {
    const ann = await writer();
    const [one, same] = [await Work.create({ title: "one" }), await Work.last()];
    await ann.set("works", [one, one, same as Work]);
    expect(await ann.load("works")).toEqual([one]);
    expect(await count("articles", `person_id = ${ann.id}`)).toBe(1);
  });

  test.each(["create", "add", "remove", "set", "set one", "save"])(
    "%s, rolled back: lists and keys in memory are as before",
    async (verb) => {
      const ann = await writer();
      const topic = await Topic.create({ name: "t" });
      const [mine, other] = [
        await ann.create("medals", { title: "mine" }),
        await Medal.create({ title: "other" }),
      ];
      const passport = await ann.create("passport", { number: "1" });
      const spare = await Papers.create({ number: "2" });
      const work = await ann.create("works", { title: "work" });
      await work.add("topics", topic);
      await Promise.all([ann.load("medals"), ann.load("passport"), work.load("topics")]);
      const built = verb === "save" ? ann.build("medals", { title: "built" }) : undefined;
      const failing = transaction(async () => {
        if (verb === "create") {
          await ann.create("medals", { title: "new" });
          await work.create("topics", { name: "new" });
        } else if (verb === "add") {
          await ann.add("medals", other);
          await work.add("topics", Topic.build({ name: "new" }));
        } else if (verb === "remove") {
          await ann.remove("medals", mine);
          await work.remove("topics", topic);
        } else if (verb === "set") {
          await ann.set("medals", [other]);
          await work.set("topics", []);
        } else if (verb === "set one") await ann.set("passport", spare);
        else await ann.save();
        throw new Error("undo");
      });
      await expect(failing).rejects.toThrow("undo");
      const titles = (await ann.load("medals")).map(({ title }) => title);
      expect(titles).toEqual(built ? ["mine", "built"] : ["mine"]);
      expect((await work.load("topics")).map(({ name }) => name)).toEqual(["t"]);
      expect((await ann.load("passport"))?.number).toBe("1");
      expect([mine, other, passport, spare].map((each) => each.personId)).toEqual([
        ann.id,
        null,
        ann.id,
        null,
      ]);
      expect([mine, other, passport, spare].some((each) => each.changed())).toBe(false);
      if (built) expect(built.isNewRecord).toBe(true);
    },
  );

  test("a new child of a new owner is nobody's after a rollback", async () => {
    const ann = Writer.build({ name: "Ann" });
    const work = ann.build("works", { title: "one" });
    await expect(
      transaction(async () => {
        await ann.save();
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect([ann.id, work.id, work.personId]).toEqual([undefined, undefined, undefined] as never);
    await ann.save();
    expect(await count("articles", `person_id = ${ann.id}`)).toBe(1);
  });

  test("refuse what does not fit", async () => {
    const ann = await writer();
    await expect(ann.add("works", ann as never)).rejects.toThrow(
      "Writer.works expects Work, got a Writer.",
    );
    await expect(ann.add("passport", await Papers.create({ number: "1" }))).rejects.toThrow(
      "add() needs a to-many association; Writer.passport is not.",
    );
    const work = await ann.create("works", { title: "w" });
    const page = await work.create("pages", { body: "p" });
    class Stubborn extends Model(articles, {
      pages: hasMany(() => Page, { foreignKey: "articleId" }),
    }) {}
    const stubborn = await Stubborn.find(work.id);
    await expect(stubborn.remove("pages", page)).rejects.toThrow(
      "Stubborn.pages: a Page cannot be without its articleId, which may not be NULL.",
    );
  });
});

describe("dependent", () => {
  test("destroy goes through the callbacks of every level, delete and nullify do not", async () => {
    const ann = await writer();
    const work = await ann.create("works", { title: "w" });
    await work.create("pages", { body: "p" });
    await work.create("topics", { name: "t" });
    await ann.create("medals", { title: "m" });
    await ann.create("passport", { number: "1" });
    await ann.create("received", { body: "r" });
    await ann.destroy();
    expect([
      await count("people"),
      await count("articles"),
      await count("notes"),
      await count("article_labels"),
      await count("remarks"),
    ]).toEqual([0, 0, 0, 0, 0]);
    expect([
      await count("badges", "person_id IS NULL"),
      await count("passports", "person_id IS NULL"),
      await count("labels"),
    ]).toEqual([1, 1, 1]);
  });

  test("restrict refuses before anything is written", async () => {
    const work = await Work.create({ title: "w" });
    const topic = await work.create("topics", { name: "t" });
    await expect(topic.destroy()).rejects.toThrow(
      `Cannot destroy Topic ${topic.id}: its links still refer to it.`,
    );
    await expect(topic.destroy()).rejects.toBeInstanceOf(ForeignKeyViolationError);
    await work.remove("topics", topic);
    await topic.destroy();
    expect(await count("labels")).toBe(0);
  });

  test("reaches what a default scope hides, and other owners' rows never", async () => {
    class Shy extends Model(people, {
      medals: hasMany(() => Medal, { foreignKey: "personId", dependent: "delete" }),
    }) {
      static visible = Shy.hasMany(() => Medal, {
        foreignKey: "personId",
        dependent: "delete",
        defaultScope: (query) => query.where({ weight: { gt: 5 } }).limit(1),
      });
    }
    const [a, b] = [await Shy.create({ name: "a" }), await Shy.create({ name: "b" })];
    for (const owner of [a, b]) {
      await Medal.createMany([1, 9].map((weight) => ({ title: "m", weight, personId: owner.id })));
    }
    await a.destroy();
    expect(await count("badges")).toBe(2);
    expect(await count("badges", `person_id = ${b.id}`)).toBe(2);
  });

  test("a circle of records is destroyed once around, and a foreign key still has its say", async () => {
    const gone: string[] = [];
    class Mentor extends Model(people) {
      static students = Mentor.hasMany(() => Mentor, {
        foreignKey: "mentorId",
        dependent: "destroy",
      });
      declare students: Mentor[];
      static afterDestroy = [(mentor: Mentor) => gone.push(mentor.name)];
    }
    const own = await Mentor.create({ name: "own" });
    await own.update({ mentorId: own.id });
    await own.destroy();
    expect(gone).toEqual(["own"]);
    const a = await Mentor.create({ name: "a" });
    const b = await Mentor.create({ name: "b", mentorId: a.id });
    const c = await Mentor.create({ name: "c", mentorId: b.id });
    await a.update({ mentorId: c.id });
    await expect(a.destroy()).rejects.toThrow(ForeignKeyViolationError);
    expect(await count("people")).toBe(3);
    await db.sql`ALTER TABLE people ALTER CONSTRAINT people_mentor_id_fkey DEFERRABLE INITIALLY DEFERRED`;
    try {
      await a.destroy();
    } finally {
      await db.sql`ALTER TABLE people ALTER CONSTRAINT people_mentor_id_fkey NOT DEFERRABLE`;
    }
    expect(gone).toEqual(["own", "c", "b", "a"]);
    expect(await count("people")).toBe(0);
  });

  test("is one transaction with the row itself", async () => {
    const ann = await writer();
    await ann.create("works", { title: "w" });
    await db
      .select(`INSERT INTO group_people (group_id, person_id)
      SELECT id, ${ann.id} FROM (INSERT INTO groups (name) VALUES ('g') RETURNING id) g`)
      .catch(() => {});
    await db.select("INSERT INTO groups (name) VALUES ('g')");
    await db.select(`INSERT INTO group_people SELECT max(id), ${ann.id} FROM groups`);
    await expect(ann.destroy()).rejects.toBeInstanceOf(ForeignKeyViolationError);
    expect(await count("articles")).toBe(1);
    expect(ann.isDestroyed).toBe(false);
  });
});

describe("counterCache and touch", () => {
  const articlesCount = async (id: number) => {
    const [row] = await db.select("SELECT articles_count FROM people WHERE id = $1", [id]);
    return Number(row?.articles_count);
  };
  const touched = async (table: string, id: unknown) => {
    const [row] = await db.select(
      `SELECT updated_at > '2021-01-01' AS touched FROM ${table} WHERE id = $1`,
      [id],
    );
    return row?.touched === true;
  };
  const age = () =>
    db.sql.unsafe(
      "UPDATE people SET updated_at = '2020-01-01'; UPDATE articles SET updated_at = '2020-01-01'",
    );

  test("creating, moving and destroying keeps the numbers right, in memory too", async () => {
    const [ann, bob] = [await writer(), await Writer.create({ name: "Bob" })];
    const work = await ann.create("works", { title: "w" });
    await ann.create("works", { title: "v" });
    expect([await articlesCount(ann.id), ann.articlesCount, ann.changed()]).toEqual([2, 2, false]);
    work.writer = bob;
    await work.save();
    expect([await articlesCount(ann.id), await articlesCount(bob.id)]).toEqual([1, 1]);
    expect(bob.articlesCount).toBe(1);
    await work.destroy();
    expect([await articlesCount(bob.id), bob.articlesCount]).toEqual([0, 0]);
    const other = await Work.findBy({ personId: ann.id });
    other?.assignAttributes({ personId: null });
    await other?.save();
    expect(await articlesCount(ann.id)).toBe(0);
  });

  test("records that change places at the same time do not wait for each other", async () => {
    const [ann, bob] = [await writer(), await Writer.create({ name: "Bob" })];
    const works: Work[] = [];
    for (let n = 0; n < 10; n++) {
      works.push(await (n % 2 ? ann : bob).create("works", { title: `${n}` }));
    }
    await Promise.all(
      works.map((work) => work.update({ personId: work.personId === ann.id ? bob.id : ann.id })),
    );
    expect([await articlesCount(ann.id), await articlesCount(bob.id)]).toEqual([5, 5]);
  });

  test("a rollback takes the number back", async () => {
    const ann = await writer();
    await expect(
      transaction(async () => {
        await ann.create("works", { title: "w" });
        expect(ann.articlesCount).toBe(1);
        throw new Error("back");
      }),
    ).rejects.toThrow("back");
    expect([await articlesCount(ann.id), ann.articlesCount]).toEqual([0, 0]);
  });

  test("touch goes up every level, and both ways when a record moves", async () => {
    const [ann, bob] = [await writer(), await Writer.create({ name: "Bob" })];
    const work = await ann.create("works", { title: "w" });
    const page = await work.create("pages", { body: "p" });
    await age();
    page.body = "changed";
    await page.save();
    expect([await touched("articles", work.id), await touched("people", ann.id)]).toEqual([
      true,
      true,
    ]);
    await age();
    await page.save();
    expect(await touched("articles", work.id)).toBe(false);
    const again = await Work.find(work.id);
    again.personId = bob.id;
    await again.save();
    expect([await touched("people", ann.id), await touched("people", bob.id)]).toEqual([
      true,
      true,
    ]);
    await age();
    await page.destroy();
    expect(await touched("articles", work.id)).toBe(true);
  });

  test("touch() of a record goes up, too, or not at all", async () => {
    const ann = await writer();
    const work = await ann.create("works", { title: "one" });
    const page = await work.create("pages", { body: "p" });
    await db.sql`UPDATE people SET updated_at = '2020-01-01Z'`;
    await db.sql`UPDATE articles SET updated_at = '2020-01-01Z'`;
    await work.touch();
    expect(await count("people", "updated_at > '2021-01-01'")).toBe(1);
    expect(page.isPersisted).toBe(true);
    await db.sql`UPDATE people SET updated_at = '2020-01-01Z'`;
    await expect(
      transaction(async () => {
        await work.touch();
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect(await count("people", "updated_at > '2021-01-01'")).toBe(0);
  });

  test("touch of a polymorphic owner", async () => {
    const ann = await writer();
    await age();
    await ann.create("received", { body: "x" });
    expect(await touched("people", ann.id)).toBe(true);
    await Opinion.create({ body: "nobody's", subjectType: "Nobody", subjectId: "1" }).catch(
      () => {},
    );
  });

  test("a column that is not there is an error that says so", async () => {
    class Wrong extends Model(notes, {
      article: belongsTo(() => Work, { counterCache: true }),
    }) {}
    const work = await Work.create({ title: "w" });
    await expect(Wrong.create({ body: "x", articleId: work.id })).rejects.toThrow(
      'Wrong.article: Work has no column "wrongsCount" for its counterCache or touch.',
    );
    expect(await count("notes")).toBe(0);
  });
});
