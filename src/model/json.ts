/** toJSON() of a model's records: one straight-line function for the columns, made once. */
import type { RecordDefinition } from "../record/definition";
import { serializeRecord } from "../record/serialize";
import { codecOf } from "../schema/codecs";

/** The columns of a record as JSON; undefined when one of them is not there, or cannot be written. */
type ColumnsJSON = (record: object) => Record<string, unknown> | undefined;

interface Writer {
  readonly columns: ColumnsJSON;
  /** How many own fields a record has that holds all columns and nothing else. */
  readonly fields: number;
}

const writers = new WeakMap<RecordDefinition, Writer>();

/**
 * What `serialize()` gives without options. A record that holds its columns and no virtuals takes the short
 * way; any other, and one with a value that cannot be written, the general one.
 */
export function jsonOf(record: object, definition: RecordDefinition): Record<string, unknown> {
  let writer = writers.get(definition);
  if (!writer) {
    writer = compile(definition);
    writers.set(definition, writer);
  }
  const isPlain = Object.keys(record).length === writer.fields && definition.computed.length === 0;
  return (isPlain ? writer.columns(record) : undefined) ?? serializeRecord(record, definition);
}

function compile({ modelClass, shape, sensitive }: RecordDefinition): Writer {
  const names = shape.names.filter((each) => !sensitive.has(each));
  const conversions: unknown[] = [];
  const reads = names.map((each, index) => `const v${index} = record[${JSON.stringify(each)}];`);
  const values = names.map((each, index) => {
    const column = shape.columns[each];
    const convert = conversions.push(shape.types[each]?.toJSON) - 1;
    // In these columns text is JSON as it is.
    const asIs = column && codecOf(column).direct ? `typeof v${index} === "string" || ` : "";
    return `${JSON.stringify(each)}: ${asIs}v${index} === null ? v${index} : c${convert}(v${index}),`;
  });
  const missing = names.map((_each, index) => `v${index} === undefined`);
  const typename = modelClass.typename ?? modelClass.name;
  // Only names of the schema and of the class reach the source text, as JSON strings.
  const make = new Function(
    ...conversions.map((_convert, index) => `c${index}`),
    `return function columnsJSON(record) {
      ${reads.join("\n")}
      if (${missing.join(" || ") || "false"}) return undefined;
      try { return { "__typename": ${JSON.stringify(typename)}, ${values.join("\n")} }; } catch { return undefined; }
    };`,
  );
  // A class without a name is for the general way to refuse.
  return { columns: make(...conversions) as ColumnsJSON, fields: typename ? names.length : -1 };
}
