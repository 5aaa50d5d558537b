/**
 * What each association means, in SQL written by hand: the target's row numbers for one owner, whose columns
 * stand as "owner". `order` is what the association itself promises; where it is missing, any order will do.
 */
export interface Meaning {
  readonly owner: string;
  readonly name: string;
  readonly target: string;
  /** SELECT of the target's rows as `t`. */
  readonly from: string;
  readonly order?: string;
  readonly limit?: string;
  /** Only the first. */
  readonly isOne?: true;
  /** The oracle for includes({ scope: false }): the same without the default scope. */
  readonly bare?: string;
}

const firstOf = (table: string, order: string) =>
  `${table} t WHERE t.id = (SELECT id FROM ${table} x WHERE x.person_id = owner.id ORDER BY ${order} LIMIT 1)`;
const latestArticles = (owner: string) =>
  `(SELECT * FROM articles x WHERE x.person_id = ${owner}.id ORDER BY views DESC, id LIMIT 2)`;

export const MEANINGS: readonly Meaning[] = [
  {
    owner: "Person",
    name: "mentor",
    target: "Person",
    from: "people t WHERE t.id = owner.mentor_id",
    isOne: true,
  },
  {
    owner: "Person",
    name: "students",
    target: "Person",
    from: "people t WHERE t.mentor_id = owner.id",
  },
  {
    owner: "Person",
    name: "passport",
    target: "Passport",
    from: "passports t WHERE t.person_id = owner.id",
    isOne: true,
  },
  { owner: "Person", name: "badge", target: "Badge", from: firstOf("badges", "id"), isOne: true },
  {
    owner: "Person",
    name: "topBadge",
    target: "Badge",
    from: firstOf("badges", "weight DESC, id"),
    isOne: true,
    bare: firstOf("badges", "id"),
  },
  {
    owner: "Person",
    name: "badges",
    target: "Badge",
    from: "badges t WHERE t.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "articles",
    target: "Article",
    from: "articles t WHERE t.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "edited",
    target: "Article",
    from: "articles t WHERE t.editor_id = owner.id",
  },
  {
    owner: "Person",
    name: "activeArticles",
    target: "Article",
    from: "articles t WHERE t.person_id = owner.id AND t.active",
    order: "t.title DESC",
    bare: "articles t WHERE t.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "latestArticles",
    target: "Article",
    from: "articles t WHERE t.person_id = owner.id",
    order: "t.views DESC, t.id",
    limit: "LIMIT 2",
    bare: "articles t WHERE t.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "secondArticle",
    target: "Article",
    from: "articles t WHERE t.person_id = owner.id",
    order: "t.id",
    limit: "LIMIT 1 OFFSET 1",
    bare: "articles t WHERE t.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "notes",
    target: "Note",
    from: "notes t WHERE t.article_id IN (SELECT id FROM articles WHERE person_id = owner.id)",
  },
  {
    owner: "Person",
    name: "latestNotes",
    target: "Note",
    from: `notes t WHERE t.article_id IN (SELECT id FROM ${latestArticles("owner")} a)`,
  },
  {
    owner: "Person",
    name: "labels",
    target: "Label",
    from: "labels t WHERE t.id IN (SELECT label_id FROM article_labels WHERE article_id IN (SELECT id FROM articles WHERE person_id = owner.id))",
  },
  {
    owner: "Person",
    name: "badgeOwners",
    target: "Person",
    from: "people t WHERE t.id = owner.id AND EXISTS (SELECT 1 FROM badges WHERE person_id = owner.id)",
  },
  {
    owner: "Person",
    name: "articleRemarks",
    target: "Remark",
    from: "remarks t WHERE t.subject_type = 'Article' AND t.subject_id IN (SELECT id::text FROM articles WHERE person_id = owner.id)",
  },
  {
    owner: "Person",
    name: "remarks",
    target: "Remark",
    from: "remarks t WHERE t.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "remarkedArticles",
    target: "Article",
    from: "articles t WHERE t.id::text IN (SELECT subject_id FROM remarks WHERE subject_type = 'Article' AND person_id = owner.id)",
  },
  {
    owner: "Person",
    name: "received",
    target: "Remark",
    from: "remarks t WHERE t.subject_type = 'Person' AND t.subject_id = owner.id::text",
  },
  { owner: "Person", name: "seats", target: "Seat", from: "seats t WHERE t.person_id = owner.id" },
  {
    owner: "Person",
    name: "bookings",
    target: "Booking",
    from: "bookings t JOIN seats s ON (t.seat_floor, t.seat_number) = (s.floor, s.number) WHERE s.person_id = owner.id",
  },
  {
    owner: "Person",
    name: "groups",
    target: "Group",
    from: "groups t WHERE t.id IN (SELECT group_id FROM group_people WHERE person_id = owner.id)",
  },
  {
    owner: "Article",
    name: "author",
    target: "Person",
    from: "people t WHERE t.id = owner.person_id",
    isOne: true,
  },
  {
    owner: "Article",
    name: "editor",
    target: "Person",
    from: "people t WHERE t.id = owner.editor_id",
    isOne: true,
  },
  {
    owner: "Article",
    name: "seenAuthor",
    target: "Person",
    from: "people t WHERE t.id = owner.person_id AND t.seen_at IS NOT NULL",
    isOne: true,
    bare: "people t WHERE t.id = owner.person_id",
  },
  {
    owner: "Article",
    name: "limitedAuthor",
    target: "Person",
    from: "people t WHERE t.id = owner.person_id",
    isOne: true,
    bare: "people t WHERE t.id = owner.person_id",
  },
  {
    owner: "Article",
    name: "notes",
    target: "Note",
    from: "notes t WHERE t.article_id = owner.id",
  },
  {
    owner: "Article",
    name: "labels",
    target: "Label",
    from: "labels t WHERE t.id IN (SELECT label_id FROM article_labels WHERE article_id = owner.id)",
  },
  {
    owner: "Article",
    name: "labelsEachTime",
    target: "Label",
    from: "labels t JOIN article_labels j ON j.label_id = t.id WHERE j.article_id = owner.id",
  },
  {
    owner: "Article",
    name: "activeLabels",
    target: "Label",
    from: "labels t WHERE t.active AND t.id IN (SELECT label_id FROM article_labels WHERE article_id = owner.id AND discarded_at IS NULL)",
    order: "t.name",
    bare: "labels t WHERE t.id IN (SELECT label_id FROM article_labels WHERE article_id = owner.id AND discarded_at IS NULL)",
  },
  {
    owner: "Article",
    name: "firstLabels",
    target: "Label",
    from: "labels t WHERE t.id IN (SELECT label_id FROM article_labels WHERE article_id = owner.id)",
    order: "t.name DESC, t.id",
    limit: "LIMIT 2",
    bare: "labels t WHERE t.id IN (SELECT label_id FROM article_labels WHERE article_id = owner.id)",
  },
  {
    owner: "Article",
    name: "authorPassport",
    target: "Passport",
    from: "passports t WHERE t.person_id = owner.person_id",
    isOne: true,
  },
  {
    owner: "Article",
    name: "authorBadge",
    target: "Badge",
    from: "badges t WHERE t.id = (SELECT min(id) FROM badges WHERE person_id = owner.person_id)",
    isOne: true,
  },
  {
    owner: "Article",
    name: "remarks",
    target: "Remark",
    from: "remarks t WHERE t.subject_type = 'Article' AND t.subject_id = owner.id::text",
  },
  {
    owner: "Article",
    name: "remark",
    target: "Remark",
    from: "remarks t WHERE t.id = (SELECT min(id) FROM remarks WHERE subject_type = 'Article' AND subject_id = owner.id::text)",
    isOne: true,
  },
  {
    owner: "Note",
    name: "article",
    target: "Article",
    from: "articles t WHERE t.id = owner.article_id",
    isOne: true,
  },
  {
    owner: "Note",
    name: "author",
    target: "Person",
    from: "people t WHERE t.id = (SELECT person_id FROM articles WHERE id = owner.article_id)",
    isOne: true,
  },
  {
    owner: "Label",
    name: "articles",
    target: "Article",
    from: "articles t WHERE t.id IN (SELECT article_id FROM article_labels WHERE label_id = owner.id)",
  },
  {
    owner: "Label",
    name: "remarks",
    target: "Remark",
    from: "remarks t WHERE t.subject_type = 'Label' AND t.subject_id = owner.id::text",
  },
  {
    owner: "Remark",
    name: "person",
    target: "Person",
    from: "people t WHERE t.id = owner.person_id",
    isOne: true,
  },
  {
    owner: "Company",
    name: "branches",
    target: "Branch",
    from: "branches t WHERE t.company_id = owner.id",
  },
  {
    owner: "Address",
    name: "branches",
    target: "Branch",
    from: "branches t WHERE t.address_id = owner.id",
  },
  {
    owner: "Status",
    name: "branches",
    target: "Branch",
    from: "branches t WHERE t.status_id = owner.id",
  },
  {
    owner: "Branch",
    name: "company",
    target: "Company",
    from: "companies t WHERE t.id = owner.company_id",
    isOne: true,
  },
  {
    owner: "Branch",
    name: "address",
    target: "Address",
    from: "addresses t WHERE t.id = owner.address_id",
    isOne: true,
  },
  {
    owner: "Branch",
    name: "status",
    target: "Status",
    from: "statuses t WHERE t.id = owner.status_id",
    isOne: true,
  },
  {
    owner: "Seat",
    name: "person",
    target: "Person",
    from: "people t WHERE t.id = owner.person_id",
    isOne: true,
  },
  {
    owner: "Seat",
    name: "bookings",
    target: "Booking",
    from: "bookings t WHERE (t.seat_floor, t.seat_number) = (owner.floor, owner.number)",
  },
  {
    owner: "Booking",
    name: "seat",
    target: "Seat",
    from: "seats t WHERE (t.floor, t.number) = (owner.seat_floor, owner.seat_number)",
    isOne: true,
  },
  {
    owner: "Booking",
    name: "person",
    target: "Person",
    from: "people t WHERE t.id = (SELECT person_id FROM seats s WHERE (s.floor, s.number) = (owner.seat_floor, owner.seat_number))",
    isOne: true,
  },
  {
    owner: "Country",
    name: "cities",
    target: "City",
    from: "cities t WHERE t.country_code = owner.code",
  },
  {
    owner: "City",
    name: "country",
    target: "Country",
    from: "countries t WHERE t.code = owner.country_code",
    isOne: true,
  },
  {
    owner: "City",
    name: "areaNamed",
    target: "Area",
    from: "areas t WHERE t.size = owner.area",
    isOne: true,
  },
  { owner: "Area", name: "cities", target: "City", from: "cities t WHERE t.area = owner.size" },
  {
    owner: "Section",
    name: "parent",
    target: "Section",
    from: "sections t WHERE t.id = owner.parent_id",
    isOne: true,
  },
  {
    owner: "Section",
    name: "children",
    target: "Section",
    from: "sections t WHERE t.parent_id = owner.id",
  },
  {
    owner: "Section",
    name: "firstChild",
    target: "Section",
    from: "sections t WHERE t.parent_id = owner.id",
    order: "t.name, t.id",
    limit: "LIMIT 1",
    bare: "sections t WHERE t.parent_id = owner.id",
  },
  {
    owner: "Section",
    name: "grandchildren",
    target: "Section",
    from: "sections t WHERE t.parent_id IN (SELECT id FROM sections WHERE parent_id = owner.id)",
  },
  {
    owner: "Section",
    name: "firstGrandchildren",
    target: "Section",
    from: "sections t WHERE t.id = (SELECT id FROM sections WHERE parent_id = (SELECT id FROM sections WHERE parent_id = owner.id ORDER BY name, id LIMIT 1) ORDER BY name, id LIMIT 1)",
  },
  {
    owner: "Group",
    name: "people",
    target: "Person",
    from: "people t WHERE t.id IN (SELECT person_id FROM group_people WHERE group_id = owner.id)",
  },
  {
    owner: "GroupPerson",
    name: "group",
    target: "Group",
    from: "groups t WHERE t.id = owner.group_id",
    isOne: true,
  },
];
