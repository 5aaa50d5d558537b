/** Messages of PostgreSQL's protocol, as far as describing a statement needs them. Pure. */

export interface Frame {
  readonly type: string;
  readonly body: Buffer;
}

/** Length-prefixed body behind a type letter; none in front of the first messages. */
export function frame(type: string, ...parts: readonly (string | number | Buffer)[]): Buffer {
  const bodies = parts.map((part) => {
    if (typeof part === "number") {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(part);
      return bytes;
    }
    return typeof part === "string" ? Buffer.from(`${part}\0`) : part;
  });
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + bodies.reduce((sum, body) => sum + body.length, 0));
  return Buffer.concat([Buffer.from(type), length, ...bodies]);
}

/** The whole messages at the start of `bytes`, and what is left over. */
export function readFrames(bytes: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let start = 0;
  while (bytes.length - start >= 5) {
    const end = start + 1 + bytes.readInt32BE(start + 1);
    if (end > bytes.length) break;
    frames.push({
      type: String.fromCharCode(bytes[start] ?? 0),
      body: bytes.subarray(start + 5, end),
    });
    start = end;
  }
  return { frames, rest: bytes.subarray(start) };
}

/** A column of a result, from RowDescription. */
export interface DescribedColumn {
  readonly name: string;
  /** The table's oid when the column is taken from it as it is, else 0. */
  readonly table: number;
  readonly attribute: number;
  readonly type: number;
}

export function readColumns(body: Buffer): DescribedColumn[] {
  const columns: DescribedColumn[] = [];
  let at = 2;
  for (let count = body.readInt16BE(0); count > 0; count--) {
    const end = body.indexOf(0, at);
    columns.push({
      name: body.toString("utf8", at, end),
      table: body.readUInt32BE(end + 1),
      attribute: body.readInt16BE(end + 5),
      type: body.readUInt32BE(end + 7),
    });
    at = end + 19;
  }
  return columns;
}

/** The type oids of ParameterDescription. */
export function readParameters(body: Buffer): number[] {
  return Array.from({ length: body.readInt16BE(0) }, (_item, index) =>
    body.readUInt32BE(2 + 4 * index),
  );
}

/** What the server says against a statement; `position` counts characters from 1. */
export interface ServerRefusal {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: number;
}

export function readRefusal(body: Buffer): ServerRefusal {
  const fields = new Map<string, string>();
  for (const field of body.toString("utf8").split("\0")) {
    if (field !== "") fields.set(field.slice(0, 1), field.slice(1));
  }
  const detail = fields.get("D");
  const hint = fields.get("H");
  const position = fields.get("P");
  return {
    code: fields.get("C") ?? "",
    message: fields.get("M") ?? "",
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position: Number(position) }),
  };
}
