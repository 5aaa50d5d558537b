/** What query() gives and takes for a type of PostgreSQL: not what models do, who know their columns. Pure. */
import { stringLiteral } from "../introspect/literal";
import type { TypeFacts } from "./catalog";
import { membersOf, type Shape, showShape } from "./shape";

const given: Readonly<Record<string, string>> = {
  int2: "number",
  int4: "number",
  oid: "number",
  xid: "number",
  cid: "number",
  float4: "number",
  float8: "number",
  bool: "boolean",
  date: "Date",
  timestamp: "Date",
  timestamptz: "Date",
  bytea: "Uint8Array",
  json: "unknown",
  jsonb: "unknown",
  void: "null",
};

/** The TypeScript type of a value that is not null. The driver leaves what it does not know as text. */
export function givenType(type: TypeFacts): string {
  if (!type.isArray && type.labels) {
    return type.labels.map(stringLiteral).join(" | ") || "never";
  }
  // Arrays of an application's own types come as PostgreSQL prints them.
  if (!type.isBuiltIn) return "string";
  const item = Object.hasOwn(given, type.name) ? (given[type.name] as string) : "string";
  return type.isArray ? `${item}[]` : item;
}

/** The oid that the driver declares for a value of a shape; 0 where it leaves the type to the server. */
export function declaredType(shape: Shape): number {
  const members = membersOf(shape).filter(({ kind }) => kind !== "null" && kind !== "undefined");
  const is = (kind: Shape["kind"]) => members.every((member) => member.kind === kind);
  if (members.length === 0) return 0;
  if (is("boolean")) return 16;
  if (is("bigint")) return 20;
  if (members.every((member) => member.kind === "object" && isBuffer("Uint8Array", member.name))) {
    return 17;
  }
  if (!is("number")) return 0;
  const literals = members.map((member) => ("literal" in member ? Number(member.literal) : 0));
  if (literals.some((literal) => !Number.isInteger(literal))) return 701;
  return literals.some((literal) => Math.abs(literal) > 2 ** 31 - 1) ? 20 : 23;
}

/** What stands against a declared type for a column; undefined when it tells the truth. */
export function wrongResult(
  type: TypeFacts,
  isSurelyNullable: boolean,
  declared: Shape,
): string | undefined {
  const members = membersOf(declared);
  if (members.some(({ kind }) => kind === "unknown")) return undefined;
  const real = givenType(type);
  const isTold =
    real === "unknown" ||
    members.some((member) => isGiven(real.replace(/\[\]$/, ""), type, member));
  if (!isTold) return `is ${real} (${type.shown}), not ${showShape(declared)}`;
  const left = type.isArray ? [] : labelsLeftOut(type.labels ?? [], members);
  if (left.length > 0) {
    return `may be ${left.map(stringLiteral).join(", ")} (${type.shown}), which ${showShape(declared)} leaves out`;
  }
  if (isSurelyNullable && !members.some(({ kind }) => kind === "null")) {
    return `may be null (${type.shown}), which ${showShape(declared)} leaves out`;
  }
  return undefined;
}

/** Labels of an enum that a union of literals does not have. */
function labelsLeftOut(labels: readonly string[], members: readonly Shape[]): string[] {
  const literals = members.flatMap((member) =>
    member.kind === "string" ? [member.literal ?? null] : [],
  );
  return literals.includes(null) ? [] : labels.filter((label) => !literals.includes(label));
}

function isGiven(item: string, type: TypeFacts, member: Shape): boolean {
  if (type.isArray && type.isBuiltIn) {
    if (member.kind !== "array") return false;
    if (item === "unknown") return true;
    return membersOf(member.element).some((element) => isScalar(item, element));
  }
  return isScalar(type.labels ? "string" : item, member);
}

function isScalar(item: string, member: Shape): boolean {
  if (member.kind === "unknown") return true;
  if (member.kind === "object") return member.name === item || isBuffer(item, member.name);
  return member.kind === item;
}

const isBuffer = (item: string, name: string) =>
  item === "Uint8Array" && (name === "Uint8Array" || name === "Buffer");

const integers = ["int2", "int4", "oid", "xid", "cid"];
const numbers = [...integers, "int8", "float4", "float8", "numeric"];
const texts = ["text", "varchar", "bpchar", "name", "char", "uuid", "xml", "citext"];
const times = ["date", "timestamp", "timestamptz", "time", "timetz", "interval"];

/** What stands against binding a value of a shape; undefined when nothing does, or nothing can be told. */
export function wrongValue(type: TypeFacts, shape: Shape): string | undefined {
  for (const member of membersOf(shape)) {
    const wrong = wrongMember(type, member);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongMember(type: TypeFacts, member: Shape): string | undefined {
  if (member.kind === "unknown" || member.kind === "null") return undefined;
  if (member.kind === "undefined") return "may be undefined, which query() refuses";
  const refused = `is ${showShape(member)}, but the statement takes ${type.shown}`;
  if (type.isArray) {
    if (member.kind !== "array") return refused;
    const item = { ...type, isArray: false, shown: type.shown.replace(/\[\]$/, "") };
    return wrongValue(item, member.element) === undefined ? undefined : refused;
  }
  if (type.labels) {
    if (member.kind !== "string") return refused;
    if (member.literal === undefined || type.labels.includes(String(member.literal))) {
      return undefined;
    }
    return `${refused}, which has ${type.labels.map(stringLiteral).join(", ")}`;
  }
  if (!type.isBuiltIn) return undefined;
  return fits(type.name, member) ? undefined : refused;
}

function fits(name: string, member: Shape): boolean {
  const { kind } = member;
  const literal = "literal" in member ? member.literal : undefined;
  if (numbers.includes(name)) {
    if (kind === "bigint") return true;
    if (kind === "number") {
      const isFraction = typeof literal === "number" && !Number.isInteger(literal);
      return !(isFraction && (integers.includes(name) || name === "int8"));
    }
    // int8 and numeric come as strings, and may go back as they came.
    if (kind !== "string") return false;
    if (literal !== undefined) return literal !== "" && !Number.isNaN(Number(literal));
    return name === "int8" || name === "numeric";
  }
  if (name === "bool") return kind === "boolean";
  if (texts.includes(name)) return kind === "string";
  if (times.includes(name)) return kind === "string" || kind === "object";
  if (name === "json" || name === "jsonb") {
    return kind === "object" || kind === "array" || kind === "string";
  }
  if (name === "bytea") return kind === "object";
  return true;
}
