/** dup(): a new record with the attributes of another. */

import { fieldsOf } from "../record/shape";
import { settableVirtuals } from "../record/virtuals";
import { isWritable } from "./accept";
import type { ModelInfo } from "./info";
import { lockColumn } from "./persistence";

/** Kept by the database or by saving, so a copy starts without them. */
const times = new Set(["createdAt", "updatedAt"]);

/** Copies what may be written but the key, the timestamps and the lock version; mutable values are copied too. */
export function duplicate(info: ModelInfo, record: object): object {
  const { table, definition } = info;
  const from = fieldsOf(record);
  const copy = new info.modelClass();
  const to = fieldsOf(copy);
  const left = new Set([...table.primaryKey, ...times, lockColumn(info)]);
  for (const name of definition.shape.names) {
    if (left.has(name) || !isWritable(table.columns[name])) continue;
    const value = from[name];
    const type = definition.shape.types[name];
    to[name] = value == null || !type ? value : type.restore(type.snapshot(value));
  }
  for (const name of settableVirtuals(record, definition)) to[name] = from[name];
  return copy;
}
