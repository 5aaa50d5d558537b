/** baked-orm on the server. The browser's part is baked-orm/frontend. */
export type { Temporal } from "temporal-polyfill";
export {
  type BakedConfig,
  type DatabaseConfig,
  defineConfig,
  type ResolvedConfig,
} from "./connection/config";
export { type ConnectOptions, connect, disconnect, openDatabase } from "./connection/connect";
export {
  afterCommit,
  afterRollback,
  Database,
  type DatabaseOptions,
  isInTransaction,
  transaction,
} from "./connection/database";
export type { QueryLogEntry, QueryLogger } from "./connection/execute";
export type { IsolationLevel, TransactionOptions } from "./connection/transaction";
export * from "./errors";
export type { Migration } from "./migrate/files";
export * from "./model/associations/define";
export type * from "./model/attributes";
export type * from "./model/declarations";
export * from "./model/model";
export type { Permit, PermittedAttributes, PermittedName } from "./model/permit";
export { registerModels } from "./model/registry";
export type { UpsertOptions } from "./model/statics";
export type * from "./model/types";
export * from "./plugin";
export * from "./plugins";
export type { ConflictOption, ConflictTarget } from "./query/conflict";
export type { InsertOptions } from "./query/insert";
export { op } from "./query/operators";
export { type QueryOptions, query } from "./query/sql-query";
export type {
  Attributes,
  ColumnName,
  IncludePath,
  Loaded,
  Order,
  OrderDirection,
  PlainConditions,
  Where,
  Where as WhereConditions,
  WhereOperators,
  WhereValue,
  With,
} from "./query/types";
export { ValidationError, ValidationErrors } from "./record/errors";
export type { Serialized } from "./record/payload";
export type {
  CustomValidation,
  ValidationConfig,
  ValidationContext,
  ValidationRule,
  ValidatorOptions,
} from "./record/rules";
export { type SerializeInclude, type SerializeOptions, serialize } from "./record/serialize";
export { Snapshot } from "./record/snapshot";
export { validate, validates } from "./record/validation";
export { defineValidator } from "./record/validators";
export type { InsertOf, UpdateOf } from "./schema/shapes";
export type {
  CheckDefinition,
  ColumnDefinition,
  ColumnType,
  ForeignKeyDefinition,
  IndexDefinition,
  SchemaDefinition,
  TableDefinition,
} from "./schema/table";
export { SUBQUERY, type SubqueryDescriptor } from "./sql/operand";
export { type SqlFragment, sql, type TypedSql } from "./sql/raw";
export type * from "./sql/results";
