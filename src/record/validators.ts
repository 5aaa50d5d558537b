/** The built-in validators and the registry that `defineValidator` adds to. Browser-safe. */
import { ConfigurationError } from "../errors";
import { humanize } from "./errors";
import type { RuleOptions, Validator } from "./rules";

type Options = RuleOptions & Record<string, unknown>;

/** Which orders of value and bound (-1, 0, 1) satisfy each bound; its name, humanized, is the message. */
const bounds: Readonly<Record<string, readonly number[]>> = {
  greaterThan: [1],
  greaterThanOrEqualTo: [1, 0],
  lessThan: [-1],
  lessThanOrEqualTo: [-1, 0],
  equalTo: [0],
  otherThan: [1, -1],
};

/** -1, 0 or 1; 2, which satisfies no bound, when the two cannot be compared. */
function order(a: unknown, b: unknown): number {
  // Temporal refuses `<`, and offers compare() on the class instead.
  const compare: unknown = typeof a === "object" && a ? Reflect.get(a.constructor, "compare") : 0;
  if (typeof compare === "function") return Number(compare(a, b));
  const [x, y] = [a, b] as [number, number];
  return x < y ? -1 : x > y ? 1 : x <= y ? 0 : 2;
}

function outOfBounds(value: unknown, record: Record<string, unknown>, options: Options) {
  for (const [name, orders] of Object.entries(bounds)) {
    const given = options[name];
    const bound: unknown = typeof given === "function" ? given(record) : given;
    if (bound != null && !orders.includes(order(value, bound))) {
      return options.message ?? `must be ${humanize(name).toLowerCase()} ${bound}`;
    }
  }
  return undefined;
}

/** Lets null and undefined pass: whether a value is there is the business of `presence`. */
function present(validator: Validator): Validator {
  return (value, record, options, field) =>
    value == null ? undefined : validator(value, record, options, field);
}

/** A validator that is one question and one message. */
function test(message: string, valid: (value: unknown, options: Options) => boolean): Validator {
  return present((value, _record, options) =>
    valid(value, options) ? undefined : (options.message ?? message),
  );
}

const listed = (value: unknown, options: Options) =>
  Array.isArray(options.in) && options.in.includes(value);

function isBlank(value: unknown): boolean {
  return (
    value == null ||
    (typeof value === "string" && !value.trim()) ||
    (Array.isArray(value) && !value.length)
  );
}

/** The value as something to compare with numbers; undefined when it is none. bigint stays exact. */
function toNumber(value: unknown): number | bigint | undefined {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) {
    return value;
  }
  return typeof value === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)
    ? Number(value)
    : undefined;
}

const registry = new Map<string, Validator>(
  Object.entries<Validator>({
    presence: (value, _record, { message }) =>
      isBlank(value) ? (message ?? "can't be blank") : undefined,
    length: present((value, _record, { minimum, maximum, is, message }) => {
      const size = Number(Reflect.get(Object(value), "length") ?? String(value).length);
      const say = (text: string, limit: unknown) => message ?? `is ${text} ${limit} characters)`;
      if (minimum != null && size < Number(minimum)) return say("too short (minimum is", minimum);
      if (maximum != null && size > Number(maximum)) return say("too long (maximum is", maximum);
      if (is != null && size !== Number(is)) return say("the wrong length (should be", is);
      return undefined;
    }),
    numericality: present((value, record, options) => {
      const { message, integer, notANumberMessage, notAnIntegerMessage } = options;
      const number = toNumber(value);
      if (number === undefined) return String(notANumberMessage ?? message ?? "is not a number");
      if (integer && typeof number === "number" && !Number.isInteger(number)) {
        return String(notAnIntegerMessage ?? message ?? "must be an integer");
      }
      return outOfBounds(number, record, options);
    }),
    // search(), unlike test(), keeps no position between calls of a /g pattern.
    format: test("is invalid", (value, { pattern }) =>
      pattern instanceof RegExp && String(value).search(pattern) >= 0),
    inclusion: test("is not included in the list", listed),
    exclusion: test("is reserved", (value, options) => !listed(value, options)),
    email: test("is not a valid email address", (value) =>
      /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(String(value))),
    confirmation: (value, record, options, field) => {
      const name = `${field}Confirmation`;
      return record[name] == null || record[name] === value
        ? undefined
        : { [name]: options.message ?? `doesn't match ${humanize(field)}` };
    },
    acceptance: test("must be accepted", (value, { accept = [true, "1"] }) =>
      listed(value, { in: accept })),
    comparison: present(outOfBounds),
    custom: (value, record, { validate }) =>
      typeof validate === "function" ? validate(value, record) : undefined,
  }),
);

/**
 * Registers a validator for `validates(name)`; a second registration of a name replaces the first.
 *
 * @param name under which rules refer to it
 * @param validator gets the value (null too), the record, the rule's options and the attribute; answers a
 *   message, messages by attribute, or nothing. On the server it may be asynchronous.
 * @example
 * defineValidator("companyEmail", (value, _record, options) =>
 *   String(value).endsWith("@company.com") ? undefined : (options.message ?? "must be a company address"));
 */
export function defineValidator(name: string, validator: Validator): void {
  registry.set(name, validator);
}

/** The validator of that name; throws `ConfigurationError` when there is none. */
export function validatorOf(name: string): Validator {
  const found = registry.get(name);
  if (!found) {
    throw new ConfigurationError(
      `Unknown validator: ${name}. Known are ${[...registry.keys()].join(", ")}.`,
    );
  }
  return found;
}
