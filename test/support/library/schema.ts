// Written by `bake` from the database itself: changes made here are lost.
// Every migration writes it anew; `bun bake db schema` does so at any time.

import type { SchemaDefinition, TableDefinition } from "baked-orm";

// --- Table: addresses ---

export class AddressesRow {
  declare id: number;
  declare city: string;
}

export const addresses = {
  tableName: "addresses",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('addresses_id_seq'::regclass)",
      columnName: "id",
    },
    city: { type: "text", nullable: false, columnName: "city" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: AddressesRow,
} as const satisfies TableDefinition<AddressesRow>;

// --- Table: areas ---

export class AreasRow {
  declare size: string;
  declare name: string;
}

export const areas = {
  tableName: "areas",
  rowTriggers: [],
  columns: {
    size: { type: "numeric", nullable: false, columnName: "size" },
    name: { type: "text", nullable: false, columnName: "name" },
  },
  primaryKey: ["size"],
  indexes: {},
  foreignKeys: {},
  rowClass: AreasRow,
} as const satisfies TableDefinition<AreasRow>;

// --- Table: article_labels ---

export class ArticleLabelsRow {
  declare id: number;
  declare articleId: bigint;
  declare labelId: string;
  declare position: number;
  declare discardedAt: Date | null;
}

export const article_labels = {
  tableName: "article_labels",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('article_labels_id_seq'::regclass)",
      columnName: "id",
    },
    articleId: { type: "bigint", nullable: false, columnName: "article_id" },
    labelId: { type: "uuid", nullable: false, columnName: "label_id" },
    position: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "position",
    },
    discardedAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "discarded_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    article_labels_article_id_fkey: {
      columns: ["articleId"],
      references: { table: "articles", columns: ["id"] },
    },
    article_labels_label_id_fkey: {
      columns: ["labelId"],
      references: { table: "labels", columns: ["id"] },
    },
  },
  rowClass: ArticleLabelsRow,
} as const satisfies TableDefinition<ArticleLabelsRow>;

// --- Table: articles ---

export class ArticlesRow {
  declare id: bigint;
  declare title: string;
  declare personId: number | null;
  declare editorId: number | null;
  declare views: number;
  declare active: boolean;
  declare data: unknown;
  declare discardedAt: Date | null;
  declare updatedAt: Date;
}

export const articles = {
  tableName: "articles",
  rowTriggers: [],
  columns: {
    id: {
      type: "bigint",
      nullable: false,
      default: "nextval('articles_id_seq'::regclass)",
      columnName: "id",
    },
    title: { type: "text", nullable: false, columnName: "title" },
    personId: { type: "integer", nullable: true, columnName: "person_id" },
    editorId: { type: "integer", nullable: true, columnName: "editor_id" },
    views: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "views",
    },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
    data: { type: "json", nullable: true, columnName: "data" },
    discardedAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "discarded_at",
    },
    updatedAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "'2020-01-01 00:00:00+00'::timestamp with time zone",
      columnName: "updated_at",
    },
  },
  primaryKey: ["id"],
  indexes: {
    articles_person_id_idx: { columns: ["person_id"] },
  },
  foreignKeys: {
    articles_editor_id_fkey: {
      columns: ["editorId"],
      references: { table: "people", columns: ["id"] },
    },
    articles_person_id_fkey: {
      columns: ["personId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: ArticlesRow,
} as const satisfies TableDefinition<ArticlesRow>;

// --- Table: badges ---

export class BadgesRow {
  declare id: number;
  declare personId: number | null;
  declare title: string;
  declare weight: number;
}

export const badges = {
  tableName: "badges",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('badges_id_seq'::regclass)",
      columnName: "id",
    },
    personId: { type: "integer", nullable: true, columnName: "person_id" },
    title: { type: "text", nullable: false, columnName: "title" },
    weight: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "weight",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    badges_person_id_fkey: {
      columns: ["personId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: BadgesRow,
} as const satisfies TableDefinition<BadgesRow>;

// --- Table: bookings ---

export class BookingsRow {
  declare id: number;
  declare day: Date;
  declare seatFloor: number | null;
  declare seatNumber: number | null;
}

export const bookings = {
  tableName: "bookings",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('bookings_id_seq'::regclass)",
      columnName: "id",
    },
    day: { type: "date", nullable: false, columnName: "day" },
    seatFloor: { type: "integer", nullable: true, columnName: "seat_floor" },
    seatNumber: { type: "integer", nullable: true, columnName: "seat_number" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    bookings_seat_floor_seat_number_fkey: {
      columns: ["seatFloor", "seatNumber"],
      references: { table: "seats", columns: ["floor", "number"] },
    },
  },
  rowClass: BookingsRow,
} as const satisfies TableDefinition<BookingsRow>;

// --- Table: branches ---

export class BranchesRow {
  declare id: number;
  declare name: string;
  declare companyId: number | null;
  declare addressId: number | null;
  declare statusId: number | null;
}

export const branches = {
  tableName: "branches",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('branches_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    companyId: { type: "integer", nullable: true, columnName: "company_id" },
    addressId: { type: "integer", nullable: true, columnName: "address_id" },
    statusId: { type: "integer", nullable: true, columnName: "status_id" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: BranchesRow,
} as const satisfies TableDefinition<BranchesRow>;

// --- Table: cities ---

export class CitiesRow {
  declare id: number;
  declare name: string;
  declare countryCode: string | null;
  declare area: string | null;
}

export const cities = {
  tableName: "cities",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('cities_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    countryCode: {
      type: "USER-DEFINED",
      pgType: ["public", "citext"],
      nullable: true,
      columnName: "country_code",
    },
    area: { type: "numeric", nullable: true, columnName: "area" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: CitiesRow,
} as const satisfies TableDefinition<CitiesRow>;

// --- Table: companies ---

export class CompaniesRow {
  declare id: number;
  declare name: string;
}

export const companies = {
  tableName: "companies",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('companies_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: CompaniesRow,
} as const satisfies TableDefinition<CompaniesRow>;

// --- Table: countries ---

export class CountriesRow {
  declare code: string;
  declare name: string;
}

export const countries = {
  tableName: "countries",
  rowTriggers: [],
  columns: {
    code: {
      type: "USER-DEFINED",
      pgType: ["public", "citext"],
      nullable: false,
      columnName: "code",
    },
    name: { type: "text", nullable: false, columnName: "name" },
  },
  primaryKey: ["code"],
  indexes: {},
  foreignKeys: {},
  rowClass: CountriesRow,
} as const satisfies TableDefinition<CountriesRow>;

// --- Table: group_people ---

export class GroupPeopleRow {
  declare groupId: number;
  declare personId: number;
}

export const group_people = {
  tableName: "group_people",
  rowTriggers: [],
  columns: {
    groupId: { type: "integer", nullable: false, columnName: "group_id" },
    personId: { type: "integer", nullable: false, columnName: "person_id" },
  },
  primaryKey: ["groupId", "personId"],
  indexes: {},
  foreignKeys: {
    group_people_group_id_fkey: {
      columns: ["groupId"],
      references: { table: "groups", columns: ["id"] },
    },
    group_people_person_id_fkey: {
      columns: ["personId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: GroupPeopleRow,
} as const satisfies TableDefinition<GroupPeopleRow>;

// --- Table: groups ---

export class GroupsRow {
  declare id: number;
  declare name: string;
}

export const groups = {
  tableName: "groups",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('groups_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: GroupsRow,
} as const satisfies TableDefinition<GroupsRow>;

// --- Table: labels ---

export class LabelsRow {
  declare id: string;
  declare name: string;
  declare active: boolean;
}

export const labels = {
  tableName: "labels",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: LabelsRow,
} as const satisfies TableDefinition<LabelsRow>;

// --- Table: notes ---

export class NotesRow {
  declare id: number;
  declare body: string;
  declare articleId: bigint;
  declare rank: number;
}

export const notes = {
  tableName: "notes",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('notes_id_seq'::regclass)",
      columnName: "id",
    },
    body: { type: "text", nullable: false, columnName: "body" },
    articleId: { type: "bigint", nullable: false, columnName: "article_id" },
    rank: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "rank",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    notes_article_id_fkey: {
      columns: ["articleId"],
      references: { table: "articles", columns: ["id"] },
    },
  },
  rowClass: NotesRow,
} as const satisfies TableDefinition<NotesRow>;

// --- Table: passports ---

export class PassportsRow {
  declare id: number;
  declare personId: number | null;
  declare number: string;
}

export const passports = {
  tableName: "passports",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('passports_id_seq'::regclass)",
      columnName: "id",
    },
    personId: { type: "integer", nullable: true, columnName: "person_id" },
    number: { type: "text", nullable: false, columnName: "number" },
  },
  primaryKey: ["id"],
  indexes: {
    passports_person_id_key: {
      columns: ["person_id"],
      unique: true,
      constraint: true,
    },
  },
  foreignKeys: {
    passports_person_id_fkey: {
      columns: ["personId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: PassportsRow,
} as const satisfies TableDefinition<PassportsRow>;

// --- Table: people ---

export class PeopleRow {
  declare id: number;
  declare name: string;
  declare mentorId: number | null;
  declare articlesCount: number;
  declare seenAt: Date | null;
  declare updatedAt: Date;
}

export const people = {
  tableName: "people",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('people_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    mentorId: { type: "integer", nullable: true, columnName: "mentor_id" },
    articlesCount: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "articles_count",
    },
    seenAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "seen_at",
    },
    updatedAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "'2020-01-01 00:00:00+00'::timestamp with time zone",
      columnName: "updated_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    people_mentor_id_fkey: {
      columns: ["mentorId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: PeopleRow,
} as const satisfies TableDefinition<PeopleRow>;

// --- Table: remarks ---

export class RemarksRow {
  declare id: number;
  declare body: string;
  declare subjectType: string | null;
  declare subjectId: string | null;
  declare personId: number | null;
}

export const remarks = {
  tableName: "remarks",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('remarks_id_seq'::regclass)",
      columnName: "id",
    },
    body: { type: "text", nullable: false, columnName: "body" },
    subjectType: { type: "text", nullable: true, columnName: "subject_type" },
    subjectId: { type: "text", nullable: true, columnName: "subject_id" },
    personId: { type: "integer", nullable: true, columnName: "person_id" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    remarks_person_id_fkey: {
      columns: ["personId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: RemarksRow,
} as const satisfies TableDefinition<RemarksRow>;

// --- Table: seats ---

export class SeatsRow {
  declare floor: number;
  declare number: number;
  declare personId: number | null;
}

export const seats = {
  tableName: "seats",
  rowTriggers: [],
  columns: {
    floor: { type: "integer", nullable: false, columnName: "floor" },
    number: { type: "integer", nullable: false, columnName: "number" },
    personId: { type: "integer", nullable: true, columnName: "person_id" },
  },
  primaryKey: ["floor", "number"],
  indexes: {},
  foreignKeys: {
    seats_person_id_fkey: {
      columns: ["personId"],
      references: { table: "people", columns: ["id"] },
    },
  },
  rowClass: SeatsRow,
} as const satisfies TableDefinition<SeatsRow>;

// --- Table: sections ---

export class SectionsRow {
  declare id: number;
  declare name: string;
  declare parentId: number | null;
}

export const sections = {
  tableName: "sections",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('sections_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    parentId: { type: "integer", nullable: true, columnName: "parent_id" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    sections_parent_id_fkey: {
      columns: ["parentId"],
      references: { table: "sections", columns: ["id"] },
    },
  },
  rowClass: SectionsRow,
} as const satisfies TableDefinition<SectionsRow>;

// --- Table: statuses ---

export class StatusesRow {
  declare id: number;
  declare label: string;
}

export const statuses = {
  tableName: "statuses",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('statuses_id_seq'::regclass)",
      columnName: "id",
    },
    label: { type: "text", nullable: false, columnName: "label" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: StatusesRow,
} as const satisfies TableDefinition<StatusesRow>;

// --- Schema ---

const schema = {
  version: "1",
  tables: {
    addresses,
    areas,
    article_labels,
    articles,
    badges,
    bookings,
    branches,
    cities,
    companies,
    countries,
    group_people,
    groups,
    labels,
    notes,
    passports,
    people,
    remarks,
    seats,
    sections,
    statuses,
  },
} as const satisfies SchemaDefinition;

export default schema;
