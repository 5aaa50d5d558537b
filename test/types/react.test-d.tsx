/** The hooks know the record. Checked by tsc; nothing here runs. */
import { expectTypeOf } from "bun:test";
import { type FieldProps, type Form, useForm, useModel } from "baked-orm/react";
import type { User } from "../unit/frontend/support";

export function Card({ user }: { user: User }) {
  const shown = useModel(user);
  expectTypeOf(shown).toEqualTypeOf<User>();
  const form = useForm(user, {
    onSubmit: (record) => {
      expectTypeOf(record).toEqualTypeOf<User>();
      return record.patch();
    },
  });
  expectTypeOf(form).toEqualTypeOf<Form<User>>();
  expectTypeOf(form.record.name).toBeString();
  expectTypeOf(form.field("name")).toEqualTypeOf<FieldProps>();
  expectTypeOf(form.errors("base")).toEqualTypeOf<string[]>();
  expectTypeOf(form.isDirty).toBeBoolean();
  expectTypeOf(form.submit()).resolves.toBeBoolean();
  expectTypeOf(form.reset()).toBeVoid();
  // @ts-expect-error there is no such attribute
  form.field("nmae");
  // @ts-expect-error there is no such attribute
  form.errors("nmae");
  // @ts-expect-error a record, not its JSON
  useForm({ name: "x" });
  // @ts-expect-error a record, not its JSON
  useModel({ name: "x" });
  // @ts-expect-error there is no such option
  useForm(user, { onSubmitt: () => {} });
  return (
    <form onSubmit={form.submit}>
      <input {...form.field("name")} />
      {form.errors("name")}
    </form>
  );
}
