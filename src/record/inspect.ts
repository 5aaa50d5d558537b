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
  // An object whose class has the right name: consoles print "User { ... }".
  class Shown {}
  Object.defineProperty(Shown, "name", { value: modelClass.name });
  const shown = fieldsOf(new Shown());
  for (const name of [...shape.names, ...settableVirtuals(record, definition), ...associations]) {
    const value = fields[name];
    if (value === undefined) continue;
    shown[name] = sensitive.has(name) && value !== null ? REDACTED : value;
  }
  return shown;
}
