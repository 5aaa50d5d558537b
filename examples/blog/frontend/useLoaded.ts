import { useEffect, useState } from "react";

/** What a request answered, or why it did not; both undefined while it is under way. */
export function useLoaded<Value>(load: () => Promise<Value>) {
  const [value, setValue] = useState<Value>();
  const [problem, setProblem] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each mounted component
  useEffect(() => {
    load().then(setValue, (error: Error) => setProblem(error.message));
  }, []);
  return { value, setValue, problem };
}
