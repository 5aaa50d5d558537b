/** What is not a query: import, command line, memory, bundle, types. */
import type { BenchServer } from "../server";
import { BUDGET, type Cost, typeCosts } from "../types/measure";
import { type Bundle, bundles } from "./bundles";
import { cli } from "./cli";
import { imports } from "./imports";
import { type Growth, memory } from "./memory";
import { buildPackage } from "./package";
import type { Startup } from "./spawn";

export interface ProcessResult {
  readonly imports: Readonly<Record<string, Startup>>;
  readonly cli: Readonly<Record<string, Startup>>;
  readonly memory: Readonly<Record<string, Growth>>;
  readonly bundles: Readonly<Record<string, Bundle>>;
  readonly types: Readonly<Record<string, Cost>>;
}

export async function measureProcess(
  server: BenchServer,
  libraries: readonly string[],
  { rounds, tables }: { rounds: number; tables: readonly number[] },
): Promise<ProcessResult> {
  const progress = (what: string) => console.error(`whole process: ${what}`);
  await buildPackage();
  progress("imports");
  const started = imports(rounds);
  progress("command line");
  const commands = await cli(server, rounds);
  progress("memory");
  const grown = memory(server, libraries, Math.max(3, Math.ceil(rounds / 4)));
  progress("bundles and types");
  return {
    imports: started,
    cli: commands,
    memory: grown,
    bundles: await bundles(),
    types: await typeCosts(tables),
  };
}

/** One line of the second table. */
export interface ProcessLine {
  readonly title: string;
  readonly ours: number | undefined;
  readonly target: number | undefined;
  /** The others, by name. */
  readonly others: Readonly<Record<string, number>>;
  readonly shown: (value: number) => string;
}

const ratio = (value: number) => `${value.toFixed(2)}x`;

function line<Value>(
  title: string,
  values: Readonly<Record<string, Value>>,
  number: (value: Value) => number,
  shown: (value: number) => string,
  target?: number,
  name = "baked-orm",
): ProcessLine {
  const others = Object.entries(values).filter(([each]) => !each.startsWith("baked-orm"));
  const own = values[name];
  return {
    title,
    ours: own === undefined ? undefined : number(own),
    target,
    others: Object.fromEntries(others.map(([each, value]) => [each, number(value)])),
    shown,
  };
}

const NEXT = "baked-orm, ";

export function processLines(result: ProcessResult): ProcessLine[] {
  const kilobytes = (value: number) => `${value.toFixed(1)} kB`;
  const megabytes = (value: number) => `${value.toFixed(1)} MB`;
  const thousands = (value: number) => `${Math.round(value / 1_000).toLocaleString("en")} k`;
  const gzip = ({ gzip: bytes }: Bundle) => bytes / 1_000;
  const bundled = (title: string, name: string, target?: number) =>
    line(title, result.bundles, gzip, kilobytes, target, `${NEXT}${name}`);
  const counts = Object.keys(result.types).flatMap((name) =>
    name.startsWith(NEXT) ? [name.slice(NEXT.length)] : [],
  );
  return [
    line("import, over an empty program", result.imports, (each) => each.ratio, ratio, 2.2),
    line(
      "`bake db status`, over bun + connect + one query",
      result.cli,
      (each) => each.ratio,
      ratio,
      1.5,
    ),
    line(
      "peak memory growth, walking 100,000 rows",
      result.memory,
      (each) => each.megabytes,
      megabytes,
      22,
    ),
    bundled("frontend, minified + gzip, with a polyfill", "with a polyfill", 24),
    bundled("frontend where Temporal is native", "Temporal native", 5),
    bundled("all exports of the frontend, with a polyfill", "with a polyfill, all exports"),
    bundled("all exports, Temporal native", "Temporal native, all exports"),
    ...counts.map((count) => {
      const sameSize = Object.entries(result.types).filter(([name]) => name.endsWith(count));
      const target = count === "100 tables" ? BUDGET : undefined;
      return line(
        `type instantiations, application of ${count}`,
        Object.fromEntries(sameSize),
        (cost) => cost.instantiations,
        thousands,
        target,
        `${NEXT}${count}`,
      );
    }),
  ];
}
