/** `baked-orm/frontend`: models in the browser, with a Temporal polyfill where the native one is missing. */
// Ours first: with the polyfill behind it, the bundle compresses better.
export * from "./native";

import type { Temporal as Types } from "temporal-polyfill";
import { Temporal as polyfill } from "temporal-polyfill/implementation";
import { provideTemporal } from "../schema/temporal";

/** The native namespace where there is one, so that values are `instanceof` the global classes. */
export const Temporal: typeof polyfill = globalThis.Temporal ?? polyfill;
export declare namespace Temporal {
  export type Instant = Types.Instant;
  export type PlainDate = Types.PlainDate;
  export type PlainDateTime = Types.PlainDateTime;
  export type PlainTime = Types.PlainTime;
  export type PlainMonthDay = Types.PlainMonthDay;
  export type PlainYearMonth = Types.PlainYearMonth;
  export type ZonedDateTime = Types.ZonedDateTime;
  export type Duration = Types.Duration;
}

provideTemporal(Temporal);
