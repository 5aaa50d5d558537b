/** includes(...) -> a load plan, with every name checked at once, whether or not there will be records. */
import { AssociationError, describe, didYouMean, QueryError } from "../errors";
import { isPlainObject } from "./conditions";
import type { LoadPlan, LoadScope, RecordSource } from "./source";

interface MutablePlan {
  [association: string]: { scope?: LoadScope; children: MutablePlan };
}

/** The plan with the paths of one includes() call added. */
export function plannedIncludes(
  source: RecordSource,
  plan: LoadPlan,
  args: readonly unknown[],
): LoadPlan {
  const result = copy(plan);
  const [path, options] = args;
  if (args.length === 2 && options !== null && typeof options === "object") {
    const scope = scopeOption(options);
    const branch = add(source, result, path);
    if (scope !== undefined) branch.scope = scope;
    return result;
  }
  for (const each of args) add(source, result, each);
  return result;
}

function scopeOption(options: object): LoadScope | undefined {
  if (!isPlainObject(options)) throw badScope(options);
  for (const key of Object.keys(options)) {
    if (key !== "scope") {
      throw new QueryError(`.includes() has no option "${key}".${didYouMean(key, ["scope"])}`);
    }
  }
  const { scope } = options;
  if (scope === undefined || scope === false || typeof scope === "function") {
    return scope as LoadScope | undefined;
  }
  throw badScope(scope);
}

function badScope(scope: unknown): QueryError {
  return new QueryError(
    `.includes() override 'scope' must be \`false\` or a function — got ${describe(scope)}`,
  );
}

function copy(plan: LoadPlan): MutablePlan {
  const result: MutablePlan = {};
  for (const [name, { scope, children }] of Object.entries(plan)) {
    result[name] = { ...(scope === undefined ? undefined : { scope }), children: copy(children) };
  }
  return result;
}

/** Adds one dotted path; gives the branch of its first segment. */
function add(source: RecordSource, plan: MutablePlan, path: unknown): MutablePlan[string] {
  if (typeof path !== "string" || path === "") {
    throw new QueryError(`includes() expects association names, got ${describe(path)}.`);
  }
  let current: RecordSource | undefined = source;
  let level = plan;
  let first: MutablePlan[string] | undefined;
  for (const name of path.split(".")) {
    // Below a polymorphic belongsTo the target is known only when the rows are.
    if (current) {
      const association = current.association(name);
      if (!association) {
        throw new AssociationError(
          `Association "${name}" not found on ${current.name}.${didYouMean(name, current.associationNames())}`,
        );
      }
      current = association.target();
    }
    level[name] ??= { children: {} };
    first ??= level[name];
    level = level[name].children;
  }
  return first as MutablePlan[string];
}
