/** `baked-orm/frontend`: models in the browser, with a Temporal polyfill where the native one is missing. */
import { Temporal } from "temporal-polyfill";
import { provideTemporal } from "../schema/temporal";

// The native namespace where there is one: values are then `instanceof` the global classes.
provideTemporal(Temporal);

export * from "./native";
export { Temporal };
