/** Imports a file of the application and says readably why that failed. */

/** A position and message out of what Bun's parser and resolver throw. */
interface BuildError {
  message: string;
  position?: { line?: number; column?: number; file?: string } | null;
}

function isBuildError(error: unknown): error is BuildError {
  return (
    error instanceof Error || (typeof error === "object" && error !== null && "position" in error)
  );
}

/**
 * The exports of `file`. What importing it throws is passed as one readable sentence to `fail`, whose error is
 * thrown: the caller knows whether the file is a config, a migration or a seed.
 */
export async function loadModule(
  file: string,
  fail: (reason: string, cause: unknown) => Error,
): Promise<Record<string, unknown>> {
  try {
    return await import(file);
  } catch (error) {
    throw fail(importFailure(error, file), error);
  }
}

/** Why an import failed: syntax errors with line and column, missing modules, and what the file itself threw. */
function importFailure(error: unknown, file: string): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors
      .slice(0, 3)
      .map((inner) => importFailure(inner, file))
      .join("; ");
  }
  if (!isBuildError(error)) return String(error);
  const { position } = error;
  if (position?.line) {
    const where = position.file && position.file !== file ? `${position.file}:` : "line ";
    return `${error.message} (${where}${position.line}:${position.column ?? 0})`;
  }
  return error.message;
}
