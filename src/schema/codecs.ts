/** How the value of a column travels to PostgreSQL and back: text out, the driver's value or text in. Pure. */
import { arrayWire, compositeWire } from "./container-wires";
import { scalarWires, text } from "./scalar-wires";
import type { ColumnDefinition, ColumnType } from "./table";
import { temporalWires } from "./temporal-wires";
import { shortTypeName } from "./types";
import { type ValueType, valueTypeOf } from "./values";
import type { Wire } from "./wire";

/** The conversions of one column: those of its value, and those of the wire. */
export interface Codec extends ValueType {
  /** The value as text for a parameter. Throws QueryError naming the type when it does not fit. Never given null. */
  encode(value: unknown): string;
  /** Whether JSON prints the value as encode() does, so that lists need not be encoded one by one; absent where it never does. */
  readonly printsAsJSON: ((value: unknown) => boolean) | undefined;
  /** A fresh value from what the driver returned, or from PostgreSQL's text form. Never given null. */
  decode(raw: unknown): unknown;
  /** The driver's value is ours as it is: immutable and of the right type. */
  readonly direct: boolean;
  /** The driver gives a Date, and decode() takes its number as well. */
  readonly givesDate: boolean;
  /** The column is selected as text, because the driver's own form loses something or could be mutated. */
  readonly asText: boolean;
}

const codecs = new WeakMap<ColumnType, Codec>();

/** The codec of a column, made once for each column definition. */
export function codecOf(column: ColumnType & Partial<Pick<ColumnDefinition, "temporal">>): Codec {
  const known = codecs.get(column);
  if (known) return known;
  const isTemporal = column.temporal === true;
  const wire = wireOf(column, isTemporal);
  const codec: Codec = {
    ...valueTypeOf(column, { temporal: isTemporal }),
    encode: wire.encode,
    decode: wire.decode,
    printsAsJSON: wire.printsAsJSON,
    direct: wire.direct ?? false,
    givesDate: wire.givesDate ?? false,
    asText: wire.asText ?? false,
    snapshot: wire.encode,
    restore: wire.decode,
  };
  codecs.set(column, codec);
  return codec;
}

function wireOf(column: ColumnType, isTemporal: boolean): Wire {
  const inner = (type: ColumnType) => wireOf(type, isTemporal);
  if (column.element) return arrayWire(column.element, inner(column.element));
  if (column.fields) return compositeWire(column.fields, inner);
  const name = shortTypeName(column.type);
  const moment = isTemporal ? temporalWires[name] : undefined;
  return moment ?? scalarWires[name] ?? text;
}
