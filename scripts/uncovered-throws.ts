// Names each `throw` in src that no test ever ran: a failure that nobody has seen.
// Reads what `vitest run --coverage` left in coverage/coverage-final.json.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

interface FileCoverage {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, { start: { line: number; column: number } }>>;
  /** How often each statement ran. */
  readonly s: Readonly<Record<string, number>>;
}

const report = JSON.parse(readFileSync("coverage/coverage-final.json", "utf8")) as Record<
  string,
  FileCoverage
>;
const unseen = Object.values(report).flatMap(uncoveredThrows);

for (const place of unseen) console.error(`No test runs the throw at ${place}`);
console.log(`${unseen.length} of the throws in src are run by no test`);
process.exitCode = unseen.length > 0 ? 1 : 0;

function uncoveredThrows({ path, statementMap, s }: FileCoverage): string[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return Object.entries(statementMap)
    .filter(([id, { start }]) => s[id] === 0 && isThrow(lines[start.line - 1], start.column))
    .map(([, { start }]) => `${relative(process.cwd(), path)}:${start.line}`);
}

function isThrow(line: string | undefined, column: number): boolean {
  return /^throw\b/.test(line?.slice(column) ?? "");
}
