/**
 * What may be read, inserted and updated, derived from a table constant by types alone.
 * A table typed only as `TableDefinition<Row>` tells no column facts: there everything is optional.
 */

type TableShape = {
  readonly columns: object;
  readonly rowClass: abstract new () => unknown;
};

/** The server decides the value: a given one is refused. */
type ServerOnly =
  | { readonly generated: string }
  | { readonly identity: "always" }
  | { readonly readOnly: true };

/** The server has no value when none is given. Asked for, not against: the checker is done sooner with a "no". */
interface Demanded {
  readonly nullable: false;
  readonly default?: never;
  readonly identity?: never;
  readonly generated?: never;
  readonly readOnly?: never;
}

/** What a column has that may be written: one look at all columns tells that there is none of the others. */
interface Writable {
  readonly columnName: string;
  readonly generated?: never;
  readonly identity?: "by default";
  readonly readOnly?: never;
}

type WritableNames<Columns> =
  Columns extends Readonly<Record<string, Writable>>
    ? keyof Columns
    : { [Name in keyof Columns]: Columns[Name] extends ServerOnly ? never : Name }[keyof Columns];

// Not one type with the other as parameter: it would be instantiated for each column.
type RequiredNames<Columns> = {
  [Name in keyof Columns]: Columns[Name] extends Demanded ? Name : never;
}[keyof Columns];

/** Of the columns of a table those that may be written; any name when the facts are unknown. */
export type WritableOf<Columns> = string extends keyof Columns ? string : WritableNames<Columns>;

/** Of the columns of a table those that an INSERT must give; none when the facts are unknown. */
export type RequiredOf<Columns> = string extends keyof Columns ? never : RequiredNames<Columns>;

/** Attribute names of the columns that may be written; every key of the row when the facts are unknown. */
export type WritableColumns<T extends TableShape> = string extends keyof T["columns"]
  ? keyof RowOf<T>
  : WritableNames<T["columns"]>;

/** Attribute names that an INSERT must give: NOT NULL, no default, not filled by the server. */
export type RequiredColumns<T extends TableShape> = RequiredOf<T["columns"]>;

/**
 * The row class instance of a table.
 * @example type User = RowOf<typeof users>;
 */
export type RowOf<T> = T extends { readonly rowClass: abstract new () => infer Row } ? Row : never;

/**
 * What an INSERT takes: required columns required, others optional, generated ones absent.
 * @example const row: InsertOf<typeof users> = { email: "ann@example.com" };
 */
export type InsertOf<T extends TableShape> = {
  [K in RequiredColumns<T> & keyof RowOf<T>]: RowOf<T>[K];
} & {
  [K in Exclude<WritableColumns<T>, RequiredColumns<T>> & keyof RowOf<T>]?: RowOf<T>[K] | undefined;
};

/**
 * What an UPDATE takes: any writable column.
 * @example const changes: UpdateOf<typeof users> = { name: "Ann" };
 */
export type UpdateOf<T extends TableShape> = {
  [K in WritableColumns<T> & keyof RowOf<T>]?: RowOf<T>[K] | undefined;
};
