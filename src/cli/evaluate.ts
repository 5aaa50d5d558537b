/** Evaluates what is typed into the console: TypeScript, top-level await, names that stay. */
import { runInThisContext } from "node:vm";

/** What came of a piece of code; "incomplete" asks for another line. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "nothing" }
  | { readonly kind: "incomplete" }
  | { readonly kind: "error"; readonly message: string };

const transpiler = new Bun.Transpiler({ loader: "ts", replMode: true });

/** Runs `code` in the global scope; never rejects. */
export async function evaluate(code: string): Promise<Evaluation> {
  try {
    const script = transpiler.transformSync(code);
    if (script.trim() === "") return { kind: "nothing" };
    const result: unknown = await runInThisContext(script, { filename: "console" });
    // The transpiler wraps the value of an expression, so that a query is not awaited by being returned.
    if (typeof result !== "object" || result === null || !("value" in result)) {
      return { kind: "nothing" };
    }
    return { kind: "value", value: result.value };
  } catch (error) {
    const { name, message } = detailsOf(error);
    const isOpen =
      /end of file|to terminate multi-line comment/i.test(message) ||
      (/unterminated string/i.test(message) && code.includes("`"));
    if (name === "BuildMessage") {
      return isOpen
        ? { kind: "incomplete" }
        : { kind: "error", message: `SyntaxError: ${message}` };
    }
    return { kind: "error", message: `${name}: ${message}` };
  }
}

function detailsOf(error: unknown): { name: string; message: string } {
  if (typeof error === "object" && error !== null && "message" in error) {
    const name = "name" in error ? String(error.name) : "Error";
    return { name, message: String(error.message) };
  }
  return { name: "Error", message: String(error) };
}
