/** What a validation found: messages by attribute, and the error that carries them. Browser-safe. */
import { BakedError, type BakedErrorOptions, describe, HydrationError } from "../errors";
import { isObject } from "../schema/deep";

/** `createdAt` -> "Created at", `posts[0].title` -> "Posts[0] title". */
export function humanize(attribute: string): string {
  const words = attribute.replace(/[._]|([a-z\d])(?=[A-Z])/g, "$1 ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Messages by attribute, in the order they were added; `base` is for the record as a whole.
 *
 * @example
 * user.errors.get("email");        // ["is not a valid email address"]
 * user.errors.fullMessages();      // ["Email is not a valid email address"]
 */
export class ValidationErrors {
  #messages = new Map<string, string[]>();

  /**
   * Reads back what `toJSON` of `ValidationErrors` or of a `ValidationError` wrote.
   *
   * @throws HydrationError when the JSON is neither
   */
  static fromJSON(json: unknown): ValidationErrors {
    const errors = new ValidationErrors();
    errors.merge([Object(json).errors, json].find(isObject) ?? { base: null });
    return errors;
  }

  /**
   * Adds messages by attribute.
   *
   * @throws HydrationError when one is no text
   */
  merge(messages: object): void {
    for (const [field, texts] of Object.entries(messages)) {
      for (const text of [texts].flat()) {
        if (typeof text !== "string") {
          throw new HydrationError(`Expected validation errors as JSON, got ${describe(text)}.`);
        }
        this.add(field, text);
      }
    }
  }

  /** Adds a message to an attribute, or to `base`. */
  add(field: string, message: string): void {
    this.#messages.set(field, [...this.get(field), message]);
  }

  /** The messages of an attribute; none is an empty array. */
  get(field: string): string[] {
    return [...(this.#messages.get(field) ?? [])];
  }

  /** Whether the attribute has a message. */
  has(field: string): boolean {
    return this.#messages.has(field);
  }

  /** Whether there is no message at all. */
  get isEmpty(): boolean {
    return !this.size;
  }

  /** The number of attributes with a message. */
  get size(): number {
    return this.#messages.size;
  }

  /** All messages, each with the name of its attribute in front. */
  fullMessages(): string[] {
    return [...this.#messages.keys()].flatMap((field) => this.fullMessagesFor(field));
  }

  /** The full messages of one attribute. */
  fullMessagesFor(field: string): string[] {
    const name = field === "base" ? "" : `${humanize(field)} `;
    return this.get(field).map((message) => name + message);
  }

  /** `{ email: ["is not a valid email address"] }` */
  toJSON(): Record<string, string[]> {
    return Object.fromEntries(this);
  }

  [Symbol.iterator](): IterableIterator<[string, string[]]> {
    return this.#messages.entries();
  }
}

/** A record is invalid and was not saved; `errors` says why, attribute by attribute. */
export class ValidationError extends BakedError {
  override readonly code = "VALIDATION";
  override readonly name = "ValidationError";
  readonly modelName: string;
  readonly errors: ValidationErrors;

  /**
   * @param modelName for the message
   * @param errors what the validation found
   * @param options `cause`: the database error behind it
   */
  constructor(modelName: string, errors: ValidationErrors, options: BakedErrorOptions = {}) {
    super(`Validation failed for ${modelName}: ${errors.fullMessages().join(", ")}`, options);
    this.modelName = modelName;
    this.errors = errors;
  }

  /** What a frontend record's `applyErrors` reads; the cause stays on the server. */
  toJSON(): { name: string; message: string; modelName: string; errors: Record<string, string[]> } {
    const { name, modelName, errors, message } = this;
    return { name, message, modelName, errors: errors.toJSON() };
  }
}

/** The errors of a nested record under its path: `mergeErrors(errors, "posts[0]", found)` gives `posts[0].title`. */
export function mergeErrors(
  errors: ValidationErrors,
  path: string,
  nested: ValidationErrors,
): void {
  for (const [field, messages] of nested) {
    for (const message of messages)
      errors.add(field === "base" ? path : `${path}.${field}`, message);
  }
}
