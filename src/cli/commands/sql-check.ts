/** `bake sql check`: every tagged statement of the project against the database. */
import { isAbsolute, join } from "node:path";
import { checkStatements } from "../../check/check";
import { Describer } from "../../check/describer";
import { emitResults } from "../../check/emit";
import { openCompiler } from "../../check/open-compiler";
import type { CheckedStatement, Problem, SqlReport } from "../../check/report";
import type { Place } from "../../check/statement";
import { readSchemaFile, writeSchemaFile } from "../../introspect";
import { withSession } from "../../migrate/session";
import { CommandError, EXIT } from "../failure";
import { note, print, printDone, printError, styled } from "../output";
import { openProject, type Project } from "../project";

interface SqlCheckOptions {
  readonly write?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly project?: string;
}

/** What became of the file with the rows of the named statements. */
type FileState = "current" | "stale" | "written" | "not needed";

export async function sqlCheck(options: SqlCheckOptions): Promise<number> {
  const project = await openProject();
  const { config, show } = project;
  const file = options.project ?? "tsconfig.json";
  await using compiler = await openCompiler(
    config.root,
    isAbsolute(file) ? file : join(config.root, file),
  );
  const target = await project.target();
  const report = await withSession(target, async (sql) => {
    await using describer = await Describer.open(target);
    return await checkStatements({ compiler, describer, sql, show });
  });
  const wrong = report.statements.filter(({ status }) => status === "wrong");
  // With a statement that is wrong the file would lose the rows that it had.
  const state = await settle(project, report, options.write === true && wrong.length === 0);
  if (options.json) print(JSON.stringify(asJson(project, report, state), undefined, 2));
  else printReport(report, options.verbose === true);
  const path = show(config.sqlResultsPath);
  if (state === "written" && !options.json) printDone(`Generated ${path}`);
  if (wrong.length > 0) {
    const kept = options.write ? ` ${path} was left as it is.` : "";
    printError(`${counted(wrong.length, "statement")} of the project cannot be right.${kept}`);
    return EXIT.failure;
  }
  if (state !== "stale") return EXIT.success;
  printError(`${path} is out of date. Write it anew with \`bake sql check --write\`.`);
  return EXIT.failure;
}

async function settle(
  { config }: Project,
  { results }: SqlReport,
  write: boolean,
): Promise<FileState> {
  const path = config.sqlResultsPath;
  const current = await readSchemaFile(path);
  if (current === undefined && results.size === 0) return "not needed";
  const wanted = emitResults(results);
  if (current === wanted) return "current";
  if (!write) return "stale";
  try {
    await writeSchemaFile(path, wanted);
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${error}.`, { cause: error });
  }
  return "written";
}

function printReport(report: SqlReport, verbose: boolean): void {
  const { statements, fragments, nested, files } = report;
  for (const statement of statements) {
    if (statement.status === "wrong") {
      print(
        [...statement.problems.map((problem) => problemText(problem)), sql(statement)].join("\n"),
      );
      print("");
    } else if (statement.status === "unchecked") {
      print(`${placeText(statement)} ${styled("yellow", "not checked")}: ${statement.reason}`);
    } else if (verbose) {
      print(`${placeText(statement)} ${styled("green", "right")}${titled(statement)}`);
    }
  }
  if (verbose) {
    for (const place of fragments) {
      print(`${placeText(place)} ${styled("yellow", "not checked")}: a fragment of a query`);
    }
  }
  const count = (status: CheckedStatement["status"]) =>
    statements.filter((statement) => statement.status === status).length;
  const checked = count("right") + count("wrong");
  print(
    `${counted(checked, "statement")} checked in ${counted(files, "file")}: ${count("right")} right, ${count("wrong")} wrong; ${count("unchecked")} not checked`,
  );
  if (nested > 0) note(`${counted(nested, "fragment")} checked as parts of these statements.`);
  if (fragments.length > 0) {
    const list = verbose ? "" : " (--verbose lists them)";
    note(
      `${counted(fragments.length, "fragment")} not checked: parts of queries that are made at run time${list}.`,
    );
  }
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const titled = ({ name }: CheckedStatement) => (name === undefined ? "" : ` "${name}"`);

const placeText = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

function problemText(problem: Problem): string {
  const code = problem.code === undefined ? "" : ` [${problem.code}]`;
  const hint = problem.hint === undefined ? "" : `\n  Hint: ${problem.hint}`;
  return `${placeText(problem)} ${styled("red", "error")}: ${problem.message}${code}${hint}`;
}

/** The statement on one line, and not all of a long one. */
function sql({ text = "" }: CheckedStatement): string {
  const line = text.replace(/\s+/g, " ").trim();
  return styled("dim", `  SQL: ${line.length > 300 ? `${line.slice(0, 297)}...` : line}`);
}

function asJson({ show, config }: Project, report: SqlReport, state: FileState) {
  const { files, statements, nested, fragments } = report;
  return {
    files,
    statements: statements.map((statement) => ({
      ...statement,
      name: statement.name ?? null,
      text: statement.text ?? null,
    })),
    nested,
    fragments,
    results: { path: show(config.sqlResultsPath), state },
  };
}
