/** The exact statements of associations, and which keys can be compared. Without a server. */
import { beforeAll, describe, expect, test } from "bun:test";
import { Database, hasMany, Model, type Order, type QueryBuilder } from "../../../src/index";
import {
  asTextSides,
  convertedKey,
  equalAsPrinted,
  storedKey,
} from "../../../src/model/associations/key-types";
import { fakeDatabase } from "../../support/fake-driver";
import { library } from "../../support/library/library";
import { type Article, registerLibrary } from "../../support/library/models";
import { articles, people as peopleTable } from "../../support/library/schema";

const column = (type: string, name = "x") => ({ type, nullable: true, columnName: name });

describe("keys of two types", () => {
  test("what PostgreSQL compares is left alone, else the side that is not text becomes text", () => {
    const [int, big, numeric] = [column("integer"), column("bigint"), column("numeric")];
    const [text, uuid, varchar] = [column("text"), column("uuid"), column("character varying(9)")];
    expect([asTextSides(int, big), asTextSides(int, numeric), asTextSides(text, varchar)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([asTextSides(int, text), asTextSides(text, int), asTextSides(uuid, int)]).toEqual([
      "from",
      "to",
      "both",
    ]);
  });

  test("equal as printed: not numeric, not char(n), not citext", () => {
    const same = (a: string, b = a) => equalAsPrinted(column(a), column(b));
    expect([same("integer", "bigint"), same("uuid"), same("text", "character varying")]).toEqual([
      true,
      true,
      true,
    ]);
    expect([same("numeric"), same("character(3)"), same("citext"), same("text", "uuid")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test("text refers to a number or uuid only as PostgreSQL prints it", () => {
    const text = column("text");
    const asInt = (value: string) => convertedKey(value, text, column("integer"));
    expect(["7", "-1", "0"].map(asInt)).toEqual([7, -1, 0]);
    expect(["007", "", "x", "1.0", " 1", "+1", "2147483648", "1e3"].map(asInt)).toEqual(
      Array.from({ length: 8 }, () => undefined),
    );
    expect(convertedKey("9007199254740993", text, column("bigint"))).toBe(9007199254740993n);
    const uuid = "0190a000-0000-7000-8000-00000000abcd";
    expect(convertedKey(uuid, text, column("uuid"))).toBe(uuid);
    expect(convertedKey(uuid.toUpperCase(), text, column("uuid"))).toBeUndefined();
    expect(convertedKey(5, column("integer"), text)).toBe("5");
    expect(storedKey(5n, text)).toBe("5");
    expect(storedKey(undefined, text)).toBeNull();
  });
});

describe("statements", () => {
  beforeAll(registerLibrary);

  /** The statement that loads an association of owners with these columns. */
  async function statementOf(
    owner: string,
    name: string,
    rows: readonly Record<string, unknown>[],
    options: object = {},
  ): Promise<string> {
    const table = `FROM "${library(owner).table}"`;
    let isFirst = true;
    const { database, sent } = fakeDatabase(({ text }) => {
      if (!isFirst || !text.includes(table)) return [];
      isFirst = false;
      return rows;
    });
    await Database.run(database, () => library(owner).model.includes(name, options).toArray());
    const { text = "" } = sent[1] ?? {};
    return text.replace(/^SELECT (DISTINCT ON \([^)]*\) )?.*? FROM /, "SELECT $1... FROM ");
  }

  const people = [
    { id: 1, mentorId: 3 },
    { id: 2, mentorId: 3 },
  ];

  test("one owner: its key, bound", async () => {
    expect(await statementOf("Person", "articles", people.slice(0, 1))).toBe(
      'SELECT ... FROM "articles" WHERE "person_id" = $1',
    );
    expect(await statementOf("Person", "latestArticles", people.slice(0, 1))).toBe(
      'SELECT ... FROM "articles" WHERE "person_id" = $1 ORDER BY "articles"."views" DESC, "articles"."id" ASC LIMIT $2'.replaceAll(
        '"articles"."views"',
        '"views"',
      ),
    );
  });

  test("many: all keys as one list", async () => {
    expect(await statementOf("Person", "articles", people)).toBe(
      'SELECT ... FROM "articles" WHERE "person_id" = ANY($1)',
    );
    expect(await statementOf("Person", "activeArticles", people)).toBe(
      'SELECT ... FROM "articles" WHERE "person_id" = ANY($1) AND "active" = $2 ORDER BY "title" DESC',
    );
  });

  test("the first of many: DISTINCT ON, and nothing of the kind where the key is unique", async () => {
    expect(await statementOf("Person", "badge", people)).toBe(
      'SELECT DISTINCT ON ("person_id") ... FROM "badges" WHERE "person_id" = ANY($1) ORDER BY "person_id" ASC, "badges"."id" ASC',
    );
    expect(await statementOf("Person", "passport", people)).toBe(
      'SELECT ... FROM "passports" WHERE "person_id" = ANY($1)',
    );
  });

  test("a limit: one run for each key by a lateral join", async () => {
    expect(await statementOf("Person", "latestArticles", people)).toMatch(
      /^SELECT \.\.\. FROM unnest\(\$1::text::int4\[\]\) AS "baked_owners"\("baked_key_id"\) CROSS JOIN LATERAL \(SELECT .* FROM "articles" WHERE "person_id" = "baked_owners"\."baked_key_id" ORDER BY "views" DESC, "articles"\."id" ASC LIMIT \$2\) AS "baked_row"$/,
    );
  });

  test("a limit on some columns: the keys are numbered, as the rows do not hold them", async () => {
    const scope = (query: QueryBuilder<Article>) => query.select("id", "title").limit(2);
    expect(await statementOf("Person", "articles", people, { scope })).toMatch(
      /^SELECT \.\.\. FROM unnest\(\$1::text::int4\[\]\) WITH ORDINALITY AS "baked_owners"\("baked_key_id", "baked_number"\) CROSS JOIN LATERAL \(SELECT .* ORDER BY "articles"\."id" ASC LIMIT \$2\) AS "baked_row"$/,
    );
  });

  test("a limit in the order of an index: ties are the index's, anything else is settled by the key", async () => {
    class Ranked extends Model({
      ...articles,
      indexes: {
        by_views: { columns: ["person_id", "views"] },
        by_title: { columns: ["person_id", "title"], where: "active" },
      },
    }) {}
    const ranked = (order: Order<Ranked>) =>
      hasMany(() => Ranked, {
        foreignKey: "personId",
        defaultScope: (query) => query.order(order).limit(2),
      });
    class Reader extends Model(peopleTable, {
      byViews: ranked({ views: "DESC" }),
      byTitle: ranked({ title: "ASC" }),
      byBoth: ranked({ views: "DESC", title: "ASC" }),
      byNulls: ranked({ views: "DESC NULLS LAST" }),
    }) {}
    const orders: string[] = [];
    for (const name of ["byViews", "byTitle", "byBoth", "byNulls"] as const) {
      const { database, sent } = fakeDatabase(({ text }) =>
        text.includes('FROM "people"') ? people : [],
      );
      await Database.run(database, () => Reader.includes(name).toArray());
      orders.push(/ORDER BY (.*) LIMIT/.exec(sent[1]?.text ?? "")?.[1] ?? "");
    }
    expect(orders).toEqual([
      '"views" DESC',
      '"title" ASC, "articles"."id" ASC',
      '"views" DESC, "title" ASC, "articles"."id" ASC',
      '"views" DESC NULLS LAST, "articles"."id" ASC',
    ]);
  });

  test("through others: pairs, each once", async () => {
    expect(
      await statementOf(
        "Article",
        "labels",
        ["1", "2"].map((id) => ({ id, data: null, discardedAt: null, updatedAt: null })),
      ),
    ).toBe(
      'SELECT ... FROM "labels" INNER JOIN (SELECT DISTINCT "baked_owners"."baked_number", "article_labels"."label_id" AS "key_0" FROM unnest($1::text::int8[]) WITH ORDINALITY AS "baked_owners"("baked_key_id", "baked_number") INNER JOIN "article_labels" ON "article_labels"."article_id" = "baked_owners"."baked_key_id") AS "baked_ties" ON TRUE WHERE "labels"."id" = "baked_ties"."key_0"',
    );
  });

  test("keys that print differently are told apart by PostgreSQL", async () => {
    expect(await statementOf("Country", "cities", [{ code: "de" }, { code: "AT" }])).toBe(
      'SELECT ... FROM "cities" INNER JOIN unnest($1::text::"public"."citext"[]) WITH ORDINALITY AS "baked_owners"("baked_key_code", "baked_number") ON TRUE WHERE "cities"."country_code" = "baked_owners"."baked_key_code"',
    );
  });

  test("the number of keys does not change the text", async () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ id: index + 1, mentorId: null }));
    for (const name of ["articles", "badge", "latestArticles", "labels", "received"]) {
      expect(await statementOf("Person", name, many)).toBe(
        await statementOf("Person", name, people),
      );
    }
  });

  test("an owner without a key, or none at all, sends nothing", async () => {
    const nobody = [{ id: 1, mentorId: null }];
    expect(await statementOf("Person", "mentor", nobody)).toBe("");
    expect(await statementOf("Person", "articles", [])).toBe("");
  });
});
