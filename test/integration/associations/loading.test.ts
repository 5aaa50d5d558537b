/** Loading: polymorphic targets, overrides, caches and keys, what is refused. */
import { beforeAll, describe, expect, test } from "bun:test";
import {
  AssociationError,
  hasMany,
  Model,
  type QueryBuilder,
  QueryError,
  StrictLoadingError,
  transaction,
} from "../../../src/index";
import { libraryDatabase } from "../../support/library/database";
import {
  Article,
  Editor,
  Label,
  Note,
  Passport,
  Person,
  Remark,
  Section,
} from "../../support/library/models";
import { articles, people } from "../../support/library/schema";

const db = libraryDatabase();

describe("a polymorphic belongsTo", () => {
  /** What SQL says each remark is about. */
  let subjects: Map<number, string | null>;

  beforeAll(async () => {
    const rows = await db.select(`
      SELECT r.id, coalesce('Article ' || a.id, 'Person ' || p.id, 'Label ' || l.id) AS subject
      FROM remarks r
      LEFT JOIN articles a ON r.subject_type = 'Article' AND a.id::text = r.subject_id
      LEFT JOIN people p ON r.subject_type = 'Person' AND p.id::text = r.subject_id
      LEFT JOIN labels l ON r.subject_type = 'Label' AND l.id::text = r.subject_id`);
    subjects = new Map(rows.map(({ id, subject }) => [Number(id), subject as string | null]));
  });

  const shown = (value: unknown) =>
    value === null
      ? null
      : `${(value as object).constructor.name} ${(value as { id: unknown }).id}`;

  test("leads to records of each class, eagerly by one statement for each", async () => {
    const query = Remark.includes("subject");
    expect((await db.statements(() => query.toArray())).length).toBe(4);
    const remarks = await query;
    expect(new Map(remarks.map(({ id, subject }) => [id, shown(subject)]))).toEqual(subjects);
  });

  test("leads to the same records lazily, whatever the type of the key", async () => {
    const found = new Map<number, string | null>();
    for (const remark of await Remark.all().autoBatch(false)) {
      found.set(remark.id, shown(await remark.load("subject")));
    }
    expect(found).toEqual(subjects);
  });

  test("leads to the same records in a loop, without a statement for each", async () => {
    const remarks = await Remark.all();
    const found = new Map<number, string | null>();
    const statements = await db.statements(async () => {
      for (const remark of remarks) found.set(remark.id, shown(await remark.load("subject")));
    });
    expect(found).toEqual(subjects);
    expect(statements.length).toBe(4);
  });

  test("levels below it are loaded for the classes that have them", async () => {
    const remarks = await Remark.where({ subjectType: ["Article", "Person"] }).includes(
      "subject.author" as never,
      "subject.articles" as never,
      "subject.remarks" as never,
    );
    const read = (remark: Remark) => (remark as { subject?: unknown }).subject;
    for (const remark of remarks) {
      const subject = read(remark);
      if (subject instanceof Article) {
        expect(subject.isLoaded("author")).toBe(true);
        expect(subject.isLoaded("remarks")).toBe(true);
      }
      if (subject instanceof Person) {
        expect(subject.isLoaded("articles")).toBe(true);
        const want = await db.select("SELECT id FROM articles WHERE person_id = $1", [subject.id]);
        expect((await subject.load("articles")).length).toBe(want.length);
      }
    }
  });

  test("a name that none of the classes has is an error", async () => {
    const query = Remark.where({ subjectType: "Article" }).includes("subject.autor" as never);
    await expect(query.toArray()).rejects.toThrow(
      'Association "autor" not found on Article, to which Remark.subject leads. Did you mean "author"?',
    );
  });

  test("a subclass stands under its topmost class's name", async () => {
    const editor = await Editor.first();
    const remark = Remark.build({ body: "x" });
    remark.assignAttributes({ subject: editor } as never);
    expect([remark.subjectType, remark.subjectId]).toEqual(["Person", String(editor?.id)]);
    const received = await editor?.load("received");
    const want = await db.select(
      "SELECT id FROM remarks WHERE subject_type = 'Person' AND subject_id = $1::text",
      [editor?.id],
    );
    expect(received?.map(({ id }) => id).sort()).toEqual(want.map(({ id }) => Number(id)).sort());
  });

  describe("with a type that names no model", () => {
    const types = [
      "Nothing",
      "Model(people)",
      "../models/secret",
      "constructor",
      "__proto__",
      "Date",
    ];

    beforeAll(async () => {
      for (const type of types) {
        await db.select(
          "INSERT INTO remarks (body, subject_type, subject_id) VALUES ('odd', $1, '1')",
          [type],
        );
      }
    });

    test("the others are loaded, and asking for it is an error", async () => {
      const remarks = await Remark.includes("subject");
      const odd = remarks.filter(({ body }) => body === "odd");
      expect(odd.length).toBe(types.length);
      for (const remark of odd) {
        expect(remark.isLoaded("subject")).toBe(false);
        await expect(remark.load("subject")).rejects.toThrow(
          `Polymorphic type "${remark.subjectType}" not found in model registry.`,
        );
      }
      const rest = remarks.filter(({ body }) => body !== "odd");
      expect(rest.every((remark) => remark.isLoaded("subject"))).toBe(true);
    });

    test("in a loop it fails for itself only", async () => {
      let failed = 0;
      for (const remark of await Remark.order({ id: "DESC" })) {
        if (remark.body === "odd") {
          await expect(remark.load("subject")).rejects.toBeInstanceOf(AssociationError);
          failed++;
        } else expect(shown(await remark.load("subject"))).toBe(subjects.get(remark.id) ?? null);
      }
      expect(failed).toBe(types.length);
    });
  });

  test("with targets, no other class is reached", async () => {
    const ofPerson = await Remark.findBy({ subjectType: "Person" });
    await expect(ofPerson?.load("strictSubject")).rejects.toThrow(
      'Remark.strictSubject: "Person" is none of its targets (Article).',
    );
    const ofArticle = await Remark.findBy({ subjectType: "Article" });
    expect(await ofArticle?.load("strictSubject")).toBeInstanceOf(Article);
    const person = await Person.first();
    expect(() => Object.assign(Remark.build(), { strictSubject: person })).toThrow(
      "Remark.strictSubject expects Article, got a Person.",
    );
  });

  test("cannot be joined or asked in SQL", () => {
    expect(() => Remark.joins("subject")).toThrow("Remark.subject is polymorphic");
    expect(() => Remark.where({ subject: { is: {} } } as never)).toThrow(
      "Remark.subject is polymorphic",
    );
  });
});

describe("includes() overrides", () => {
  test("false takes the default scope away", async () => {
    const people = await Person.includes("activeArticles", { scope: false });
    for (const person of people) {
      const want = await db.select("SELECT id FROM articles WHERE person_id = $1", [person.id]);
      expect((person as { activeArticles: Article[] }).activeArticles.length).toBe(want.length);
    }
  });

  test("a function takes its place, with a limit for each record", async () => {
    const people = await Person.includes("activeArticles", {
      scope: ((query: QueryBuilder<Article>) =>
        query.where({ active: false }).order({ id: "DESC" }).limit(1)) as never,
    });
    for (const person of people) {
      const want = await db.select(
        "SELECT id::int FROM articles WHERE person_id = $1 AND NOT active ORDER BY id DESC LIMIT 1",
        [person.id],
      );
      const got = (person as { activeArticles: Article[] }).activeArticles;
      expect(got.map(({ id }) => Number(id))).toEqual(want.map(({ id }) => Number(id)));
    }
  });

  test("concern the first level only", async () => {
    const [author] = await db.select("SELECT person_id FROM articles WHERE NOT active LIMIT 1");
    const person = await Person.where({ id: Number(author?.person_id) })
      .includes("articles.limitedAuthor.activeArticles" as never, { scope: false })
      .sole();
    const [article] = await person.load("articles");
    const again = await article?.load("limitedAuthor" as never);
    const active = (again as unknown as { activeArticles: Article[] }).activeArticles;
    expect(active.every((each) => each.active)).toBe(true);
  });

  test("what is no query of the target is refused", async () => {
    const query = Person.includes("articles", { scope: (() => Note.all()) as never });
    await expect(query.toArray()).rejects.toThrow(
      "The scope of Person.articles must return the query it was given, narrowed.",
    );
    await expect(
      Person.includes("articles", { scope: (() => undefined) as never }).toArray(),
    ).rejects.toBeInstanceOf(QueryError);
  });

  test("a scope that begins a query of its own, or takes conditions away, still loads nobody else's", async () => {
    const [person] = await Person.where({ id: 1 }).includes("articles", {
      scope: (() => Article.where({ active: true })) as never,
    });
    const [other] = await Person.where({ id: 1 }).includes("articles", {
      scope: ((query: QueryBuilder<Article>) =>
        query.unscope("where").where({ active: true })) as never,
    });
    const want = await db.select("SELECT id FROM articles WHERE person_id = 1 AND active");
    const many = await Person.includes("articles", {
      scope: ((query: QueryBuilder<Article>) =>
        query.where({ views: 1 }).unionAll(Article.where({ views: 2 }))) as never,
    });
    expect(person?.articles.length).toBe(want.length);
    expect(other?.articles.length).toBe(want.length);
    for (const each of many) {
      const rows = await db.select(
        "SELECT id FROM articles WHERE person_id = $1 AND views IN (1, 2)",
        [each.id],
      );
      expect((each.articles as Article[]).length).toBe(rows.length);
    }
  });
});

describe("scopes", () => {
  test("may select without the key", async () => {
    const people = await Person.includes("titles");
    for (const person of people) {
      const want = await db.select(
        "SELECT title FROM articles WHERE person_id = $1 ORDER BY title",
        [person.id],
      );
      expect(person.titles.map(({ title }) => title)).toEqual(
        want.map(({ title }) => String(title)),
      );
      expect(person.titles.every((each) => each.personId === undefined)).toBe(true);
    }
  });

  test("are told the class they are about", async () => {
    const seen: unknown[] = [];
    await Remark.includes("subject", {
      scope: ((query: unknown, target: { name: string }) => {
        seen.push(target.name);
        return query;
      }) as never,
    });
    expect([...new Set(seen)].sort()).toEqual(["Article", "Label", "Person"]);
  });

  test("may include a level of their own", async () => {
    const people = await Person.includes("articles", {
      scope: ((query: QueryBuilder<Article>) => query.includes("notes")) as never,
    });
    const loaded = people.flatMap((person) => person.articles as Article[]);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.every((article) => article.isLoaded("notes"))).toBe(true);
  });
});

describe("names", () => {
  test("a wrong one is an error without any record, at every level", () => {
    expect(() => Person.where({ id: -1 }).includes("artikles" as never)).toThrow(
      'Association "artikles" not found on Person. Did you mean "articles"?',
    );
    expect(() => Person.all().includes("articles.nots" as never)).toThrow(
      'Association "nots" not found on Article. Did you mean "notes"?',
    );
  });

  test("load() takes neither columns nor methods", async () => {
    const person = await Person.first();
    await expect(person?.load("name" as never)).rejects.toThrow(
      'Association "name" not found on Person.',
    );
    await expect(person?.load("save" as never)).rejects.toBeInstanceOf(AssociationError);
    await expect(person?.loadCount("nope" as never)).rejects.toBeInstanceOf(AssociationError);
    expect(() => person?.isLoaded("nope" as never)).toThrow(AssociationError);
  });
});

describe("a record without the key", () => {
  test("has nothing, and sends nothing", async () => {
    const statements = await db.statements(async () => {
      const person = new Person({ name: "new" });
      expect(await person.load("articles")).toEqual([]);
      expect(await person.load("passport")).toBeNull();
      expect(await person.load("notes")).toEqual([]);
      expect(await person.loadCount("articles")).toBe(0);
      expect(await new Article({ title: "x" }).load("author")).toBeNull();
      expect(await new Remark({ body: "x" }).load("subject")).toBeNull();
    });
    expect(statements).toEqual([]);
  });

  test("because it was not selected, is an error that says so", async () => {
    const person = await Person.select("name").first();
    await expect((person as unknown as Person).load("articles")).rejects.toThrow(
      'Person.articles cannot be loaded: the record was read without "id", which says what belongs to it. Add "id" to select().',
    );
    const query = Article.select("id", "title").includes("author" as never);
    await expect(query.toArray()).rejects.toThrow('was read without "personId"');
  });
});

describe("what is loaded", () => {
  test("stays, and is an array of its own for each record", async () => {
    const person = await Person.find(2);
    const first = await person.load("articles");
    const statements = await db.statements(async () => {
      expect(await person.load("articles")).toBe(first);
    });
    expect(statements).toEqual([]);
    const [a, b] = await Article.where({ personId: 2 }).includes("author");
    expect(a?.author).toBe(b?.author as never);
  });

  test("is stale when the foreign key changes, and fresh again when it changes back", async () => {
    const article = await Article.where({ personId: 2 }).includes("author").first();
    if (!article) throw new Error("no article");
    expect((article.author as Person).id).toBe(2);
    article.personId = 3;
    expect(article.isLoaded("author")).toBe(false);
    expect((article as { author?: unknown }).author).toBeUndefined();
    expect((await article.load("author"))?.id).toBe(3);
    article.personId = null;
    expect(await article.load("author")).toBeNull();
  });

  test("is never what belonged to the key before", async () => {
    const article = await Article.where({ personId: 2 }).first();
    if (!article) throw new Error("no article");
    const loading = article.load("author");
    article.personId = 3;
    expect((await loading)?.id).toBe(3);
  });

  test("is forgotten by reload(), and loaded again by reload(name)", async () => {
    const person = await Person.find(1);
    const before = await person.load("badges");
    await db.select("INSERT INTO badges (person_id, title) VALUES (1, 'late')");
    expect(await person.load("badges")).toBe(before);
    await person.reload("badges");
    expect((await person.load("badges")).length).toBe(before.length + 1);
    await person.reload();
    expect(person.isLoaded("badges")).toBe(false);
    await db.select("DELETE FROM badges WHERE title = 'late'");
  });
});

describe("reload()", () => {
  test("forgets who loaded the record, and what was loaded ahead", async () => {
    const [person] = await Person.where({ id: 2 }).includes("articles");
    const [article] = person?.articles ?? [];
    expect(await article?.load("author")).toBe(person as never);
    await article?.reload();
    expect(await article?.load("author")).not.toBe(person as never);

    const people = await Person.order({ id: "ASC" });
    await people[0]?.load("badges");
    await people[1]?.load("badges");
    const before = await (await Person.find(3)).loadCount("badges");
    await db.select("INSERT INTO badges (person_id, title) VALUES (3, 'late')");
    await people[2]?.reload();
    expect((await people[2]?.load("badges"))?.length).toBe(before + 1);
    await db.select("DELETE FROM badges WHERE title = 'late'");
  });
});

describe("the other side", () => {
  test("is known without a query: hasMany, hasOne, as, self-reference", async () => {
    const people = await Person.includes("articles", "passport", "received", "students");
    const statements = await db.statements(async () => {
      for (const person of people) {
        for (const article of person.articles) expect(await article.load("author")).toBe(person);
        for (const student of person.students) expect(await student.load("mentor")).toBe(person);
        for (const remark of person.received) expect(await remark.load("subject")).toBe(person);
        if (person.passport) expect(await person.passport.load("person")).toBe(person);
      }
    });
    expect(statements).toEqual([]);
  });

  test("is known of a belongsTo where only one record can be meant", async () => {
    const passports = await Passport.where({ personId: { ne: null } }).includes("person");
    const articles = await Article.where({ personId: 2 }).includes("author");
    expect(passports.length).toBeGreaterThan(1);
    for (const passport of passports) {
      expect(await passport.person?.load("passport")).toBe(passport);
    }
    for (const article of articles) expect(article.author?.isLoaded("articles")).toBe(false);
  });

  test("is asked for where a scope might leave it out", async () => {
    const [person] = await Person.where({ id: 1 }).includes("articles");
    const [article] = person?.articles ?? [];
    expect(article?.isLoaded("seenAuthor")).toBe(false);
    expect(await article?.load("seenAuthor")).toBeNull();
  });

  test("ends when the key changes", async () => {
    const [person] = await Person.where({ id: 2 }).includes("articles");
    const [article] = person?.articles ?? [];
    if (!article) throw new Error("no article");
    expect(article.isLoaded("author")).toBe(true);
    article.personId = 1;
    expect((await article.load("author"))?.id).toBe(1);
  });
});

describe("strict loading", () => {
  test("of a query: loading lazily is an error, here and below, what is included is not", async () => {
    const [person] = await Person.strictLoading().where({ id: 2 }).includes("articles");
    await expect(person?.load("badges")).rejects.toThrow(StrictLoadingError);
    await expect(person?.load("badges")).rejects.toThrow('Add .includes("badges") to the query.');
    await expect(person?.loadCount("badges")).rejects.toThrow(StrictLoadingError);
    expect((await person?.load("articles"))?.length).toBeGreaterThan(0);
    await expect(person?.articles[0]?.load("notes")).rejects.toThrow(StrictLoadingError);
  });

  test("of a class", async () => {
    class StrictPerson extends Model(people, {
      articles: hasMany(() => Article, { foreignKey: "personId" }),
    }) {
      static strictLoadingByDefault = true;
    }
    const person = await StrictPerson.find(2);
    await expect(person.load("articles")).rejects.toThrow(StrictLoadingError);
    const found = await StrictPerson.includes("articles").find(2);
    expect(found.articles.length).toBeGreaterThan(0);
  });
});

describe("declarations", () => {
  test("a way that does not exist is an error that names what there is", async () => {
    class Lost extends Model(articles, {
      labels: Article.hasManyThrough(() => Label, { through: "articleLabls" }),
      authorNotes: Article.belongsTo<Person>("Persn", { foreignKey: "personId" }),
      wrong: Article.hasMany(() => Note, { foreignKey: "articelId" }),
      twice: Article.belongsTo(() => Person, {}),
    }) {}
    const lost = await Lost.where({ personId: { ne: null } }).first();
    await expect(lost?.load("labels")).rejects.toThrow(
      'Through association "articleLabls" not found on Lost (wanted by Lost.labels).',
    );
    await expect(lost?.load("authorNotes")).rejects.toThrow(
      'Model "Persn" not found in registry (wanted by Lost.authorNotes). Did you mean "Person"?',
    );
    await expect(lost?.load("wrong")).rejects.toThrow(
      'Lost.wrong: table "notes" has no column "articelId". Did you mean "articleId"?',
    );
    expect((await lost?.load("twice"))?.id).toBe(lost?.personId as number);
  });

  test("a wrong one on the other side does not get in the way", async () => {
    class Odd extends Model(articles) {
      static wrong = Odd.belongsTo(() => Owner, { foreignKey: "nothing" });
      static author = Odd.belongsTo(() => Owner, { foreignKey: "personId" });
      declare author: Owner | null;
    }
    class Owner extends Model(people) {
      static odd = Owner.hasMany(() => Odd, { foreignKey: "personId" });
      declare odd: Odd[];
    }
    const owner = await Owner.find(2);
    const [first] = await owner.load("odd");
    expect(await first?.load("author")).toBe(owner);
  });

  test("that go through themselves are refused", async () => {
    class Circle extends Model(people, {
      a: Person.hasManyThrough<Person>("Person", { through: "b" }),
      b: Person.hasManyThrough<Person>("Person", { through: "a" }),
    }) {}
    const circle = await Circle.first();
    await expect(circle?.load("a")).rejects.toThrow("goes through itself");
  });

  test("sections: a tree to any depth", async () => {
    const roots = await Section.where({ parentId: null }).includes("children.children.children");
    const below = (section: Section): number =>
      section.isLoaded("children")
        ? (section as unknown as { children: Section[] }).children.reduce(
            (sum, child) => sum + 1 + below(child),
            0,
          )
        : 0;
    const [want] = await db.select(`
      WITH RECURSIVE walk AS (
        SELECT id, 0 AS depth FROM sections WHERE parent_id IS NULL
        UNION ALL SELECT s.id, depth + 1 FROM sections s JOIN walk ON s.parent_id = walk.id WHERE depth < 3
      ) SELECT count(*)::int AS count FROM walk WHERE depth > 0`);
    expect(roots.reduce((sum, root) => sum + below(root), 0)).toBe(Number(want?.count));
  });
});

test("inside a transaction all of a level is sent at once, on its one connection", async () => {
  await transaction(async () => {
    await Person.create({ name: "inside" });
    const people = await Person.where({ name: "inside" }).includes(
      "articles.notes",
      "badges",
      "passport",
      "groups",
    );
    expect(
      people.map(({ articles, badges, passport, groups }) => [
        articles.length,
        badges.length,
        passport,
        groups.length,
      ]),
    ).toEqual([[0, 0, null, 0]]);
  });
});
