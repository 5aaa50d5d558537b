/**
 * Every pair of verbs with every terminal: each cell gives what hand-written SQL gives, or is refused in the words
 * that composition-refusals.ts has for it. A cell that ignored a verb would do neither.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { BakedError, registerModels, transaction } from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { refusedPair, refusedTerminal } from "./composition-refusals";
import { type Ask, sorted, type Terminal, terminals } from "./composition-terminals";
import { type AnyNodes, base, Node, tableSql, verbs } from "./composition-verbs";

const blog = blogDatabase();
beforeAll(async () => {
  registerModels({ Node });
  await blog.sql.unsafe(tableSql);
});

const answers = new Map<string, ReturnType<Ask>>();

/** Each text is asked once: many cells have the same. */
const ask: Ask = (text) => {
  const known = answers.get(text);
  if (known) return known;
  const asked = (async () => Array.from(await blog.sql.unsafe(text)) as Awaited<ReturnType<Ask>>)();
  answers.set(text, asked);
  return asked;
};

const names = Object.keys(verbs);
const start = () => Node.where({ id: { between: [2, 20] } }) as AnyNodes;

type Outcome = { readonly value: unknown } | { readonly refusal: string };

async function outcomeOf(pair: readonly string[], terminal: Terminal): Promise<Outcome> {
  const work = async () => {
    const query = pair.reduce((before, verb) => verbs[verb]?.call(before) ?? before, start());
    return await terminal.run(query);
  };
  try {
    return { value: await (pair.includes("lock") ? transaction(work) : work()) };
  } catch (error) {
    return { refusal: error instanceof BakedError ? error.message : `bare error: ${error}` };
  }
}

/** What is wrong with a cell; undefined when it is right. */
async function judge(
  pair: readonly string[],
  name: string,
  terminal: Terminal,
): Promise<string | undefined> {
  const clauses = pair.reduce((before, verb) => verbs[verb]?.clauses(before) ?? before, base);
  const [first = "", second = ""] = pair;
  const wanted = refusedPair(first, second) ?? refusedTerminal(clauses, name, terminal.kind);
  const outcome = await outcomeOf(pair, terminal);
  if ("refusal" in outcome) {
    const isWanted = wanted !== undefined && outcome.refusal.includes(wanted);
    return isWanted ? undefined : `refused: ${outcome.refusal.split("\n")[0]}`;
  }
  const { value } = outcome;
  // none() sends no statement: what only the server would refuse gives nothing there.
  if (wanted !== undefined && !pair.includes("none")) {
    return `gave ${JSON.stringify(value)}, but should be refused: ${wanted}`;
  }
  if (wanted !== undefined) return undefined;
  const expected = await terminal.expected(clauses, ask);
  const isUnordered = clauses.order.length === 0 && Array.isArray(value) && Array.isArray(expected);
  const isEqual =
    isUnordered && typeof value[0] === "number"
      ? Bun.deepEquals(sorted(value), sorted(expected as unknown[]))
      : Bun.deepEquals(value, expected);
  return isEqual
    ? undefined
    : `gave ${JSON.stringify(value)}, SQL gives ${JSON.stringify(expected)}`;
}

describe("composition", () => {
  for (const first of names) {
    test(`${first}, with every other verb and terminal`, async () => {
      const wrong: string[] = [];
      let count = 0;
      const judgeCell = async (pair: readonly string[], name: string, terminal: Terminal) => {
        count++;
        const problem = await judge(pair, name, terminal);
        if (problem) wrong.push(`${pair.join(" + ")} -> ${name}: ${problem}`);
      };
      const others = names.filter((second) => second !== first);
      const pairs = [[first], ...others.map((second) => [first, second])];
      for (const [name, terminal] of Object.entries(terminals)) {
        // What locks rows must not meet what locks them too.
        const inTurn =
          terminal.kind === "write" ? pairs : pairs.filter((pair) => pair.includes("lock"));
        for (const pair of inTurn) await judgeCell(pair, name, terminal);
        const aside = pairs.filter((pair) => !inTurn.includes(pair));
        await Promise.all(aside.map((pair) => judgeCell(pair, name, terminal)));
      }
      expect(wrong).toEqual([]);
      expect(count).toBe(names.length * Object.keys(terminals).length);
    }, 60_000);
  }
});
