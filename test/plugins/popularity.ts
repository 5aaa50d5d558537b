/** A plugin as an application would write it, from src/plugins/README.md alone: what is read most. */
import {
  type AggregateOutput,
  aggregateRows,
  ast,
  columnOf,
  definePlugin,
  type Expression,
  modelOf,
  QueryError,
  requireClean,
  sql,
  updateColumns,
  withCallbacks,
} from "baked-orm";

declare module "baked-orm" {
  interface QueryBuilder<Row> {
    /** Rows with at least so many views, the most viewed first. */
    popular(least: number): this;
    /** The share of the rows that have at least so many views, from 0 to 1; null for no rows. */
    popularShare(least: number): Promise<number | null>;
  }
  interface GroupedQueryBuilder<Row, Keys> {
    popularShare(least: number): Promise<(Keys & { share: number | null })[]>;
  }
  interface BaseModel {
    /** Counts one view, between beforeView and afterView. */
    view(): Promise<void>;
    /** A mark for the reader: what was set, else made from the views. */
    heat: string;
  }
  interface ModelClass<Row> {
    /** Whether records count their views. */
    readonly countsViews?: boolean;
  }
  interface CallbackHooks {
    beforeView: true;
    afterView: true;
  }
}

const marks = new WeakMap<object, string>();

definePlugin({
  name: "popularity",
  options: { countsViews: false },
  appliesTo: (model) => model.countsViews === true,
  callbacks: ["beforeView", "afterView"],
  queryBuilder: {
    popular(least: number) {
      const { node, definition } = columnOf(this, "popular()", "views");
      return this.with((select) => ({
        ...select,
        where: [...select.where, ast.compare(node, ">=", ast.parameter(least, definition))],
        orderBy: [...select.orderBy, ast.orderBy(node, "DESC")],
      }));
    },
    async popularShare(least: number) {
      const { node } = columnOf(this, "popularShare()", "views");
      const expression: Expression = {
        kind: "raw",
        pieces: ["avg(CASE WHEN ", node, " >= ", ast.parameter(least), "::int THEN 1 ELSE 0 END)"],
      };
      const output: AggregateOutput = { alias: "share", expression, read: Number };
      const rows = await aggregateRows(this.state, "popularShare", [output]);
      return this.state.statement.groupBy.length > 0 ? rows : (rows[0]?.share ?? null);
    },
  },
  instance: {
    async view() {
      requireClean(this, "view");
      await withCallbacks(this, ["beforeView", "afterView"], () =>
        updateColumns(this, { views: sql`views + 1` }, "view"),
      );
    },
  },
  virtuals: () => ({
    heat: {
      get() {
        return marks.get(this) ?? (Number(this.views) > 2 ? "hot" : "cold");
      },
      set(value: string) {
        marks.set(this, value);
      },
    },
  }),
  guard(statement, context) {
    if (statement.kind !== "update" || context.terminal !== "updateAll") return;
    if (statement.set.some(({ column }) => column === "views")) {
      throw new QueryError(`Views of ${modelOf(context)?.name} are counted, not set.`);
    }
  },
});
