/** `serialize`: which fields, which associations, which methods leave a record. Browser-safe. */
import { BakedError, ConfigurationError, didYouMean, UnknownAttributeError } from "../errors";
import type { TableDefinition } from "../schema/table";
import { valueTypeOf } from "../schema/values";
import { defineRecord } from "./define";
import { DEFINITION, isRecord, type RecordDefinition } from "./definition";
import { freeJSON, recordJSON } from "./json";
import { fieldsOf, recordShape } from "./shape";
import { lineage } from "./typename";

/** Associations to include: dotted paths, or options by name. */
export type SerializeInclude =
  | readonly string[]
  | { readonly [association: string]: SerializeOptions | true };

/** What to write of a record; `only` wins over `except`, sensitive fields win over both. */
export interface SerializeOptions {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
  readonly include?: SerializeInclude;
  /** Methods without parameters, declared on your own classes. */
  readonly methods?: readonly string[];
}

/** `["posts", "posts.comments"]` -> `{ posts: { include: ["comments"] } }` */
function includeTree(include: SerializeInclude): [name: string, options: SerializeOptions][] {
  if (!Array.isArray(include)) {
    return Object.entries(include).map(([name, options]) => [
      name,
      options === true ? {} : options,
    ]);
  }
  const tree = new Map<string, string[]>();
  for (const path of include) {
    const [name = "", ...tail] = String(path).split(".");
    const below = tree.get(name) ?? [];
    if (tail.length > 0) below.push(tail.join("."));
    tree.set(name, below);
  }
  return [...tree].map(([name, below]) => [name, { include: below }]);
}

/** A method or getter that the user's classes declare; the library's own members are never called. */
function callOwn(record: object, definition: RecordDefinition, name: string): unknown {
  const { base, modelClass } = definition;
  const own = lineage(Object.getPrototypeOf(record), base);
  const declared = own.some(
    (prototype) => name !== "constructor" && Object.hasOwn(prototype, name),
  );
  if (!declared && !Object.hasOwn(record, name)) {
    const names = own.flatMap((prototype) => Object.getOwnPropertyNames(prototype));
    throw new UnknownAttributeError(
      `serialize() cannot call "${name}": ${modelClass.name} does not declare such a method.${didYouMean(
        name,
        names.filter((candidate) => candidate !== "constructor"),
      )}`,
    );
  }
  const member = fieldsOf(record)[name];
  return typeof member === "function" ? member.call(record) : member;
}

function write(
  record: object,
  definition: RecordDefinition,
  options: SerializeOptions,
  later: Promise<unknown>[] | undefined,
): Record<string, unknown> {
  const { only, except, include = [], methods = [] } = options;
  const { modelClass, associations, sensitive } = definition;
  if (!(modelClass.typename ?? modelClass.name)) {
    throw new ConfigurationError(
      "A class without a name cannot be serialized: give it a typename.",
    );
  }
  const json = recordJSON(record, definition, (name) =>
    only ? only.includes(name) : !except?.includes(name),
  );
  for (const name of methods) {
    if (sensitive.has(name)) continue;
    const value = callOwn(record, definition, name);
    json[name] = freeJSON(value);
    if (typeof Object(value).then !== "function") continue;
    const promise = Promise.resolve(value);
    if (!later) {
      promise.catch(() => {});
      throw new BakedError(`${modelClass.name}.${name}() is asynchronous.`, {
        hint: "Use `await record.serializeAsync(options)`.",
      });
    }
    later.push(
      promise.then((result) => {
        json[name] = freeJSON(result);
      }),
    );
  }
  const nested = (value: unknown, below: SerializeOptions): unknown => {
    if (Array.isArray(value)) return value.map((item) => nested(item, below));
    return isRecord(value) ? write(value, value[DEFINITION], below, later) : freeJSON(value);
  };
  for (const [name, below] of includeTree(include)) {
    if (sensitive.has(name)) continue;
    if (!associations.has(name)) {
      throw new UnknownAttributeError(
        `serialize() received unknown association "${name}" of ${modelClass.name}.${didYouMean(name, associations)}`,
      );
    }
    const value = fieldsOf(record)[name];
    if (value !== undefined) json[name] = nested(value, below);
  }
  return json;
}

/**
 * Writes a record as JSON with the given fields, methods and loaded associations; unloaded ones are left out.
 *
 * @throws UnknownAttributeError for an association or method that the class does not declare
 * @throws BakedError when a method is asynchronous
 * @throws ConfigurationError when the class has no name
 */
export function serializeRecord(
  record: object,
  definition: RecordDefinition,
  options: SerializeOptions = {},
): Record<string, unknown> {
  return write(record, definition, options, undefined);
}

/** As `serializeRecord`, and waits for methods that are asynchronous, nested ones too. */
export async function serializeRecordAsync(
  record: object,
  definition: RecordDefinition,
  options: SerializeOptions = {},
): Promise<Record<string, unknown>> {
  const later: Promise<unknown>[] = [];
  let json: Record<string, unknown>;
  try {
    json = write(record, definition, options, later);
  } finally {
    // The first failure is reported below; the others must not go unhandled.
    for (const promise of later) promise.catch(() => {});
  }
  await Promise.all(later);
  return json;
}

/**
 * Writes any object that holds the columns of a table as JSON.
 *
 * @param instance a record, or a plain object
 * @param table whose columns to write; a record brings its own
 * @param options which fields and associations
 * @example
 * serialize(user, users, { only: ["id", "name"] }); // { __typename: "User", id, name }
 */
export function serialize(
  instance: object,
  table: TableDefinition,
  options: SerializeOptions = {},
): Record<string, unknown> {
  if (isRecord(instance)) return serializeRecord(instance, instance[DEFINITION], options);
  const modelClass = typeof instance.constructor === "function" ? instance.constructor : Object;
  const definition = defineRecord({
    modelClass,
    shape: recordShape(table, (column) =>
      valueTypeOf(column, { temporal: column.temporal ?? false }),
    ),
    base: Object.prototype,
    associations: Object.keys(instance).filter((name) =>
      isRecord([fieldsOf(instance)[name]].flat()[0]),
    ),
  });
  return serializeRecord(instance, definition, options);
}
