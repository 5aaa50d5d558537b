/** How a record looks in console.log: its fields, with sensitive ones masked. Browser-safe. */
import type { RecordDefinition } from "./definition";
import { fieldsOf } from "./shape";
import { settableVirtuals } from "./virtuals";

/** The method of this name is what console.log and util.inspect call. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** What stands in the place of a sensitive value. */
const REDACTED = "[REDACTED]";

/**
 * The fields of a record under the name of its class, for a console.
 *
 * @param record the instance; getters of its class are not called
 * @param definition of its class
 */
export function inspectRecord(record: object, definition: RecordDefinition): object {
  const { modelClass, shape, associations, sensitive } = definition;
  const fields = fieldsOf(record);
  // Consoles print the class of the constructor in front: "User { ... }". It must not be a User, for which the
  // console would ask again; util.inspect looks closer, and leaves the name out.
  const shown = fieldsOf(
    Object.create(Object.defineProperty({}, "constructor", { value: modelClass })),
  );
  for (const name of [...shape.names, ...settableVirtuals(record, definition), ...associations]) {
    const value = fields[name];
    if (value === undefined) continue;
    shown[name] = sensitive.has(name) && value !== null ? REDACTED : value;
  }
  return shown;
}
