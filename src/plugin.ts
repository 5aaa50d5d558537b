/** What plugins are written with: all that the built-in ones may import, and what the package gives to others. */
export { afterCommit, isInTransaction, transaction } from "./connection/database";
export type { DriverResult } from "./connection/driver";
export {
  ConfigurationError,
  didYouMean,
  PluginError,
  QueryError,
  RecordNotFoundError,
  TransactionError,
} from "./errors";
export type * from "./model/callbacks";
export type * from "./model/class";
export * from "./model/for-plugins";
export * from "./model/model-static";
export {
  definePlugin,
  type ModelPlugin,
  type PluginMembers,
  type PluginRecord,
} from "./model/plugins";
export * from "./model/record";
export type { ClassOf } from "./model/types";
export type { PluginVirtual } from "./model/virtuals";
export {
  type AggregateName,
  type AggregateOptions,
  type AggregateOutput,
  aggregateCall,
  aggregateOutput,
  aggregateRows,
  aggregateType,
} from "./query/aggregate";
export * from "./query/builder";
export { keysCondition } from "./query/find";
export type { GuardContext, StatementContext } from "./query/hooks";
export {
  afterPosition,
  type KeysetColumn,
  keysetColumns,
  keysetItems,
  keysetOrder,
  type Position,
  partsAfter,
  positionOf,
  upToPosition,
} from "./query/keyset";
export { eachRowOnce, repeatsRows } from "./query/once";
export { checkOptions } from "./query/options";
export { recordsOf } from "./query/read";
export type { RowShape, SourceColumn } from "./query/source";
export { aliasOf, keyOf, type QueryState } from "./query/state";
export type * from "./query/types";
export { keysAmong } from "./query/write";
export type { ColumnDefinition, ColumnType, TableDefinition } from "./schema/table";
/** Constructors of SQL nodes: `ast.column("users", "id")`, `ast.equals(left, right)`. */
export * as ast from "./sql/build";
export { recursiveError } from "./sql/check";
export type * from "./sql/nodes";
export { rawNode, SqlFragment, sql } from "./sql/raw";
