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

/** The server has a value when none is given. */
type Omissible =
  | ServerOnly
  | { readonly nullable: true }
  | { readonly default: string }
  | { readonly identity: string };

/** Attribute names of the columns that may be written; every key of the row when the facts are unknown. */
export type WritableColumns<T extends TableShape> = string extends keyof T["columns"]
  ? keyof RowOf<T>
  : {
      [K in keyof T["columns"]]: T["columns"][K] extends ServerOnly ? never : K;
    }[keyof T["columns"]];

/** Attribute names that an INSERT must give: NOT NULL, no default, not filled by the server. */
export type RequiredColumns<T extends TableShape> = string extends keyof T["columns"]
  ? never
  : {
      [K in keyof T["columns"]]: T["columns"][K] extends Omissible ? never : K;
    }[keyof T["columns"]];

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
