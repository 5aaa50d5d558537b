/** Makes the association of a declaration. */
import type { AssociatedModel, Association } from "./association";
import type { AssociationDefinition } from "./define";
import { DirectAssociation } from "./direct";
import { PolymorphicAssociation } from "./polymorphic";
import { ThroughAssociation } from "./through";

export function makeAssociation(
  name: string,
  definition: AssociationDefinition,
  owner: AssociatedModel,
): Association {
  switch (definition.kind) {
    case "hasMany":
    case "hasOne":
    case "belongsTo":
      return new DirectAssociation(name, definition, owner);
    case "polymorphic":
      return new PolymorphicAssociation(name, definition, owner);
    case "hasManyThrough":
    case "hasOneThrough":
      return new ThroughAssociation(name, definition, owner);
  }
}
