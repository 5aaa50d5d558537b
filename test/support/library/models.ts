/** Models over the tables for associations, in the README's style. */
import {
  belongsTo,
  hasMany,
  hasManyThrough,
  hasOne,
  hasOneThrough,
  Model,
  registerModels,
} from "../../../src/index";
import {
  addresses,
  areas,
  article_labels as articleLabels,
  articles,
  badges,
  bookings,
  branches,
  cities,
  companies,
  countries,
  group_people as groupPeople,
  groups,
  labels,
  notes,
  passports,
  people,
  remarks,
  seats,
  sections,
  statuses,
} from "./schema";

export class Person extends Model(people, {
  mentor: belongsTo<Person>("Person"),
  students: hasMany<Person>("Person"),
  passport: hasOne<Passport>("Passport"),
  badge: hasOne<Badge>("Badge"),
  badges: hasMany<Badge>("Badge"),
  articles: hasMany<Article>("Article", { foreignKey: "personId" }),
  edited: hasMany<Article>("Article", { inverseOf: "editor" }),
  notes: hasManyThrough<Note>("Note", { through: "articles" }),
  latestNotes: hasManyThrough<Note>("Note", { through: "latestArticles", source: "notes" }),
  labels: hasManyThrough<Label>("Label", { through: "articles" }),
  badgeOwners: hasManyThrough<Person>("Person", { through: "badge", source: "person" }),
  articleRemarks: hasManyThrough<Remark>("Remark", { through: "articles", source: "remarks" }),
  remarks: hasMany<Remark>("Remark"),
  remarkedArticles: hasManyThrough<Article>("Article", {
    through: "remarks",
    source: "subject",
    sourceType: "Article",
  }),
  received: hasMany<Remark>("Remark", { as: "subject" }),
  seats: hasMany<Seat>("Seat"),
  bookings: hasManyThrough<Booking>("Booking", { through: "seats" }),
  memberships: hasMany<GroupPerson>("GroupPerson"),
  groups: hasManyThrough<Group>("Group", { through: "memberships" }),
}) {
  static topBadge = Person.hasOne(() => Badge, {
    defaultScope: (query) => query.order({ weight: "DESC" }),
  });
  declare topBadge: Badge | null;

  static activeArticles = Person.hasMany(() => Article, {
    foreignKey: "personId",
    defaultScope: (query) => query.where({ active: true }).order({ title: "DESC" }),
  });
  declare activeArticles: Article[];

  static latestArticles = Person.hasMany(() => Article, {
    foreignKey: "personId",
    defaultScope: (query) => query.order({ views: "DESC" }).limit(2),
  });
  declare latestArticles: Article[];

  static secondArticle = Person.hasMany(() => Article, {
    foreignKey: "personId",
    defaultScope: (query) => query.order({ id: "ASC" }).limit(1).offset(1),
  });
  declare secondArticle: Article[];

  static titles = Person.hasMany(() => Article, {
    foreignKey: "personId",
    defaultScope: (query) => query.select("title").order({ title: "ASC" }),
  });
  declare titles: Article[];
}

/** A subclass without a table of its own goes by its parent's name in `_type` columns. */
export class Editor extends Person {}

export class Passport extends Model(passports, { person: belongsTo<Person>("Person") }) {}
export class Badge extends Model(badges, { person: belongsTo<Person>("Person") }) {}

export class Article extends Model(articles, {
  author: belongsTo<Person>("Person", { foreignKey: "personId" }),
  editor: belongsTo<Person>("Person"),
  notes: hasMany<Note>("Note"),
  articleLabels: hasMany<ArticleLabel>("ArticleLabel"),
  labels: hasManyThrough<Label>("Label", { through: "articleLabels" }),
  labelsEachTime: hasManyThrough<Label>("Label", {
    through: "articleLabels",
    source: "label",
    distinct: false,
  }),
  authorPassport: hasOneThrough<Passport>("Passport", { through: "author", source: "passport" }),
  authorBadge: hasOneThrough<Badge>("Badge", { through: "author", source: "badge" }),
  remarks: hasMany<Remark>("Remark", { as: "subject" }),
  remark: hasOne<Remark>("Remark", { as: "subject" }),
}) {
  static seenAuthor = Article.belongsTo(() => Person, {
    foreignKey: "personId",
    defaultScope: (query) => query.where({ seenAt: { ne: null } }),
  });
  declare seenAuthor: Person | null;

  static limitedAuthor = Article.belongsTo(() => Person, {
    foreignKey: "personId",
    defaultScope: (query) => query.limit(1),
  });
  declare limitedAuthor: Person | null;

  static activeLabels = Article.hasManyThrough(() => Label, {
    through: "articleLabels",
    source: "label",
    defaultThroughScope: (query) => query.where({ discardedAt: null }),
    defaultScope: (query) => query.where({ active: true }).order({ name: "ASC" }),
  });
  declare activeLabels: Label[];

  static firstLabels = Article.hasManyThrough(() => Label, {
    through: "articleLabels",
    source: "label",
    defaultScope: (query) => query.order({ name: "DESC" }).limit(2),
  });
  declare firstLabels: Label[];
}

export class Note extends Model(notes, {
  article: belongsTo<Article>("Article"),
  author: hasOneThrough<Person>("Person", { through: "article" }),
}) {}
export class Label extends Model(labels, {
  articleLabels: hasMany<ArticleLabel>("ArticleLabel"),
  articles: hasManyThrough<Article>("Article", { through: "articleLabels" }),
  remarks: hasMany<Remark>("Remark", { as: "subject" }),
}) {}
export class ArticleLabel extends Model(articleLabels, {
  article: belongsTo<Article>("Article"),
  label: belongsTo<Label>("Label"),
}) {}
export class Remark extends Model(remarks, {
  subject: belongsTo<Article | Label | Person>({ polymorphic: true }),
  strictSubject: belongsTo<Article>({
    polymorphic: true,
    targets: ["Article"],
    foreignKey: "subjectId",
    foreignType: "subjectType",
  }),
  person: belongsTo<Person>("Person"),
}) {}

export class Company extends Model(companies, { branches: hasMany<Branch>("Branch") }) {}
export class Address extends Model(addresses, { branches: hasMany<Branch>("Branch") }) {}
export class Status extends Model(statuses, { branches: hasMany<Branch>("Branch") }) {}
export class Branch extends Model(branches, {
  company: belongsTo<Company>("Company"),
  address: belongsTo<Address>("Address"),
  status: belongsTo<Status>("Status"),
}) {}

export class Seat extends Model(seats, {
  person: belongsTo<Person>("Person"),
  bookings: hasMany<Booking>("Booking"),
}) {}
export class Booking extends Model(bookings, {
  seat: belongsTo<Seat>("Seat"),
  person: hasOneThrough<Person>("Person", { through: "seat" }),
}) {}

export class Country extends Model(countries, {
  cities: hasMany<City>("City", { foreignKey: "countryCode" }),
}) {}
export class City extends Model(cities, {
  country: belongsTo<Country>("Country", { foreignKey: "countryCode" }),
  areaNamed: belongsTo<Area>("Area", { foreignKey: "area" }),
}) {}
export class Area extends Model(areas, {
  cities: hasMany<City>("City", { foreignKey: "area" }),
}) {}
export class Section extends Model(sections, {
  parent: belongsTo<Section>("Section"),
  children: hasMany<Section>("Section"),
  grandchildren: hasManyThrough<Section>("Section", { through: "children", source: "children" }),
  firstGrandchildren: hasManyThrough<Section>("Section", {
    through: "firstChild",
    source: "firstChild",
  }),
}) {
  static firstChild = Section.hasMany(() => Section, {
    defaultScope: (query) => query.order({ name: "ASC" }).limit(1),
  });
  declare firstChild: Section[];
}
export class Group extends Model(groups, {
  memberships: hasMany<GroupPerson>("GroupPerson"),
  people: hasManyThrough<Person>("Person", { through: "memberships" }),
}) {}
/** `group` is also the name of a static method. */
export class GroupPerson extends Model(groupPeople, {
  group: belongsTo<Group>("Group"),
  person: belongsTo<Person>("Person"),
}) {}

/** By name. */
export const MODELS = {
  Person,
  Passport,
  Badge,
  Article,
  Note,
  Label,
  ArticleLabel,
  Remark,
  Company,
  Address,
  Status,
  Branch,
  Seat,
  Booking,
  Country,
  City,
  Area,
  Section,
  Group,
  GroupPerson,
};

/** The registry is shared by all test files of a process: call it where the names are used. */
export function registerLibrary(): void {
  registerModels(MODELS);
}
