/** What the driver and the two sides say to each other. */

export type GrowthRequest =
  | {
      readonly kind: "run";
      readonly case: string;
      readonly size: number;
      readonly milliseconds: number;
    }
  | { readonly kind: "end" };

export type GrowthReply =
  | { readonly kind: "ready"; readonly cases: readonly string[] }
  | {
      readonly kind: "measured";
      /** Milliseconds of one run: the least of several, which other processes disturb least. */
      readonly wallMs: number;
      readonly cpuMs: number;
    }
  | { readonly kind: "failed"; readonly error: string };

/** Runs a case at a size; given once for each size, so that preparing is not timed. */
export type Prepare = (size: number) => Promise<() => unknown> | (() => unknown);

export interface GrowthSide {
  connect(url: string): Promise<void>;
  close(): Promise<void>;
  readonly cases: Readonly<Record<string, Prepare>>;
}
