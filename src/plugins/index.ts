/** The built-in plugins; importing this file registers them, in this order. */
import "./soft-delete";
import "./locking";
import "./recursive-cte";
import "./batches";
import "./aggregates";

export type * from "./aggregate-types";
export type { BatchOptions, BatchQuery } from "./batches";
export type { LockMode } from "./locking";
export type { RecursiveOptions, TraversalOptions, Traversed, TreeOptions } from "./recursive-cte";
