/** `useForm(record)`: field props, errors, dirty state and submit for a form that edits a record. */
import { useMemo, useRef, useState } from "react";
import { accept, carriesErrors, inputText, isCheckbox, parseInput } from "../frontend/input";
import type { FrontendBaseModel } from "../frontend/types";
import { useModel } from "./model";
import { observe } from "./observe";

/** Names of a record's own fields. */
type FieldName<Instance> = keyof {
  [Key in keyof Instance as string extends Key ? never : Key]: 1;
} &
  string;

/** What errors can be about: an attribute, the record, or something inside of an attribute. */
type ErrorName<Instance> =
  | FieldName<Instance>
  | "base"
  | `${FieldName<Instance>}${"." | "["}${string}`;

/** Spread it into an `<input>`, `<textarea>` or `<select>`. */
export interface FieldProps {
  name: string;
  type?: "checkbox";
  value?: string;
  checked?: boolean;
  "aria-invalid": boolean;
  onChange(event: { currentTarget: { value: string; checked?: boolean } }): void;
}

/** What `useForm` needs to know beside the record. */
export interface FormOptions<Instance> {
  /**
   * Sends the valid record. What it answers, or throws, is shown when it carries `errors` (the JSON of a
   * `ValidationError`); any other exception is passed on; otherwise the record counts as saved. When it answers
   * the saved record, as the server has it now, its columns are taken over, the lock version among them. What is
   * typed while it is at work is kept, and is a change to be saved next.
   */
  onSubmit?: (record: Instance) => unknown;
}

/** What `useForm` gives. */
export interface Form<Instance> {
  /** The record under edit; assigning to it updates the form. */
  record: Instance;
  /** Props of the field of an attribute; typed text becomes the column's value. */
  field(name: FieldName<Instance>): FieldProps;
  /** Messages of an attribute, of `base`, or of a path such as `posts[0].title`. */
  errors(name: ErrorName<Instance>): string[];
  /** Whether anything differs from what the server sent. */
  isDirty: boolean;
  /** Whether `onSubmit` is at work. */
  isSubmitting: boolean;
  /** Validates, and calls `onSubmit` when valid; give it to `<form onSubmit>`. Answers whether it went well. */
  submit(event?: { preventDefault(): void }): Promise<boolean>;
  /** Goes back to what the server sent. */
  reset(): void;
}

/**
 * Edits a record in a form.
 *
 * @param record a frontend model; it is edited itself, so give a `clone()` to keep the original
 * @param options `onSubmit`
 * @example
 * const form = useForm(user, { onSubmit: (user) => patchJSON(`/api/users/${user.id}`, user.patch()) });
 * return <form onSubmit={form.submit}><input {...form.field("name")} />{form.errors("name")}</form>;
 */
export function useForm<Instance extends FrontendBaseModel>(
  record: Instance,
  options: FormOptions<Instance> = {},
): Form<Instance> {
  const model = useModel(record);
  const [isSubmitting, setSubmitting] = useState(false);
  const running = useRef(false);
  const observed = observe(record);
  // "1." is the number 1: what was typed is shown for as long as the attribute holds what came of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another record begins with nothing typed
  const typed = useMemo(() => new Map<string, { text: string; value: unknown }>(), [observed]);

  const set = (name: string, value: unknown) => Reflect.set(model, name, value);
  const field = (name: string): FieldProps => {
    const common = { name, "aria-invalid": model.errors.has(name) };
    const value = model[name];
    if (isCheckbox(model, name)) {
      return {
        ...common,
        type: "checkbox",
        checked: value === true,
        onChange: ({ currentTarget }) => void set(name, currentTarget.checked === true),
      };
    }
    const draft = typed.get(name);
    return {
      ...common,
      value: draft && Object.is(draft.value, value) ? draft.text : inputText(model, name),
      onChange: ({ currentTarget: { value: text } }) => {
        const parsed = parseInput(model, name, text);
        typed.set(name, { text, value: parsed });
        set(name, parsed);
      },
    };
  };
  const send = async (): Promise<boolean> => {
    if (!(await model.validate())) return false;
    const sent = model.clone();
    let answer: unknown;
    try {
      answer = await options.onSubmit?.(model);
    } catch (error) {
      if (!carriesErrors(error)) throw error;
      answer = error;
    }
    if (carriesErrors(answer)) {
      model.applyErrors(answer);
      return false;
    }
    const meanwhile = accept(model, sent, answer);
    for (const name of typed.keys()) if (!meanwhile.includes(name)) typed.delete(name);
    return true;
  };

  return {
    record: model,
    field,
    errors: (name) => model.errors.get(name),
    isDirty: model.changed(),
    isSubmitting,
    submit: async (event) => {
      event?.preventDefault();
      // A second click while the first is at work must not send twice.
      if (running.current) return false;
      running.current = true;
      setSubmitting(true);
      try {
        return await send();
      } finally {
        running.current = false;
        setSubmitting(false);
      }
    },
    reset: () => {
      for (const [name, { was }] of Object.entries(model.changedAttributes())) set(name, was);
      model.applyErrors({});
      typed.clear();
    },
  };
}
