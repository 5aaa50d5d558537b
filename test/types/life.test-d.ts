/** What the checker allows on records; each refused line is an error of its own. */
import { Model, type SensitiveFields, transaction, validates } from "../../src/index";
import * as schema from "../support/schema/life";

class User extends Model(schema.users) {
  note: string | null = null;
  static validations = { name: validates("uniqueness", { scope: ["role"], caseSensitive: false }) };
  static sensitiveFields = ["passwordDigest", "note"] satisfies SensitiveFields<User>;
}

export async function allowed(user: User): Promise<void> {
  await user.update({ name: "Ann", note: "x", age: null });
  user.assignAttributes({ email: undefined });
  await user.increment("visits", 1n);
  await user.touch("seenAt");
  const copy: User = user.dup();
  const found: User = await User.findOrCreateBy({ email: "x" }, { name: "Ann", note: "y" });
  const was: string | undefined = found.previousChanges().name?.was;
  const result: number = await transaction({ retries: 3 }, async () => 1);
  user.assignAttributes({ name: copy.name + was + result });
}

export async function refused(user: User): Promise<void> {
  // @ts-expect-error no such attribute
  await user.update({ nmae: "Ann" });
  // @ts-expect-error of another type
  await user.update({ name: 5 });
  // @ts-expect-error computed by the database
  await user.update({ slug: "x" });
  // @ts-expect-error a member of every record
  user.assignAttributes({ save: "x" });
  // @ts-expect-error a method is no column
  await user.increment("save");
  // @ts-expect-error NOT NULL without a default
  await User.create({ email: "x" });
  // @ts-expect-error no operators from a request
  await User.findOrCreateBy({ email: { ne: "x" } });
  // @ts-expect-error there is no such level
  await transaction({ isolation: "snapshot" }, async () => undefined);
  // @ts-expect-error no such option
  validates("uniqueness", { scop: "role" });
}
