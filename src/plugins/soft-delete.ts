/** Soft deletion, opt-in by `static softDelete = true`: discarded rows stay, and queries say which they want. */
import {
  type AnyQuery,
  type ClassOf,
  ConfigurationError,
  definePlugin,
  type ModelClass,
  modelOf,
  type PluginRecord,
  type QueryBuilder,
  requireClean,
  sql,
  updateColumns,
  updateRows,
  withCallbacks,
} from "../plugin";

declare module "../plugin" {
  interface QueryBuilder<Row> {
    /** Rows that are not discarded. */
    kept(): this;
    /** Only rows that are discarded. */
    discarded(): this;
    /** Discards every row of the query in one statement, without callbacks; gives their number. */
    discardAll(): Promise<number>;
    /** Takes the discarding of every row of the query back, without callbacks; gives their number. */
    undiscardAll(): Promise<number>;
  }
  interface BaseModel {
    /** Whether discard() was called on the record's row. */
    readonly isDiscarded: boolean;
    readonly isKept: boolean;
    /**
     * Marks the row as discarded, between beforeDiscard and afterDiscard; validations do not run.
     * Throws QueryError for a new record or unsaved changes, RecordNotFoundError when the row is gone.
     */
    discard(): Promise<void>;
    /** Takes discard() back, between beforeUndiscard and afterUndiscard. */
    undiscard(): Promise<void>;
  }
  interface ModelStatic<Row> {
    kept<Record>(this: ClassOf<Record>): QueryBuilder<Record>;
    discarded<Record>(this: ClassOf<Record>): QueryBuilder<Record>;
  }
  interface ModelClass<Row> {
    /** Whether records of this model can be discarded. */
    readonly softDelete?: boolean;
  }
  interface CallbackHooks {
    beforeDiscard: true;
    afterDiscard: true;
    beforeUndiscard: true;
    afterUndiscard: true;
  }
}

const COLUMN = "discardedAt";

/** The model must have opted in, and its table must have the column. */
function requireEnabled(model: ModelClass | undefined, refusal: string): void {
  if (model?.softDelete !== true) throw new ConfigurationError(refusal);
  requireColumn(model.tableDefinition, "softDelete is enabled but");
}

function requireColumn(table: ModelClass["tableDefinition"], lead: string): void {
  if (Object.hasOwn(table.columns, COLUMN)) return;
  throw new ConfigurationError(
    `${lead} table "${table.tableName}" does not have a "discarded_at" column. Run: bun bake db generate soft_delete_${table.tableName}`,
  );
}

function scoped(
  query: QueryBuilder<PluginRecord>,
  verb: "kept" | "discarded",
  place: string,
): QueryBuilder<PluginRecord> {
  const model = modelOf(query);
  const name = model?.name ?? query.state.source.name;
  requireEnabled(model, `Cannot call ${verb}() on ${place.replace("X", name)}`);
  const conditions = verb === "kept" ? { [COLUMN]: null } : { [COLUMN]: { ne: null } };
  return query.where(conditions);
}

async function mark(record: object, verb: "discard" | "undiscard"): Promise<void> {
  const model = modelOf(record);
  requireEnabled(model, `Cannot ${verb} ${model?.name}: softDelete is not enabled on this model`);
  const hooks =
    verb === "discard"
      ? (["beforeDiscard", "afterDiscard"] as const)
      : (["beforeUndiscard", "afterUndiscard"] as const);
  const value = verb === "discard" ? sql`now()` : null;
  requireClean(record, verb);
  await withCallbacks(record, hooks, () => updateColumns(record, { [COLUMN]: value }, verb));
}

async function markAll(query: AnyQuery, verb: "discardAll" | "undiscardAll"): Promise<number> {
  requireColumn(query.state.source.table, `Cannot call ${verb}():`);
  return updateRows(query, { [COLUMN]: verb === "discardAll" ? sql`now()` : null }, verb);
}

const ON_QUERY = "a query builder for X: softDelete is not enabled";
const ON_MODEL = "X: softDelete is not enabled on this model";

definePlugin({
  name: "soft-delete",
  options: { softDelete: false },
  callbacks: ["beforeDiscard", "afterDiscard", "beforeUndiscard", "afterUndiscard"],
  queryBuilder: {
    kept() {
      return scoped(this, "kept", ON_QUERY);
    },
    discarded() {
      return scoped(this, "discarded", ON_QUERY);
    },
    discardAll() {
      return markAll(this, "discardAll");
    },
    undiscardAll() {
      return markAll(this, "undiscardAll");
    },
  },
  static: {
    kept() {
      return scoped(this.all(), "kept", ON_MODEL);
    },
    discarded() {
      return scoped(this.all(), "discarded", ON_MODEL);
    },
  },
  instance: {
    isDiscarded: {
      get() {
        return this[COLUMN] != null;
      },
    },
    isKept: {
      get() {
        return this[COLUMN] == null;
      },
    },
    discard() {
      return mark(this, "discard");
    },
    undiscard() {
      return mark(this, "undiscard");
    },
  },
});
