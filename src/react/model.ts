/** `useModel(record)`: a component that shows a record follows its changes. */
import { useSyncExternalStore } from "react";
import type { FrontendBaseModel } from "../frontend/types";
import { observe } from "./observe";

/**
 * Renders the component again whenever the record changes through what this returns, here or in another
 * component. A json value that is altered in place is noticed with the next assignment or method call.
 *
 * @param record a frontend model
 * @returns the record to show and to assign to: another object after each change, so that memoized components
 *   and effects which depend on it take notice
 * @example
 * const user = useModel(props.user);
 * return <button onClick={() => { user.name = "Ann"; }}>{user.name}</button>;
 */
export function useModel<Instance extends FrontendBaseModel>(record: Instance): Instance {
  const { current, subscribe } = observe(record);
  return useSyncExternalStore(subscribe, current, current);
}
