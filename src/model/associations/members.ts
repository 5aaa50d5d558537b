/** What every record can do with its associations besides loading them; put on each class by Model(). */
import type { BASE, FACTS, LINKS, ROW, SELF, TABLE } from "../../schema/meta";
import type { SelfTypes } from "../attributes";
import type { ModelClass } from "../class";
import { infoOf } from "../info";
import { isLoaded } from "./cache";
import { addRecords, removeRecords, replaceRecords } from "./collection";
import { buildAssociated, createAssociated } from "./create";
import { countAssociation } from "./load";
import { requireAssociation } from "./preload";

/** Names of the associations of the record `Self`. */
type NameOf<Self extends Typed> = keyof Self[typeof SELF]["loads"] & string;

/** A record with the types of its class. */
interface Typed {
  readonly [SELF]: { readonly loads: unknown };
}

export abstract class AssociationMembers {
  // Phantoms: the class of the record says more of each. `SELF` is looked up through `this`.
  declare readonly [TABLE]: unknown;
  declare readonly [ROW]: unknown;
  declare readonly [LINKS]: unknown;
  declare readonly [BASE]: unknown;
  declare readonly [FACTS]: unknown;
  declare readonly [SELF]: SelfTypes<this>;

  /** Whether the association was loaded or assigned, for the key the record has now. */
  isLoaded<const Name extends NameOf<this>>(
    name: Name,
  ): this is this & { readonly [Key in Name]: this[typeof SELF]["loads"][Key] } {
    return isLoaded(this, find(this, name).name);
  }

  /**
   * How many records the association has, without loading them.
   * @example
   * await user.loadCount("posts") // SELECT count(*) ... WHERE "user_id" = $1
   */
  loadCount<const Name extends NameOf<this>>(name: Name): Promise<number> {
    return countAssociation(infoOf(this.constructor as ModelClass), this, name);
  }

  /**
   * A new record of the association, with its foreign key set; save() of this record saves it, too.
   * Throws AssociationError for a polymorphic belongsTo, UnknownAttributeError for a wrong attribute.
   * @example
   * const post = user.build("posts", { title: "Hello" });
   */
  build<const Name extends NameOf<this>>(
    name: Name,
    attributes?: this[typeof SELF]["builds"][Name],
  ): this[typeof SELF]["targets"][Name] {
    return buildAssociated(
      find(this, name),
      this,
      attributes ?? {},
    ) as this[typeof SELF]["targets"][Name];
  }

  /**
   * Builds and saves. Throws AssociationError while this record itself is not saved, ValidationError.
   * @example
   * await user.create("posts", { title: "Hello" }); // INSERT INTO "posts" ("title", "user_id") ...
   */
  create<const Name extends NameOf<this>>(
    name: Name,
    attributes?: this[typeof SELF]["builds"][Name],
  ): Promise<this[typeof SELF]["targets"][Name]> {
    return createAssociated(find(this, name), this, attributes ?? {}) as Promise<
      this[typeof SELF]["targets"][Name]
    >;
  }

  /**
   * Puts records into a to-many association: sets their foreign key, or writes the records in between.
   * @example
   * await post.add("tags", tag) // INSERT INTO "taggings" ...
   */
  add<const Name extends NameOf<this>>(
    name: Name,
    ...records: readonly this[typeof SELF]["targets"][Name][]
  ): Promise<void> {
    return addRecords(find(this, name), this, records as readonly object[]);
  }

  /**
   * Takes records out of a to-many association: destroys or deletes them when `dependent` says so, else takes
   * their foreign key away; of a through association the records in between are destroyed.
   */
  remove<const Name extends NameOf<this>>(
    name: Name,
    ...records: readonly this[typeof SELF]["targets"][Name][]
  ): Promise<void> {
    return removeRecords(find(this, name), this, records as readonly object[]);
  }

  /**
   * Makes these records, or this record, all that the association has, in one transaction.
   * @example
   * await post.set("tags", [first, second]);
   */
  set<const Name extends NameOf<this>>(
    name: Name,
    value: this[typeof SELF]["loads"][Name],
  ): Promise<void> {
    return replaceRecords(find(this, name), this, value);
  }
}

function find(record: object, name: string) {
  return requireAssociation(infoOf(record.constructor as ModelClass), name);
}
