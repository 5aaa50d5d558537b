/** A plugin as an application would write it, from src/plugins/README.md alone: rows of one tenant at a time. */
import {
  type ClassOf,
  type ColumnName,
  columnOf,
  definePlugin,
  type Expression,
  modelOf,
  QueryError,
} from "baked-orm";

declare module "baked-orm" {
  interface QueryBuilder<Row> {
    /** Rows of one tenant. */
    forTenant(tenant: number): this;
  }
  interface GroupedQueryBuilder<Row, Keys> {
    forTenant(tenant: number): this;
  }
  interface ModelStatic<Row> {
    forTenant<Record>(this: ClassOf<Record>, tenant: number): QueryBuilder<Record>;
  }
  interface BaseModel {
    /** Whether the record is of the same tenant as another one. */
    isSiblingOf(other: object): boolean;
    /** "tenant 3"; serialized. */
    readonly tenantLabel: string;
  }
  interface ModelClass<Row> {
    /** The attribute that holds the tenant; every statement must test it. */
    readonly tenantColumn?: string | undefined;
  }
}

function tests(condition: Expression, name: string): boolean {
  switch (condition.kind) {
    case "and":
      return condition.operands.some((operand) => tests(operand, name));
    case "comparison":
      return (
        condition.operator === "=" &&
        condition.left.kind === "column" &&
        condition.left.name === name
      );
    default:
      return false;
  }
}

definePlugin({
  name: "tenancy",
  options: { tenantColumn: undefined },
  appliesTo: (model) => model.tenantColumn !== undefined,
  queryBuilder: {
    forTenant(tenant: number) {
      const name = modelOf(this)?.tenantColumn ?? "";
      // Throws, with the near names, when the option names no column.
      columnOf(this, "forTenant()", name);
      return this.where({ [name as ColumnName<Record<string, unknown>>]: tenant });
    },
  },
  static: {
    forTenant(tenant: number) {
      return this.all().forTenant(tenant);
    },
  },
  instance: {
    isSiblingOf(other: Record<string, unknown>) {
      const name = modelOf(this)?.tenantColumn ?? "";
      return this[name] === other[name];
    },
  },
  virtuals: (model) => ({
    tenantLabel: {
      get() {
        return `tenant ${String(this[model.tenantColumn ?? ""])}`;
      },
    },
  }),
  guard(statement, context) {
    if (statement.kind === "insert") return;
    // A statement about one record names its key.
    const names = [modelOf(context)?.tenantColumn ?? "", ...context.source.table.primaryKey];
    const columns = names.flatMap((name) => context.source.columns.get(name)?.node.name ?? []);
    const inner = statement.kind === "select" && statement.from?.kind === "derived";
    const where =
      inner && statement.from.query.kind === "select"
        ? statement.from.query.where
        : "where" in statement
          ? statement.where
          : [];
    if (where.some((condition) => columns.some((name) => tests(condition, name)))) return;
    throw new QueryError(
      `${context.source.name}.${context.terminal}() is for no tenant: call forTenant() first.`,
    );
  },
});
